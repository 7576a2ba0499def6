// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/report.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::recipe {

/// What TOML has; a recipe uses no numbers with a point and no dates.
enum class NodeKind { text, integer, boolean, list, table, other };

/// "a text", "a whole number" ...
std::string_view name_of(NodeKind kind);

struct Entry;

/// A TOML value and where it is written: our own copy, so that toml++ is known to one file only.
struct Node {
  NodeKind kind = NodeKind::other;
  Place place;
  std::string text;
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< in the order of the file
};

/// A key of a table with its value.
struct Entry {
  std::string key;
  Place place;  ///< of the key
  Node value;
};

/// The entry of `table` with this key, or null.
const Entry* find(const Node& table, std::string_view key);

/// The items of the list that `table` has under `key`; none if there is no such list.
const std::vector<Node>& items_of(const Node& table, std::string_view key);

/// The table in `text`, or nothing and a mistake in `report`: too large, too deep, or not TOML.
std::optional<Node> read_document(std::string_view text, Report& report);

}  // namespace kpkg::recipe
