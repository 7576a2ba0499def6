// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/check.hpp"

#include "abi/fingerprint_json.hpp"
#include "archive/compression.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "install/debug_types.hpp"
#include "store/builds.hpp"
#include "store/installed.hpp"
#include "workflow/judging.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

/// More than any module has; the limit is enforced before memory grows to it.
constexpr std::uint64_t largest_module = 64U << 20;

/// The name of the module in a file: the last part of the path up to ".ko".
std::string module_name(const std::string& path) {
  const auto name = path.substr(path.find_last_of('/') + 1);
  return module_key(name.substr(0, name.find(".ko")));
}

/// What kpkg has installed for a kernel of the root offers symbols too. A module that is being judged is no
/// companion of itself.
Result<std::vector<abi::Fingerprint>> installed_companions(const Workspace& workspace, const Target& target,
                                                           std::span<const InspectedModule> judged) {
  std::vector<abi::Fingerprint> companions;
  if (!target.facts_file.empty()) return companions;
  auto store = store::Store::open(workspace.root, store::Access::read);
  if (!store) return companions;
  for (const auto& file : KPKG_TRY(store::installed_for(*store, target.kernel.release))) {
    const bool is_judged = std::any_of(judged.begin(), judged.end(), [&](const auto& module) {
      return module_key(module.fingerprint.name) == module_key(file.module);
    });
    if (file.module.empty() || is_judged || !file.artifact) continue;
    const auto artifact = KPKG_TRY(store::find_artifact(*store, *file.artifact));
    if (artifact)
      companions.push_back(KPKG_TRY(abi::fingerprint_from_json(KPKG_TRY(parse_json(artifact->fingerprint)))));
  }
  return companions;
}

}  // namespace

Result<InspectedModule> inspect_file(const std::string& path) {
  const auto bytes =
      KPKG_TRY(system::read_file(path, largest_module)
                   .with_hint("name a .ko file; kpkg inspect also takes the name of an installed module"));
  const auto plain = KPKG_TRY(archive::decompress(bytes, largest_module).within("decompressing " + path));
  return InspectedModule{path, abi::fingerprint_of_any(plain)};
}

Status add_debug_types(const Workspace& workspace, InspectedModule& module) {
  const auto bytes = KPKG_TRY(system::read_file(module.file, largest_module));
  // pahole reads no compressed modules; those that are installed were stripped before in any case.
  if (!bytes.starts_with(std::string_view("\x7f"
                                          "ELF",
                                          4)) ||
      !install::has_debug_information(bytes))
    return {};
  const auto file = KPKG_TRY(system::canonical_path(module.file));
  auto types = KPKG_TRY(install::debug_types(file, workspace.runner));
  module.fingerprint.types.table = std::move(types.table);
  module.fingerprint.types.btf = std::move(types.btf);
  return {};
}

Result<InspectedModule> inspect_installed(const Workspace& workspace, const kernel::Kernel& kernel,
                                          const std::string& name) {
  // modules.dep has a line a module, "kernel/drivers/x.ko.xz: dependencies", in depmod's order of preference.
  const auto index = KPKG_TRY(workspace.root.read_if_present(kernel.module_directory + "/modules.dep"));
  std::vector<std::string> names;
  for (const auto& line : lines(index.value_or(""))) {
    const auto file = line.substr(0, line.find(':'));
    if (module_name(file) == module_key(name)) {
      const auto path = file.starts_with('/') ? file : kernel.module_directory + "/" + file;
      return inspect_file(KPKG_TRY(workspace.root.host_path(path)));
    }
    names.push_back(module_name(file));
  }
  const auto meant = nearest(module_key(name), names);
  return fail(
      ErrorKind::not_found, fmt::format("kernel {} has no module {}", kernel.release, printable(name)),
      meant ? fmt::format("did you mean {}?", *meant) : "give the path of a .ko file, or run depmod first");
}

Result<std::vector<abi::Verdict>> check(const Workspace& workspace, const Target& target,
                                        std::span<const InspectedModule> modules) {
  auto companions = KPKG_TRY(installed_companions(workspace, target, modules));
  for (const auto& module : modules) companions.push_back(module.fingerprint);
  std::vector<abi::Verdict> verdicts;
  for (const auto& module : modules)
    verdicts.push_back(judge(workspace, target, module.fingerprint, companions));
  return verdicts;
}

}  // namespace kpkg::workflow
