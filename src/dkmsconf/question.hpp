// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kpkg::dkmsconf {

// Private to dkmsconf/: what bash is asked about configuration files, as a value.

/// How much of a directory shows that a file may have read something else there.
enum class Extent {
  itself,       ///< its own size, time and inode; of a file too
  names,        ///< the names in it
  directories,  ///< the names of the directories in it and in these
  entries,      ///< its entries with their size, time and inode
  everything,   ///< the same of all that is below it, links not followed
};

/// A file or directory of the root that configuration files may read.
struct Sight {
  std::string path;
  Extent extent = Extent::itself;

  bool operator==(const Sight&) const = default;
};

/// A regular expression for bash: does `text` match the directive `name`?
struct Comparison {
  std::string name;
  std::string text;

  bool operator==(const Comparison&) const = default;
};

struct Question {
  std::string known_as;  ///< under what the answer is remembered; one answer each
  std::vector<std::pair<std::string, std::string>> variables;  ///< that the files see, told back as well
  std::string_view names;               ///< of the variables that count, blanks between them
  std::string_view retired;             ///< those that are told of after each file
  std::vector<std::string> files;       ///< of the root, in their order; they exist
  std::vector<std::string> directives;  ///< "NAME=value": exported after the files
  std::vector<Comparison> comparisons;
  std::vector<std::string> searches;   ///< directives whose words are options of the kernel's configuration
  std::vector<std::string> consulted;  ///< files that bash itself looks at for an answer; they may be absent
  std::vector<Sight> sights;

  /// What the reader gets: the question in its own words.
  std::vector<std::string> arguments() const;

  bool operator==(const Question&) const = default;
};

}  // namespace kpkg::dkmsconf
