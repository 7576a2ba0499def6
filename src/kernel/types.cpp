// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/types.hpp"

#include "kernel/image_facts.hpp"

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_types = 64U << 20;
}  // namespace

Result<std::optional<std::string>> running_types(const system::Root& root) {
  return root.read_if_present("/sys/kernel/btf/vmlinux", largest_types);
}

Result<std::optional<std::string>> read_types(const system::Root& root, const Kernel& kernel,
                                              elf::ByteOrder order) {
  if (kernel.is_running) {
    auto types = KPKG_TRY(running_types(root));
    if (types) return types;
  }
  if (!kernel.image) return std::optional<std::string>{};
  auto bytes = KPKG_TRY(root.read(*kernel.image, largest_unpacked_image));
  const auto image = unpack_image(std::move(bytes));
  return image ? image_facts(*image, order).btf : std::nullopt;
}

}  // namespace kpkg::kernel
