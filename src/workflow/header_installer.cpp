// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/header_installer.hpp"

#include "base/text.hpp"
#include "distro/headers.hpp"
#include "settings/read.hpp"
#include "system/interruption.hpp"
#include "workflow/announcement.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

std::string command_for(const distro::HeaderInstallation& installation) {
  auto command = fmt::format("apt-get install {}", installation.headers.name);
  if (installation.metapackage) command += " " + installation.metapackage->name;
  return command;
}

/// A failure of apt is told, and the way without it is tried.
Result<HeaderAttempt> not_installed(const distro::PackageVersion& headers, const Error& error,
                                    std::string hint) {
  if (error.kind == ErrorKind::interrupted) return fail(error);
  return HeaderAttempt{
      .done = {},
      .problem = fmt::format("{} {} is not installed: {}", headers.name, headers.version, error.text()),
      .hint = std::move(hint)};
}

std::vector<std::string> told(const distro::HeaderInstallation& installation) {
  const auto& [name, version] = installation.headers;
  auto text = fmt::format("installed {} {} with apt", name, version);
  if (const auto& meta = installation.metapackage)
    text += fmt::format(", and {} {} for the headers of later kernels", meta->name, meta->version);
  std::vector<std::string> done = {std::move(text)};
  done.insert(done.end(), installation.notes.begin(), installation.notes.end());
  return done;
}

/// Another run of apt ends by itself; everything else has its own hint.
std::string hint_for(const Error& error, const std::string& command) {
  return error.kind == ErrorKind::locked ? fmt::format("when that has finished: {}", command) : error.hint;
}

}  // namespace

Consent consent_under(settings::InstallHeaders setting, Consent consent) {
  switch (setting) {
    case settings::InstallHeaders::ask: return consent;
    case settings::InstallHeaders::always: return Consent::given;
    case settings::InstallHeaders::never: break;
  }
  return Consent::absent;
}

Result<HeaderAttempt> HeaderInstaller::install(const Workspace& workspace, const kernel::Kernel& kernel,
                                               const abi::KernelFacts& facts) {
  if (!workspace.root.is_host() || !workspace.host.is_root()) return HeaderAttempt{};
  const auto consent = consent_under(KPKG_TRY(settings::read(workspace.root)).headers.install, consent_);
  return install_as(consent, workspace, kernel, facts);
}

Result<HeaderAttempt> HeaderInstaller::install_as(Consent consent, const Workspace& workspace,
                                                  const kernel::Kernel& kernel,
                                                  const abi::KernelFacts& facts) {
  if (consent == Consent::absent) return HeaderAttempt{};
  const auto packages = KPKG_TRY(packages_of_kernel(workspace, kernel, facts));
  // Without a version they could be anything; of another machine, their programs would not run.
  if (!packages || packages->image.version.empty() || !packages->architecture.empty()) return HeaderAttempt{};
  const distro::HeaderWish wish{.headers = {packages->headers, packages->image.version},
                                .image = packages->image.name};
  const auto there = KPKG_TRY(distro::package_version(workspace.runner, workspace.root, packages->headers));
  if (there == packages->image.version) return HeaderAttempt{};  // and they are no good
  const auto plan = distro::plan_header_installation(workspace.runner, workspace.root, wish);
  if (!plan)
    return not_installed(wish.headers, plan.error(),
                         hint_for(plan.error(), "apt-get install " + wish.headers.name));
  if (consent == Consent::given || (agrees_ && agrees_(kernel.release, plan->packages)))
    return install_planned(workspace, kernel, *plan);
  if (system::Interruption::is_pending()) return fail(ErrorKind::interrupted, "interrupted at the question");
  return HeaderAttempt{.problem = fmt::format("{} is not installed, as was answered", wish.headers.name)};
}

Result<HeaderAttempt> HeaderInstaller::install_planned(const Workspace& workspace,
                                                       const kernel::Kernel& kernel,
                                                       const distro::HeaderInstallation& plan) {
  const auto log =
      KPKG_TRY(workspace.root.host_path(fmt::format("{}/headers-{}.log", places::logs, kernel.release)));
  const Announcement announcement(workspace, Stage::install, plan.headers.name, kernel.release);
  const auto done = distro::install_headers(
      workspace.runner, workspace.root, plan,
      {.log = log, .environment = {fmt::format("{}={}", hooks_variable, hooks_are_later)}});
  if (!done) return not_installed(plan.headers, done.error(), hint_for(done.error(), command_for(plan)));
  installed_.insert(installed_.end(), plan.packages.begin(), plan.packages.end());
  kernels_.push_back(kernel.release);
  return HeaderAttempt{.done = told(plan), .problem = {}, .hint = {}};
}

bool HeaderInstaller::has_brought_headers_of(const std::string& release) const {
  const auto name = distro::header_package_of_release(release, distro::Vendor::debian);
  return std::find(kernels_.begin(), kernels_.end(), release) != kernels_.end() ||
         std::any_of(installed_.begin(), installed_.end(),
                     [&](const auto& package) { return package.name == name; });
}

}  // namespace kpkg::workflow
