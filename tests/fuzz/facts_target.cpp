// SPDX-License-Identifier: GPL-2.0-or-later
// A file of facts, with its own digest and with one that is right: whoever makes a file makes its digest too.
// What was read must survive being written and read again.
#include "base/assert.hpp"
#include "crypto/digest.hpp"
#include "fuzz/target.hpp"
#include "kernel/facts_file.hpp"

namespace kpkg::fuzz {
namespace {

constexpr std::size_t digest_size = 32;

kernel::FactsFile a_file() {
  kernel::FactsFile file;
  auto& learned = file.learned;
  learned.facts.release = "6.1.0-56-amd64";
  learned.facts.vermagic = "6.1.0-56-amd64 SMP preempt mod_unload modversions ";
  learned.facts.layout = abi::Layout{.size = 896, .init_offset = 0x138, .exit_offset = 0x350};
  learned.facts.symbols = abi::KernelSymbols{
      .table = abi::SymbolTable::from(
          {{.name = "printk", .crc = 1, .owner = "vmlinux"},
           {.name = "dma_buf_get", .crc = 2, .owner = "vmlinux", .gpl_only = true, .name_space = "DMA_BUF"}}),
      .origin = "a tree"};
  learned.configuration = kernel::Configuration::parse("CONFIG_MODULES=y\nCONFIG_BUILD_SALT=\"a b\"\n");
  learned.notes = {"a doubt"};
  return file;
}

}  // namespace

std::vector<std::string> seeds() {
  auto whole = kernel::facts_bytes(a_file());
  auto types = a_file();
  types.btf = "types";
  return {whole.substr(0, whole.size() - digest_size), kernel::facts_bytes(types)};
}

void read(std::string_view bytes) {
  drop(kernel::read_facts(SharedBytes(std::string(bytes))), "most bytes are no facts");
  const auto digest = crypto::sha256(bytes).bytes;
  const auto facts =
      kernel::read_facts(SharedBytes(std::string(bytes) + std::string(digest.begin(), digest.end())));
  if (!facts) return;
  const auto again = kernel::read_facts(SharedBytes(kernel::facts_bytes(facts->file)));
  KPKG_ASSERT(again && again->file.learned.facts.symbols == facts->file.learned.facts.symbols &&
              again->file.btf == facts->file.btf);
}

}  // namespace kpkg::fuzz
