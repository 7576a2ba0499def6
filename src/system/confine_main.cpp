// SPDX-License-Identifier: GPL-2.0-or-later
// The program kpkg-confine: gives up rights in the order of its options, then becomes another program.
// Private to kpkg; system/sandbox.cpp is what calls it.
#include "system/confine.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace kpkg;

namespace {

/// How the options are written: NAME VALUE, repeatable, until "--".
///   --from chroot        leave it, for bubblewrap's sake
///   --wait all           keep all rights, and wait for every descendant: bubblewrap ends before its
///   processes are
///                        reaped, so that their processor time would be nobody's
///   --user UID:GID       become this user
///   --files landlock     only what --read and --write name is there
///   --calls must|try     no network, no typing into the terminal; "must" fails where the kernel cannot
///   --group stay         stay as the leader of the process group and end it when the starter dies
///   --directory DIR      the program's working directory
///   --variable NAME=TEXT its environment
struct Options {
  bool from_chroot = false;
  bool wait_for_all = false;
  std::string user;
  bool files = false;
  system::AllowedPaths paths;
  std::string calls;
  bool stay = false;
  std::string directory = "/";
  std::vector<std::string> environment;
  std::vector<std::string> program;
};

Status take(Options& options, std::string_view name, std::string value) {
  if (name == "--from")
    options.from_chroot = true;
  else if (name == "--wait")
    options.wait_for_all = true;
  else if (name == "--user")
    options.user = std::move(value);
  else if (name == "--files")
    options.files = true;
  else if (name == "--read")
    options.paths.readable.push_back(std::move(value));
  else if (name == "--write")
    options.paths.writable.push_back(std::move(value));
  else if (name == "--calls")
    options.calls = std::move(value);
  else if (name == "--group")
    options.stay = true;
  else if (name == "--directory")
    options.directory = std::move(value);
  else if (name == "--variable")
    options.environment.push_back(std::move(value));
  else
    return fail(ErrorKind::usage, "unknown option " + std::string(name));
  return {};
}

Result<Options> parse(const std::vector<std::string>& arguments) {
  Options options;
  std::size_t next = 0;
  while (next + 1 < arguments.size() && arguments[next] != "--") {
    KPKG_TRY(take(options, arguments[next], arguments[next + 1]));
    next += 2;
  }
  if (next + 1 >= arguments.size()) return fail(ErrorKind::usage, "usage: kpkg-confine OPTIONS -- PROGRAM …");
  options.program.assign(arguments.begin() + static_cast<std::ptrdiff_t>(next) + 1, arguments.end());
  return options;
}

Status become(const std::string& user) {
  unsigned uid = 0;
  unsigned gid = 0;
  const char* end = user.data() + user.size();
  const auto first = std::from_chars(user.data(), end, uid);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ':')
    return fail(ErrorKind::usage, "no user: " + user);
  const auto second = std::from_chars(first.ptr + 1, end, gid);
  if (second.ec != std::errc{} || second.ptr != end) return fail(ErrorKind::usage, "no group: " + user);
  return system::become_user(uid, gid);
}

Status give_up_rights(const Options& options) {
  if (options.from_chroot) KPKG_TRY(system::leave_chroot());
  if (options.wait_for_all) return {};
  KPKG_TRY(system::lower_limits());
  if (!options.user.empty()) KPKG_TRY(become(options.user));
  KPKG_TRY(system::gain_no_privileges());
  if (options.files) KPKG_TRY(system::restrict_files(options.paths));
  if (options.calls.empty()) return {};
  auto status = system::restrict_system_calls();
  return options.calls == "must" ? std::move(status) : Status{};
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Becomes the program; returns only if that fails. execvpe looks it up in this process's own PATH, so that
/// is set first.
Status execute(Options& options) {
  if (::chdir(options.directory.c_str()) != 0)
    return fail(system_error(errno, "cannot enter " + options.directory));
  for (const auto& variable : options.environment)
    if (variable.starts_with("PATH=")) ::setenv("PATH", variable.c_str() + 5, 1);
  ::execvpe(options.program.front().c_str(), pointers_to(options.program).data(),
            pointers_to(options.environment).data());
  return fail(system_error(errno, "cannot run " + options.program.front()));
}

int complain(const Error& error) {
  std::fputs(("kpkg-confine: " + error.text() + "\n").c_str(), stderr);
  return 127;
}

int exit_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Waits for the program and for everything it leaves behind; the program's own status.
int wait_for_all(Options& options) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t program = ::fork();
  if (program < 0) return complain(system_error(errno, "cannot start a process"));
  if (program == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(complain(execute(options).error()));
  }
  int result = 0;
  int status = 0;
  for (pid_t ended = 0; (ended = ::wait(&status)) > 0 || errno == EINTR;)
    if (ended == program) result = exit_status(status);
  return result;
}

/// Waits for the program as leader of its group; ends the group when the process that started this one dies.
/// Needed where there is no process namespace: the kernel forgets the death signal when the user changes, and
/// never passes it on to children.
int lead(Options& options, pid_t starter) {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int number : {SIGCHLD, SIGTERM}) sigaddset(&watched, number);
  ::sigprocmask(SIG_BLOCK, &watched, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const pid_t program = ::fork();
  if (program < 0) return complain(system_error(errno, "cannot start a process"));
  if (program == 0) {
    ::sigprocmask(SIG_UNBLOCK, &watched, nullptr);
    const auto status = execute(options);
    ::_exit(complain(status.error()));
  }
  while (true) {
    int status = 0;
    if (::waitpid(program, &status, WNOHANG) == program) return exit_status(status);
    if (::getppid() != starter) ::kill(0, SIGKILL);
    ::sigwaitinfo(&watched, nullptr);
  }
}

}  // namespace

int main(int count, char** values) {
  const pid_t starter = ::getppid();
  auto options = parse({values + std::min(count, 1), values + count});
  if (!options) return complain(options.error());
  const auto status = give_up_rights(*options);
  if (!status) return complain(status.error());
  if (options->wait_for_all) return wait_for_all(*options);
  if (options->stay) return lead(*options, starter);
  return complain(execute(*options).error());
}
