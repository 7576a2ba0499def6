// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kheaders.hpp"

#include "archive/compression.hpp"
#include "archive/xz_stream.hpp"
#include "kernel/unpacked_image.hpp"

#include <fmt/format.h>

namespace kpkg::kernel {
namespace {

constexpr std::string_view option = "CONFIG_IKHEADERS";
constexpr const char* of_running = "/sys/kernel/kheaders.tar.xz";
constexpr std::uint64_t largest_module = 64U << 20;    // 6.1 packs 45 MB into 4
constexpr std::uint64_t largest_archive = 256U << 20;  // unpacked

tl::unexpected<Error> without_headers(const std::string& path) {
  return fail(ErrorKind::corrupt, path + " does not have the headers that it should have",
              "install the kernel's package again");
}

Result<std::optional<Kheaders>> taken(std::string_view bytes, const std::string& origin) {
  auto archive = embedded_headers(bytes);
  if (!archive) return without_headers(origin);
  return std::optional(Kheaders{*std::move(archive), origin});
}

Result<std::optional<Kheaders>> of_module(const system::Root& root, const Kernel& kernel) {
  for (const std::string_view suffix : {"", ".xz", ".zst", ".gz"}) {
    const auto path = fmt::format("{}/kernel/kernel/kheaders.ko{}", kernel.module_directory, suffix);
    const auto file = KPKG_TRY(root.read_if_present(path, largest_module));
    if (!file) continue;
    return taken(KPKG_TRY(archive::decompress(*file, largest_module).within("reading " + path)), path);
  }
  return std::optional<Kheaders>{};
}

Result<std::optional<Kheaders>> of_image(const system::Root& root, const Kernel& kernel) {
  if (!kernel.image) return std::optional<Kheaders>{};
  auto bytes = KPKG_TRY(root.read(*kernel.image, largest_unpacked_image));
  const auto image = KPKG_TRY(unpack_image(std::move(bytes)).within("reading " + *kernel.image));
  return taken(image.bytes, *kernel.image);
}

}  // namespace

bool carries_headers(const Configuration& configuration) {
  return configuration.is_set(option);
}

std::optional<std::string> embedded_headers(std::string_view bytes) {
  constexpr std::string_view a_header = "include/linux/module.h";
  // A kernel may have other streams, such as a file system to begin with.
  for (const auto stream : archive::xz_streams(bytes)) {
    auto archive = archive::decompress(stream, largest_archive);
    if (archive && archive->find(a_header) != std::string::npos) return *std::move(archive);
  }
  return std::nullopt;
}

Result<std::optional<Kheaders>> find_kheaders(const system::Root& root, const Kernel& kernel,
                                              const Configuration& configuration) {
  if (!carries_headers(configuration)) return std::optional<Kheaders>{};
  if (kernel.is_running) {
    const auto bytes = KPKG_TRY(root.read_if_present(of_running, largest_module));
    if (bytes) return taken(*bytes, of_running);
  }
  return configuration.value(option) == "m" ? of_module(root, kernel) : of_image(root, kernel);
}

}  // namespace kpkg::kernel
