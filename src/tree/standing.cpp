// SPDX-License-Identifier: GPL-2.0-or-later
// What observations of a tree are worth together.
#include "tree/attestation.hpp"

#include <algorithm>
#include <array>

namespace kpkg::tree {
namespace {

/// What proves that headers are the kernel's, where it is good.
struct ProofRow {
  Aspect aspect;
  Gate gate;
};

constexpr std::array<ProofRow, 3> of_proof = {
    {{Aspect::symbols, Gate::symbols}, {Aspect::types, Gate::types}, {Aspect::canary, Gate::canary}}};

bool may_prove(Aspect aspect) {
  return std::any_of(of_proof.begin(), of_proof.end(),
                     [&](const auto& proof) { return proof.aspect == aspect; });
}

const Observation* worst_of(const std::vector<Observation>& all, Aspect aspect) {
  const Observation* worst = nullptr;
  for (const auto& each : all)
    if (each.aspect == aspect && (worst == nullptr || each.weight > worst->weight)) worst = &each;
  return worst;
}

bool is_good(const std::vector<Observation>& all, Aspect aspect) {
  const auto* const worst = worst_of(all, aspect);
  return worst != nullptr && worst->weight == Weight::good;
}

/// Options that may lay structs out otherwise do not where all structs are equal; what nobody could compare
/// is taken for different.
void weigh_configuration(std::vector<Observation>& all) {
  const bool is_proved =
      (is_good(all, Aspect::types) || is_good(all, Aspect::canary)) && is_good(all, Aspect::layout);
  for (auto& each : all) {
    if (each.aspect != Aspect::configuration || each.weight != Weight::unknown || each.details.empty())
      continue;
    each.weight = is_proved ? Weight::note : Weight::wrong;
    if (is_proved) each.meaning = "the structs are equal all the same, so modules are";
  }
}

}  // namespace

std::vector<Gate> proofs_in(const Attestation& attestation) {
  std::vector<Gate> proofs;
  if (attestation.standing > Standing::verified) return proofs;
  for (const auto& [aspect, gate] : of_proof)
    if (is_good(attestation.observations, aspect)) proofs.push_back(gate);
  return proofs;
}

Attestation attestation_of(std::vector<Observation> observations) {
  weigh_configuration(observations);
  return impression_of(std::move(observations));
}

Attestation impression_of(std::vector<Observation> observations) {
  std::stable_sort(observations.begin(), observations.end(),
                   [](const auto& left, const auto& right) { return left.aspect < right.aspect; });
  auto worst = Weight::good;
  const bool is_proved = std::any_of(of_proof.begin(), of_proof.end(),
                                     [&](const auto& proof) { return is_good(observations, proof.aspect); });
  for (const auto& each : observations) {
    // One of these proves the headers; that another cannot be compared, as types without BTF, takes nothing
    // away.
    const bool is_spare = is_proved && may_prove(each.aspect);
    if (!is_spare || each.weight != Weight::unknown) worst = std::max(worst, each.weight);
  }
  Attestation attestation{.standing = Standing::usable, .observations = std::move(observations)};
  if (worst == Weight::wrong)
    attestation.standing = Standing::unusable;
  else if (is_proved && worst != Weight::unknown)
    attestation.standing = worst == Weight::good ? Standing::exact : Standing::verified;
  return attestation;
}

}  // namespace kpkg::tree
