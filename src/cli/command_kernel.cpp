// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_facts_json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
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

std::string yes_no(const std::optional<bool>& value) {
  return value ? (*value ? "yes" : "no") : "unknown";
}

std::string facts_text(const workflow::Target& target) {
  const auto& facts = target.facts;
  const auto line = [](std::string_view name, const std::string& value) {
    return fmt::format("  {:<26} {}\n", name, value);
  };
  auto text = target.kernel.release + "\n";
  text += line("image", target.kernel.image.value_or("none")) +
          line("configuration", target.kernel.configuration.value_or("none"));
  text += line("headers", target.kernel.tree ? target.kernel.tree->path : target.kernel.tree_problem);
  text +=
      line("architecture", facts.architecture ? elf::machine_name(facts.architecture->machine) : "unknown");
  text += line("vermagic", facts.vermagic ? fmt::format("\"{}\"", *facts.vermagic) : "unknown");
  if (facts.layout)
    text += line("struct module",
                 fmt::format("{} bytes, init at 0x{:x}, exit at 0x{:x}", facts.layout->size,
                             facts.layout->init_offset.value_or(0), facts.layout->exit_offset.value_or(0)));
  text += line(
      "exported symbols",
      facts.symbols ? fmt::format("{} ({})", facts.symbols->table.size(), facts.symbols->origin) : "unknown");
  text += line("symbol versions (CRCs)", yes_no(abi::has_modversions(facts)));
  text += line("loads forced modules", yes_no(facts.loader.force_load));
  text += line("refuses missing versions", yes_no(facts.loader.refuses_missing_version));
  text += line("module compression", std::string(abi::name_of(facts.compression)));
  for (const auto& note : target.notes) text += line("note", note);
  return printable(text);
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
  Json rows = Json::array();
  for (const auto& target : KPKG_TRY(targets_of(context))) {
    if (!context.arguments.json) {
      context.terminal.say(facts_text(target));
      continue;
    }
    auto row = json_of(target.kernel);
    auto facts = target.facts;
    row["symbols"] = facts.symbols ? Json(facts.symbols->table.size()) : Json();
    facts.symbols.reset();
    row["facts"] = abi::to_json(facts);
    row["identity"] = target.identity.hex();
    row["notes"] = target.notes;
    rows.push_back(std::move(row));
  }
  if (context.arguments.json) say_json(context, {{"kernels", std::move(rows)}});
  return success_status;
}

}  // namespace kpkg::cli
