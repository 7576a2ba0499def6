// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

namespace kpkg::cli {

Result<int> run_kernel_export(const Context& context) {
  const auto& arguments = context.arguments;
  const auto targets = KPKG_TRY(targets_of(context, workflow::Headers::ignored));
  if (targets.size() > 1 && !arguments.output.empty())
    return fail(ErrorKind::usage, fmt::format("--output names one file for {} kernels", targets.size()),
                "name one kernel with -k, or leave --output away");
  const auto types = arguments.btf ? workflow::Types::included : workflow::Types::left_out;
  for (const auto& target : targets) {
    const auto bytes = KPKG_TRY(workflow::exported_target(context.workspace, target, types));
    if (arguments.output == "-") {
      context.terminal.say(bytes);
      continue;
    }
    const auto file = arguments.output.empty() ? target.kernel.release + ".facts" : arguments.output;
    KPKG_TRY(system::write_file(file, bytes));
    context.terminal.say(printable(
        fmt::format("{}: the facts of kernel {}, {} bytes\n", file, target.kernel.release, bytes.size())));
  }
  return success_status;
}

}  // namespace kpkg::cli
