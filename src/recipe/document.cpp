// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/document.hpp"

#include "base/text.hpp"
#include "recipe/nesting.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace kpkg::recipe {
namespace {

Place place_of(const toml::source_region& region) {
  return {.line = std::max<std::size_t>(region.begin.line, 1),
          .column = std::max<std::size_t>(region.begin.column, 1)};
}

Node copied(const toml::node& node);

std::vector<Entry> copied_entries(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, value] : table)
    entries.push_back(
        {.key = std::string(key.str()), .place = place_of(key.source()), .value = copied(value)});
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& left, const Entry& right) { return left.place < right.place; });
  return entries;
}

/// Recursion is safe: excessive_nesting() has seen the text.
Node copied(const toml::node& node) {
  Node copy;
  copy.place = place_of(node.source());
  if (const auto* text = node.as_string()) {
    copy.kind = NodeKind::text;
    copy.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    copy.kind = NodeKind::integer;
    copy.integer = integer->get();
  } else if (const auto* boolean = node.as_boolean()) {
    copy.kind = NodeKind::boolean;
    copy.boolean = boolean->get();
  } else if (const auto* list = node.as_array()) {
    copy.kind = NodeKind::list;
    for (const auto& item : *list) copy.items.push_back(copied(item));
  } else if (const auto* table = node.as_table()) {
    copy.kind = NodeKind::table;
    copy.entries = copied_entries(*table);
  }
  return copy;
}

Complaint syntax_complaint(std::string_view description) {
  constexpr std::string_view prefix = "Error ";
  if (description.starts_with(prefix)) description.remove_prefix(prefix.size());
  return {.message = fmt::format("not TOML: {}", replaced(printable(description), "\n", " ")),
          .expected = {},
          .suggestion = {}};
}

}  // namespace

std::string_view name_of(NodeKind kind) {
  switch (kind) {
    case NodeKind::text: return "a text";
    case NodeKind::integer: return "a whole number";
    case NodeKind::boolean: return "a boolean";
    case NodeKind::list: return "a list";
    case NodeKind::table: return "a table";
    case NodeKind::other: return "a date or a number with a point";
  }
  return "";
}

const Entry* find(const Node& table, std::string_view key) {
  const auto found = std::find_if(table.entries.begin(), table.entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == table.entries.end() ? nullptr : &*found;
}

const std::vector<Node>& items_of(const Node& table, std::string_view key) {
  static const std::vector<Node> none;
  const auto* entry = find(table, key);
  return entry == nullptr ? none : entry->value.items;
}

std::optional<Node> read_document(std::string_view text, Report& report) {
  if (text.size() > largest_recipe) {
    report.add({}, {.message = fmt::format("file of {} bytes", text.size()),
                    .expected = fmt::format("at most {} bytes", largest_recipe),
                    .suggestion = {}});
    return std::nullopt;
  }
  if (const auto place = excessive_nesting(text)) {
    report.add(*place, {.message = "values or keys are nested too deep",
                        .expected = "at most 16 open brackets and 16 points outside of quotes in a line",
                        .suggestion = {}});
    return std::nullopt;
  }
  try {
    return copied(toml::parse(text));
  } catch (const toml::parse_error& error) {
    report.add(place_of(error.source()), syntax_complaint(error.description()));
  } catch (const std::exception& error) {
    report.add({}, syntax_complaint(error.what()));
  }
  return std::nullopt;
}

}  // namespace kpkg::recipe
