// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/kmod.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace kpkg::install {
namespace {

constexpr std::string_view insmod = "insmod ";

/// A module's init may probe hardware; none takes as long as this.
constexpr std::chrono::minutes patience{2};

/// The statuses above are those of programs that a signal ended, as an oops ends the one that asked for it.
constexpr int first_signal = 128;

/// What kpkg-kmod printed, taken apart.
struct Printed {
  std::vector<std::string> steps;
  std::vector<std::string> words;
  std::string errno_name;
  std::string errno_text;
  bool is_done = false;
};

Printed read(const std::string& output) {
  Printed printed;
  for (const auto& line : lines(output)) {
    if (line.starts_with(kmod_line::step))
      printed.steps.emplace_back(trimmed(std::string_view(line).substr(kmod_line::step.size())));
    if (line.starts_with(kmod_line::word))
      printed.words.emplace_back(trimmed(std::string_view(line).substr(kmod_line::word.size())));
    if (line.starts_with(kmod_line::failed)) {
      const auto rest = line.substr(kmod_line::failed.size());
      const auto blank = std::min(rest.find(' '), rest.size());
      printed.errno_name = rest.substr(0, blank);
      printed.errno_text = trimmed(std::string_view(rest).substr(blank));
    }
    if (line == kmod_line::done) printed.is_done = true;
  }
  return printed;
}

/// modprobe's words, which people and kpkg explain know; of a needed module it says that it is one.
std::string insert_text(const std::string& name, const std::string& module, const Printed& printed) {
  const auto text = printed.errno_name == "ENOENT"
                        ? std::string("Unknown symbol in module, or unknown parameter (see dmesg)")
                        : printed.errno_text;
  if (module == module_key(name)) return fmt::format("could not insert '{}': {}", module, text);
  return fmt::format("could not insert '{}', which {} needs: {}", module, name, text);
}

system::Command kmod(std::string verb, const std::string& name) {
  system::Command command;
  command.program = "kpkg-kmod";
  command.arguments = {std::move(verb), name};
  command.environment = system::system_environment();
  command.timeout = patience;
  return command;
}

/// Why kpkg-kmod said neither that it is done nor what failed, or nothing: it said one of these.
std::string broken_off(const system::Outcome& outcome, const Printed& printed) {
  if (outcome.timed_out) return "it did not end in time";
  if (outcome.status > first_signal) return "it crashed, and the program that asked for it with it";
  if (printed.is_done || !printed.errno_name.empty()) return {};
  const auto said = lines(trimmed(outcome.errors));
  return said.empty() ? "kpkg-kmod ended and said nothing" : printable(said.back());
}

}  // namespace

std::string file_of_step(std::string_view step) {
  if (!step.starts_with(insmod)) return {};
  step.remove_prefix(insmod.size());
  return std::string(step.substr(0, step.find(' ')));
}

std::string module_of_step(std::string_view step) {
  const auto path = file_of_step(step);
  const auto name = path.substr(path.rfind('/') + 1);
  return module_key(name.substr(0, name.find(".ko")));
}

Result<KmodAnswer> insert_module(const std::string& name, system::Runner& runner) {
  const auto outcome = KPKG_TRY(runner.run(kmod("insert", name)));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "loading " + name + " was interrupted");
  const auto printed = read(outcome.output);
  KmodAnswer answer{.is_done = false, .errno_name = {}, .detail = {}, .steps = printed.steps};
  answer.detail = broken_off(outcome, printed);
  if (!answer.detail.empty()) return answer;
  answer.is_done = printed.errno_name.empty();
  if (answer.is_done) return answer;
  const auto module = module_of_step(answer.last_step());
  // A command's failure is no answer of the kernel, nor is that of looking for the module.
  if (!module.empty()) answer.errno_name = printed.errno_name;
  answer.detail = !module.empty()         ? insert_text(name, module, printed)
                  : printed.words.empty() ? printed.errno_text
                                          : printed.words.back();
  return answer;
}

Result<KmodAnswer> remove_module(const std::string& name, system::Runner& runner) {
  const auto outcome = KPKG_TRY(runner.run(kmod("remove", name)));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "unloading " + name + " was interrupted");
  const auto printed = read(outcome.output);
  KmodAnswer answer{.is_done = false, .errno_name = printed.errno_name, .detail = {}, .steps = {}};
  answer.detail = broken_off(outcome, printed);
  if (!answer.detail.empty()) return answer;
  answer.is_done = printed.errno_name.empty();
  if (answer.is_done) return answer;
  answer.detail = printed.errno_name == "EAGAIN"
                      ? fmt::format("Module {} is in use", name)
                      : fmt::format("could not remove '{}': {}", name, printed.errno_text);
  return answer;
}

}  // namespace kpkg::install
