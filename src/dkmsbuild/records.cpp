// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/records.hpp"

#include "abi/fingerprint_json.hpp"
#include "abi/verdict_json.hpp"
#include "base/json.hpp"
#include "build/first_error.hpp"
#include "dkmstree/contents.hpp"
#include "store/builds.hpp"
#include "store/verdicts.hpp"

#include <fmt/format.h>

namespace kpkg::dkmsbuild {
namespace {

/// No two builds have one: whether something has to be built is DKMS's question.
crypto::Digest key_of(const Task& task, std::int64_t started, const std::vector<JudgedFile>& files) {
  crypto::Sha256 hash;
  hash.update(fmt::format("dkms build 1 {} {}", task.id.text(), started));
  for (const auto& file : files) hash.update(crypto::sha256(file.bytes).hex());
  return hash.finish();
}

store::ArtifactRecord artifact_of(const JudgedFile& file) {
  return {.module = dkmstree::module_of_file(file.name).value_or(file.name),
          .file_name = file.name,
          .digest = crypto::sha256(file.bytes),
          .size = file.bytes.size(),
          .fingerprint = json_text(abi::to_json(file.fingerprint)),
          .srcversion = file.fingerprint.srcversion};
}

std::string log_of(const Site& site, const Task& task, ExitStatus status) {
  const auto places = places_of(site.framework);
  return status == 0 ? places.directory_of(task.id) + "/log/make.log"
                     : places.build_place_of(task.id.of()) + "/make.log";
}

}  // namespace

Result<std::vector<JudgedFile>> files_of(const Site& site, const dkmstree::BuildId& id) {
  const auto& root = site.workspace.root;
  const auto directory = places_of(site.framework).directory_of(id);
  std::vector<JudgedFile> files;
  for (const auto& name : KPKG_TRY(dkmstree::read_contents(root, directory)).modules)
    files.push_back(judged_file(name, KPKG_TRY(root.read(directory + "/module/" + name, largest_module))));
  return files;
}

Status record_build(const Site& site, const Task& task, const Build& build, ExitStatus status,
                    std::int64_t started) {
  if (site.store == nullptr) return {};
  auto files = status == 0 ? KPKG_TRY(files_of(site, task.id)) : std::vector<JudgedFile>();
  const auto log = log_of(site, task, status);
  store::BuildRecord record{
      .key = key_of(task, started, files),
      .recipe = task.id.module,
      .version = task.id.version,
      .kernel = task.id.target.kernel,
      .started = started,
      .duration_ms = build.duration().count(),
      .cpu_ms = std::chrono::duration_cast<std::chrono::milliseconds>(build.cpu()).count(),
      .outcome = status == 0 ? store::BuildOutcome::succeeded : store::BuildOutcome::failed,
      .command = build.make_command(),
      .compiler = build.toolchain().compiler,
      .sandbox = std::string(system::name_of(build.strength())),
      .log = log,
      .first_error = {},
      .tree = {.path = build.headers(), .origin = "installed", .proofs = {}}};
  if (status != 0) {
    const auto text = KPKG_TRY(site.workspace.root.read_if_present(log, largest_log));
    const auto error = build::first_error(text.value_or(""));
    record.first_error = error ? error->text : fmt::format("DKMS ends with status {}", status);
  }
  std::vector<store::ArtifactRecord> artifacts;
  for (const auto& file : files) artifacts.push_back(artifact_of(file));
  KPKG_TRY(store::record_build(*site.store, record, artifacts));
  return {};
}

Status record_verdicts(const Site& site, const std::string& kernel, const std::vector<JudgedFile>& files,
                       const Judgement& judgement, const std::string& overridden_by) {
  if (site.store == nullptr || judgement.verdicts.empty()) return {};
  return site.store->together([&]() -> Status {
    const auto now = site.workspace.clock();
    KPKG_TRY(store::remember_kernel(*site.store, {.release = kernel,
                                                  .digest = judgement.kernel,
                                                  .build_id = "",
                                                  .facts = judgement.facts,
                                                  .when = now}));
    for (std::size_t index = 0; index < files.size(); ++index) {
      const auto& verdict = judgement.verdicts[index];
      Json findings = Json::array();
      for (const auto& finding : verdict.findings) findings.push_back(abi::to_json(finding));
      KPKG_TRY(store::record_verdict(*site.store,
                                     {.artifact = crypto::sha256(files[index].bytes),
                                      .kernel = kernel,
                                      .kernel_facts = judgement.kernel,
                                      .decision = verdict.decision,
                                      .findings = json_text(findings),
                                      .overridden_by = is_blocking(verdict) ? overridden_by : std::string(),
                                      .when = now}));
    }
    return {};
  });
}

Result<bool> was_left_out(const Site& site, const dkmstree::BuildId& id, const std::string& module) {
  if (site.store == nullptr) return false;
  for (const auto& file : KPKG_TRY(files_of(site, id))) {
    if (dkmstree::module_of_file(file.name) != module) continue;
    const auto verdict =
        KPKG_TRY(store::find_verdict(*site.store, crypto::sha256(file.bytes), id.target.kernel));
    return verdict && verdict->decision == abi::Decision::refused && verdict->overridden_by.empty();
  }
  return false;
}

}  // namespace kpkg::dkmsbuild
