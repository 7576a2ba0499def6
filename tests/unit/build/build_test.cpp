// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/build.hpp"

#include "support/files.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kpkg;
using build::BuildEnd;
using build::BuildOutcome;
using build::BuildRequest;

namespace {

/// Stands in for kbuild: make -C TREE M=DIR modules compiles every .c there to a "module".
constexpr const char* a_kbuild =
    "modules: $(patsubst %.c,%.ko,$(wildcard $(M)/*.c))\n"
    "\t@echo symvers > $(M)/Module.symvers\n"
    "%.ko: %.c\n"
    "\t$(CC) -c -g -o $@ $<\n";

/// A root with a tree, a source and everything a build needs; gone at the end of the test.
struct World {
  system::TempDir directory;
  system::SystemRunner runner;
  system::Sandbox sandbox;
  system::Jobserver jobserver;
  BuildRequest request;

  void add(const std::string& file, const std::string& text) const {
    test::put_file(request.source + "/" + file, text);
  }

  BuildOutcome build() {
    auto outcome = build::run_build(request, runner, sandbox, jobserver);
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : outcome.error().text()));
    return *outcome;
  }

  Error failure() {
    const auto outcome = build::run_build(request, runner, sandbox, jobserver);
    REQUIRE_FALSE(outcome.has_value());
    return outcome.error();
  }
};

World a_world(const std::string& name = "world") {
  auto directory = system::TempDir::create("/tmp", "kpkg-build-");
  REQUIRE(directory.has_value());
  system::SystemRunner runner;
  auto sandbox = system::Sandbox::choose(runner);
  REQUIRE(sandbox.has_value());
  auto jobserver = system::Jobserver::create(2);
  REQUIRE(jobserver.has_value());
  const auto top = directory->path() + "/" + name;
  const std::string tree = "/usr/src/linux-headers-9.9-kpkg";
  REQUIRE(system::make_directories(top + "/root" + tree + "/include/config").has_value());
  REQUIRE(system::write_file(top + "/root" + tree + "/Makefile", a_kbuild).has_value());
  REQUIRE(
      system::write_file(top + "/root" + tree + "/include/config/auto.conf", "CONFIG_SMP=y\n").has_value());
  World world{std::move(*directory), {}, std::move(*sandbox), std::move(*jobserver), {}};
  world.request.name = "pair";
  world.request.release = "9.9-kpkg";
  world.request.arch = "x86_64";
  world.request.root = top + "/root";
  world.request.tree = {.path = tree, .symvers = {}, .sources = {}};
  world.request.source = top + "/given";
  world.request.work = top + "/work";
  world.request.log = top + "/build.log";
  world.request.modules = {{.name = "pair"}};
  world.add("pair.c", "int pair;\n");
  return world;
}

std::string bytes_of(const BuildOutcome& outcome) {
  REQUIRE(outcome.modules.size() == 1);
  return *system::read_file(outcome.modules.front().file);
}

}  // namespace

TEST_CASE("a build yields the module, its symvers, the log and what it was made with") {
  auto world = a_world();

  const auto outcome = world.build();

  CHECK(outcome.end == BuildEnd::succeeded);
  REQUIRE(outcome.modules.size() == 1);
  CHECK(outcome.modules.front().name == "pair");
  CHECK(outcome.modules.front().file.ends_with("/work/source/pair.ko"));
  REQUIRE(outcome.symvers.has_value());
  CHECK(outcome.symvers->ends_with("/work/source/Module.symvers"));
  CHECK(outcome.command.find("make -C /usr/src/linux-headers-9.9-kpkg M=/build/source CC=gcc") == 0);
  CHECK(outcome.compiler.find("gcc") == 0);
  CHECK(system::read_file(outcome.log)->find("kpkg: make -C") == 0);
}

TEST_CASE("the given source stays as it is") {
  auto world = a_world();

  static_cast<void>(world.build());

  CHECK(system::list_directory(world.request.source)->value().size() == 1);
}

TEST_CASE("the same source in differently named directories gives the same bytes") {
  auto first = a_world("one");
  auto second = a_world("another: place");

  CHECK(bytes_of(first.build()) == bytes_of(second.build()));
}

TEST_CASE("stale products are dropped, counted and told of") {
  auto world = a_world();
  world.add("pair.ko", "stale");
  world.add("sub/Module.symvers", "stale");

  const auto outcome = world.build();

  CHECK(outcome.dropped_products == 2);
  CHECK(bytes_of(outcome) != "stale");
  CHECK(std::count(outcome.notes.begin(), outcome.notes.end(),
                   "the source brought 2 products of an earlier build, which were dropped") == 1);
}

TEST_CASE("a build that fails says where and why") {
  auto world = a_world();
  world.add("pair.c", "int pair\n");

  const auto outcome = world.build();

  CHECK(outcome.end == BuildEnd::failed);
  REQUIRE(outcome.error.has_value());
  CHECK(outcome.error->file == "/build/source/pair.c");
  CHECK(outcome.error->line == 1);
}

TEST_CASE("a module that did not come out is missed, and what came out is named") {
  auto world = a_world();
  world.request.modules = {{.name = "pear"}};

  const auto outcome = world.build();

  CHECK(outcome.end == BuildEnd::incomplete);
  CHECK(outcome.error->text == "the build made no pear.ko; it made pair.ko");
}

TEST_CASE("an optional module may be missing") {
  auto world = a_world();
  world.request.modules = {{.name = "pair"}, {.name = "pear", .optional = true}};

  CHECK(world.build().succeeded());
}

TEST_CASE("dashes and underscores are equal in module names, also in subdirectories") {
  auto world = a_world();
  world.request.build.steps = {{"mkdir", "sub"}, {"cp", "pair.c", "sub/my-pair.ko"}};
  world.request.modules = {{.name = "my_pair"}};

  CHECK(world.build().modules.front().file.ends_with("/sub/my-pair.ko"));
}

TEST_CASE("two modules of one name are ambiguous unless a path tells") {
  auto world = a_world();
  world.request.build.steps = {
      {"mkdir", "one", "two"}, {"cp", "pair.c", "one/pair.ko"}, {"cp", "pair.c", "two/pair.ko"}};

  CHECK(world.build().error->text == "the build made pair more than once: one/pair.ko and two/pair.ko");
  world.request.modules.front().path = "two/pair.ko";
  CHECK(world.build().modules.front().file.ends_with("/two/pair.ko"));
}

TEST_CASE("a module that is a link out of the source is refused") {
  auto world = a_world();
  world.request.build.steps = {{"ln", "-s", "/etc/hostname", "pair.ko"}};

  const auto outcome = world.build();

  CHECK(outcome.end == BuildEnd::incomplete);
  CHECK(outcome.modules.empty());
  CHECK(outcome.error->text == "pair.ko is a link that leads out of the source");
}

TEST_CASE("a module of absurd size is refused") {
  auto world = a_world();
  world.request.build.steps = {{"truncate", "-s", "65M", "pair.ko"}};

  CHECK(world.build().error->text == "pair.ko is larger than 64 MB");
}

TEST_CASE("placeholders are filled in, and other dollars stay") {
  auto world = a_world();
  const auto symvers = world.request.root + "/other.symvers";
  REQUIRE(system::write_file(symvers, "chained\n").has_value());
  world.request.symvers = {{"other", symvers}};
  world.request.build.environment = {{"WORDS", "${arch}-${jobs}"}};
  world.request.build.steps = {{"sh", "-c", "echo $WORDS ${tree} ${release} ${source}; cat ${symvers.other}"},
                               {"touch", "pair.ko"}};

  REQUIRE(world.build().succeeded());

  CHECK(system::read_file(world.request.log)
            ->find("\nx86_64-2 /usr/src/linux-headers-9.9-kpkg 9.9-kpkg /build/source\nchained\n") !=
        std::string::npos);
}

TEST_CASE("a placeholder that nothing is known of is an error with its name") {
  auto world = a_world();
  world.request.build.steps = {{"echo", "${symvers.gone}"}};

  const auto error = world.failure();

  CHECK(error.kind == ErrorKind::invalid);
  CHECK(error.message == "nothing is known as ${symvers.gone} in a build step");
}

TEST_CASE("steps get an environment of their own, without KERNELRELEASE") {
  auto world = a_world();
  world.request.source_date = 86400;
  world.request.build.steps = {{"env"}, {"touch", "pair.ko"}};

  REQUIRE(world.build().succeeded());

  const auto log = *system::read_file(world.request.log);
  CHECK(log.find("\nKVERSION=9.9-kpkg\n") != std::string::npos);
  CHECK(log.find("\nSOURCE_DATE_EPOCH=86400\n") != std::string::npos);
  CHECK(log.find("\nHOME=/tmp\n") != std::string::npos);
  CHECK(log.find("KERNELRELEASE") == std::string::npos);
}

TEST_CASE("kbuild is told that a module is for User-mode Linux") {
  for (const std::string arch : {"x86_64", "um"}) {
    CAPTURE(arch);
    auto world = a_world();
    world.request.arch = arch;
    world.request.build.steps = {{"env"}, {"touch", "pair.ko"}};

    REQUIRE(world.build().succeeded());

    const auto is_told = system::read_file(world.request.log)->find("\nARCH=um\n") != std::string::npos;
    CHECK(is_told == (arch == "um"));
  }
}

TEST_CASE("make in a step works under the jobserver and with the chosen compiler") {
  auto world = a_world();
  world.add("Makefile",
            "all:\n\t+@echo flags $(filter -j%,$(MAKEFLAGS)) with $(CC); touch pair.ko\nCC = none\n");
  world.request.build.steps = {{"make"}};

  REQUIRE(world.build().succeeded());

  const auto log = *system::read_file(world.request.log);
  CHECK(log.find("flags -j2 with gcc\n") != std::string::npos);
  CHECK(log.find("warning") == std::string::npos);
}

TEST_CASE("a time limit is an outcome") {
  auto world = a_world();
  world.request.timeout = std::chrono::minutes(0);

  CHECK(world.build().end == BuildEnd::timed_out);
}

TEST_CASE("a compiler that was killed is tried once more with one job") {
  auto world = a_world();
  world.request.build.steps = {{"sh", "-c",
                                "test ${jobs} = 1 && touch pair.ko && exit; echo gcc: fatal error: Killed "
                                "signal terminated program cc1; false"}};

  const auto outcome = world.build();

  CHECK(outcome.succeeded());
  CHECK(std::count(outcome.notes.begin(), outcome.notes.end(),
                   "the machine ran out of memory; tried once more with one job") == 1);
}

TEST_CASE("a kernel without tree is an error of that kind") {
  auto world = a_world();
  world.request.tree = {};

  CHECK(world.failure().kind == ErrorKind::no_tree);
}

TEST_CASE("a directory that the tree needs and that is absent is an error of that kind") {
  auto world = a_world();
  world.request.visible.emplace_back("/usr/lib/linux-kbuild-9.9");

  CHECK(world.failure().kind == ErrorKind::no_tree);
}
