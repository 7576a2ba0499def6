// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/installer.hpp"

#include "base/text.hpp"
#include "dkmsbuild/build_environment.hpp"
#include "dkmsbuild/depmod.hpp"
#include "dkmsbuild/file_changes.hpp"
#include "dkmsbuild/loading.hpp"
#include "dkmsbuild/originals.hpp"
#include "dkmsbuild/records.hpp"
#include "dkmsbuild/script.hpp"
#include "dkmsbuild/uninstaller.hpp"
#include "dkmsbuild/version_sanity.hpp"
#include "dkmstree/change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// DKMS's exit statuses. Source: dkms 3.4.3, observed.
constexpr ExitStatus status_installed = 5;
constexpr ExitStatus status_aborted = 6;
constexpr ExitStatus status_pre_install = 101;

constexpr std::string_view may_force = "You may override by specifying --force.";

/// Ubuntu's list of modules that are installed by force.
constexpr const char* forced_list = "/usr/share/dkms/modules_to_force_install";

}  // namespace

Installer::Installer(const Site& site, ConfReader& reader, const Choices& choices, const Task& task)
    : site_(site), reader_(reader), choices_(choices), task_(task), places_(places_of(site.framework)) {}

Result<ExitStatus> Installer::install() {
  heed_forced_list();
  const auto modules = fmt::format("{}/{}", site_.framework.install_tree, task_.id.target.kernel);
  if (!KPKG_TRY(site_.workspace.root.real_path(modules))) {
    say_error(site_.printer, {fmt::format("The directory {} doesn't exist.", modules),
                              "You cannot install a module onto a non-existent kernel."});
    return status_aborted;
  }
  files_ = ModuleFiles::find(site_, task_.id.target.kernel);
  const auto reading =
      KPKG_TRY(reader_.read_or_refuse(conf_request(task_, dkmsconf::Purpose::changing), site_.printer));
  if (reading.status != 0) return reading.status;
  const auto& conf = reading.conf;
  auto status = KPKG_TRY(check(conf));
  if (status == 0) status = KPKG_TRY(run_pre_install(conf));
  if (status == 0) status = KPKG_TRY(choose(conf));
  if (status != 0) return status;
  KPKG_TRY(put_files());
  KPKG_TRY(link());
  const Script script{.type = "post_install",
                      .words = conf.scripts.post_install,
                      .environment = script_environment(task_, toolchain_)};
  KPKG_TRY(run_script(site_, task_.id.of(), script));
  status = KPKG_TRY(index(conf));
  if (status == 0 && choices_.depmod != Depmod::later)
    KPKG_TRY(load_for_devices(site_, task_.id.target.kernel));
  return status;
}

void Installer::heed_forced_list() {
  const auto entries = site_.workspace.root.list(forced_list);
  if (!entries || !*entries) return;
  for (const auto& entry : **entries) {
    const auto text = site_.workspace.root.read(fmt::format("{}/{}", forced_list, entry.name));
    for (const auto& word : words(text ? *text : std::string())) {
      if (word == task_.id.module) {
        choices_.force = Force::yes;
        return say_line(site_.printer, "Forcing installation of " + task_.id.module);
      }
      if (word == task_.id.module + "_version-override") {
        choices_.version_override = Force::yes;
        return say_line(site_.printer, "Forcing version override of " + task_.id.module);
      }
    }
  }
}

Result<ExitStatus> Installer::check(const dkmsconf::Conf& conf) {
  const auto& root = site_.workspace.root;
  const auto built = directory() + "/module";
  for (const auto& module : conf.modules) {
    if (module.is_excluded) continue;
    auto file = KPKG_TRY(module_file(root, built, module.installed_name, files_.suffix()));
    if (file.empty()) {
      say_error(site_.printer, {fmt::format("Missing module {} in {}", module.installed_name, built)});
      return status_aborted;
    }
    const auto name = file.substr(file.rfind('/') + 1);
    auto destination = fmt::format("{}/{}{}/{}", site_.framework.install_tree, task_.id.target.kernel,
                                   module.installed_location, name);
    chosen_.push_back({module, std::move(file), std::move(destination)});
  }
  const auto now = KPKG_TRY(dkmstree::read_module(root, places_, task_.id.module));
  if (now.is_installed(task_.id.version, task_.id.target)) {
    say_error(site_.printer,
              {fmt::format("This module/version combo is already installed for kernel {} ({}).",
                           task_.id.target.kernel, task_.id.target.arch)});
    return status_installed;
  }
  if (choices_.safe_upgrade == Force::yes) choices_.force = Force::yes;
  return 0;
}

Result<ExitStatus> Installer::run_pre_install(const dkmsconf::Conf& conf) {
  const auto place = KPKG_TRY(kernel_place(site_, task_));
  toolchain_ = KPKG_TRY(find_toolchain(site_, place));
  const Script script{.type = "pre_install",
                      .words = conf.scripts.pre_install,
                      .environment = script_environment(task_, toolchain_)};
  const auto status = KPKG_TRY(run_script(site_, task_.id.of(), script));
  if (status == 0 || is_forced()) return 0;
  say_error(site_.printer, {"pre_install failed, aborting install.", may_force});
  return status_pre_install;
}

/// Leaves those that may be installed.
Result<ExitStatus> Installer::choose(const dkmsconf::Conf& conf) {
  const bool had_modules = !conf.modules.empty();
  std::vector<Chosen> sane;
  for (auto& chosen : chosen_) {
    const Candidate candidate{
        .name = chosen.module.installed_name, .file = chosen.file, .obsolete_by = conf.obsolete_by};
    if (KPKG_TRY(is_sane(site_, task_.id.target.kernel, files_, candidate, choices_)))
      sane.push_back(std::move(chosen));
  }
  chosen_ = std::move(sane);
  if (had_modules && chosen_.empty()) {
    say_error(site_.printer, {"Installation aborted."});
    return status_aborted;
  }
  const auto status = check_recipes();
  return status != 0 ? Result<ExitStatus>(status) : judge();
}

/// What a recipe of kpkg installed is taken away by kpkg.
ExitStatus Installer::check_recipes() const {
  const auto own = fmt::format("{}/{}/updates/kpkg/", site_.framework.install_tree, task_.id.target.kernel);
  for (const auto& chosen : chosen_)
    for (const auto& file : files_.named(chosen.module.installed_name)) {
      if (!file.starts_with(own) || is_forced()) continue;
      say_error(site_.printer,
                {"Installation aborted.",
                 fmt::format("{} is there of a recipe of kpkg: see kpkg status.", file), may_force});
      return status_aborted;
    }
  return 0;
}

Result<ExitStatus> Installer::judge() {
  const auto& kernel = task_.id.target.kernel;
  std::vector<JudgedFile> files;
  for (const auto& chosen : chosen_) {
    auto bytes = KPKG_TRY(site_.workspace.root.read(chosen.file, largest_module));
    files.push_back(judged_file(chosen.file.substr(chosen.file.rfind('/') + 1), std::move(bytes)));
  }
  const auto judgement = KPKG_TRY(judge_files(site_, kernel, files));
  KPKG_TRY(record_verdicts(site_, kernel, files, judgement, is_forced() ? "--force" : ""));
  std::vector<Refused> refused;
  bool can_do_without = true;
  for (std::size_t index = 0; index < judgement.verdicts.size(); ++index) {
    auto reasons = blocking_lines(judgement.verdicts[index], files.at(index).name);
    if (reasons.empty()) continue;
    refused.push_back({index, std::move(reasons)});
    can_do_without = can_do_without && only_lacks_symbols(judgement.verdicts[index]);
  }
  if (refused.empty()) return 0;
  if (is_forced()) {
    for (const auto& each : refused) say_reasons(each, "Warning: ");
    return 0;
  }
  if (can_do_without && refused.size() < chosen_.size()) {
    leave_out(refused);
    return 0;
  }
  say_error(site_.printer, {"Installation aborted."});
  for (const auto& each : refused) say_reasons(each, "");
  site_.printer.say(Stream::errors, fmt::format("{}\n", may_force));
  return status_aborted;
}

void Installer::say_reasons(const Refused& refused, std::string_view before) {
  for (const auto& reason : refused.reasons)
    site_.printer.say(Stream::errors, fmt::format("{}{}\n", before, reason));
}

/// From the last on, so that the others keep their places.
void Installer::leave_out(const std::vector<Refused>& refused) {
  for (const auto& each : refused) {
    const auto& file = chosen_.at(each.index).file;
    say_error(site_.printer, {fmt::format("{} is not installed.", file.substr(file.rfind('/') + 1))});
    say_reasons(each, "");
    site_.printer.say(Stream::errors, fmt::format("{}\n", may_force));
  }
  for (auto each = refused.rbegin(); each != refused.rend(); ++each)
    chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(each->index));
}

Status Installer::prepare_place(const Chosen& chosen, First first) {
  const Newcomer newcomer{.name = chosen.module.installed_name,
                          .location = chosen.module.installed_location,
                          .suffix = files_.suffix()};
  if (first == First::no && KPKG_TRY(is_archived(site_, task_.id, newcomer)))
    say_line(site_.printer, "An original module was already stored during a previous install");
  if (first == First::yes) {
    const auto file = KPKG_TRY(file_to_archive(site_, task_.id.target.kernel, files_, newcomer));
    if (file) KPKG_TRY(archive(site_, task_.id, *file));
    if (file && *file != chosen.destination) KPKG_TRY(site_.workspace.root.remove(*file));
  }
  say_line(site_.printer, "Installing " + chosen.destination);
  return {};
}

Status Installer::put_files() {
  const auto active = places_.installed_link_of(task_.id.module, task_.id.target);
  const auto status = KPKG_TRY(site_.workspace.root.status(active));
  const auto first = status && status->type == system::FileType::link ? First::no : First::yes;
  for (const auto& chosen : chosen_) KPKG_TRY(prepare_place(chosen, first));
  KPKG_TRY(mark_pending(site_, task_.id.target, choices_.depmod));
  if (!site_.framework.symlink_modules.empty()) return put_links();
  FileChanges changes{.module = task_.id.module,
                      .version = task_.id.version,
                      .kernel = task_.id.target.kernel,
                      .puts = {},
                      .removals = {}};
  for (const auto& chosen : chosen_)
    changes.puts.push_back({chosen.module.installed_name, chosen.file, chosen.destination});
  return change_files(site_, changes);
}

Status Installer::put_links() {
  const auto& root = site_.workspace.root;
  for (const auto& chosen : chosen_) {
    const auto hidden = dkmstree::hidden_beside(chosen.destination);
    KPKG_TRY(root.make_directories(chosen.destination.substr(0, chosen.destination.rfind('/'))));
    KPKG_TRY(root.remove_tree(hidden));
    KPKG_TRY(root.make_link(chosen.file, hidden));
    KPKG_TRY(root.rename(hidden, chosen.destination));
  }
  return {};
}

Status Installer::link() {
  const auto& root = site_.workspace.root;
  const auto now = KPKG_TRY(dkmstree::read_module(root, places_, task_.id.module));
  const auto steps = KPKG_TRY(dkmstree::steps_to_link(places_, now, task_.id));
  return dkmstree::perform(root, steps);
}

Result<ExitStatus> Installer::index(const dkmsconf::Conf& conf) {
  const auto status = KPKG_TRY(run_depmod(site_, task_.id.target.kernel, conf.package_name, choices_.depmod));
  if (status == 0 && choices_.depmod == Depmod::later) return 0;
  if (status == 0) {
    KPKG_TRY(clear_pending(site_, task_.id.target));
    return 0;
  }
  KPKG_TRY(Uninstaller(site_, reader_, choices_, task_).take_back());
  return status_aborted;
}

}  // namespace kpkg::dkmsbuild
