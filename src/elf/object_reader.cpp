// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/object_reader.hpp"

#include "elf/damage.hpp"

#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <optional>
#include <string>

namespace kpkg::elf {
namespace {

std::string refusal_of_libelf() {
  return elf_errmsg(-1) == nullptr ? "no reason given" : elf_errmsg(-1);
}

Result<GElf_Shdr> section_header(Elf& elf, std::size_t index) {
  GElf_Shdr header{};
  Elf_Scn* const section = elf_getscn(&elf, index);
  if (section == nullptr || gelf_getshdr(section, &header) == nullptr) {
    return damaged(fmt::format("section {} cannot be read: {}", index, refusal_of_libelf()));
  }
  return header;
}

Result<ObjectSection> checked_section(const GElf_Shdr& header, std::size_t index, std::string_view bytes) {
  if (index == 0 && (header.sh_type != SHT_NULL || header.sh_size != 0 || header.sh_addr != 0)) {
    return damaged(fmt::format("section 0 is not empty: type {}, size {}, address {}", header.sh_type,
                               header.sh_size, header.sh_addr));
  }
  const bool has_bytes = header.sh_type != SHT_NULL && header.sh_type != SHT_NOBITS;
  if (has_bytes && !fits(header.sh_offset, header.sh_size, bytes.size())) {
    return damaged(fmt::format("section {} (offset {}, size {}) ends past the {} bytes of the file", index,
                               header.sh_offset, header.sh_size, bytes.size()));
  }
  return ObjectSection{
      .name = {},
      .type = header.sh_type,
      .flags = header.sh_flags,
      .size = header.sh_size,
      .link = header.sh_link,
      .info = header.sh_info,
      .bytes = has_bytes ? bytes.substr(header.sh_offset, header.sh_size) : std::string_view{}};
}

/// The names of sections or of symbols. Guards the time that reading all of them may take: a hostile file can
/// let every entry point at the beginning of one long text.
class NameTable {
 public:
  /// Newer kernels demand the same of both tables. Errors: corrupt.
  static Result<NameTable> in(const ObjectSection& section, std::string_view what) {
    const auto bytes = section.bytes;
    if (section.type != SHT_STRTAB)
      return damaged(fmt::format("the {} names are in a section of type {}", what, section.type));
    if (bytes.empty()) return damaged(fmt::format("the table of the {} names is empty", what));
    if (bytes.back() != '\0')
      return damaged(fmt::format("the table of the {} names does not end with NUL", what));
    return NameTable(bytes, what);
  }

  /// Errors: corrupt: outside the table, or the names together are much longer than the table.
  Result<std::string_view> name_at(std::uint64_t offset, std::size_t index) {
    if (offset >= bytes_.size()) {
      return damaged(fmt::format("the name of {} {} is at offset {} of a table of {} bytes", what_, index,
                                 offset, bytes_.size()));
    }
    const std::string_view name(bytes_.data() + offset);
    if (name.size() > left_)
      return damaged(fmt::format("the {} names overlap too much at number {}", what_, index));
    left_ -= name.size();
    return name;
  }

 private:
  NameTable(std::string_view bytes, std::string_view what)
      : bytes_(bytes), what_(what), left_(16 * bytes.size()) {}

  std::string_view bytes_;
  std::string_view what_;
  std::uint64_t
      left_;  ///< linkers let a name be the tail of another, so the sum may exceed the table, but not by far
};

Result<std::size_t> find_symbol_table(const std::vector<ObjectSection>& sections) {
  std::size_t found = 0;
  for (std::size_t index = 1; index < sections.size(); ++index) {
    if (sections[index].type != SHT_SYMTAB) continue;
    if (found != 0)
      return damaged(fmt::format("there are two symbol tables, sections {} and {}", found, index));
    found = index;
  }
  if (found == 0) {
    return fail(ErrorKind::corrupt, "the module has no symbol table (it is stripped)",
                "strip modules with --strip-debug only; build it again");
  }
  return found;
}

/// Whether the kernel can find the section of a symbol; other reserved indices make loaders read outside
/// their table.
bool is_known_section(std::uint16_t index, std::size_t section_count) {
  constexpr std::uint16_t livepatch = 0xff20;  // SHN_LIVEPATCH, Linux's own
  return index < section_count || index == SHN_ABS || index == SHN_COMMON || index == livepatch;
}

Result<ObjectSymbol> checked_symbol(const GElf_Sym& symbol, std::size_t index, NameTable& names,
                                    std::size_t section_count) {
  const auto name = KPKG_TRY(names.name_at(symbol.st_name, index));
  if (!is_known_section(symbol.st_shndx, section_count)) {
    return damaged(
        fmt::format("symbol {} ({}) is in section {} of {}", index, name, symbol.st_shndx, section_count));
  }
  if (index != 0 && symbol.st_shndx == SHN_UNDEF && name.empty()) {
    return damaged(fmt::format("symbol {} is undefined and has no name", index));
  }
  return ObjectSymbol{.name = name,
                      .binding = static_cast<std::uint8_t>(GELF_ST_BIND(symbol.st_info)),
                      .section = symbol.st_shndx,
                      .value = symbol.st_value};
}

/// The section's records as libelf translates them; their number is what libelf has, never what the header
/// says.
Result<Elf_Data*> records_of(Elf& elf, std::size_t index, const ObjectSection& section) {
  Elf_Data* const records = elf_getdata(elf_getscn(&elf, index), nullptr);
  if (records == nullptr || records->d_size != section.size) {
    return damaged(
        fmt::format("section {} ({}) cannot be read: {}", index, section.name, refusal_of_libelf()));
  }
  return records;
}

bool by_offset(const Relocation& left, const Relocation& right) {
  return left.offset < right.offset;
}

bool is_relocation_section(const ObjectSection& section) {
  return section.type == SHT_REL || section.type == SHT_RELA;
}

/// Relocations of these are facts about the module; of all others it is enough that they are sound.
bool holds_facts(std::string_view name) {
  return name == ".gnu.linkonce.this_module" || name.starts_with("__ksymtab") ||
         name.starts_with("__kcrctab");
}

struct RawRelocation {
  Relocation relocation;
  std::uint64_t type = 0;
};

/// Reads one record; on 64-bit little-endian MIPS the symbol is the first word of r_info, not its upper half.
/// Source: MIPS64 ELF object file specification 2.5, "Relocation".
std::optional<RawRelocation> relocation_at(Elf_Data& records, int index, std::uint32_t type,
                                           const Architecture& architecture) {
  GElf_Rela record{};
  if (type == SHT_RELA) {
    if (gelf_getrela(&records, index, &record) == nullptr) return std::nullopt;
  } else {
    GElf_Rel without_addend{};
    if (gelf_getrel(&records, index, &without_addend) == nullptr) return std::nullopt;
    record = {.r_offset = without_addend.r_offset, .r_info = without_addend.r_info, .r_addend = 0};
  }
  const bool mips64_little = architecture.machine == EM_MIPS && architecture.elf_class == ElfClass::elf64 &&
                             architecture.byte_order == ByteOrder::little;
  const auto symbol = mips64_little ? record.r_info & 0xffffffff : GELF_R_SYM(record.r_info);
  return RawRelocation{.relocation = {.offset = record.r_offset,
                                      .symbol = static_cast<std::uint32_t>(symbol),
                                      .addend = record.r_addend,
                                      .addend_in_place = type == SHT_REL},
                       .type = mips64_little ? record.r_info >> 56 : GELF_R_TYPE(record.r_info)};
}

Result<std::vector<Relocation>> checked_relocations(Elf& elf, const Object& object, std::size_t index) {
  const ObjectSection& section = object.sections[index];
  const ObjectSection& target = object.sections[section.info];
  const bool keeps = holds_facts(target.name);
  Elf_Data* const records = KPKG_TRY(records_of(elf, index, section));
  const auto entry_size = gelf_fsize(&elf, section.type == SHT_RELA ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
  std::vector<Relocation> kept;
  for (std::size_t entry = 0; entry < records->d_size / entry_size; ++entry) {
    const auto read = relocation_at(*records, static_cast<int>(entry), section.type, object.architecture);
    if (!read) return damaged(fmt::format("relocation {} of {} cannot be read", entry, section.name));
    if (read->relocation.symbol >= object.symbols.size()) {
      return damaged(fmt::format("relocation {} of {} names symbol {} of {}", entry, section.name,
                                 read->relocation.symbol, object.symbols.size()));
    }
    // Type 0 is R_*_NONE on every machine: nothing is written.
    if (read->type != 0 && read->relocation.offset >= target.size) {
      return damaged(fmt::format("relocation {} of {} is at offset {} of a section of {} bytes", entry,
                                 section.name, read->relocation.offset, target.size));
    }
    if (keeps) kept.push_back(read->relocation);
  }
  return kept;
}

}  // namespace

void ElfCloser::operator()(Elf* elf) const {
  elf_end(elf);
}

Result<ElfHandle> open_elf(std::string_view bytes) {
  elf_version(EV_CURRENT);
  // libelf takes a pointer to mutable bytes and does not write through it: what it must swap or align it
  // copies.
  ElfHandle handle(elf_memory(const_cast<char*>(bytes.data()), bytes.size()));
  if (handle == nullptr || elf_kind(handle.get()) != ELF_K_ELF) {
    return damaged("the file cannot be read as ELF: " + refusal_of_libelf());
  }
  return handle;
}

Result<std::vector<ObjectSection>> read_sections(Elf& elf, const Header& header, std::string_view bytes) {
  std::vector<ObjectSection> sections;
  std::vector<std::uint32_t> names;
  std::uint64_t left = bytes.size();  // sections that overlap would make the work grow faster than the file
  for (std::size_t index = 0; index < header.section_count; ++index) {
    const GElf_Shdr record = KPKG_TRY(section_header(elf, index));
    sections.push_back(KPKG_TRY(checked_section(record, index, bytes)));
    const auto size = sections.back().bytes.size();
    if (size > left)
      return damaged(fmt::format("sections overlap: up to number {} they exceed the file", index));
    left -= size;
    names.push_back(record.sh_name);
  }
  NameTable table = KPKG_TRY(NameTable::in(sections[header.name_table], "section"));
  for (std::size_t index = 1; index < sections.size(); ++index) {
    sections[index].name = KPKG_TRY(table.name_at(names[index], index));
  }
  return sections;
}

Result<std::vector<ObjectSymbol>> read_symbols(Elf& elf, const std::vector<ObjectSection>& sections) {
  const std::size_t index = KPKG_TRY(find_symbol_table(sections));
  const ObjectSection& table = sections[index];
  if (table.link == 0 || table.link >= sections.size()) {
    return damaged(
        fmt::format("the symbol names (sh_link) are in section {} of {}", table.link, sections.size()));
  }
  NameTable names = KPKG_TRY(NameTable::in(sections[table.link], "symbol"));
  Elf_Data* const records = KPKG_TRY(records_of(elf, index, table));
  const std::size_t entry_size = gelf_fsize(&elf, ELF_T_SYM, 1, EV_CURRENT);
  if (records->d_size % entry_size != 0) {
    return damaged(
        fmt::format("the symbol table has {} bytes, no multiple of {}", records->d_size, entry_size));
  }
  const std::size_t count = records->d_size / entry_size;
  std::vector<ObjectSymbol> symbols;
  symbols.reserve(count);
  for (std::size_t entry = 0; entry < count; ++entry) {
    GElf_Sym record{};
    if (gelf_getsym(records, static_cast<int>(entry), &record) == nullptr) {
      return damaged(fmt::format("symbol {} cannot be read: {}", entry, refusal_of_libelf()));
    }
    symbols.push_back(KPKG_TRY(checked_symbol(record, entry, names, sections.size())));
  }
  return symbols;
}

Result<std::map<std::size_t, std::vector<Relocation>>> read_relocations(Elf& elf, const Object& object) {
  std::map<std::size_t, std::vector<Relocation>> kept;
  for (std::size_t index = 1; index < object.sections.size(); ++index) {
    const ObjectSection& section = object.sections[index];
    if (!is_relocation_section(section)) continue;
    if (section.info >= object.sections.size()) {
      return damaged(fmt::format("section {} ({}) relocates section {} of {}", index, section.name,
                                 section.info, object.sections.size()));
    }
    // The kernel applies no relocations to debug information and the like, so they may be as they are.
    if ((object.sections[section.info].flags & flag_allocated) == 0) continue;
    auto relocations = KPKG_TRY(checked_relocations(elf, object, index));
    auto& target = kept[section.info];
    target.insert(target.end(), relocations.begin(), relocations.end());
  }
  for (auto& [target, relocations] : kept)
    std::stable_sort(relocations.begin(), relocations.end(), by_offset);
  return kept;
}

}  // namespace kpkg::elf
