// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/resolve.hpp"

#include "recipe/parse.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::recipe;

namespace {

KernelConditions a_kernel() {
  return {
      .release = "6.1.0-56-amd64",
      .arch = "amd64",
      .distribution = "debian",
      .distribution_version = "12",
      .configuration = [](std::string_view symbol) -> std::optional<std::string> {
        if (symbol == "CONFIG_TTY") return "y";
        if (symbol == "CONFIG_USB") return "m";
        if (symbol == "CONFIG_SOUND") return "n";
        return std::nullopt;
      },
      .probe = [](const Probe& probe) { return probe.name == "class_create" ? Answer::yes : Answer::no; }};
}

Recipe a_recipe() {
  Recipe recipe;
  recipe.name = "thing";
  recipe.sources = {Source{.path = "/srv/thing"}};
  recipe.modules = {Module{.name = "thing"}};
  return recipe;
}

Variant a_variant(std::string directory, Condition when) {
  Variant variant;
  variant.when = std::move(when);
  variant.build = Build{.directory = std::move(directory)};
  return variant;
}

Condition on_kernels(std::string_view range) {
  Condition condition;
  condition.kernel = VersionRange::parse(range).value_or(VersionRange{});
  return condition;
}

Condition with_probe(std::string symbol) {
  Condition condition;
  condition.probe = {Probe{.kind = Probe::Kind::symbol, .name = std::move(symbol)}};
  return condition;
}

Condition on_distribution(std::string id, std::string_view range) {
  Condition condition;
  condition.distribution =
      DistributionCondition{std::move(id), VersionRange::parse(range).value_or(VersionRange{})};
  return condition;
}

Condition with_config(std::string symbol, ConfigCondition::Wanted wanted) {
  Condition condition;
  condition.config = {{std::move(symbol), wanted}};
  return condition;
}

}  // namespace

TEST_CASE("a recipe without variants means itself, and nobody said how to build it") {
  const auto resolved = resolve(a_recipe(), a_kernel());

  CHECK_FALSE(resolved.variant.has_value());
  CHECK(resolved.sources == a_recipe().sources);
  CHECK(resolved.modules == a_recipe().modules);
  CHECK(resolved.build == Build{});
  CHECK(resolved.build_origin == BuildOrigin::implied);
  CHECK_FALSE(resolved.excludes());
}

TEST_CASE("the first variant that matches wins, and replaces only what it has") {
  auto recipe = a_recipe();
  recipe.variants = {a_variant("new", on_kernels(">=6.4")), a_variant("old", on_kernels("<6.4")),
                     a_variant("also", on_kernels(">=6.0"))};

  const auto resolved = resolve(recipe, a_kernel());

  CHECK(resolved.variant == 1);
  CHECK(resolved.build.directory == "old");
  CHECK(resolved.build_origin == BuildOrigin::written);
  CHECK(resolved.modules == recipe.modules);
}

TEST_CASE("a variant matches only where all of its parts hold") {
  auto recipe = a_recipe();
  auto when = on_kernels(">=6.1");
  when.arch = {"arm64"};
  recipe.variants = {a_variant("arm", when)};

  CHECK_FALSE(resolve(recipe, a_kernel()).variant.has_value());
}

TEST_CASE("an architecture is known by all of its names") {
  auto recipe = a_recipe();
  Condition when;
  when.arch = {"arm64", "x86_64"};
  recipe.variants = {a_variant("x", when)};

  CHECK(resolve(recipe, a_kernel()).variant == 0);
}

TEST_CASE("a probe decides where version numbers lie") {
  auto recipe = a_recipe();
  recipe.variants = {a_variant("absent", with_probe("no_such_symbol")),
                     a_variant("there", with_probe("class_create"))};

  CHECK(resolve(recipe, a_kernel()).build.directory == "there");
}

TEST_CASE("a probe that nobody can answer does not hold, and that is said") {
  auto recipe = a_recipe();
  recipe.variants = {a_variant("there", with_probe("class_create"))};
  auto kernel = a_kernel();
  kernel.probe = nullptr;

  const auto resolved = resolve(recipe, kernel);

  CHECK_FALSE(resolved.variant.has_value());
  CHECK(resolved.unknowns ==
        std::vector<std::string>{
            "variant 1 is not used, because nobody can tell whether symbol:class_create holds"});
}

TEST_CASE("an unknown part is not mentioned where another part has decided") {
  auto recipe = a_recipe();
  auto when = with_probe("class_create");
  when.kernel = VersionRange::parse(">=7").value_or(VersionRange{});
  recipe.variants = {a_variant("there", when)};
  auto kernel = a_kernel();
  kernel.probe = nullptr;

  CHECK(resolve(recipe, kernel).unknowns.empty());
}

TEST_CASE("a distribution is compared by its id and its version") {
  auto recipe = a_recipe();
  recipe.variants = {a_variant("ubuntu", on_distribution("ubuntu", "")),
                     a_variant("newer", on_distribution("debian", ">=13")),
                     a_variant("this", on_distribution("debian", ">=12"))};

  CHECK(resolve(recipe, a_kernel()).build.directory == "this");
}

TEST_CASE("a distribution without a version number matches no bounds") {
  auto recipe = a_recipe();
  recipe.variants = {a_variant("bound", on_distribution("debian", ">=12")),
                     a_variant("any", on_distribution("debian", ""))};
  auto kernel = a_kernel();
  kernel.distribution_version = "";

  const auto resolved = resolve(recipe, kernel);

  CHECK(resolved.build.directory == "any");
  CHECK(resolved.unknowns.size() == 1);
}

TEST_CASE("the patches that apply keep their order") {
  auto recipe = a_recipe();
  recipe.patches = {Patch{.file = "always"}, Patch{.file = "new", .when = on_kernels(">=6.4")},
                    Patch{.file = "old", .when = on_kernels("<6.4")}};

  const auto resolved = resolve(recipe, a_kernel());

  REQUIRE(resolved.patches.size() == 2);
  CHECK(resolved.patches[0].file == "always");
  CHECK(resolved.patches[1].file == "old");
}

TEST_CASE("a variant with an empty list of patches applies none") {
  auto recipe = a_recipe();
  recipe.patches = {Patch{.file = "always"}};
  recipe.variants = {a_variant("x", on_kernels(">=6"))};
  recipe.variants[0].patches = std::vector<Patch>{};

  CHECK(resolve(recipe, a_kernel()).patches.empty());
}

TEST_CASE("a kernel that is too old is excluded, and both versions are named") {
  auto recipe = a_recipe();
  recipe.kernel.min = "6.4";

  CHECK(resolve(recipe, a_kernel()).exclusions ==
        std::vector<std::string>{"kernel 6.1.0-56-amd64 is older than 6.4"});
}

TEST_CASE("a kernel of the oldest wanted version is not excluded") {
  auto recipe = a_recipe();
  recipe.kernel.min = "6.1";

  CHECK_FALSE(resolve(recipe, a_kernel()).excludes());
}

TEST_CASE("every reason to exclude a kernel is told") {
  auto recipe = a_recipe();
  recipe.kernel.config = {{"CONFIG_TTY", ConfigCondition::Wanted::off},
                          {"CONFIG_USB", ConfigCondition::Wanted::on},
                          {"CONFIG_SOUND", ConfigCondition::Wanted::on},
                          {"CONFIG_ABSENT", ConfigCondition::Wanted::on}};

  CHECK(
      resolve(recipe, a_kernel()).exclusions ==
      std::vector<std::string>{"CONFIG_TTY is on in kernel 6.1.0-56-amd64, and the recipe needs it off",
                               "CONFIG_SOUND is off in kernel 6.1.0-56-amd64, and the recipe needs it on",
                               "CONFIG_ABSENT is off in kernel 6.1.0-56-amd64, and the recipe needs it on"});
}

TEST_CASE("a configuration that nobody knows excludes nothing, and that is said") {
  auto recipe = a_recipe();
  recipe.kernel.config = {{"CONFIG_TTY", ConfigCondition::Wanted::on}};
  auto kernel = a_kernel();
  kernel.configuration = nullptr;

  const auto resolved = resolve(recipe, kernel);

  CHECK_FALSE(resolved.excludes());
  CHECK(resolved.unknowns ==
        std::vector<std::string>{"nobody can tell whether kernel 6.1.0-56-amd64 has CONFIG_TTY"});
}

TEST_CASE("a variant can ask for a symbol that is off") {
  auto recipe = a_recipe();
  recipe.variants = {a_variant("modular", with_config("CONFIG_USB", ConfigCondition::Wanted::off)),
                     a_variant("silent", with_config("CONFIG_SOUND", ConfigCondition::Wanted::off))};

  CHECK(resolve(recipe, a_kernel()).build.directory == "silent");
}
