// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/cross_prefix.hpp"

#include "recipe/recipe.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace kpkg::workflow {
namespace {

/// Debian's names of the cross compilers. Source: Debian packages gcc-*-linux-gnu*.
struct CrossPrefix {
  std::string_view arch;
  std::string_view prefix;
};
constexpr std::array<CrossPrefix, 5> cross_prefixes = {{{"arm64", "aarch64-linux-gnu-"},
                                                        {"arm", "arm-linux-gnueabihf-"},
                                                        {"riscv", "riscv64-linux-gnu-"},
                                                        {"s390", "s390x-linux-gnu-"},
                                                        {"powerpc", "powerpc64le-linux-gnu-"}}};

}  // namespace

std::string cross_prefix(const system::Host& host, const std::string& arch) {
  if (recipe::kernel_arch(host.machine) == arch) return "";
  const auto* found = std::find_if(cross_prefixes.begin(), cross_prefixes.end(),
                                   [&](const auto& entry) { return entry.arch == arch; });
  return found == cross_prefixes.end() ? "" : std::string(found->prefix);
}

}  // namespace kpkg::workflow
