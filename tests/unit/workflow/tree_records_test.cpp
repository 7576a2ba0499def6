// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/tree_records.hpp"

#include "system/temp_dir.hpp"
#include "tree/record.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::workflow;

namespace {

struct World {
  system::TempDir directory;
  system::Root root;
};

World a_world() {
  auto directory = system::TempDir::create("/tmp", "kpkg-workflow-test-").value();
  auto root = system::Root::open(directory.path()).value();
  REQUIRE(root.make_directories("/tree"));
  return World{std::move(directory), std::move(root)};
}

Target a_target() {
  Target target;
  target.kernel.release = "6.1";
  target.kernel.tree = kernel::KernelTree{.path = "/tree"};
  target.facts.identity.build_id = "00ff";
  return target;
}

tree::Attestation an_attestation(tree::Standing standing) {
  return {.standing = standing,
          .observations = {
              {.aspect = tree::Aspect::symbols, .weight = tree::Weight::good, .text = "they are equal"}}};
}

/// Makes the tree one that was rebuilt for a kernel with that build id.
void rebuild(const World& world, const std::string& build_id, const std::string& grade) {
  REQUIRE(tree::write_record(world.directory.path() + "/tree",
                             {.release = "6.1", .build_id = build_id, .grade = grade, .proved_symbols = ""}));
}

std::vector<std::string> proofs_of(const World& world, TreeOrigin origin, tree::Standing standing) {
  return record_of(world.root, a_target(), origin, an_attestation(standing)).value().proofs;
}

store::TreeRecord a_record(TreeOrigin origin, tree::Standing standing) {
  return {.path = "/tree",
          .origin = std::string(name_of(origin)),
          .standing = std::string(name_of(standing)),
          .proofs = {}};
}

using Proofs = std::vector<std::string>;

}  // namespace

TEST_CASE("what is recorded of a tree is its place, its origin, what it is worth and what proves it") {
  const auto world = a_world();

  const auto record =
      record_of(world.root, a_target(), TreeOrigin::packages, an_attestation(tree::Standing::verified))
          .value();

  CHECK(record == store::TreeRecord{
                      .path = "/tree", .origin = "packages", .standing = "verified", .proofs = {"symbols"}});
  CHECK(told(record) == "/tree (packages): verified, proved by symbols");
}

TEST_CASE("symbols prove nothing of a tree of which something else could not be compared") {
  CHECK(proofs_of(a_world(), TreeOrigin::installed, tree::Standing::usable).empty());
}

TEST_CASE("a tree that was rebuilt and found exact is proved by its canary, for that kernel and no other") {
  const auto world = a_world();
  const auto named = [&] { return proofs_of(world, TreeOrigin::named, tree::Standing::usable); };

  rebuild(world, "00ff", "exact");
  CHECK(named() == Proofs{"canary"});
  CHECK(proofs_of(world, TreeOrigin::rebuilt, tree::Standing::exact) == Proofs{"symbols", "canary"});
  rebuild(world, "00ff", "verified");
  CHECK(named().empty());
  rebuild(world, "beef", "exact");
  CHECK(named().empty());
}

TEST_CASE("a mended copy of a tree that was rebuilt is not the tree that its canary proved") {
  const auto world = a_world();
  rebuild(world, "00ff", "exact");

  CHECK(proofs_of(world, TreeOrigin::mended, tree::Standing::verified) == Proofs{"symbols"});
}

TEST_CASE("only a tree that kpkg made and nothing proves needs to be allowed") {
  CHECK(needs_allowance(a_record(TreeOrigin::mended, tree::Standing::usable)));
  CHECK(needs_allowance(a_record(TreeOrigin::rebuilt, tree::Standing::usable)));
  CHECK_FALSE(needs_allowance(a_record(TreeOrigin::mended, tree::Standing::verified)));
  CHECK_FALSE(needs_allowance(a_record(TreeOrigin::named, tree::Standing::usable)));
  CHECK_FALSE(needs_allowance(a_record(TreeOrigin::installed, tree::Standing::usable)));
  CHECK_FALSE(needs_allowance(a_record(TreeOrigin::packages, tree::Standing::usable)));
  CHECK_FALSE(needs_allowance(store::TreeRecord{}));
}

TEST_CASE("a tree that nothing proves is told so, and one of which nothing was recorded too") {
  CHECK(told(a_record(TreeOrigin::mended, tree::Standing::usable)) ==
        "/tree (mended): usable, nothing proves it");
  CHECK(told(store::TreeRecord{}) == "unknown: nothing was recorded of it");
}

TEST_CASE("a record comes back from a bundle as it was") {
  const store::TreeRecord record{
      .path = "/tree", .origin = "named", .standing = "exact", .proofs = {"symbols", "canary"}};

  CHECK(record_of(carried(record)) == record);
  CHECK(record_of(bundle::BuiltIn{}) == store::TreeRecord{});
}
