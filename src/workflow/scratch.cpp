// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/scratch.hpp"

#include "system/file.hpp"

namespace kpkg::workflow {

Result<Scratch> Scratch::create(const system::Root& root, const std::string& path) {
  auto host_path = KPKG_TRY(root.host_path(path));
  KPKG_TRY(system::remove_all(host_path));
  KPKG_TRY(root.make_directories(path));
  return Scratch(path, std::move(host_path));
}

Scratch::~Scratch() {
  if (!host_path_.empty()) drop(system::remove_all(host_path_), "the next run removes it");
}

}  // namespace kpkg::workflow
