// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_facts_json.hpp"
#include "abi/symvers.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/kernel_text.hpp"
#include "kernel/find.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

Json json_of(const kernel::Kernel& kernel) {
  return {{"release", kernel.release},
          {"modules", kernel.module_directory},
          {"image", kernel.image ? Json(*kernel.image) : Json()},
          {"configuration", kernel.configuration ? Json(*kernel.configuration) : Json()},
          {"tree", kernel.tree ? Json(kernel.tree->path) : Json()},
          {"tree_problem", kernel.tree_problem},
          {"has_modules", kernel.has_modules},
          {"running", kernel.is_running}};
}

std::string row_of(const kernel::Kernel& kernel) {
  const auto running = kernel.is_running ? std::string(", running") : std::string();
  const auto modules = kernel.has_modules ? std::string() : std::string(", without its own modules");
  const auto tree = kernel.tree ? "headers in " + kernel.tree->path : "no headers: " + kernel.tree_problem;
  return fmt::format("{}{}{}: {}\n", kernel.release, running, modules, tree);
}

Result<int> show_symvers(const Context& context) {
  for (const auto& target : KPKG_TRY(targets_of(context, workflow::Headers::ignored))) {
    if (!target.facts.symbols)
      return fail(ErrorKind::not_found,
                  fmt::format("the symbols of kernel {} are not known", target.kernel.release),
                  "install its image and its modules, or its headers");
    context.terminal.say(abi::symvers_text(target.facts.symbols->table));
  }
  return success_status;
}

}  // namespace

Result<int> run_kernel_list(const Context& context) {
  const auto kernels = KPKG_TRY(kernel::find_kernels(context.workspace.root, context.workspace.host));
  if (context.arguments.json) {
    Json rows = Json::array();
    for (const auto& kernel : kernels) rows.push_back(json_of(kernel));
    say_json(context, {{"kernels", std::move(rows)}});
    return success_status;
  }
  std::string text;
  for (const auto& kernel : kernels) text += row_of(kernel);
  context.terminal.say(text.empty() ? "there is no kernel in this root\n" : printable(text));
  return success_status;
}

Result<int> run_kernel_show(const Context& context) {
  if (context.arguments.symvers) return show_symvers(context);
  Json rows = Json::array();
  for (auto& target : KPKG_TRY(targets_of(context, workflow::Headers::read))) {
    workflow::learn_types(context.workspace, target);
    if (!context.arguments.json) {
      context.terminal.say(kernel_text(target));
      continue;
    }
    auto row = json_of(target.kernel);
    auto facts = target.facts;
    row["symbols"] = facts.symbols ? Json(facts.symbols->table.size()) : Json();
    row["symbol_counts"] = symbol_counts_json(facts);
    facts.symbols.reset();
    row["types"] = facts.btf.table != nullptr ? Json(facts.btf.table->types.size()) : Json();
    facts.btf.table = nullptr;
    row["image_is_running"] = target.image_is_running ? Json(*target.image_is_running) : Json();
    row["facts_file"] = target.facts_file.empty() ? Json() : Json(target.facts_file);
    row["facts"] = abi::to_json(facts);
    row["facts"]["btf"].erase("types");
    row["identity"] = target.identity.hex();
    row["notes"] = target.notes;
    rows.push_back(std::move(row));
  }
  if (context.arguments.json) say_json(context, {{"kernels", std::move(rows)}});
  return success_status;
}

}  // namespace kpkg::cli
