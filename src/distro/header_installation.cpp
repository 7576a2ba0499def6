// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/header_installation.hpp"

#include "base/text.hpp"
#include "distro/apt_failure.hpp"
#include "distro/headers.hpp"
#include "system/file.hpp"
#include "system/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kpkg::distro {
namespace {

/// A metapackage of a metapackage is as far as distributions go: proxmox-default-kernel, proxmox-kernel-6.8.
constexpr int most_levels = 3;

/// What apt-get said it would do.
struct Simulation {
  std::vector<PackageVersion> unpacked;
  std::vector<std::string> removed;
};

/// As apt takes it; without a version it is the candidate.
std::string argument_for(const PackageVersion& package) {
  return package.version.empty() ? package.name : fmt::format("{}={}", package.name, package.version);
}

std::string named(const PackageVersion& package) {
  return fmt::format("{} {}", package.name, package.version);
}

/// An apt-get install that asks nobody and waits for nobody, whatever this machine's apt.conf says.
system::Command install_command(const std::vector<std::string>& options,
                                const std::vector<PackageVersion>& packages) {
  std::vector<std::string> arguments = {
      "--yes", "--no-install-recommends",         "-o", "DPkg::Lock::Timeout=0",
      "-o",    "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.emplace_back("install");
  for (const auto& package : packages) arguments.push_back(argument_for(package));
  auto command = apt_command("apt-get", std::move(arguments));
  command.environment.emplace_back("DEBIAN_FRONTEND=noninteractive");
  return command;
}

std::vector<std::string> options_of(bool replaces) {
  if (replaces) return {"--allow-downgrades"};
  return {};
}

/// Reads "Inst linux-kbuild-6.1:amd64 [6.1.180-1] (6.1.192-2 Debian:12/stable [amd64])" and "Remv NAME
/// [1.0]". Source: apt, apt-private/private-install.cc and apt-pkg/algorithms.cc, pkgSimulate.
Simulation parse_simulation(std::string_view said) {
  Simulation simulation;
  for (const auto& line : lines(said)) {
    const auto fields = words(line);
    if (fields.size() < 2) continue;
    const auto name = fields[1].substr(0, fields[1].find(':'));
    if (fields[0] == "Remv" || fields[0] == "Purg") simulation.removed.push_back(name);
    if (fields[0] != "Inst") continue;
    const auto version =
        std::find_if(fields.begin(), fields.end(), [](const auto& field) { return field.starts_with('('); });
    simulation.unpacked.push_back({name, version == fields.end() ? "" : version->substr(1)});
  }
  return simulation;
}

/// The kernel's own package is no headers': apt would bring another kernel along, for the next boot.
const PackageVersion* kernel_in(const Simulation& simulation) {
  const auto found =
      std::find_if(simulation.unpacked.begin(), simulation.unpacked.end(),
                   [](const auto& package) { return header_package_of_image(package.name).has_value(); });
  return found == simulation.unpacked.end() ? nullptr : &*found;
}

Error refusal(const std::vector<PackageVersion>& wanted, const std::string& what) {
  std::string command = "apt-get install";
  for (const auto& package : wanted) command += " " + argument_for(package);
  return Error{.kind = ErrorKind::conflict,
               .message = fmt::format("apt would {} to install {}", what, named(wanted.front())),
               .hint = fmt::format("to do that all the same: {}", command)};
}

/// Asks apt for a plan, and refuses those that do more than to add headers.
Result<Simulation> simulate(system::Runner& runner, const std::vector<PackageVersion>& wanted,
                            bool replaces) {
  auto options = options_of(replaces);
  options.emplace_back("--simulate");
  auto command = install_command(options, wanted);
  command.cost = system::Cost::own;
  const auto outcome = KPKG_TRY(runner.run(command));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "apt-get was interrupted");
  if (!outcome.succeeded()) return fail(apt_failure(runner, argument_for(wanted.back()), outcome));
  auto simulation = parse_simulation(outcome.output);
  if (!simulation.removed.empty())
    return fail(refusal(wanted, fmt::format("remove {}", join(simulation.removed, ", "))));
  if (const auto* const kernel = kernel_in(simulation))
    return fail(refusal(wanted, fmt::format("install {}", named(*kernel))));
  return simulation;
}

/// The package that brings the headers of later kernels, told from the installed one that brings the kernels.
struct Flavour {
  std::optional<PackageVersion>
      metapackage;           ///< of the headers, at the version of the image's; not installed
  bool is_followed = false;  ///< it is installed
};

Result<Flavour> flavour_of(system::Runner& runner, const system::Root& root, const HeaderWish& wish) {
  Flavour flavour;
  auto below = wish.image;
  for (int level = 0; level < most_levels && !below.empty(); ++level) {
    const auto dependents = KPKG_TRY(dependents_of(runner, root, below));
    below.clear();
    for (const auto& dependent : dependents) {
      const auto headers = header_package_of_image(dependent.name);
      if (!headers || *headers == wish.headers.name) continue;
      flavour.metapackage = {*headers, dependent.version};
      below = dependent.name;
      break;
    }
  }
  if (!flavour.metapackage) return flavour;
  const auto installed = KPKG_TRY(package_version(runner, root, flavour.metapackage->name));
  flavour.is_followed = installed.has_value();
  if (flavour.is_followed) flavour.metapackage.reset();
  return flavour;
}

/// Whether no other way can do better: it would fail as this one did.
bool is_final(const Error& error) {
  return error.kind == ErrorKind::interrupted || error.kind == ErrorKind::locked;
}

/// Whether apt has the package marked as one that came by a dependency.
Result<bool> is_automatic(system::Runner& runner, const std::string& package) {
  if (package.empty()) return false;
  const auto outcome = KPKG_TRY(runner.run(apt_command("apt-mark", {"showauto", package})));
  return outcome.succeeded() && trimmed(outcome.output) == package;
}

/// The installation with the packages that apt named, those that were asked for first.
void take_packages(HeaderInstallation& installation, Simulation simulation,
                   const std::vector<PackageVersion>& wanted) {
  auto& packages = simulation.unpacked;
  std::stable_partition(packages.begin(), packages.end(), [&](const auto& package) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const auto& each) { return each.name == package.name; });
  });
  installation.packages = std::move(packages);
  if (wanted.size() < 2) return;
  const auto meta = std::find_if(installation.packages.begin(), installation.packages.end(),
                                 [&](const auto& package) { return package.name == wanted[1].name; });
  if (meta != installation.packages.end()) installation.metapackage = *meta;
}

/// With the metapackage if that can be: at the version of the image's, at apt's newest, without it.
Status choose_packages(system::Runner& runner, const std::optional<PackageVersion>& metapackage,
                       HeaderInstallation& installation) {
  const auto& headers = installation.headers;
  const auto attempt = [&](const std::vector<PackageVersion>& wanted) -> Status {
    auto simulation = KPKG_TRY(simulate(runner, wanted, installation.replaces));
    take_packages(installation, std::move(simulation), wanted);
    return {};
  };
  if (!metapackage) return attempt({headers});
  const auto beside_image = attempt({headers, *metapackage});
  if (beside_image || is_final(beside_image.error())) return beside_image;
  KPKG_TRY(attempt({headers}));
  const auto newest = attempt({headers, {metapackage->name, ""}});
  if (newest || is_final(newest.error())) return newest;
  installation.notes.push_back(
      fmt::format("{} is not installed, so later kernels may come without headers: {}", metapackage->name,
                  newest.error().text()));
  return {};
}

/// What apt said, from the log that it wrote. That it keeps none of its own where /dev/pts is not mounted is
/// no failure.
system::Outcome with_words(system::Outcome outcome, const std::string& log) {
  const auto said = system::read_file(log);
  if (!said) return outcome;
  for (const auto& line : lines(*said))
    if (!line.starts_with("E: Can not write log")) outcome.errors += line + "\n";
  return outcome;
}

}  // namespace

Result<HeaderInstallation> plan_header_installation(system::Runner& runner, const system::Root& root,
                                                    const HeaderWish& wish) {
  if (!is_package_name(wish.headers.name) || !is_package_version(wish.headers.version))
    return fail(ErrorKind::invalid, fmt::format("\"{}\" is not a package's name and its version",
                                                printable(named(wish.headers))));
  HeaderInstallation installation{.headers = wish.headers, .packages = {}};
  const auto installed = KPKG_TRY(package_version(runner, root, wish.headers.name));
  installation.replaces = installed.has_value();
  const auto flavour = KPKG_TRY(flavour_of(runner, root, wish));
  KPKG_TRY(choose_packages(runner, flavour.metapackage, installation));
  const bool is_followed = flavour.is_followed || installation.metapackage;
  const bool is_new = !installation.replaces;
  installation.is_automatic = is_followed && is_new && KPKG_TRY(is_automatic(runner, wish.image));
  return installation;
}

Status install_headers(system::Runner& runner, const system::Root& root,
                       const HeaderInstallation& installation, const InstallationPlace& place) {
  auto options = options_of(installation.replaces);
  options.emplace_back("--no-remove");
  std::vector<PackageVersion> wanted = {installation.headers};
  if (installation.metapackage) wanted.push_back(*installation.metapackage);
  auto command = install_command(options, wanted);
  command.environment.insert(command.environment.end(), place.environment.begin(), place.environment.end());
  command.on_stop = system::OnStop::finish;
  const auto log = KPKG_TRY(system::create_output_file(place.log));
  command.output = log.get();
  const auto outcome = KPKG_TRY(runner.run(command));
  const auto installed = KPKG_TRY(package_version(runner, root, installation.headers.name));
  if (installed == installation.headers.version) {
    if (installation.is_automatic)
      drop(runner.run(apt_command("apt-mark", {"auto", installation.headers.name})),
           "at worst the headers outlive their kernel");
    return {};
  }
  auto error = apt_failure(runner, argument_for(installation.headers), with_words(outcome, place.log));
  if (error.kind == ErrorKind::io) error.hint = fmt::format("everything that apt said is in {}", place.log);
  return fail(std::move(error));
}

}  // namespace kpkg::distro
