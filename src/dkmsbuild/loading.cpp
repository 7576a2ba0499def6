// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/loading.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace kpkg::dkmsbuild {

Status load_for_devices(const Site& site, const std::string& kernel) {
  const auto& workspace = site.workspace;
  const bool runs = workspace.root.is_host() && kernel == workspace.host.release;
  if (site.framework.modprobe_on_install.empty() || !runs) return {};
  const auto environment = system::system_environment();
  const auto found = KPKG_TRY(
      workspace.runner.run({.program = "find",
                            .arguments = {"/sys/devices", "-name", "modalias", "-exec", "cat", "{}", "+"},
                            .environment = environment}));
  auto aliases = words(found.output);
  std::sort(aliases.begin(), aliases.end());
  aliases.erase(std::unique(aliases.begin(), aliases.end()), aliases.end());
  aliases.insert(aliases.begin(), {"-a", "-b", "-q"});
  KPKG_TRY(workspace.runner.run(
      {.program = "modprobe", .arguments = std::move(aliases), .environment = environment}));
  if (!KPKG_TRY(workspace.root.real_path("/lib/systemd/system/systemd-modules-load.service"))) return {};
  KPKG_TRY(workspace.runner.run({.program = "systemctl",
                                 .arguments = {"restart", "systemd-modules-load.service"},
                                 .environment = environment}));
  return {};
}

}  // namespace kpkg::dkmsbuild
