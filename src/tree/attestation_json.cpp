// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/attestation_json.hpp"

#include "abi/json_reader.hpp"
#include "base/json.hpp"

#include <fmt/format.h>

#include <optional>

namespace kpkg::tree {
namespace {

/// The value below `last`, and with it, whose name this is.
template <typename Value>
std::optional<Value> named(std::string_view name, Value last) {
  for (int number = 0; number <= static_cast<int>(last); ++number)
    if (name_of(static_cast<Value>(number)) == name) return static_cast<Value>(number);
  return std::nullopt;
}

Json json_of(const Observation& observation) {
  return {{"aspect", std::string(name_of(observation.aspect))},
          {"weight", std::string(name_of(observation.weight))},
          {"text", observation.text},
          {"meaning", observation.meaning},
          {"remedy", observation.remedy},
          {"details", observation.details}};
}

Result<Observation> observation_from(const Json& value) {
  const abi::JsonReader reader(value, "observation");
  KPKG_TRY(reader.check_object());
  const auto aspect = named(KPKG_TRY(reader.text("aspect")), Aspect::build);
  const auto weight = named(KPKG_TRY(reader.text("weight")), Weight::wrong);
  if (!aspect || !weight) return fail(ErrorKind::corrupt, "the observation is of another kpkg");
  Observation observation{.aspect = *aspect, .weight = *weight};
  observation.text = KPKG_TRY(reader.text("text"));
  observation.meaning = KPKG_TRY(reader.text("meaning"));
  observation.remedy = KPKG_TRY(reader.text("remedy"));
  observation.details = KPKG_TRY(reader.texts("details"));
  return observation;
}

}  // namespace

Json to_json(const Attestation& attestation) {
  Json observations = Json::array();
  for (const auto& observation : attestation.observations) observations.push_back(json_of(observation));
  return {{"standing", std::string(name_of(attestation.standing))},
          {"observations", std::move(observations)}};
}

Result<Attestation> attestation_from_json(const Json& value) {
  const abi::JsonReader reader(value, "attestation");
  KPKG_TRY(reader.check_object());
  const auto standing = named(KPKG_TRY(reader.text("standing")), Standing::unusable);
  if (!standing) return fail(ErrorKind::corrupt, "the attestation is of another kpkg");
  Attestation attestation{.standing = *standing, .observations = {}};
  const Json* const observations = KPKG_TRY(reader.optional_list("observations"));
  if (observations == nullptr) return attestation;
  for (const auto& each : *observations) attestation.observations.push_back(KPKG_TRY(observation_from(each)));
  return attestation;
}

}  // namespace kpkg::tree
