// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gate_probe.hpp"

#include "abi/type_comparison.hpp"
#include "abi/vermagic.hpp"
#include "base/text.hpp"
#include "build/build.hpp"
#include "build/debug_types.hpp"
#include "system/file.hpp"
#include "tree/gate_probe_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_module = 256U << 20;  // with debug information

Point unknown(Gate gate, std::string why) {
  return {.gate = gate, .result = PointResult::unknown, .note = std::move(why)};
}

Point decided(Point point) {
  point.result = point.compared == point.equal ? PointResult::equal : PointResult::differs;
  return point;
}

std::string told(const std::optional<std::uint64_t>& value) {
  return value ? fmt::format("0x{:x}", *value) : std::string("nowhere");
}

/// Adds one number of struct module; what the kernel does not tell is not compared.
void compare_number(Point& point, std::string_view what, const std::optional<std::uint64_t>& probe,
                    const std::optional<std::uint64_t>& kernel) {
  if (!kernel) return;
  ++point.compared;
  point.equal += probe == kernel ? 1 : 0;
  if (probe != kernel)
    point.differing.push_back(fmt::format("{}: {} instead of {}", what, told(probe), told(kernel)));
}

/// Whether the kernel has a type of this name and kind at all.
bool is_known(const abi::TypeTable& kernel, const abi::NamedType& type) {
  const auto rows = kernel.named(type.name);
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.kind == type.kind; });
}

std::string told(const abi::TypeDifference& difference) {
  const auto bytes = [](const std::optional<std::uint32_t>& size) {
    return size ? fmt::format("{} bytes", *size) : std::string("absent");
  };
  const auto name = fmt::format("{} {}", abi::name_of(difference.kind), difference.name);
  if (difference.module_size == difference.kernel_size)
    return fmt::format("{}: other members in {}", name, bytes(difference.kernel_size));
  return fmt::format("{}: {} instead of {}", name, bytes(difference.module_size),
                     bytes(difference.kernel_size));
}

build::BuildRequest request_of(const Subject& subject, const ProbePlace& place) {
  build::BuildRequest request{.name = "kpkg_probe",
                              .source = place.work + "/probe",
                              .modules = {{.name = "kpkg_probe"}},
                              .release = subject.kernel.release,
                              .arch = place.arch,
                              .cross_prefix = place.cross_prefix,
                              .root = place.root,
                              .tree = place.tree,
                              .visible = place.visible,
                              .work = place.work + "/probe-work",
                              .log = place.log};
  request.build.environment["KCFLAGS"] = "-g";
  return request;
}

/// The tree as it will be, in the directory beside its destination.
ProbePlace place_of(const Reconstruction& reconstruction, const Means& means) {
  ProbePlace place{.tree = {.path = reconstruction.tree},
                   .arch = std::string(reconstruction.architecture.directory),
                   .cross_prefix = reconstruction.cross_prefix,
                   .work = reconstruction.work.path(),
                   .log = reconstruction.kbuild.place().log + ".probe"};
  // Nobody but root may enter the directory beside the destination, in which the tree lies until it is
  // published: its own name makes it enterable.
  if (means.sandbox.strength() == system::SandboxStrength::namespaces) {
    place.root = reconstruction.staging.path();
    place.tree.path = reconstruction.tree.substr(place.root.size());
  }
  return place;
}

/// Builds the probe with these headers. Errors: interrupted; no_space; permission, io.
Result<build::BuildOutcome> build_probe(const build::BuildRequest& request, ProbeHeaders probe_headers,
                                        const Means& means) {
  KPKG_TRY(system::make_directories(request.source));
  KPKG_TRY(system::write_file(request.source + "/kpkg_probe.c", probe_source(probe_headers)));
  KPKG_TRY(system::write_file(request.source + "/Kbuild", "obj-m := kpkg_probe.o\n"));
  auto outcome = KPKG_TRY(build::run_build(request, means.runner, means.sandbox, means.jobserver));
  if (outcome.end == build::BuildEnd::interrupted)
    return fail(ErrorKind::interrupted, "building the probe module was interrupted");
  if (outcome.error && outcome.error->kind == build::BuildErrorKind::no_space)
    return fail(ErrorKind::no_space, outcome.error->text, outcome.error->remedy);
  return outcome;
}

std::string why_not_built(const build::BuildOutcome& outcome) {
  return outcome.error ? outcome.error->text : std::string(build::name_of(outcome.end));
}

}  // namespace

Point compared_layout(const abi::KernelFacts& kernel, const abi::Fingerprint& probe) {
  if (!kernel.layout) return unknown(Gate::layout, "the kernel's modules do not tell their struct module");
  Point point{.gate = Gate::layout, .note = "struct module of a module built in the tree"};
  const auto& own = probe.layout;
  compare_number(point, "size of struct module", own ? std::optional(own->size) : std::nullopt,
                 kernel.layout->size);
  compare_number(point, "place of init", own ? own->init_offset : std::nullopt, kernel.layout->init_offset);
  compare_number(point, "place of exit", own ? own->exit_offset : std::nullopt, kernel.layout->exit_offset);
  return decided(std::move(point));
}

Point compared_vermagic(const abi::KernelFacts& kernel, const abi::Fingerprint& probe) {
  if (!kernel.vermagic) return unknown(Gate::vermagic, "the kernel's modules do not tell their vermagic");
  const auto own = probe.vermagic.value_or("");
  Point point{.gate = Gate::vermagic, .compared = 1, .note = "\"" + *kernel.vermagic + "\""};
  if (abi::is_same_vermagic(own, *kernel.vermagic, abi::FirstWord::compared))
    point.equal = 1;
  else
    point.differing.push_back(abi::vermagic_difference(own, *kernel.vermagic, abi::FirstWord::compared));
  return decided(std::move(point));
}

Point compared_types(const abi::KernelFacts& kernel, const abi::Fingerprint& probe) {
  if (kernel.btf.table == nullptr) return unknown(Gate::types, "the kernel has no BTF");
  if (probe.types.table == nullptr)
    return unknown(Gate::types, "the types of the probe module are not known: is pahole installed?");
  const auto& own = *probe.types.table;
  Point point{.gate = Gate::types, .note = "named types of the kernel's headers"};
  point.compared =
      static_cast<std::size_t>(std::count_if(own.types.begin(), own.types.end(), [&](const auto& type) {
        return is_known(*kernel.btf.table, type);
      }));
  std::vector<std::string> imports;
  for (const auto& import : probe.imports) imports.push_back(import.symbol);
  for (const auto& difference : abi::differing_types(*kernel.btf.table, own, imports))
    point.differing.push_back(told(difference));
  point.equal = point.compared - std::min(point.compared, point.differing.size());
  if (point.compared == 0) return unknown(Gate::types, "the kernel's BTF has none of the probe's types");
  return decided(std::move(point));
}

Result<ProbeFindings> prove_by_probe(const Subject& subject, Reconstruction& reconstruction,
                                     const Means& means) {
  return prove_by_probe(subject, place_of(reconstruction, means), means);
}

Result<ProbeFindings> prove_by_probe(const Subject& subject, const ProbePlace& place, const Means& means) {
  const auto request = request_of(subject, place);
  auto outcome = KPKG_TRY(build_probe(request, ProbeHeaders::all, means));
  Effort effort{outcome.duration, outcome.cpu};
  std::string obstacle;
  if (!outcome.succeeded()) {
    // Two headers that do not go together are no fault of the tree.
    obstacle = fmt::format("the large headers do not build together: {}", why_not_built(outcome));
    outcome = KPKG_TRY(build_probe(request, ProbeHeaders::only_module, means));
    effort = {effort.duration + outcome.duration, effort.cpu + outcome.cpu};
  }
  if (!outcome.succeeded())
    return fail(ErrorKind::build_failed, "no module builds in the tree: " + why_not_built(outcome),
                "see " + request.log);
  const auto& file = outcome.modules.front().file;
  const auto bytes = KPKG_TRY(system::read_file(file, largest_module));
  auto probe = KPKG_TRY(abi::fingerprint(bytes).within("reading the probe module"));
  probe.types = KPKG_TRY(build::debug_types(file, means.runner));
  const auto& facts = subject.learned.facts;
  auto types = obstacle.empty() ? compared_types(facts, probe) : unknown(Gate::types, obstacle);
  return ProbeFindings{{std::move(types), compared_layout(facts, probe), compared_vermagic(facts, probe)},
                       effort};
}

}  // namespace kpkg::tree
