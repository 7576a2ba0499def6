// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/evaluation.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kpkg::dkmsconf {

// Private to dkmsconf/.

/// The conditions that the BUILD_EXCLUSIVE directives make for one kernel. Element 0 of each counts for all
/// modules, since without an index that is what a shell means; element N for module N besides. The regular
/// expressions and the options of the kernel were tried by bash.
class Exclusion {
 public:
  /// `obsolete_by` is a maximum as well, where no module has one.
  Exclusion(const Evaluation& evaluation, std::string_view kernel, std::string_view obsolete_by,
            std::uint64_t modules);

  /// Whether there is a condition for that module, whatever it says.
  bool has_condition(std::uint64_t module) const;

  bool excludes(std::uint64_t module) const;

 private:
  std::string value(std::string_view name, std::uint64_t index) const;
  bool satisfies(std::uint64_t index) const;

  const Evaluation& evaluation_;
  std::string kernel_;  // padded
  std::string general_maximum_;
};

}  // namespace kpkg::dkmsconf
