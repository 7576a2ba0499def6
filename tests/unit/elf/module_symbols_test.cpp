// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_symbols.hpp"

#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::a_module;
using test::ExportEra;

namespace {

Result<elf::ModuleSymbols> read(std::string_view bytes) {
  elf::MemorySource source(bytes);
  return elf::read_module_symbols(source);
}

/// Whether the quick reader tells the same exports as the one that checks everything.
bool agrees(const test::ModuleBuilder& module) {
  const auto bytes = module.bytes();
  const auto whole = elf::read_module(bytes);
  const auto quick = read(bytes);
  return whole && quick && !quick->exports.empty() && quick->exports == whole->exports;
}

test::ModuleBuilder an_exporter() {
  return a_module().exporting("first", 1).exporting_gpl("second", 2, "SPACE").exporting("third", 3);
}

/// A file of which the parts that were asked for are counted.
class CountingSource final : public elf::ByteSource {
 public:
  explicit CountingSource(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::string_view> at(std::uint64_t offset, std::uint64_t size) override {
    read_ += size;
    return bytes_.substr(offset, size);
  }
  std::uint64_t bytes_read() const { return read_; }

 private:
  std::string_view bytes_;
  std::uint64_t read_ = 0;
};

}  // namespace

TEST_CASE("the exports of every era are those that the whole reader finds") {
  CHECK(agrees(an_exporter().with_exports_as_in(ExportEra::absolute_4_9)));
  CHECK(agrees(an_exporter().with_exports_as_in(ExportEra::relative_4_19)));
  CHECK(agrees(an_exporter().with_exports_as_in(ExportEra::relative_5_4)));
  CHECK(agrees(an_exporter().with_exports_as_in(ExportEra::relative_5_19)));
  CHECK(agrees(an_exporter().with_exports_as_in(ExportEra::flags_7_1)));
  CHECK(agrees(an_exporter().with_exports_as_in(ExportEra::absolute_5_19).for_architecture(test::arm)));
  CHECK(agrees(an_exporter().with_exports_as_in(ExportEra::absolute_5_19).for_architecture(test::s390)));
  CHECK(agrees(an_exporter().without_export_crcs()));
}

TEST_CASE("a module demands what its versions list") {
  const auto symbols = read(a_module().needing("printk", 7).with_modinfo("intree", "Y").bytes());

  REQUIRE(symbols.has_value());
  CHECK(symbols->is_intree);
  CHECK(symbols->architecture == test::x86_64);
  CHECK(symbols->demands ==
        std::vector<elf::Demand>{{.name = "module_layout", .crc = 0x0badcafe}, {.name = "printk", .crc = 7}});
}

TEST_CASE("a module without versions demands its undefined symbols, but not the weak ones") {
  const auto symbols =
      read(a_module().needing("printk", 7).needing_weakly("maybe").without_versions().bytes());

  REQUIRE(symbols.has_value());
  CHECK_FALSE(symbols->is_intree);
  CHECK(symbols->demands == std::vector<elf::Demand>{{.name = "printk", .crc = {}}});
}

TEST_CASE("what is not asked for is not read") {
  const auto bytes = a_module().with_section(".text", std::string(1U << 20, '\x90')).bytes();
  CountingSource source(bytes);

  CHECK(elf::read_module_symbols(source).has_value());

  CHECK(source.bytes_read() < 10'000);
}

TEST_CASE("no truncation of a module is read") {
  const auto bytes = an_exporter().needing("printk", 7).bytes();

  std::size_t accepted = 0;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    accepted += read(std::string_view(bytes).substr(0, size)).has_value() ? 1 : 0;

  CHECK(accepted == 0);
}

TEST_CASE("flipped bytes of a module are harmless") {
  const auto bytes = an_exporter().needing("printk", 7).bytes();

  std::size_t read_to_the_end = 0;
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    auto damaged = bytes;
    damaged[place] = static_cast<char>(damaged[place] ^ '\xff');
    read_to_the_end += read(damaged).has_value() ? 1 : 0;
  }

  CHECK(read_to_the_end < bytes.size());
}
