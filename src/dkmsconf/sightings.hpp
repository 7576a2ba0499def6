// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmsconf/question.hpp"
#include "system/root.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kpkg::dkmsconf {

// Private to dkmsconf/.

/// What was seen of a root besides the configuration files themselves: each place is looked at once. Owns
/// what it saw.
class Sightings {
 public:
  explicit Sightings(const system::Root& root) : root_(root) {}

  /// Whether there is such a file, links followed.
  Result<bool> has(const std::string& path);

  /// The names in a directory, none if it is absent.
  Result<const std::vector<std::string>*> names_in(const std::string& directory);

  /// The text of a configuration file.
  ///
  /// Errors: not_found, permission, io; corrupt: it is larger than a configuration file can be.
  Result<const std::string*> text(const std::string& file);

  /// What can be seen of a place, as a digest.
  Result<std::string> seen(const Sight& sight);

 private:
  const system::Root& root_;
  std::map<std::string, bool, std::less<>> files_;
  std::map<std::string, std::string, std::less<>> texts_;
  std::map<std::string, std::vector<std::string>, std::less<>> names_;
  std::map<std::pair<std::string, Extent>, std::string> seen_;
};

/// The stamp of an answer: two questions with one stamp have one answer. A digest of the question, the bytes
/// of its files and what bash consults. Where a file is more than plain assignments, also of what it may have
/// read: the sights of the question, the programs that are installed (the package manager's own record of
/// them shows a change), and which kernel runs.
///
/// Errors: not_found, permission, io; corrupt: a file is larger than a configuration file can be.
Result<std::string> stamp_of(const Question& question, const system::Root& root, Sightings& sightings);

}  // namespace kpkg::dkmsconf
