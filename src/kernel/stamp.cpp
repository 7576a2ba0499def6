// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/stamp.hpp"

#include "crypto/digest.hpp"
#include "kernel/path.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace kpkg::kernel {
namespace {

/// depmod writes it after every change of the modules.
constexpr std::string_view index_file = "/modules.dep";

constexpr std::array<std::string_view, 9> module_files = {"/modules.order",
                                                          "/modules.builtin",
                                                          "/modules.builtin.modinfo",
                                                          "/config",
                                                          "/kernel",
                                                          "/kernel/kernel/configs.ko",
                                                          "/kernel/kernel/configs.ko.xz",
                                                          "/kernel/kernel/configs.ko.zst",
                                                          "/kernel/kernel/configs.ko.gz"};

constexpr std::array<std::string_view, 4> tree_files = {
    "/.config", "/Module.symvers", "/include/generated/compile.h", "/include/config/auto.conf"};

/// What a kernel that runs says, and the switches that it has only while it runs.
constexpr std::array<std::string_view, 5> running_files = {
    "/proc/version", "/sys/kernel/notes", "/proc/cmdline", "/sys/module/module/parameters/sig_enforce",
    "/sys/kernel/security/lockdown"};

/// Everything that learn() asks, as one digest. Owns the hash.
class Stamp {
 public:
  explicit Stamp(const system::Root& root) : root_(root) {}

  void add(std::string_view text) {
    hash_.update(fmt::format("{}\n", text.size()));
    hash_.update(text);
  }

  /// Adds what shows that a file was replaced.
  Status add_file(const std::string& path) {
    const auto place = KPKG_TRY(follow(root_, path));
    if (!place.path) {
      add(path + " is absent");
      return {};
    }
    const auto status = KPKG_TRY(root_.status(*place.path));
    if (status)
      add(fmt::format("{} {} {} {} {}", path, *place.path, status->size, status->modified_ns, status->inode));
    return {};
  }

  Status add_content(const std::string& path) {
    const auto content = root_.read_if_present(path);
    add(content && *content ? **content : path + " is absent");
    return {};
  }

  std::string finish() { return hash_.finish().hex(); }

 private:
  const system::Root& root_;
  crypto::Sha256 hash_;
};

}  // namespace

Result<std::string> stamp_of(const system::Root& root, const Kernel& kernel, Index index) {
  Stamp stamp(root);
  stamp.add(fmt::format("{} {} {} {}", kernel.release, kernel.module_directory, kernel.has_modules,
                        kernel.is_running));
  if (index == Index::included) KPKG_TRY(stamp.add_file(kernel.module_directory + std::string(index_file)));
  for (const auto file : module_files) KPKG_TRY(stamp.add_file(kernel.module_directory + std::string(file)));
  for (const auto& path : {kernel.image, kernel.configuration})
    if (path) KPKG_TRY(stamp.add_file(*path));
  KPKG_TRY(stamp.add_file("/boot/config-" + kernel.release));
  if (kernel.tree) {
    stamp.add(kernel.tree->path + " " + kernel.tree->symvers.value_or("without Module.symvers"));
    for (const auto file : tree_files) KPKG_TRY(stamp.add_file(kernel.tree->path + std::string(file)));
  }
  if (kernel.is_running)
    for (const auto file : running_files) KPKG_TRY(stamp.add_content(std::string(file)));
  return stamp.finish();
}

std::string facts_key(const Kernel& kernel) {
  return fmt::format("kernel facts {} {} {}", generation, KPKG_VERSION, kernel.module_directory);
}

std::string renewal_key(const Kernel& kernel) {
  return fmt::format("kernel index {} {} {}", generation, KPKG_VERSION, kernel.module_directory);
}

std::string kept_stamp(const std::string& stamp, const Kernel& kernel, Memory& memory) {
  const auto renewal = memory.recall(renewal_key(kernel));
  if (!renewal || renewal->view().size() != 2 * stamp_size || !renewal->view().starts_with(stamp))
    return stamp;
  return std::string(renewal->view().substr(stamp_size));
}

}  // namespace kpkg::kernel
