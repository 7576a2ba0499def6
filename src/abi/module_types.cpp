// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/module_types.hpp"

#include "base/json.hpp"

namespace kpkg::abi {
namespace {

/// The largest table that is kept with a fingerprint. The 486 types of a module that uses devices, files and
/// the network take 21 kB, those of a driver for graphics some 300 kB.
constexpr std::size_t largest_text = 1U << 20;

}  // namespace

bool ModuleTypes::operator==(const ModuleTypes& other) const {
  if (table == nullptr || other.table == nullptr) return table == other.table;
  return *table == *other.table;
}

Result<ModuleTypes> described_types(std::string btf) {
  SharedBytes bytes(std::move(btf));
  const auto read = KPKG_TRY(elf::Btf::read(bytes.view()));
  auto table = types_of_module(read);
  if (text_of(table).size() > largest_text) return ModuleTypes{};
  return ModuleTypes{.table = std::make_shared<const TypeTable>(std::move(table)), .btf = std::move(bytes)};
}

Json to_json(const ModuleTypes& types) {
  return types.table == nullptr ? Json() : Json(text_of(*types.table));
}

Result<ModuleTypes> module_types_from_text(std::string_view text) {
  auto table = KPKG_TRY(parse_types(text));
  return ModuleTypes{.table = std::make_shared<const TypeTable>(std::move(table))};
}

}  // namespace kpkg::abi
