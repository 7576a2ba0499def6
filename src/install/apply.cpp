// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/apply.hpp"

#include "install/index.hpp"
#include "install/joint_plan.hpp"
#include "install/plan_checks.hpp"
#include "install/undo.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::install {
namespace {

/// A second name for the file, or a copy where the file system has no hard links.
Status save(const Change& change, const std::string& path) {
  auto& disk = change.site.disk;
  const auto saved = saved_path(path, change.id);
  if (disk.link(path, saved)) return {};
  const auto bytes = KPKG_TRY(disk.read_if_present(path));
  if (!bytes) return fail(ErrorKind::not_found, path + " has gone meanwhile");
  return disk.write(saved, *bytes);
}

Status save_index(const Change& change) {
  for (const auto& name : change.plan.index_files)
    KPKG_TRY(save(change, change.plan.module_directory + "/" + name));
  return {};
}

Result<std::string> new_bytes(const Step& step, const ArtifactSource& artifacts) {
  auto bytes = step.kind == StepKind::put_configuration ? Result<std::string>(step.content)
                                                        : artifacts(step.digest.value_or(crypto::Digest{}));
  if (bytes && crypto::sha256(*bytes) != step.digest)
    return fail(ErrorKind::trust, fmt::format("the bytes for {} are not those that were judged", step.path),
                "build the recipe again");
  return bytes;
}

/// Writes the new file beside its place and reads it back: what is renamed later is what was judged (I10).
Status stage(const Change& change, const Step& step, const ArtifactSource& artifacts) {
  auto& disk = change.site.disk;
  const auto bytes = KPKG_TRY(new_bytes(step, artifacts));
  const auto staged = staged_path(step.path, change.id);
  KPKG_TRY(disk.write(staged, bytes));
  if (KPKG_TRY(digest_on(disk, staged)) != step.digest)
    return fail(ErrorKind::trust, fmt::format("{} reads back different from what was written", staged),
                "the disk or the memory of this machine is failing");
  return {};
}

/// Before the intent is noted: whatever is there is not ours to undo.
Status check_unchanged(const Plan& plan, Disk& disk) {
  for (const auto& step : plan.steps) {
    if (!changes_file(step) || KPKG_TRY(digest_on(disk, step.path)) == step.before) continue;
    return fail(ErrorKind::conflict, step.path + " was changed since the plan was made",
                "run the command again");
  }
  return {};
}

bool is_put(const Step& step) {
  return step.kind == StepKind::put_module || step.kind == StepKind::put_configuration;
}

/// Everything that can fail for want of space or bytes, before the first file changes.
Status prepare(const Change& change, const ArtifactSource& artifacts) {
  const auto& steps = change.plan.steps;
  const bool has_index =
      std::any_of(steps.begin(), steps.end(), [](const Step& step) { return step.kind == StepKind::index; });
  if (has_index) KPKG_TRY(save_index(change));
  for (const auto& directory : change.plan.new_directories)
    KPKG_TRY(change.site.disk.make_directories(directory));
  for (const auto& step : steps)
    if (is_put(step)) KPKG_TRY(stage(change, step, artifacts));
  return {};
}

Status perform(const Change& change, const Step& step) {
  auto& disk = change.site.disk;
  switch (step.kind) {
    case StepKind::keep_file:
    case StepKind::leave_file: return {};
    case StepKind::put_module:
    case StepKind::put_configuration:
      if (step.before) KPKG_TRY(save(change, step.path));
      return disk.rename(staged_path(step.path, change.id), step.path);
    case StepKind::remove_file:
      return step.before ? disk.rename(step.path, saved_path(step.path, change.id)) : Status{};
    case StepKind::index: return write_index(change.plan, disk, change.site.runner);
    case StepKind::check: return check_found(change.plan, step, disk, change.site.runner);
    case StepKind::initramfs: return update_initramfs(change.plan, change.site.runner);
  }
  return {};
}

Status perform_all(const Change& change, const ArtifactSource& artifacts, const StepObserver& observer) {
  KPKG_TRY(prepare(change, artifacts));
  for (const auto& step : change.plan.steps) {
    if (observer) observer(step);
    KPKG_TRY(perform(change, step));
  }
  return change.site.journal.advance(change.id, store::TransactionState::applied);
}

/// What is left once every file is in its place; all of it can be done again.
Status conclude(const Change& change, std::span<const Plan> plans) {
  for (const auto& plan : plans)
    KPKG_TRY(change.site.ledger.record(change.id, plan).within("recording what is installed"));
  KPKG_TRY(tidy(change).within("removing the old files"));
  return change.site.journal.advance(change.id, store::TransactionState::concluded);
}

Error give_up(const Change& change, const Error& cause) {
  auto undone = undo(change);
  if (undone) undone = change.site.journal.advance(change.id, store::TransactionState::undone);
  // A stop that the user asked for keeps its own exit status.
  const auto kind = cause.kind == ErrorKind::interrupted ? cause.kind : ErrorKind::install_failed;
  if (undone) return Error{.kind = kind, .message = cause.text(), .context = {}, .hint = cause.hint};
  return Error{.kind = kind,
               .message = fmt::format("{}, and putting the old files back failed: {}", cause.text(),
                                      undone.error().text()),
               .context = {},
               .hint = "the next kpkg command tries again to put them back"};
}

/// Whether the root is as it was before the change: advance(applied) failed, the undo after it did not, and
/// then the note that it was undone was not written either.
Result<bool> is_undone(const Change& change) {
  bool changed_anything = false;
  for (const auto& step : change.plan.steps) {
    if (!changes_file(step)) continue;
    changed_anything = true;
    if (KPKG_TRY(digest_on(change.site.disk, step.path)) != step.before) return false;
  }
  return changed_anything;
}

Result<Recovery::Outcome> recover_one(const store::Transaction& transaction, std::span<const Plan> plans,
                                      const Site& site) {
  const auto whole = joined(plans);
  const Change change{whole, transaction.id, site};
  if (transaction.state == store::TransactionState::applied && !KPKG_TRY(is_undone(change))) {
    KPKG_TRY(conclude(change, plans));
    return Recovery::Outcome::finished;
  }
  KPKG_TRY(undo(change));
  KPKG_TRY(change.site.journal.advance(change.id, store::TransactionState::undone));
  return Recovery::Outcome::undone;
}

}  // namespace

Result<Receipt> apply(std::span<const Plan> plans, const Site& site, const ArtifactSource& artifacts,
                      const StepObserver& observer) {
  for (const auto& plan : plans)
    if (is_refused(plan)) return fail(refusal_of(plan));
  KPKG_TRY(check_apart(plans));
  const auto whole = joined(plans);
  KPKG_TRY(check_unchanged(whole, site.disk));
  const auto id = KPKG_TRY(site.journal.begin(whole.kernel, json_text_of(plans)).within("noting the intent"));
  const Change change{whole, id, site};
  if (const auto done = perform_all(change, artifacts, observer); !done)
    return fail(give_up(change, done.error()));

  Receipt receipt{.transaction = id, .unfinished = ""};
  if (const auto concluded = conclude(change, plans); !concluded)
    receipt.unfinished = concluded.error().text();
  return receipt;
}

Result<std::vector<Recovery>> recover(const Site& site) {
  std::vector<Recovery> recoveries;
  auto unfinished = KPKG_TRY(site.journal.unfinished());
  // The newest first: an older one is below it.
  std::reverse(unfinished.begin(), unfinished.end());
  for (const auto& transaction : unfinished) {
    auto attempt = fmt::format("recovering transaction {}", transaction.id);
    auto plans = KPKG_TRY(plans_from_json(transaction.intent).within(attempt));
    const auto outcome = KPKG_TRY(recover_one(transaction, plans, site).within(std::move(attempt)));
    for (auto& plan : plans) recoveries.push_back({transaction.id, outcome, std::move(plan)});
  }
  return recoveries;
}

}  // namespace kpkg::install
