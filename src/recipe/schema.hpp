// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

namespace kpkg::recipe {

/// What a key holds.
enum class ValueType { text, number, boolean, text_list, steps, environment, table, table_list };

/// "a text", "true or false", "a list of texts" ...
std::string_view name_of(ValueType type);

/// Whether a table is wrong without the key.
enum class Presence { required, optional };

/// One key of the format.
struct Key {
  std::string_view name;
  ValueType type = ValueType::text;
  Presence presence = Presence::optional;
  std::string_view expected;  ///< the form of the value, or of each value of a list; may be empty
  std::string_view help;      ///< what it means, one clause

  bool operator==(const Key&) const = default;
};

/// One table of the format and its keys.
struct TableSchema {
  std::string_view name;  ///< as it is written: "[build]", "[[source]]"; empty: the top of the file
  std::vector<Key> keys;

  bool operator==(const TableSchema&) const = default;
};

/// The whole of format 1: what the parser accepts, for documentation and completion.
std::vector<TableSchema> schema();

}  // namespace kpkg::recipe
