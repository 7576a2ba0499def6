// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "cli/arguments.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

std::string manual() {
  return *system::read_file(KPKG_MANUAL);
}

/// The lines of the manual's literal blocks that call kpkg, as words after the program's name.
std::vector<std::vector<std::string>> examples() {
  std::vector<std::vector<std::string>> found;
  bool is_literal = false;
  for (const auto& line : lines(manual())) {
    is_literal = line == "```" ? !is_literal : is_literal;
    auto given = words(line);
    if (!is_literal || given.empty() || given.front() != "kpkg") continue;
    given.erase(given.begin());
    found.push_back(std::move(given));
  }
  return found;
}

std::vector<std::string> commands_without_a_place() {
  std::vector<std::string> missing;
  for (const auto& row : cli::commands())
    if (!row.help.empty() && manual().find("*" + std::string(row.words) + "*") == std::string::npos)
      missing.emplace_back(row.words);
  return missing;
}

std::vector<std::string> options_without_a_place() {
  std::vector<std::string> missing;
  for (const auto& row : cli::commands())
    for (const auto& option : words(row.options))
      if (manual().find("*" + split(cli::spelling_of(option), ',').back()) == std::string::npos)
        missing.push_back(option);
  return missing;
}

std::vector<std::string> examples_that_are_usage_errors() {
  std::vector<std::string> wrong;
  for (const auto& example : examples())
    if (const auto parsed = cli::parse_arguments(example); !parsed.text.empty()) wrong.push_back(parsed.text);
  return wrong;
}

}  // namespace

TEST_CASE("every command has its place in the manual") {
  CHECK(join(commands_without_a_place(), ", ") == "");
}

TEST_CASE("every option has its place in the manual") {
  CHECK(join(options_without_a_place(), ", ") == "");
}

TEST_CASE("every example of the manual is a command line that kpkg understands") {
  CHECK(examples().size() >= 3);
  CHECK(join(examples_that_are_usage_errors(), "\n") == "");
}
