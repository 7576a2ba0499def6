// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/run.hpp"

#include "base/text.hpp"
#include "distro/distribution.hpp"
#include "dkms/actions.hpp"
#include "dkms/checks.hpp"
#include "dkms/frameworks.hpp"
#include "dkms/rights.hpp"
#include "dkms/stream_printer.hpp"
#include "dkms/targets.hpp"
#include "dkmsbuild/script.hpp"
#include "system/console.hpp"
#include "system/interruption.hpp"
#include "workflow/root_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace kpkg::dkms {
namespace {

using dkmsbuild::Depmod;
using dkmsbuild::Engine;
using dkmsbuild::Force;
using dkmsconf::Framework;
using dkmsconf::Refusal;
using dkmsconf::Stream;

constexpr ExitStatus failure = 1;
constexpr ExitStatus interruption = 130;

struct Action {
  std::string_view name;
  Result<ExitStatus> (*run)(const Context&, Engine&);
};

/// What changes something.
constexpr std::array<Action, 14> actions = {{{"add", run_add},
                                             {"build", run_build},
                                             {"install", run_install},
                                             {"uninstall", run_uninstall},
                                             {"unbuild", run_unbuild},
                                             {"remove", run_remove},
                                             {"autoinstall", run_autoinstall},
                                             {"match", run_match},
                                             {"mktarball", run_make_tarball},
                                             {"ldtarball", run_load_tarball},
                                             {"generate_mok", run_generate_key},
                                             {"kernel_preinst", run_kernel_preinst},
                                             {"kernel_postinst", run_autoinstall},
                                             {"kernel_prerm", run_kernel_prerm}}};

/// Tells what a command waited for, or found and put right.
class Telling : public workflow::Observer {
 public:
  explicit Telling(dkmsbuild::Printer& printer) : printer_(printer) {}

  void on(const workflow::Event& event) override {
    if (event.kind == workflow::EventKind::warning) dkmsbuild::say_warning(printer_, {event.text});
    if (event.kind == workflow::EventKind::note && event.stage == workflow::Stage::wait)
      printer_.say(Stream::errors, fmt::format("{}\n", event.text));
  }

 private:
  dkmsbuild::Printer& printer_;
};

/// The sandbox, chosen when it is asked for.
class LazySandbox {
 public:
  explicit LazySandbox(system::Runner& runner) : runner_(runner) {}

  Result<const system::Sandbox*> get() {
    if (!sandbox_) sandbox_ = KPKG_TRY(system::Sandbox::choose(runner_));
    return &*sandbox_;
  }

 private:
  system::Runner& runner_;
  std::optional<system::Sandbox> sandbox_;
};

bool is_for_kernel_packages(std::string_view action) {
  return action.starts_with("kernel_");
}

dkmsbuild::Choices choices_of(const Arguments& arguments) {
  const auto forced = [](bool is_wanted) { return is_wanted ? Force::yes : Force::no; };
  const bool is_removal = arguments.action == "kernel_preinst" || arguments.action == "kernel_prerm";
  return {.force = forced(arguments.is_forced),
          .version_override = forced(arguments.overrides_versions),
          .safe_upgrade = forced(arguments.is_safe_upgrade),
          .depmod = is_removal               ? Depmod::delay
                    : arguments.skips_depmod ? Depmod::leave
                                             : Depmod::run};
}

/// The path under which a shell would have found the program.
std::string path_of(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  for (const auto& directory : split(system::environment_variable("PATH").value_or(""), ':')) {
    auto path = fmt::format("{}/{}", directory, program);
    if (system::status_of(path).value_or(std::nullopt)) return path;
  }
  return program;
}

/// Paths of the command line, from the top of the root.
Arguments with_whole_paths(Arguments arguments, const workflow::Workspace& workspace) {
  for (auto* path : {&arguments.conf, &arguments.kernel_config, &arguments.kernel_source_dir})
    *path = path_in_root(workspace, *path);
  for (auto* path : {&arguments.dkms_tree, &arguments.source_tree, &arguments.install_tree})
    if (*path) **path = path_in_root(workspace, **path);
  return arguments;
}

/// What keeps every action from beginning.
std::optional<Refusal> early_refusal(const Arguments& arguments) {
  if (auto refusal = contradiction_in(arguments)) return refusal;
  if (!is_for_kernel_packages(arguments.action)) return std::nullopt;
  return not_one_kernel(arguments, arguments.kernels.size(), arguments.action);
}

ExitStatus show_no_action(const Context& context, const std::string& program) {
  dkmsbuild::say_error(context.printer(),
                       {fmt::format("Unknown action specified: \"{}\"", context.arguments.action)});
  context.printer().say(Stream::output, usage(program));
  return 0;
}

/// Does what is asked, with the rights that it takes.
Result<ExitStatus> act(Context& context, const dkmsbuild::Site& site, const std::string& program) {
  const auto& arguments = context.arguments;
  if (const auto refusal = early_refusal(arguments)) return refuse(context, *refusal);
  if (arguments.action == "status") return show_status(context);
  const auto module = KPKG_TRY(module_now(context, arguments.module));
  context.targets = targets_of(arguments, module, site.workspace.host);
  if (const auto refusal = nameless_in(context.targets)) return refuse(context, *refusal);
  const auto* action = std::find_if(actions.begin(), actions.end(),
                                    [&](const auto& each) { return each.name == arguments.action; });
  if (action == actions.end()) return show_no_action(context, program);
  Engine engine(site, context.reader, choices_of(arguments),
                [&](const dkmsbuild::Task& task) -> Result<ExitStatus> {
                  const auto names = dkmsbuild::names_for_scripts(task);
                  const auto added = KPKG_TRY(add(context, task.id.of(), task.id.target, names));
                  return added.id.module.empty() ? added.status : 0;
                });
  return action->run(context, engine);
}

/// One call in a root.
class Call {
 public:
  Call(const workflow::Workspace& workspace, StreamPrinter& printer, std::string program)
      : workspace_(workspace),
        printer_(printer),
        program_(std::move(program)),
        memory_(workspace),
        interpreter_(workspace.root, memory_),
        sandbox_(workspace.runner) {}

  Result<ExitStatus> run(const std::vector<std::string>& words) {
    const auto& root = workspace_.root;
    if (kind_of(root, "/etc/os-release") == WordKind::nothing &&
        kind_of(root, "/usr/lib/os-release") == WordKind::nothing) {
      dkmsbuild::say_error(printer_, {"System is missing os-release file."});
      return 4;
    }
    const auto look = [&](const std::string& word) { return kind_of(root, path_in_root(workspace_, word)); };
    auto parsed = parse_arguments(words, path_of(program_), look);
    if (!parsed.status) framework_ = KPKG_TRY(read_framework());
    for (const auto& remark : framework_.remarks) printer_.say(remark.stream, remark.text);
    for (const auto& remark : parsed.remarks) printer_.say(remark.stream, remark.text);
    if (parsed.status) return *parsed.status;
    if (parsed.arguments.is_quiet) printer_.silence();
    return run_in_framework(with_whole_paths(std::move(parsed.arguments), workspace_));
  }

 private:
  Result<Framework> read_framework() {
    request_ = {.environment = system::whole_environment(),
                .distribution = KPKG_TRY(distro::distribution_of(workspace_.root)),
                .processors = workspace_.host.processors,
                .running_kernel = workspace_.host.release};
    return framework_of(
        request_, interpreter_, [this] { return sandbox_.get(); }, workspace_.runner);
  }

  Result<ExitStatus> run_in_framework(const Arguments& arguments) {
    framework_ = with_options(std::move(framework_), arguments);
    auto rights = KPKG_TRY(Rights::take(workspace_, framework_, arguments.action));
    const dkmsbuild::Site site{.workspace = workspace_,
                               .framework = framework_,
                               .framework_request = request_,
                               .interpreter = interpreter_,
                               .memory = memory_,
                               .sandbox = [this] { return sandbox_.get(); },
                               .printer = printer_,
                               .store = rights.store()};
    dkmsbuild::ConfReader reader(site);
    Context context{
        .arguments = arguments, .site = site, .reader = reader, .places = dkmsbuild::places_of(framework_)};
    return act(context, site, path_of(program_));
  }

  const workflow::Workspace& workspace_;
  StreamPrinter& printer_;
  std::string program_;
  workflow::RootMemory memory_;
  dkmsconf::Interpreter interpreter_;
  LazySandbox sandbox_;
  dkmsconf::FrameworkRequest request_;
  Framework framework_;
};

Result<ExitStatus> run_here(StreamPrinter& printer, const std::string& program,
                            const std::vector<std::string>& words) {
  const auto host = KPKG_TRY(system::observe_host());
  KPKG_TRY(system::Interruption::begin());
  const auto directory = system::environment_variable("KPKG_ROOT").value_or("");
  const auto root =
      KPKG_TRY(system::Root::open(directory.empty() ? "/" : directory).within("opening the root"));
  system::SystemRunner runner;
  Telling telling(printer);
  const workflow::Workspace workspace{.host = host, .root = root, .runner = runner, .observer = telling};
  return Call(workspace, printer, program).run(words);
}

}  // namespace

int run(const std::string& program, const std::vector<std::string>& words) {
  system::make_readable_files();
  StreamPrinter printer;
  auto status = run_here(printer, program, words);
  if (status && !printer.output()) status = fail(printer.output().error());
  if (status) return *status;
  const auto& error = status.error();
  if (error.hint.empty())
    dkmsbuild::say_error(printer, {error.text()});
  else
    dkmsbuild::say_error(printer, {error.text(), error.hint});
  return error.kind == ErrorKind::interrupted ? interruption : failure;
}

}  // namespace kpkg::dkms
