// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/targets.hpp"

#include "abi/kernel_facts_json.hpp"
#include "base/json.hpp"
#include "distro/headers.hpp"
#include "kernel/find.hpp"
#include "kernel/gates.hpp"
#include "kernel/select.hpp"
#include "recipe/recipe.hpp"
#include "workflow/root_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kpkg::workflow {
namespace {

/// e_machine, the kernel's ARCH word, and dpkg's with the only byte order that it is for.
/// Source: linux include/uapi/linux/elf-em.h and arch/; dpkg, data/cputable.
struct MachineWord {
  std::uint16_t machine;
  std::string_view arch;
  std::string_view package;
  elf::ByteOrder package_order;
};

constexpr std::array<MachineWord, 8> machine_words = {
    {{62, "x86_64", "amd64", elf::ByteOrder::little},
     {3, "i386", "i386", elf::ByteOrder::little},
     {183, "arm64", "arm64", elf::ByteOrder::little},
     {40, "arm", "armhf", elf::ByteOrder::little},
     {243, "riscv", "riscv64", elf::ByteOrder::little},
     {21, "powerpc", "ppc64el", elf::ByteOrder::little},
     {22, "s390", "s390x", elf::ByteOrder::big},
     {258, "loongarch", "loong64", elf::ByteOrder::little}}};

const MachineWord* words_of(const abi::KernelFacts& facts) {
  if (!facts.architecture) return nullptr;
  const auto* const found =
      std::find_if(machine_words.begin(), machine_words.end(),
                   [&](const MachineWord& word) { return word.machine == facts.architecture->machine; });
  return found == machine_words.end() ? nullptr : found;
}

std::string arch_of(const Workspace& workspace, const abi::KernelFacts& facts) {
  return arch_word(facts).value_or(
      recipe::kernel_arch(workspace.host.machine).value_or(workspace.host.machine));
}

/// The files of a tree whose every byte can change what a build yields.
constexpr std::array<std::string_view, 4> tree_files = {"/include/config/auto.conf",
                                                        "/include/generated/autoconf.h",
                                                        "/include/generated/utsrelease.h", "/Makefile"};

recipe::Answer answer_probe(const abi::KernelFacts& facts, const recipe::Probe& probe) {
  // Members of structs need the kernel's BTF, which this kpkg does not read yet: nobody knows.
  if (probe.kind != recipe::Probe::Kind::symbol || !facts.symbols) return recipe::Answer::unknown;
  if (facts.symbols->table.find(probe.name)) return recipe::Answer::yes;
  return facts.symbols->is_complete ? recipe::Answer::no : recipe::Answer::unknown;
}

}  // namespace

Result<crypto::Digest> build_identity(const system::Root& root, const Target& target) {
  crypto::Sha256 hash;
  auto facts = target.facts;
  // The symbols are hashed as the bytes of their file: their JSON would take longer than everything else.
  facts.symbols.reset();
  // What only the judge asks is nothing to a build, and it judges anew each time: the same tree yields the
  // same module on a machine that has the kernel's image and on one that has not.
  facts.signature_policy = {};
  facts.gates = {};
  facts.owners_of_parameters = {};
  facts.btf = {};
  facts.loader = {};
  facts.identity = {};
  hash.update(json_text(abi::to_json(facts)));
  if (!target.kernel.tree) return hash.finish();
  hash.update(target.kernel.tree->path);
  for (const auto file : tree_files)
    hash.update(
        KPKG_TRY(root.read_if_present(fmt::format("{}{}", target.kernel.tree->path, file))).value_or(""));
  if (target.kernel.tree->symvers)
    hash.update(KPKG_TRY(root.read_if_present(*target.kernel.tree->symvers)).value_or(""));
  return hash.finish();
}

/// auto.conf is what kbuild obeys; headers without it have at least a .config.
Result<kernel::Configuration> tree_configuration(const system::Root& root, const kernel::Kernel& kernel) {
  if (!kernel.tree) return kernel::Configuration();
  auto found = KPKG_TRY(kernel::read_configuration(root, kernel.tree->path + "/include/config/auto.conf"));
  if (!found) found = KPKG_TRY(kernel::read_configuration(root, kernel.tree->path + "/.config"));
  return found.value_or(kernel::Configuration());
}

std::optional<std::string> arch_word(const abi::KernelFacts& facts) {
  const auto* const words = words_of(facts);
  return words == nullptr ? std::nullopt : std::optional(std::string(words->arch));
}

std::string kbuild_arch(const Target& target) {
  const auto is_user_mode = target.configuration && target.configuration->is_set("CONFIG_UML");
  return is_user_mode ? "um" : target.arch;
}

std::optional<std::string> package_word(const abi::KernelFacts& facts) {
  const auto* const words = words_of(facts);
  if (words == nullptr || facts.architecture->byte_order != words->package_order) return std::nullopt;
  return std::string(words->package);
}

Result<Selection> select_kernels(const Workspace& workspace, const std::vector<std::string>& names) {
  const auto kernels = KPKG_TRY(kernel::find_kernels(workspace.root, workspace.host));
  if (!names.empty()) {
    auto named = KPKG_TRY(kernel::select(kernels, names));
    return Selection{std::move(named), ""};
  }
  auto choice = KPKG_TRY(kernel::default_kernels(kernels, workspace.host));
  return Selection{std::move(choice.kernels), std::move(choice.reason)};
}

Result<Target> learn_target(const Workspace& workspace, const kernel::Kernel& kernel, Headers headers) {
  RootMemory memory(workspace);
  auto learned =
      KPKG_TRY(kernel::learn(workspace.root, kernel, memory).within("looking at kernel " + kernel.release));
  Target target{.kernel = kernel,
                .facts = std::move(learned.facts),
                .takes_no_modules_now = {},
                .configuration = std::move(learned.configuration),
                .tree_configuration = {},
                .arch = {},
                .notes = std::move(learned.notes)};
  const kernel::MachineFacts machine{
      .runs_kernel = kernel.is_running && learned.image_is_running.value_or(true),
      .boots_kernel = workspace.root.is_host()};
  target.facts.gates =
      KPKG_TRY(kernel::learn_gates(workspace.root, kernel, target.facts.signature_policy, machine));
  target.takes_no_modules_now = std::exchange(target.facts.gates.modules_disabled, std::nullopt);
  target.arch = arch_of(workspace, target.facts);
  target.image_is_running = learned.image_is_running;
  if (headers == Headers::read || !target.configuration)
    target.tree_configuration = KPKG_TRY(tree_configuration(workspace.root, kernel));
  if (!target.configuration && target.tree_configuration.size() > 0)
    target.configuration = target.tree_configuration;
  if (headers == Headers::read) target.identity = KPKG_TRY(build_identity(workspace.root, target));
  return target;
}

kernel::Learned learned_of(const Target& target) {
  return {.facts = target.facts,
          .configuration = target.configuration,
          .image_is_running = target.image_is_running,
          .notes = target.notes};
}

Status take_tree(const Workspace& workspace, Target& target, std::optional<kernel::KernelTree> tree) {
  if (tree == target.kernel.tree) return {};
  target.kernel.tree = std::move(tree);
  target.tree_configuration = KPKG_TRY(tree_configuration(workspace.root, target.kernel));
  target.identity = KPKG_TRY(build_identity(workspace.root, target));
  return {};
}

void learn_types(const Workspace& workspace, Target& target) {
  RootMemory memory(workspace);
  kernel::add_type_table(target.facts, memory);
}

recipe::KernelConditions conditions_of(const Target& target, const distro::Distribution& distribution) {
  recipe::KernelConditions conditions{.release = target.kernel.release,
                                      .arch = target.arch,
                                      .distribution = distribution.id,
                                      .distribution_version = distribution.version,
                                      .configuration = {},
                                      .probe = {}};
  if (target.configuration)
    conditions.configuration = [&target](std::string_view key) -> std::optional<std::string> {
      const auto value = target.configuration->value(key);
      return value ? std::optional<std::string>(*value) : std::nullopt;
    };
  conditions.probe = [&target](const recipe::Probe& probe) { return answer_probe(target.facts, probe); };
  return conditions;
}

Error no_tree_error(const Workspace& workspace, const kernel::Kernel& kernel) {
  Error error{
      .kind = ErrorKind::no_tree,
      .message = fmt::format("kernel {} has no usable headers: {}", kernel.release, kernel.tree_problem)};
  const auto package = distro::header_package_for(workspace.runner, workspace.root, kernel.release);
  if (package && *package)
    error.hint = workspace.root.is_host()
                     ? fmt::format("apt-get install {}", **package)
                     : fmt::format("install {} in {}", **package, workspace.root.directory());
  else
    error.hint = "install the headers of exactly this kernel";
  return error;
}

void take_as_it_runs(Target& target) {
  target.facts.gates.modules_disabled = target.takes_no_modules_now;
}

void boot_with(Target& target, std::string_view command_line) {
  const auto told = abi::gates_of_command_line(command_line, target.facts.signature_policy);
  auto& gates = target.facts.gates;
  gates.modules_disabled = told.modules_disabled;
  gates.enforces_signatures = told.enforces_signatures;
  gates.is_locked_down = told.is_locked_down;
  gates.boot_blacklist = told.boot_blacklist;
  gates.is_fips = told.is_fips;
  gates.ima_appraises = told.ima_appraises;
  gates.modprobe_lines.insert(gates.modprobe_lines.end(), told.modprobe_lines.begin(),
                              told.modprobe_lines.end());
}

}  // namespace kpkg::workflow
