// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/attester.hpp"

#include "elf/program.hpp"
#include "kernel/memory.hpp"
#include "system/file.hpp"
#include "tree/attestation_memory.hpp"
#include "tree/record.hpp"
#include "workflow/cross_prefix.hpp"

#include <fmt/format.h>

namespace kpkg::workflow {
namespace {

/// e_machine of kpkg itself: what runs here runs in the same userland.
Result<std::uint16_t> machine_of_programs() {
  const auto file = KPKG_TRY(system::read_link("/proc/self/exe"));
  const auto host = KPKG_TRY(system::Root::open("/"));
  const auto start = KPKG_TRY(KPKG_TRY(host.open_file(file)).read(0, elf::start_of_program));
  return elf::machine_of_program(start).value_or(0);
}

}  // namespace

Attester::Attester(const Workspace& workspace, const Target& target, const system::Root& root, unsigned jobs)
    : workspace_(workspace),
      target_(target),
      root_(root),
      jobs_(jobs == 0 ? workspace.host.processors : jobs),
      learned_(learned_of(target)),
      memory_(workspace) {}

Result<Attester> Attester::create(const Workspace& workspace, const Target& target, const system::Root& root,
                                  unsigned jobs) {
  Attester attester(workspace, target, root, jobs);
  attester.machine_ = KPKG_TRY(machine_of_programs());
  return attester;
}

tree::Subject Attester::subject() const {
  return {root_, target_.kernel, learned_, target_.configuration_text, target_.build_salt};
}

Result<tree::Means> Attester::means() {
  kernel::add_type_table(learned_.facts, memory_);
  if (!sandbox_) sandbox_ = KPKG_TRY(system::Sandbox::choose(workspace_.runner));
  if (!jobserver_) jobserver_ = KPKG_TRY(system::Jobserver::create(jobs_));
  return tree::Means{workspace_.runner, *sandbox_, *jobserver_};
}

Result<tree::Inspection> Attester::inspect(const kernel::KernelTree& tree) const {
  return tree::inspect(root_, tree, machine_);
}

Result<tree::Attestation> Attester::attest(const kernel::KernelTree& tree, const std::string& known_as,
                                           tree::Depth depth) {
  tree::AttestRequest request{.depth = depth,
                              .machine = machine_,
                              .arch = kbuild_arch(target_),
                              .cross_prefix = cross_prefix(workspace_.host, target_.arch),
                              .known_as = known_as};
  request.user = workspace_.host.user;
  request.record = KPKG_TRY(tree::read_record(root_, tree.path));
  auto remembered = KPKG_TRY(tree::remembered_attestation(subject(), tree, request, memory_));
  if (remembered) return std::move(*remembered);
  if (depth == tree::Depth::glance) return tree::glance(subject(), tree, request, workspace_.runner);
  const auto& root = workspace_.root;
  KPKG_TRY(root.make_directories(places::work));
  KPKG_TRY(root.make_directories(places::logs));
  const auto work = KPKG_TRY(system::TempDir::create(KPKG_TRY(root.host_path(places::work)), "probe-"));
  request.work = work.path();
  request.log = KPKG_TRY(root.host_path(fmt::format("{}/tree-{}.log", places::logs, target_.kernel.release)));
  const auto means = KPKG_TRY(this->means());
  return tree::attest_and_remember(subject(), tree, request, means, memory_);
}

std::string objection_to(const tree::Attestation& attestation) {
  const tree::Observation* worst = nullptr;
  const tree::Observation* types = nullptr;
  for (const auto& each : attestation.observations) {
    if (each.weight >= tree::Weight::unknown && (worst == nullptr || each.weight > worst->weight))
      worst = &each;
    if (each.weight == tree::Weight::wrong && each.aspect == tree::Aspect::types) types = &each;
  }
  if (worst == nullptr) return "nothing proves that it describes this kernel";
  auto text = worst->text;
  if (!worst->details.empty()) text += ": " + worst->details.front();
  // What comes of an option or a header that differs.
  if (types != nullptr && types != worst && !types->details.empty()) text += "; " + types->details.front();
  return text;
}

}  // namespace kpkg::workflow
