// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/invocation.hpp"

#include "dkmsbuild/make_log.hpp"
#include "dkmsbuild/root_command.hpp"

#include <fmt/format.h>

namespace kpkg::dkmsbuild {
namespace {

/// Prints dots as long as it lives.
class Dots {
 public:
  Dots(Printer& printer, const Invocation& invocation)
      : printer_(printer), is_wanted_(!invocation.is_verbose && !is_of_a_test(invocation.package)) {
    if (is_wanted_) printer_.start_dots();
  }
  ~Dots() {
    if (is_wanted_) printer_.stop_dots();
  }
  Dots(const Dots&) = delete;
  Dots& operator=(const Dots&) = delete;

 private:
  /// Source: dkms 3.4.3, invoke_command(): what its tests print must not depend on the machine's speed.
  static bool is_of_a_test(std::string_view package) {
    return package.starts_with("dkms") && package.ends_with("_test") && package.size() >= 9;
  }

  Printer& printer_;
  bool is_wanted_;
};

}  // namespace

Result<ExitStatus> invoke(const Invocation& invocation, Printer& printer,
                          const std::function<Result<ExitStatus>()>& work) {
  printer.say(Stream::output, invocation.is_verbose ? unescaped(invocation.command) + "\n"
                                                    : unescaped(invocation.description) + "...");
  const auto run = [&] {
    const Dots dots(printer, invocation);
    return work();
  };
  const auto status = run();
  if (!status) {
    printer.say(Stream::output, "\n");
    return fail(status.error());
  }
  if (*status == 0) {
    printer.say(Stream::output, " done.\n");
    return 0;
  }
  printer.say(Stream::output, fmt::format("(bad exit status: {})", *status));
  if (!invocation.is_verbose)
    printer.say(Stream::output, fmt::format("\nFailed command:\n{}\n", unescaped(invocation.command)));
  return *status;
}

Result<ExitStatus> invoke_logged(const Site& site, const Invocation& invocation,
                                 const std::vector<std::string>& environment, const std::string& log) {
  const auto& root = site.workspace.root;
  const auto path = KPKG_TRY(root.host_path(log));
  const auto file = KPKG_TRY(MakeLog::create(path));
  return invoke(invocation, site.printer, [&]() -> Result<ExitStatus> {
    KPKG_TRY(file.write(frame_before(invocation.description, invocation.command)));
    auto command = in_root(root, caller_command(site, invocation.command, environment));
    command.output = file.descriptor();
    const auto outcome = KPKG_TRY(site.workspace.runner.run(command));
    if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
    KPKG_TRY(file.write(frame_after(outcome.status, outcome.duration)));
    return outcome.status;
  });
}

}  // namespace kpkg::dkmsbuild
