// SPDX-License-Identifier: GPL-2.0-or-later
// What observations of a tree are worth together.
#include "tree/attestation.hpp"

#include <algorithm>

namespace kpkg::tree {
namespace {

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
  const bool is_proved = is_good(all, Aspect::types) && is_good(all, Aspect::layout);
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
  if (is_good(attestation.observations, Aspect::symbols)) proofs.push_back(Gate::symbols);
  if (is_good(attestation.observations, Aspect::types)) proofs.push_back(Gate::types);
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
  const bool has_symbols = is_good(observations, Aspect::symbols);
  const bool has_types = is_good(observations, Aspect::types);
  for (const auto& each : observations) {
    // One of the two proves the headers; that the other cannot be compared, as without BTF, takes nothing
    // away.
    const bool is_spare =
        (each.aspect == Aspect::types && has_symbols) || (each.aspect == Aspect::symbols && has_types);
    if (!is_spare || each.weight != Weight::unknown) worst = std::max(worst, each.weight);
  }
  Attestation attestation{.standing = Standing::usable, .observations = std::move(observations)};
  if (worst == Weight::wrong)
    attestation.standing = Standing::unusable;
  else if ((has_symbols || has_types) && worst != Weight::unknown)
    attestation.standing = worst == Weight::good ? Standing::exact : Standing::verified;
  return attestation;
}

}  // namespace kpkg::tree
