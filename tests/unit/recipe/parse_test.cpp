// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/parse.hpp"

#include "a_recipe.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::recipe;

namespace {

const std::string digest(64, 'a');
const std::string commit(40, 'b');

/// Every key of format 1 at least once.
const std::string a_full_recipe =
    "format = 1\nname = \"full\"\nversion = \"2.0~rc1\"\nsummary = \"All of it\"\nlicense = \"GPL-2.0-only "
    "OR MIT\"\n"
    "homepage = \"https://example.org/full\"\ndepends = [\"base\", \"core >= 1.2\"]\n"
    "patches = [{ file = \"6.4.patch\", sha256 = \"" +
    digest +
    "\", strip = 0, when = { kernel = \">=6.4\" } }]\n"
    "[[source]]\nurl = \"https://example.org/full.tar.gz\"\nsha256 = \"" +
    digest +
    "\"\n"
    "mirrors = [\"file:///srv/full.tar.gz\"]\nstrip = 1\n"
    "[[source]]\ngit = \"https://example.org/full.git\"\ncommit = \"" +
    commit + "\"\ntree = \"" + commit +
    "\"\ninto = \"sub\"\n"
    "[[source]]\npath = \"../here\"\ninto = \"here\"\n"
    "[[source]]\napt = \"full-dkms\"\ninto = \"package\"\n"
    "[build]\ndirectory = \"sub/src\"\nneeds = [\"libxtables-dev\"]\n"
    "steps = [[\"./configure\", \"--with-linux=${tree}\", \"\"], [\"make\", \"SYMS=${symvers.core}\", "
    "\"-j${jobs}\"]]\n"
    "environment = { KERNELDIR = \"${tree}\" }\n"
    "[[module]]\nname = \"full-one\"\npath = \"out/one.ko\"\ninstall_name = \"one\"\noptional = true\n"
    "options = \"devices=2\"\nsoftdep_pre = [\"a\"]\nsoftdep_post = [\"b\"]\nblacklist = [\"intree\"]\n"
    "[kernel]\nmin = \"3.10\"\nconfig = [\"CONFIG_TTY\", \"!CONFIG_PREEMPT_RT\"]\n"
    "[install]\nload = true\nudev = [\"99-full.rules\"]\ninitramfs = true\ncritical = true\n"
    "on_load_failure = \"keep\"\nreplaces_intree = [\"r8169\"]\nfirmware = [{ file = \"fw.bin\", as = "
    "\"full/fw.bin\" }]\n"
    "[[variant]]\n"
    "when = { kernel = \">=6.4 <6.12\", arch = [\"amd64\", \"armhf\"], distribution = \"debian>=12\", config "
    "= [\"CONFIG_X\"],"
    " probe = [\"symbol:class_create\", \"member:struct tty_operations.set_serial\"] }\npatches = []\n"
    "[variant.build]\ndirectory = \"new\"\n"
    "[[variant.source]]\npath = \"/srv/new\"\n"
    "[[variant.module]]\nname = \"other\"\n"
    "[test]\ndevice = \"/dev/full0\"\n";

VersionRange a_range(std::string_view text) {
  return VersionRange::parse(text).value_or(VersionRange{});
}

}  // namespace

TEST_CASE("the smallest recipe is read with every default") {
  const auto parsed = parse(small_recipe, "x.toml");

  REQUIRE(parsed.recipe.has_value());
  CHECK(parsed.recipe->name == "thing");
  CHECK(parsed.recipe->version == "1.0");
  CHECK(parsed.recipe->sources[0].kind() == SourceKind::url);
  CHECK_FALSE(parsed.recipe->build.has_value());
  CHECK(parsed.recipe->install == Install{});
}

TEST_CASE("the whole format is read without a mistake") {
  CHECK(mistakes_of(a_full_recipe).empty());
}

TEST_CASE("sources keep their order and their kinds") {
  const auto recipe = parse(a_full_recipe, "x.toml").recipe.value_or(Recipe{});

  REQUIRE(recipe.sources.size() == 4);
  CHECK(recipe.sources[0].mirrors == std::vector<std::string>{"file:///srv/full.tar.gz"});
  CHECK(recipe.sources[0].strip == 1);
  CHECK(recipe.sources[1].kind() == SourceKind::git);
  CHECK(recipe.sources[1].commit == commit);
  CHECK(recipe.sources[2].kind() == SourceKind::path);
  CHECK(recipe.sources[3].kind() == SourceKind::apt);
  CHECK(recipe.sources[3].into == "package");
}

TEST_CASE("the build, the modules and the patches are read as they are written") {
  const auto recipe = parse(a_full_recipe, "x.toml").recipe.value_or(Recipe{});

  REQUIRE(recipe.build.has_value());
  CHECK(recipe.build->directory == "sub/src");
  CHECK(recipe.build->steps[0] == std::vector<std::string>{"./configure", "--with-linux=${tree}", ""});
  CHECK(recipe.build->environment == std::map<std::string, std::string>{{"KERNELDIR", "${tree}"}});
  CHECK(recipe.modules == std::vector{Module{.name = "full-one",
                                             .path = "out/one.ko",
                                             .install_name = "one",
                                             .optional = true,
                                             .options = "devices=2",
                                             .softdep_pre = {"a"},
                                             .softdep_post = {"b"},
                                             .blacklist = {"intree"}}});
  CHECK(
      recipe.patches ==
      std::vector{Patch{
          .file = "6.4.patch",
          .sha256 = digest,
          .strip = 0,
          .when = {.kernel = a_range(">=6.4"), .arch = {}, .distribution = {}, .config = {}, .probe = {}}}});
}

TEST_CASE("the kernel's conditions and the installation are read as they are written") {
  const auto recipe = parse(a_full_recipe, "x.toml").recipe.value_or(Recipe{});

  CHECK(recipe.depends == std::vector{Dependency{"base", {}}, Dependency{"core", a_range(">=1.2")}});
  CHECK(recipe.kernel.min == "3.10");
  CHECK(recipe.kernel.config ==
        std::vector{ConfigCondition{"CONFIG_TTY", ConfigCondition::Wanted::on},
                    ConfigCondition{"CONFIG_PREEMPT_RT", ConfigCondition::Wanted::off}});
  CHECK(recipe.install == Install{.load = true,
                                  .udev = {"99-full.rules"},
                                  .initramfs = true,
                                  .critical = true,
                                  .on_load_failure = OnLoadFailure::keep,
                                  .replaces_intree = {"r8169"},
                                  .firmware = {{"fw.bin", "full/fw.bin"}}});
  CHECK(recipe.test.device == "/dev/full0");
}

TEST_CASE("a variant is read with the kernel's own words for architectures") {
  const auto recipe = parse(a_full_recipe, "x.toml").recipe.value_or(Recipe{});

  REQUIRE(recipe.variants.size() == 1);
  CHECK(recipe.variants[0].when.arch == std::vector<std::string>{"x86_64", "arm"});
  CHECK(recipe.variants[0].when.distribution == DistributionCondition{"debian", a_range(">=12")});
  CHECK(recipe.variants[0].when.probe ==
        std::vector{Probe{Probe::Kind::symbol, "class_create", ""},
                    Probe{Probe::Kind::member, "tty_operations", "set_serial"}});
  CHECK(recipe.variants[0].patches == std::vector<Patch>{});
  CHECK(recipe.variants[0].build->directory == "new");
  CHECK(recipe.variants[0].modules->front().name == "other");
}

TEST_CASE("conditions and probes are said again as they were written") {
  const auto recipe = parse(a_full_recipe, "x.toml").recipe.value_or(Recipe{});

  REQUIRE(recipe.variants.size() == 1);
  CHECK(recipe.variants[0].when.probe[1].text() == "member:struct tty_operations.set_serial");
  CHECK(recipe.kernel.config[1].text() == "!CONFIG_PREEMPT_RT");
}

TEST_CASE("digests are stored in lower case") {
  const auto recipe =
      parse(a_recipe_from("url = \"https://e.org/a\"\nsha256 = \"" + std::string(64, 'A') + "\""), "x")
          .recipe;

  REQUIRE(recipe.has_value());
  CHECK(recipe->sources[0].sha256 == digest);
}

TEST_CASE("a recipe from a package needs no version") {
  const auto parsed = parse(
      "format = 1\nname = \"thing\"\nsummary = \"A thing\"\nsource = [{ apt = \"thing-dkms\" }]\nmodule = [{ "
      "name = \"thing\" }]\n",
      "x.toml");

  REQUIRE(parsed.recipe.has_value());
  CHECK_FALSE(parsed.recipe->version.has_value());
}

TEST_CASE("a git source with the digest of its archive needs no tree") {
  CHECK(mistakes_of(a_recipe_from("git = \"https://e.org/a\"\ncommit = \"" + commit + "\"\nsha256 = \"" +
                                  digest + "\""))
            .empty());
}

TEST_CASE("the usual names of an architecture are one word of the kernel") {
  CHECK(kernel_arch("amd64") == "x86_64");
  CHECK(kernel_arch("ppc64el") == "powerpc");
  CHECK(kernel_arch("s390x") == "s390");
  CHECK(kernel_arch("aarch64") == kernel_arch("arm64"));
  CHECK_FALSE(kernel_arch("vax").has_value());
}

TEST_CASE("lint says that there is nothing to say") {
  CHECK(lint_text(parse(small_recipe, "x.toml"), "x.toml") == "x.toml: no mistakes\n");
}

TEST_CASE("lint closes with the number of mistakes") {
  const auto text = a_recipe_with("sumary = \"a\"\nhomepage = \"gopher://old\"\n");

  CHECK(lint_text(parse(text, "x.toml"), "x.toml") ==
        "x.toml:1:1: unknown key \"sumary\"; did you mean \"summary\"?\n"
        "x.toml:2:12: \"gopher://old\" does not fit \"homepage\"; expected a URL with https or http\n"
        "x.toml: 2 mistakes\n");
}
