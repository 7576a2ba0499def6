// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/interpreter.hpp"

#include "base/text.hpp"
#include "dkmsconf/reader_text.hpp"
#include "dkmsconf/view.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::dkmsconf {
namespace {

/// Higher whenever what is kept, or its stamp, is made otherwise.
constexpr int generation = 1;

constexpr std::size_t stamp_size = 64;

/// What files say beyond that is left out.
constexpr std::size_t most_said = 64U << 10;

/// The directory that files are read in: empty, so that a pattern such as * stays what it is. DKMS reads them
/// wherever it was called.
constexpr const char* empty_directory = "/empty";

std::string key_of(const Question& question) {
  return fmt::format("dkms {} {} {}", generation, KPKG_VERSION, question.known_as);
}

/// What is kept: the stamp, the status, how long the first text is, and both texts.
std::string kept_bytes(const std::string& stamp, const RawAnswer& answer) {
  return fmt::format("{}{} {} {}{}", stamp, answer.status, answer.fields.size(), answer.fields,
                     answer.errors);
}

/// The next number of `bytes`, which a blank ends; both are taken off. Nothing: there is none.
std::optional<std::size_t> take_number(std::string_view& bytes) {
  const auto end = bytes.find(' ');
  if (end == std::string_view::npos || end == 0 || end > 9) return std::nullopt;
  std::size_t number = 0;
  for (const char digit : bytes.substr(0, end)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number * 10 + static_cast<std::size_t>(digit - '0');
  }
  bytes.remove_prefix(end + 1);
  return number;
}

std::optional<RawAnswer> answer_in(std::string_view bytes) {
  const auto status = take_number(bytes);
  const auto size = take_number(bytes);
  if (!status || !size || *size > bytes.size()) return std::nullopt;
  return RawAnswer{.status = static_cast<int>(*status),
                   .timed_out = false,
                   .fields = std::string(bytes.substr(0, *size)),
                   .errors = std::string(bytes.substr(*size))};
}

void shorten(std::string& errors) {
  if (errors.size() <= most_said) return;
  const auto more = errors.size() - most_said;
  errors.resize(most_said);
  errors += fmt::format("\n({} bytes more are left out)\n", more);
}

Status check(const Evaluation& evaluation, const system::Sandbox& sandbox) {
  if (evaluation.end == EvaluationEnd::not_started) {
    const auto said = lines(trimmed(evaluation.said_at_last));
    return fail(ErrorKind::io,
                fmt::format("bash did not start in the sandbox: {}",
                            said.empty() ? std::string("it said nothing") : printable(said.back())));
  }
  if (evaluation.unreadable.empty()) return {};
  const auto& file = evaluation.unreadable.front();
  return fail(
      ErrorKind::permission,
      fmt::format("{} cannot be read by user {}, who reads configuration files", printable(file),
                  sandbox.user().user),
      fmt::format("let everybody read it: chmod -R a+rX {}", printable(file.substr(0, file.rfind('/')))));
}

}  // namespace

Result<std::optional<Evaluation>> Interpreter::recall(const Question& question) {
  return remembered(question, KPKG_TRY(stamp_of(question, root_, sightings_)));
}

Result<std::optional<Evaluation>> Interpreter::remembered(const Question& question,
                                                          const std::string& stamp) {
  const auto kept = memory_.recall(key_of(question));
  if (!kept || !kept->view().starts_with(stamp)) return std::optional<Evaluation>();
  const auto answer = answer_in(kept->view().substr(stamp_size));
  return answer ? std::optional(parse_answer(*answer)) : std::nullopt;
}

Result<Evaluation> Interpreter::ask(const Question& question, const Means& means) {
  const auto stamp = KPKG_TRY(stamp_of(question, root_, sightings_));
  auto known = KPKG_TRY(remembered(question, stamp));
  if (known) return std::move(*known);
  const auto answer = KPKG_TRY(run(question, means));
  auto evaluation = parse_answer(answer);
  if (evaluation.end != EvaluationEnd::timed_out) {
    KPKG_TRY(check(evaluation, means.sandbox));
    memory_.keep(key_of(question), kept_bytes(stamp, answer));
  }
  return evaluation;
}

Result<RawAnswer> Interpreter::run(const Question& question, const Means& means) const {
  const auto temporary = KPKG_TRY(system::TempDir::create(means.temporary, "kpkg-dkms-"));
  KPKG_TRY(system::make_directories(temporary.path() + empty_directory));
  const auto user = means.sandbox.user();
  KPKG_TRY(system::give_tree(temporary.path(), user.user, user.group));
  auto view = KPKG_TRY(view_of(question, root_, means.sandbox.strength()));
  view.temporary = temporary.path();
  const auto inside = means.sandbox.inside(view, temporary.path());
  system::Command command{.program = "bash",
                          .arguments = {"--norc", "--noprofile", "-c", std::string(reader_text()), "dkms"},
                          .environment = system::system_environment(),
                          .directory = inside + empty_directory,
                          .timeout = means.patience};
  command.environment.push_back("TMPDIR=" + inside);
  for (auto& argument : question.arguments()) command.arguments.push_back(std::move(argument));
  auto outcome = KPKG_TRY(means.runner.run(KPKG_TRY(means.sandbox.confine(command, view))));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  shorten(outcome.errors);
  return RawAnswer{.status = outcome.status,
                   .timed_out = outcome.timed_out,
                   .fields = std::move(outcome.output),
                   .errors = std::move(outcome.errors)};
}

}  // namespace kpkg::dkmsconf
