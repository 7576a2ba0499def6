// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/check.hpp"

#include "abi/fingerprint_json.hpp"
#include "archive/compression.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "build/debug_types.hpp"
#include "store/builds.hpp"
#include "store/installed.hpp"
#include "workflow/file_place.hpp"
#include "workflow/judging.hpp"
#include "workflow/module_index.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

/// More than any module has; the limit is enforced before memory grows to it.
constexpr std::uint64_t largest_module = 64U << 20;

/// The suffix that files have which are compressed so.
std::string suffix_of(archive::Compression compression) {
  switch (compression) {
    case archive::Compression::none: return "";
    case archive::Compression::gzip: return "gz";
    case archive::Compression::bzip2: return "bz2";
    case archive::Compression::xz: return "xz";
    case archive::Compression::lzma: return "lzma";
    case archive::Compression::zstd: return "zst";
    case archive::Compression::lz4: return "lz4";
  }
  return "";
}

struct ModuleFile {
  std::string compression;
  std::string plain;
};

/// The bytes of the module file `path`, decompressed.
Result<ModuleFile> read_module_file(const std::string& path) {
  const auto bytes =
      KPKG_TRY(system::read_file(path, largest_module)
                   .with_hint("name a .ko file; kpkg inspect also takes the name of an installed module"));
  auto plain = KPKG_TRY(archive::decompress(bytes, largest_module).within("decompressing " + path));
  return ModuleFile{suffix_of(archive::compression_of(bytes)), std::move(plain)};
}

}  // namespace

Result<InspectedModule> inspect_file(const std::string& path) {
  const auto file = KPKG_TRY(read_module_file(path));
  auto fingerprint = KPKG_TRY(abi::fingerprint(file.plain).within("reading " + path));
  return InspectedModule{path, std::move(fingerprint), file.compression};
}

Result<InspectedModule> examine_file(const std::string& path) {
  const auto file = KPKG_TRY(read_module_file(path));
  return InspectedModule{path, abi::fingerprint_of_any(file.plain), file.compression};
}

Result<InspectedModule> inspect_installed(const Workspace& workspace, const kernel::Kernel& kernel,
                                          const std::string& name) {
  const auto index = KPKG_TRY(module_index(workspace, kernel));
  if (const auto* entry = index.find(name))
    return inspect_file(KPKG_TRY(workspace.root.host_path(entry->path)));
  std::vector<std::string> names;
  for (const auto& entry : index.entries) names.push_back(entry.name);
  const auto meant = nearest(module_key(name), names);
  return fail(
      ErrorKind::not_found, fmt::format("kernel {} has no module {}", kernel.release, printable(name)),
      meant ? fmt::format("did you mean {}?", *meant) : "give the path of a .ko file, or run depmod first");
}

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

Status add_debug_types(const Workspace& workspace, InspectedModule& module) {
  const auto bytes = KPKG_TRY(system::read_file(module.file, largest_module));
  // pahole reads no compressed modules; those that are installed were stripped before in any case.
  if (!bytes.starts_with(std::string_view("\x7f"
                                          "ELF",
                                          4)) ||
      !build::has_debug_information(bytes))
    return {};
  const auto file = KPKG_TRY(system::canonical_path(module.file));
  auto types = KPKG_TRY(build::debug_types(file, workspace.runner));
  module.fingerprint.types.table = std::move(types.table);
  module.fingerprint.types.btf = std::move(types.btf);
  return {};
}

Result<std::vector<abi::Verdict>> check(const Workspace& workspace, Target& target,
                                        std::span<const InspectedModule> modules, LoadOrder order) {
  const auto installed = KPKG_TRY(installed_companions(workspace, target, modules));
  std::vector<abi::Fingerprint> judged;
  for (const auto& module : modules) judged.push_back(module.fingerprint);
  auto verdicts = judge_together(workspace, target.facts, judged, installed, order);
  for (std::size_t index = 0; index < modules.size(); ++index)
    abi::judge_place(verdicts[index], KPKG_TRY(place_of(workspace, target, modules[index])), target.facts);
  return verdicts;
}

}  // namespace kpkg::workflow
