// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::system {

/// Whose account a program's time goes to when kpkg tells its own cost.
enum class Cost {
  own,   ///< a question kpkg asks (dpkg-query, gcc --version)
  work,  ///< the work itself: the trees of make, depmod, strip, compressors, apt-get
};

/// What becomes of a program when kpkg is asked to stop, or is killed.
enum class OnStop {
  end,     ///< it is ended with all that it started
  finish,  ///< it goes on to its end, for what it changes must not be left half done (apt-get install)
};

/// A program to run, as a value. No shell, and nothing is inherited that is not written here.
struct Command {
  std::string program;                   ///< an absolute path, or a name that is looked up by find_program()
  std::vector<std::string> arguments;    ///< without the program itself
  std::vector<std::string> environment;  ///< "NAME=value", complete; see system_environment()
  std::string directory = "/";
  std::vector<int> passed_descriptors;   ///< stay open under their own numbers
  std::optional<int> output;             ///< receives stdout and stderr; without it both are captured
  std::string input;                     ///< what the program reads on stdin
  std::chrono::milliseconds timeout{0};  ///< 0: none
  Cost cost = Cost::own;
  OnStop on_stop = OnStop::end;

  /// The command as a person would type it, quoted where needed; for logs.
  std::string text() const;

  bool operator==(const Command&) const = default;
};

/// How a program ended. That it ended badly is an answer, not an error.
struct Outcome {
  int status = 0;  ///< exit status; 128 + number when a signal ended it
  bool timed_out = false;
  bool interrupted = false;  ///< kpkg was asked to stop and stopped it
  std::string output;        ///< bytes of stdout, when captured
  std::string errors;        ///< bytes of stderr, when captured
  std::chrono::milliseconds duration{0};
  std::chrono::microseconds cpu{0};  ///< user + system, of the program and the children it waited for

  bool succeeded() const { return status == 0 && !timed_out && !interrupted; }

  bool operator==(const Outcome&) const = default;
};

/// Hears one line that a program printed, without its end.
using LineObserver = std::function<void(std::string_view)>;

/// What runs programs; its double in tests is FakeRunner (tests/support/fake_runner.hpp).
class Runner {
 public:
  virtual ~Runner() = default;

  /// Runs the command to its end.
  ///
  /// The program leads a process group of its own, which is ended as a whole on time-out, on interruption and
  /// when kpkg dies, unless it must finish. Errors: not_found: no such program, with the package that has it
  /// as hint; io.
  Result<Outcome> run(const Command& command) { return run_observed(command, {}); }

  /// run(), telling `on_line` each line of the captured stdout as soon as the program has written it.
  virtual Result<Outcome> run_observed(const Command& command, const LineObserver& on_line) = 0;
};

class SystemRunner : public Runner {
 public:
  Result<Outcome> run_observed(const Command& command, const LineObserver& on_line) override;
};

/// run(), where anything but success is an error that quotes the last line the program wrote to stderr.
Result<Outcome> run_successfully(Runner& runner, const Command& command);

/// PATH and LC_ALL=C.UTF-8: what every program of the system gets, whatever environment kpkg was started in.
std::vector<std::string> system_environment();

/// The absolute path of a program in the system's directories, or of kpkg's own ("kpkg-confine") in its
/// libexec; nothing: it is not there.
std::optional<std::string> find_program(const std::string& name);

}  // namespace kpkg::system
