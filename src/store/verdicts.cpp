// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/verdicts.hpp"

#include "store/database.hpp"

namespace kpkg::store {
namespace {

KernelRecord read_kernel(Fields& fields) {
  KernelRecord kernel;
  kernel.release = fields.text();
  kernel.digest = fields.digest();
  kernel.build_id = fields.text();
  kernel.facts = fields.text();
  kernel.when = fields.integer();
  return kernel;
}

VerdictRecord read_verdict(Fields& fields) {
  VerdictRecord verdict;
  verdict.artifact = fields.digest();
  verdict.kernel = fields.text();
  verdict.kernel_facts = fields.digest();
  verdict.decision = fields.name(abi::decision_named);
  verdict.findings = fields.text();
  verdict.overridden_by = fields.text();
  verdict.when = fields.integer();
  return verdict;
}

}  // namespace

Status remember_kernel(Store& store, const KernelRecord& kernel) {
  KPKG_TRY(store.database().change(
      "INSERT OR IGNORE INTO kernel (release, digest, build_id, facts, seen) VALUES (?, ?, ?, ?, ?)",
      {kernel.release, value_of(kernel.digest), kernel.build_id, kernel.facts, kernel.when}));
  return {};
}

Result<std::vector<KernelRecord>> kernels_seen(Store& store, const std::string& release) {
  return store.database().select(
      "SELECT release, digest, build_id, facts, seen FROM kernel "
      "WHERE ?1 = '' OR release = ?1 ORDER BY seen DESC, rowid DESC",
      {release}, read_kernel);
}

Status record_verdict(Store& store, const VerdictRecord& verdict) {
  KPKG_TRY(store.database().change(
      "INSERT OR REPLACE INTO verdict (artifact, kernel, kernel_facts, decision, findings, overridden_by, "
      "judged) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {value_of(verdict.artifact), verdict.kernel, value_of(verdict.kernel_facts),
       value_of(abi::name_of(verdict.decision)), verdict.findings, verdict.overridden_by, verdict.when}));
  return {};
}

Result<std::optional<VerdictRecord>> find_verdict(Store& store, const crypto::Digest& artifact,
                                                  const std::string& kernel) {
  return store.database().select_first(
      "SELECT artifact, kernel, kernel_facts, decision, findings, overridden_by, judged FROM verdict "
      "WHERE artifact = ? AND kernel = ? ORDER BY rowid DESC LIMIT 1",
      {value_of(artifact), kernel}, read_verdict);
}

}  // namespace kpkg::store
