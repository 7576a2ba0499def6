// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/recipe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace kpkg::recipe {
namespace {

/// The usual name of an architecture (uname -m, Debian, GNU, Go) and the kernel's ARCH word for it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> architectures = {{
    {"x86_64", "x86_64"},     {"amd64", "x86_64"},
    {"i386", "i386"},         {"i486", "i386"},
    {"i586", "i386"},         {"i686", "i386"},
    {"arm64", "arm64"},       {"aarch64", "arm64"},
    {"arm", "arm"},           {"armhf", "arm"},
    {"armel", "arm"},         {"armv6l", "arm"},
    {"armv7l", "arm"},        {"riscv", "riscv"},
    {"riscv64", "riscv"},     {"powerpc", "powerpc"},
    {"ppc64el", "powerpc"},   {"ppc64le", "powerpc"},
    {"ppc64", "powerpc"},     {"s390", "s390"},
    {"s390x", "s390"},        {"mips", "mips"},
    {"mips64el", "mips"},     {"loongarch", "loongarch"},
    {"loong64", "loongarch"}, {"loongarch64", "loongarch"},
}};

}  // namespace

SourceKind Source::kind() const {
  if (!url.empty()) return SourceKind::url;
  if (!git.empty()) return SourceKind::git;
  if (!apt.empty()) return SourceKind::apt;
  return SourceKind::path;
}

std::string ConfigCondition::text() const {
  return wanted == Wanted::on ? symbol : "!" + symbol;
}

std::string Probe::text() const {
  switch (kind) {
    case Kind::symbol: return fmt::format("symbol:{}", name);
    case Kind::member: return fmt::format("member:struct {}.{}", name, member);
  }
  return {};
}

std::optional<std::string> kernel_arch(std::string_view word) {
  const auto* found = std::find_if(architectures.begin(), architectures.end(),
                                   [&](const auto& entry) { return entry.first == word; });
  if (found == architectures.end()) return std::nullopt;
  return std::string(found->second);
}

}  // namespace kpkg::recipe
