// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/image.hpp"

#include "base/path.hpp"
#include "kernel/path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_image = 256U << 20;
constexpr std::size_t longest_banner = 512;

std::size_t word_at(std::string_view bytes, std::size_t offset) {
  return static_cast<unsigned char>(bytes[offset]) +
         (std::size_t{static_cast<unsigned char>(bytes[offset + 1])} << 8);
}

/// The text at `offset` up to its end, which a damaged image may lack.
std::string_view text_at(std::string_view bytes, std::size_t offset) {
  if (offset >= bytes.size()) return {};
  const auto text = bytes.substr(offset, longest_banner);
  const auto end = text.find_first_of(std::string_view("\0\n", 2));
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

/// The setup header of x86 has the offset of an uncompressed banner, less 0x200.
std::string_view x86_banner(std::string_view image) {
  constexpr std::size_t magic = 0x202;
  constexpr std::size_t pointer = 0x20e;
  if (image.size() < pointer + 2 || image.substr(magic, 4) != "HdrS") return {};
  const auto offset = word_at(image, pointer);
  return offset == 0 ? std::string_view{} : text_at(image, offset + 0x200);
}

/// Whether a banner has the number of the build, " #1 ".
bool is_numbered(std::string_view banner) {
  const auto number = banner.rfind(" #");
  return number != std::string_view::npos && number + 2 < banner.size() && banner[number + 2] >= '0' &&
         banner[number + 2] <= '9';
}

/// An uncompressed image has the text of /proc/version somewhere; the other hits are formats ("%s").
/// Since 6.1 there is also one without the number of the build, which a later step of the link replaces.
/// Source: linux init/version.c, init/version-timestamp.c.
std::string_view plain_banner(std::string_view image) {
  constexpr std::string_view start = "Linux version ";
  std::string_view best;
  for (auto hit = image.find(start); hit != std::string_view::npos; hit = image.find(start, hit + 1)) {
    const auto text = text_at(image, hit + start.size());
    if (text.empty() || text.front() < '0' || text.front() > '9') continue;
    if (is_numbered(text)) return text;
    if (best.empty()) best = text;
  }
  return best;
}

/// Whether `path` is a file with something in it; the links of a removed kernel dangle, and some are empty.
Result<bool> is_image(const system::Root& root, const std::string& path) {
  const auto place = KPKG_TRY(follow(root, path));
  if (!place.path) return false;
  const auto status = KPKG_TRY(root.status(*place.path));
  return status && status->type == system::FileType::regular && status->size > 0;
}

/// Whether the file, whose name has no version, is an image of `release`.
Result<bool> carries(const system::Root& root, const std::string& path, const std::string& release) {
  const bool is_present = KPKG_TRY(is_image(root, path));
  if (!is_present) return false;
  const auto place = KPKG_TRY(follow(root, path));
  if (place.path && last_of(*place.path).ends_with("-" + release)) return true;
  const auto bytes = root.read(path, largest_image);
  return bytes && banner(*bytes).starts_with(release + " ");
}

}  // namespace

std::string_view banner(std::string_view image) {
  const auto found = x86_banner(image);
  return found.empty() ? plain_banner(image) : found;
}

Result<std::optional<std::string>> find_image(const system::Root& root, const std::string& release,
                                              const std::string& module_directory) {
  const std::array named = {"/boot/vmlinuz-" + release,    "/boot/vmlinux-" + release,
                            "/boot/Image-" + release,      "/boot/zImage-" + release,
                            module_directory + "/vmlinuz", module_directory + "/vmlinux"};
  for (const auto& path : named) {
    const bool is_it = KPKG_TRY(is_image(root, path));
    if (is_it) return std::optional(path);
  }
  for (const std::string path : {"/boot/vmlinuz", "/boot/Image", "/boot/zImage"}) {
    const bool is_it = KPKG_TRY(carries(root, path, release));
    if (is_it) return std::optional(path);
  }
  return std::optional<std::string>{};
}

}  // namespace kpkg::kernel
