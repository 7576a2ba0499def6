// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "workflow/kernel_difference.hpp"

#include <fmt/format.h>

#include <map>

namespace kpkg::cli {
namespace {

constexpr int differ_status = 1;              // as diff(1)
constexpr std::size_t shown_by_default = 20;  // of each list; -v shows all

/// A heading with the number of lines, then the lines, the last ones left out where there are too many.
std::string section(const std::string& heading, const std::vector<std::string>& rows, int verbosity) {
  if (rows.empty()) return "";
  auto text = fmt::format("{}: {}\n", heading, rows.size());
  const auto shown = verbosity > 0 ? rows.size() : std::min(rows.size(), shown_by_default);
  for (std::size_t index = 0; index < shown; ++index) text += "  " + rows[index] + "\n";
  if (shown < rows.size()) text += fmt::format("  and {} more, which -v shows\n", rows.size() - shown);
  return text;
}

std::string row_of(const abi::SymbolDifference& symbol) {
  const bool is_altered = symbol.change == abi::SymbolChange::altered;
  const auto values =
      is_altered ? symbol.left + " here, " + symbol.right + " there" : symbol.left + symbol.right;
  return fmt::format("{} {}: {}", abi::name_of(symbol.change), symbol.symbol, values);
}

/// How many symbols of each owner differ, for who wants to know which subsystem moved.
std::string owners_text(const std::vector<abi::SymbolDifference>& symbols, int verbosity) {
  std::map<std::string, std::map<abi::SymbolChange, std::size_t>> counts;
  for (const auto& symbol : symbols) ++counts[symbol.owner][symbol.change];
  std::vector<std::string> rows;
  for (const auto& [owner, changes] : counts) {
    std::vector<std::string> parts;
    for (const auto& [change, count] : changes)
      parts.push_back(fmt::format("{} {}", count, abi::name_of(change)));
    rows.push_back(owner + ": " + join(parts, ", "));
  }
  return section("owners of symbols that differ", rows, verbosity);
}

std::string row_of(const abi::TypeDifference& type) {
  const auto size = [](const std::optional<std::uint32_t>& bytes) {
    return bytes ? fmt::format("{} bytes", *bytes) : std::string("absent");
  };
  return fmt::format("{} {}: {} here, {} there", abi::name_of(type.kind), type.name, size(type.module_size),
                     size(type.kernel_size));
}

std::string text_of(const workflow::KernelDifference& difference, int verbosity) {
  const auto whom = difference.modules.empty() ? std::string() : " for " + join(difference.modules, ", ");
  auto text =
      difference.is_empty()
          ? fmt::format("{} and {} do not differ{}\n", difference.left, difference.right, whom)
          : fmt::format("{} (here) and {} (there) differ{}\n", difference.left, difference.right, whom);
  std::vector<std::string> facts;
  for (const auto& fact : difference.facts)  // a list of certificates is long
    facts.push_back(
        fmt::format("{}: {} here, {} there", fact.name, told_name(fact.left), told_name(fact.right)));
  std::vector<std::string> options;
  for (const auto& option : difference.options) options.push_back(kernel::told(option));
  std::vector<std::string> symbols;
  for (const auto& symbol : difference.symbols) symbols.push_back(row_of(symbol));
  text += section("facts", facts, verbosity) + section("options (here, there)", options, verbosity);
  if (symbols.size() > shown_by_default) text += owners_text(difference.symbols, verbosity);
  text += section("symbols", symbols, verbosity);
  std::vector<std::string> types;
  for (const auto& type : difference.types) types.push_back(row_of(type));
  text += section("types", types, verbosity);
  for (const auto& what : difference.not_compared) text += fmt::format("not compared: {}\n", what);
  return printable(text);
}

Json json_of(const workflow::KernelDifference& difference) {
  const auto value = [](const std::optional<std::string>& text) { return text ? Json(*text) : Json(); };
  Json facts = Json::array();
  for (const auto& fact : difference.facts)
    facts.push_back({{"name", fact.name}, {"left", fact.left}, {"right", fact.right}});
  Json options = Json::array();
  for (const auto& option : difference.options)
    options.push_back({{"option", option.key}, {"left", value(option.left)}, {"right", value(option.right)}});
  Json symbols = Json::array();
  for (const auto& symbol : difference.symbols)
    symbols.push_back({{"symbol", symbol.symbol},
                       {"change", abi::name_of(symbol.change)},
                       {"owner", symbol.owner},
                       {"left", symbol.left},
                       {"right", symbol.right}});
  const auto size = [](const std::optional<std::uint32_t>& bytes) { return bytes ? Json(*bytes) : Json(); };
  Json types = Json::array();
  for (const auto& type : difference.types)
    types.push_back({{"type", fmt::format("{} {}", abi::name_of(type.kind), type.name)},
                     {"left", size(type.module_size)},
                     {"right", size(type.kernel_size)}});
  return {{"left", difference.left},
          {"right", difference.right},
          {"modules", difference.modules},
          {"differ", !difference.is_empty()},
          {"facts", std::move(facts)},
          {"options", std::move(options)},
          {"symbols", std::move(symbols)},
          {"types", std::move(types)},
          {"not_compared", difference.not_compared}};
}

}  // namespace

Result<int> run_kernel_diff(const Context& context) {
  const auto& arguments = context.arguments;
  const auto left = KPKG_TRY(workflow::kernel_or_facts(context.workspace, arguments.names[0]));
  const auto right = KPKG_TRY(workflow::kernel_or_facts(context.workspace, arguments.names[1]));
  const auto difference =
      KPKG_TRY(workflow::compare_kernels(context.workspace, left, right, arguments.only_for));
  if (arguments.json)
    say_json(context, json_of(difference));
  else
    context.terminal.say(text_of(difference, arguments.verbosity));
  return difference.is_empty() ? success_status : differ_status;
}

}  // namespace kpkg::cli
