// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/verdict_json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/explanation_text.hpp"
#include "system/file.hpp"
#include "workflow/explain.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

constexpr int standard_input = 0;
constexpr std::uint64_t largest_text = 64U << 20;

/// What is to be explained: the words of the command line, stdin, or without any the kernel's log.
Result<std::string> text_of(const Context& context) {
  const auto& words = context.arguments.names;
  if (words.empty()) return workflow::kernel_log(context.workspace);
  if (words.size() == 1 && words.front() == "-")
    return system::read_all(standard_input, "stdin", largest_text);
  return join(words, " ");
}

/// What is unknown in a log is not worth a line each: most of a log is not about modules.
std::string unknown_text(const Context& context, const std::vector<std::string>& unknown, bool is_all) {
  const bool is_given = !context.arguments.names.empty() && context.arguments.names.front() != "-";
  std::string text;
  if (is_given || context.arguments.verbosity > 0)
    for (const auto& line : unknown)
      text += fmt::format("{}\n  unknown: no message about a module that kpkg knows\n", line);
  else if (is_all)
    text = "there is no message about a module that kpkg knows\n";
  return text;
}

void say_outcome_json(const Context& context, const workflow::ExplainOutcome& outcome) {
  Json messages = Json::array();
  for (const auto& message : outcome.messages) messages.push_back(explanation_json(message));
  Json verdicts = Json::array();
  for (const auto& judged : outcome.judged) {
    auto row = abi::to_json(judged.verdict);
    row["file"] = judged.file;
    verdicts.push_back(std::move(row));
  }
  say_json(
      context,
      {{"messages", std::move(messages)}, {"verdicts", std::move(verdicts)}, {"unknown", outcome.unknown}});
}

}  // namespace

Result<int> run_explain(const Context& context) {
  const auto given = KPKG_TRY(text_of(context));
  const workflow::ExplainRequest request{
      .text = given, .module_file = context.arguments.module, .kernels = context.arguments.kernels};
  const auto outcome = KPKG_TRY(workflow::explain(context.workspace, request));
  if (context.arguments.json) {
    say_outcome_json(context, outcome);
  } else {
    std::string text;
    for (const auto& message : outcome.messages) text += explanation_text(message);
    text += unknown_text(context, outcome.unknown, outcome.messages.empty());
    context.terminal.say(printable(text));
  }
  return outcome.messages.empty() ? not_found_status : success_status;
}

}  // namespace kpkg::cli
