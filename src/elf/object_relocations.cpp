// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/damage.hpp"
#include "elf/number.hpp"
#include "elf/object_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace kpkg::elf {
namespace {

constexpr std::uint16_t machine_i386 = 3;
constexpr std::uint16_t machine_mips = 8;
constexpr std::uint16_t machine_s390 = 22;
constexpr std::uint16_t machine_arm = 40;
constexpr std::uint16_t machine_x86_64 = 62;
constexpr std::uint16_t machine_arm64 = 183;

/// Relocations of these are facts about the module; of all others it is enough that they are sound.
bool holds_facts(std::string_view name) {
  return name == ".gnu.linkonce.this_module" || name.starts_with("__ksymtab") ||
         name.starts_with("__kcrctab");
}

/// Whether kernels of the machine apply relocations of this section type; MIPS has both.
/// Source: linux, MODULES_USE_ELF_REL and MODULES_USE_ELF_RELA in the Kconfig files.
bool is_supported(std::uint32_t type, std::uint16_t machine) {
  if (machine == machine_mips) return true;
  const bool wants_rel = machine == machine_arm || machine == machine_i386;
  return (type == type_rel) == wants_rel;
}

/// The sections that the kernel does not take for loaded when it relocates, though they say so.
/// Source: linux kernel/module, rewrite_section_headers and layout_and_allocate.
std::vector<std::size_t> sections_set_aside(const Object& object) {
  std::vector<std::size_t> found;
  for (const auto* const name :
       {".modinfo", "__versions", "__version_ext_crcs", "__version_ext_names", ".data..percpu"}) {
    found.push_back(find_section(object, name));
  }
  return found;
}

/// Reads one record; on 64-bit little-endian MIPS the symbol is the first word of r_info, not its upper half.
/// Source: MIPS64 ELF object file specification 2.5, "Relocation".
Relocation relocation_at(std::string_view records, std::uint64_t at, std::uint32_t type,
                         const Architecture& architecture) {
  const unsigned word = word_size(architecture.elf_class);
  const auto order = architecture.byte_order;
  const bool is_wide = architecture.elf_class == ElfClass::elf64;
  const auto value = number_at(records, at + word, word, order);
  Relocation result;
  result.offset = number_at(records, at, word, order);
  result.symbol = static_cast<std::uint32_t>(is_wide ? value >> 32U : value >> 8U);
  result.type = static_cast<std::uint32_t>(is_wide ? value & 0xffffffff : value & 0xff);
  if (is_wide && architecture.machine == machine_mips && order == ByteOrder::little) {
    result.symbol = static_cast<std::uint32_t>(value);
    result.type = static_cast<std::uint32_t>(value >> 56U);
  }
  result.addend_in_place = type == type_rel;
  if (type == type_rel) return result;
  const auto addend = number_at(records, at + 2 * std::uint64_t{word}, word, order);
  result.addend = is_wide ? static_cast<std::int64_t>(addend)
                          : std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(addend))};
  return result;
}

/// How many bytes a relocation writes; 1 where only their beginning is worth a look.
unsigned width_of(std::uint32_t type, std::uint16_t machine) {
  if (machine == machine_arm) return 4;
  if (machine != machine_x86_64) return 1;
  constexpr std::array<std::uint32_t, 2> wide{1, 24};  // R_X86_64_64, R_X86_64_PC64
  return std::find(wide.begin(), wide.end(), type) != wide.end() ? 8 : 4;
}

/// Whether x86 kernels find this relocation's target already filled, which they take for a module that was
/// relocated twice. Source: linux arch/x86/kernel/module.c, since 4.17 in this form.
bool writes_over(const Relocation& relocation) {
  constexpr std::array<std::uint32_t, 6> checked{1, 2, 4, 10, 11, 24};
  return std::find(checked.begin(), checked.end(), relocation.type) != checked.end();
}

/// Whether it writes a whole address, if the type that does is known of the machine.
bool writes_pointer(std::uint32_t type, std::uint16_t machine) {
  constexpr std::uint32_t arm_target1 = 38;  // the same as R_ARM_ABS32 to Linux
  switch (machine) {
    case machine_x86_64: return type == 1;   // R_X86_64_64
    case machine_arm64: return type == 257;  // R_AARCH64_ABS64
    case machine_arm: return type == 2 || type == arm_target1;
    case machine_s390: return type == 22;  // R_390_64
    default: return true;
  }
}

/// One relocation section, entry by entry.
class SectionCheck {
 public:
  SectionCheck(Object& object, std::size_t index)
      : object_(object),
        index_(index),
        section_(object.sections[index]),
        target_(object.sections[object.sections[index].info]),
        per_cpu_(find_section(object, ".data..percpu")) {}

  /// The sound entries, if they are facts.
  std::vector<Relocation> run();

 private:
  bool has_symbol(const Relocation& relocation);
  bool is_inside(const Relocation& relocation);
  void check_target(const Relocation& relocation);
  void check_call(const Relocation& relocation);
  void check_parameter(const Relocation& relocation);
  void note_use(const Relocation& relocation);
  void report_once(Defect defect);
  void check_overlaps();

  /// Where an address goes: its bytes from start to end, and the relocation that puts it there.
  struct Written {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::size_t entry = 0;
    std::uint32_t type = 0;

    auto operator<=>(const Written&) const = default;
  };

  Object& object_;
  std::size_t index_;
  const ObjectSection& section_;
  const ObjectSection& target_;
  std::size_t per_cpu_;
  std::size_t entry_ = 0;
  std::vector<Written> written_;
  std::size_t reported_ = 0;  // defects of this section, the first of each kind
  RelocationUse last_;        // the same kind comes thousands of times in a row
};

/// Two addresses that share bytes: whichever comes second meets what the first one wrote.
void SectionCheck::check_overlaps() {
  if (!std::is_sorted(written_.begin(), written_.end())) std::sort(written_.begin(), written_.end());
  for (std::size_t index = 1; index < written_.size(); ++index) {
    const auto &one = written_[index - 1], &other = written_[index];
    if (other.start >= one.end) continue;
    const auto& second = one.entry < other.entry ? other : one;
    report_once(
        {.id = DefectId::relocation_target_filled,
         .numbers = {second.entry, second.type, 0, index_},
         .detail = fmt::format("{} relocates the bytes at offset {} twice", section_.name, other.start)});
    return;
  }
}

/// The kernel stops at the first; one of each kind says enough.
void SectionCheck::report_once(Defect defect) {
  const auto& defects = object_.defects;
  const auto first = defects.end() - static_cast<std::ptrdiff_t>(reported_);
  if (std::any_of(first, defects.end(), [&](const Defect& each) { return each.id == defect.id; })) return;
  defect.name = std::string(section_.name);
  object_.defects.push_back(std::move(defect));
  ++reported_;
}

bool SectionCheck::has_symbol(const Relocation& relocation) {
  if (relocation.symbol < object_.symbols.size()) return true;
  report_once({.id = DefectId::relocation_symbol_outside,
               .numbers = {entry_, relocation.symbol, object_.symbols.size()},
               .detail = fmt::format("relocation {} of {} names symbol {} of {}", entry_, section_.name,
                                     relocation.symbol, object_.symbols.size())});
  return false;
}

bool SectionCheck::is_inside(const Relocation& relocation) {
  const auto width = width_of(relocation.type, object_.architecture.machine);
  if (fits(relocation.offset, width, target_.size)) return true;
  report_once({.id = DefectId::relocation_outside,
               .numbers = {entry_, relocation.offset, target_.size},
               .detail = fmt::format("relocation {} of {} is at offset {} of a section of {} bytes", entry_,
                                     section_.name, relocation.offset, target_.size)});
  return false;
}

void SectionCheck::check_target(const Relocation& relocation) {
  if (object_.architecture.machine != machine_x86_64 || !writes_over(relocation)) return;
  const auto size = target_.bytes.size();
  if (relocation.offset >= size) return;  // of SHT_NOBITS: all is zero
  const std::uint64_t width = width_of(relocation.type, machine_x86_64);
  const auto inside = static_cast<unsigned>(std::min(width, size - relocation.offset));
  const auto value = number_at(target_.bytes, relocation.offset, inside, ByteOrder::little);
  // A number may be small and leave zeros behind; an address fills its bytes.
  const bool is_address = object_.symbols[relocation.symbol].section != section_absolute;
  if (is_address && relocation.symbol != 0)
    written_.push_back({relocation.offset, relocation.offset + width, entry_, relocation.type});
  if (value == 0) return;
  report_once(
      {.id = DefectId::relocation_target_filled,
       .numbers = {entry_, relocation.type, value, index_},
       .detail = fmt::format("relocation {} of {} (type {}) is to change bytes that are not zero: {:#x}",
                             entry_, section_.name, relocation.type, value)});
}

/// Calls of arm64 that lead too far go through a table, which has room for those of executable sections
/// alone. Source: linux arch/arm64/kernel/module-plts.c, module_frob_arch_sections.
void SectionCheck::check_call(const Relocation& relocation) {
  const bool is_call = relocation.type == 282 || relocation.type == 283;  // R_AARCH64_JUMP26, CALL26
  if (object_.architecture.machine != machine_arm64 || !is_call) return;
  const bool is_far = object_.symbols[relocation.symbol].section == section_undefined;
  if (!is_far || (target_.flags & flag_executable) != 0) return;
  report_once({.id = DefectId::call_outside_code,
               .numbers = {entry_, relocation.type},
               .detail = fmt::format("relocation {} of {} is a call, but section {} is not executable",
                                     entry_, section_.name, target_.name)});
}

/// The kernel follows the pointer to the name of each parameter before any code of the module runs.
/// Source: linux include/linux/moduleparam.h, struct kernel_param: three pointers, 8 bytes, a pointer.
void SectionCheck::check_parameter(const Relocation& relocation) {
  if (target_.name != "__param") return;
  const std::uint64_t size = 4 * std::uint64_t{word_size(object_.architecture.elf_class)} + 8;
  if (relocation.offset % size != 0) return;
  if (writes_pointer(relocation.type, object_.architecture.machine)) return;
  report_once({.id = DefectId::parameter_damaged,
               .numbers = {entry_, relocation.type},
               .detail = fmt::format("relocation {} of {} is to write the address of a parameter's name, but "
                                     "its type is {}",
                                     entry_, section_.name, relocation.type)});
}

void SectionCheck::note_use(const Relocation& relocation) {
  constexpr std::int64_t far = std::int64_t{8} << 30;
  const ObjectSymbol& symbol = object_.symbols[relocation.symbol];
  RelocationUse use{.type = relocation.type, .target = RelocationTarget::defined, .section = {}};
  if (relocation.addend > far || relocation.addend < -far) {
    use.target = RelocationTarget::far;
  } else if (symbol.section == section_absolute || relocation.symbol == 0) {
    use.target = RelocationTarget::absolute;
  } else if (symbol.section == section_undefined) {
    use.target = symbol.binding == binding_weak ? RelocationTarget::weak : RelocationTarget::undefined;
  } else if (symbol.section == per_cpu_) {
    use.target = RelocationTarget::per_cpu;
  }
  if (use == last_) return;
  last_ = use;
  auto& uses = object_.relocation_uses;
  const bool is_known = std::any_of(uses.begin(), uses.end(), [&](const RelocationUse& each) {
    return each.type == use.type && each.target == use.target;
  });
  constexpr std::size_t most = 512;  // no machine has as many; a hostile file may
  if (is_known || uses.size() >= most) return;
  use.section = std::string(section_.name);
  uses.push_back(std::move(use));
}

std::vector<Relocation> SectionCheck::run() {
  const auto& architecture = object_.architecture;
  const std::size_t entry_size =
      std::size_t{word_size(architecture.elf_class)} * (section_.type == type_rela ? 3 : 2);
  const bool keeps = holds_facts(target_.name);
  std::vector<Relocation> kept;
  for (entry_ = 0; entry_ < section_.bytes.size() / entry_size; ++entry_) {
    const auto relocation = relocation_at(section_.bytes, entry_ * entry_size, section_.type, architecture);
    // Type 0 is R_*_NONE on every machine: nothing is written.
    if (relocation.type == 0 || !has_symbol(relocation)) continue;
    note_use(relocation);
    check_target(relocation);
    check_call(relocation);
    check_parameter(relocation);
    if (!is_inside(relocation)) continue;
    if (keeps) kept.push_back(relocation);
  }
  check_overlaps();
  return kept;
}

/// Whether the kernel applies this section's relocations at all; says why if it should but does not.
bool is_applied(const ObjectSection& section, const std::vector<std::size_t>& aside, Object& object) {
  if (section.type != type_rel && section.type != type_rela) return false;
  if (section.info >= object.sections.size()) {
    object.defects.push_back({.id = DefectId::relocations_for_nothing,
                              .name = std::string(section.name),
                              .numbers = {section.info, object.sections.size()},
                              .detail = fmt::format("section {} relocates section {} of {}", section.name,
                                                    section.info, object.sections.size())});
    return false;
  }
  // The kernel applies no relocations to debug information and the like, so they may be as they are.
  if ((object.sections[section.info].flags & flag_allocated) == 0) return false;
  const bool is_aside = std::find(aside.begin(), aside.end(), section.info) != aside.end();
  if (is_aside || (section.flags & flag_livepatch) != 0) return false;
  if (is_supported(section.type, object.architecture.machine)) return true;
  object.defects.push_back(
      {.id = DefectId::relocations_unsupported,
       .name = std::string(section.name),
       .detail = fmt::format("the relocations of {} are of a form that the machine has not", section.name)});
  return false;
}

}  // namespace

void read_relocations(Object& object) {
  const auto aside = sections_set_aside(object);
  std::uint64_t left = 4 * object.file.size();  // sections that overlap would make the work grow faster
  for (std::size_t index = 1; index < object.sections.size(); ++index) {
    const ObjectSection& section = object.sections[index];
    if (!is_applied(section, aside, object)) continue;
    if (section.bytes.size() > left) {
      object.defects.push_back(
          {.id = DefectId::too_costly,
           .detail = fmt::format("sections overlap: up to number {} they exceed the file", index)});
      break;
    }
    left -= section.bytes.size();
    auto relocations = SectionCheck(object, index).run();
    auto& kept = object.relocations[section.info];
    kept.insert(kept.end(), relocations.begin(), relocations.end());
  }
  for (auto& [target, relocations] : object.relocations) {
    std::stable_sort(
        relocations.begin(), relocations.end(),
        [](const Relocation& left, const Relocation& right) { return left.offset < right.offset; });
  }
}

}  // namespace kpkg::elf
