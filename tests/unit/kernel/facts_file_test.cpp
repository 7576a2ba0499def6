// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/facts_file.hpp"

#include "archive/compression.hpp"
#include "crypto/digest.hpp"
#include "support/kernel_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kernel::FactsFile;

namespace {

Result<kernel::ReadFacts> read(std::string bytes) {
  return kernel::read_facts(SharedBytes(std::move(bytes)));
}

FactsFile a_file() {
  FactsFile file;
  file.learned.facts = test::a_kernel().exporting_gpl("usb_submit_urb", 0x1111, "usbcore").facts();
  file.learned.facts.identity.build_id = "00ff";
  file.learned.configuration = kernel::Configuration::parse("CONFIG_MODULES=y\nCONFIG_SALT=\"a\"\n");
  file.learned.image_is_running = true;
  file.learned.notes = {"one doubt"};
  return file;
}

/// Facts with `from` replaced in them, and their digest made again: what a hostile writer can do.
std::string forged(std::string_view from, std::string_view to) {
  auto bytes = kernel::facts_bytes(a_file());
  bytes.resize(bytes.size() - 32);
  const auto place = bytes.find(from);
  REQUIRE(place != std::string::npos);
  bytes.replace(place, from.size(), to);
  const auto digest = crypto::sha256(bytes).bytes;
  return bytes + std::string(digest.begin(), digest.end());
}

std::string why_not(std::string bytes) {
  const auto facts = read(std::move(bytes));
  return facts ? "it is sound" : facts.error().text();
}

}  // namespace

TEST_CASE("facts come back from their bytes as they were, with types and without") {
  auto with_types = a_file();
  with_types.btf = "\x9f\xeb";

  CHECK(read(kernel::facts_bytes(a_file())).value().file == a_file());
  CHECK(read(kernel::facts_bytes(with_types)).value().file == with_types);
  CHECK(read(kernel::facts_bytes(a_file())).value().is_current);
}

TEST_CASE("a file of facts brings the configuration as it is written, and the salt of the modules") {
  auto file = a_file();
  file.configuration_text =
      "# Linux/x86 6.1.192 Kernel Configuration\nCONFIG_MODULES=y\n# CONFIG_SMP is not set\n";
  file.build_salt = "6.1.0-56-amd64";

  CHECK(read(kernel::facts_bytes(file)).value().file == file);
}

TEST_CASE("what is not known stays not known in a file of facts") {
  FactsFile file;
  file.learned.facts.release = "6.1";

  CHECK(read(kernel::facts_bytes(file)).value().file == file);
}

TEST_CASE("an exported file is small, and whether the kernel ran on that machine is not in it") {
  auto wanted = a_file();
  wanted.learned.image_is_running.reset();

  const auto bytes = kernel::exported_facts(a_file()).value();

  CHECK(archive::compression_of(bytes) == archive::Compression::zstd);
  CHECK(kernel::imported_facts(bytes).value() == wanted);
}

TEST_CASE("facts that were cut or altered anywhere are damaged") {
  const auto whole = kernel::facts_bytes(a_file());

  std::size_t accepted = 0;
  for (std::size_t place = 0; place < whole.size(); ++place) {
    auto altered = whole;
    altered[place] = static_cast<char>(altered[place] ^ 1);
    accepted += read(altered).has_value() || read(whole.substr(0, place)).has_value();
  }

  CHECK(accepted == 0);
}

TEST_CASE("sizes that lie are refused though the digest is right") {
  CHECK(why_not(forged(std::string("json") + std::string(1, kernel::facts_bytes(a_file())[20]), "json\xff"))
            .find("damaged") != std::string::npos);
  CHECK(why_not(forged(std::string("syms"), "sims")).find("truncated") != std::string::npos);
  CHECK(why_not(forged("usb_submit_urb", "usb_submit\nurb")).find("control") != std::string::npos);
  CHECK(why_not(forged("\"facts\"", "\"fax..\"")).find("no facts") != std::string::npos);
}

TEST_CASE("facts of a newer version are named as such, other bytes as no facts") {
  CHECK(read(forged(std::string("KPKGFACT\1"), "KPKGFACT\2")).error().kind == ErrorKind::unsupported);
  CHECK(why_not("\x7f"
                "ELF")
            .find("no facts of a kernel") != std::string::npos);
}

TEST_CASE("facts that a kpkg wrote which knew less or more are read and told from those of this one") {
  const auto facts = read(forged("\"modversions\":true", "\"later_than_us\":1 ")).value();

  CHECK_FALSE(facts.is_current);
  CHECK_FALSE(facts.file.learned.facts.modversions.has_value());
}
