// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/plan.hpp"

#include "base/text.hpp"
#include "install/plan_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kpkg::install {
namespace {

/// Room for what depmod writes beside the old index before it replaces it.
constexpr std::uint64_t index_bytes = std::uint64_t{8} << 20;

using Id = PlanFinding::Id;

/// The plan in the making, with what it is made from.
struct Draft {
  const Wish& wish;
  const RootState& state;
  Plan plan;
  std::set<std::string> wanted;  // paths
  bool moves_modules = false;

  void refuse(Id id, std::string text, std::string hint = {}) {
    plan.findings.push_back({id, true, std::move(text), std::move(hint)});
  }
  void note(Id id, std::string text, std::string hint = {}) {
    plan.findings.push_back({id, false, std::move(text), std::move(hint)});
  }
};

std::optional<crypto::Digest> present(const RootState& state, const std::string& path) {
  for (const auto& place : state.occupied)
    if (place.path == path) return place.now;
  return std::nullopt;
}

const OurFile* recorded(const RootState& state, const std::string& path) {
  for (const auto& file : state.ours)
    if (file.record.path == path) return &file;
  return nullptr;
}

void add_module(Draft& draft, const WantedModule& module) {
  Step step;
  step.path = destination_of(draft.wish, draft.plan.module_directory, module);
  step.module = module.name;
  step.digest = module.digest;
  step.before = present(draft.state, step.path);
  step.size = module.size;
  step.allowed_by = module.allowed_by;
  step.kind = step.before == step.digest ? StepKind::keep_file : StepKind::put_module;
  draft.wanted.insert(step.path);
  const auto* ours = recorded(draft.state, step.path);
  if (ours != nullptr && step.before && step.before != step.digest && !ours->is_as_recorded())
    draft.note(Id::changed_module, step.path + " is not what kpkg installed there; it is replaced");
  if (ours == nullptr && step.before && draft.wish.destination == Destination::dkms &&
      step.kind == StepKind::put_module)
    draft.refuse(Id::other_owner, step.path + " was put there by another tool",
                 "take it over with `kpkg adopt " + module.name + "`");
  draft.moves_modules |= step.kind == StepKind::put_module;
  draft.plan.steps.push_back(std::move(step));
}

void add_configuration(Draft& draft, const WantedFile& file) {
  draft.wanted.insert(file.path);
  const auto* ours = recorded(draft.state, file.path);
  if (ours != nullptr && ours->record.recipe != draft.wish.recipe)
    return draft.refuse(Id::other_owner,
                        fmt::format("{} belongs to the recipe {}", file.path, ours->record.recipe),
                        "remove that recipe first");
  Step step;
  step.path = file.path;
  step.digest = crypto::sha256(file.content);
  step.before = present(draft.state, file.path);
  step.size = file.content.size();
  const bool is_changed = ours != nullptr ? step.before != ours->record.digest : step.before.has_value();
  if (is_changed && step.before != step.digest)
    return draft.note(Id::changed_configuration, fmt::format("{} was {} by someone; that is respected",
                                                             file.path, step.before ? "changed" : "removed"));
  step.kind = step.before == step.digest ? StepKind::keep_file : StepKind::put_configuration;
  if (step.kind == StepKind::put_configuration) step.content = file.content;
  draft.plan.steps.push_back(std::move(step));
}

void add_removal(Draft& draft, const OurFile& file) {
  const bool is_module = file.record.kind == store::FileKind::module;
  const bool concerns =
      is_module ? file.record.kernel == draft.wish.kernel : draft.wish.configuration.has_value();
  if (file.record.recipe != draft.wish.recipe || !concerns || draft.wanted.count(file.record.path) != 0)
    return;
  Step step;
  step.kind = StepKind::remove_file;
  step.path = file.record.path;
  step.module = file.record.module;
  step.before = file.now;
  if (!is_module && file.now && !file.is_as_recorded()) {
    step.kind = StepKind::leave_file;
    step.digest = file.now;
    draft.note(Id::changed_configuration, file.record.path + " was changed by someone; it stays");
  }
  draft.moves_modules |= is_module && file.now.has_value();
  draft.plan.steps.push_back(std::move(step));
}

void add_taken_over(Draft& draft, const OtherModule& module) {
  Step step;
  step.kind = StepKind::remove_file;
  step.path = module.path;
  step.module = module.module;
  step.before = module.now;
  draft.plan.steps.push_back(std::move(step));
  draft.moves_modules = true;
}

/// Where the word of a search list, or of a directory below it, stands; the list's end if it does not.
std::size_t rank_of(const std::vector<std::string>& order, std::string_view directory) {
  const auto found = std::find_if(order.begin(), order.end(), [&](const std::string& word) {
    return word == directory || directory.starts_with(word + "/");
  });
  return static_cast<std::size_t>(found - order.begin());
}

/// An in-tree module of the name: depmod must prefer ours.
void check_precedence(Draft& draft, const OtherModule& other) {
  const std::string ours = draft.wish.destination == Destination::dkms ? "updates/dkms" : "updates/kpkg";
  const auto& order = draft.state.search_order;
  const auto& overrides = draft.state.depmod_overrides;
  const bool is_overridden = std::any_of(overrides.begin(), overrides.end(),
                                         [&](const std::string& directory) { return directory != ours; });
  if (rank_of(order, ours) >= rank_of(order, "built-in") || is_overridden)
    return draft.refuse(Id::search_order, fmt::format("depmod prefers {} to what is in {}", other.path, ours),
                        "put `search updates built-in` into a file of /etc/depmod.d");
  draft.note(Id::shadows_in_tree, fmt::format("the kernel's own {} is not loaded any more", other.path));
}

void check_others(Draft& draft, const Policy& policy) {
  for (const auto& other : draft.state.others) {
    if (other.place == OtherModule::Place::built_in)
      draft.refuse(Id::built_in, fmt::format("{} is built into {}", other.module, draft.wish.kernel),
                   "a file of that name is never loaded by this kernel");
    if (other.place == OtherModule::Place::in_tree) check_precedence(draft, other);
    if (other.place != OtherModule::Place::foreign) continue;
    if (policy.foreign == Foreign::take_over) {
      draft.note(Id::taken_over, other.path + " of another tool is removed");
      add_taken_over(draft, other);
    } else {
      draft.refuse(Id::other_owner, fmt::format("{} was installed by another tool", other.path),
                   fmt::format("take it over with `kpkg adopt {}`", other.module));
    }
  }
}

void check_other_recipes(Draft& draft) {
  for (const auto& module : draft.wish.modules)
    for (const auto& file : draft.state.ours)
      if (file.record.recipe != draft.wish.recipe && file.record.kernel == draft.wish.kernel &&
          module_key(file.record.module) == module_key(module.name))
        draft.refuse(Id::other_owner,
                     fmt::format("the module {} belongs to the recipe {}", module.name, file.record.recipe),
                     fmt::format("remove that recipe first: `kpkg remove {}`", file.record.recipe));
}

void check_space(Draft& draft) {
  std::uint64_t needed = draft.moves_modules ? index_bytes : 0;
  for (const auto& step : draft.plan.steps)
    if (step.kind == StepKind::put_module) needed += step.size;
  if (draft.state.free_bytes && *draft.state.free_bytes < needed)
    draft.refuse(Id::no_space,
                 fmt::format("{} needs {} KiB and has {} KiB free", draft.plan.module_directory, needed >> 10,
                             *draft.state.free_bytes >> 10),
                 "free some space on that file system and run the command again");
}

void add_last_steps(Draft& draft) {
  if (!draft.moves_modules) return;
  draft.plan.steps.push_back({.kind = StepKind::index});
  for (const auto& module : draft.wish.modules)
    draft.plan.steps.push_back({.kind = StepKind::check,
                                .path = destination_of(draft.wish, draft.plan.module_directory, module),
                                .module = module.name});
  if (draft.wish.initramfs == Initramfs::leave) return;
  if (draft.state.is_host) draft.plan.steps.push_back({.kind = StepKind::initramfs});
  if (!draft.state.is_host)
    draft.note(Id::initramfs_not_updated, "the initial RAM disk is not updated: the root is not this machine",
               fmt::format("run `update-initramfs -u -k {}` in it", draft.wish.kernel));
}

}  // namespace

Plan plan(const Wish& wish, const RootState& state, const Policy& policy) {
  Draft draft{.wish = wish, .state = state};
  draft.plan.recipe = wish.recipe;
  draft.plan.version = wish.version;
  draft.plan.kernel = wish.kernel;
  draft.plan.module_directory = state.module_directory;
  draft.plan.index_files = state.index_files;
  draft.plan.new_directories = state.new_directories;
  const std::string own = wish.destination == Destination::dkms ? "/updates/dkms" : "/updates/kpkg";
  draft.plan.own_directories = {state.module_directory + own, state.module_directory + "/updates"};
  draft.plan.findings = check_wish(wish);

  for (const auto& module : wish.modules) add_module(draft, module);
  if (wish.configuration)
    for (const auto& file : *wish.configuration) add_configuration(draft, file);
  for (const auto& file : state.ours) add_removal(draft, file);
  check_others(draft, policy);
  check_other_recipes(draft);
  add_last_steps(draft);
  check_space(draft);
  std::stable_partition(draft.plan.findings.begin(), draft.plan.findings.end(),
                        [](const PlanFinding& finding) { return finding.is_refusal; });
  return std::move(draft.plan);
}

bool is_refused(const Plan& plan) {
  return std::any_of(plan.findings.begin(), plan.findings.end(),
                     [](const PlanFinding& finding) { return finding.is_refusal; });
}

bool changes_nothing(const Plan& plan) {
  return std::all_of(plan.steps.begin(), plan.steps.end(),
                     [](const Step& step) { return !changes_file(step); });
}

}  // namespace kpkg::install
