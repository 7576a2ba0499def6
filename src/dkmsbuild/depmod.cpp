// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/depmod.hpp"

#include "dkmsbuild/invocation.hpp"
#include "dkmsbuild/kernel_place.hpp"
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

/// DKMS drops what is said here unless it is verbose.
void say_if_wanted(const Site& site, Stream stream, std::string_view text) {
  if (!site.framework.verbose.empty()) site.printer.say(stream, text);
}

Status drop_index(const Site& site, const std::string& directory) {
  const auto& root = site.workspace.root;
  const auto entries = KPKG_TRY(root.list(directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
    if (!is_stale(entry.name)) continue;
    const auto path = directory + "/" + entry.name;
    KPKG_TRY(root.remove(path));
    say_if_wanted(site, Stream::output, fmt::format("removed '{}'\n", path));
  }
  KPKG_TRY(root.remove_if_empty(directory));
  if (!KPKG_TRY(root.status(directory)))
    say_if_wanted(site, Stream::output, fmt::format("removed directory {}\n", directory));
  return {};
}

/// That of this machine serves other roots too, with their configuration.
Result<system::Command> depmod_command(const system::Root& root, const std::string& kernel) {
  system::Command command{.program = "depmod",
                          .arguments = {"-a", kernel},
                          .environment = system::system_environment(),
                          .cost = system::Cost::work};
  const auto symbols = "/boot/System.map-" + kernel;
  if (KPKG_TRY(root.real_path(symbols))) {
    const auto host = KPKG_TRY(root.host_path(symbols));
    command.arguments.insert(command.arguments.end(), {"-F", host});
  }
  if (root.is_host()) return command;
  command.arguments.insert(command.arguments.end(), {"-b", root.directory()});
  for (const std::string directory : {"/etc", "/run", "/usr/local/lib", "/lib"})
    command.arguments.insert(command.arguments.end(), {"-C", root.directory() + directory + "/depmod.d"});
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

/// Of a file that is there.
Result<std::optional<std::uint64_t>> size_of(const system::Root& root, const std::string& path) {
  const auto status = KPKG_TRY(root.status(path));
  return status ? std::optional(status->size) : std::nullopt;
}

}  // namespace

Result<ExitStatus> index_modules(const Site& site, const std::string& kernel) {
  const auto& root = site.workspace.root;
  const auto directory = site.framework.install_tree + "/" + kernel;
  const auto index = directory + "/modules.dep";
  if (!KPKG_TRY(root.real_path(index))) {
    say_if_wanted(site, Stream::output, fmt::format("Skipping depmod because '{}' is missing.\n", index));
    return 0;
  }
  const auto command = KPKG_TRY(depmod_command(root, kernel));
  const auto outcome = KPKG_TRY(run_index(site, kernel, command));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  say_if_wanted(site, Stream::output, outcome.output);
  say_if_wanted(site, Stream::errors, outcome.errors);
  const auto size = KPKG_TRY(size_of(root, index));
  if (size == 0) {
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
    // Without an index there is nothing to wait with.
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
