// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/judge.hpp"

#include "abi/kernel_facts_json.hpp"
#include "archive/compression.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "dkmsbuild/kernel_place.hpp"
#include "dkmstree/contents.hpp"
#include "workflow/judging.hpp"
#include "workflow/targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// What says nothing of the module itself.
constexpr std::array<abi::FindingId, 5> of_the_machine = {
    abi::FindingId::modules_disabled, abi::FindingId::module_unsigned,
    abi::FindingId::signature_key_unavailable, abi::FindingId::locked_down,
    abi::FindingId::module_blacklisted};

bool is_blocking(const abi::Finding& finding) {
  if (std::find(of_the_machine.begin(), of_the_machine.end(), finding.id) != of_the_machine.end())
    return false;
  return finding.severity == abi::Severity::broken || finding.severity == abi::Severity::refusal;
}

/// The module files below a directory, but for the kernel's own and for headers.
Result<std::vector<std::string>> other_modules(const system::Root& root, const std::string& top) {
  std::vector<std::string> files;
  std::vector<std::string> directories = {top};
  while (!directories.empty()) {
    const auto directory = std::move(directories.back());
    directories.pop_back();
    const auto entries = KPKG_TRY(root.list(directory));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
      const auto path = directory + "/" + entry.name;
      if (entry.type == system::FileType::directory && path != top + "/kernel") directories.push_back(path);
      if (entry.type != system::FileType::directory && dkmstree::module_of_file(entry.name))
        files.push_back(path);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::vector<abi::Fingerprint>> companions(const system::Root& root, const std::string& directory,
                                                 const std::vector<JudgedFile>& files) {
  std::set<std::string> judged;
  for (const auto& file : files) judged.insert(module_key(dkmstree::module_of_file(file.name).value_or("")));
  std::vector<abi::Fingerprint> found;
  for (const auto& path : KPKG_TRY(other_modules(root, directory))) {
    const auto name = path.substr(path.rfind('/') + 1);
    if (judged.count(module_key(dkmstree::module_of_file(name).value_or(""))) != 0) continue;
    auto bytes = root.read(path, largest_module);
    if (bytes) found.push_back(judged_file(name, *std::move(bytes)).fingerprint);
  }
  return found;
}

}  // namespace

JudgedFile judged_file(std::string name, std::string bytes) {
  const auto plain = archive::decompress(bytes, largest_module);
  auto fingerprint = abi::fingerprint_of_any(plain ? std::string_view(*plain) : std::string_view(bytes));
  return {std::move(name), std::move(bytes), std::move(fingerprint)};
}

Result<Judgement> judge_files(const Site& site, const std::string& kernel,
                              const std::vector<JudgedFile>& files) {
  Judgement judgement;
  const auto known = KPKG_TRY(known_kernel(site, kernel));
  if (!known) return judgement;
  auto target = KPKG_TRY(workflow::learn_target(site.workspace, *known, workflow::Headers::ignored));
  const auto others = KPKG_TRY(companions(site.workspace.root, known->module_directory, files));
  std::vector<abi::Fingerprint> fingerprints;
  for (const auto& file : files) fingerprints.push_back(file.fingerprint);
  judgement.verdicts =
      workflow::judge_together(site.workspace, target.facts, fingerprints, others, workflow::LoadOrder::any);
  auto facts = target.facts;
  facts.symbols.reset();      // tens of thousands of lines
  facts.btf.table = nullptr;  // as many
  judgement.facts = json_text(abi::to_json(facts));
  judgement.kernel = crypto::sha256(judgement.facts);
  return judgement;
}

bool is_blocking(const abi::Verdict& verdict) {
  return std::any_of(verdict.findings.begin(), verdict.findings.end(),
                     [](const abi::Finding& finding) { return is_blocking(finding); });
}

bool only_lacks_symbols(const abi::Verdict& verdict) {
  return std::all_of(verdict.findings.begin(), verdict.findings.end(), [](const abi::Finding& finding) {
    return !is_blocking(finding) || finding.id == abi::FindingId::symbol_unknown ||
           finding.id == abi::FindingId::provider_refused;
  });
}

std::vector<std::string> blocking_lines(const abi::Verdict& verdict, const std::string& file) {
  const auto& name = verdict.module.empty() ? file : verdict.module;
  std::vector<std::string> lines;
  for (const auto& finding : verdict.findings)
    if (is_blocking(finding))
      lines.push_back(
          fmt::format("Kernel {} would not load {}: {}", verdict.release, name, abi::sentence(finding)));
  return lines;
}

}  // namespace kpkg::dkmsbuild
