// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/configuration_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::kernel {
namespace {

/// Options that configuring again with another compiler, assembler or pahole changes, without any change of a
/// struct, and names. INIT_STACK and the like alter what the compiler adds to functions, not the interface.
constexpr std::array<std::string_view, 24> indifferent_prefixes = {"CONFIG_CC_",
                                                                   "CONFIG_GCC_VERSION",
                                                                   "CONFIG_GCC10_",
                                                                   "CONFIG_GCC11_",
                                                                   "CONFIG_GCC12_",
                                                                   "CONFIG_CLANG_VERSION",
                                                                   "CONFIG_LD_",
                                                                   "CONFIG_LLD_VERSION",
                                                                   "CONFIG_AS_",
                                                                   "CONFIG_PAHOLE_",
                                                                   "CONFIG_RUSTC_",
                                                                   "CONFIG_BINDGEN_",
                                                                   "CONFIG_TOOLS_SUPPORT_",
                                                                   "CONFIG_INIT_STACK_",
                                                                   "CONFIG_MODULE_SIG_KEY",
                                                                   "CONFIG_MODULE_SIG_ALL",
                                                                   "CONFIG_SYSTEM_TRUSTED_KEY",
                                                                   "CONFIG_SYSTEM_REVOCATION_KEYS",
                                                                   "CONFIG_BUILD_SALT",
                                                                   "CONFIG_LOCALVERSION",
                                                                   "CONFIG_DEFAULT_HOSTNAME",
                                                                   "CONFIG_VERSION_SIGNATURE",
                                                                   "CONFIG_IKCONFIG",
                                                                   "CONFIG_IKHEADERS"};

constexpr std::array<std::string_view, 14> loader_prefixes = {"CONFIG_MODULE",
                                                              "CONFIG_MODVERSIONS",
                                                              "CONFIG_BASIC_MODVERSIONS",
                                                              "CONFIG_EXTENDED_MODVERSIONS",
                                                              "CONFIG_ASM_MODVERSIONS",
                                                              "CONFIG_DEBUG_INFO_BTF_MODULES",
                                                              "CONFIG_SECURITY_LOCKDOWN_LSM",
                                                              "CONFIG_LOCK_DOWN_KERNEL",
                                                              "CONFIG_SYSTEM_TRUSTED_KEYRING",
                                                              "CONFIG_SECONDARY_TRUSTED_KEYRING",
                                                              "CONFIG_INTEGRITY_MACHINE_KEYRING",
                                                              "CONFIG_SYSTEM_BLACKLIST_KEYRING",
                                                              "CONFIG_TRIM_UNUSED_KSYMS",
                                                              "CONFIG_LIVEPATCH"};

template <std::size_t size>
bool begins_like(std::string_view key, const std::array<std::string_view, size>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return key.starts_with(prefix); });
}

}  // namespace

std::vector<OptionDifference> differences(const Configuration& left, const Configuration& right) {
  std::vector<OptionDifference> found;
  auto ours = left.settings().begin();
  auto theirs = right.settings().begin();
  const auto our_end = left.settings().end();
  const auto their_end = right.settings().end();
  while (ours != our_end || theirs != their_end) {
    if (theirs == their_end || (ours != our_end && ours->first < theirs->first)) {
      found.push_back({std::string(ours->first), std::string(ours->second), std::nullopt});
      ++ours;
    } else if (ours == our_end || theirs->first < ours->first) {
      found.push_back({std::string(theirs->first), std::nullopt, std::string(theirs->second)});
      ++theirs;
    } else {
      if (ours->second != theirs->second)
        found.push_back({std::string(ours->first), std::string(ours->second), std::string(theirs->second)});
      ++ours;
      ++theirs;
    }
  }
  return found;
}

bool matters_to_modules(std::string_view key) {
  return !begins_like(key, indifferent_prefixes);
}

bool is_of_the_loader(std::string_view key) {
  return matters_to_modules(key) && begins_like(key, loader_prefixes);
}

std::string told(const OptionDifference& difference) {
  const auto value = [](const std::optional<std::string>& text) { return text ? *text : "not set"; };
  return fmt::format("{}: {}, {}", difference.key, value(difference.left), value(difference.right));
}

}  // namespace kpkg::kernel
