// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/inspect.hpp"

#include "archive/compression.hpp"
#include "base/text.hpp"
#include "elf/module_image.hpp"
#include "workflow/load.hpp"

#include <algorithm>

namespace kpkg::workflow {
namespace {

constexpr std::uint64_t largest_module = 64U << 20;

bool is_path(const std::string& name) {
  return name.find('/') != std::string::npos || name.find(".ko") != std::string::npos;
}

/// The symbol as another module that kpkg installed exports it.
std::optional<abi::KernelSymbol> exported_by(const std::vector<abi::Fingerprint>& companions,
                                             const std::string& symbol) {
  for (const auto& companion : companions)
    for (const auto& offered : companion.exports)
      if (offered.symbol == symbol)
        return abi::KernelSymbol{.name = symbol,
                                 .crc = offered.crc.value_or(0),
                                 .owner = companion.name,
                                 .gpl_only = offered.gpl_only,
                                 .name_space = offered.name_space};
  return std::nullopt;
}

/// What the kernel makes of the signature, and of a module that it takes for unsigned.
void look_at_signature(const abi::KernelFacts& facts, Inspection& inspection) {
  const auto checks = facts.signature_policy.checks;
  if (!checks) return;
  if (*checks) inspection.signature = abi::check_module_signature(inspection.module.fingerprint, facts);
  inspection.taints = abi::taints_by(std::move(inspection.taints), inspection.signature);
}

Status look_at_kernel(const Workspace& workspace, const kernel::Kernel& kernel, Inspection& inspection) {
  const auto target = KPKG_TRY(learn_target(workspace, kernel, Headers::ignored));
  look_at_signature(target.facts, inspection);
  inspection.dependents = KPKG_TRY(dependents(workspace, kernel, inspection.module.fingerprint.name));
  inspection.release = kernel.release;
  inspection.knows_symbols = target.facts.symbols.has_value();
  if (!inspection.knows_symbols) return {};
  const auto companions = KPKG_TRY(installed_companions(workspace, target, {&inspection.module, 1}));
  for (const auto& import : inspection.module.fingerprint.imports) {
    auto provider = target.facts.symbols->table.find(import.symbol);
    inspection.providers.push_back(provider ? std::move(provider) : exported_by(companions, import.symbol));
  }
  return {};
}

/// The tree that a file of these bytes was built in here, or elsewhere if it came in a bundle.
Result<std::optional<store::TreeRecord>> recorded_tree(const Workspace& workspace, std::string_view bytes) {
  auto store = KPKG_TRY(store::Store::open(workspace.root, store::Access::read));
  const auto artifact = KPKG_TRY(store::find_artifact(store, crypto::sha256(bytes)));
  if (!artifact) return std::optional<store::TreeRecord>{};
  const auto build = KPKG_TRY(store::find_build(store, artifact->build));
  return build ? std::optional(build->tree) : std::nullopt;
}

Status look_at_file(const Workspace& workspace, Inspection& inspection) {
  const auto bytes = KPKG_TRY(system::read_file(inspection.module.file, largest_module));
  auto tree = recorded_tree(workspace, bytes);
  if (tree)
    inspection.tree = std::move(*tree);
  else
    workspace.observer.on({.kind = EventKind::note, .text = tree.error().text()});
  const auto plain = KPKG_TRY(archive::decompress(bytes, largest_module));
  const auto image = KPKG_TRY(elf::read_module(plain));
  inspection.parameters = elf::parameters_of(image);
  inspection.taints = abi::taints_of(image);
  return {};
}

/// Only the kernel that runs has modules loaded; a root of its own may tell of them as well.
Status look_at_loaded(const Workspace& workspace, const std::optional<kernel::Kernel>& kernel,
                      Inspection& inspection) {
  if (kernel && workspace.root.is_host() && !kernel->is_running) return {};
  inspection.loaded = KPKG_TRY(install::loaded_module(workspace.root, inspection.module.fingerprint.name));
  if (!inspection.loaded) return {};
  const auto request =
      KPKG_TRY(load_request(workspace, kernel.value_or(kernel::Kernel{}), inspection.module));
  inspection.is_loaded_build = install::is_same_build(request, *inspection.loaded);
  return {};
}

}  // namespace

Result<Inspection> inspect(const Workspace& workspace, const std::string& name,
                           const std::vector<std::string>& kernels) {
  const auto selection = select_kernels(workspace, kernels);
  if (!selection && (!is_path(name) || !kernels.empty())) return fail(selection.error());
  std::optional<kernel::Kernel> kernel;
  if (selection) kernel = selection->kernels.front();
  Inspection inspection;
  inspection.module =
      is_path(name) ? KPKG_TRY(inspect_file(name)) : KPKG_TRY(inspect_installed(workspace, *kernel, name));
  KPKG_TRY(look_at_file(workspace, inspection));
  if (kernel) KPKG_TRY(look_at_kernel(workspace, *kernel, inspection));
  KPKG_TRY(look_at_loaded(workspace, kernel, inspection));
  return inspection;
}

}  // namespace kpkg::workflow
