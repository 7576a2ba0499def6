// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/interpreter.hpp"

#include "world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using system::SandboxMeans;
using system::SandboxStrength;
using test::DkmsWorld;

namespace {

system::Sandbox a_sandbox_without(std::vector<SandboxMeans> unavailable) {
  system::SystemRunner runner;
  auto sandbox = system::Sandbox::choose(runner, {.helper = "", .unavailable = std::move(unavailable)});
  REQUIRE(sandbox.has_value());
  return std::move(*sandbox);
}

const std::vector<SandboxMeans> bubblewraps = {SandboxMeans::bubblewrap,
                                               SandboxMeans::bubblewrap_from_chroot};
const std::vector<SandboxMeans> all_means = {SandboxMeans::bubblewrap, SandboxMeans::bubblewrap_from_chroot,
                                             SandboxMeans::landlock};

constexpr std::string_view curious =
    "pushd ${BASH_SOURCE%/*}\nPOST_ADD=$(cat note)\npopd\n"
    "PRE_BUILD=$(grep -c CONFIG_PCI=y $kernel_source_dir/.config)\n"
    "POST_BUILD=$(echo kept > $TMPDIR/kept && cat $TMPDIR/kept)\n"
    "(echo > ${BASH_SOURCE%/*}/written) 2>/dev/null && POST_REMOVE=written\n"
    "PRE_INSTALL='x *'\n"
    "BUILD_EXCLUSIVE_CONFIG=CONFIG_PCI\n";

void claim_that_it_works_in(const system::Sandbox& sandbox) {
  DkmsWorld world;
  world.more_conf(curious).file("/usr/src/driver-1.0/note", "beside").on_this_machine();

  const auto conf = world.read_in(sandbox);

  CHECK(test::said(conf).empty());
  CHECK(conf.scripts.post_add == "beside");
  CHECK(conf.scripts.pre_build == "1");
  CHECK(conf.scripts.post_build == "kept");
  CHECK(conf.scripts.post_remove.empty());
  CHECK(conf.scripts.pre_install == "x *");
  CHECK_FALSE(conf.is_excluded);
}

}  // namespace

TEST_CASE("a dkms.conf of this machine is read in the strongest sandbox") {
  claim_that_it_works_in(test::the_sandbox());
}

TEST_CASE("a dkms.conf of this machine is read without mount namespaces, and without Landlock as well") {
  claim_that_it_works_in(a_sandbox_without(bubblewraps));
  claim_that_it_works_in(a_sandbox_without(all_means));
}

TEST_CASE("a dkms.conf of another root cannot be read without mount namespaces, and that is said") {
  DkmsWorld world;
  world.more_conf("");
  const auto sandbox = a_sandbox_without(bubblewraps);
  const auto root = *system::Root::open(world.directory());
  dkmsconf::Interpreter interpreter(root, world.memory);

  const auto conf = dkmsconf::read_conf(world.request, world.framework, interpreter, {world.runner, sandbox});

  REQUIRE_FALSE(conf.has_value());
  CHECK(conf.error().kind == ErrorKind::unsupported);
}
