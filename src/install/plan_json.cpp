// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/json_reader.hpp"
#include "base/json.hpp"
#include "install/plan.hpp"

#include <fmt/format.h>

#include <array>

namespace kpkg::install {
namespace {

/// Of the JSON text; a plan of a newer format is not undone by guesswork.
constexpr std::uint64_t format = 1;

constexpr std::array step_kinds = {
    StepKind::keep_file,   StepKind::leave_file, StepKind::put_module, StepKind::put_configuration,
    StepKind::remove_file, StepKind::index,      StepKind::check,      StepKind::initramfs};

using Id = PlanFinding::Id;
constexpr std::array finding_ids = {Id::not_installable, Id::overridden,   Id::unsafe_name,
                                    Id::other_owner,     Id::taken_over,   Id::built_in,
                                    Id::shadows_in_tree, Id::search_order, Id::changed_configuration,
                                    Id::changed_module,  Id::no_space,     Id::initramfs_not_updated,
                                    Id::unproved_tree};

template <typename Names>
Result<typename Names::value_type> named(const Names& values, const std::string& name) {
  for (const auto value : values)
    if (name_of(value) == name) return value;
  return fail(ErrorKind::corrupt, fmt::format("the plan has an unknown word \"{}\"", name));
}

Json json_of_digest(const std::optional<crypto::Digest>& digest) {
  return digest ? Json(digest->hex()) : Json();
}

Json json_of_step(const Step& step) {
  Json json = {{"do", name_of(step.kind)}};
  if (!step.path.empty()) json["path"] = step.path;
  if (!step.module.empty()) json["module"] = step.module;
  if (step.digest) json["digest"] = json_of_digest(step.digest);
  if (step.before) json["before"] = json_of_digest(step.before);
  if (!step.content.empty()) json["content"] = step.content;
  if (step.size != 0) json["size"] = step.size;
  if (!step.allowed_by.empty()) json["allowed_by"] = step.allowed_by;
  return json;
}

Json json_of_finding(const PlanFinding& finding) {
  return {{"id", name_of(finding.id)},
          {"refusal", finding.is_refusal},
          {"text", finding.text},
          {"hint", finding.hint}};
}

Result<std::optional<crypto::Digest>> optional_digest(const abi::JsonReader& reader, std::string_view key) {
  const auto hex = KPKG_TRY(reader.optional_text(key));
  if (!hex) return std::optional<crypto::Digest>{};
  return std::optional(KPKG_TRY(reader.digest(key)));
}

Result<Step> step_from(const Json& json) {
  const abi::JsonReader reader(json, "step");
  KPKG_TRY(reader.check_object());
  Step step;
  step.kind = KPKG_TRY(named(step_kinds, KPKG_TRY(reader.text("do"))));
  step.path = KPKG_TRY(reader.optional_text("path")).value_or("");
  step.module = KPKG_TRY(reader.optional_text("module")).value_or("");
  step.digest = KPKG_TRY(optional_digest(reader, "digest"));
  step.before = KPKG_TRY(optional_digest(reader, "before"));
  step.content = KPKG_TRY(reader.optional_text("content")).value_or("");
  step.size = KPKG_TRY(reader.optional_number("size")).value_or(0);
  step.allowed_by = KPKG_TRY(reader.optional_text("allowed_by")).value_or("");
  return step;
}

Result<PlanFinding> finding_from(const Json& json) {
  const abi::JsonReader reader(json, "finding");
  KPKG_TRY(reader.check_object());
  PlanFinding finding;
  finding.id = KPKG_TRY(named(finding_ids, KPKG_TRY(reader.text("id"))));
  finding.is_refusal = KPKG_TRY(reader.flag("refusal"));
  finding.text = KPKG_TRY(reader.text("text"));
  finding.hint = KPKG_TRY(reader.text("hint"));
  return finding;
}

template <typename T>
Result<std::vector<T>> list_from(const abi::JsonReader& reader, std::string_view key,
                                 Result<T> (*read)(const Json&)) {
  std::vector<T> values;
  const auto* list = KPKG_TRY(reader.optional_list(key));
  if (list == nullptr) return values;
  for (const auto& entry : *list) values.push_back(KPKG_TRY(read(entry)));
  return values;
}

Json json_of(const Plan& plan) {
  Json json = {{"format", format},
               {"recipe", plan.recipe},
               {"version", plan.version},
               {"kernel", plan.kernel},
               {"module_directory", plan.module_directory},
               {"index_files", plan.index_files},
               {"new_directories", plan.new_directories},
               {"own_directories", plan.own_directories},
               {"steps", Json::array()},
               {"findings", Json::array()}};
  for (const auto& step : plan.steps) json["steps"].push_back(json_of_step(step));
  for (const auto& finding : plan.findings) json["findings"].push_back(json_of_finding(finding));
  return json;
}

Result<Plan> plan_from(const Json& json) {
  const abi::JsonReader reader(json, "plan");
  KPKG_TRY(reader.check_object());
  if (const auto found = KPKG_TRY(reader.number("format")); found != format)
    return fail(ErrorKind::corrupt,
                fmt::format("the plan has format {}, which this kpkg does not know", found),
                "install the kpkg that wrote it, or a newer one");
  Plan plan;
  plan.recipe = KPKG_TRY(reader.text("recipe"));
  plan.version = KPKG_TRY(reader.text("version"));
  plan.kernel = KPKG_TRY(reader.text("kernel"));
  plan.module_directory = KPKG_TRY(reader.text("module_directory"));
  plan.index_files = KPKG_TRY(reader.texts("index_files"));
  plan.new_directories = KPKG_TRY(reader.texts("new_directories"));
  plan.own_directories = KPKG_TRY(reader.texts("own_directories"));
  plan.steps = KPKG_TRY(list_from(reader, "steps", step_from));
  plan.findings = KPKG_TRY(list_from(reader, "findings", finding_from));
  return plan;
}

}  // namespace

std::string json_text_of(std::span<const Plan> plans) {
  auto json = Json::array();
  for (const auto& plan : plans) json.push_back(json_of(plan));
  return json_text(json);
}

Result<std::vector<Plan>> plans_from_json(std::string_view text) {
  const auto json = KPKG_TRY(parse_json(text));
  if (!json.is_array() || json.empty()) return fail(ErrorKind::corrupt, "the intent is not a list of plans");
  std::vector<Plan> plans;
  for (const auto& entry : json) {
    plans.push_back(KPKG_TRY(plan_from(entry)));
    if (plans.back().kernel != plans.front().kernel ||
        plans.back().module_directory != plans.front().module_directory)
      return fail(ErrorKind::corrupt, "the plans of the intent are for several kernels");
  }
  return plans;
}

}  // namespace kpkg::install
