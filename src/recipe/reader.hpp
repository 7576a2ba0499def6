// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/checks.hpp"
#include "recipe/document.hpp"
#include "recipe/rules.hpp"
#include "recipe/schema.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::recipe {

/// One key of the format and how its value gets into a `Table`, which is one of the structs of recipe.hpp.
template <typename Table>
struct Row {
  Key key;
  void (*store)(Report&, const Entry&, Table&) = nullptr;
};

/// A table of a format. Specialised for every struct where the rows of its format are: rows.cpp, and
/// settings/rows.cpp.
template <typename Table>
struct Rows {
  std::string_view name;  ///< as TableSchema::name
  std::span<const Row<Table>> rows;
  std::vector<TableSchema> (*format)() = nullptr;  ///< every table of the format, for guesses
};

template <typename Table>
Rows<Table> rows_of();

template <>
Rows<Recipe> rows_of<Recipe>();
template <>
Rows<Source> rows_of<Source>();
template <>
Rows<Build> rows_of<Build>();
template <>
Rows<Module> rows_of<Module>();
template <>
Rows<Patch> rows_of<Patch>();
template <>
Rows<Condition> rows_of<Condition>();
template <>
Rows<KernelRequirements> rows_of<KernelRequirements>();
template <>
Rows<Install> rows_of<Install>();
template <>
Rows<Firmware> rows_of<Firmware>();
template <>
Rows<Variant> rows_of<Variant>();
template <>
Rows<Test> rows_of<Test>();

/// Adds that `key` holds a value of the wrong type.
void complain_of_type(Report& report, std::string_view key, const Node& node, std::string_view expected);

/// Adds that the table of this name in this format has no key `entry.key`.
void complain_of_key(Report& report, const Entry& entry, std::string_view table,
                     const std::vector<TableSchema>& format);

/// Adds that `key` is missing in `table`, if it is required and is not there.
void demand_key(Report& report, const Node& table, const Key& key);

/// Adds that `text` is not what the rule wants.
void complain_of_text(Report& report, std::string_view key, const Node& node, const Complaint& rule);

/// Whether `node` is of this kind; if not, that is a mistake.
bool is_kind(Report& report, std::string_view key, const Node& node, NodeKind kind);

/// Whether `entry` is a list of tables; if not, that is a mistake, often [module] for [[module]].
bool is_table_list(Report& report, const Entry& entry);

/// Whether `node` is a text without control characters; if not, that is a mistake. No value of a recipe may
/// hold a line end: most of them become lines of configuration files.
bool is_clean_text(Report& report, std::string_view key, const Node& node);

template <typename Value>
std::optional<Value> read_text(Report& report, std::string_view key, const Node& node,
                               const Rule<Value>& rule) {
  if (!is_clean_text(report, key, node)) return std::nullopt;
  auto value = rule.read(node.text);
  constexpr std::size_t longest_guess = 100;
  const bool may_guess = rule.meant != nullptr && node.text.size() <= longest_guess && !report.is_full();
  if (!value)
    complain_of_text(report, key, node,
                     {.message = {},
                      .expected = std::string(rule.expected),
                      .suggestion = may_guess ? rule.meant(node.text).value_or("") : ""});
  return value;
}

template <typename Value>
void read_into(Report& report, const Entry& entry, const Rule<Value>& rule, Value& target) {
  if (auto value = read_text(report, entry.key, entry.value, rule)) target = *std::move(value);
}

template <typename Value>
void read_into(Report& report, const Entry& entry, const Rule<Value>& rule, std::optional<Value>& target) {
  target = read_text(report, entry.key, entry.value, rule);
}

template <typename Value>
void read_into(Report& report, const Entry& entry, const Rule<Value>& rule, std::vector<Value>& target) {
  if (!is_kind(report, entry.key, entry.value, NodeKind::list)) return;
  for (const auto& item : entry.value.items) {
    if (auto value = read_text(report, entry.key, item, rule)) target.push_back(*std::move(value));
  }
}

void read_into(Report& report, const Entry& entry, const Rule<std::string>& rule,
               std::vector<std::vector<std::string>>& target);
void read_into(Report& report, const Entry& entry, const Rule<std::string>& rule,
               std::map<std::string, std::string>& target);
void read_into(Report& report, const Entry& entry, bool& target);
void read_into(Report& report, const Entry& entry, int& target);

/// Reads a whole table: every key by its row, then what is missing, then what only the whole can tell.
template <typename Table>
void read_table(Report& report, const Node& node, Table& target) {
  const auto [name, rows, format] = rows_of<Table>();
  for (const auto& entry : node.entries) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row<Table>& candidate) {
      return candidate.key.name == entry.key;
    });
    if (row != rows.end())
      row->store(report, entry, target);
    else
      complain_of_key(report, entry, name, format());
  }
  for (const auto& row : rows) demand_key(report, node, row.key);
  if constexpr (requires { check(report, node, target); }) check(report, node, target);
}

template <typename Table>
void read_into(Report& report, const Entry& entry, Table& target) {
  if (is_kind(report, entry.key, entry.value, NodeKind::table)) read_table(report, entry.value, target);
}

template <typename Table>
void read_into(Report& report, const Entry& entry, std::optional<Table>& target) {
  read_into(report, entry, target.emplace());
}

/// The target gets an item for each one that is written, wrong or not: the checks find its place by its
/// number.
template <typename Table>
void read_into(Report& report, const Entry& entry, std::vector<Table>& target) {
  if (!is_table_list(report, entry)) return;
  for (const auto& item : entry.value.items) {
    auto& table = target.emplace_back();
    if (is_kind(report, entry.key, item, NodeKind::table)) read_table(report, item, table);
  }
}

}  // namespace kpkg::recipe
