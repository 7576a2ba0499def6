// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/header.hpp"

#include "elf/damage.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <string>

namespace kpkg::elf {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t identification_size = 16;
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

std::string hint_for_no_elf(std::string_view bytes) {
  if (bytes.starts_with("\x1f\x8b"sv)) return "it is compressed with gzip; decompress it first";
  if (bytes.starts_with("\xfd"
                        "7zXZ\0"sv)) {
    return "it is compressed with xz; decompress it first";
  }
  if (bytes.starts_with("\x28\xb5\x2f\xfd"sv)) return "it is compressed with zstd; decompress it first";
  return "name the .ko file that the build of a module makes";
}

Status check_identification(std::string_view bytes) {
  if (bytes.empty()) {
    return fail(ErrorKind::corrupt, "the module is empty (0 bytes)", std::string(build_again));
  }
  constexpr std::string_view magic =
      "\x7f"
      "ELF";
  if (bytes.substr(0, magic.size()) != magic.substr(0, bytes.size())) {
    return fail(ErrorKind::corrupt, "the file is not ELF: it does not begin with \\x7fELF",
                hint_for_no_elf(bytes));
  }
  if (bytes.size() < identification_size) {
    return fail(ErrorKind::corrupt,
                fmt::format("the ELF header is truncated: the file has {} bytes", bytes.size()),
                std::string(build_again));
  }
  const int elf_class = bytes[4];
  if (elf_class != 1 && elf_class != 2) {
    return damaged(fmt::format("the ELF class (EI_CLASS) is {}, neither 1 nor 2", elf_class));
  }
  const int order = bytes[5];
  if (order != 1 && order != 2) {
    return damaged(fmt::format("the ELF byte order (EI_DATA) is {}, neither 1 nor 2", order));
  }
  return {};
}

Status check_type(std::uint64_t type) {
  constexpr std::uint64_t relocatable = 1;  // ET_REL
  if (type == relocatable) return {};
  return fail(
      ErrorKind::corrupt, fmt::format("the ELF type (e_type) is {}, not 1 (relocatable)", type),
      "a program or a shared library is no module; name the .ko file that the build of a module makes");
}

Status check_section_table(std::uint64_t offset, std::uint64_t count, std::uint64_t entry_size,
                           std::uint64_t file_size) {
  if (count == 0) return damaged("the file has no sections (e_shnum is 0)");
  if (fits(offset, count * entry_size, file_size)) return {};
  return fail(
      ErrorKind::corrupt,
      fmt::format("the file is truncated: {} section headers at offset {} (e_shoff) end past its {} bytes",
                  count, offset, file_size),
      std::string(build_again));
}

}  // namespace

Result<Header> read_header(std::string_view bytes) {
  KPKG_TRY(check_identification(bytes));
  const auto elf_class = bytes[4] == 1 ? ElfClass::elf32 : ElfClass::elf64;
  const auto order = bytes[5] == 1 ? ByteOrder::little : ByteOrder::big;
  const Shape shape = elf_class == ElfClass::elf32 ? shape32 : shape64;
  if (bytes.size() < shape.header_size) {
    return fail(ErrorKind::corrupt,
                fmt::format("the ELF header is truncated: the file has {} bytes, the header {}", bytes.size(),
                            shape.header_size),
                std::string(build_again));
  }
  KPKG_TRY(check_type(number_at(bytes, 16, 2, order)));
  const auto entry_size = number_at(bytes, shape.section_size_at, 2, order);
  if (entry_size != shape.section_header_size) {
    return damaged(fmt::format("the size of a section header (e_shentsize) is {}, not {}", entry_size,
                               shape.section_header_size));
  }
  const auto offset = number_at(bytes, shape.section_offset_at, word_size(elf_class), order);
  const auto count = number_at(bytes, shape.section_size_at + 2, 2, order);
  KPKG_TRY(check_section_table(offset, count, entry_size, bytes.size()));
  const auto name_table = number_at(bytes, shape.section_size_at + 4, 2, order);
  if (name_table == 0 || name_table >= count) {
    return damaged(
        fmt::format("the index of the section names (e_shstrndx) is {} of {} sections", name_table, count));
  }
  const auto machine = static_cast<std::uint16_t>(number_at(bytes, 18, 2, order));
  return Header{.architecture = {.machine = machine, .elf_class = elf_class, .byte_order = order},
                .section_count = static_cast<std::uint32_t>(count),
                .name_table = static_cast<std::uint32_t>(name_table)};
}

}  // namespace kpkg::elf
