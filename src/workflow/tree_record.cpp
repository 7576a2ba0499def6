// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/tree_record.hpp"

#include "abi/json_reader.hpp"
#include "system/file.hpp"

namespace kpkg::workflow {
namespace {

constexpr const char* name = "/kpkg-tree.json";
constexpr std::uint64_t largest_record = 1U << 16;

}  // namespace

Status write_tree_record(const std::string& tree, const TreeRecord& record) {
  const Json json = {
      {"release", record.release}, {"build_id", abi::json_of(record.build_id)}, {"grade", record.grade}};
  return system::write_file(tree + name, json_text(json) + "\n");
}

Result<std::optional<TreeRecord>> read_tree_record(const system::Root& root, const std::string& tree) {
  const auto text = KPKG_TRY(root.read_if_present(tree + name, largest_record));
  if (!text) return std::optional<TreeRecord>{};
  const auto json = KPKG_TRY(parse_json(*text).within("reading " + tree + name));
  const abi::JsonReader reader(json, "tree's record");
  TreeRecord record;
  record.release = KPKG_TRY(reader.text("release"));
  record.build_id = KPKG_TRY(reader.optional_text("build_id"));
  record.grade = KPKG_TRY(reader.text("grade"));
  return std::optional(std::move(record));
}

}  // namespace kpkg::workflow
