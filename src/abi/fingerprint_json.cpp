// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint_json.hpp"

#include "abi/json_reader.hpp"

#include <limits>

namespace kpkg::abi {
namespace {

Json to_json(const Import& import) {
  return {{"symbol", import.symbol},
          {"crc", json_of_crc(import.crc)},
          {"extended_crc", json_of_crc(import.extended_crc)},
          {"weak", import.weak},
          {"order", import.order}};
}

Json to_json(const Export& each) {
  return {{"symbol", each.symbol},
          {"crc", json_of_crc(each.crc)},
          {"gpl_only", each.gpl_only},
          {"name_space", each.name_space}};
}

Json to_json(const elf::SignatureTrailer& signature) {
  return {{"algorithm", signature.algorithm},
          {"hash", signature.hash},
          {"id_type", signature.id_type},
          {"signer_length", signature.signer_length},
          {"key_id_length", signature.key_id_length},
          {"signature_size", signature.signature_size},
          {"plausible", signature.plausible}};
}

Result<Import> import_from_json(const Json& value) {
  const JsonReader reader(value, "import");
  Import import;
  import.symbol = KPKG_TRY(reader.text("symbol"));
  import.crc = KPKG_TRY(reader.optional_crc("crc"));
  import.extended_crc = KPKG_TRY(reader.optional_crc("extended_crc"));
  import.weak = KPKG_TRY(reader.flag("weak"));
  const auto order = KPKG_TRY(reader.optional_number("order"));  // older records lack it
  import.order = static_cast<std::uint32_t>(order.value_or(0));
  return import;
}

Result<Export> export_from_json(const Json& value) {
  const JsonReader reader(value, "export");
  Export each;
  each.symbol = KPKG_TRY(reader.text("symbol"));
  each.crc = KPKG_TRY(reader.optional_crc32("crc"));
  each.gpl_only = KPKG_TRY(reader.flag("gpl_only"));
  each.name_space = KPKG_TRY(reader.text("name_space"));
  return each;
}

Result<std::uint8_t> byte_from(const JsonReader& reader, std::string_view key) {
  const auto number = KPKG_TRY(reader.number(key));
  if (number > std::numeric_limits<std::uint8_t>::max()) return reader.wrong(key, "a byte");
  return static_cast<std::uint8_t>(number);
}

Result<elf::SignatureTrailer> signature_from_json(const Json& value) {
  const JsonReader reader(value, "signature");
  elf::SignatureTrailer signature;
  signature.algorithm = KPKG_TRY(byte_from(reader, "algorithm"));
  signature.hash = KPKG_TRY(byte_from(reader, "hash"));
  signature.id_type = KPKG_TRY(byte_from(reader, "id_type"));
  signature.signer_length = KPKG_TRY(byte_from(reader, "signer_length"));
  signature.key_id_length = KPKG_TRY(byte_from(reader, "key_id_length"));
  signature.signature_size = KPKG_TRY(reader.number("signature_size"));
  signature.plausible = KPKG_TRY(reader.flag("plausible"));
  return signature;
}

template <typename Record>
Json list_of(const std::vector<Record>& records) {
  Json list = Json::array();
  for (const Record& record : records) list.push_back(to_json(record));
  return list;
}

template <typename Record>
Result<std::vector<Record>> records_from(const JsonReader& reader, std::string_view key,
                                         Result<Record> (*read)(const Json&)) {
  std::vector<Record> records;
  const Json* const list = KPKG_TRY(reader.optional_list(key));
  if (list == nullptr) return records;
  for (const Json& value : *list) records.push_back(KPKG_TRY(read(value)));
  return records;
}

Status read_identity(const JsonReader& reader, Fingerprint& fingerprint) {
  fingerprint.name = KPKG_TRY(reader.text("name"));
  const Json* const architecture = KPKG_TRY(reader.optional_object("architecture"));
  if (architecture == nullptr) return reader.wrong("architecture", "an object");
  fingerprint.architecture = KPKG_TRY(architecture_from_json(*architecture));
  fingerprint.vermagic = KPKG_TRY(reader.optional_text("vermagic"));
  fingerprint.version = KPKG_TRY(reader.optional_text("version"));
  fingerprint.srcversion = KPKG_TRY(reader.optional_text("srcversion"));
  fingerprint.license = KPKG_TRY(reader.optional_text("license"));
  fingerprint.depends = KPKG_TRY(reader.texts("depends"));
  fingerprint.import_namespaces = KPKG_TRY(reader.texts("import_namespaces"));
  fingerprint.intree = KPKG_TRY(reader.flag("intree"));
  return {};
}

Status read_abi(const JsonReader& reader, Fingerprint& fingerprint) {
  const Json* const layout = KPKG_TRY(reader.optional_object("layout"));
  if (layout != nullptr) fingerprint.layout = KPKG_TRY(layout_from_json(*layout));
  fingerprint.has_versions = KPKG_TRY(reader.flag("has_versions"));
  fingerprint.has_extended_versions = KPKG_TRY(reader.flag("has_extended_versions"));
  fingerprint.layout_crc = KPKG_TRY(reader.optional_crc("layout_crc"));
  fingerprint.extended_layout_crc = KPKG_TRY(reader.optional_crc("extended_layout_crc"));
  fingerprint.imports = KPKG_TRY(records_from<Import>(reader, "imports", import_from_json));
  fingerprint.exports = KPKG_TRY(records_from<Export>(reader, "exports", export_from_json));
  fingerprint.has_export_flags = KPKG_TRY(reader.flag("has_export_flags"));
  return {};
}

Status read_file(const JsonReader& reader, Fingerprint& fingerprint) {
  const Json* const shape = KPKG_TRY(reader.optional_object("shape"));  // older records lack it
  if (shape != nullptr) fingerprint.shape = KPKG_TRY(shape_from_json(*shape));
  const Json* const signature = KPKG_TRY(reader.optional_object("signature"));
  if (signature != nullptr) fingerprint.signature = KPKG_TRY(signature_from_json(*signature));
  const Json* const message = KPKG_TRY(reader.optional_object("signature_message"));
  if (message != nullptr) fingerprint.signature_message = KPKG_TRY(module_signature_from_json(*message));
  fingerprint.has_btf = KPKG_TRY(reader.flag("has_btf"));
  const auto types = KPKG_TRY(reader.optional_text("types"));
  if (types) fingerprint.types = KPKG_TRY(module_types_from_text(*types));
  fingerprint.digest = KPKG_TRY(reader.digest("digest"));
  fingerprint.size = KPKG_TRY(reader.number("size"));
  return {};
}

}  // namespace

Json to_json(const elf::Architecture& architecture) {
  return {{"machine", architecture.machine},
          {"machine_name", elf::machine_name(architecture.machine)},
          {"class", elf::name_of(architecture.elf_class)},
          {"byte_order", elf::name_of(architecture.byte_order)}};
}

Json to_json(const Layout& layout) {
  return {{"size", layout.size},
          {"init_offset", json_of(layout.init_offset)},
          {"exit_offset", json_of(layout.exit_offset)}};
}

Json to_json(const Fingerprint& fingerprint) {
  return {
      {"name", fingerprint.name},
      {"architecture", to_json(fingerprint.architecture)},
      {"vermagic", json_of(fingerprint.vermagic)},
      {"version", json_of(fingerprint.version)},
      {"srcversion", json_of(fingerprint.srcversion)},
      {"license", json_of(fingerprint.license)},
      {"depends", fingerprint.depends},
      {"import_namespaces", fingerprint.import_namespaces},
      {"intree", fingerprint.intree},
      {"layout", fingerprint.layout ? to_json(*fingerprint.layout) : Json()},
      {"has_versions", fingerprint.has_versions},
      {"has_extended_versions", fingerprint.has_extended_versions},
      {"layout_crc", json_of_crc(fingerprint.layout_crc)},
      {"extended_layout_crc", json_of_crc(fingerprint.extended_layout_crc)},
      {"imports", list_of(fingerprint.imports)},
      {"exports", list_of(fingerprint.exports)},
      {"has_export_flags", fingerprint.has_export_flags},
      {"shape", to_json(fingerprint.shape)},
      {"signature", fingerprint.signature ? to_json(*fingerprint.signature) : Json()},
      {"signature_message", fingerprint.signature_message ? to_json(*fingerprint.signature_message) : Json()},
      {"has_btf", fingerprint.has_btf},
      {"types", to_json(fingerprint.types)},
      {"digest", fingerprint.digest.hex()},
      {"size", fingerprint.size}};
}

Result<elf::Architecture> architecture_from_json(const Json& value) {
  const JsonReader reader(value, "architecture");
  const auto machine = KPKG_TRY(reader.number("machine"));
  const auto elf_class = KPKG_TRY(reader.text("class"));
  const auto order = KPKG_TRY(reader.text("byte_order"));
  if (machine > std::numeric_limits<std::uint16_t>::max())
    return reader.wrong("machine", "a number of 16 bits");
  if (elf_class != "elf32" && elf_class != "elf64") return reader.wrong("class", "elf32 or elf64");
  if (order != "little" && order != "big") return reader.wrong("byte_order", "little or big");
  return elf::Architecture{.machine = static_cast<std::uint16_t>(machine),
                           .elf_class = elf_class == "elf32" ? elf::ElfClass::elf32 : elf::ElfClass::elf64,
                           .byte_order = order == "little" ? elf::ByteOrder::little : elf::ByteOrder::big};
}

Result<Layout> layout_from_json(const Json& value) {
  const JsonReader reader(value, "layout");
  Layout layout;
  layout.size = KPKG_TRY(reader.number("size"));
  layout.init_offset = KPKG_TRY(reader.optional_number("init_offset"));
  layout.exit_offset = KPKG_TRY(reader.optional_number("exit_offset"));
  return layout;
}

Result<Fingerprint> fingerprint_from_json(const Json& value) {
  const JsonReader reader(value, "fingerprint");
  KPKG_TRY(reader.check_object());
  Fingerprint fingerprint;
  KPKG_TRY(read_identity(reader, fingerprint));
  KPKG_TRY(read_abi(reader, fingerprint));
  KPKG_TRY(read_file(reader, fingerprint));
  return fingerprint;
}

}  // namespace kpkg::abi
