// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/variables.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::dkmsconf {

/// What bash printed when it was asked, as bytes. They are what is remembered.
struct RawAnswer {
  int status = 0;
  bool timed_out = false;
  std::string fields;  ///< ends each with NUL
  std::string errors;  ///< stderr; a NUL ends what one file or one directive said

  bool operator==(const RawAnswer&) const = default;
};

/// A configuration file that was read.
struct FileRead {
  std::string path;
  std::string said;                            ///< on stderr, line ends included
  std::map<std::string, std::string> retired;  ///< what is set of that, so far, and its element 0

  bool operator==(const FileRead&) const = default;
};

/// One word of BUILD_EXCLUSIVE_CONFIG, and whether the kernel's configuration satisfies it.
struct ConfigurationWord {
  std::string word;
  bool is_satisfied = false;

  bool operator==(const ConfigurationWord&) const = default;
};

enum class EvaluationEnd {
  whole,
  cut_short,    ///< a file ended the shell that evaluates it, with the status beside this
  timed_out,    ///< it took too long and was ended
  not_started,  ///< bash did not get to run in the sandbox
};

/// What files say once bash has evaluated them.
struct Evaluation {
  EvaluationEnd end = EvaluationEnd::not_started;
  int status = 0;  ///< of the shell
  std::vector<FileRead> files;
  std::vector<std::string> directives_said;  ///< on stderr, of each --directive
  std::string said_at_last;                  ///< on stderr, after all of these
  std::vector<std::string> unreadable;       ///< files that the sandbox's user may not read
  Variables variables;
  /// Name of a directive, index, and whether its regular expression matches.
  std::map<std::string, std::map<std::uint64_t, bool>, std::less<>> matches;
  /// The words of BUILD_EXCLUSIVE_CONFIG by its index; empty: there is no configuration to search.
  std::map<std::uint64_t, std::vector<ConfigurationWord>> options;
  bool kernel_is_clangs = false;  ///< clang compiled the kernel

  /// Whether the expression of that element matches; no such element does not.
  bool does_match(std::string_view name, std::uint64_t index) const;

  bool operator==(const Evaluation&) const = default;
};

/// Reads an answer. Whatever it holds, this yields something: a file can write into it, if it means to.
Evaluation parse_answer(const RawAnswer& answer);

}  // namespace kpkg::dkmsconf
