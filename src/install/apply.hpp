// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "install/disk.hpp"
#include "install/plan.hpp"
#include "store/journal.hpp"
#include "store/store.hpp"
#include "system/process.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace kpkg::install {

/// The bytes of an artifact; install verifies them again.
using ArtifactSource = std::function<Result<std::string>(const crypto::Digest&)>;

/// Who is told of each step before it is done.
using StepObserver = std::function<void(const Step&)>;

/// Writes down which files are installed, once they are. Recording the same plan twice changes nothing.
class Ledger {
 public:
  virtual ~Ledger() = default;

  virtual Status record(std::int64_t transaction, const Plan& plan) = 0;
};

/// The ledger in the store.
class StoreLedger final : public Ledger {
 public:
  explicit StoreLedger(store::Store& store) : store_(store) {}

  Status record(std::int64_t transaction, const Plan& plan) override;

 private:
  store::Store& store_;
};

/// Everything through which plans reach the machine.
struct Site {
  Disk& disk;
  system::Runner& runner;
  store::Journal& journal;
  Ledger& ledger;
};

/// What was done.
struct Receipt {
  std::int64_t transaction = 0;
  std::string unfinished;  ///< what is left for recover() although every file is in its place; empty: nothing

  bool operator==(const Receipt&) const = default;
};

/// Performs plans for one kernel, at least one: all of them or nothing.
///
/// The intent is in the journal before any file changes; every new file is staged beside its place, verified
/// and renamed; depmod runs once for all and modprobe must then find the new files. Whatever fails, the old
/// files and the old index are put back.
///
/// Errors: install_failed: it failed, for the cause that the message tells, and was undone, unless the hint
/// says otherwise. Before anything is touched: conflict: a file was changed since the plans were made, or two
/// plans have one in common; the refusal of a plan that is refused.
Result<Receipt> apply(std::span<const Plan> plans, const Site& site, const ArtifactSource& artifacts,
                      const StepObserver& observer = {});

/// What recover() did with one plan. The plans of one transaction end alike.
struct Recovery {
  enum class Outcome { finished, undone };

  std::int64_t transaction = 0;
  Outcome outcome = Outcome::undone;
  Plan plan;

  bool operator==(const Recovery&) const = default;
};

/// Finishes what a crashed command had applied and undoes what it had only begun. To be called by every
/// command that holds the lock, before it does anything else; may itself be interrupted and called again.
///
/// Errors: corrupt: an intent cannot be read; whatever keeps a file from being put back.
Result<std::vector<Recovery>> recover(const Site& site);

}  // namespace kpkg::install
