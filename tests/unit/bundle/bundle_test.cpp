// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/bundle.hpp"

#include "archive/compression.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using bundle::Bundle;
using bundle::FileKind;

namespace {

Bundle a_bundle() {
  bundle::Build build{.recipe = "tty0tty",
                      .version = "1.4",
                      .text = "format = 1\n",
                      .source = crypto::sha256("the source"),
                      .compiler = "gcc-12 12.2.0",
                      .command = "make -C /tree",
                      .sandbox = "namespaces",
                      .started = 1'700'000'000,
                      .duration = 900,
                      .tree = {.path = "/srv/board-tree",
                               .origin = "named",
                               .standing = "verified",
                               .proofs = {"symbols", "types"}}};
  build.files = {{FileKind::module, "tty0tty.ko.xz", std::string("\0module\xff", 8)},
                 {FileKind::types, "tty0tty.ko.xz", "types\n"},
                 {FileKind::symvers, "Module.symvers", ""},
                 {FileKind::udev, "99-tty0tty.rules", "KERNEL==\"tnt*\"\n"},
                 {FileKind::log, "build.log", "  CC [M] tty0tty.o\n"}};
  return {.kernel = {.release = "6.1.0-56-arm64", .arch = "arm64", .build_id = "00ff"},
          .tree_grade = "verified",
          .builds = {build}};
}

Bundle with_file(FileKind kind, std::string name) {
  auto made = a_bundle();
  made.builds[0].files.push_back({kind, std::move(name), ""});
  return made;
}

/// The contents with `from` replaced and the manifest's size made right: what a hostile writer can do.
std::string forged(std::string_view from, std::string_view to) {
  auto contents = bundle::contents_of(a_bundle());
  const auto place = contents.find(from);
  REQUIRE(place != std::string::npos);
  contents.replace(place, from.size(), to);
  const auto old_size =
      static_cast<unsigned char>(contents[0]) + 256U * static_cast<unsigned char>(contents[1]);
  const auto size = old_size + to.size() - from.size();
  contents[0] = static_cast<char>(size & 0xff);
  contents[1] = static_cast<char>(size >> 8);
  return contents;
}

/// A whole file around contents that anybody made, with a digest that is right.
std::string packed(const std::string& contents, char version = 1) {
  auto bytes = "KPKGBNDL" + std::string{version, 0, 0, 0} + archive::compress(contents).value();
  const auto digest = crypto::sha256(bytes).bytes;
  return bytes + std::string(digest.begin(), digest.end());
}

Error refusal(const Result<Bundle>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error();
}

}  // namespace

TEST_CASE("a bundle comes back from its bytes as it was") {
  const auto bytes = bundle::bundle_bytes(a_bundle()).value();

  CHECK(bundle::read_bundle(bytes).value() == a_bundle());
}

TEST_CASE("the same bundle has the same bytes each time") {
  CHECK(bundle::bundle_bytes(a_bundle()).value() == bundle::bundle_bytes(a_bundle()).value());
}

TEST_CASE(
    "a bundle that was cut anywhere is not read, and but for its first bytes that is a matter of trust") {
  const auto whole = bundle::bundle_bytes(a_bundle()).value();

  std::size_t accepted = 0;
  std::size_t others = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = bundle::read_bundle(std::string_view(whole).substr(0, size));
    accepted += read.has_value();
    others += size >= 8 && !read.has_value() && read.error().kind != ErrorKind::trust;
  }

  CHECK(accepted == 0);
  CHECK(others == 0);
}

TEST_CASE("a bundle of which any byte was altered is not read") {
  const auto whole = bundle::bundle_bytes(a_bundle()).value();

  std::size_t accepted = 0;
  for (std::size_t place = 0; place < whole.size(); ++place) {
    auto changed = whole;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    accepted += bundle::read_bundle(changed).has_value();
  }

  CHECK(accepted == 0);
  CHECK(refusal(bundle::read_bundle(whole + "x")).kind == ErrorKind::trust);
}

TEST_CASE("a file whose digest is not that of the manifest is a matter of trust, though all else is right") {
  const auto error = refusal(bundle::read_bundle(packed(forged("\xff", "\xfe"))));

  CHECK(error.kind == ErrorKind::trust);
  CHECK(error.message.find("tty0tty.ko.xz") != std::string::npos);
}

TEST_CASE("a bundle of a newer version asks for a newer kpkg, and other bytes are no bundle") {
  const auto newer = refusal(bundle::read_bundle(packed(bundle::contents_of(a_bundle()), 2)));

  CHECK(newer.kind == ErrorKind::unsupported);
  CHECK(newer.hint == "install a newer kpkg");
  CHECK(refusal(bundle::read_bundle("\x7f"
                                    "ELF"))
            .message == "this is no bundle of kpkg");
}

TEST_CASE("a name that leads anywhere else than to a file beside the others is refused") {
  for (const auto* name : {"../a.ko", "a/b.ko", "/a.ko", "..", ".", "", ".ko", "-a.ko", "a b.ko", "a\nb.ko",
                           "a.so", "a.ko.exe", "a.ko.xz/"})
    CHECK_MESSAGE(
        refusal(bundle::read_contents(bundle::contents_of(with_file(FileKind::module, name)))).kind ==
            ErrorKind::corrupt,
        name);
  for (const auto* name : {"../99.rules", "a/b.rules", "rules"})
    CHECK_MESSAGE(!bundle::read_contents(bundle::contents_of(with_file(FileKind::udev, name))).has_value(),
                  name);
  CHECK_FALSE(bundle::read_contents(forged("6.1.0-56-arm64", "../../etc")).has_value());
}

TEST_CASE("two files of one name, kinds that nobody knows and a manifest that lacks anything are refused") {
  CHECK_FALSE(
      bundle::read_contents(bundle::contents_of(with_file(FileKind::module, "tty0tty.ko.xz"))).has_value());
  CHECK_FALSE(bundle::read_contents(forged("\"kind\": \"log\"", "\"kind\": \"hook\"")).has_value());
  CHECK_FALSE(bundle::read_contents(forged("\"builds\"", "\"bilds\"")).has_value());
  CHECK_FALSE(bundle::read_contents(forged("\"kernel\"", "\"colonel\"")).has_value());
  CHECK_FALSE(bundle::read_contents(forged("\"text\"", "\"test\"")).has_value());
}

TEST_CASE("sizes that lie are refused before anything of that size is made") {
  CHECK_FALSE(bundle::read_contents(forged("\"size\": 8", "\"size\": 18446744073709551615")).has_value());
  CHECK_FALSE(bundle::read_contents(forged("\"size\": 8", "\"size\": 7")).has_value());
  CHECK_FALSE(bundle::read_contents(bundle::contents_of(a_bundle()) + "more").has_value());
  CHECK_FALSE(bundle::read_contents("\xff\xff\xff\xff\xff\xff\xff\xff{}").has_value());
}

TEST_CASE("a bundle of a kpkg that told nothing of the tree is read, and its tree is unknown") {
  const auto read = bundle::read_contents(forged("\"tree\":", "\"other\":"));

  REQUIRE(read.has_value());
  CHECK(read->builds[0].tree == bundle::BuiltIn{});
  CHECK(read->builds[0].tree.origin == "unknown");
}

TEST_CASE("what a manifest says of the tree is words, of this kpkg or of a later one, and no other text") {
  const auto later = bundle::read_contents(forged("\"named\"", "\"beamed-up\""));

  REQUIRE(later.has_value());
  CHECK(later->builds[0].tree.origin == "beamed-up");
  for (const auto* text : {"\"\"", "\"exact\\n\"", "\"Exact!\"", "7"})
    CHECK_MESSAGE(refusal(bundle::read_contents(forged("\"named\"", text))).kind == ErrorKind::corrupt, text);
  CHECK_FALSE(bundle::read_contents(forged("\"symbols\"", "\"sym bols\"")).has_value());
}

TEST_CASE("members of a manifest that came later are passed over") {
  CHECK(bundle::read_contents(forged("\"tree_grade\"", "\"later\": {}, \"tree_grade\"")).value() ==
        a_bundle());
}
