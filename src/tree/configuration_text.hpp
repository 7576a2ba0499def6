// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "tree/means.hpp"

#include <string>

namespace kpkg::tree {

/// A kernel's configuration as its build left it.
struct ConfigurationText {
  std::string text;
  std::string origin;  ///< for people: "/boot/config-6.1.0-56-amd64"
  /// It says of every option that is not set that it is not; false: only what is set is known.
  bool is_whole = true;

  bool operator==(const ConfigurationText&) const = default;
};

/// The text of the configuration that is believed of a kernel (Learned::configuration). To configure a source
/// anew takes all of it: an option that it does not mention would get its default.
///
/// Where the text is not at hand, as with facts that were brought from another machine, what is set is
/// written down anew.
/// Errors: not_found: nobody knows the configuration; corrupt, permission, io.
Result<ConfigurationText> configuration_text(const Subject& subject);

}  // namespace kpkg::tree
