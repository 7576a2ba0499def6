// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/core.hpp"

#include "dkmsbuild/depmod.hpp"
#include "dkmsbuild/installer.hpp"
#include "dkmsbuild/records.hpp"
#include "dkmsbuild/uninstaller.hpp"
#include "dkmstree/change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// DKMS's exit statuses. Source: dkms 3.4.3, observed.
constexpr ExitStatus status_is_there = 3;
constexpr ExitStatus status_no_source = 8;

/// A tarball without sources leaves no more than a dkms.conf.
Result<ExitStatus> check_source(const Site& site, const std::string& source) {
  const auto entries = KPKG_TRY(site.workspace.root.list(source));
  const auto visible = entries ? std::count_if(entries->begin(), entries->end(),
                                               [](const auto& entry) { return !entry.name.starts_with('.'); })
                               : 0;
  if (visible >= 2) return 0;
  say_error(site.printer,
            {fmt::format("The directory {} does not appear to have module source located within it.", source),
             "Build halted."});
  return status_no_source;
}

}  // namespace

Result<bool> Core::is_built(const Task& task) const {
  const auto now = KPKG_TRY(module_of(task));
  const auto* version = now.version_of(task.id.version);
  const auto* build = version == nullptr ? nullptr : version->build_for(task.id.target);
  return build != nullptr && build->has_modules;
}

Result<bool> Core::is_installed(const Task& task) const {
  const auto now = KPKG_TRY(module_of(task));
  return KPKG_TRY(is_built(task)) && now.is_installed(task.id.version, task.id.target);
}

Result<ExitStatus> Core::prepare(const Site& site, const Task& task) {
  if (prepared_ && prepared_->target == task.id.target) return 0;
  const auto place = KPKG_TRY(kernel_place(site, task));
  const auto status = KPKG_TRY(check_headers(site, task, place));
  if (status != 0) return status;
  auto signing = KPKG_TRY(prepare_signing(site, task));
  prepared_ = Prepared{task.id.target, std::move(signing)};
  site.printer.say(Stream::output, "\n");
  return 0;
}

Result<ExitStatus> Core::build_or_skip(const Task& task) {
  if (KPKG_TRY(is_built(task))) {
    if (!is_forced()) {
      say_line(site_.printer,
               fmt::format("Module {} already built for kernel {} ({}), skip. You may override by specifying "
                           "--force.",
                           task.id.of().text(), task.id.target.kernel, task.id.target.arch));
      return 0;
    }
    KPKG_TRY(drop_build(task));
  }
  return build(task);
}

/// Everything that DKMS does before it patches the source.
Result<ExitStatus> Core::begin(const Site& site, const Task& task, Build& build) {
  const auto now = KPKG_TRY(module_of(task));
  const auto* version = now.version_of(task.id.version);
  if (version == nullptr || !version->is_added()) {
    const auto added = KPKG_TRY(adder_(task));
    if (added != 0) return added;
    site.printer.say(Stream::output, "\n");
  }
  const auto place = places_.directory_of(task.id);
  if (KPKG_TRY(site.workspace.root.real_path(place))) {
    say_error(site.printer,
              {fmt::format("This module/version has already been built on: {}", task.id.target.kernel),
               fmt::format("Directory {} already exists. Use the dkms remove function before trying to build "
                           "again.",
                           place)});
    return status_is_there;
  }
  const auto request = conf_request(task, dkmsconf::Purpose::changing);
  auto reading = KPKG_TRY(reader_.read_or_refuse(request, site.printer));
  if (reading.status != 0) return reading.status;
  const auto exclusion = dkmsconf::exclusion_of(reading.conf, request, site.framework);
  if (exclusion) {
    site.printer.say(exclusion->remark.stream, exclusion->remark.text);
    return exclusion->status;
  }
  auto status = KPKG_TRY(check_source(site, places_.source_link_of(task.id.of())));
  if (status == 0) status = KPKG_TRY(prepare(site, task));
  if (status != 0) return status;
  return build.begin(std::move(reading.conf), prepared_->signing);
}

/// What is to be done once the build has run.
Result<ExitStatus> Core::finish(const Task& task, Build& build, std::int64_t started) {
  const auto status = KPKG_TRY(build.take());
  KPKG_TRY(record_build(site_, task, build, status, started));
  return status;
}

/// A build that was stopped leaves its log as one that failed does.
Result<ExitStatus> Core::give_up(Build& build, const Error& error) {
  drop(build.take(), "that it was stopped is what counts");
  return fail(error);
}

Result<ExitStatus> Core::build(const Task& task) {
  if (ahead_.count(task.id) != 0) return build_expected(task);
  Build build(site_, task, choices_.force);
  const auto started = site_.workspace.clock();
  const auto begun = KPKG_TRY(begin(site_, task, build));
  if (begun != 0) return begun;
  const auto ended = build.run(nullptr);
  if (!ended) return give_up(build, ended.error());
  return finish(task, build, started);
}

Result<ExitStatus> Core::install_or_skip(const Task& task) {
  if (KPKG_TRY(is_installed(task))) {
    if (!is_forced()) {
      say_line(site_.printer,
               fmt::format("Module {} already installed on kernel {} ({}), skip. You may override by "
                           "specifying --force.",
                           task.id.of().text(), task.id.target.kernel, task.id.target.arch));
      KPKG_TRY(heal_index(site_, task.id.target));
      return 0;
    }
    const auto status = KPKG_TRY(Uninstaller(site_, reader_, choices_, task).uninstall());
    if (status != 0) return status;
    site_.printer.say(Stream::output, "\n");
  }
  return install(task);
}

Result<ExitStatus> Core::install(const Task& task) {
  if (!KPKG_TRY(is_built(task))) {
    const auto built = KPKG_TRY(build(task));
    if (built != 0) return built;
  }
  return install_built(task);
}

Result<ExitStatus> Core::install_built(const Task& task) {
  const auto status = KPKG_TRY(Installer(site_, reader_, choices_, task).install());
  return status != 0 ? Result<ExitStatus>(status) : rebuild_dependents(task.id.target);
}

Result<ExitStatus> Core::uninstall_or_skip(const Task& task) {
  if (KPKG_TRY(is_installed(task))) return Uninstaller(site_, reader_, choices_, task).uninstall();
  // What may be excluded from the kernel is no news.
  const auto conf = reader_.read_silently(conf_request(task, dkmsconf::Purpose::looking));
  if (conf && conf->has_exclusions) return 0;
  say_line(site_.printer, fmt::format("Module {} is not installed for kernel {} ({}). Skipping...",
                                      task.id.of().text(), task.id.target.kernel, task.id.target.arch));
  return 0;
}

Result<ExitStatus> Core::unbuild_or_skip(const Task& task) {
  if (KPKG_TRY(is_built(task))) {
    KPKG_TRY(drop_build(task));
    return 0;
  }
  say_line(site_.printer, fmt::format("Module {} is not built for kernel {} ({}). Skipping...",
                                      task.id.of().text(), task.id.target.kernel, task.id.target.arch));
  return 0;
}

/// The build is no longer installed when this is called, unless it is built again by force: DKMS then leaves
/// the link, and the new build is the installed one.
Status Core::drop_build(const Task& task) {
  const auto& root = site_.workspace.root;
  auto now = KPKG_TRY(module_of(task));
  const auto place = places_.directory_of(task.id);
  if (now.is_installed(task.id.version, task.id.target)) {
    KPKG_TRY(root.remove_tree(place));
    return root.remove_if_empty(place.substr(0, place.rfind('/')));
  }
  const auto steps = KPKG_TRY(dkmstree::steps_to_drop(places_, now, task.id));
  return dkmstree::perform(root, steps);
}

}  // namespace kpkg::dkmsbuild
