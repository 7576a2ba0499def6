// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "cli/arguments.hpp"
#include "cli/terminal.hpp"
#include "workflow/targets.hpp"
#include "workflow/workspace.hpp"

#include <string>
#include <vector>

namespace kpkg::cli {

/// What every command gets.
struct Context {
  const Arguments& arguments;
  const workflow::Workspace& workspace;
  Terminal& terminal;
};

// One function a command; the answer is the exit status.

Result<int> run_install(const Context& context);
Result<int> run_build(const Context& context);
Result<int> run_rebuild(const Context& context);
Result<int> run_remove(const Context& context);
Result<int> run_status(const Context& context);
Result<int> run_list(const Context& context);
Result<int> run_show(const Context& context);
Result<int> run_check(const Context& context);
Result<int> run_inspect(const Context& context);
Result<int> run_explain(const Context& context);
Result<int> run_load(const Context& context);
Result<int> run_unload(const Context& context);
Result<int> run_why(const Context& context);
Result<int> run_log(const Context& context);
Result<int> run_verify(const Context& context);
Result<int> run_doctor(const Context& context);
Result<int> run_recipe_lint(const Context& context);
Result<int> run_kernel_list(const Context& context);
Result<int> run_kernel_show(const Context& context);
Result<int> run_kernel_diff(const Context& context);
Result<int> run_kernel_export(const Context& context);
Result<int> run_kernel_tree(const Context& context);
Result<int> run_kernel_rebuild_tree(const Context& context);
Result<int> run_hook_postinst(const Context& context);
Result<int> run_hook_prerm(const Context& context);

/// Brings recipes, those that are named or all that are installed, to a kernel that has just got here: asks
/// nothing, downloads nothing, and tells what fails.
void bring_to_kernel(const Context& context, const std::string& release);

/// The kernels that the command line means, learned, or the files of facts in their place; says which and why
/// if none was named.
Result<std::vector<workflow::Target>> targets_of(const Context& context, workflow::Headers headers);

/// The same without learning.
Result<std::vector<kernel::Kernel>> kernels_of(const Context& context);

/// Prints JSON to stdout.
void say_json(const Context& context, const Json& value);

}  // namespace kpkg::cli
