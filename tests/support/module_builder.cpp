// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/module_builder.hpp"

#include "support/elf_writer.hpp"

#include <algorithm>
#include <stdexcept>

namespace kpkg::test {
namespace {

using Binding = ElfWriter::Binding;

/// How the fields of exports lie in one era.
struct ExportForm {
  unsigned field_size;
  bool has_namespaces;
  bool names_empty_namespace;
  bool crcs_are_constants;
  unsigned crc_size;
  bool has_flags;
};

ExportForm form_of(ExportEra era, unsigned word) {
  switch (era) {
    case ExportEra::absolute_4_9: return {word, false, false, false, word, false};
    case ExportEra::relative_4_19: return {4, false, false, false, 4, false};
    case ExportEra::relative_5_4: return {4, true, false, false, 4, false};
    case ExportEra::relative_5_19: return {4, true, true, true, 4, false};
    case ExportEra::absolute_5_19: return {word, true, true, true, 4, false};
    case ExportEra::flags_7_1: return {4, true, true, true, 4, true};
  }
  throw std::logic_error("no such era");
}

}  // namespace

/// One run of the builder: the object as it grows.
class ModuleBuilder::Assembly {
 public:
  explicit Assembly(const ModuleBuilder& builder)
      : builder_(builder), writer_(builder.architecture_), form_(form_of(builder.era_, writer_.word())) {}

  std::string run() {
    text_ = writer_.section(".text", ElfWriter::allocated, std::string(64, '\0'));
    add_modinfo();
    add_imports();
    add_versions();
    add_exports();
    add_this_module();
    for (const auto& [name, contents] : builder_.sections_) writer_.section(name, 0, contents);
    return writer_.bytes() + signature();
  }

 private:
  void add_modinfo() {
    std::string text;
    const auto entry = [&](const std::string& key, const std::string& value) {
      text += key + "=" + value + '\0';
    };
    if (builder_.license_) entry("license", *builder_.license_);
    for (const auto& [key, value] : builder_.modinfo_) entry(key, value);
    text += std::string(3, '\0');  // real ones are padded too
    entry("name", builder_.name_);
    if (builder_.vermagic_) entry("vermagic", *builder_.vermagic_);
    writer_.section(".modinfo", ElfWriter::allocated, text);
  }

  void add_imports() {
    for (const Need& need : builder_.needs_) {
      writer_.symbol(need.symbol, ElfWriter::undefined, 0, need.weak ? Binding::weak : Binding::global);
    }
  }

  void add_versions() {
    std::vector<std::pair<std::string, std::uint64_t>> versions;
    if (builder_.layout_crc_) versions.emplace_back("module_layout", *builder_.layout_crc_);
    for (const Need& need : builder_.needs_) {
      if (need.crc) versions.emplace_back(need.symbol, *need.crc);
    }
    std::string records, crcs, names;
    for (const auto& [symbol, crc] : versions) {
      std::string record;
      writer_.put(record, crc, writer_.word());
      record += symbol;
      record.resize(64, '\0');
      records += record;
      writer_.put(crcs, crc, 4);
      names += symbol + '\0';
    }
    if (builder_.has_versions_) writer_.section("__versions", ElfWriter::allocated, records);
    if (!builder_.has_extended_versions_) return;
    writer_.section("__version_ext_crcs", ElfWriter::allocated, crcs);
    writer_.section("__version_ext_names", ElfWriter::allocated, names);
  }

  void add_exports() {
    if (builder_.offers_.empty()) return;
    std::vector<Offer> offers = builder_.offers_;
    std::sort(offers.begin(), offers.end(),
              [](const Offer& l, const Offer& r) { return l.symbol < r.symbol; });
    std::string strings(1, '\0');
    for (const Offer& offer : offers) strings += offer.symbol + '\0' + offer.name_space + '\0';
    strings_ = writer_.section("__ksymtab_strings", ElfWriter::allocated, strings);
    if (form_.has_flags) return add_export_table("", offers);
    const auto first_gpl = std::stable_partition(offers.begin(), offers.end(),
                                                 [](const Offer& offer) { return !offer.gpl_only; });
    add_export_table("", {offers.begin(), first_gpl});
    add_export_table("_gpl", {first_gpl, offers.end()});
  }

  void add_export_table(const std::string& suffix, const std::vector<Offer>& offers) {
    if (offers.empty()) return;
    const std::size_t entry_size = form_.field_size * (form_.has_namespaces ? 3U : 2U);
    const auto table = writer_.section("__ksymtab" + suffix, ElfWriter::allocated,
                                       std::string(offers.size() * entry_size, '\0'));
    std::string flags;
    for (std::size_t index = 0; index < offers.size(); ++index) {
      add_entry(table, index * entry_size, offers[index]);
      flags += offers[index].gpl_only ? '\1' : '\0';
    }
    if (builder_.has_export_crcs_) add_crc_table(suffix, offers);
    if (form_.has_flags) writer_.section("__kflagstab", ElfWriter::allocated, flags);
  }

  void add_entry(std::uint16_t table, std::uint64_t offset, const Offer& offer) {
    const auto value = writer_.symbol(offer.symbol, text_, 16, Binding::global);
    writer_.relocate(table, offset, value, 0, form_.field_size);
    // One name by a symbol of its own, one by an addend to the section: linkers leave both.
    const auto name =
        writer_.symbol("__kstrtab_" + offer.symbol, strings_, name_offset(offer), Binding::local);
    writer_.relocate(table, offset + form_.field_size, name, 0, form_.field_size);
    if (!form_.has_namespaces || (offer.name_space.empty() && !form_.names_empty_namespace)) return;
    const auto section = writer_.symbol("", strings_, 0, Binding::local);
    const auto addend = name_offset(offer) + offer.symbol.size() + 1;
    writer_.relocate(table, offset + 2 * std::uint64_t{form_.field_size}, section, addend, form_.field_size);
  }

  std::uint64_t name_offset(const Offer& wanted) const {
    std::vector<Offer> offers = builder_.offers_;
    std::sort(offers.begin(), offers.end(),
              [](const Offer& l, const Offer& r) { return l.symbol < r.symbol; });
    std::uint64_t offset = 1;
    for (const Offer& offer : offers) {
      if (offer.symbol == wanted.symbol) return offset;
      offset += offer.symbol.size() + offer.name_space.size() + 2;
    }
    throw std::logic_error("no such export");
  }

  void add_crc_table(const std::string& suffix, const std::vector<Offer>& offers) {
    std::string crcs;
    for (const Offer& offer : offers)
      writer_.put(crcs, form_.crcs_are_constants ? offer.crc : 0, form_.crc_size);
    const auto table = writer_.section("__kcrctab" + suffix, ElfWriter::allocated, crcs);
    if (form_.crcs_are_constants) return;
    for (std::size_t index = 0; index < offers.size(); ++index) {
      const Offer& offer = offers[index];
      const auto crc =
          writer_.symbol("__crc_" + offer.symbol, ElfWriter::absolute, offer.crc, Binding::global);
      writer_.relocate(table, index * form_.crc_size, crc, 0, form_.crc_size);
    }
  }

  void add_this_module() {
    if (!builder_.layout_) return;
    const abi::Layout& layout = *builder_.layout_;
    std::string contents(layout.size, '\0');
    const std::size_t name_at = writer_.word() == 8 ? 24 : 12;
    contents.replace(name_at, builder_.name_.size(), builder_.name_);
    contents.resize(layout.size);
    const auto section = writer_.section(".gnu.linkonce.this_module", ElfWriter::writable, contents);
    const auto point = [&](const std::string& function, std::optional<std::uint64_t> offset) {
      if (offset) writer_.relocate(section, *offset, writer_.symbol(function, text_, 0, Binding::global));
    };
    point("init_module", layout.init_offset);
    point("cleanup_module", layout.exit_offset);
  }

  std::string signature() const {
    if (builder_.signature_size_ == 0) return {};
    std::string trailer("\0\0\2\0\0\0\0\0", 8);
    const ElfWriter big({.machine = 0, .elf_class = elf::ElfClass::elf64, .byte_order = elf::ByteOrder::big});
    big.put(trailer, builder_.signature_size_, 4);
    return std::string(builder_.signature_size_, 's') + trailer + "~Module signature appended~\n";
  }

  const ModuleBuilder& builder_;
  ElfWriter writer_;
  ExportForm form_;
  std::uint16_t text_ = 0;
  std::uint16_t strings_ = 0;
};

ModuleBuilder& ModuleBuilder::named(std::string name) {
  name_ = std::move(name);
  return *this;
}

ModuleBuilder& ModuleBuilder::licensed(std::string license) {
  license_ = std::move(license);
  return *this;
}

ModuleBuilder& ModuleBuilder::unlicensed() {
  license_.reset();
  return *this;
}

ModuleBuilder& ModuleBuilder::with_vermagic(std::string vermagic) {
  vermagic_ = std::move(vermagic);
  return *this;
}

ModuleBuilder& ModuleBuilder::without_vermagic() {
  vermagic_.reset();
  return *this;
}

ModuleBuilder& ModuleBuilder::with_modinfo(std::string key, std::string value) {
  modinfo_.emplace_back(std::move(key), std::move(value));
  return *this;
}

ModuleBuilder& ModuleBuilder::importing_namespace(std::string name_space) {
  return with_modinfo("import_ns", std::move(name_space));
}

ModuleBuilder& ModuleBuilder::needing(std::string symbol, std::uint64_t crc) {
  needs_.push_back({.symbol = std::move(symbol), .crc = crc});
  return *this;
}

ModuleBuilder& ModuleBuilder::needing_without_version(std::string symbol) {
  needs_.push_back({.symbol = std::move(symbol), .crc = {}});
  return *this;
}

ModuleBuilder& ModuleBuilder::needing_weakly(std::string symbol) {
  needs_.push_back({.symbol = std::move(symbol), .crc = {}, .weak = true});
  return *this;
}

ModuleBuilder& ModuleBuilder::with_layout_crc(std::uint64_t crc) {
  layout_crc_ = crc;
  return *this;
}

ModuleBuilder& ModuleBuilder::without_layout_crc() {
  layout_crc_.reset();
  return *this;
}

ModuleBuilder& ModuleBuilder::without_versions() {
  has_versions_ = false;
  return *this;
}

ModuleBuilder& ModuleBuilder::with_extended_versions() {
  has_extended_versions_ = true;
  return *this;
}

ModuleBuilder& ModuleBuilder::exporting(std::string symbol, std::uint32_t crc, std::string name_space) {
  offers_.push_back({.symbol = std::move(symbol), .crc = crc, .name_space = std::move(name_space)});
  return *this;
}

ModuleBuilder& ModuleBuilder::exporting_gpl(std::string symbol, std::uint32_t crc, std::string name_space) {
  offers_.push_back(
      {.symbol = std::move(symbol), .crc = crc, .gpl_only = true, .name_space = std::move(name_space)});
  return *this;
}

ModuleBuilder& ModuleBuilder::without_export_crcs() {
  has_export_crcs_ = false;
  return *this;
}

ModuleBuilder& ModuleBuilder::with_exports_as_in(ExportEra era) {
  era_ = era;
  return *this;
}

ModuleBuilder& ModuleBuilder::with_layout(std::uint64_t size, std::optional<std::uint64_t> init,
                                          std::optional<std::uint64_t> exit) {
  layout_ = {.size = size, .init_offset = init, .exit_offset = exit};
  return *this;
}

ModuleBuilder& ModuleBuilder::without_this_module() {
  layout_.reset();
  return *this;
}

ModuleBuilder& ModuleBuilder::for_architecture(elf::Architecture architecture) {
  architecture_ = architecture;
  return *this;
}

ModuleBuilder& ModuleBuilder::with_section(std::string name, std::string contents) {
  sections_.emplace_back(std::move(name), std::move(contents));
  return *this;
}

ModuleBuilder& ModuleBuilder::signed_by_nobody(std::size_t size) {
  signature_size_ = size;
  return *this;
}

std::string ModuleBuilder::bytes() const {
  return Assembly(*this).run();
}

abi::Fingerprint ModuleBuilder::fingerprint() const {
  auto result = abi::fingerprint(bytes());
  if (!result) throw std::logic_error(result.error().text());
  return *std::move(result);
}

ModuleBuilder a_module() {
  return {};
}

}  // namespace kpkg::test
