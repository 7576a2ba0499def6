// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/attest.hpp"

#include "build/compiler.hpp"
#include "kernel/tree.hpp"
#include "tree/configuration_text.hpp"
#include "tree/gate_probe.hpp"
#include "tree/source_version.hpp"
#include "tree/upstream_version.hpp"

#include <algorithm>
#include <array>

namespace kpkg::tree {
namespace {

/// What kbuild calls for every module, besides the compiler.
constexpr std::array<std::string_view, 2> of_every_build = {"make", "ld"};

bool is_worst(const std::vector<Observation>& all, Aspect aspect, Weight least) {
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& each) { return each.aspect == aspect && each.weight >= least; });
}

/// Whether a module could be built at all.
bool is_buildable(const std::vector<Observation>& all) {
  return std::none_of(all.begin(), all.end(), [](const auto& each) {
    const bool is_of_build = each.aspect == Aspect::links || each.aspect == Aspect::host_tools ||
                             each.aspect == Aspect::linker_script || each.aspect == Aspect::compiler ||
                             each.aspect == Aspect::programs || each.aspect == Aspect::configuration;
    return is_of_build && each.weight == Weight::wrong;
  });
}

/// Whether the files alone leave it open that the tree describes its kernel. That symbols are equal, CRCs and
/// all, proves the headers; their configuration is proved by being equal.
bool leaves_doubt(const std::vector<Observation>& all) {
  return is_worst(all, Aspect::configuration, Weight::unknown) ||
         is_worst(all, Aspect::symbols, Weight::unknown) ||
         std::any_of(all.begin(), all.end(), [](const auto& each) {
           return each.aspect == Aspect::release && each.weight == Weight::note;
         });
}

/// What still holds of the record of a tree that kpkg made.
Result<StandingProof> proof_of(const Subject& subject, const kernel::KernelTree& tree,
                               const AttestRequest& request) {
  if (!request.record) return StandingProof();
  return standing_proof(subject.root, tree.path, *request.record, subject.learned.facts, request.user);
}

std::optional<Observation> told_by_record(const StandingProof& proof) {
  if (proof.is_changed)
    return Observation{.aspect = Aspect::canary,
                       .weight = Weight::unknown,
                       .text = "files of the tree were changed since kpkg proved it",
                       .meaning = "what was proved says nothing of it any more",
                       .remedy = "make it again"};
  if (!proof.by_modules) return std::nullopt;
  return Observation{
      .aspect = Aspect::canary,
      .weight = Weight::good,
      .text = "modules of the kernel came out equal when the tree was made, and it is unchanged"};
}

Observation not_buildable(const Error& error) {
  return {.aspect = Aspect::build,
          .weight = Weight::wrong,
          .text = error.message,
          .meaning = "",
          .remedy = error.hint};
}

/// Which version the kernel was built of its configuration tells, or Debian's banner; where neither does,
/// nothing is compared.
Status compare_version(const Subject& subject, const Inspection& tree,
                       std::vector<Observation>& observations) {
  if (!tree.version || !subject.learned.configuration) return {};
  const auto text = configuration_text(subject);
  if (!text && text.error().kind != ErrorKind::not_found) return fail(text.error());
  const auto version = upstream_version(text ? text->text : std::string(), "",
                                        subject.learned.facts.identity.banner.value_or(""));
  if (version) observe_other_version(observations, *tree.version, version->version);
  return {};
}

/// What this machine has of what building in the tree takes. Errors: interrupted; io.
Result<BuildPrograms> programs_for(const Inspection& tree, const abi::KernelFacts& kernel,
                                   const std::string& cross_prefix, system::Runner& runner) {
  BuildPrograms programs;
  const auto wanted =
      build::kernel_compiler(tree.settings.value_or(tree.written.value_or(kernel::Configuration())));
  const auto installed =
      KPKG_TRY(build::installed_compilers(runner, build::compiler_names(wanted, cross_prefix)));
  const auto choice = build::choose_compiler(wanted, installed);
  if (choice) {
    programs.compiler = choice->compiler.version_text;
    programs.compiler_note = choice->note;
  } else {
    programs.no_compiler = choice.error().message;
  }
  for (const auto program : of_every_build)
    if (!system::find_program(std::string(program))) programs.missing.emplace_back(program);
  if (kernel.btf.digest && !system::find_program("pahole")) programs.missing.emplace_back("pahole");
  return programs;
}

/// What the files of a tree say, and the programs of this machine.
struct Look {
  std::vector<Observation> observations;
  bool is_recovered = false;  ///< its symbols are of the kernel's image, and nothing else proved them
};

Result<Look> look_at_files(const Subject& subject, const kernel::KernelTree& tree,
                           const AttestRequest& request, system::Runner& runner) {
  const auto& facts = subject.learned.facts;
  const auto inspection = KPKG_TRY(inspect(subject.root, tree, request.machine));
  const auto programs = KPKG_TRY(programs_for(inspection, facts, request.cross_prefix, runner));
  const auto proof = KPKG_TRY(proof_of(subject, tree, request));
  Look look;
  look.is_recovered = request.record && !proof.by_symbols;
  look.observations =
      observations_of(inspection, subject.kernel.release, facts, subject.learned.configuration, programs);
  KPKG_TRY(compare_version(subject, inspection, look.observations));
  if (look.is_recovered)
    discount_symbols(look.observations, "Module.symvers was recovered from the kernel's image");
  if (auto told = told_by_record(proof)) look.observations.push_back(*std::move(told));
  return look;
}

}  // namespace

Result<Attested> attest(const Subject& subject, const kernel::KernelTree& tree, const AttestRequest& request,
                        const Means& means) {
  Attested attested;
  auto [observations, is_recovered] = KPKG_TRY(look_at_files(subject, tree, request, means.runner));
  const bool is_wanted = request.depth == Depth::modules || is_recovered || leaves_doubt(observations);
  if (is_wanted && is_buildable(observations)) {
    ProbePlace place{.root = subject.root.directory(),
                     .tree = tree,
                     .arch = request.arch,
                     .cross_prefix = request.cross_prefix,
                     .work = request.work,
                     .log = request.log};
    place.visible = KPKG_TRY(kernel::needed_directories(subject.root, tree));
    const auto findings = prove_by_probe(subject, place, means);
    if (!findings && findings.error().kind != ErrorKind::build_failed) return fail(findings.error());
    auto found = findings ? observations_of(findings->points) : std::vector{not_buildable(findings.error())};
    for (auto& each : found) observations.push_back(std::move(each));
    attested.is_probed = true;
  }
  attested.attestation = attestation_of(std::move(observations));
  return attested;
}

Result<Attestation> glance(const Subject& subject, const kernel::KernelTree& tree,
                           const AttestRequest& request, system::Runner& runner) {
  auto look = KPKG_TRY(look_at_files(subject, tree, request, runner));
  return impression_of(std::move(look.observations));
}

}  // namespace kpkg::tree
