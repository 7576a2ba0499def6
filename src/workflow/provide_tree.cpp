// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "workflow/tree_records.hpp"
#include "workflow/trees.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::workflow {
namespace {

/// Notes how the tree that is taken came there, and what to do where another way was closed.
void note_taken(Target& target, const TreeStep& taken) {
  target.notes.insert(target.notes.end(), taken.notes.begin(), taken.notes.end());
  if (!taken.notes.empty() && !taken.hint.empty()) target.notes.back() += "; " + taken.hint;
}

/// How a target's problem is told: every place with its reason. `otherwise` is why none is installed.
std::string problem_of(const ResolvedTree& resolved, const std::string& otherwise) {
  std::vector<std::string> reasons;
  for (const auto& step : resolved.steps) {
    for (const auto& note : step.notes)
      if (note.find(step.text) == std::string::npos) reasons.push_back(note);
    reasons.push_back(step.origin < TreeOrigin::mended ? fmt::format("{}: {}", step.place, step.text)
                                                       : step.text);
  }
  const bool has_installed = !resolved.steps.empty() && resolved.steps.front().origin < TreeOrigin::mended;
  if (!has_installed) reasons.insert(reasons.begin(), otherwise);
  return join(reasons, "; ");
}

}  // namespace

Status provide_tree(const Workspace& workspace, Target& target, const TreeRequest& request) {
  if (!target.facts_file.empty()) return {};  // its tree is of another machine, as it was given
  auto resolved = KPKG_TRY(resolve_tree(workspace, target, request));
  const auto* const taken = resolved.taken();
  if (taken == nullptr) target.kernel.tree_problem = problem_of(resolved, target.kernel.tree_problem);
  if (taken != nullptr) note_taken(target, *taken);
  if (taken != nullptr && taken->origin >= TreeOrigin::mended) {
    const auto& first = resolved.steps.front();
    const bool has_headers = first.origin < TreeOrigin::mended;
    target.notes.push_back(has_headers
                               ? fmt::format("the headers in {} do not describe this kernel ({}); {} is used",
                                             first.place, first.text, taken->place)
                               : fmt::format("{} is used, as no headers are installed", taken->place));
  }
  KPKG_TRY(take_tree(workspace, target, std::move(resolved.tree)));
  if (taken == nullptr) return {};
  target.tree_record = record_of(*target.kernel.tree, taken->origin, *taken->attestation);
  if (needs_allowance(target.tree_record))
    target.notes.push_back(fmt::format("nothing proves that {} describes this kernel; {} lets it be built in",
                                       target.tree_record.path, allowing_option));
  return {};
}

}  // namespace kpkg::workflow
