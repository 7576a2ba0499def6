// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/counting_runner.hpp"
#include "cli/exit_status.hpp"
#include "cli/terminal.hpp"
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
    case Verb::why: return run_why(context);
    case Verb::log: return run_log(context);
    case Verb::verify: return run_verify(context);
    case Verb::recipe_lint: return run_recipe_lint(context);
    case Verb::kernel_list: return run_kernel_list(context);
    case Verb::kernel_show: return run_kernel_show(context);
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

int run(const std::vector<std::string>& words) {
  const auto parsed = parse_arguments(words);
  if (!parsed.text.empty()) {
    (parsed.status == success_status ? system::print : system::print_error)(parsed.text);
    return parsed.status;
  }
  const auto host = system::observe_host();
  if (!host) {
    system::print_error(host.error().text() + "\n");
    return failure_status;
  }
  Terminal terminal(*host, parsed.arguments.verbosity);
  system::SystemRunner programs;
  CountingRunner runner(programs);
  const auto begun = system::Interruption::begin();
  const auto status =
      begun ? run_in_root(parsed.arguments, *host, runner, terminal) : Result<int>(fail(begun.error()));
  if (!status) terminal.show(status.error());
  if (parsed.arguments.verbosity > 0) {
    const auto own = system::own_cpu_time() + runner.own();
    system::print_error(fmt::format("kpkg's own processor time: {:.3f} s, of its tools: {:.3f} s\n",
                                    static_cast<double>(own.count()) / 1e6,
                                    static_cast<double>(runner.work().count()) / 1e6));
  }
  return status ? *status : exit_status_of(status.error().kind);
}

}  // namespace
}  // namespace kpkg::cli

int main(int count, char** words) {
  return kpkg::cli::run(std::vector<std::string>(words + std::min(count, 1), words + count));
}
