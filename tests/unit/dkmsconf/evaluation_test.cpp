// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/evaluation.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using dkmsconf::EvaluationEnd;
using dkmsconf::parse_answer;
using dkmsconf::RawAnswer;

namespace {

/// The fields, each with its NUL.
std::string fields(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += word + '\0';
  return text;
}

}  // namespace

TEST_CASE("an answer with its end is whole") {
  const auto evaluation = parse_answer(
      {.fields = fields({"start",     "file", "/a",    "retired",    "CLEAN", "x", "match",    "MAKE_MATCH",
                         "2",         "0",    "match", "MAKE_MATCH", "3",     "1", "option",   "0",
                         "!CONFIG_X", "1",    "clang", "value",      "MAKE",  "2", "make all", "end"}),
       .errors = std::string("said of a\0rest", 14)});

  CHECK(evaluation.end == EvaluationEnd::whole);
  CHECK(evaluation.files ==
        std::vector{dkmsconf::FileRead{.path = "/a", .said = "said of a", .retired = {{"CLEAN", "x"}}}});
  CHECK(evaluation.said_at_last == "rest");
  CHECK(evaluation.does_match("MAKE_MATCH", 2));
  CHECK_FALSE(evaluation.does_match("MAKE_MATCH", 3));
  CHECK_FALSE(evaluation.does_match("MAKE_MATCH", 4));
  CHECK(evaluation.options.at(0).front().is_satisfied);
  CHECK(evaluation.kernel_is_clangs);
  CHECK(evaluation.variables.value("MAKE", 2) == "make all");
  CHECK(evaluation.variables.value("MAKE").empty());
}

TEST_CASE("an answer without its end is cut short, one without a start was never given") {
  CHECK(parse_answer({.fields = fields({"start", "value", "A"})}).end == EvaluationEnd::cut_short);
  CHECK(parse_answer({.fields = fields({"value", "A", "0", "x", "end"})}).end == EvaluationEnd::not_started);
  CHECK(parse_answer({}).end == EvaluationEnd::not_started);
  CHECK(parse_answer({.timed_out = true, .fields = fields({"start", "end"})}).end ==
        EvaluationEnd::timed_out);
}

TEST_CASE("what no reader says ends the answer where it stands") {
  CHECK(parse_answer({.fields = fields({"start", "nonsense", "end"})}).end == EvaluationEnd::cut_short);
  CHECK(parse_answer({.fields = fields({"start", "value", "A", "x", "y", "end"})}).end ==
        EvaluationEnd::cut_short);
  CHECK(parse_answer({.fields = fields({"start", "retired", "A", "x", "end"})}).end ==
        EvaluationEnd::cut_short);
}
