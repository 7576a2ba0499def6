// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/arguments.hpp"

#include "cli/exit_status.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using cli::Verb;

namespace {

cli::Parsed parsed(const std::vector<std::string>& words) {
  return cli::parse_arguments(words);
}

}  // namespace

TEST_CASE("a recipe after a kernel is a recipe and not another kernel") {
  const auto answer = parsed({"install", "-k", "6.1.0-56-amd64", "tty0tty", "-k", "all"});

  CHECK(answer.text.empty());
  CHECK(answer.arguments.verb == Verb::install);
  CHECK(answer.arguments.names == std::vector<std::string>{"tty0tty"});
  CHECK(answer.arguments.kernels == std::vector<std::string>{"6.1.0-56-amd64", "all"});
}

TEST_CASE("a command of two words is one command") {
  const auto answer = parsed({"recipe", "lint", "a.toml", "b.toml"});

  CHECK(answer.arguments.verb == Verb::recipe_lint);
  CHECK(answer.arguments.names.size() == 2);
}

TEST_CASE("a misspelt command is usage and names the nearest one") {
  const auto answer = parsed({"instal", "tty0tty"});

  CHECK(answer.status == cli::usage_status);
  CHECK(answer.text == "kpkg: there is no command instal\nhint: did you mean install?\n");
}

TEST_CASE("an option that the command does not take is usage") {
  CHECK(parsed({"list", "--force"}).status == cli::usage_status);
}

TEST_CASE("a command without the names that it needs is usage") {
  CHECK(parsed({"install"}).status == cli::usage_status);
  CHECK(parsed({"show", "one", "two"}).status == cli::usage_status);
}

TEST_CASE("no command at all is usage and says where the commands are") {
  CHECK(parsed({}).status == cli::usage_status);
  CHECK(parsed({"--json"}).status == cli::usage_status);
}

TEST_CASE("help and version are answers, not errors") {
  CHECK(parsed({"--help"}).status == 0);
  CHECK(parsed({"--help"}).text.find("install") != std::string::npos);
  CHECK(parsed({"install", "--help"}).status == 0);
  CHECK(parsed({"--version"}).text.starts_with("kpkg "));
}

TEST_CASE("the hidden commands of the hooks are not in the help text") {
  CHECK(parsed({"--help"}).text.find("hook") == std::string::npos);
  CHECK(parsed({"hook", "postinst", "6.1"}).arguments.verb == Verb::hook_postinst);
}

TEST_CASE("jobs that are no number are usage") {
  CHECK(parsed({"install", "-j", "many", "tty0tty"}).status == cli::usage_status);
  CHECK(parsed({"install", "-j", "-1", "tty0tty"}).status == cli::usage_status);
}

TEST_CASE("only the word changes follows --exit-code") {
  CHECK(parsed({"rebuild", "--exit-code=changes"}).arguments.changes_status);
  CHECK(parsed({"rebuild", "--exit-code=always"}).status == cli::usage_status);
}

TEST_CASE("--for of build is a file of facts, and --tree a directory there and a flag of inspect") {
  const auto build =
      parsed({"build", "tty0tty", "--for", "board.facts", "--tree", "tree", "-o", "tty0tty.kpkg"});

  CHECK(build.text.empty());
  CHECK(build.arguments.only_for == "board.facts");
  CHECK(build.arguments.tree_directory == "tree");
  CHECK(build.arguments.output == "tty0tty.kpkg");
  CHECK(build.arguments.names == std::vector<std::string>{"tty0tty"});
  CHECK(parsed({"inspect", "--tree", "tty0tty"}).arguments.tree);
}
