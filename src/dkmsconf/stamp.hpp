// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "dkmsconf/question.hpp"
#include "system/root.hpp"

#include <map>
#include <string>
#include <utility>

namespace kpkg::dkmsconf {

// Private to dkmsconf/.

/// Makes the stamps of answers: two questions with one stamp have one answer. Looks at each directory once
/// and keeps what it saw, as long as it lives: one command.
class Stamps {
 public:
  explicit Stamps(const system::Root& root) : root_(root) {}

  /// Everything that the answer depends on, as one digest: the question, the bytes of its files and what bash
  /// consults. Where a file is more than plain assignments, also what it may have read: the sights of the
  /// question, the programs that are installed (the package manager's own record of them shows a change), and
  /// which kernel runs.
  ///
  /// Errors: not_found, permission, io; corrupt: a file is larger than a configuration file can be.
  Result<std::string> of(const Question& question);

 private:
  Result<std::string> seen(const Sight& sight);

  const system::Root& root_;
  std::map<std::pair<std::string, Extent>, std::string> seen_;
};

}  // namespace kpkg::dkmsconf
