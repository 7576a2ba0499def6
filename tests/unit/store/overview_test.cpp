// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/overview.hpp"

#include "store/recipes.hpp"
#include "unit/store/world.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace kpkg;
using namespace kpkg::store;
using namespace kpkg::store::world;

namespace {

/// One kernel's worth of a recipe: an old failure, a build, its verdict, its file and its load.
void add_pair(Store& store, const std::string& recipe, const std::string& kernel, abi::Decision decision) {
  const auto artifact = a_digest(recipe + "@" + kernel);
  REQUIRE(record_build(store, a_build(recipe, kernel, BuildOutcome::failed), {}));
  REQUIRE(
      record_build(store, a_build(recipe, kernel, BuildOutcome::succeeded), {an_artifact(recipe, artifact)}));
  REQUIRE(record_verdict(store, {artifact, kernel, a_digest("facts"), decision, "[]", "", 1}));
  REQUIRE(record_installed(store, an_installed_module(recipe, kernel, artifact)));
  REQUIRE(record_load(store, {recipe, kernel, "loaded", 1, "", artifact}));
}

Store a_store_with_pairs(const World& world, int recipes, int kernels) {
  auto store = a_store(world);
  REQUIRE(store.together([&]() -> Status {
    for (int recipe = 0; recipe < recipes; ++recipe)
      for (int kernel = 0; kernel < kernels; ++kernel)
        add_pair(store, "recipe" + std::to_string(recipe), "6." + std::to_string(kernel),
                 abi::Decision::loads);
    return {};
  }));
  return store;
}

}  // namespace

TEST_CASE("a pair shows its newest build, its worst verdict, its files and its last load") {
  const auto world = a_world();
  auto store = a_store(world);
  add_pair(store, "tty0tty", "6.1", abi::Decision::loads);
  const auto worse = a_digest("worse");
  REQUIRE(record_build(store, a_build("tty0tty", "6.1", BuildOutcome::succeeded),
                       {an_artifact("a", a_digest("tty0tty@6.1")), an_artifact("b", worse)}));
  REQUIRE(
      record_verdict(store, {worse, "6.1", a_digest("facts"), abi::Decision::broken, "[]", "--force", 2}));
  REQUIRE(record_load(store, {"tty0tty", "6.1", "older_loaded", 2, "", std::nullopt}));

  const auto lines = overview(store).value();

  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == OverviewLine{.recipe = "tty0tty",
                                 .version = "1.4",
                                 .kernel = "6.1",
                                 .is_wanted = false,
                                 .build = 3,
                                 .outcome = BuildOutcome::succeeded,
                                 .built = 1700000000,
                                 .first_error = "",
                                 .installed_modules = 1,
                                 .decision = abi::Decision::broken,
                                 .overridden_by = "--force",
                                 .last_load = "older_loaded",
                                 .tree = a_build("tty0tty", "6.1", BuildOutcome::succeeded).tree,
                                 .allowed_by = ""});
}

TEST_CASE("the tree of a pair is that of what is installed, whatever was built in another one since") {
  const auto world = a_world();
  auto store = a_store(world);
  const auto artifact = a_digest("installed");
  auto build = a_build("tty0tty", "6.1", BuildOutcome::succeeded);
  build.tree = {.path = "/trees/6.1/mended", .origin = "mended", .standing = "usable", .proofs = {}};
  REQUIRE(record_build(store, build, {an_artifact("tty0tty", artifact)}));
  auto file = an_installed_module("tty0tty", "6.1", artifact);
  file.allowed_by = "--allow-unverified";
  REQUIRE(record_installed(store, file));
  REQUIRE(record_build(store, a_build("tty0tty", "6.1", BuildOutcome::failed), {}));

  const auto lines = overview(store).value();

  REQUIRE(lines.size() == 1);
  CHECK(lines[0].outcome == BuildOutcome::failed);
  CHECK(lines[0].tree == build.tree);
  CHECK(lines[0].allowed_by == "--allow-unverified");
}

TEST_CASE("a wish without a build, a build without a file and a file without a build are lines too") {
  const auto world = a_world();
  auto store = a_store(world);
  REQUIRE(wish_for(store, {"wanted", "2.0", 1, WishRecord::Automatic::yes, ""}));
  REQUIRE(record_build(store, a_build("broken", "6.1", BuildOutcome::failed), {}));
  REQUIRE(record_installed(store, an_installed_module("found", "6.1", a_digest("f"))));

  const auto lines = overview(store).value();

  REQUIRE(lines.size() == 3);
  CHECK(lines[0].outcome == BuildOutcome::failed);
  CHECK(lines[0].first_error == "tty0tty.c:9: error: too many arguments");
  CHECK_FALSE(lines[0].decision.has_value());
  CHECK(lines[1].installed_modules == 1);
  CHECK_FALSE(lines[1].outcome.has_value());
  CHECK(lines[2].is_wanted);
  CHECK(lines[2].kernel.empty());
}

TEST_CASE("the overview of 200 pairs takes less than the time in which a person notices") {
  const auto world = a_world();
  auto store = a_store_with_pairs(world, 20, 10);
  const auto before = std::chrono::steady_clock::now();

  const auto lines = overview(store);

  const auto took = std::chrono::steady_clock::now() - before;
  REQUIRE(lines);
  CHECK(lines->size() == 200);
  MESSAGE("200 pairs: ", std::chrono::duration_cast<std::chrono::microseconds>(took).count(), " us");
  // 5 ms is the aim; the sanitizers and a busy machine get room.
  CHECK(took < std::chrono::milliseconds(100));
}
