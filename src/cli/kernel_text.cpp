// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/kernel_text.hpp"

#include "abi/kernel_facts_json.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

namespace kpkg::cli {
namespace {

std::string line(std::string_view name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("  {:<24} {}\n", name, value);
}

struct SymbolCounts {
  std::size_t all = 0;
  std::size_t of_image = 0;  ///< owner "vmlinux"
  std::size_t gpl_only = 0;
  std::size_t with_crc = 0;
  std::set<std::string> name_spaces;
};

SymbolCounts counts_of(const abi::SymbolTable& table) {
  SymbolCounts counts{.all = table.size()};
  for (std::size_t index = 0; index < table.size(); ++index) {
    const auto symbol = table.at(index);
    counts.of_image += symbol.owner == "vmlinux" ? 1 : 0;
    counts.gpl_only += symbol.gpl_only ? 1 : 0;
    counts.with_crc += symbol.crc != 0 ? 1 : 0;
    if (!symbol.name_space.empty()) counts.name_spaces.insert(symbol.name_space);
  }
  return counts;
}

std::string symbols_text(const std::optional<abi::KernelSymbols>& symbols) {
  if (!symbols) return line("exported symbols", std::string("unknown"));
  const auto counts = counts_of(symbols->table);
  return line("exported symbols",
              fmt::format("{}{}: {} of the image, {} of modules; {} GPL-only, {} with CRC, {}", counts.all,
                          symbols->is_complete ? "" : " and perhaps more", counts.of_image,
                          counts.all - counts.of_image, counts.gpl_only, counts.with_crc,
                          counted(counts.name_spaces.size(), "namespace"))) +
         line("symbols are those of", symbols->origin);
}

/// Where the kernel's files are; what stands in for a kernel has no headers.
std::string files_text(const workflow::Target& target) {
  const auto& identity = target.facts.identity;
  const auto packed = identity.container ? fmt::format(" ({})", *identity.container) : std::string();
  const auto count = identity.modules ? fmt::format(" ({} modules)", *identity.modules) : std::string();
  const auto running =
      target.image_is_running
          ? std::string(*target.image_is_running ? ", which runs" : ", which is not what runs")
          : std::string();
  auto text = line("known from", target.facts_file);
  text += line("image", identity.image ? *identity.image + packed + running : "none");
  text += line("module directory", identity.module_directory.value_or("none") + count);
  text += line("configuration", identity.configuration.value_or("none"));
  if (target.facts_file.empty())
    text += line("headers", target.kernel.tree ? target.kernel.tree->path : target.kernel.tree_problem);
  return text;
}

std::string value_text(const Json& value) {
  if (value.is_null()) return "unknown";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return value.get<std::string>();
  return told_name(value.dump(-1, ' ', false, Json::error_handler_t::replace));  // certificates are long
}

/// A group of facts by what is known of each: those that are so, those that are not, those that nobody knows.
/// Whatever members it has are shown, by their names in JSON.
std::string group_text(const std::string& name, const Json& group) {
  if (!group.is_object()) return line(name, value_text(group));
  std::map<std::string, std::vector<std::string>> flags;
  std::string others;
  for (const auto& [key, value] : group.items()) {
    if (value.is_boolean() || value.is_null())
      flags[value_text(value)].push_back(key);
    else
      others += line(name + " " + key, value_text(value));
  }
  std::string text;
  for (const auto& [answer, keys] : flags) text += line(name + ": " + answer, join(keys, ", "));
  return text + others;
}

/// The facts that have no line of their own above.
std::string other_facts_text(abi::KernelFacts facts) {
  facts.symbols.reset();
  const auto types = facts.btf.table != nullptr ? counted(facts.btf.table->types.size(), "type") : "unknown";
  facts.btf.table = nullptr;  // thousands of rows
  const std::set<std::string> told = {"release", "identity", "architecture", "vermagic",
                                      "layout",  "symbols",  "compression",  "modversions"};
  auto all = abi::to_json(facts);
  all["btf"].erase("types");
  auto text = line("types of its BTF", types);
  for (const auto& [name, group] : all.items())
    if (told.count(name) == 0) text += group_text(name, group);
  return text;
}

}  // namespace

std::string kernel_text(const workflow::Target& target) {
  const auto& facts = target.facts;
  auto text = target.kernel.release + "\n" + line("banner", facts.identity.banner.value_or("")) +
              line("build id", facts.identity.build_id.value_or("")) +
              line("compiler", facts.identity.compiler.value_or(""));
  text += files_text(target);
  text += line("architecture",
               facts.architecture ? elf::machine_name(facts.architecture->machine) : std::string("unknown"));
  text += line("vermagic", facts.vermagic ? fmt::format("\"{}\"", *facts.vermagic) : std::string("unknown"));
  const auto offset = [](const std::optional<std::uint64_t>& value) {
    return value ? fmt::format("0x{:x}", *value) : std::string("unknown");
  };
  text +=
      line("struct module",
           facts.layout ? fmt::format("{} bytes, init at {}, exit at {}", facts.layout->size,
                                      offset(facts.layout->init_offset), offset(facts.layout->exit_offset))
                        : std::string("unknown"));
  const auto modversions = abi::has_modversions(facts);
  text += symbols_text(facts.symbols) +
          line("compares CRCs", modversions ? (*modversions ? "yes" : "no") : std::string("unknown"));
  text += line("module compression", std::string(abi::name_of(facts.compression))) + other_facts_text(facts);
  for (const auto& note : target.notes) text += line("note", note);
  return printable(text);
}

Json symbol_counts_json(const abi::KernelFacts& facts) {
  if (!facts.symbols) return {};
  const auto counts = counts_of(facts.symbols->table);
  return {{"all", counts.all},
          {"of_image", counts.of_image},
          {"gpl_only", counts.gpl_only},
          {"with_crc", counts.with_crc},
          {"namespaces", counts.name_spaces.size()},
          {"origin", facts.symbols->origin},
          {"is_complete", facts.symbols->is_complete}};
}

}  // namespace kpkg::cli
