// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/build.hpp"

#include "base/text.hpp"
#include "build/collect.hpp"
#include "build/compiler.hpp"
#include "build/plan.hpp"
#include "build/stale.hpp"
#include "kernel/configuration.hpp"
#include "system/file.hpp"
#include "system/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::build {
namespace {

using std::chrono::milliseconds;

/// A log longer than that is kept, but not searched for its first error.
constexpr std::uint64_t most_log = 256U << 20;

/// One build from its private copy to what it yields. Owns what lives as long as the build.
class Run {
 public:
  Run(const BuildRequest& request, system::Runner& runner, const system::Sandbox& sandbox,
      system::Jobserver& jobserver)
      : request_(request), runner_(runner), sandbox_(sandbox), jobserver_(jobserver) {
    outcome_.log = request.log;
    outcome_.sandbox = sandbox.strength();
  }

  Result<BuildOutcome> run() {
    KPKG_TRY(choose().within("choosing a compiler"));
    KPKG_TRY(copy_source().within("copying the source"));
    view_ = KPKG_TRY(view());
    KPKG_TRY(check_names());
    log_ = KPKG_TRY(system::create_output_file(request_.log));
    auto slot = jobserver_.acquire();
    if (!slot && slot.error().kind != ErrorKind::interrupted) return fail(slot.error());
    outcome_.end = BuildEnd::interrupted;
    if (slot) KPKG_TRY(build());
    return outcome_;
  }

 private:
  std::string source() const { return request_.work + "/source"; }
  std::string temporary() const { return request_.work + "/tmp"; }
  std::string host_path(const std::string& path) const {
    return request_.root == "/" ? path : request_.root + path;
  }

  Status choose() {
    kernel::Configuration configuration;
    for (const std::string name : {"/include/config/auto.conf", "/.config"}) {
      const auto path = host_path(request_.tree.path) + name;
      if (configuration.size() != 0 || !KPKG_TRY(system::status_of(path))) continue;
      configuration = kernel::Configuration::parse(KPKG_TRY(system::read_file(path)));
    }
    const auto kernel = kernel_compiler(configuration);
    const auto names = compiler_names(kernel, request_.cross_prefix);
    const auto choice = KPKG_TRY(choose_compiler(kernel, KPKG_TRY(installed_compilers(runner_, names))));
    make_variables_ = choice.make_variables;
    outcome_.compiler = choice.compiler.version_text;
    if (!choice.note.empty()) outcome_.notes.push_back(choice.note);
    return {};
  }

  Status copy_source() {
    KPKG_TRY(system::make_directories(request_.work));
    KPKG_TRY(system::remove_all(source()));
    KPKG_TRY(system::copy_tree(request_.source, source()));
    outcome_.dropped_products = KPKG_TRY(drop_stale_products(source()));
    if (outcome_.dropped_products > 0)
      outcome_.notes.push_back(fmt::format("the source brought {} of an earlier build, which {} dropped",
                                           counted(outcome_.dropped_products, "product"),
                                           outcome_.dropped_products == 1 ? "was" : "were"));
    KPKG_TRY(system::remove_all(temporary()));
    KPKG_TRY(system::make_directories(temporary()));
    for (const auto& directory : {source(), temporary()})
      KPKG_TRY(system::give_tree(directory, sandbox_.user().user, sandbox_.user().group));
    return {};
  }

  Result<system::SandboxView> view() {
    system::SandboxView view{
        .directory = source(), .directory_inside = request_.source_inside, .temporary = temporary()};
    auto shown = request_.visible;
    if (std::find(shown.begin(), shown.end(), request_.tree.path) == shown.end())
      shown.push_back(request_.tree.path);
    for (const auto& path : shown) {
      // The sandbox shows this machine's own /usr anyway.
      if (request_.root == "/" && path.starts_with("/usr/")) continue;
      if (!KPKG_TRY(system::status_of(host_path(path))))
        return fail(ErrorKind::no_tree, fmt::format("{} is absent, but the tree needs it", host_path(path)),
                    "install the kernel's header package again");
      view.binds.push_back({host_path(path), path, system::Access::read});
    }
    const bool renames = sandbox_.strength() == system::SandboxStrength::namespaces;
    for (const auto& chained : request_.symvers)
      view.binds.push_back(
          {chained.file,
           renames ? fmt::format("/build/symvers/{}/Module.symvers", chained.name) : chained.file,
           system::Access::read});
    return view;
  }

  /// kbuild cannot work in directories whose names hold blanks or colons; make cannot even name them.
  Status check_names() const {
    const auto name = sandbox_.inside(view_, source());
    if (name.find_first_of(" \t\n:") == std::string::npos) return {};
    return fail(ErrorKind::unsupported, fmt::format("kbuild cannot build in \"{}\"", printable(name)),
                "use a directory without blanks and colons, or install the package bubblewrap");
  }

  PlanInputs inputs() const {
    PlanInputs inputs{.tree = request_.tree.path,
                      .source = sandbox_.inside(view_, source()),
                      .temporary = sandbox_.inside(view_, temporary()),
                      .make_variables = make_variables_,
                      .job_flags = jobserver_.make_flags(),
                      .jobs = jobserver_.slots(),
                      .job_descriptors = jobserver_.descriptors()};
    for (const auto& chained : request_.symvers)
      inputs.symvers[chained.name] = sandbox_.inside(view_, chained.file);
    return inputs;
  }

  Status build() {
    auto plan = inputs();
    KPKG_TRY(run_steps(KPKG_TRY(plan_build(request_, plan))));
    if (outcome_.error && outcome_.error->kind == BuildErrorKind::out_of_memory && jobserver_.slots() > 1) {
      outcome_.notes.emplace_back("the machine ran out of memory; tried once more with one job");
      KPKG_TRY(note("trying once more with one job"));
      plan.job_flags.clear();
      plan.job_descriptors.clear();
      plan.jobs = 1;
      search_from_ = KPKG_TRY(log_size());
      KPKG_TRY(run_steps(KPKG_TRY(plan_build(request_, plan))));
    }
    return outcome_.end == BuildEnd::succeeded ? take_modules() : Status{};
  }

  Status run_steps(const std::vector<system::Command>& steps) {
    outcome_.end = BuildEnd::succeeded;
    outcome_.error.reset();
    outcome_.command.clear();
    for (const auto& step : steps) outcome_.command += (outcome_.command.empty() ? "" : "\n") + step.text();
    for (const auto& step : steps) {
      KPKG_TRY(run_step(step));
      if (outcome_.end != BuildEnd::succeeded) return {};
    }
    return {};
  }

  Status run_step(system::Command step) {
    const auto left = std::chrono::duration_cast<milliseconds>(request_.timeout) - outcome_.duration;
    if (left.count() <= 0) {
      outcome_.end = BuildEnd::timed_out;
      return {};
    }
    step.timeout = left;
    step.output = log_.get();
    KPKG_TRY(note(step.text()));
    const auto ended = KPKG_TRY(runner_.run(KPKG_TRY(sandbox_.confine(step, view_))));
    outcome_.duration += ended.duration;
    outcome_.cpu += ended.cpu;
    if (ended.interrupted)
      outcome_.end = BuildEnd::interrupted;
    else if (ended.timed_out)
      outcome_.end = BuildEnd::timed_out;
    else if (ended.status != 0)
      outcome_.end = BuildEnd::failed;
    if (outcome_.end == BuildEnd::timed_out)
      outcome_.error =
          BuildError{.text = fmt::format("the build took longer than {}", duration_text(request_.timeout)),
                     .remedy = {}};
    if (outcome_.end == BuildEnd::failed) return explain(step, ended.status);
    return {};
  }

  Status explain(const system::Command& step, int status) {
    if (KPKG_TRY(log_size()) <= most_log) {
      const auto log = KPKG_TRY(system::read_file(request_.log));
      const auto before = std::min<std::size_t>(search_from_, log.size());
      outcome_.error = first_error(std::string_view(log).substr(before));
      const auto lines_before = std::count(log.data(), log.data() + before, '\n');
      if (outcome_.error) outcome_.error->log_line += static_cast<unsigned>(lines_before);
    }
    if (!outcome_.error)
      outcome_.error =
          BuildError{.text = fmt::format("{} ended with status {}", step.program, status), .remedy = {}};
    return {};
  }

  Status take_modules() {
    const auto& directory = request_.build.directory;
    auto collection = KPKG_TRY(
        collect(source(), directory.empty() ? source() : source() + "/" + directory, request_.modules));
    outcome_.modules = std::move(collection.modules);
    outcome_.symvers = std::move(collection.symvers);
    outcome_.error = std::move(collection.problem);
    if (outcome_.error) outcome_.end = BuildEnd::incomplete;
    return {};
  }

  Status note(const std::string& text) {
    return system::write_all(log_.get(), "kpkg: " + text + "\n", request_.log);
  }

  Result<std::uint64_t> log_size() const {
    const auto status = KPKG_TRY(system::status_of(request_.log));
    return status ? status->size : 0;
  }

  const BuildRequest& request_;
  system::Runner& runner_;
  const system::Sandbox& sandbox_;
  system::Jobserver& jobserver_;
  system::SandboxView view_;
  system::Fd log_;
  std::uint64_t search_from_ = 0;
  std::vector<std::string> make_variables_;
  BuildOutcome outcome_;
};

}  // namespace

std::string_view name_of(BuildEnd end) {
  switch (end) {
    case BuildEnd::succeeded: return "succeeded";
    case BuildEnd::failed: return "failed";
    case BuildEnd::incomplete: return "incomplete";
    case BuildEnd::timed_out: return "timed_out";
    case BuildEnd::interrupted: return "interrupted";
  }
  return "unknown";
}

Result<BuildOutcome> run_build(const BuildRequest& request, system::Runner& runner,
                               const system::Sandbox& sandbox, system::Jobserver& jobserver) {
  if (request.tree.path.empty())
    return fail(ErrorKind::no_tree, fmt::format("there is no tree for kernel {}", request.release),
                "install the kernel's header package");
  return Run(request, runner, sandbox, jobserver)
      .run()
      .within(fmt::format("building {} for {}", request.name, request.release));
}

}  // namespace kpkg::build
