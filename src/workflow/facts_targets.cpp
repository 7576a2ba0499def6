// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/facts_file.hpp"
#include "kernel/types.hpp"
#include "system/file.hpp"
#include "workflow/root_memory.hpp"
#include "workflow/targets.hpp"

#include <fmt/format.h>

#include <memory>

namespace kpkg::workflow {

Result<Target> read_target(const std::string& facts_file) {
  const auto attempt = "reading the facts " + facts_file;
  const auto bytes = KPKG_TRY(system::read_file(facts_file, kernel::largest_facts_file).within(attempt));
  auto file = KPKG_TRY(kernel::imported_facts(bytes).within(attempt));
  auto& learned = file.learned;
  if (file.btf) learned.facts.btf.bytes = SharedBytes(std::move(*file.btf));
  auto arch = arch_word(learned.facts).value_or("");
  return Target{.kernel = {.release = learned.facts.release,
                           .module_directory = {},
                           .tree_problem = "it is known from " + facts_file + " alone"},
                .facts = std::move(learned.facts),
                .identity = crypto::sha256(bytes),
                .configuration = std::move(learned.configuration),
                .arch = std::move(arch),
                .notes = std::move(learned.notes),
                .facts_file = facts_file};
}

Result<std::string> exported_target(const Workspace& workspace, const Target& target, Types types) {
  kernel::FactsFile file;
  file.learned = {.facts = target.facts, .configuration = target.configuration, .notes = target.notes};
  if (types == Types::left_out) file.learned.facts.btf.table = nullptr;  // half of what all else takes
  if (types == Types::included) {
    RootMemory memory(workspace);
    kernel::add_type_table(file.learned.facts, memory);
    const auto order = target.facts.architecture.value_or(elf::Architecture()).byte_order;
    file.btf = KPKG_TRY(kernel::read_types(workspace.root, target.kernel, order).within("looking for types"));
    if (!file.btf)
      return fail(ErrorKind::not_found, fmt::format("no BTF of kernel {} can be read", target.kernel.release),
                  "leave --btf away: without it, kpkg check compares CRCs and sizes");
  }
  return kernel::exported_facts(std::move(file));
}

}  // namespace kpkg::workflow
