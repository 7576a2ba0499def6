// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/facts_file.hpp"

#include "abi/json_reader.hpp"
#include "abi/kernel_facts_json.hpp"
#include "archive/compression.hpp"
#include "base/json.hpp"
#include "crypto/sealed.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

namespace kpkg::kernel {
namespace {

constexpr std::string_view magic = "KPKGFACT";
constexpr std::uint64_t version = 1;
constexpr std::size_t number_size = 4;
constexpr std::size_t header_size = 8 + 2 * number_size;
constexpr std::size_t tag_size = 4;
constexpr std::size_t part_header_size = tag_size + 8;
constexpr std::uint64_t most_parts = 64;
constexpr std::size_t largest_json = 8U
                                     << 20;  // real ones have 0.5 MB; as values they take ten times as much
constexpr std::string_view newer_hint = "install a newer kpkg, or export the facts again with this one";

using Parts = std::map<std::string_view, std::string_view>;

void append_part(std::string& bytes, std::string_view tag, std::string_view content) {
  bytes += tag;
  elf::append_little(bytes, content.size(), 8);
  bytes += content;
}

/// All but what has a part of its own.
std::string json_part(const Learned& learned) {
  auto facts = learned.facts;
  if (facts.symbols) facts.symbols->table = {};
  facts.btf.table = nullptr;
  const auto running = abi::json_of(learned.image_is_running);
  return Json({{"facts", abi::to_json(facts)}, {"notes", learned.notes}, {"image_is_running", running}})
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

tl::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorKind::corrupt, fmt::format("the facts are damaged: {}", why),
              "export them again where the kernel is");
}

/// What stands between the header and the digest, once both were found right.
Result<std::string_view> checked_body(std::string_view bytes) {
  if (!bytes.starts_with(magic))
    return fail(ErrorKind::corrupt, "these are no facts of a kernel", "kpkg kernel export makes such a file");
  if (bytes.size() < header_size + crypto::seal_size) return damaged("they are truncated");
  const auto written = elf::little_at(bytes, magic.size(), number_size);
  if (written > version)
    return fail(ErrorKind::unsupported,
                fmt::format("the facts are of version {}, and this kpkg reads up to {}", written, version),
                std::string(newer_hint));
  const auto covered = crypto::unsealed(bytes);
  if (!covered) return damaged("their digest differs");
  return covered->substr(header_size);
}

/// The digest only tells accidents: whoever makes a file makes its digest too, so sizes are checked.
Result<Parts> parts_of(std::string_view bytes) {
  auto body = KPKG_TRY(checked_body(bytes));
  const auto count = elf::little_at(bytes, magic.size() + number_size, number_size);
  if (count > most_parts) return damaged("there are too many parts");
  Parts parts;
  for (std::uint64_t index = 0; index < count; ++index) {
    if (body.size() < part_header_size) return damaged("a part is missing");
    const auto size = elf::little_at(body, tag_size, 8);
    if (size > body.size() - part_header_size) return damaged("a part ends past the end");
    parts[body.substr(0, tag_size)] = body.substr(part_header_size, size);
    body.remove_prefix(part_header_size + size);
  }
  if (!body.empty()) return damaged("something follows the last part");
  return parts;
}

Status read_json_part(std::string_view text, Learned& learned) {
  if (text.size() > largest_json) return damaged("there are too many of them");
  const auto json = KPKG_TRY(parse_json(text));
  const abi::JsonReader reader(json, "facts");
  const Json* const facts = KPKG_TRY(reader.optional_object("facts"));
  if (facts == nullptr) return damaged("they have no facts");
  learned.facts = KPKG_TRY(abi::kernel_facts_from_json(*facts));
  learned.notes = KPKG_TRY(reader.texts("notes"));
  learned.image_is_running = KPKG_TRY(reader.optional_flag("image_is_running"));
  return {};
}

}  // namespace

std::string facts_bytes(const FactsFile& file) {
  const auto& learned = file.learned;
  std::string parts;
  std::uint64_t count = 0;
  const auto add = [&](std::string_view tag, std::string_view content) {
    append_part(parts, tag, content);
    ++count;
  };
  add("json", json_part(learned));
  if (learned.facts.symbols) add("syms", learned.facts.symbols->table.bytes());
  if (learned.configuration) add("conf", learned.configuration->text());
  if (file.configuration_text) add("text", *file.configuration_text);
  if (file.build_salt) add("salt", *file.build_salt);
  if (learned.facts.btf.table != nullptr) add("type", abi::text_of(*learned.facts.btf.table));
  if (file.btf) add("btf ", *file.btf);
  std::string bytes(magic);
  elf::append_little(bytes, version, number_size);
  elf::append_little(bytes, count, number_size);
  bytes += parts;
  return crypto::sealed(std::move(bytes));
}

Result<ReadFacts> read_facts(const SharedBytes& bytes) {
  auto parts = KPKG_TRY(parts_of(bytes.view()));
  ReadFacts read;
  auto& learned = read.file.learned;
  KPKG_TRY(read_json_part(parts["json"], learned));
  read.is_current = json_part(learned) == parts["json"];
  if (learned.facts.symbols)
    learned.facts.symbols->table = KPKG_TRY(abi::SymbolTable::read(bytes.part(parts["syms"])));
  if (parts.count("type") > 0)
    learned.facts.btf.table =
        std::make_shared<const abi::TypeTable>(KPKG_TRY(abi::parse_types(parts["type"])));
  if (parts.count("conf") > 0) learned.configuration = Configuration::parse(parts["conf"]);
  if (parts.count("text") > 0) read.file.configuration_text = std::string(parts["text"]);
  if (parts.count("salt") > 0) read.file.build_salt = std::string(parts["salt"]);
  if (parts.count("btf ") > 0) read.file.btf = std::string(parts["btf "]);
  return read;
}

Result<std::string> exported_facts(FactsFile file) {
  file.learned.image_is_running.reset();
  return archive::compress(facts_bytes(file));
}

Result<FactsFile> imported_facts(std::string_view bytes) {
  auto plain = KPKG_TRY(archive::decompress(bytes, largest_facts_file));
  auto read = KPKG_TRY(read_facts(SharedBytes(std::move(plain))));
  // Whoever takes it up from here on takes it as known.
  if (read.file.btf) KPKG_TRY(elf::Btf::read(*read.file.btf).within("reading the types of the facts"));
  return std::move(read.file);
}

}  // namespace kpkg::kernel
