// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/kernel_image_builder.hpp"

#include "elf/number.hpp"
#include "support/elf_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace kpkg::test {
namespace {

constexpr std::uint64_t base = 0xc0208000;

}  // namespace

/// Puts the parts one behind the other. Fields are written when it is known where their targets are.
class KernelImageBuilder::Layout {
 public:
  explicit Layout(const KernelImageBuilder& kernel) : kernel_(kernel), writer_(kernel.architecture_) {}

  std::vector<Part> parts() {
    add(".text", kernel_.code_);
    const auto plain = chosen(false);
    const auto gpl = chosen(true);
    const std::uint64_t tables = end_;
    const std::uint64_t strings = tables + kernel_.exports_.size() * (entry_size() + 8 + 1) + 64;
    place_texts(strings);
    add_table("__ksymtab", plain);
    add_table("__ksymtab_gpl", gpl);
    add_crcs("__kcrctab", plain);
    add_crcs("__kcrctab_gpl", gpl);
    if (kernel_.has_flags_) add_flags(plain);
    pad_to(strings);
    add("__ksymtab_strings", texts_);
    add(".rodata", crc_words_ + std::string(512, '\x90'));
    return std::move(parts_);
  }

 private:
  using Symbols = std::vector<elf::ExportedSymbol>;

  std::size_t field_size() const { return kernel_.is_relative_ ? 4 : writer_.word(); }
  std::size_t entry_size() const { return field_size() * (kernel_.has_namespaces_ ? 3 : 2); }

  void add(std::string name, std::string bytes) {
    const auto size = bytes.size();
    parts_.push_back({.name = std::move(name), .bytes = std::move(bytes), .address = end_});
    end_ += size;
  }

  void pad_to(std::uint64_t address) { add(".padding", std::string(address - end_, '\0')); }

  Symbols chosen(bool gpl_only) const {
    Symbols symbols;
    for (const auto& symbol : kernel_.exports_)
      if (kernel_.has_flags_ ? !gpl_only : symbol.gpl_only == gpl_only) symbols.push_back(symbol);
    std::stable_sort(symbols.begin(), symbols.end(),
                     [](const auto& left, const auto& right) { return left.name < right.name; });
    return symbols;
  }

  /// Texts and the words of relative CRCs behind them.
  void place_texts(std::uint64_t address) {
    for (const auto& symbol : kernel_.exports_)
      for (const auto& text : {symbol.name, symbol.name_space})
        if (places_.try_emplace(text, address + texts_.size()).second) texts_ += text + '\0';
    texts_.resize((texts_.size() + 3) / 4 * 4, '\0');
    for (const auto& symbol : kernel_.exports_) {
      crc_places_.try_emplace(symbol.name, address + texts_.size() + crc_words_.size());
      writer_.put(crc_words_, *symbol.crc, 4);
    }
  }

  void reference(std::string& bytes, std::uint64_t target) const {
    const std::uint64_t here = end_ + bytes.size();
    if (kernel_.is_relative_)
      writer_.put(bytes, target - here, 4);
    else
      writer_.put(bytes, target, writer_.word());
  }

  void add_table(std::string name, const Symbols& symbols) {
    std::string bytes;
    for (const auto& symbol : symbols) {
      reference(bytes, base);
      reference(bytes, places_.at(symbol.name));
      if (kernel_.has_namespaces_) reference(bytes, places_.at(symbol.name_space));
    }
    if (!bytes.empty()) add(std::move(name), std::move(bytes));
  }

  void add_crcs(std::string name, const Symbols& symbols) {
    std::string bytes;
    for (const auto& symbol : symbols) {
      if (kernel_.crcs_ == CrcForm::words) writer_.put(bytes, *symbol.crc, 4);
      if (kernel_.crcs_ == CrcForm::machine_words) writer_.put(bytes, *symbol.crc, writer_.word());
      if (kernel_.crcs_ == CrcForm::relative)
        writer_.put(bytes, crc_places_.at(symbol.name) - (end_ + bytes.size()), 4);
    }
    if (!bytes.empty()) add(std::move(name), std::move(bytes));
  }

  void add_flags(const Symbols& symbols) {
    std::string bytes;
    for (const auto& symbol : symbols) bytes += symbol.gpl_only ? '\1' : '\0';
    add("__kflagstab", bytes);
  }

  const KernelImageBuilder& kernel_;
  ElfWriter writer_;
  std::uint64_t end_ = base;
  std::vector<Part> parts_;
  std::string texts_;
  std::string crc_words_;
  std::map<std::string, std::uint64_t> places_;
  std::map<std::string, std::uint64_t> crc_places_;
};

KernelImageBuilder& KernelImageBuilder::exporting(std::string symbol, std::uint32_t crc,
                                                  std::string name_space) {
  exports_.push_back(
      {.name = std::move(symbol), .crc = crc, .gpl_only = false, .name_space = std::move(name_space)});
  return *this;
}

KernelImageBuilder& KernelImageBuilder::exporting_gpl(std::string symbol, std::uint32_t crc,
                                                      std::string name_space) {
  exports_.push_back(
      {.name = std::move(symbol), .crc = crc, .gpl_only = true, .name_space = std::move(name_space)});
  return *this;
}

KernelImageBuilder& KernelImageBuilder::exporting_many(int count) {
  for (int number = 0; number < count; ++number) {
    const auto crc = 0x9e3779b9U * static_cast<std::uint32_t>(number + 1);
    exporting(fmt::format("plain_{:04}", number), crc);
    exporting_gpl(fmt::format("gpl_{:04}", number), ~crc, number % 5 == 0 ? "SOME_SPACE" : "");
  }
  return *this;
}

KernelImageBuilder& KernelImageBuilder::for_architecture(elf::Architecture architecture) {
  architecture_ = architecture;
  return *this;
}

KernelImageBuilder& KernelImageBuilder::with_addresses() {
  is_relative_ = false;
  return *this;
}

KernelImageBuilder& KernelImageBuilder::without_namespaces() {
  has_namespaces_ = false;
  for (auto& symbol : exports_) symbol.name_space.clear();
  return *this;
}

KernelImageBuilder& KernelImageBuilder::with_crcs(CrcForm form) {
  crcs_ = form;
  return *this;
}

KernelImageBuilder& KernelImageBuilder::with_flags() {
  has_flags_ = true;
  return *this;
}

KernelImageBuilder& KernelImageBuilder::after(std::string code) {
  code_ = std::move(code);
  code_.resize((code_.size() + 7) / 8 * 8, '\0');
  return *this;
}

std::vector<KernelImageBuilder::Part> KernelImageBuilder::parts() const {
  return Layout(*this).parts();
}

std::string KernelImageBuilder::flat() const {
  std::string bytes;
  for (const auto& part : parts()) bytes += part.bytes;
  return bytes;
}

std::string KernelImageBuilder::vmlinux() const {
  ElfWriter writer(architecture_);
  for (const auto& part : parts()) {
    const auto index = writer.section(part.name, ElfWriter::allocated, part.bytes);
    writer.place(index, part.address);
  }
  return writer.executable().bytes();
}

KernelImageBuilder a_kernel_image() {
  return {};
}

}  // namespace kpkg::test
