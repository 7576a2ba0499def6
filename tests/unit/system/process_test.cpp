// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/process.hpp"

#include "system/interruption.hpp"
#include "system/output_file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <fstream>
#include <vector>

using namespace kpkg;
using system::Command;

namespace {

Command a_shell(std::string script) {
  return Command{
      .program = "sh", .arguments = {"-c", std::move(script)}, .environment = system::system_environment()};
}

}  // namespace

TEST_CASE("output, errors and status of a program are told apart") {
  system::SystemRunner runner;

  const auto outcome = runner.run(a_shell("echo out; echo err >&2; exit 3"));

  REQUIRE(outcome.has_value());
  CHECK(outcome->output == "out\n");
  CHECK(outcome->errors == "err\n");
  CHECK(outcome->status == 3);
}

TEST_CASE("a program gets the environment that is written and no other") {
  system::SystemRunner runner;
  auto command = a_shell("env");
  command.environment = {"PATH=/usr/bin:/bin", "ONLY=this"};

  const auto outcome = runner.run(command);

  REQUIRE(outcome.has_value());
  CHECK(outcome->output.find("ONLY=this\n") != std::string::npos);
  CHECK(outcome->output.find("HOME=") == std::string::npos);
}

TEST_CASE("input longer than a pipe reaches the program") {
  system::SystemRunner runner;
  auto command = a_shell("wc -c");
  command.input = std::string(1U << 20, 'x');

  CHECK(runner.run(command)->output == "1048576\n");
}

TEST_CASE("a line is told while its program still runs, and the output is captured too") {
  system::SystemRunner runner;
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-process-test-");
  const auto path = scratch.path() + "/pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  std::fstream pipe(path, std::ios::in | std::ios::out);
  auto command = a_shell("echo first; read answer < " + path + "; echo; printf $answer");
  command.timeout = std::chrono::seconds(10);
  std::vector<std::string> told;

  const auto outcome = runner.run_observed(command, [&](std::string_view line) {
    told.emplace_back(line);
    pipe << "heard" << std::endl;
  });

  REQUIRE(outcome.has_value());
  CHECK(told == std::vector<std::string>{"first", "", "heard"});
  CHECK(outcome->output == "first\n\nheard");
}

TEST_CASE("a time limit ends the program and everything it started") {
  system::SystemRunner runner;
  auto command = a_shell("sleep 60 & sleep 60");
  command.timeout = std::chrono::milliseconds(100);

  const auto outcome = runner.run(command);

  REQUIRE(outcome.has_value());
  CHECK(outcome->timed_out);
  CHECK(outcome->duration < std::chrono::seconds(10));
}

TEST_CASE("a program in the background does not keep kpkg waiting") {
  system::SystemRunner runner;

  const auto outcome = runner.run(a_shell("sleep 30 & echo done"));

  REQUIRE(outcome.has_value());
  CHECK(outcome->output == "done\n");
  CHECK(outcome->duration < std::chrono::seconds(10));
}

TEST_CASE("a program that must finish is waited for although kpkg was asked to stop") {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto begun = system::Interruption::begin();
    ::raise(SIGTERM);
    auto command = a_shell("echo begun; sleep 0.1; echo finished");
    command.on_stop = system::OnStop::finish;
    const auto outcome = system::SystemRunner().run(command);
    const bool is_whole = outcome && outcome->succeeded() && outcome->output == "begun\nfinished\n";
    ::_exit(begun && is_whole && system::Interruption::is_pending() ? 0 : 1);
  }

  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("a program that must finish outlives a kpkg that is killed") {
  const auto scratch = *system::TempDir::create("/tmp", "kpkg-process-test-");
  const auto said = scratch.path() + "/said";
  const auto heard = scratch.path() + "/heard";
  REQUIRE(::mkfifo(said.c_str(), 0600) == 0);
  REQUIRE(::mkfifo(heard.c_str(), 0600) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto log = system::create_output_file(scratch.path() + "/log");
    auto command = a_shell("echo begun > " + said + "; read word < " + heard + "; echo $word > " + said);
    command.on_stop = system::OnStop::finish;
    command.output = log->get();
    drop(system::SystemRunner().run(command), "it is killed meanwhile");
    ::_exit(1);
  }
  const auto line_of = [&] {
    std::string line;
    std::ifstream pipe(said);
    std::getline(pipe, line);
    return line;
  };

  const auto first = line_of();
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  std::ofstream(heard) << "finished" << std::endl;

  CHECK(first == "begun");
  CHECK(line_of() == "finished");
}

TEST_CASE("an absent program names the package that has it") {
  system::SystemRunner runner;

  const auto outcome = runner.run(Command{.program = "no-such-program"});

  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().kind == ErrorKind::not_found);
  CHECK(outcome.error().hint == "install it: apt-get install no-such-program");
}

TEST_CASE("a failure quotes the last line that the program wrote to stderr") {
  system::SystemRunner runner;

  const auto outcome = system::run_successfully(runner, a_shell("echo first >&2; echo last >&2; exit 1"));

  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().message == "sh failed with status 1: last");
}

TEST_CASE("a command is shown as a person would type it") {
  const Command command{.program = "make", .arguments = {"M=/a b", "it's"}};

  CHECK(command.text() == "make 'M=/a b' 'it'\\''s'");
}
