// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/record.hpp"

#include "abi/json_reader.hpp"
#include "crypto/digest.hpp"
#include "system/file.hpp"
#include "tree/tree_digest.hpp"

#include <algorithm>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_record = 1U << 16;

std::string digest_of_symbols(const abi::KernelFacts& kernel) {
  return kernel.symbols ? crypto::sha256(kernel.symbols->table.bytes()).hex() : std::string();
}

bool is_equal(const Proof& proof, Gate gate) {
  return std::any_of(proof.points.begin(), proof.points.end(), [&](const auto& point) {
    return point.gate == gate && point.result == PointResult::equal;
  });
}

/// Whether nobody but root and this user could have written it.
Result<bool> is_trusted(const system::Root& root, const std::string& file, std::uint32_t user) {
  constexpr std::uint32_t writable_by_others = 0022;
  const auto status = KPKG_TRY(root.status(file));
  return status && status->type == system::FileType::regular &&
         (status->owner == 0 || status->owner == user) && (status->mode & writable_by_others) == 0;
}

}  // namespace

Result<Record> record_of(const abi::KernelFacts& kernel, const Proof& proof, const std::string& tree) {
  Record record{.release = kernel.release, .build_id = kernel.identity.build_id};
  if (proof.points.empty()) return record;
  record.grade = name_of(proof.grade);
  if (is_equal(proof, Gate::symbols)) record.proved_symbols = digest_of_symbols(kernel);
  record.has_equal_modules = is_equal(proof, Gate::canary);
  record.files = KPKG_TRY(digest_of_tree(tree));
  return record;
}

Status write_record(const std::string& tree, const Record& record) {
  const Json json = {{"release", record.release},
                     {"build_id", abi::json_of(record.build_id)},
                     {"grade", record.grade},
                     {"proved_symbols", record.proved_symbols},
                     {"has_equal_modules", record.has_equal_modules},
                     {"files", record.files}};
  return system::write_file(tree + record_name, json_text(json) + "\n");
}

Result<std::optional<Record>> read_record(const system::Root& root, const std::string& tree) {
  const auto text = KPKG_TRY(root.read_if_present(tree + record_name, largest_record));
  if (!text) return std::optional<Record>{};
  const auto json = KPKG_TRY(parse_json(*text).within("reading " + tree + record_name));
  const abi::JsonReader reader(json, "tree's record");
  Record record;
  record.release = KPKG_TRY(reader.text("release"));
  record.build_id = KPKG_TRY(reader.optional_text("build_id"));
  record.grade = KPKG_TRY(reader.text("grade"));
  record.proved_symbols = KPKG_TRY(reader.text("proved_symbols"));
  // Records of the first kpkg do not have these.
  record.has_equal_modules = KPKG_TRY(reader.optional_flag("has_equal_modules")).value_or(false);
  record.files = KPKG_TRY(reader.optional_text("files")).value_or("");
  return std::optional(std::move(record));
}

Result<StandingProof> standing_proof(const system::Root& root, const std::string& tree, const Record& record,
                                     const abi::KernelFacts& kernel, std::uint32_t user) {
  StandingProof proof;
  if (record.files.empty()) return proof;
  const auto files = KPKG_TRY(digest_of_tree(KPKG_TRY(root.host_path(tree))));
  proof.is_changed = files != record.files;
  if (proof.is_changed) return proof;
  proof.by_symbols = !record.proved_symbols.empty() && record.proved_symbols == digest_of_symbols(kernel);
  const bool is_this_build = record.build_id && record.build_id == kernel.identity.build_id;
  proof.by_modules =
      record.has_equal_modules && is_this_build && KPKG_TRY(is_trusted(root, tree + record_name, user));
  return proof;
}

}  // namespace kpkg::tree
