// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/counting_runner.hpp"
#include "cli/exit_status.hpp"
#include "cli/terminal.hpp"
#include "dkms/run.hpp"
#include "system/console.hpp"
#include "system/interruption.hpp"
#include "workflow/recipes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace kpkg::cli {
namespace {

Result<int> run_command(const Context& context) {
  switch (context.arguments.verb) {
    case Verb::install: return run_install(context);
    case Verb::remove: return run_remove(context);
    case Verb::build: return run_build(context);
    case Verb::rebuild: return run_rebuild(context);
    case Verb::status: return run_status(context);
    case Verb::list: return run_list(context);
    case Verb::show: return run_show(context);
    case Verb::check: return run_check(context);
    case Verb::inspect: return run_inspect(context);
    case Verb::explain: return run_explain(context);
    case Verb::load: return run_load(context);
    case Verb::unload: return run_unload(context);
    case Verb::why: return run_why(context);
    case Verb::log: return run_log(context);
    case Verb::verify: return run_verify(context);
    case Verb::doctor: return run_doctor(context);
    case Verb::recipe_lint: return run_recipe_lint(context);
    case Verb::kernel_list: return run_kernel_list(context);
    case Verb::kernel_show: return run_kernel_show(context);
    case Verb::kernel_diff: return run_kernel_diff(context);
    case Verb::kernel_export: return run_kernel_export(context);
    case Verb::kernel_tree: return run_kernel_tree(context);
    case Verb::kernel_rebuild_tree: return run_kernel_rebuild_tree(context);
    case Verb::hook_postinst: return run_hook_postinst(context);
    case Verb::hook_prerm: return run_hook_prerm(context);
  }
  return fail(ErrorKind::usage, "no such command");
}

Result<int> run_in_root(const Arguments& arguments, const system::Host& host, CountingRunner& runner,
                        Terminal& terminal) {
  const auto root = KPKG_TRY(system::Root::open(arguments.root).within("opening the root"));
  workflow::Workspace workspace{.host = host, .root = root, .runner = runner, .observer = terminal};
  workspace.recipe_directories = KPKG_TRY(workflow::recipe_directories(root));
  return run_command({arguments, workspace, terminal});
}

/// Help goes to stdout, a mistake in the words to stderr.
int say(const Parsed& parsed) {
  if (parsed.status != success_status) {
    system::print_error(parsed.text);
    return parsed.status;
  }
  const auto printed = system::print(parsed.text);
  if (printed) return success_status;
  system::print_error(fmt::format("kpkg: {}\nhint: {}\n", printed.error().text(), printed.error().hint));
  return failure_status;
}

/// The exit status of a command, once its failure was told. Output that was lost is a failure too: what reads
/// it would take the rest for all. Only a hook never fails: a kernel package would stay half configured.
int conclude(const Result<int>& status, Verb verb, Terminal& terminal) {
  if (!status) terminal.show(status.error());
  if (!terminal.output()) terminal.show(terminal.output().error());
  const int value = status ? *status : exit_status_of(status.error().kind);
  const bool is_hook = verb == Verb::hook_postinst || verb == Verb::hook_prerm;
  return value == success_status && !terminal.output() && !is_hook ? failure_status : value;
}

int run(const std::vector<std::string>& words) {
  const auto parsed = parse_arguments(words);
  if (!parsed.text.empty()) {
    return say(parsed);
  }
  const auto host = system::observe_host();
  if (!host) {
    system::print_error(host.error().text() + "\n");
    return failure_status;
  }
  // Before the terminal's thread begins: a thread that takes signals is where ^C would end kpkg at once.
  const auto begun = system::Interruption::begin();
  Terminal terminal(*host, parsed.arguments.verbosity);
  system::SystemRunner programs;
  CountingRunner runner(programs);
  const auto status =
      begun ? run_in_root(parsed.arguments, *host, runner, terminal) : Result<int>(fail(begun.error()));
  const int value = conclude(status, parsed.arguments.verb, terminal);
  if (parsed.arguments.verbosity > 0) {
    const auto own = system::own_cpu_time() + runner.own();
    system::print_error(fmt::format("kpkg's own processor time: {:.3f} s, of its tools: {:.3f} s\n",
                                    static_cast<double>(own.count()) / 1e6,
                                    static_cast<double>(runner.work().count()) / 1e6));
  }
  return value;
}

}  // namespace
}  // namespace kpkg::cli

int main(int count, char** words) {
  kpkg::system::open_standard_streams();
  const std::vector<std::string> following(words + std::min(count, 1), words + count);
  const std::string program = count > 0 ? words[0] : "kpkg";
  // The same program has the interface of DKMS where it is called so.
  if (program.substr(program.rfind('/') + 1) == "dkms") return kpkg::dkms::run(program, following);
  return kpkg::cli::run(following);
}
