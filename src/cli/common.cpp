// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/command.hpp"

namespace kpkg::cli {

Result<std::vector<kernel::Kernel>> kernels_of(const Context& context) {
  auto selection = KPKG_TRY(workflow::select_kernels(context.workspace, context.arguments.kernels));
  if (!selection.reason.empty() && !context.arguments.json)
    context.workspace.observer.on(
        {.kind = workflow::EventKind::note, .text = "for kernel " + selection.reason});
  return std::move(selection.kernels);
}

Result<std::vector<workflow::Target>> targets_of(const Context& context, workflow::Headers headers) {
  std::vector<workflow::Target> targets;
  const auto& arguments = context.arguments;
  if (!arguments.kernel_facts.empty() && !arguments.kernels.empty())
    return fail(ErrorKind::usage, "--kernel and --kernel-facts exclude each other", "leave one of them away");
  for (const auto& file : arguments.kernel_facts) targets.push_back(KPKG_TRY(workflow::read_target(file)));
  if (!targets.empty()) return targets;
  for (const auto& kernel : KPKG_TRY(kernels_of(context)))
    targets.push_back(KPKG_TRY(workflow::learn_target(context.workspace, kernel, headers)));
  return targets;
}

void say_json(const Context& context, const Json& value) {
  context.terminal.say(json_text(value) + "\n");
}

}  // namespace kpkg::cli
