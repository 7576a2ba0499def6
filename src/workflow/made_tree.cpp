// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/made_tree.hpp"

#include "system/file.hpp"
#include "workflow/rebuild_tree.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::workflow {
namespace {

/// Whether the next way may be tried.
bool is_passed_over(const Error& error) {
  return error.kind != ErrorKind::interrupted && error.kind != ErrorKind::no_space;
}

}  // namespace

Result<std::optional<TreeSource>> find_source(const Workspace& workspace, const Target& target,
                                              const TreeRequest& request, std::vector<TreeStep>& steps) {
  if (!request.source.empty()) return std::optional(TreeSource{.directory = request.source});
  const auto downloads = request.make == MakeTrees::yes ? Downloads::yes : Downloads::no;
  auto search = obtain_kernel_source(workspace, target, {.downloads = downloads});
  if (!search) {
    const auto& error = search.error();
    // What is wrong in a settings file is to be mended, whatever could be done without it.
    if (error.kind == ErrorKind::invalid || !is_passed_over(error)) return fail(error);
    steps.push_back({.origin = TreeOrigin::source,
                     .place = "the kernel's source",
                     .text = error.text(),
                     .hint = error.hint});
    return std::optional<TreeSource>();
  }
  for (auto& step : search->steps)
    if (!step.is_taken)
      steps.push_back(
          {.origin = TreeOrigin::source, .place = step.place, .text = step.text, .hint = step.hint});
  if (!search->source) return std::optional<TreeSource>();
  auto& found = *search->source;
  return std::optional(TreeSource{found.directory, found.place, std::move(found)});
}

Result<TreeStep> make_tree_of(const Workspace& workspace, Target target, TreeStep step, TreeParts parts) {
  const auto& root = workspace.root;
  TreeWish wish{.source = parts.source.directory, .jobs = parts.jobs, .kheaders = std::move(parts.kheaders)};
  wish.output = KPKG_TRY(root.host_path(step.place));
  KPKG_TRY(system::remove_all(wish.output));
  KPKG_TRY(root.make_directories(step.place.substr(0, step.place.rfind('/'))));
  const auto made = rebuild_tree(workspace, target, wish);
  if (!made) {
    if (!is_passed_over(made.error())) return fail(made.error());
    step.text = made.error().text();
    step.hint = made.error().hint;
    return step;
  }
  if (!made->is_published) {
    step.text = tree::objection(made->proof);
    return step;
  }
  const auto& place = parts.source.place;
  step.repairs.push_back(fmt::format("made of the source {}{}: {}", made->version.version,
                                     place.empty() ? "" : " of " + place, tree::name_of(made->proof.grade)));
  if (made->graft)
    for (auto& clause : told(*made->graft)) step.repairs.push_back(std::move(clause));
  return step;
}

}  // namespace kpkg::workflow
