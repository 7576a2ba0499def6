// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/file_place.hpp"

#include "abi/finding_texts.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kpkg::abi {
namespace {

constexpr std::array<std::string_view, 3> known_to_kmod = {"gz", "xz", "zst"};

template <typename List>
bool has(const List& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

/// Whether modprobe gives the kernel what is inside the file; nothing: not known.
///
/// That the distribution compresses its own modules so is as good as an answer. A kernel that unpacks by
/// itself does so only if it is asked, which kmod does since version 31.
std::optional<bool> is_unpacked(const std::string& compression, const KernelFacts& kernel) {
  if (compression.empty() || compression == name_of(kernel.compression)) return true;
  if (!has(known_to_kmod, compression)) return false;
  const auto& readers = kernel.gates.modprobe_unpacks;
  if (!readers) return std::nullopt;
  if (has(*readers, compression)) return true;
  return compression == kernel.gates.kernel_unpacks ? std::nullopt : std::optional(false);
}

std::string readers_text(const KernelFacts& kernel) {
  const auto& readers = kernel.gates.modprobe_unpacks;
  if (!readers) return "no such files";
  return readers->empty() ? "no files at all" : "only " + join(*readers, ", ");
}

}  // namespace

void judge_place(Verdict& verdict, const FilePlace& file, const KernelFacts& kernel) {
  Particulars about{.module = verdict.module, .release = verdict.release, .module_value = file.compression};
  const auto unpacked = is_unpacked(file.compression, kernel);
  if (!unpacked)
    verdict.findings.push_back(make_finding(FindingId::compression_unchecked, Severity::note, about));
  if (unpacked == false) {
    about.detail = readers_text(kernel);
    verdict.findings.push_back(make_finding(FindingId::compression_unread, Severity::refusal, about));
  }
  if (!file.shadowed_by.empty())
    verdict.findings.push_back(
        make_finding(FindingId::shadowed, Severity::note,
                     {.module = verdict.module, .release = verdict.release, .detail = file.shadowed_by}));
  std::stable_sort(verdict.findings.begin(), verdict.findings.end(),
                   [](const Finding& left, const Finding& right) { return left.id < right.id; });
  verdict.decision = decide(verdict.findings);
  const auto first = std::find_if(verdict.findings.begin(), verdict.findings.end(),
                                  [](const Finding& each) { return each.severity == Severity::refusal; });
  if (first != verdict.findings.end() && first->id == FindingId::compression_unread)
    verdict.errno_name = first->errno_name;
  if (verdict.decision == Decision::refused) verdict.taints.clear();
}

}  // namespace kpkg::abi
