// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/child.hpp"

#include "system/file.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace kpkg::system {
namespace {

struct Pipe {
  Fd read;
  Fd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(system_error(errno, "cannot make a pipe"));
  return Pipe{Fd(ends[0]), Fd(ends[1])};
}

/// A descriptor at whose start `bytes` can be read: a memory file, because a pipe would block on long input.
Result<Fd> input_of(const std::string& bytes) {
  Fd file(bytes.empty() ? ::open("/dev/null", O_RDONLY | O_CLOEXEC)
                        : static_cast<int>(::syscall(SYS_memfd_create, "kpkg-input", 1U /* MFD_CLOEXEC */)));
  if (!file.is_open()) return fail(system_error(errno, "cannot prepare the input of a program"));
  if (bytes.empty()) return file;
  KPKG_TRY(write_all(file.get(), bytes, "the input of a program"));
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

/// Everything the child needs, made before fork: afterwards only async-signal-safe calls are allowed.
struct Start {
  const char* program;
  const char* directory;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const std::vector<int>* passed;
  int input;
  int output;
  int errors;
  int report;  // receives errno when the program cannot be executed
  pid_t parent;
  OnStop on_stop;
};

[[noreturn]] void give_up(int report) {
  const int cause = errno;
  static_cast<void>(!::write(report, &cause, sizeof cause));
  ::_exit(127);
}

void reset_signals() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

[[noreturn]] void become(const Start& start) {
  reset_signals();
  ::setpgid(0, 0);
  // A killed kpkg takes its programs along; the check closes the window in which it died before prctl took
  // effect.
  if (start.on_stop == OnStop::end) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != start.parent) ::_exit(127);
  if (::dup2(start.input, 0) < 0 || ::dup2(start.output, 1) < 0 || ::dup2(start.errors, 2) < 0)
    give_up(start.report);
  for (const int descriptor : *start.passed) ::fcntl(descriptor, F_SETFD, 0);
  if (::chdir(start.directory) != 0) give_up(start.report);
  ::execve(start.program, start.arguments.data(), start.environment.data());
  give_up(start.report);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

Fd open_pid(pid_t pid) {
#ifdef SYS_pidfd_open
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
#else
  return Fd();
#endif
}

}  // namespace

Result<Child> start_child(const std::string& program, const Command& command) {
  auto input = KPKG_TRY(input_of(command.input));
  auto output = KPKG_TRY(make_pipe());
  auto errors = KPKG_TRY(make_pipe());
  auto report = KPKG_TRY(make_pipe());
  std::vector<std::string> arguments = command.arguments;
  arguments.insert(arguments.begin(), program);
  std::vector<std::string> environment = command.environment;
  const Start start{.program = program.c_str(),
                    .directory = command.directory.c_str(),
                    .arguments = pointers_to(arguments),
                    .environment = pointers_to(environment),
                    .passed = &command.passed_descriptors,
                    .input = input.get(),
                    .output = command.output.value_or(output.write.get()),
                    .errors = command.output.value_or(errors.write.get()),
                    .report = report.write.get(),
                    .parent = ::getpid(),
                    .on_stop = command.on_stop};
  const pid_t pid = ::fork();
  if (pid < 0) return fail(system_error(errno, "cannot start " + program));
  if (pid == 0) become(start);
  // In both processes, so that the group exists whoever runs first.
  ::setpgid(pid, pid);
  report.write.reset();
  int cause = 0;
  if (::read(report.read.get(), &cause, sizeof cause) == sizeof cause) {
    ::waitpid(pid, nullptr, 0);
    return fail(system_error(cause, "cannot start " + program));
  }
  return Child{pid, open_pid(pid), std::move(output.read), std::move(errors.read)};
}

}  // namespace kpkg::system
