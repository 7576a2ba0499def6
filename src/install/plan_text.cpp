// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/plan.hpp"

#include <fmt/format.h>

namespace kpkg::install {
namespace {

std::string line_of(const Plan& plan, const Step& step) {
  switch (step.kind) {
    case StepKind::keep_file: return fmt::format("keep {}, which is up to date", step.path);
    case StepKind::leave_file: return fmt::format("leave {}, which someone changed", step.path);
    case StepKind::put_module:
    case StepKind::put_configuration: return fmt::format("{} {}", step.before ? "replace" : "add", step.path);
    case StepKind::remove_file:
      return step.before ? fmt::format("remove {}", step.path)
                         : fmt::format("forget {}, which is gone already", step.path);
    case StepKind::index: return fmt::format("run depmod for {}", plan.kernel);
    case StepKind::check: return fmt::format("check that modprobe finds {}", step.module);
    case StepKind::initramfs: return fmt::format("update the initial RAM disk of {}", plan.kernel);
  }
  return {};
}

ErrorKind kind_of(PlanFinding::Id id) {
  using Id = PlanFinding::Id;
  switch (id) {
    case Id::not_installable:
    case Id::overridden:
    case Id::unproved_tree: return ErrorKind::incompatible;
    case Id::unsafe_name: return ErrorKind::invalid;
    case Id::other_owner:
    case Id::taken_over:
    case Id::changed_configuration:
    case Id::changed_module:
    case Id::search_order: return ErrorKind::conflict;
    case Id::built_in:
    case Id::shadows_in_tree:
    case Id::initramfs_not_updated: return ErrorKind::unsupported;
    case Id::no_space: return ErrorKind::no_space;
  }
  return ErrorKind::conflict;
}

}  // namespace

std::vector<std::string> lines_of(const Plan& plan) {
  std::vector<std::string> text;
  for (const auto& finding : plan.findings) {
    text.push_back(fmt::format("{}: {}", finding.is_refusal ? "refused" : "note", finding.text));
    if (!finding.hint.empty()) text.push_back("  " + finding.hint);
  }
  for (const auto& step : plan.steps) text.push_back(line_of(plan, step));
  return text;
}

Error refusal_of(const Plan& plan) {
  for (const auto& finding : plan.findings)
    if (finding.is_refusal)
      return Error{.kind = kind_of(finding.id), .message = finding.text, .context = {}, .hint = finding.hint};
  return Error{
      .kind = ErrorKind::install_failed, .message = "the plan is not refused", .context = {}, .hint = ""};
}

std::string_view name_of(StepKind kind) {
  switch (kind) {
    case StepKind::keep_file: return "keep-file";
    case StepKind::leave_file: return "leave-file";
    case StepKind::put_module: return "put-module";
    case StepKind::put_configuration: return "put-configuration";
    case StepKind::remove_file: return "remove-file";
    case StepKind::index: return "index";
    case StepKind::check: return "check";
    case StepKind::initramfs: return "initramfs";
  }
  return "keep-file";
}

std::string_view name_of(PlanFinding::Id id) {
  using Id = PlanFinding::Id;
  switch (id) {
    case Id::not_installable: return "not-installable";
    case Id::overridden: return "overridden";
    case Id::unproved_tree: return "unproved-tree";
    case Id::unsafe_name: return "unsafe-name";
    case Id::other_owner: return "other-owner";
    case Id::taken_over: return "taken-over";
    case Id::built_in: return "built-in";
    case Id::shadows_in_tree: return "shadows-in-tree";
    case Id::search_order: return "search-order";
    case Id::changed_configuration: return "changed-configuration";
    case Id::changed_module: return "changed-module";
    case Id::no_space: return "no-space";
    case Id::initramfs_not_updated: return "initramfs-not-updated";
  }
  return "other-owner";
}

}  // namespace kpkg::install
