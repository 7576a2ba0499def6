// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_facts_json.hpp"

#include "abi/fingerprint_json.hpp"
#include "abi/json_reader.hpp"

namespace kpkg::abi {
namespace {

Json to_json(const KernelSymbols& symbols) {
  return {{"origin", symbols.origin},
          {"is_complete", symbols.is_complete},
          {"symvers", symvers_text(symbols.table)}};
}

Result<KernelSymbols> symbols_from_json(const Json& value) {
  const JsonReader reader(value, "kernel symbols");
  KernelSymbols symbols;
  symbols.origin = KPKG_TRY(reader.text("origin"));
  symbols.is_complete = KPKG_TRY(reader.flag("is_complete"));
  const auto text = KPKG_TRY(reader.text("symvers"));
  symbols.table = KPKG_TRY(parse_symvers(text));
  return symbols;
}

Result<Compression> compression_from(const JsonReader& reader) {
  const auto name = KPKG_TRY(reader.text("compression"));
  for (const auto each : {Compression::none, Compression::gz, Compression::xz, Compression::zst}) {
    if (name_of(each) == name) return each;
  }
  return reader.wrong("compression", "none, gz, xz or zst");
}

Status read_parts(const JsonReader& reader, KernelFacts& facts) {
  const Json* const architecture = KPKG_TRY(reader.optional_object("architecture"));
  if (architecture != nullptr) facts.architecture = KPKG_TRY(architecture_from_json(*architecture));
  const Json* const layout = KPKG_TRY(reader.optional_object("layout"));
  if (layout != nullptr) facts.layout = KPKG_TRY(layout_from_json(*layout));
  const Json* const symbols = KPKG_TRY(reader.optional_object("symbols"));
  if (symbols != nullptr) facts.symbols = KPKG_TRY(symbols_from_json(*symbols));
  return {};
}

}  // namespace

Json to_json(const KernelFacts& facts) {
  return {{"release", facts.release},
          {"architecture", facts.architecture ? to_json(*facts.architecture) : Json()},
          {"vermagic", json_of(facts.vermagic)},
          {"layout", facts.layout ? to_json(*facts.layout) : Json()},
          {"symbols", facts.symbols ? to_json(*facts.symbols) : Json()},
          {"modversions", json_of(facts.modversions)},
          {"reads_extended_versions", json_of(facts.reads_extended_versions)},
          {"checks_layout_size", json_of(facts.checks_layout_size)},
          {"force_load", json_of(facts.force_load)},
          {"refuses_missing_version", json_of(facts.refuses_missing_version)},
          {"allows_missing_namespace", json_of(facts.allows_missing_namespace)},
          {"compression", name_of(facts.compression)}};
}

Result<KernelFacts> kernel_facts_from_json(const Json& value) {
  const JsonReader reader(value, "kernel facts");
  KPKG_TRY(reader.check_object());
  KernelFacts facts;
  KPKG_TRY(read_parts(reader, facts));
  facts.release = KPKG_TRY(reader.text("release"));
  facts.vermagic = KPKG_TRY(reader.optional_text("vermagic"));
  facts.modversions = KPKG_TRY(reader.optional_flag("modversions"));
  facts.reads_extended_versions = KPKG_TRY(reader.optional_flag("reads_extended_versions"));
  facts.checks_layout_size = KPKG_TRY(reader.optional_flag("checks_layout_size"));
  facts.force_load = KPKG_TRY(reader.optional_flag("force_load"));
  facts.refuses_missing_version = KPKG_TRY(reader.optional_flag("refuses_missing_version"));
  facts.allows_missing_namespace = KPKG_TRY(reader.optional_flag("allows_missing_namespace"));
  facts.compression = KPKG_TRY(compression_from(reader));
  return facts;
}

}  // namespace kpkg::abi
