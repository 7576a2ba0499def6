// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/rules.hpp"
#include "abi/type_comparison.hpp"
#include "abi/type_explanation.hpp"
#include "base/version.hpp"

#include <fmt/format.h>

#include <optional>

namespace kpkg::abi {
namespace {

/// A change in one structure shifts all that embed it; more examples than this explain nothing more.
constexpr std::size_t most_differences = 8;

/// BTF that may be at hand, read when it is first asked for: that takes longer than all other rules together.
class LazyBtf {
 public:
  explicit LazyBtf(SharedBytes bytes, const elf::Btf* base = nullptr)
      : bytes_(std::move(bytes)), base_(base) {}

  /// BTF of a kernel, which was read when the kernel was learned.
  static LazyBtf known(SharedBytes bytes) {
    LazyBtf lazy(std::move(bytes));
    lazy.is_known_ = true;
    return lazy;
  }

  /// Null: it is not at hand, or cannot be read.
  const elf::Btf* get() {
    if (!was_asked_ && bytes_) {
      auto read = is_known_ ? elf::Btf::read_known(bytes_.view()) : elf::Btf::read(bytes_.view(), base_);
      if (read) btf_ = std::move(*read);
    }
    was_asked_ = true;
    return btf_ ? &*btf_ : nullptr;
  }

 private:
  SharedBytes bytes_;
  const elf::Btf* base_;
  bool is_known_ = false;
  std::optional<elf::Btf> btf_;
  bool was_asked_ = false;
};

/// Kernels fit .BTF.base to their own BTF since 6.11; nothing in an image or a configuration says so.
BaseSection base_section_of(const KernelFacts& kernel) {
  const bool is_new = kernel.release.empty() || compare_versions(kernel.release, "6.11") >= 0;
  return is_new ? BaseSection::relocated : BaseSection::ignored;
}

/// Whether the kernel looks at BTF of modules; until 5.11 none did.
bool checks_btf(const KernelFacts& kernel) {
  const bool is_old = !kernel.release.empty() && compare_versions(kernel.release, "5.11") < 0;
  return kernel.btf.checks_modules.value_or(!is_old);
}

/// L1 of the table of what loaders check: whether the module's own BTF fits. True: it was looked at and fits.
bool judge_btf(const Case& judged, LazyBtf& kernel, std::vector<Finding>& findings) {
  const auto& sections = judged.module.types.sections;
  if (!judged.module.has_btf || !checks_btf(judged.kernel)) return false;
  const auto allows = judged.kernel.btf.allows_mismatch;
  if (kernel.get() == nullptr || sections == nullptr) {
    if (allows.value_or(false)) return false;
    const auto* const lacks =
        sections == nullptr ? "the module's file is not at hand" : "the kernel's BTF is not at hand";
    add(findings, judged, FindingId::btf_unchecked, Severity::unknown, {.detail = lacks});
    return false;
  }
  const auto mismatch = btf_mismatch(*sections, *kernel.get(), judged.module.architecture.elf_class,
                                     base_section_of(judged.kernel));
  if (!mismatch) return true;
  const auto severity = unless_waived(allows, Severity::note);
  add(findings, judged, FindingId::btf_invalid, severity, {.detail = *mismatch});
  const auto error = btf_errno(sections->types, judged.module.architecture.byte_order);
  if (severity == Severity::unknown || error == "EINVAL") return false;
  auto& finding = findings.back();
  if (severity == Severity::refusal) finding.errno_name = error;
  finding.kernel_says = fmt::format("failed to validate module [{}] BTF: {}", judged.module.name,
                                    error == "E2BIG" ? "-7" : "-524");
  return false;
}

std::string bytes_text(const std::optional<std::uint32_t>& size) {
  return fmt::format("{} bytes", size.value_or(0));
}

/// Compares types and adds what differs; what is at hand of both BTFs explains it.
void compare(const Case& judged, const TypeTable& types, LazyBtf& module, LazyBtf& kernel,
             std::vector<Finding>& findings) {
  std::vector<std::string> imports;
  for (const auto& import : judged.module.imports) imports.push_back(import.symbol);
  const auto differences = differing_types(*judged.kernel.btf.table, types, imports);
  for (std::size_t index = 0; index < differences.size() && index < most_differences; ++index) {
    const auto& difference = differences[index];
    std::string detail;
    if (module.get() != nullptr && kernel.get() != nullptr)
      detail = explain_difference(difference, *module.get(), *kernel.get());
    if (!detail.empty()) detail = ": " + detail;
    if (index + 1 == most_differences && differences.size() > most_differences)
      detail += fmt::format(" (and {} more types differ)", differences.size() - most_differences);
    add(findings, judged, FindingId::struct_layout_differs, Severity::broken,
        {.symbol = fmt::format("{} {}", name_of(difference.kind), difference.name),
         .module_value = bytes_text(difference.module_size),
         .kernel_value = bytes_text(difference.kernel_size),
         .detail = std::move(detail)});
  }
}

/// What the module's own BTF has beside the kernel's: if that fits, the rest is what both have alike.
void compare_own_btf(const Case& judged, LazyBtf& kernel, std::vector<Finding>& findings) {
  const auto& sections = judged.module.types.sections;
  LazyBtf own(SharedBytes(sections, sections->types), kernel.get());
  if (own.get() != nullptr) compare(judged, types_of_module(*own.get()), own, kernel, findings);
}

}  // namespace

void judge_types(const Case& judged, std::vector<Finding>& findings) {
  auto kernel = LazyBtf::known(judged.kernel.btf.bytes);
  const auto& types = judged.module.types;
  const bool fits = judge_btf(judged, kernel, findings);
  if (judged.kernel.btf.table == nullptr) return;
  if (types.table != nullptr) {
    LazyBtf described(types.btf);
    compare(judged, *types.table, described, kernel, findings);
  } else if (fits && types.sections->base.empty()) {
    compare_own_btf(judged, kernel, findings);
  }
}

}  // namespace kpkg::abi
