// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/memory.hpp"

#include "crypto/digest.hpp"
#include "kernel/facts_file.hpp"
#include "kernel/path.hpp"

#include <fmt/format.h>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace kpkg::kernel {
namespace {

/// Higher whenever learn() learns otherwise from the same files. A new member of the facts is noticed without
/// it, and so is another version of kpkg.
constexpr int generation = 5;

constexpr std::size_t stamp_size = 64;

/// depmod writes the first of these after every change of the modules.
constexpr std::array<std::string_view, 10> module_files = {"/modules.dep",
                                                           "/modules.order",
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

Result<std::string> stamp_of(const system::Root& root, const Kernel& kernel) {
  Stamp stamp(root);
  stamp.add(fmt::format("{} {} {} {}", kernel.release, kernel.module_directory, kernel.has_modules,
                        kernel.is_running));
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

/// What is kept, if it has this stamp and this kpkg would keep the same.
std::optional<Learned> remembered(const std::optional<SharedBytes>& kept, const std::string& stamp) {
  if (!kept || !kept->view().starts_with(stamp)) return std::nullopt;
  auto read = read_facts(kept->part(kept->view().substr(stamp_size)));
  if (!read || !read->is_current) return std::nullopt;
  return std::move(read->file.learned);
}

/// The functions that the image exports say which types modules get to see.
std::vector<std::string> exported_by_image(const abi::KernelFacts& facts) {
  std::vector<std::string> names;
  if (!facts.symbols) return names;
  for (std::size_t index = 0; index < facts.symbols->table.size(); ++index) {
    auto symbol = facts.symbols->table.at(index);
    if (symbol.owner == "vmlinux") names.push_back(std::move(symbol.name));
  }
  return names;
}

/// The table that is kept under `key`; null: there is none that is sound.
std::shared_ptr<const abi::TypeTable> remembered_table(const std::string& key, Memory& memory) {
  const auto kept = memory.recall(key);
  auto table = kept ? abi::parse_types(kept->view()) : Result<abi::TypeTable>(abi::TypeTable());
  return kept && table ? std::make_shared<const abi::TypeTable>(std::move(*table)) : nullptr;
}

}  // namespace

std::string btf_key(const crypto::Digest& digest) {
  return "kernel btf " + digest.hex();
}

bool add_btf(abi::KernelBtf& btf, Memory& memory) {
  if (btf.bytes) return true;
  const auto kept = btf.digest ? memory.recall(btf_key(*btf.digest)) : std::nullopt;
  if (kept) btf.bytes = *kept;
  return kept.has_value();
}

void add_type_table(abi::KernelFacts& facts, Memory& memory) {
  auto& btf = facts.btf;
  if (btf.table != nullptr || !btf.digest) return;
  const auto symbols = facts.symbols ? facts.symbols->table.size() : 0;
  const auto key =
      fmt::format("kernel types {} {} {} {}", generation, KPKG_VERSION, btf.digest->hex(), symbols);
  btf.table = remembered_table(key, memory);
  if (btf.table != nullptr || !add_btf(btf, memory)) return;
  const auto read = elf::Btf::read(btf.bytes.view());
  if (!read) return;
  btf.table = std::make_shared<const abi::TypeTable>(abi::types_of_kernel(*read, exported_by_image(facts)));
  memory.keep(key, abi::text_of(*btf.table));
}

Result<Learned> learn(const system::Root& root, const Kernel& kernel, Memory& memory) {
  const auto key = fmt::format("kernel facts {} {} {}", generation, KPKG_VERSION, kernel.module_directory);
  const auto stamp = KPKG_TRY(stamp_of(root, kernel).within("looking at the kernel " + kernel.release));
  auto known = remembered(memory.recall(key), stamp);
  if (known) return std::move(*known);
  auto learned = KPKG_TRY(learn(root, kernel));
  memory.keep(key, stamp + facts_bytes({learned, std::nullopt}));
  const auto& btf = learned.facts.btf;
  if (btf.bytes && btf.digest) memory.keep(btf_key(*btf.digest), btf.bytes.view());
  return learned;
}

}  // namespace kpkg::kernel
