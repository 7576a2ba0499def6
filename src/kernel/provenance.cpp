// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/provenance.hpp"

#include "kernel/image.hpp"

#include <string>
#include <string_view>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_header = 1U << 20;
constexpr std::uint64_t largest_image = 256U << 20;

/// Who built the kernel, "user@host", as the text of a compile.h says; empty: it does not.
/// Source: linux scripts/mkcompile_h.
std::string builder_in(std::string_view header) {
  const auto value = [&](std::string_view name) {
    const auto found = header.find(name);
    if (found == std::string_view::npos) return std::string_view{};
    const auto line = header.substr(found, header.find('\n', found) - found);
    const auto open = line.find('"');
    const auto close = line.rfind('"');
    return open == close ? std::string_view{} : line.substr(open + 1, close - open - 1);
  };
  const auto user = value("LINUX_COMPILE_BY");
  const auto host = value("LINUX_COMPILE_HOST");
  return user.empty() || host.empty() ? std::string{} : std::string(user) + "@" + std::string(host);
}

/// Who built the kernel, as its banner says: "6.1.0-56-amd64 (debian-kernel@lists.debian.org) …".
std::string builder_of(std::string_view banner, const std::string& release) {
  const auto start = release + " (";
  if (!banner.starts_with(start)) return {};
  const auto rest = banner.substr(start.size());
  return std::string(rest.substr(0, rest.find(')')));
}

Result<std::string> builder(const system::Root& root, const Kernel& kernel) {
  // The header first: an uncompressed image is tens of megabytes, which a board reads for a second.
  if (kernel.tree) {
    const auto path = kernel.tree->path + "/include/generated/compile.h";
    const auto header = KPKG_TRY(root.read_if_present(path, largest_header));
    const auto found = header ? builder_in(*header) : std::string{};
    if (!found.empty()) return found;
  }
  if (!kernel.image) return std::string{};
  // The image is often for root alone (Ubuntu); then this is not known.
  const auto image = root.read(*kernel.image, largest_image);
  return image ? builder_of(banner(*image), kernel.release) : std::string{};
}

}  // namespace

Result<std::optional<bool>> refuses_missing_version(const system::Root& root, const Kernel& kernel) {
  const auto name = KPKG_TRY(builder(root, kernel));
  return name == "debian-kernel@lists.debian.org" ? std::optional(true) : std::nullopt;
}

}  // namespace kpkg::kernel
