// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/step.hpp"

#include "base/path.hpp"
#include "dkmstree/places.hpp"

#include <string_view>

namespace kpkg::dkmstree {
namespace {

/// A kill between the renames leaves the name `target` to nobody: that is the state before the older one was
/// made.
Status exchange(const system::Root& root, const Step& step) {
  auto exchanged = root.exchange(step.path, step.target);
  if (exchanged || exchanged.error().kind != ErrorKind::unsupported) return exchanged;
  const auto aside = step.path + "_old";
  KPKG_TRY(root.remove_tree(aside));
  KPKG_TRY(root.rename(step.target, aside));
  KPKG_TRY(root.rename(step.path, step.target));
  return root.rename(aside, step.path);
}

/// Steps that make something unseen first remove what another command may have left under its name.
void take_away_begun(const system::Root& root, const Steps& steps) {
  constexpr std::string_view reason = "that the change failed is what counts; the next command sweeps";
  for (const auto& step : steps) {
    if (step.kind != Step::Kind::remove_tree || !is_unseen(step.path)) continue;
    drop(root.remove_tree(step.path), reason);
    drop(root.remove_if_empty(parent_of(step.path)), reason);
  }
}

}  // namespace

Status perform(const system::Root& root, const Step& step) {
  switch (step.kind) {
    case Step::Kind::make_directory: return root.make_directories(step.path);
    case Step::Kind::write: return root.write(step.path, step.bytes);
    case Step::Kind::make_link: return root.make_link(step.target, step.path);
    case Step::Kind::rename: return root.rename(step.path, step.target);
    case Step::Kind::exchange: return exchange(root, step);
    case Step::Kind::remove_tree: return root.remove_tree(step.path);
    case Step::Kind::remove_if_empty: return root.remove_if_empty(step.path);
  }
  return {};
}

Status perform(const system::Root& root, const Steps& steps) {
  for (const auto& step : steps) {
    const auto done = perform(root, step);
    if (done) continue;
    take_away_begun(root, steps);
    return done;
  }
  return {};
}

}  // namespace kpkg::dkmstree
