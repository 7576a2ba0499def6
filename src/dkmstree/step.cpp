// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/step.hpp"

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
  for (const auto& step : steps) KPKG_TRY(perform(root, step));
  return {};
}

}  // namespace kpkg::dkmstree
