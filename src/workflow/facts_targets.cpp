// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/facts_file.hpp"
#include "kernel/types.hpp"
#include "system/file.hpp"
#include "tree/build_salt.hpp"
#include "tree/configuration_text.hpp"
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
                .facts_file = facts_file,
                .configuration_text = std::move(file.configuration_text),
                .build_salt = std::move(file.build_salt)};
}

namespace {

/// What headers are rebuilt of elsewhere, besides what was learned: all that files of this root alone tell.
Status add_parts_for_trees(const Workspace& workspace, const Target& target, kernel::FactsFile& file) {
  const auto& kernel = target.kernel;
  const tree::Subject subject{workspace.root, kernel, file.learned};
  if (target.configuration) {
    auto text = KPKG_TRY(tree::configuration_text(subject));
    if (text.is_whole) file.configuration_text = std::move(text.text);
  }
  const auto salt = tree::salt_of_modules(workspace.root, kernel.module_directory);
  if (salt) file.build_salt = *salt;  // a module that cannot be read is in the notes
  return {};
}

}  // namespace

Result<std::string> exported_target(const Workspace& workspace, const Target& target, Types types) {
  kernel::FactsFile file;
  file.learned = {.facts = target.facts, .configuration = target.configuration, .notes = target.notes};
  KPKG_TRY(add_parts_for_trees(workspace, target, file));
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
