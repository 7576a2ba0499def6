// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/reader.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace kpkg::recipe {

// How the rows of a format are written: row<&Struct::member, rule>("key", presence, "what it means").

/// The struct of a pointer to a member, and the type of the member.
template <typename Class, typename Field>
Class class_of(Field Class::*);
template <typename Class, typename Field>
Field field_of(Field Class::*);

template <auto member>
using ClassOf = decltype(class_of(member));
template <auto member>
using FieldOf = decltype(field_of(member));

/// Whether a field takes a list.
template <typename Field>
constexpr bool is_list = false;
template <typename Item>
constexpr bool is_list<std::vector<Item>> = true;
template <typename Item>
constexpr bool is_list<std::optional<std::vector<Item>>> = true;

/// What a key of texts holds, by the field that it is read into.
template <typename Field>
constexpr ValueType type_of_text() {
  if (std::is_same_v<Field, std::vector<std::vector<std::string>>>) return ValueType::steps;
  if (std::is_same_v<Field, std::map<std::string, std::string>>) return ValueType::environment;
  return is_list<Field> ? ValueType::text_list : ValueType::text;
}

/// What any other key holds, by the field that it is read into.
template <typename Field>
constexpr ValueType type_of_other() {
  if (std::is_same_v<Field, bool>) return ValueType::boolean;
  if (std::is_same_v<Field, int>) return ValueType::number;
  return is_list<Field> ? ValueType::table_list : ValueType::table;
}

/// A key whose text, or each of whose texts, is read by `rule` into `member`.
template <auto member, const auto& rule>
constexpr Row<ClassOf<member>> row(std::string_view name, Presence presence, std::string_view help) {
  return {.key = {name, type_of_text<FieldOf<member>>(), presence, rule.expected, help},
          .store = [](Report& report, const Entry& entry, ClassOf<member>& table) {
            read_into(report, entry, rule, table.*member);
          }};
}

/// A key that holds a boolean, a number, a table or tables.
template <auto member>
constexpr Row<ClassOf<member>> row(std::string_view name, Presence presence, std::string_view help) {
  return {.key = {name, type_of_other<FieldOf<member>>(), presence, {}, help},
          .store = [](Report& report, const Entry& entry, ClassOf<member>& table) {
            read_into(report, entry, table.*member);
          }};
}

/// A table of the format as documentation and guesses need it.
template <typename Table>
TableSchema described() {
  const auto [name, rows, format] = rows_of<Table>();
  TableSchema table{.name = name, .keys = {}};
  for (const auto& row : rows) table.keys.push_back(row.key);
  return table;
}

}  // namespace kpkg::recipe
