// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "kernel/configuration.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

/// An option that two configurations set differently.
struct OptionDifference {
  std::string key;
  std::optional<std::string> left;  ///< nothing: not set
  std::optional<std::string> right;

  bool operator==(const OptionDifference&) const = default;
};

/// The options in which two configurations differ, sorted by key.
std::vector<OptionDifference> differences(const Configuration& left, const Configuration& right);

/// Whether an option can change what a module must be. What only tells which tools were there when the kernel
/// was configured, who signed it or what it is called cannot: these differ whenever a tree is configured
/// anew.
bool matters_to_modules(std::string_view key);

/// Whether the loader itself asks for the option when it is given a module.
/// Source: linux kernel/module/, the options that its sources and its Kconfig name.
bool is_of_the_loader(std::string_view key);

/// "CONFIG_PM: y, not set"
std::string told(const OptionDifference& difference);

}  // namespace kpkg::kernel
