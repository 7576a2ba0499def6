// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/record.hpp"

#include "abi/json_reader.hpp"
#include "crypto/digest.hpp"
#include "system/file.hpp"

#include <algorithm>

namespace kpkg::tree {
namespace {

constexpr const char* name = "/kpkg-tree.json";
constexpr std::uint64_t largest_record = 1U << 16;

std::string digest_of_symbols(const abi::KernelFacts& kernel) {
  return kernel.symbols ? crypto::sha256(kernel.symbols->table.bytes()).hex() : std::string();
}

}  // namespace

Record record_of(const abi::KernelFacts& kernel, const Proof& proof) {
  const bool is_proved = std::any_of(proof.points.begin(), proof.points.end(), [](const auto& point) {
    return point.gate == Gate::symbols && point.result == PointResult::equal;
  });
  return {.release = kernel.release,
          .build_id = kernel.identity.build_id,
          .grade = proof.points.empty() ? std::string() : std::string(name_of(proof.grade)),
          .proved_symbols = is_proved ? digest_of_symbols(kernel) : std::string()};
}

Status write_record(const std::string& tree, const Record& record) {
  const Json json = {{"release", record.release},
                     {"build_id", abi::json_of(record.build_id)},
                     {"grade", record.grade},
                     {"proved_symbols", record.proved_symbols}};
  return system::write_file(tree + name, json_text(json) + "\n");
}

Result<std::optional<Record>> read_record(const system::Root& root, const std::string& tree) {
  const auto text = KPKG_TRY(root.read_if_present(tree + name, largest_record));
  if (!text) return std::optional<Record>{};
  const auto json = KPKG_TRY(parse_json(*text).within("reading " + tree + name));
  const abi::JsonReader reader(json, "tree's record");
  Record record;
  record.release = KPKG_TRY(reader.text("release"));
  record.build_id = KPKG_TRY(reader.optional_text("build_id"));
  record.grade = KPKG_TRY(reader.text("grade"));
  record.proved_symbols = KPKG_TRY(reader.text("proved_symbols"));
  return std::optional(std::move(record));
}

Result<bool> has_unproved_symbols(const system::Root& root, const std::string& tree,
                                  const abi::KernelFacts& kernel) {
  const auto record = KPKG_TRY(read_record(root, tree));
  return record && (record->proved_symbols.empty() || record->proved_symbols != digest_of_symbols(kernel));
}

}  // namespace kpkg::tree
