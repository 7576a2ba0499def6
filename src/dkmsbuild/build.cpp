// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/build.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "dkmsbuild/build_environment.hpp"
#include "dkmsbuild/invocation.hpp"
#include "dkmsbuild/module_files.hpp"
#include "dkmsbuild/script.hpp"
#include "dkmstree/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// DKMS's exit statuses. Source: dkms 3.4.3, observed.
constexpr ExitStatus status_bad_patch = 5;
constexpr ExitStatus status_patch_failed = 6;
constexpr ExitStatus status_no_module = 7;
constexpr ExitStatus status_make_failed = 10;
constexpr ExitStatus status_depends = 13;

/// Of what DKMS has no status for.
constexpr ExitStatus status_stopped = 1;

Result<bool> is_installed(const Site& site, const std::string& module, const dkmstree::Target& target) {
  const auto now = dkmstree::read_module(site.workspace.root, places_of(site.framework), module);
  if (!now && now.error().kind == ErrorKind::invalid) return false;
  if (!now) return fail(now.error());
  return std::any_of(now->versions.begin(), now->versions.end(), [&](const dkmstree::Version& version) {
    const auto* build = version.build_for(target);
    return build != nullptr && build->has_modules && now->is_installed(version.version, target);
  });
}

/// Whether a command of the configuration names the source where it lies. Few do, and they may build there.
bool names_source(const dkmsconf::Conf& conf, const std::string& source, const std::string& link) {
  const auto names = [&](std::string_view command) {
    const std::array<std::string_view, 3> words = {source, link, "source_tree"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return command.find(word) != std::string_view::npos; });
  };
  return names(conf.make_command) || names(conf.scripts.pre_build) || names(conf.scripts.post_build);
}

}  // namespace

Result<std::vector<dkmstree::Dependency>> dependency_versions(const Site& site, const dkmsconf::Conf& conf) {
  std::vector<dkmstree::Dependency> versions;
  for (const auto& name : conf.build_depends) {
    const auto now = dkmstree::read_module(site.workspace.root, places_of(site.framework), name);
    if (!now && now.error().kind == ErrorKind::invalid) continue;
    if (!now) return fail(now.error());
    std::string highest;
    for (const auto& version : now->versions)
      if ((version.is_added() || version.is_broken()) &&
          (highest.empty() || compare_versions(version.version, highest) > 0))
        highest = version.version;
    if (!highest.empty()) versions.push_back({name, highest});
  }
  return versions;
}

Build::Build(const Site& site, Task task, Force force)
    : site_(site),
      task_(std::move(task)),
      force_(force),
      build_place_(places_of(site.framework).build_place_of(task_.id.of())) {}

Result<ExitStatus> Build::begin(dkmsconf::Conf conf, std::optional<Signing> signing) {
  conf_ = std::move(conf);
  place_ = KPKG_TRY(kernel_place(site_, task_));
  toolchain_ = KPKG_TRY(find_toolchain(site_, place_));
  auto suffix = ModuleFiles::find(site_, task_.id.target.kernel).suffix();
  sandbox_ = KPKG_TRY(site_.sandbox());
  const auto status = KPKG_TRY(check_depends());
  if (status != 0) return status;
  KPKG_TRY(site_.workspace.root.remove_tree(build_place_));
  workplace_ = std::make_unique<Workplace>(KPKG_TRY(Workplace::make(site_, task_, place_, *sandbox_)));
  const auto places = places_of(site_.framework);
  if (names_source(conf_, places.source_of(task_.id.of()), places.source_link_of(task_.id.of())))
    KPKG_TRY(workplace_->lend_source());
  log_ = std::make_unique<MakeLog>(KPKG_TRY(MakeLog::create(workplace_->own() + "/make.log")));
  KPKG_TRY(prepare_environment());
  polish_ = {.signing = std::move(signing), .suffix = std::move(suffix), .compiler = toolchain_.compiler};
  return 0;
}

Result<ExitStatus> Build::check_depends() {
  std::string missing;
  for (const auto& name : conf_.build_depends)
    if (!KPKG_TRY(is_installed(site_, name, task_.id.target))) missing += " " + name;
  if (missing.empty()) return 0;
  const auto what = fmt::format("module {} for kernel {} ({})", task_.id.of().text(), task_.id.target.kernel,
                                task_.id.target.arch);
  if (force_ == Force::yes) {
    say_warning(site_.printer,
                {fmt::format("Trying to build {} despite of missing BUILD_DEPENDS:{}.", what, missing)});
    return 0;
  }
  say_error(site_.printer,
            {fmt::format("Aborting build of {} due to missing BUILD_DEPENDS:{}.", what, missing),
             "You may override by specifying --force."});
  return status_depends;
}

/// What the shell of DKMS has exported, and what else it knows when it evaluates a command.
Status Build::prepare_environment() {
  const auto& framework = site_.framework;
  workplace_->environment = script_environment(task_, toolchain_);
  workplace_->variables = {"dkms_tree=" + framework.dkms_tree,
                           "source_tree=" + framework.source_tree,
                           "install_tree=" + framework.install_tree,
                           "kernel_source_dir=" + place_.source_dir,
                           "kernel_config=" + place_.config,
                           "parallel_jobs=" + framework.parallel_jobs,
                           "tmp_location=/tmp",
                           "verbose=" + framework.verbose};
  if (!framework.build_environment.empty()) {
    const auto more = KPKG_TRY(exported_by(site_, framework.build_environment, *sandbox_));
    workplace_->environment.insert(workplace_->environment.end(), more.begin(), more.end());
    for (const auto& variable : more)
      if (variable.starts_with("CC=")) toolchain_.compiler = variable.substr(3);
  }
  const auto date =
      KPKG_TRY(site_.workspace.runner.run({.program = "date", .environment = system::system_environment()}));
  return log_->write(log_head(task_.id, trimmed(date.output)));
}

std::string Build::make_command() const {
  return dkmsconf::command_with_jobs(conf_.make_command, site_.framework.parallel_jobs,
                                     task_.id.target.kernel);
}

Result<ExitStatus> Build::run(const system::Jobserver* jobserver) {
  auto status = build(jobserver);
  status_ = status ? *status : status_stopped;
  return status;
}

Result<ExitStatus> Build::build(const system::Jobserver* jobserver) {
  const std::array<std::function<Result<ExitStatus>()>, 6> phases = {
      [&] { return patch(); },          [&] { return run_script("pre_build", conf_.scripts.pre_build, {}); },
      [&] { return make(jobserver); },  [&] { return check_modules(); },
      [&] { return finish_modules(); }, [&] { return run_post_build(); }};
  for (const auto& phase : phases) {
    const auto status = KPKG_TRY(phase());
    if (status != 0) return status;
  }
  return 0;
}

Result<ExitStatus> Build::invoke(const BuildCommand& command, const std::string& description,
                                 const system::Jobserver* jobserver) {
  const Invocation invocation{.command = command.shown,
                              .description = description,
                              .package = conf_.package_name,
                              .is_verbose = !site_.framework.verbose.empty()};
  return dkmsbuild::invoke(invocation, site_.printer, [&]() -> Result<ExitStatus> {
    KPKG_TRY(log_->write(frame_before(description, command.shown)));
    const auto outcome = KPKG_TRY(workplace_->run(command, *log_, jobserver));
    if (outcome.interrupted) return fail(ErrorKind::interrupted, "interrupted while building");
    KPKG_TRY(log_->write(frame_after(outcome.status, outcome.duration)));
    duration_ += outcome.duration;
    cpu_ += outcome.cpu;
    return outcome.status;
  });
}

ExitStatus Build::give_up(ExitStatus status, std::initializer_list<std::string_view> lines) const {
  say_error(site_.printer, lines);
  return status;
}

Result<ExitStatus> Build::patch() {
  for (const auto& name : conf_.patches) {
    if (("patches/" + name).find("/../") != std::string::npos)
      return give_up(status_bad_patch, {fmt::format("Patch {} as specified in dkms.conf contains '..' path "
                                                    "component.",
                                                    name)});
    const auto root = KPKG_TRY(system::Root::open(workplace_->source()));
    if (!KPKG_TRY(root.real_path("/patches/" + name)))
      return give_up(status_bad_patch, {fmt::format("Patch {} as specified in dkms.conf cannot be", name),
                                        fmt::format("found in {}/patches/.", build_place_)});
    const auto command = fmt::format("patch -p1 < ./patches/{}", name);
    const auto status =
        KPKG_TRY(invoke({.shown = command, .run = command, .staged = {}}, "Applying patch " + name, nullptr));
    if (status != 0)
      return give_up(status_patch_failed, {fmt::format("Application of patch {} failed.", name),
                                           fmt::format("Consult {} for more information.", told_log())});
  }
  return 0;
}

Result<ExitStatus> Build::run_script(const char* type, const std::string& words, const std::string& staged) {
  if (words.empty()) return 0;
  const auto own = KPKG_TRY(own_script(site_.workspace.root, task_.id.module, words));
  const auto place = own.value_or(ScriptPlace{build_place_, fmt::format("{}/{}", build_place_, words)});
  const auto built = KPKG_TRY(system::Root::open(workplace_->source()));
  if (!own && !KPKG_TRY(is_executable(built, "/" + first_word(words)))) {
    say_not_executable(site_.printer, type);
    return 0;
  }
  const auto command = fmt::format("cd {}/ && {}", place.directory, place.call);
  const auto status = KPKG_TRY(invoke({.shown = command, .run = command, .staged = staged},
                                      fmt::format("Running the {} script", type), nullptr));
  if (status != 0) say_line(site_.printer, fmt::format("Consult {} for more information.", told_log()));
  return status;
}

Result<ExitStatus> Build::make(const system::Jobserver* jobserver) {
  const auto shown = make_command();
  // -j beside a jobserver would make a new one.
  const bool takes_jobs = jobserver != nullptr && shown != conf_.make_command;
  const auto run = takes_jobs ? fmt::format("make KERNELRELEASE={}{}", task_.id.target.kernel,
                                            std::string_view(conf_.make_command).substr(4))
                              : shown;
  const auto status = KPKG_TRY(invoke({.shown = shown, .run = run, .staged = {}}, "Building module(s)",
                                      takes_jobs ? jobserver : nullptr));
  if (status == 0) return 0;
  return give_up(status_make_failed, {fmt::format("Bad return status for module build on kernel: {} ({})",
                                                  task_.id.target.kernel, task_.id.target.arch),
                                      fmt::format("Consult {} for more information.", told_log())});
}

Result<ExitStatus> Build::check_modules() {
  const auto root = KPKG_TRY(system::Root::open(workplace_->source()));
  for (const auto& module : conf_.modules) {
    const auto file = built_file(module);
    if (module.is_excluded || KPKG_TRY(root.real_path(file))) continue;
    return give_up(status_no_module, {fmt::format("Build of {} failed for: {} ({})", file.substr(1),
                                                  task_.id.target.kernel, task_.id.target.arch),
                                      "Make sure the name and location of the generated module are correct,",
                                      fmt::format("or consult {} for more information.", told_log())});
  }
  return 0;
}

Result<ExitStatus> Build::finish_modules() {
  dkmstree::NewBuild made{.id = task_.id, .modules = {}, .symvers = {}, .log = {}, .dependencies = {}};
  made.symvers = KPKG_TRY(built_bytes(*workplace_, "/Module.symvers"));
  for (const auto& module : conf_.modules) {
    if (module.is_excluded) continue;
    auto file = KPKG_TRY(polished(site_, *workplace_, module, polish_, build_place_));
    if (!file)
      return give_up(status_no_module, {fmt::format("Missing module '{}' in {}/module", module.installed_name,
                                                    places_of(site_.framework).directory_of(task_.id))});
    made.modules.push_back(*std::move(file));
  }
  made_ = std::move(made);
  return 0;
}

/// The script finds the build where it will be, and may change it there.
Result<ExitStatus> Build::run_post_build() {
  if (conf_.scripts.post_build.empty()) return 0;
  const auto staged = workplace_->own() + "/staged";
  for (const auto* part : {"/module", "/log"}) KPKG_TRY(system::make_directories(staged + part));
  for (const auto& module : made_->modules)
    KPKG_TRY(system::write_file(staged + "/module/" + module.name, module.bytes));
  if (made_->symvers) KPKG_TRY(system::write_file(staged + "/module/Module.symvers", *made_->symvers));
  KPKG_TRY(system::give_tree(staged, sandbox_->user().user, sandbox_->user().group));
  const bool is_seen = sandbox_->strength() == system::SandboxStrength::namespaces;
  const auto status =
      KPKG_TRY(run_script("post_build", conf_.scripts.post_build, is_seen ? staged : std::string()));
  const auto root = KPKG_TRY(system::Root::open(staged));
  for (auto& module : made_->modules)
    if (auto bytes = KPKG_TRY(root.read_if_present("/module/" + module.name)))
      module.bytes = *std::move(bytes);
  return status;
}

Result<ExitStatus> Build::take() {
  const auto& root = site_.workspace.root;
  const auto places = places_of(site_.framework);
  auto log = KPKG_TRY(system::read_file(log_->path(), largest_log));
  if (made_) {
    auto build = *std::move(made_);
    if (status_ == 0) build.log = std::exchange(log, std::string());
    if (conf_.is_rebuilt_after_these && force_ == Force::no && status_ == 0)
      build.dependencies = KPKG_TRY(dependency_versions(site_, conf_));
    const auto now = KPKG_TRY(dkmstree::read_module(root, places, task_.id.module));
    const auto steps = KPKG_TRY(dkmstree::steps_to_put(places, now, std::move(build)));
    KPKG_TRY(dkmstree::perform(root, steps));
  }
  if (status_ != 0) {
    const auto now = KPKG_TRY(dkmstree::read_module(root, places, task_.id.module));
    const auto steps = KPKG_TRY(dkmstree::steps_to_leave_log(places, now, task_.id.of(), std::move(log)));
    KPKG_TRY(dkmstree::perform(root, steps));
  }
  return status_;
}

}  // namespace kpkg::dkmsbuild
