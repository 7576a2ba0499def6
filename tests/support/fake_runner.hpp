// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/text.hpp"
#include "system/process.hpp"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kpkg::support {

/// A system::Runner that runs nothing: it answers from a script and remembers what it was asked.
///
///     FakeRunner runner;
///     runner.on("dpkg-query -S /boot/vmlinuz", {.output = "linux-image-6.1: /boot/vmlinuz\n"});
class FakeRunner : public system::Runner {
 public:
  /// What the program does besides answering: it writes a file, say.
  using Effect = std::function<void(const system::Command&)>;

  /// Answers every command whose text() has `part` in it; of several answers the first one given counts.
  FakeRunner& on(std::string part, system::Outcome outcome, Effect effect = {}) {
    script_.push_back({std::move(part), std::move(outcome), std::move(effect)});
    return *this;
  }

  /// A command that no answer is for fails as an absent program does.
  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& on_line) override {
    commands.push_back(command);
    for (const auto& answer : script_) {
      if (command.text().find(answer.part) == std::string::npos) continue;
      if (answer.effect) answer.effect(command);
      if (on_line)
        for (const auto& line : lines(answer.outcome.output)) on_line(line);
      return answer.outcome;
    }
    return fail(ErrorKind::not_found, fmt::format("the program {} is not there", command.program),
                "no answer is scripted for: " + command.text());
  }

  std::vector<system::Command> commands;  ///< in the order in which they were run

 private:
  struct Answer {
    std::string part;
    system::Outcome outcome;
    Effect effect;
  };

  std::vector<Answer> script_;
};

}  // namespace kpkg::support
