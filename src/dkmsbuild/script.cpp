// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/script.hpp"

#include "dkmsbuild/root_command.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::dkmsbuild {
namespace {

constexpr std::uint32_t executable_bits = 0111;

/// The words are split, and their patterns expanded, as DKMS does it. Both streams are one, so that the order
/// of what is printed stays what it was.
constexpr const char* runner_text = R"(exec 2>&1; cd "$1/" || exit 15; exec $2)";

/// Runs the command, printing its lines as they come; the last one may lack its end.
Result<system::Outcome> run_aloud(const Site& site, const system::Command& command) {
  bool is_first = true;
  const auto on_line = [&](std::string_view line) {
    site.printer.say(Stream::output, (is_first ? "" : "\n") + std::string(line));
    is_first = false;
  };
  auto outcome = KPKG_TRY(site.workspace.runner.run_observed(command, on_line));
  if (outcome.output.ends_with('\n')) site.printer.say(Stream::output, "\n");
  return outcome;
}

}  // namespace

std::vector<std::string> names_for_scripts(const Task& task) {
  return {"module=" + task.id.module, "module_version=" + task.id.version,
          "kernelver=" + task.id.target.kernel, "arch=" + task.id.target.arch};
}

Result<bool> is_executable(const system::Root& root, const std::string& path) {
  const auto real = KPKG_TRY(root.real_path(path));
  if (!real) return false;
  const auto status = KPKG_TRY(root.status(*real));
  return status && (status->mode & executable_bits) != 0;
}

std::string first_word(std::string_view words) {
  return std::string(words.substr(0, words.find(' ')));
}

void say_not_executable(Printer& printer, std::string_view type) {
  printer.say(Stream::output, "\n");
  say_warning(printer, {fmt::format("The {} script is not executable.", type)});
}

Result<std::optional<ScriptPlace>> own_script(const system::Root& root, std::string_view module,
                                              std::string_view words) {
  const auto directory = fmt::format("/etc/dkms/{}", module);
  if (!KPKG_TRY(is_executable(root, directory + "/" + first_word(words))))
    return std::optional<ScriptPlace>();
  return std::optional(ScriptPlace{directory, fmt::format("{}/{}", directory, words)});
}

Result<ExitStatus> run_script(const Site& site, const dkmstree::VersionId& id, const Script& script) {
  if (script.words.empty()) return 0;
  const auto& root = site.workspace.root;
  const auto source = places_of(site.framework).source_link_of(id);
  const auto own = KPKG_TRY(own_script(root, id.module, script.words));
  const auto place = own.value_or(ScriptPlace{source, fmt::format("{}/{}", source, script.words)});
  if (!KPKG_TRY(is_executable(root, first_word(place.call)))) {
    say_not_executable(site.printer, script.type);
    return 0;
  }
  say_line(site.printer, fmt::format("Running the {} script:", script.type));
  auto command = caller_command(site, runner_text, script.environment);
  for (const auto& argument : {std::string("dkms"), place.directory, place.call})
    command.arguments.push_back(argument);
  const auto outcome = KPKG_TRY(run_aloud(site, in_root(root, std::move(command))));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  return outcome.status;
}

}  // namespace kpkg::dkmsbuild
