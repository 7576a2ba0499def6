// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/reader.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::recipe {
namespace {

constexpr std::int64_t largest_number = 1'000'000;

std::vector<std::string> keys_of(std::string_view table, const std::vector<TableSchema>& format) {
  std::vector<std::string> names;
  for (const auto& described : format) {
    if (described.name != table) continue;
    for (const auto& key : described.keys) names.emplace_back(key.name);
  }
  return names;
}

/// "in [build]" if `key` is one of its keys: in TOML a key that is written too late belongs to the table
/// before it.
std::string home_of(std::string_view key, const std::vector<TableSchema>& format) {
  for (const auto& table : format) {
    const bool has_key = std::any_of(table.keys.begin(), table.keys.end(),
                                     [&](const Key& candidate) { return candidate.name == key; });
    if (has_key) return table.name.empty() ? "at the top of the file" : fmt::format("in {}", table.name);
  }
  return {};
}

bool is_control(char character) {
  const auto code = static_cast<unsigned char>(character);
  return code < 0x20 || code == 0x7F;
}

}  // namespace

void complain_of_type(Report& report, std::string_view key, const Node& node, std::string_view expected) {
  report.add(node.place,
             {fmt::format("\"{}\" is {}", shown(key), name_of(node.kind)), std::string(expected), {}});
}

void complain_of_key(Report& report, const Entry& entry, std::string_view table,
                     const std::vector<TableSchema>& format) {
  constexpr std::size_t longest_guess = 40;
  Complaint complaint;
  complaint.message = fmt::format("unknown key \"{}\"", shown(entry.key));
  if (!table.empty()) complaint.message += fmt::format(" in {}", table);
  if (!report.is_full() && entry.key.size() <= longest_guess) {
    const auto known = keys_of(table, format);
    const auto home = home_of(entry.key, format);
    complaint.expected =
        home.empty() ? fmt::format("one of {}", join(known, ", ")) : fmt::format("it {}", home);
    if (home.empty()) complaint.suggestion = nearest(entry.key, known).value_or("");
  }
  report.add(entry.place, std::move(complaint));
}

void demand_key(Report& report, const Node& table, const Key& key) {
  if (key.presence == Presence::optional || find(table, key.name) != nullptr) return;
  auto expected = std::string(key.expected.empty() ? name_of(key.type) : key.expected);
  if (key.type == ValueType::table_list) expected = fmt::format("at least one [[{}]]", key.name);
  report.add(table.place, {fmt::format("\"{}\" is missing", key.name), std::move(expected), {}});
}

void complain_of_text(Report& report, std::string_view key, const Node& node, const Complaint& rule) {
  report.add(node.place, {fmt::format("\"{}\" does not fit \"{}\"", shown(node.text), shown(key)),
                          rule.expected, rule.suggestion});
}

bool is_kind(Report& report, std::string_view key, const Node& node, NodeKind kind) {
  if (node.kind == kind) return true;
  complain_of_type(report, key, node, name_of(kind));
  return false;
}

bool is_table_list(Report& report, const Entry& entry) {
  if (entry.value.kind != NodeKind::table) return is_kind(report, entry.key, entry.value, NodeKind::list);
  complain_of_type(report, entry.key, entry.value, fmt::format("a list of tables, [[{}]]", entry.key));
  return false;
}

bool is_clean_text(Report& report, std::string_view key, const Node& node) {
  if (!is_kind(report, key, node, NodeKind::text)) return false;
  if (std::none_of(node.text.begin(), node.text.end(), is_control)) return true;
  report.add(node.place,
             {fmt::format("\"{}\" holds a control character", shown(key)), "one line without tabs", {}});
  return false;
}

void read_into(Report& report, const Entry& entry, const Rule<std::string>& rule,
               std::vector<std::vector<std::string>>& target) {
  if (!is_kind(report, entry.key, entry.value, NodeKind::list)) return;
  for (const auto& item : entry.value.items) {
    std::vector<std::string> step;
    read_into(report, {.key = entry.key, .place = item.place, .value = item}, rule, step);
    if (item.kind == NodeKind::list && (item.items.empty() || item.items.front().text.empty()))
      report.add(item.place, {fmt::format("a list in \"{}\" names no program", shown(entry.key)),
                              "a program and its arguments, such as [\"make\", \"all\"]",
                              {}});
    target.push_back(std::move(step));
  }
}

void read_into(Report& report, const Entry& entry, const Rule<std::string>& rule,
               std::map<std::string, std::string>& target) {
  if (!is_kind(report, entry.key, entry.value, NodeKind::table)) return;
  for (const auto& variable : entry.value.entries) {
    if (!rules::environment_name.read(variable.key))
      report.add(variable.place, {fmt::format("\"{}\" is not the name of a variable", shown(variable.key)),
                                  std::string(rules::environment_name.expected),
                                  {}});
    if (auto value = read_text(report, variable.key, variable.value, rule))
      target.insert_or_assign(variable.key, *std::move(value));
  }
}

void read_into(Report& report, const Entry& entry, bool& target) {
  if (entry.value.kind == NodeKind::boolean)
    target = entry.value.boolean;
  else
    complain_of_type(report, entry.key, entry.value, name_of(ValueType::boolean));
}

void read_into(Report& report, const Entry& entry, int& target) {
  if (!is_kind(report, entry.key, entry.value, NodeKind::integer)) return;
  if (entry.value.integer >= 0 && entry.value.integer <= largest_number)
    target = static_cast<int>(entry.value.integer);
  else
    report.add(entry.value.place,
               {fmt::format("{} does not fit \"{}\"", entry.value.integer, shown(entry.key)),
                "a whole number, 0 or more",
                {}});
}

}  // namespace kpkg::recipe
