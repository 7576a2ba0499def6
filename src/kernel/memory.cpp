// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/memory.hpp"

#include "crypto/digest.hpp"
#include "kernel/facts_file.hpp"
#include "kernel/stamp.hpp"

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <vector>

namespace kpkg::kernel {
namespace {

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
  const auto key = facts_key(kernel);
  const auto stamp =
      KPKG_TRY(stamp_of(root, kernel, Index::included).within("looking at the kernel " + kernel.release));
  const auto kept = memory.recall(key);
  auto known = remembered(kept, stamp);
  if (!known) known = remembered(kept, kept_stamp(stamp, kernel, memory));
  if (known) return std::move(*known);
  auto learned = KPKG_TRY(learn(root, kernel));
  memory.keep(key, stamp + facts_bytes({learned, std::nullopt}));
  const auto& btf = learned.facts.btf;
  if (btf.bytes && btf.digest) memory.keep(btf_key(*btf.digest), btf.bytes.view());
  return learned;
}

}  // namespace kpkg::kernel
