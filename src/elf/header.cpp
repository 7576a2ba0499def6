// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/header.hpp"

#include "elf/damage.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

namespace kpkg::elf {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view build_again =
    "the file is cut off (a full disk, an interrupted copy); build or install it again";

/// Offsets and sizes that differ between the classes.
struct Shape {
  std::uint64_t header_size;
  std::uint64_t section_header_size;
  std::uint64_t section_offset_at;  ///< e_shoff
  std::uint64_t section_size_at;    ///< e_shentsize; e_shnum and e_shstrndx follow, two bytes each
};
constexpr Shape shape32{52, 40, 32, 46};
constexpr Shape shape64{64, 64, 40, 58};

/// What the kernels of a machine are; nothing: there are both kinds.
struct Machine {
  std::uint16_t machine;
  std::optional<ElfClass> elf_class;
  std::optional<ByteOrder> byte_order;
};
constexpr std::array machines{
    Machine{2, ElfClass::elf32, ByteOrder::big},      // sparc
    Machine{3, ElfClass::elf32, ByteOrder::little},   // i386
    Machine{4, ElfClass::elf32, ByteOrder::big},      // m68k
    Machine{8, {}, {}},                               // mips
    Machine{15, {}, ByteOrder::big},                  // parisc
    Machine{20, ElfClass::elf32, {}},                 // powerpc
    Machine{21, ElfClass::elf64, {}},                 // powerpc64
    Machine{22, ElfClass::elf64, ByteOrder::big},     // s390; kernels of 31 bits ended with 4.1
    Machine{40, ElfClass::elf32, {}},                 // arm
    Machine{42, ElfClass::elf32, {}},                 // sh
    Machine{43, ElfClass::elf64, ByteOrder::big},     // sparc64
    Machine{62, ElfClass::elf64, ByteOrder::little},  // x86-64
    Machine{183, ElfClass::elf64, {}},                // arm64
    Machine{243, {}, ByteOrder::little},              // riscv
    Machine{258, {}, ByteOrder::little},              // loongarch
};

const Machine* machine_with(std::string_view bytes, ByteOrder order) {
  constexpr std::size_t machine_at = 18;  // e_machine
  const auto number = number_at(bytes, machine_at, 2, order);
  const auto found = std::find_if(machines.begin(), machines.end(), [&](const Machine& each) {
    return each.machine == number && each.byte_order.value_or(order) == order;
  });
  return found == machines.end() ? nullptr : &*found;
}

bool has_right_size(std::string_view bytes, ElfClass elf_class, ByteOrder order) {
  const Shape shape = elf_class == ElfClass::elf32 ? shape32 : shape64;
  return bytes.size() >= shape.header_size &&
         number_at(bytes, shape.section_size_at, 2, order) == shape.section_header_size;
}

/// The machine's class, unless the file is plainly of the other: then e_machine is what is wrong.
ElfClass class_of(std::string_view bytes, const Machine& machine, ElfClass declared, ByteOrder order) {
  const ElfClass usual = machine.elf_class.value_or(declared);
  const bool is_other = !has_right_size(bytes, usual, order) && has_right_size(bytes, declared, order);
  return is_other ? declared : usual;
}

Architecture architecture_of(std::string_view bytes) {
  const auto declared_order = bytes[5] == 2 ? ByteOrder::big : ByteOrder::little;
  const auto other_order = bytes[5] == 2 ? ByteOrder::little : ByteOrder::big;
  const auto declared_class = bytes[4] == 1 ? ElfClass::elf32 : ElfClass::elf64;
  auto order = declared_order;
  const Machine* known = machine_with(bytes, order);
  if (known == nullptr) {
    known = machine_with(bytes, other_order);
    if (known != nullptr) order = other_order;
  }
  if (known == nullptr) {
    return {.machine = static_cast<std::uint16_t>(number_at(bytes, 18, 2, order)),
            .elf_class = declared_class,
            .byte_order = order};
  }
  return {.machine = known->machine,
          .elf_class = class_of(bytes, *known, declared_class, order),
          .byte_order = order};
}

std::string hint_for_no_elf(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b"sv)) return "it is compressed with gzip; decompress it first";
  if (bytes.starts_with("\xfd"
                        "7zXZ\0"sv)) {
    return "it is compressed with xz; decompress it first";
  }
  if (bytes.starts_with("\x28\xb5\x2f\xfd"sv)) return "it is compressed with zstd; decompress it first";
  return "name the .ko file that the build of a module makes";
}

using Defects = std::vector<Defect>;

/// Whether the file begins as ELF files do and has room for a header.
bool has_identification(std::string_view bytes, Defects& defects) {
  constexpr std::string_view magic =
      "\x7f"
      "ELF";
  if (bytes.empty()) {
    defects.push_back({.id = DefectId::empty_file,
                       .detail = "the module is empty (0 bytes)",
                       .hint = std::string(build_again)});
    return false;
  }
  // A short file is first of all short to the kernel, but people want to know that it never was a module.
  const bool is_elf = bytes.substr(0, magic.size()) == magic.substr(0, bytes.size());
  if (bytes.size() < shape32.header_size) {
    defects.push_back(
        {.id = DefectId::header_truncated,
         .numbers = {bytes.size()},
         .detail = is_elf ? fmt::format("the ELF header is truncated: the file has {} bytes", bytes.size())
                          : "the file is not ELF: it does not begin with \\x7fELF",
         .hint = is_elf ? std::string(build_again) : hint_for_no_elf(bytes)});
    return false;
  }
  if (is_elf) return true;
  defects.push_back({.id = DefectId::not_elf,
                     .detail = "the file is not ELF: it does not begin with \\x7fELF",
                     .hint = hint_for_no_elf(bytes)});
  return false;
}

bool has_header(std::string_view bytes, const Architecture& architecture, const Shape& shape,
                Defects& defects) {
  if (bytes.size() < shape.header_size) {
    defects.push_back(
        {.id = DefectId::header_truncated,
         .numbers = {bytes.size()},
         .detail = fmt::format("the ELF header is truncated: the file has {} bytes, the header {}",
                               bytes.size(), shape.header_size),
         .hint = std::string(build_again)});
    return false;
  }
  constexpr std::uint64_t relocatable = 1;  // ET_REL
  const auto type = number_at(bytes, 16, 2, architecture.byte_order);
  if (type == relocatable) return true;
  defects.push_back(
      {.id = DefectId::not_relocatable,
       .numbers = {type},
       .detail = fmt::format("the ELF type (e_type) is {}, not 1 (relocatable)", type),
       .hint = "a program or a shared library is no module; name the .ko file that the build of a module "
               "makes"});
  return false;
}

/// Kernels of most machines do not look at the byte that says the class, those of s390 do.
/// Source: linux arch/s390/include/asm/elf.h, elf_check_arch.
void check_class(std::string_view bytes, const Architecture& architecture, Defects& defects) {
  constexpr std::uint16_t s390 = 22;
  const unsigned declared = static_cast<unsigned char>(bytes[4]);
  const unsigned right = architecture.elf_class == ElfClass::elf32 ? 1 : 2;
  if (architecture.machine != s390 || declared == right) return;
  defects.push_back({.id = DefectId::class_wrong,
                     .numbers = {declared, architecture.machine},
                     .detail = fmt::format("the ELF class (EI_CLASS) is {}, not {}", declared, right)});
}

/// Whether the section headers lie within the file and have their right size.
bool has_section_headers(const Header& header, std::uint64_t entry_size, const Shape& shape,
                         std::uint64_t file_size, Defects& defects) {
  if (entry_size != shape.section_header_size) {
    defects.push_back({.id = DefectId::section_header_size,
                       .numbers = {entry_size, shape.section_header_size},
                       .detail = fmt::format("the size of a section header (e_shentsize) is {}, not {}",
                                             entry_size, shape.section_header_size)});
    return false;
  }
  const bool is_inside = header.section_offset < file_size &&
                         fits(header.section_offset, header.section_count * entry_size, file_size);
  if (is_inside) return true;
  defects.push_back(
      {.id = DefectId::section_headers_outside,
       .numbers = {header.section_offset, header.section_count},
       .detail = fmt::format(
           "the file is truncated: {} section headers at offset {} (e_shoff) end past its {} bytes",
           header.section_count, header.section_offset, file_size),
       .hint = std::string(build_again)});
  return false;
}

bool has_name_table(const Header& header, Defects& defects) {
  if (header.name_table != 0 && header.name_table < header.section_count) return true;
  defects.push_back(
      {.id = DefectId::name_table_index,
       .numbers = {header.name_table, header.section_count},
       .detail = header.section_count == 0
                     ? "the file has no sections (e_shnum is 0)"
                     : fmt::format("the index of the section names (e_shstrndx) is {} of {} sections",
                                   header.name_table, header.section_count)});
  return false;
}

}  // namespace

std::optional<Header> read_header(std::string_view bytes, std::vector<Defect>& defects) {
  if (!has_identification(bytes, defects)) return std::nullopt;
  const Architecture architecture = architecture_of(bytes);
  const Shape shape = architecture.elf_class == ElfClass::elf32 ? shape32 : shape64;
  if (!has_header(bytes, architecture, shape, defects)) return std::nullopt;
  check_class(bytes, architecture, defects);
  const auto order = architecture.byte_order;
  const auto half = [&](std::uint64_t offset) { return number_at(bytes, offset, 2, order); };
  const Header header{
      .architecture = architecture,
      .section_offset = number_at(bytes, shape.section_offset_at, word_size(architecture.elf_class), order),
      .section_count = static_cast<std::uint32_t>(half(shape.section_size_at + 2)),
      .name_table = static_cast<std::uint32_t>(half(shape.section_size_at + 4))};
  if (!has_section_headers(header, half(shape.section_size_at), shape, bytes.size(), defects))
    return std::nullopt;
  if (!has_name_table(header, defects)) return std::nullopt;
  return header;
}

}  // namespace kpkg::elf
