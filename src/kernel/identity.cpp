// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/identity.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_answer = 1U << 20;

std::uint64_t aligned(std::uint64_t size) {
  return (size + 3) & ~std::uint64_t{3};
}

/// A banner without the compiler and the linker, which that in the header of an x86 image lacks:
/// "6.1.0 (user@host) #1 SMP …".
std::string short_banner(std::string_view banner) {
  const auto builder = banner.find(") ");
  const auto version = banner.rfind(" #");
  if (builder == std::string_view::npos || version == std::string_view::npos || version < builder)
    return std::string(trimmed(banner));
  return std::string(banner.substr(0, builder + 1)) + std::string(trimmed(banner.substr(version)));
}

}  // namespace

Result<RunningKernel> ask_running_kernel(const system::Root& root) {
  RunningKernel running;
  const auto version = KPKG_TRY(root.read_if_present("/proc/version", largest_answer));
  constexpr std::string_view start = "Linux version ";
  if (version && version->starts_with(start))
    running.banner = std::string(trimmed(std::string_view(*version).substr(start.size())));
  const auto notes = KPKG_TRY(root.read_if_present("/sys/kernel/notes", largest_answer));
  if (notes) running.build_id = build_id_in(*notes);
  return running;
}

std::optional<bool> is_same_kernel(const abi::KernelIdentity& file, const RunningKernel& running) {
  if (file.build_id && running.build_id) return file.build_id == running.build_id;
  if (file.banner && running.banner) return short_banner(*file.banner) == short_banner(*running.banner);
  return std::nullopt;
}

std::optional<std::string> build_id_in(std::string_view notes) {
  constexpr std::size_t header_size = 12;
  while (notes.size() >= header_size) {
    std::uint32_t header[3] = {};
    std::memcpy(header, notes.data(), header_size);
    const auto [owner_size, size, type] = header;
    const auto start = header_size + aligned(owner_size);
    if (start + size > notes.size()) return std::nullopt;
    if (type == 3 && notes.substr(header_size, owner_size) == std::string_view("GNU\0", 4)) {
      const auto* first = reinterpret_cast<const unsigned char*>(notes.data()) + start;
      return to_hex({first, size});
    }
    notes.remove_prefix(std::min<std::uint64_t>(start + aligned(size), notes.size()));
  }
  return std::nullopt;
}

std::optional<std::string> compiler_in(std::string_view banner) {
  // The first parenthesis has who built it, the second compiler and linker; compilers have parentheses too.
  const auto builder = banner.find(") (");
  const auto comma = banner.find(", ", builder == std::string_view::npos ? 0 : builder);
  const auto version = banner.find(" #", builder == std::string_view::npos ? 0 : builder);
  if (builder == std::string_view::npos || comma == std::string_view::npos || comma > version)
    return std::nullopt;
  return std::string(banner.substr(builder + 3, comma - builder - 3));
}

}  // namespace kpkg::kernel
