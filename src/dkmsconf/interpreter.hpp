// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmsconf/evaluation.hpp"
#include "dkmsconf/question.hpp"
#include "dkmsconf/sightings.hpp"
#include "kernel/memory.hpp"
#include "system/process.hpp"
#include "system/root.hpp"
#include "system/sandbox.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace kpkg::dkmsconf {

/// What bash is run with; all of it is borrowed.
struct Means {
  system::Runner& runner;
  const system::Sandbox& sandbox;
  std::string temporary = "/tmp";              ///< of the host: where the files' own /tmp is made
  std::chrono::milliseconds patience{60'000};  ///< a file that takes longer is ended
};

/// Lets bash evaluate configuration files of a root, in the sandbox, and remembers what it said. Owns what it
/// saw of directories: make one for a command, not for longer.
class Interpreter {
 public:
  Interpreter(const system::Root& root, kernel::Memory& memory)
      : root_(root), memory_(memory), sightings_(root) {}

  const system::Root& root() const { return root_; }
  Sightings& sightings() { return sightings_; }

  /// The answer to the question, if nothing that it depends on has changed since it was asked (stamp_of()).
  /// Takes no sandbox and no program.
  ///
  /// Errors: those of stamp_of().
  Result<std::optional<Evaluation>> recall(const Question& question);

  /// The answer, from memory or from bash. An answer that took too long is not remembered.
  ///
  /// Errors: those of stamp_of(); interrupted; permission: the sandbox's user may not read a file; io: bash
  /// cannot be started; unsupported: the root is not this machine's, and the sandbox has no mount namespace.
  Result<Evaluation> ask(const Question& question, const Means& means);

 private:
  Result<std::optional<Evaluation>> remembered(const Question& question, const std::string& stamp);
  Result<RawAnswer> run(const Question& question, const Means& means) const;

  const system::Root& root_;
  kernel::Memory& memory_;
  Sightings sightings_;
};

}  // namespace kpkg::dkmsconf
