// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/workplace.hpp"

#include "dkmsbuild/workplace_view.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// Gives the shell the variables before "--", then evaluates the word behind it.
constexpr const char* shell_text =
    R"(while [[ $1 != -- ]]; do printf -v "${1%%=*}" %s "${1#*=}"; shift; done; _command=$2; set --; eval "$_command")";

Status run_program(const Site& site, const std::string& program, std::vector<std::string> arguments) {
  KPKG_TRY(system::run_successfully(site.workspace.runner, {.program = program,
                                                            .arguments = std::move(arguments),
                                                            .environment = system::system_environment(),
                                                            .cost = system::Cost::work}));
  return {};
}

/// How the names of directories for builds begin.
constexpr const char* prefix = "kpkg-build-";

/// Where directories for builds are made; a user who builds in a tree of their own has no other place.
std::string work_directory(const Site& site) {
  const std::string shared = workflow::places::work;
  const bool is_root = site.workspace.host.is_root();
  return is_root && site.workspace.root.make_directories(shared) ? shared : site.framework.tmp_location;
}

/// With times and modes, which decide what make makes anew.
Status copy(const Site& site, const std::string& from, const std::string& to) {
  return run_program(site, "cp", {"-a", "--reflink=auto", "--", from + "/.", to});
}

}  // namespace

Result<Workplace> Workplace::make(const Site& site, const Task& task, const KernelPlace& place,
                                  const system::Sandbox& sandbox) {
  const auto parent = work_directory(site);
  const auto host_parent = KPKG_TRY(site.workspace.root.host_path(parent));
  drop(system::remove_abandoned(host_parent, prefix), "it costs space only, and the next build tries again");
  Workplace made(site, task, sandbox, KPKG_TRY(system::TempDir::create(host_parent, prefix)));
  const auto& own = made.own_.path();
  made.own_in_root_ = parent + own.substr(own.rfind('/'));
  KPKG_TRY(made.copy_source(task).within("copying the source"));
  KPKG_TRY(made.show(task, place).within("preparing the sandbox"));
  return made;
}

Status Workplace::copy_source(const Task& task) {
  const auto& root = site_->workspace.root;
  const auto places = places_of(site_->framework);
  const auto build_place = places.build_place_of(task.id.of());
  KPKG_TRY(root.remove_tree(build_place));
  source_ = own_.path() + "/build";
  if (sandbox_->strength() != system::SandboxStrength::namespaces)
    source_ = KPKG_TRY(root.host_path(build_place));
  KPKG_TRY(system::make_directories(source_));
  const auto original = KPKG_TRY(root.host_path(places.source_link_of(task.id.of())));
  KPKG_TRY(copy(*site_, original, source_));
  const auto patches = fmt::format("/etc/dkms/{}/patches", task.id.module);
  if (KPKG_TRY(root.real_path(patches))) {
    KPKG_TRY(system::make_directories(source_ + "/patches"));
    const auto overlay = KPKG_TRY(root.host_path(patches));
    KPKG_TRY(copy(*site_, overlay, source_ + "/patches"));
  }
  const auto user = sandbox_->user();
  return system::give_tree(source_, user.user, user.group);
}

Status Workplace::lend_source() {
  if (sandbox_->strength() != system::SandboxStrength::namespaces) return {};
  const auto link = places_of(site_->framework).source_link_of(id_.of());
  const auto& root = site_->workspace.root;
  const auto place = KPKG_TRY(root.real_path(link));
  if (!place) return {};
  const auto lent = own_.path() + "/lent";
  KPKG_TRY(system::make_directories(lent));
  const auto original = KPKG_TRY(root.host_path(link));
  KPKG_TRY(copy(*site_, original, lent).within("copying the source"));
  const auto user = sandbox_->user();
  KPKG_TRY(system::give_tree(lent, user.user, user.group));
  view_.binds.push_back({lent, *place, system::Access::write});
  return {};
}

Status Workplace::show(const Task& task, const KernelPlace& place) {
  const auto temporary = own_.path() + "/tmp";
  KPKG_TRY(system::make_directories(temporary));
  const auto user = sandbox_->user();
  KPKG_TRY(system::give_tree(temporary, user.user, user.group));
  view_.binds = KPKG_TRY(binds_of(*site_, task, place, sandbox_->strength()));
  view_.directory = source_;
  view_.directory_inside = places_of(site_->framework).build_place_of(task.id.of());
  view_.temporary = temporary;
  return {};
}

Result<system::Outcome> Workplace::run(const BuildCommand& command, const MakeLog& log,
                                       const system::Jobserver* jobserver) const {
  auto view = view_;
  if (!command.staged.empty())
    view.binds.push_back(
        {command.staged, places_of(site_->framework).directory_of(id_), system::Access::write});
  const auto temporary = sandbox_->inside(view, view.temporary);
  system::Command inside{.program = "bash",
                         .arguments = {"--norc", "--noprofile", "-c", shell_text, "dkms"},
                         .environment = system::system_environment(),
                         .directory = sandbox_->inside(view, source_),
                         .output = log.descriptor(),
                         .cost = system::Cost::work};
  for (const auto& variable : {"HOME=" + temporary, "TMPDIR=" + temporary})
    inside.environment.push_back(variable);
  inside.environment.insert(inside.environment.end(), environment.begin(), environment.end());
  if (jobserver != nullptr) {
    inside.environment.push_back("MAKEFLAGS=" + jobserver->make_flags());
    inside.passed_descriptors = jobserver->descriptors();
  }
  inside.arguments.insert(inside.arguments.end(), variables.begin(), variables.end());
  inside.arguments.insert(inside.arguments.end(), {"--", command.run});
  const auto confined = KPKG_TRY(sandbox_->confine(inside, view));
  return site_->workspace.runner.run(confined);
}

}  // namespace kpkg::dkmsbuild
