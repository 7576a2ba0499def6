// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/tree_records.hpp"

#include "workflow/bundles.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::workflow;

namespace {

const kernel::KernelTree a_tree{.path = "/tree"};

tree::Attestation an_attestation(tree::Standing standing) {
  return {.standing = standing,
          .observations = {
              {.aspect = tree::Aspect::symbols, .weight = tree::Weight::good, .text = "they are equal"}}};
}

std::vector<std::string> proofs_of(tree::Attestation attestation) {
  return record_of(a_tree, TreeOrigin::named, attestation).proofs;
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
  const auto record = record_of(a_tree, TreeOrigin::packages, an_attestation(tree::Standing::verified));

  CHECK(record == store::TreeRecord{
                      .path = "/tree", .origin = "packages", .standing = "verified", .proofs = {"symbols"}});
  CHECK(told(record) == "/tree (packages): verified, proved by symbols");
}

TEST_CASE("symbols prove nothing of a tree of which something else could not be compared") {
  CHECK(proofs_of(an_attestation(tree::Standing::usable)).empty());
}

TEST_CASE("a canary that still holds is told beside what else proves a tree") {
  auto attestation = an_attestation(tree::Standing::exact);
  attestation.observations.push_back({.aspect = tree::Aspect::canary, .weight = tree::Weight::good});

  CHECK(proofs_of(attestation) == Proofs{"symbols", "canary"});
}

TEST_CASE("a canary that was proved of other files proves nothing") {
  auto attestation = an_attestation(tree::Standing::verified);
  attestation.observations.push_back({.aspect = tree::Aspect::canary, .weight = tree::Weight::unknown});

  CHECK(proofs_of(attestation) == Proofs{"symbols"});
}

TEST_CASE("only a tree that kpkg made and nothing proves needs to be allowed") {
  CHECK(needs_allowance(a_record(TreeOrigin::mended, tree::Standing::usable)));
  CHECK(needs_allowance(a_record(TreeOrigin::kheaders, tree::Standing::usable)));
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

TEST_CASE("a bundle is refused that was built in a copy which nothing proves, and the option is named") {
  const auto a_bundle = [](TreeOrigin origin, tree::Standing standing) {
    bundle::Build build{.recipe = "tty0tty", .version = "1.4"};
    build.tree = carried(a_record(origin, standing));
    return bundle::Bundle{.kernel = {}, .tree_grade = "", .builds = {bundle::Build{}, build}};
  };

  const auto refused = must_be_allowed(a_bundle(TreeOrigin::rebuilt, tree::Standing::usable));

  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::incompatible);
  CHECK(refused.error().message ==
        "tty0tty was built in a tree that nothing proves: /tree (rebuilt): usable, nothing proves it");
  CHECK(refused.error().hint.find("--allow-unverified") != std::string::npos);
  CHECK(must_be_allowed(a_bundle(TreeOrigin::rebuilt, tree::Standing::verified)));
  CHECK(must_be_allowed(a_bundle(TreeOrigin::named, tree::Standing::usable)));
}

TEST_CASE("a record comes back from a bundle as it was") {
  const store::TreeRecord record{
      .path = "/tree", .origin = "named", .standing = "exact", .proofs = {"symbols", "canary"}};

  CHECK(record_of(carried(record)) == record);
  CHECK(record_of(bundle::BuiltIn{}) == store::TreeRecord{});
}
