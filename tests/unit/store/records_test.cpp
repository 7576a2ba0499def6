// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/recipes.hpp"
#include "unit/store/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::store;
using namespace kpkg::store::world;

namespace {

RecipeRecord a_recipe(const std::string& version, std::int64_t when) {
  return {
      .name = "tty0tty", .version = version, .digest = a_digest(version), .text = "format = 1", .when = when};
}

VerdictRecord a_verdict(const crypto::Digest& artifact, const std::string& facts, abi::Decision decision) {
  return {.artifact = artifact,
          .kernel = "6.1",
          .kernel_facts = a_digest(facts),
          .decision = decision,
          .findings = "[]",
          .overridden_by = "--force",
          .when = 5};
}

}  // namespace

TEST_CASE("a build comes back as it was recorded, with its artifacts by module name") {
  const auto world = a_world();
  auto store = a_store(world);
  auto build = a_build("tty0tty", "6.1", BuildOutcome::succeeded);
  auto first = an_artifact("b", a_digest("b"));
  auto second = an_artifact("a", a_digest("a"));
  second.srcversion.reset();

  build.id = record_build(store, build, {first, second}).value();

  first.build = second.build = build.id;
  CHECK(find_build(store, build.id).value() == build);
  CHECK(artifacts_of(store, build.id).value() == std::vector{second, first});
  CHECK(find_artifact(store, a_digest("b")).value() == first);
  CHECK_FALSE(find_artifact(store, a_digest("c")).value().has_value());
}

TEST_CASE("a build whose artifacts clash is not recorded at all") {
  const auto world = a_world();
  auto store = a_store(world);
  const auto artifact = an_artifact("a", a_digest("a"));

  const auto id =
      record_build(store, a_build("tty0tty", "6.1", BuildOutcome::succeeded), {artifact, artifact});

  CHECK_FALSE(id);
  CHECK(build_history(store, "").value().empty());
}

TEST_CASE("the newest success of a key is found behind newer failures, and the newest failure too") {
  const auto world = a_world();
  auto store = a_store(world);
  const auto good = a_build("tty0tty", "6.1", BuildOutcome::succeeded);
  const auto old_good = record_build(store, good, {}).value();
  const auto new_good = record_build(store, good, {}).value();
  const auto bad = record_build(store, a_build("tty0tty", "6.1", BuildOutcome::timed_out), {}).value();

  CHECK(newest_success(store, good.key).value()->id == new_good);
  CHECK(newest_failure(store, "tty0tty", "6.1").value()->id == bad);
  CHECK(newest_build(store, "tty0tty", "", "6.1").value()->id == bad);
  CHECK(newest_build(store, "tty0tty", "1.4", "6.1").value()->id == bad);
  CHECK_FALSE(newest_build(store, "tty0tty", "1.3", "6.1").value().has_value());
  CHECK_FALSE(newest_success(store, a_digest("other")).value().has_value());
  CHECK(build_history(store, "tty0tty").value().back().id == old_good);
  CHECK(build_history(store, "", 1).value().size() == 1);
}

TEST_CASE("text with quotes, NUL and invalid UTF-8 comes back byte for byte") {
  const auto world = a_world();
  auto store = a_store(world);
  auto build = a_build("tty0tty", "6.1", BuildOutcome::failed);
  build.first_error = std::string("'; DROP TABLE build; --\0\xff\xfe\n", 27);

  build.id = record_build(store, build, {}).value();

  CHECK(find_build(store, build.id).value() == build);
}

TEST_CASE("the recipe used last is found, of one version or of any") {
  const auto world = a_world();
  auto store = a_store(world);
  REQUIRE(remember_recipe(store, a_recipe("1.3", 30)));
  REQUIRE(remember_recipe(store, a_recipe("1.4", 20)));
  REQUIRE(remember_recipe(store, a_recipe("1.3", 10)));

  CHECK(find_recipe(store, "tty0tty", "").value() == a_recipe("1.4", 20));
  CHECK(find_recipe(store, "tty0tty", "1.3").value() == a_recipe("1.3", 10));
  CHECK_FALSE(find_recipe(store, "other", "").value().has_value());
}

TEST_CASE("a source is remembered once") {
  const auto world = a_world();
  auto store = a_store(world);
  const SourceRecord source = {"tty0tty", "1.4", "git", "https://example.org/t dac0a10", a_digest("tree"), 9};
  REQUIRE(remember_source(store, source));
  REQUIRE(remember_source(store, source));

  CHECK(sources_of(store, "tty0tty", "1.4").value() == std::vector{source});
}

TEST_CASE("one version of a recipe is wanted at a time, until it is forgotten") {
  const auto world = a_world();
  auto store = a_store(world);
  const WishRecord old_wish = {"tty0tty", "1.3", 1, WishRecord::Automatic::yes, ""};
  const WishRecord new_wish = {"tty0tty", "1.4", 2, WishRecord::Automatic::no, "/srv/tty0tty.toml"};
  REQUIRE(wish_for(store, old_wish));
  REQUIRE(wish_for(store, new_wish));

  CHECK(wishes(store).value() == std::vector{new_wish});
  CHECK(forget_wish(store, "tty0tty"));
  CHECK(wishes(store).value().empty());
}

TEST_CASE("a path has one owner, and forgetting it leaves the others") {
  const auto world = a_world();
  auto store = a_store(world);
  auto module = an_installed_module("tty0tty", "6.1", a_digest("old"));
  const auto other = an_installed_module("tty0tty", "6.12", a_digest("old"));
  InstalledRecord rules = module;
  rules.kernel = rules.module = "";
  rules.path = "/etc/udev/rules.d/99-kpkg-tty0tty.rules";
  rules.kind = FileKind::configuration;
  rules.artifact.reset();
  REQUIRE(record_installed(store, module));
  REQUIRE(record_installed(store, other));
  REQUIRE(record_installed(store, rules));
  module.digest = a_digest("new");
  module.transaction = store.begin("6.1", "{}").value();
  module.allowed_by = "--allow-unverified";
  REQUIRE(record_installed(store, module));

  CHECK(installed_of(store, "tty0tty", "6.1").value() == std::vector{rules, module});
  CHECK(installed_for(store, "6.12").value() == std::vector{rules, other});
  CHECK(forget_installed(store, module.path));
  CHECK(installed(store).value() == std::vector{rules, other});
}

TEST_CASE("an installed file cannot name a transaction that never was") {
  const auto world = a_world();
  auto store = a_store(world);
  auto module = an_installed_module("tty0tty", "6.1", a_digest("a"));
  module.transaction = 7;

  CHECK_FALSE(record_installed(store, module));
}

TEST_CASE("the verdict recorded last counts, and one on other facts is kept beside it") {
  const auto world = a_world();
  auto store = a_store(world);
  const auto artifact = a_digest("a");
  REQUIRE(record_verdict(store, a_verdict(artifact, "before", abi::Decision::refused)));
  REQUIRE(record_verdict(store, a_verdict(artifact, "after", abi::Decision::loads)));
  REQUIRE(record_verdict(store, a_verdict(artifact, "before", abi::Decision::broken)));

  CHECK(find_verdict(store, artifact, "6.1").value() == a_verdict(artifact, "before", abi::Decision::broken));
  CHECK_FALSE(find_verdict(store, artifact, "6.12").value().has_value());
}

TEST_CASE("a kernel that was replaced under its release is seen as two") {
  const auto world = a_world();
  auto store = a_store(world);
  const KernelRecord before = {"6.1", a_digest("before"), "aa", "{}", 1};
  const KernelRecord after = {"6.1", a_digest("after"), "bb", "{}", 2};
  REQUIRE(remember_kernel(store, before));
  REQUIRE(remember_kernel(store, after));
  REQUIRE(remember_kernel(store, before));

  CHECK(kernels_seen(store, "6.1").value() == std::vector{after, before});
  CHECK(kernels_seen(store, "").value().size() == 2);
  CHECK(kernels_seen(store, "6.12").value().empty());
}

TEST_CASE("loads come back newest first") {
  const auto world = a_world();
  auto store = a_store(world);
  const LoadRecord first = {"tty0tty", "6.1", "loaded", 1, "", a_digest("a")};
  const LoadRecord second = {"tty0tty", "6.1", "refused", 2, "Exec format error", std::nullopt};
  REQUIRE(record_load(store, first));
  REQUIRE(record_load(store, second));

  CHECK(loads_of(store, "tty0tty", "6.1").value() == std::vector{second, first});
  CHECK(loads_of(store, "tty0tty", "").value().size() == 2);
  CHECK(loads_of(store, "tty0tty", "6.12").value().empty());
}

TEST_CASE("only artifacts that nothing needs are unneeded") {
  const auto world = a_world();
  auto store = a_store(world);
  const auto build = a_build("tty0tty", "6.1", BuildOutcome::succeeded);
  REQUIRE(record_build(store, build, {an_artifact("a", a_digest("nothing"))}));
  REQUIRE(record_build(store, build, {an_artifact("a", a_digest("installed"))}));
  REQUIRE(record_build(store, build, {an_artifact("a", a_digest("loaded"))}));
  REQUIRE(record_build(store, build, {an_artifact("a", a_digest("newest"))}));
  REQUIRE(record_installed(store, an_installed_module("tty0tty", "6.1", a_digest("installed"))));
  REQUIRE(record_load(store, {"a", "6.1", "loaded", 1, "", a_digest("loaded")}));

  CHECK(unneeded_artifacts(store).value() == std::vector{a_digest("nothing")});
  CHECK(forget_artifact(store, a_digest("nothing")));
  CHECK(unneeded_artifacts(store).value().empty());
  CHECK(build_history(store, "tty0tty").value().size() == 4);
}
