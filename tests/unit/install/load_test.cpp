// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/load.hpp"

#include "support/fake_runner.hpp"
#include "unit/install/world.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::install;
using support::FakeRunner;
using world::a_world;
using world::World;

namespace {

LoadRequest a_request() {
  return {.module = "my-tty", .kernel = "6.1", .running = "6.1", .srcversion = "NEW"};
}

/// A world whose running kernel has my_tty, unused, of this srcversion.
World a_world_with_loaded(const std::string& srcversion) {
  auto world = a_world();
  world.write("/sys/module/my_tty/initstate", "live\n");
  world.write("/sys/module/my_tty/refcnt", "0\n");
  world.write("/sys/module/my_tty/srcversion", srcversion + "\n");
  world.write("/sys/module/my_tty/taint", "OE\n");
  world.write("/proc/modules", "other 16384 0 - Live 0x0\nmy_tty 16384 0 - Live 0x0000000000000000 (OE)\n");
  return world;
}

FakeRunner answering(const std::string& errors) {
  FakeRunner runner;
  runner.on("modprobe", {.status = 1, .errors = errors});
  runner.on("rmmod", {.status = 1, .errors = errors});
  return runner;
}

LoadReport report_for(const std::string& errors) {
  const auto world = a_world();
  auto runner = answering(errors);
  return load(a_request(), world.root, runner).value();
}

UnloadReport report_of_unload(const World& world) {
  FakeRunner runner;
  return unload(a_request(), world.root, runner).value();
}

}  // namespace

TEST_CASE("a module that is not there is loaded by name through modprobe") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("modprobe",
            {.output = "insmod /lib/modules/6.1/used.ko \ninsmod /lib/modules/6.1/my-tty.ko debug=1 \n"});

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::loaded);
  CHECK(report.steps == std::vector<std::string>{"insmod /lib/modules/6.1/used.ko",
                                                 "insmod /lib/modules/6.1/my-tty.ko debug=1"});
  REQUIRE(runner.commands.size() == 1);
  CHECK(runner.commands[0].text() == "modprobe --verbose my-tty");
}

TEST_CASE("a module that is there with the same srcversion is left alone") {
  const auto world = a_world_with_loaded("NEW");
  FakeRunner runner;

  CHECK(load(a_request(), world.root, runner).value().outcome == LoadOutcome::already_loaded_same);
  CHECK(runner.commands.empty());
}

TEST_CASE("an older build that is loaded is told with who uses it, and modprobe is not run") {
  const auto world = a_world_with_loaded("OLD");
  world.write("/sys/module/my_tty/holders/user_of_it", "");
  FakeRunner runner;

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::older_loaded);
  CHECK(report.holders == std::vector<std::string>{"user_of_it"});
  CHECK(report.detail == "another build of it is loaded and used by user_of_it; reload it or reboot");
  CHECK(runner.commands.empty());
}

TEST_CASE("a loaded module without a srcversion is not taken for the installed one") {
  const auto world = a_world_with_loaded("OLD");
  REQUIRE(world.root.remove("/sys/module/my_tty/srcversion"));
  FakeRunner runner;
  auto request = a_request();
  request.srcversion.reset();

  const auto report = load(request, world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::older_loaded);
  CHECK(report.detail.starts_with("perhaps another build of it is loaded"));
}

TEST_CASE("a loaded module without a srcversion is known by the build-id in the installed file") {
  const auto world = a_world_with_loaded("OLD");
  REQUIRE(world.root.remove("/sys/module/my_tty/srcversion"));
  world.write("/sys/module/my_tty/notes/.note.gnu.build-id", std::string("GNU\0\x12\x34", 6));
  FakeRunner runner;
  auto same = a_request();
  same.srcversion.reset();
  same.image = std::string(
      "\x7f"
      "ELF\0...GNU\0\x12\x34...",
      17);
  auto other = same;
  other.image = std::string(
      "\x7f"
      "ELF\0...GNU\0\x12\x35...",
      17);

  CHECK(load(same, world.root, runner).value().outcome == LoadOutcome::already_loaded_same);
  const auto report = load(other, world.root, runner).value();
  CHECK(report.outcome == LoadOutcome::older_loaded);
  CHECK(report.detail.starts_with("another build of it is loaded"));
}

TEST_CASE(
    "a module whose init crashed or has not ended is not waited for, and no build of it counts as loaded") {
  const auto world = a_world_with_loaded("NEW");
  world.write("/sys/module/my_tty/initstate", "coming\n");
  FakeRunner runner;

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::cannot_here);
  CHECK(report.detail.find("coming") != std::string::npos);
  CHECK(runner.commands.empty());
}

TEST_CASE("a modprobe that the kernel ends with a crashing module is told as a crash") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("modprobe", {.status = 128 + 9});

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::init_failed);
  CHECK(report.detail == "it crashed, and modprobe with it");
}

TEST_CASE("modprobe's words tell no device, a refusal of the loader and a failed init apart") {
  const auto no_device = report_for("modprobe: ERROR: could not insert 'my_tty': No such device\n");
  const auto no_address =
      report_for("modprobe: ERROR: could not insert 'my_tty': No such device or address\n");
  const auto format = report_for("modprobe: ERROR: could not insert 'my_tty': Exec format error\n");
  const auto symbol = report_for(
      "modprobe: ERROR: could not insert 'my_tty': Unknown symbol in module, or "
      "unknown parameter (see dmesg)\n");
  const auto key = report_for("modprobe: ERROR: could not insert 'my_tty': Key was rejected by service\n");
  const auto init = report_for("modprobe: ERROR: could not insert 'my_tty': Input/output error\n");
  const auto silent = report_for("");

  CHECK(no_device.outcome == LoadOutcome::no_device);
  CHECK(no_address.outcome == LoadOutcome::no_device);
  CHECK(format.outcome == LoadOutcome::refused);
  CHECK(format.detail == "could not insert 'my_tty': Exec format error");
  CHECK(format.errno_name == "ENOEXEC");
  CHECK(silent.errno_name.empty());
  CHECK(symbol.outcome == LoadOutcome::refused);
  CHECK(key.outcome == LoadOutcome::refused);
  CHECK(init.outcome == LoadOutcome::init_failed);
  CHECK(silent.outcome == LoadOutcome::init_failed);
  CHECK(silent.detail == "modprobe failed and said nothing");
}

TEST_CASE("a module whose init does not end is a failed init") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("modprobe", {.status = 137, .timed_out = true});

  CHECK(load(a_request(), world.root, runner).value().outcome == LoadOutcome::init_failed);
}

TEST_CASE("nothing is loaded for a kernel that does not run here, or one that loads nothing any more") {
  const auto world = a_world();
  const auto closed = a_world();
  closed.write("/proc/sys/kernel/modules_disabled", "1\n");
  auto other_kernel = a_request();
  other_kernel.running = "6.12";
  auto no_system = a_request();
  no_system.running = "";
  FakeRunner runner;

  CHECK(load(other_kernel, world.root, runner).value().detail == "the running kernel is 6.12");
  CHECK(load(other_kernel, world.root, runner).value().outcome == LoadOutcome::cannot_here);
  CHECK(load(no_system, world.root, runner).value().outcome == LoadOutcome::cannot_here);
  CHECK(load(a_request(), closed.root, runner).value().outcome == LoadOutcome::cannot_here);
  CHECK(unload(a_request(), closed.root, runner).value().outcome == UnloadOutcome::cannot_here);
  CHECK(runner.commands.empty());
}

TEST_CASE("an unused module is unloaded alone") {
  const auto world = a_world_with_loaded("OLD");
  FakeRunner runner;
  runner.on("rmmod", {});

  CHECK(unload(a_request(), world.root, runner).value().outcome == UnloadOutcome::unloaded);
  CHECK(runner.commands[0].text() == "rmmod my_tty");
}

TEST_CASE("a module that is used, permanent, half loaded or not there is not unloaded") {
  const auto held = a_world_with_loaded("OLD");
  held.write("/sys/module/my_tty/holders/user_of_it", "");
  held.write("/sys/module/my_tty/refcnt", "1\n");
  const auto open = a_world_with_loaded("OLD");
  open.write("/sys/module/my_tty/refcnt", "3\n");
  const auto permanent = a_world_with_loaded("OLD");
  permanent.write("/proc/modules", "my_tty 16384 0 [permanent], Live 0x0\n");
  const auto coming = a_world_with_loaded("OLD");
  coming.write("/sys/module/my_tty/initstate", "coming\n");
  const auto for_ever = a_world_with_loaded("OLD");
  REQUIRE(for_ever.root.remove("/sys/module/my_tty/refcnt"));

  CHECK(report_of_unload(held).outcome == UnloadOutcome::in_use);
  CHECK(report_of_unload(held).holders == std::vector<std::string>{"user_of_it"});
  CHECK(report_of_unload(open).detail == "in use 3 times");
  CHECK(report_of_unload(permanent).outcome == UnloadOutcome::permanent);
  CHECK(report_of_unload(coming).outcome == UnloadOutcome::not_live);
  CHECK(report_of_unload(for_ever).outcome == UnloadOutcome::permanent);
  CHECK(report_of_unload(a_world()).outcome == UnloadOutcome::not_loaded);
}

TEST_CASE("modules that are unloaded together go before what they use, whatever the order of the words") {
  const auto world = a_world_with_loaded("OLD");
  world.write("/sys/module/my_tty/holders/user_of_it", "");
  world.write("/sys/module/user_of_it/initstate", "live\n");
  world.write("/sys/module/user_of_it/refcnt", "0\n");
  FakeRunner runner;
  runner.on("rmmod user_of_it", {}, [&](const auto& /*command*/) {
    REQUIRE(world.root.remove("/sys/module/my_tty/holders/user_of_it"));
  });
  runner.on("rmmod my_tty", {});
  auto user = a_request();
  user.module = "user_of_it";

  const auto reports = unload_all({a_request(), user}, world.root, runner).value();

  REQUIRE(reports.size() == 2);
  CHECK(reports[0].module == "user_of_it");
  CHECK(reports[1].module == "my-tty");
  CHECK(reports[1].outcome == UnloadOutcome::unloaded);
}

TEST_CASE("what stays in use after all others went is told last, and once") {
  const auto world = a_world_with_loaded("OLD");
  world.write("/sys/module/my_tty/refcnt", "1\n");
  FakeRunner runner;
  auto absent = a_request();
  absent.module = "absent";

  const auto reports = unload_all({a_request(), absent}, world.root, runner).value();

  REQUIRE(reports.size() == 2);
  CHECK(reports[0].outcome == UnloadOutcome::not_loaded);
  CHECK(reports[1].outcome == UnloadOutcome::in_use);
}

TEST_CASE("a driver that is built in is not a loaded module") {
  const auto world = a_world();
  world.write("/sys/module/my_tty/parameters/debug", "0\n");

  CHECK_FALSE(loaded_module(world.root, "my-tty").value().has_value());
}

TEST_CASE("every outcome of a load has a name of its own that leads back to it") {
  CHECK(load_outcome_named("already_loaded_same") == LoadOutcome::already_loaded_same);
  CHECK(load_outcome_named("no_device") == LoadOutcome::no_device);
  CHECK_FALSE(load_outcome_named("exploded").has_value());
}
