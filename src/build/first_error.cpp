// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/first_error.hpp"

#include "base/text.hpp"
#include "build/error_rules.hpp"

#include <algorithm>
#include <charconv>

namespace kpkg::build {
namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Takes ":NUMBER" off the end of `text`; 0 if there is none.
unsigned take_number(std::string_view& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return 0;
  unsigned number = 0;
  const char* end = text.data() + text.size();
  const auto answer = std::from_chars(text.data() + colon + 1, end, number);
  if (answer.ec != std::errc{} || answer.ptr != end) return 0;
  text = text.substr(0, colon);
  return number;
}

/// Splits "FILE:LINE:COLUMN" in front of a message into its parts. "gcc", "cc1" and "make[1]" are no files.
void take_place(BuildError& error, std::string_view place) {
  const auto last = take_number(place);
  const auto first = take_number(place);
  if (last == 0) return;
  error.file = valid_utf8(place);
  error.line = first == 0 ? last : first;
  error.column = first == 0 ? 0 : last;
}

/// An error as compilers print it: "FILE:LINE:COLUMN: error: TEXT", also "fatal error:", also of a program.
std::optional<BuildError> compiler_error(std::string_view line) {
  // Follows from a warning that was promoted, and that line has "error:" itself.
  if (contains(line, "all warnings being treated as errors")) return std::nullopt;
  for (const std::string_view mark : {": fatal error: ", ": error: ", ": internal compiler error: "}) {
    const auto at = line.find(mark);
    if (at == std::string_view::npos) continue;
    BuildError error{.kind = BuildErrorKind::compile};
    take_place(error, line.substr(0, at));
    error.text = valid_utf8(trimmed(line.substr(at + mark.size())));
    if (contains(mark, "internal")) error.text = "internal compiler error: " + error.text;
    return error;
  }
  return std::nullopt;
}

/// An error as make prints it about a makefile: "Makefile:12: *** missing separator.  Stop."
std::optional<BuildError> makefile_error(std::string_view line) {
  const auto at = line.find(": *** ");
  if (at == std::string_view::npos || contains(line, "] Error ") || contains(line, "(ignored)"))
    return std::nullopt;
  BuildError error{.kind = BuildErrorKind::other};
  take_place(error, line.substr(0, at));
  error.text = valid_utf8(trimmed(line.substr(at + 6)));
  if (error.line == 0 && !contains(line, "Stop.")) return std::nullopt;
  return error;
}

std::optional<BuildError> error_in(std::string_view line) {
  if (contains(line, "warning: ") && !contains(line, ": error: ")) return std::nullopt;
  if (auto error = compiler_error(line)) return explained(std::move(*error), line);
  const auto* rule = rule_for(line);
  auto error = makefile_error(line);
  if (!error && rule == nullptr) return std::nullopt;
  if (!error) error = BuildError{.text = valid_utf8(trimmed(line))};
  return explained(std::move(*error), line);
}

/// "make[2]: *** [FILE:LINE: TARGET] Error 1": what is left to say when nothing before it was understood.
std::optional<BuildError> last_resort(std::string_view line) {
  if (!contains(line, " *** [") || contains(line, "(ignored)")) return std::nullopt;
  return BuildError{.text = valid_utf8(trimmed(line))};
}

bool says_symvers_are_missing(std::string_view line) {
  return contains(line, "Symbol version dump ") && contains(line, " is missing");
}

}  // namespace

std::string_view name_of(BuildErrorKind kind) {
  switch (kind) {
    case BuildErrorKind::compile: return "compile";
    case BuildErrorKind::missing_header: return "missing_header";
    case BuildErrorKind::missing_rule: return "missing_rule";
    case BuildErrorKind::undefined_symbol: return "undefined_symbol";
    case BuildErrorKind::tree_not_configured: return "tree_not_configured";
    case BuildErrorKind::missing_symvers: return "missing_symvers";
    case BuildErrorKind::foreign_tools: return "foreign_tools";
    case BuildErrorKind::missing_program: return "missing_program";
    case BuildErrorKind::no_space: return "no_space";
    case BuildErrorKind::out_of_memory: return "out_of_memory";
    case BuildErrorKind::wrong_kernel: return "wrong_kernel";
    case BuildErrorKind::no_network: return "no_network";
    case BuildErrorKind::other: return "other";
  }
  return "unknown";
}

std::optional<BuildError> first_error(std::string_view log) {
  std::optional<BuildError> fallback;
  std::optional<BuildError> symvers;
  unsigned number = 0;
  for (std::size_t begin = 0; begin < log.size();) {
    const auto end = std::min(log.find('\n', begin), log.size());
    const auto line = log.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (says_symvers_are_missing(line) && !symvers) {
      symvers = explained(BuildError{.text = valid_utf8(trimmed(line))}, line);
      symvers->log_line = number;
      continue;
    }
    if (auto error = error_in(line)) {
      error->log_line = number;
      // The warning was the cause: without the dump every symbol of the kernel is unknown.
      return error->kind == BuildErrorKind::undefined_symbol && symvers ? symvers : error;
    }
    if (auto error = last_resort(line); error && !fallback) {
      fallback = error;
      fallback->log_line = number;
    }
  }
  return fallback;
}

}  // namespace kpkg::build
