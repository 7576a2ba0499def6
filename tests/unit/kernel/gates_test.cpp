// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/gates.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::FakeRoot;

namespace {

const std::string directory = "/lib/modules/6.1.0-test";

abi::Gates gates_of(const FakeRoot& world, kernel::MachineFacts machine,
                    const abi::SignaturePolicy& policy = {}) {
  kernel::Kernel kernel;
  kernel.module_directory = directory;
  return kernel::learn_gates(world.root(), kernel, policy, machine).value();
}

FakeRoot& add_running(FakeRoot& world) {
  world.file("/proc/cmdline", "quiet module_blacklist=a,b\n")
      .file("/proc/sys/kernel/modules_disabled", "1\n");
  world.file("/sys/module/module/parameters/sig_enforce", "Y\n");
  return world.file("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
}

}  // namespace

TEST_CASE("the running kernel says what it takes now, and what it was booted with") {
  FakeRoot world;

  const auto gates = gates_of(add_running(world), {.runs_kernel = true});

  CHECK(gates.modules_disabled == true);
  CHECK(gates.enforces_signatures == true);
  CHECK(gates.is_locked_down == true);
  CHECK(gates.boot_blacklist == std::vector<std::string>{"a", "b"});
}

TEST_CASE("what runs says nothing of another kernel") {
  FakeRoot world;

  CHECK(gates_of(add_running(world), {}) == abi::Gates{});
}

TEST_CASE("a machine that boots securely locks down the kernels that do so") {
  FakeRoot world;
  world.file("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
             std::string("\x06\0\0\0\x01", 5));

  CHECK(gates_of(world, {.boots_kernel = true}, {.locks_in_secure_boot = true}).is_locked_down == true);
  CHECK_FALSE(gates_of(world, {.boots_kernel = true}).is_locked_down.has_value());
  CHECK_FALSE(gates_of(world, {}, {.locks_in_secure_boot = true}).is_locked_down.has_value());
}

TEST_CASE("a machine that boots securely makes kernels with IMA's policy for it enforce signatures") {
  FakeRoot world;
  world.file("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
             std::string("\x06\0\0\0\x01", 5));

  const auto gates = gates_of(world, {.boots_kernel = true}, {.enforces_in_secure_boot = true});

  CHECK(gates.enforces_signatures == true);
  CHECK_FALSE(gates_of(world, {.boots_kernel = true}).enforces_signatures.has_value());
}

TEST_CASE("the running kernel tells FIPS mode, IMA's rules for modules and what it unpacks") {
  FakeRoot world;
  world.file("/proc/sys/crypto/fips_enabled", "1\n").file("/sys/module/compression", "xz\n");
  world.file("/sys/kernel/security/ima/policy",
             "measure func=MODULE_CHECK\nappraise func=MODULE_CHECK appraise_type=imasig\n");

  const auto gates = gates_of(world, {.runs_kernel = true});

  CHECK(gates.is_fips == true);
  CHECK(gates.ima_appraises == true);
  CHECK(gates.kernel_unpacks == "xz");
}

TEST_CASE("rules of IMA that only measure modules appraise none") {
  FakeRoot world;
  world.file("/sys/kernel/security/ima/policy", "measure func=MODULE_CHECK\nappraise func=BPRM_CHECK\n");

  CHECK(gates_of(world, {.runs_kernel = true}).ima_appraises == false);
}

TEST_CASE("lines of modprobe.d name their file, and a file hides those of its name further down") {
  FakeRoot world;
  world.file("/etc/modprobe.d/a.conf", "# blacklist none\nblacklist floppy-disk\n");
  world.file("/usr/lib/modprobe.d/a.conf", "blacklist hidden\n");
  world.file("/usr/lib/modprobe.d/b.conf", "install dccp \\\n  /bin/false\noptions x y=1\ninstall\n");
  world.file("/etc/modprobe.d/c.txt", "blacklist ignored\n");

  CHECK(kernel::modprobe_lines(world.root()).value() ==
        std::vector<abi::ModprobeLine>{{"floppy_disk", "", "/etc/modprobe.d/a.conf"},
                                       {"dccp", "/bin/false", "/usr/lib/modprobe.d/b.conf"}});
}

TEST_CASE("a built-in driver has a directory if it has a version, and may have one if it has parameters") {
  FakeRoot world;
  world.file(directory + "/modules.builtin",
             "kernel/drivers/block/loop.ko\nkernel/lib/crc-t10dif.ko\nkernel/a/zram.ko\n");
  world.file(directory + "/modules.builtin.modinfo",
             std::string("loop.license=GPL\0loop.parm=max_loop:x\0zram.version=1\0zram.parm=y:z\0", 67));

  CHECK(kernel::built_in_modules(world.root(), directory).value() ==
        std::vector<abi::BuiltInModule>{{"crc_t10dif", false}, {"loop", std::nullopt}, {"zram", true}});
}

TEST_CASE("of built-in drivers without a description nobody knows whether they have a directory") {
  FakeRoot world;
  world.file(directory + "/modules.builtin", "kernel/drivers/block/loop.ko\n");

  CHECK(kernel::built_in_modules(world.root(), directory).value() ==
        std::vector<abi::BuiltInModule>{{"loop", std::nullopt}});
}
