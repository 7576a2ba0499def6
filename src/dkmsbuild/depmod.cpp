// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/depmod.hpp"

#include "dkmsbuild/invocation.hpp"
#include "dkmsbuild/kernel_place.hpp"
#include "dkmsbuild/root_command.hpp"
#include "kernel/index_renewal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace kpkg::dkmsbuild {
namespace {

/// What goes with the last module of a kernel that is no longer there. Source: dkms 3.4.3, do_depmod().
bool is_stale(const std::string& name) {
  constexpr std::string_view prefix = "modules.";
  constexpr std::array<std::string_view, 6> kinds = {"alias",   "dep",     "devname",
                                                     "softdep", "symbols", "weakdep"};
  if (!name.starts_with(prefix)) return false;
  const auto kind = std::string_view(name).substr(prefix.size());
  return name.ends_with(".bin") || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

Status drop_index(const Site& site, const std::string& directory) {
  const auto& root = site.workspace.root;
  const auto entries = KPKG_TRY(root.list(directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
    if (!is_stale(entry.name)) continue;
    const auto path = directory + "/" + entry.name;
    KPKG_TRY(root.remove(path));
    say_line(site.printer, fmt::format("removed '{}'", path));
  }
  KPKG_TRY(root.remove_if_empty(directory));
  if (!KPKG_TRY(root.status(directory))) say_line(site.printer, "removed directory " + directory);
  return {};
}

system::Command depmod_command(const std::string& kernel, const std::optional<std::string>& symbols) {
  system::Command command{.program = "depmod",
                          .arguments = {"-a", kernel},
                          .environment = system::system_environment(),
                          .cost = system::Cost::work};
  if (symbols) command.arguments.insert(command.arguments.end(), {"-F", *symbols});
  return command;
}

/// Runs depmod; what kpkg knows of the kernel's own modules stays true.
Result<system::Outcome> run_index(const Site& site, const std::string& kernel,
                                  const system::Command& command) {
  const auto known = KPKG_TRY(known_kernel(site, kernel));
  if (!known) return site.workspace.runner.run(command);
  system::Outcome outcome;
  KPKG_TRY(kernel::renew_index(site.workspace.root, *known, site.memory, [&]() -> Status {
    outcome = KPKG_TRY(site.workspace.runner.run(command));
    return {};
  }));
  return outcome;
}

Result<std::uint64_t> size_of(const system::Root& root, const std::string& path) {
  const auto status = KPKG_TRY(root.status(path));
  return status ? status->size : 0;
}

}  // namespace

Result<ExitStatus> index_modules(const Site& site, const std::string& kernel) {
  const auto& root = site.workspace.root;
  const auto directory = site.framework.install_tree + "/" + kernel;
  const auto index = directory + "/modules.dep";
  if (!KPKG_TRY(root.real_path(index))) {
    say_line(site.printer, fmt::format("Skipping depmod because '{}' is missing.", index));
    return 0;
  }
  const auto symbols = "/boot/System.map-" + kernel;
  const bool has_symbols = KPKG_TRY(root.real_path(symbols)).has_value();
  const auto command = depmod_command(kernel, has_symbols ? std::optional(symbols) : std::nullopt);
  const auto outcome = KPKG_TRY(run_index(site, kernel, in_root(root, command)));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  site.printer.say(Stream::output, outcome.output);
  site.printer.say(Stream::errors, outcome.errors);
  if (KPKG_TRY(size_of(root, index)) == 0 && KPKG_TRY(root.real_path(index))) {
    KPKG_TRY(drop_index(site, directory));
    return 0;
  }
  return outcome.status;
}

Result<ExitStatus> run_depmod(const Site& site, const std::string& kernel, const std::string& package,
                              Depmod depmod) {
  const Invocation invocation{.command = "do_depmod " + kernel,
                              .description = "Running depmod",
                              .package = package,
                              .is_verbose = !site.framework.verbose.empty()};
  return invoke(invocation, site.printer, [&]() -> Result<ExitStatus> {
    const auto index = fmt::format("{}/{}/modules.dep", site.framework.install_tree, kernel);
    // Without an index it has something to say at once.
    if (depmod == Depmod::later && KPKG_TRY(site.workspace.root.real_path(index))) return 0;
    return depmod == Depmod::leave ? Result<ExitStatus>(0) : index_modules(site, kernel);
  });
}

Status mark_pending(const Site& site, const dkmstree::Target& target, Depmod depmod) {
  if (depmod == Depmod::leave) return {};
  return site.workspace.root.write(pending_depmod(site.framework, target), "");
}

Status clear_pending(const Site& site, const dkmstree::Target& target) {
  return site.workspace.root.remove(pending_depmod(site.framework, target));
}

Status heal_index(const Site& site, const dkmstree::Target& target) {
  if (!KPKG_TRY(site.workspace.root.status(pending_depmod(site.framework, target)))) return {};
  const auto status = KPKG_TRY(index_modules(site, target.kernel));
  return status == 0 ? clear_pending(site, target) : Status();
}

std::string pending_depmod(const dkmsconf::Framework& framework, const dkmstree::Target& target) {
  return fmt::format("{}/depmod-pending-{}-{}", framework.dkms_tree, target.kernel, target.arch);
}

}  // namespace kpkg::dkmsbuild
