// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_table.hpp"

#include "abi/type_layout.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kpkg::abi {
namespace {

using elf::Btf;
using elf::BtfKind;
using elf::BtfType;

constexpr std::uint32_t no_row = UINT32_MAX;

TypeKind kind_of(BtfKind kind) {
  if (kind == BtfKind::structure) return TypeKind::structure;
  return kind == BtfKind::union_type ? TypeKind::union_type : TypeKind::enumeration;
}

/// Whether a name can stand in a line of text; every name of C can.
bool is_printable_word(std::string_view name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char letter) { return letter > ' ' && letter < '\x7f'; });
}

/// Collects the rows of one BTF. Guards that time stays linear, whatever refers to what.
class Collector {
 public:
  explicit Collector(const Btf& btf)
      : btf_(btf), layouts_(btf), rows_(btf.size(), no_row), seen_(btf.size()) {}

  void add_types();
  void add_uses_of_types();
  void add_functions(std::span<const std::string> exported);
  TypeTable take() { return std::move(table_); }

 private:
  bool step() { return steps_left_ != 0 && steps_left_-- != 0; }
  void visit(std::uint32_t id);
  void visit_records(std::uint32_t id, const BtfType& type);
  std::vector<std::uint32_t> found_from(std::uint32_t id);

  const Btf& btf_;
  Layouts layouts_;
  TypeTable table_;
  std::vector<std::uint32_t> rows_;  ///< of types, by number
  std::vector<std::uint32_t> seen_;  ///< by number: in which search
  std::uint32_t search_ = 0;
  std::vector<std::uint32_t> to_visit_;
  std::vector<std::uint32_t> found_;
  /// Types without names are searched for every type that uses them; beyond this a file is hostile, and what
  /// is not found is only not compared.
  std::uint64_t steps_left_ = 16'000'000;
};

void Collector::add_types() {
  std::vector<std::pair<NamedType, std::uint32_t>> found;
  for (auto id = btf_.first(); id < btf_.size(); ++id) {
    const auto type = btf_.type(id);
    if (!is_named_definition(btf_, type) || !is_printable_word(btf_.name(type))) continue;
    found.push_back({{.name = std::string(btf_.name(type)),
                      .kind = kind_of(type.kind),
                      .size = type.value,
                      .layout = layouts_.of_definition(id),
                      .likeness = layouts_.likeness(id)},
                     id});
  }
  std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
    const auto key = [](const auto& each) {
      return std::tie(each.first.name, each.first.kind, each.first.size, each.first.layout, each.second);
    };
    return key(left) < key(right);
  });
  for (auto& [type, id] : found) {
    rows_[id] = static_cast<std::uint32_t>(table_.types.size());
    table_.types.push_back(std::move(type));
  }
}

/// Notes a type with a name; looks behind one without.
void Collector::visit(std::uint32_t id) {
  id = btf_.resolved(id);
  if (seen_[id] == search_ || !step()) return;
  seen_[id] = search_;
  const auto type = btf_.type(id);
  if (rows_[id] != no_row) {
    found_.push_back(rows_[id]);
  } else if (type.kind == BtfKind::forward) {
    // What is only declared here may be defined in another source file.
    for (const auto& each : table_.named(btf_.name(type))) {
      if (!step()) break;
      found_.push_back(static_cast<std::uint32_t>(&each - table_.types.data()));
    }
  } else if (btf_.name(type).empty()) {
    to_visit_.push_back(id);
  }
}

void Collector::visit_records(std::uint32_t id, const BtfType& type) {
  const bool is_aggregate = type.kind == BtfKind::structure || type.kind == BtfKind::union_type;
  if (type.kind == BtfKind::pointer || type.kind == BtfKind::prototype) visit(type.value);
  if (type.kind == BtfKind::array) visit(btf_.array(id, type).element);
  for (std::uint16_t index = 0; index < type.count && step(); ++index) {
    if (is_aggregate) visit(btf_.member(id, type, index).type);
    if (type.kind == BtfKind::prototype) visit(btf_.parameter(id, type, index).type);
  }
}

/// The rows of the types with names that `id` embeds, points to or hands to functions.
std::vector<std::uint32_t> Collector::found_from(std::uint32_t id) {
  ++search_;
  found_.clear();
  to_visit_.assign(1, id);
  while (!to_visit_.empty()) {
    const auto next = to_visit_.back();
    to_visit_.pop_back();
    // Split BTF refers to its base, where nothing differs.
    if (next >= btf_.first()) visit_records(next, btf_.type(next));
  }
  std::sort(found_.begin(), found_.end());
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
  return found_;
}

void Collector::add_uses_of_types() {
  for (auto id = btf_.first(); id < btf_.size(); ++id) {
    if (rows_[id] != no_row) table_.types[rows_[id]].uses = found_from(id);
  }
}

void Collector::add_functions(std::span<const std::string> exported) {
  for (auto id = btf_.first(); id < btf_.size(); ++id) {
    const auto type = btf_.type(id);
    if (type.kind != BtfKind::function || !is_printable_word(btf_.name(type))) continue;
    if (!std::binary_search(exported.begin(), exported.end(), btf_.name(type))) continue;
    auto uses = found_from(type.value);
    if (!uses.empty())
      table_.functions.push_back({.function = std::string(btf_.name(type)), .uses = std::move(uses)});
  }
  std::sort(table_.functions.begin(), table_.functions.end(), [](const auto& left, const auto& right) {
    return std::tie(left.function, left.uses) < std::tie(right.function, right.uses);
  });
}

}  // namespace

std::string_view name_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::structure: return "struct";
    case TypeKind::union_type: return "union";
    case TypeKind::enumeration: return "enum";
  }
  return "struct";
}

std::span<const NamedType> TypeTable::named(std::string_view name) const {
  const auto first = std::lower_bound(types.begin(), types.end(), name,
                                      [](const NamedType& type, auto wanted) { return type.name < wanted; });
  const auto last = std::upper_bound(first, types.end(), name,
                                     [](auto wanted, const NamedType& type) { return wanted < type.name; });
  return {first, last};
}

TypeTable types_of_kernel(const Btf& btf, std::span<const std::string> exported) {
  Collector collector(btf);
  collector.add_types();
  collector.add_functions(exported);
  return collector.take();
}

TypeTable types_of_module(const Btf& btf) {
  Collector collector(btf);
  collector.add_types();
  collector.add_uses_of_types();
  return collector.take();
}

}  // namespace kpkg::abi
