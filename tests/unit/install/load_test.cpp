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

/// Where every module's file is there.
World a_world_with_files() {
  auto world = a_world();
  world.write("/lib/modules/6.1/my-tty.ko", "");
  world.write("/lib/modules/6.1/used.ko", "");
  return world;
}

LoadReport report_for(const std::string& output) {
  const auto world = a_world_with_files();
  FakeRunner runner;
  runner.on("kpkg-kmod", {.status = 1, .output = output});
  return load(a_request(), world.root, runner).value();
}

/// What became of a module that the kernel answered to like this.
LoadReport report_for_errno(const std::string& error) {
  return report_for("step insmod /lib/modules/6.1/my-tty.ko \nfailed " + error + "\n");
}

UnloadReport report_of_unload(const World& world) {
  FakeRunner runner;
  return unload(a_request(), world.root, runner).value();
}

}  // namespace

TEST_CASE("a module that is not there is loaded by its name, and every step is told") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("kpkg-kmod", {.output = "step insmod /lib/modules/6.1/used.ko \n"
                                    "step insmod /lib/modules/6.1/my-tty.ko debug=1\ndone\n"});

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::loaded);
  CHECK(report.steps == std::vector<std::string>{"insmod /lib/modules/6.1/used.ko",
                                                 "insmod /lib/modules/6.1/my-tty.ko debug=1"});
  REQUIRE(runner.commands.size() == 1);
  CHECK(runner.commands[0].text() == "kpkg-kmod insert my-tty");
}

TEST_CASE("a command of modprobe.d that loads no module in its place is told, and nothing counts as loaded") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("kpkg-kmod", {.output = "step install /bin/true\ndone\n"});

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::cannot_here);
  CHECK(report.detail == "modprobe.d says to do instead: install /bin/true");
}

TEST_CASE("a command of modprobe.d that loads the module itself has loaded it") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("kpkg-kmod", {.output = "step install /sbin/modprobe --ignore-install my-tty\ndone\n"},
            [&](const auto& /*command*/) { world.write("/sys/module/my_tty/initstate", "live\n"); });

  CHECK(load(a_request(), world.root, runner).value().outcome == LoadOutcome::loaded);
}

TEST_CASE("a command of modprobe.d that fails is told with its words, and not as the kernel's answer") {
  const auto report = report_for(
      "step install /bin/false\n"
      "word Error running install command '/bin/false' for module my_tty: retcode 1\n"
      "failed EINVAL Invalid argument\n");

  CHECK(report.outcome == LoadOutcome::cannot_here);
  CHECK(report.detail == "Error running install command '/bin/false' for module my_tty: retcode 1");
  CHECK(report.errno_name.empty());
}

TEST_CASE("a needed module that does not get in is named") {
  const auto refused =
      report_for("step insmod /lib/modules/6.1/used.ko \nfailed ENOEXEC Exec format error\n");
  const auto crashed = report_for("step insmod /lib/modules/6.1/used.ko \n");

  CHECK(refused.outcome == LoadOutcome::refused);
  CHECK(refused.culprit == "used");
  CHECK(refused.detail == "could not insert 'used', which my-tty needs: Exec format error");
  CHECK(crashed.outcome == LoadOutcome::init_failed);
  CHECK(crashed.detail == "used, which it needs: kpkg-kmod ended and said nothing");
}

TEST_CASE("a file that modules.dep names and that is not there is told, not taken for a missing symbol") {
  const auto report =
      report_for("step insmod /lib/modules/6.1/gone.ko \nfailed ENOENT No such file or directory\n");

  CHECK(report.outcome == LoadOutcome::cannot_here);
  CHECK(report.detail == "modules.dep names /lib/modules/6.1/gone.ko, which is not there; run depmod");
}

TEST_CASE("a name that modprobe's index does not have is told, and is no refusal of the kernel") {
  const auto report = report_for(
      "word Module my-tty not found in directory /lib/modules/6.1\n"
      "failed ENOENT No such file or directory\n");

  CHECK(report.outcome == LoadOutcome::cannot_here);
  CHECK(report.detail == "Module my-tty not found in directory /lib/modules/6.1");
}

TEST_CASE("a module that is there with the same srcversion is left alone") {
  const auto world = a_world_with_loaded("NEW");
  FakeRunner runner;

  CHECK(load(a_request(), world.root, runner).value().outcome == LoadOutcome::already_loaded_same);
  CHECK(runner.commands.empty());
}

TEST_CASE("an older build that is loaded is told with who uses it, and nothing is tried") {
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

TEST_CASE("a crash of the module that ends the program which loads it is told as a crash") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("kpkg-kmod", {.status = 128 + 9, .output = "step insmod /lib/modules/6.1/my-tty.ko \n"});

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::init_failed);
  CHECK(report.detail == "it crashed, and the program that asked for it with it");
}

TEST_CASE("the errno tells no device, a refusal of the loader and a failed init apart") {
  const auto no_device = report_for_errno("ENODEV No such device");
  const auto no_address = report_for_errno("ENXIO No such device or address");
  const auto format = report_for_errno("ENOEXEC Exec format error");
  const auto symbol = report_for_errno("ENOENT No such file or directory");
  const auto key = report_for_errno("EKEYREJECTED Key was rejected by service");
  const auto init = report_for_errno("EIO Input/output error");

  CHECK(no_device.outcome == LoadOutcome::no_device);
  CHECK(no_address.outcome == LoadOutcome::no_device);
  CHECK(format.outcome == LoadOutcome::refused);
  CHECK(format.detail == "could not insert 'my_tty': Exec format error");
  CHECK(format.errno_name == "ENOEXEC");
  CHECK(symbol.outcome == LoadOutcome::refused);
  CHECK(symbol.detail ==
        "could not insert 'my_tty': Unknown symbol in module, or unknown parameter (see dmesg)");
  CHECK(key.outcome == LoadOutcome::refused);
  CHECK(init.outcome == LoadOutcome::init_failed);
}

TEST_CASE("a module whose init does not end is a failed init") {
  const auto world = a_world();
  FakeRunner runner;
  runner.on("kpkg-kmod",
            {.status = 137, .timed_out = true, .output = "step insmod /lib/modules/6.1/my-tty.ko \n"});

  const auto report = load(a_request(), world.root, runner).value();

  CHECK(report.outcome == LoadOutcome::init_failed);
  CHECK(report.detail == "it did not end in time");
}

TEST_CASE("without the program that asks the kernel nothing is loaded, and that is an error") {
  const auto world = a_world();
  FakeRunner runner;

  CHECK(load(a_request(), world.root, runner).error().kind == ErrorKind::not_found);
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
  runner.on("kpkg-kmod", {.output = "done\n"});

  CHECK(unload(a_request(), world.root, runner).value().outcome == UnloadOutcome::unloaded);
  CHECK(runner.commands[0].text() == "kpkg-kmod remove my_tty");
}

TEST_CASE("a module that the kernel does not let go stays, with the kernel's errno") {
  const auto world = a_world_with_loaded("OLD");
  FakeRunner used;
  used.on("kpkg-kmod", {.status = 1, .output = "failed EAGAIN Resource temporarily unavailable\n"});
  FakeRunner refusing;
  refusing.on("kpkg-kmod", {.status = 1, .output = "failed EPERM Operation not permitted\n"});

  const auto raced = unload(a_request(), world.root, used).value();
  const auto refused = unload(a_request(), world.root, refusing).value();

  CHECK(raced.outcome == UnloadOutcome::failed);
  CHECK(raced.detail == "Module my_tty is in use");
  CHECK(refused.detail == "could not remove 'my_tty': Operation not permitted");
  CHECK(refused.errno_name == "EPERM");
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
  runner.on("remove user_of_it", {.output = "done\n"}, [&](const auto& /*command*/) {
    REQUIRE(world.root.remove("/sys/module/my_tty/holders/user_of_it"));
  });
  runner.on("remove my_tty", {.output = "done\n"});
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
