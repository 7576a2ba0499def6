// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/artifact_directory.hpp"

#include "unit/store/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::store;
using namespace kpkg::store::world;

TEST_CASE("an artifact is kept under its digest and comes back") {
  const auto world = a_world();

  const auto digest = keep_artifact(world.root, "module bytes").value();

  CHECK(digest == crypto::sha256("module bytes"));
  CHECK(artifact_path(digest) ==
        "/var/lib/kpkg/store/" + digest.hex().substr(0, 2) + "/" + digest.hex() + ".ko-file");
  CHECK(read_artifact(world.root, digest).value() == "module bytes");
  CHECK(kept_artifacts(world.root).value() == std::vector{digest});
}

TEST_CASE("a damaged artifact is a matter of trust when it is used, and is replaced when it is kept again") {
  const auto world = a_world();
  const auto digest = keep_artifact(world.root, "module bytes").value();
  REQUIRE(world.root.write(artifact_path(digest), "module bytez"));

  const auto damaged = read_artifact(world.root, digest);
  const auto again = keep_artifact(world.root, "module bytes");

  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().kind == ErrorKind::trust);
  CHECK(again == digest);
  CHECK(read_artifact(world.root, digest).value() == "module bytes");
}

TEST_CASE("a dropped artifact is not found, and dropping it twice is no failure") {
  const auto world = a_world();
  const auto digest = keep_artifact(world.root, "module bytes").value();

  CHECK(drop_artifact(world.root, digest));
  CHECK(drop_artifact(world.root, digest));

  CHECK(read_artifact(world.root, digest).error().kind == ErrorKind::not_found);
  CHECK(kept_artifacts(world.root).value().empty());
}

TEST_CASE("files that are no artifacts are passed over") {
  const auto world = a_world();
  REQUIRE(world.root.make_directories("/var/lib/kpkg/store/aa"));
  REQUIRE(world.root.write("/var/lib/kpkg/store/aa/README.ko-file", "?"));
  REQUIRE(world.root.write("/var/lib/kpkg/store/stray", "?"));

  CHECK(kept_artifacts(world.root).value().empty());
}

TEST_CASE("what a killed command had begun to write goes away, and artifacts stay") {
  const auto world = a_world();
  const auto digest = keep_artifact(world.root, "module bytes").value();
  const auto begun = artifact_path(digest) + ".kpkg-a1B2c3";
  REQUIRE(world.root.write(begun, "module by"));

  const auto dropped = drop_unfinished_artifacts(world.root);

  CHECK(dropped.has_value());
  CHECK_FALSE(world.root.status(begun)->has_value());
  CHECK(read_artifact(world.root, digest).value() == "module bytes");
}

TEST_CASE("the artifacts of a root without a store are none") {
  const auto world = a_world();

  CHECK(kept_artifacts(world.root).value().empty());
}
