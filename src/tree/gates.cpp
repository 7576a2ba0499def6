// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gates.hpp"

#include "base/text.hpp"
#include "system/host.hpp"
#include "tree/gate_canary.hpp"
#include "tree/gate_probe.hpp"
#include "tree/gate_symbols.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::tree {
namespace {

constexpr std::size_t most_named = 6;

PointResult result_of(const std::vector<Point>& points, Gate gate) {
  const auto found =
      std::find_if(points.begin(), points.end(), [&](const auto& point) { return point.gate == gate; });
  return found == points.end() ? PointResult::unknown : found->result;
}

bool is_proved(const std::vector<Point>& points) {
  return result_of(points, Gate::symbols) == PointResult::equal ||
         result_of(points, Gate::types) == PointResult::equal;
}

bool contradicts(const Point& point, const std::vector<Point>& points, HeaderOrigin headers) {
  if (point.result != PointResult::differs) return false;
  if (point.gate == Gate::canary) return !is_proved(points);
  if (point.gate == Gate::symbols && headers == HeaderOrigin::kernel)
    return result_of(points, Gate::types) != PointResult::equal;
  return true;
}

bool is_any_contradiction(const std::vector<Point>& points, HeaderOrigin headers) {
  return std::any_of(points.begin(), points.end(),
                     [&](const auto& point) { return contradicts(point, points, headers); });
}

std::string_view noun_of(Gate gate) {
  switch (gate) {
    case Gate::symbols: return "exported symbols";
    case Gate::types: return "types";
    case Gate::layout: return "numbers of struct module";
    case Gate::vermagic: return "vermagic";
    case Gate::canary: return "modules of the kernel";
  }
  return "";
}

std::string contradiction(const Point& point) {
  std::vector<std::string> named(
      point.differing.begin(),
      point.differing.begin() + static_cast<std::ptrdiff_t>(std::min(point.differing.size(), most_named)));
  const auto more = point.differing.size() - named.size();
  return fmt::format("{} of {} {} differ: {}{}", point.compared - point.equal, point.compared,
                     noun_of(point.gate), join(named, "; "),
                     more > 0 ? fmt::format("; and {} more", more) : std::string());
}

}  // namespace

std::string_view name_of(Gate gate) {
  switch (gate) {
    case Gate::symbols: return "symbols";
    case Gate::types: return "types";
    case Gate::layout: return "layout";
    case Gate::vermagic: return "vermagic";
    case Gate::canary: return "canary";
  }
  return "unknown";
}

std::string_view name_of(PointResult result) {
  switch (result) {
    case PointResult::equal: return "equal";
    case PointResult::differs: return "differs";
    case PointResult::unknown: return "unknown";
  }
  return "unknown";
}

std::string_view name_of(Grade grade) {
  switch (grade) {
    case Grade::exact: return "exact";
    case Grade::verified: return "verified";
    case Grade::unverified: return "unverified";
  }
  return "unverified";
}

bool Proof::is_contradicted() const {
  return is_any_contradiction(points, headers);
}

Grade grade_of(const std::vector<Point>& points, HeaderOrigin headers) {
  if (is_any_contradiction(points, headers)) return Grade::unverified;
  if (result_of(points, Gate::canary) == PointResult::equal) return Grade::exact;
  return is_proved(points) ? Grade::verified : Grade::unverified;
}

std::string objection(const Proof& proof) {
  if (proof.grade != Grade::unverified) return {};
  std::vector<std::string> reasons;
  for (const auto& point : proof.points)
    if (contradicts(point, proof.points, proof.headers)) reasons.push_back(contradiction(point));
  if (!reasons.empty())
    return fmt::format("{} or configuration is not the kernel's: {}",
                       proof.headers == HeaderOrigin::kernel ? "source, headers" : "source",
                       join(reasons, "; "));
  for (const auto& point : proof.points)
    if (point.result == PointResult::unknown && point.gate != Gate::layout && point.gate != Gate::vermagic)
      reasons.push_back(point.note);
  return "nothing proves that the source is the kernel's: " + join(reasons, "; ");
}

Result<Proof> prove(const Subject& subject, Reconstruction& reconstruction, const Means& means) {
  Proof proof{.headers = reconstruction.graft ? HeaderOrigin::kernel : HeaderOrigin::source};
  const auto before = reconstruction.kbuild.effort();
  const auto own = system::own_cpu_time();
  proof.points.push_back(KPKG_TRY(prove_symbols(subject, reconstruction)));
  auto probe = KPKG_TRY(prove_by_probe(subject, reconstruction, means));
  for (auto& point : probe.points) proof.points.push_back(std::move(point));
  proof.points.push_back(KPKG_TRY(prove_by_canary(subject, reconstruction)));
  const auto after = reconstruction.kbuild.effort();
  proof.effort = {.duration = after.duration - before.duration + probe.effort.duration,
                  .cpu = after.cpu - before.cpu + probe.effort.cpu + system::own_cpu_time() - own};
  proof.grade = grade_of(proof.points, proof.headers);
  return proof;
}

}  // namespace kpkg::tree
