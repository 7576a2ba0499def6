// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/graft.hpp"

#include "system/file.hpp"
#include "unit/archive/archives.hpp"
#include "world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kpkg;
using archive_test::a_file;
using test::TreeWorld;

namespace {

constexpr const char* a_configuration =
    "# Linux/x86 9.9.9 Kernel Configuration\nCONFIG_X86_64=y\n# CONFIG_X is not set\nCONFIG_PM_LOST=y\n";

std::string text_of(const std::string& path) {
  const auto text = system::read_file(path);
  return text ? *text : std::string("absent");
}

/// The headers that the kernel of a TreeWorld carries, if it was built of the world's source.
std::vector<archive_test::Member> carried() {
  return {a_file("./arch/x86/include/asm/page.h", "\n"),
          a_file("./arch/x86/include/generated/asm/wrapped.h", "of the kernel's build\n"),
          a_file("./include/generated/autoconf.h", "#define CONFIG_X86_64 1\n#define CONFIG_PM_LOST 1\n"),
          a_file("./include/generated/utsrelease.h", "#define UTS_RELEASE \"9.9-kpkg\"\n"),
          a_file("./include/linux/module.h", "struct module { int x; };\n")};
}

/// A world whose kernel carries headers.
struct Carrying : TreeWorld {
  explicit Carrying(std::vector<archive_test::Member> headers = carried()) : headers_(std::move(headers)) {
    configure(a_configuration);
  }

  Result<tree::Reconstruction> made() {
    request.kheaders = kernel::Kheaders{archive_test::a_tar(headers_), "/sys/kernel/kheaders.tar.xz"};
    return reconstruct();
  }

  /// What a refusal says.
  Error refusal() {
    request.kheaders = kernel::Kheaders{archive_test::a_tar(headers_), "/sys/kernel/kheaders.tar.xz"};
    return failure();
  }

  void replace(const std::string& name, const std::string& text) {
    for (auto& member : headers_)
      if (member.name == "./" + name) member.content = text;
  }

 private:
  std::vector<archive_test::Member> headers_;
};

}  // namespace

TEST_CASE("comments are taken out as the kernel's build does it, but for licences") {
  CHECK(tree::without_comments("int a; /* one\n * two */ int b; // three\n") == "int a;  int b; // three\n");
  CHECK(tree::without_comments("/* SPDX-License-Identifier: X */\n/* a */b") ==
        "/* SPDX-License-Identifier: X */\nb");
  CHECK(tree::without_comments("/**//*/ still one */x") == "x");
  CHECK(tree::without_comments("no end /* of it") == "no end /* of it");
}

TEST_CASE("headers that differ in comments alone stay as the source has them") {
  Carrying world;
  const std::string ours = "/* what a module is */\nstruct module { int x; };\n";
  world.add("include/linux/module.h", ours);
  world.replace("include/linux/module.h", "\nstruct module { int x; };\n");

  const auto made = world.made();

  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
  CHECK(text_of(made->tree + "/include/linux/module.h") == ours);
  CHECK(made->graft == tree::Graft{.origin = "/sys/kernel/kheaders.tar.xz", .compared = 2});
}

TEST_CASE("a header that says something else is the kernel's, and the source stays as it was") {
  Carrying world;
  world.replace("include/linux/module.h", "struct module { long x; };\n");
  world.add("include/linux/foreign.h", "int foreign;\n");

  const auto made = world.made();

  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
  CHECK(text_of(made->tree + "/include/linux/module.h") == "struct module { long x; };\n");
  CHECK(text_of(made->tree + "/include/linux/foreign.h") == "absent");
  CHECK(text_of(world.request.source + "/include/linux/module.h") == "struct module { int x; };\n");
  CHECK(text_of(world.request.source + "/include/linux/foreign.h") == "int foreign;\n");
  CHECK(made->graft->replaced == std::vector<std::string>{"include/linux/module.h"});
  CHECK(made->graft->removed == std::vector<std::string>{"include/linux/foreign.h"});
}

TEST_CASE("what the kernel's build generated comes with its headers") {
  Carrying world;

  const auto made = world.made();

  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
  CHECK(text_of(made->tree + "/arch/x86/include/generated/asm/wrapped.h") == "of the kernel's build\n");
}

TEST_CASE("an option that the source does not know is the kernel's again in all three files") {
  Carrying world;

  const auto made = world.made();

  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text()));
  CHECK(text_of(made->tree + "/.config").find("CONFIG_PM_LOST=y\n") != std::string::npos);
  CHECK(text_of(made->tree + "/include/config/auto.conf") == "CONFIG_PM_LOST=y\nCONFIG_X86_64=y\n");
  CHECK(text_of(made->tree + "/include/generated/autoconf.h") ==
        "#define CONFIG_PM_LOST 1\n#define CONFIG_X86_64 1\n");
  CHECK(made->drift == tree::Drift());
  CHECK(made->notes.back() == "what this source does not take over is the kernel's again: 1 option");
}

TEST_CASE("a source without what a vendor put behind the version is as good, and another release is not") {
  Carrying world;
  std::string text = a_configuration;
  world.configure(text.replace(text.find("9.9.9"), 5, "9.9.9-board"));

  CHECK(world.made().has_value());

  Carrying other;
  other.configure(text.replace(text.find("9.9.9"), 5, "9.9.8"));
  CHECK(other.refusal().kind == ErrorKind::incompatible);
}

TEST_CASE("headers of another release are refused, and both are named") {
  Carrying world;
  world.replace("include/generated/utsrelease.h", "#define UTS_RELEASE \"9.8-kpkg\"\n");

  CHECK(
      world.refusal().message ==
      "the headers in /sys/kernel/kheaders.tar.xz are not those of kernel 9.9-kpkg: their utsrelease.h says "
      "#define UTS_RELEASE \"9.8-kpkg\"");
}

TEST_CASE("headers of a build that was configured otherwise are refused, and the option is named") {
  Carrying world;
  world.replace("include/generated/autoconf.h", "#define CONFIG_X86_64 1\n");

  const auto error = world.refusal();

  CHECK(error.kind == ErrorKind::incompatible);
  CHECK(error.message.find("CONFIG_PM_LOST: 1, not set") != std::string::npos);
}

TEST_CASE("headers that lead out of their place are refused") {
  auto headers = carried();
  headers.push_back(a_file("../../outside.h"));
  Carrying world(headers);

  CHECK(world.refusal().kind == ErrorKind::corrupt);
}
