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
  const Json* const identity = KPKG_TRY(reader.optional_object("identity"));
  if (identity != nullptr) facts.identity = KPKG_TRY(kernel_identity_from_json(*identity));
  const Json* const layout = KPKG_TRY(reader.optional_object("layout"));
  if (layout != nullptr) facts.layout = KPKG_TRY(layout_from_json(*layout));
  const Json* const btf = KPKG_TRY(reader.optional_object("btf"));
  if (btf != nullptr) facts.btf = KPKG_TRY(kernel_btf_from_json(*btf));
  const Json* const loader = KPKG_TRY(reader.optional_object("loader"));
  if (loader != nullptr) facts.loader = KPKG_TRY(loader_features_from_json(*loader));
  const Json* const policy = KPKG_TRY(reader.optional_object("signature_policy"));
  if (policy != nullptr) facts.signature_policy = KPKG_TRY(signature_policy_from_json(*policy));
  const Json* const gates = KPKG_TRY(reader.optional_object("gates"));
  if (gates != nullptr) facts.gates = KPKG_TRY(gates_from_json(*gates));
  const Json* const symbols = KPKG_TRY(reader.optional_object("symbols"));
  if (symbols != nullptr) facts.symbols = KPKG_TRY(symbols_from_json(*symbols));
  return {};
}

}  // namespace

Json to_json(const KernelFacts& facts) {
  return {{"release", facts.release},
          {"identity", to_json(facts.identity)},
          {"architecture", facts.architecture ? to_json(*facts.architecture) : Json()},
          {"vermagic", json_of(facts.vermagic)},
          {"layout", facts.layout ? to_json(*facts.layout) : Json()},
          {"symbols", facts.symbols ? to_json(*facts.symbols) : Json()},
          {"modversions", json_of(facts.modversions)},
          {"btf", to_json(facts.btf)},
          {"loader", to_json(facts.loader)},
          {"signature_policy", to_json(facts.signature_policy)},
          {"owners_of_parameters", json_of(facts.owners_of_parameters)},
          {"gates", to_json(facts.gates)},
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
  const Json* const owners = KPKG_TRY(reader.optional_list("owners_of_parameters"));
  if (owners != nullptr) facts.owners_of_parameters = KPKG_TRY(reader.texts("owners_of_parameters"));
  facts.compression = KPKG_TRY(compression_from(reader));
  return facts;
}

}  // namespace kpkg::abi
