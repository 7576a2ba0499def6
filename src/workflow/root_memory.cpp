// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/root_memory.hpp"

#include "store/memory.hpp"
#include "system/lock.hpp"

namespace kpkg::workflow {
namespace {

constexpr std::int64_t half_a_year = 183 * 24 * 3600;  // seconds; by then most kernels are gone

Status keep_in_store(const Workspace& workspace, const std::string& key, const std::string& bytes) {
  std::optional<system::Lock> lock;
  const auto status = KPKG_TRY(workspace.root.status(store::database_path));
  if (!status) {
    // Whoever makes the records must be alone; to wait for that would take longer than to learn again.
    KPKG_TRY(workspace.root.make_directories(places::state));
    const auto path = KPKG_TRY(workspace.root.host_path(places::lock));
    lock = KPKG_TRY(system::Lock::acquire(path, std::chrono::milliseconds(0), [] {}));
  }
  auto store = KPKG_TRY(store::Store::open(workspace.root, store::Access::write));
  const auto now = workspace.clock();
  KPKG_TRY(store::forget_older(store, now - half_a_year));
  return store::keep_in_mind(store, key, bytes, now);
}

}  // namespace

std::optional<std::string> RootMemory::recall(const std::string& key) {
  auto store = store::Store::open(workspace_.root, store::Access::read);
  if (!store) return std::nullopt;
  auto bytes = store::recall(*store, key);
  return bytes ? std::move(*bytes) : std::nullopt;
}

void RootMemory::keep(const std::string& key, const std::string& bytes) {
  drop(keep_in_store(workspace_, key, bytes), "it is learned again the next time");
}

}  // namespace kpkg::workflow
