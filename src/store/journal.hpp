// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kpkg::store {

/// How far a change of the root has come.
enum class TransactionState {
  intended,   ///< written before anything is touched (invariant I3); found by a later command: it must be
              ///< undone
  applied,    ///< every file is in its place and verified; found by a later command: only tidying is left
  concluded,  ///< done and tidied
  undone,     ///< failed or crashed, and the old state was restored
};

struct Transaction {
  std::int64_t id = 0;
  std::string kernel;  ///< release
  std::string intent;  ///< the plan as JSON text, written by install/, opaque here
  TransactionState state = TransactionState::intended;
  std::int64_t started = 0;  ///< seconds since the epoch

  bool operator==(const Transaction&) const = default;
};

/// What was about to be done, on disk before it is done.
class Journal {
 public:
  virtual ~Journal() = default;

  /// Writes the intent, on disk when this returns, and yields its id.
  virtual Result<std::int64_t> begin(const std::string& kernel, const std::string& intent) = 0;
  virtual Status advance(std::int64_t id, TransactionState state) = 0;

  /// Every transaction that is neither concluded nor undone, oldest first.
  virtual Result<std::vector<Transaction>> unfinished() = 0;
};

}  // namespace kpkg::store
