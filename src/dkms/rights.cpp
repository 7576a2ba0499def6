// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/rights.hpp"

#include "system/host.hpp"
#include "workflow/header_installer.hpp"

#include <algorithm>
#include <array>

namespace kpkg::dkms {
namespace {

constexpr std::array<std::string_view, 2> that_only_look = {"status", ""};

/// Longer than any module takes to build: the packages of kernels and modules call `dkms` while another one
/// is at work, and are half configured if it fails.
constexpr std::chrono::hours patience{1};

/// Whether the caller, directly or not, is a kpkg that has the lock and waits for this program: it has apt
/// install headers, whose hooks call `dkms`, or runs a script of a module.
bool is_held_by_caller() {
  return system::environment_variable(lock_variable) == lock_is_held ||
         system::environment_variable(workflow::hooks_variable) == workflow::hooks_are_later;
}

}  // namespace

Result<Rights> Rights::take(const workflow::Workspace& workspace, const dkmsconf::Framework& framework,
                            const std::string& action) {
  Rights rights;
  if (std::find(that_only_look.begin(), that_only_look.end(), action) != that_only_look.end()) return rights;
  if (workspace.host.is_root() || !workspace.root.is_host()) {
    if (is_held_by_caller()) {
      rights.store_ = KPKG_TRY(store::Store::open(workspace.root, store::Access::write));
      return rights;
    }
    rights.session_ = KPKG_TRY(workflow::open_session(workspace, patience));
    return rights;
  }
  const auto tree = KPKG_TRY(workspace.root.host_path(framework.dkms_tree));
  auto lock = system::Lock::acquire(tree + "/.lock", patience, [] {});
  // Who may not write there is told so by the action, in DKMS's words.
  if (lock)
    rights.lock_ = std::move(*lock);
  else if (lock.error().kind == ErrorKind::locked || lock.error().kind == ErrorKind::interrupted)
    return fail(lock.error());
  return rights;
}

store::Store* Rights::store() {
  if (session_) return &session_->store;
  return store_ ? &*store_ : nullptr;
}

}  // namespace kpkg::dkms
