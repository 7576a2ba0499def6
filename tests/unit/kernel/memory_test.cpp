// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/memory.hpp"

#include "fake_root.hpp"
#include "kernel/index_renewal.hpp"
#include "support/btf_writer.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace kpkg;
using test::FakeRoot;

namespace {

const std::string directory = "/lib/modules/6.1.0-test";

/// Remembers in this process, and counts.
class TestMemory : public kernel::Memory {
 public:
  std::optional<SharedBytes> recall(const std::string& key) override {
    const auto found = kept.find(key);
    return found == kept.end() ? std::nullopt : std::optional(SharedBytes(found->second));
  }
  void keep(const std::string& key, std::string_view bytes) override {
    kept[key] = bytes;
    ++times_kept;
  }

  std::map<std::string, std::string> kept;
  int times_kept = 0;
};

/// A memory that never has anything: that of a user who may not write.
class NoMemory : public kernel::Memory {
 public:
  std::optional<SharedBytes> recall(const std::string& /*key*/) override { return std::nullopt; }
  void keep(const std::string& /*key*/, std::string_view /*bytes*/) override {}
};

FakeRoot& add_kernel(FakeRoot& world) {
  world.own_module(directory + "/kernel/fs/ext4.ko").file(directory + "/modules.dep", "kernel/fs/ext4.ko:\n");
  world.file("/boot/config-6.1.0-test", "CONFIG_MODULES=y\n").file("/boot/vmlinuz-6.1.0-test", "image");
  return world.tree(directory + "/build")
      .file(directory + "/build/Module.symvers",
            "0x00001111\tusb_submit_urb\tusbcore\tEXPORT_SYMBOL_GPL\t\n");
}

kernel::Learned learned(const FakeRoot& world, kernel::Memory& memory) {
  auto result = kernel::learn(world.root(), test::kernel_of(world), memory);
  REQUIRE(result.has_value());
  return *result;
}

/// Facts of a kernel with one type, whose BTF is not at hand.
abi::KernelFacts facts_with_types(kernel::Memory& memory) {
  test::BtfWriter types;
  types.structure("device", 8, {});
  const auto bytes = types.bytes();
  abi::KernelFacts facts;
  facts.btf.digest = crypto::sha256(bytes);
  memory.keep(kernel::btf_key(*facts.btf.digest), bytes);
  return facts;
}

}  // namespace

TEST_CASE("the table of a kernel's types is made of its BTF once, and then remembered") {
  TestMemory memory;
  auto made = facts_with_types(memory);
  auto remembered = made;

  kernel::add_type_table(made, memory);
  memory.kept.erase(kernel::btf_key(*made.btf.digest));
  kernel::add_type_table(remembered, memory);

  REQUIRE(made.btf.table != nullptr);
  CHECK(made.btf.table->named("device").size() == 1);
  CHECK(remembered == made);
}

TEST_CASE("without BTF, or with another than was learned, there is no table of types") {
  TestMemory memory;
  auto nothing = abi::KernelFacts();
  auto other = facts_with_types(memory);
  memory.kept[kernel::btf_key(*other.btf.digest)] = "another kernel's";

  kernel::add_type_table(nothing, memory);
  kernel::add_type_table(other, memory);

  CHECK(nothing.btf.table == nullptr);
  CHECK(other.btf.table == nullptr);
}

TEST_CASE("what is remembered of a kernel is what was learned") {
  FakeRoot world;
  add_kernel(world);
  TestMemory memory;

  const auto first = learned(world, memory);
  const auto second = learned(world, memory);

  CHECK(second == first);
  CHECK(second == kernel::learn(world.root(), test::kernel_of(world)).value());
  CHECK(memory.times_kept == 1);
}

TEST_CASE("memory is believed: a module that changed while no list of them did is not looked at again") {
  FakeRoot world;
  add_kernel(world);
  TestMemory memory;
  const auto first = learned(world, memory);
  world.file(directory + "/kernel/fs/ext4.ko", "not an ELF file");

  CHECK(learned(world, memory) == first);
}

TEST_CASE("each file that a kernel is learned from makes it be learned again when it is replaced") {
  FakeRoot world;
  add_kernel(world);
  TestMemory memory;
  int wanted = 0;
  for (const auto& path : std::vector<std::string>{directory + "/modules.dep", directory + "/modules.builtin",
                                                   directory + "/config", directory + "/build/Module.symvers",
                                                   directory + "/build/include/generated/compile.h",
                                                   "/boot/vmlinuz-6.1.0-test", "/boot/config-6.1.0-test"}) {
    CAPTURE(path);
    learned(world, memory);
    world.file(path, "CONFIG_MODULES=y\n# " + path + "\n");
    learned(world, memory);
    CHECK(memory.times_kept == ++wanted + 1);
  }
}

TEST_CASE("an index that is written for modules of others changes nothing of what is remembered") {
  FakeRoot world;
  TestMemory memory;
  const auto first = learned(add_kernel(world), memory);
  const auto write = [&]() -> Status {
    world.file(directory + "/kernel/fs/ext4.ko", "not an ELF file");  // to be noticed if it were looked at
    world.file(directory + "/modules.dep", "kernel/fs/ext4.ko:\nupdates/dkms/driver.ko:\n");
    return {};
  };

  CHECK(kernel::renew_index(world.root(), test::kernel_of(world), memory, write).has_value());
  CHECK(kernel::renew_index(world.root(), test::kernel_of(world), memory, write).has_value());

  CHECK(learned(world, memory) == first);
}

TEST_CASE("an index that is written while something else changes makes a kernel be learned again") {
  FakeRoot world;
  TestMemory memory;
  learned(add_kernel(world), memory);
  const auto kept = memory.times_kept;

  CHECK(kernel::renew_index(world.root(), test::kernel_of(world), memory, [&]() -> Status {
          world.file(directory + "/modules.dep", "kernel/fs/ext4.ko:\n ");
          world.file("/boot/vmlinuz-6.1.0-test", "another image");
          return {};
        }).has_value());
  learned(world, memory);

  CHECK(memory.times_kept == kept + 1);
}

TEST_CASE("a kernel that begins to run is learned again") {
  FakeRoot world;
  add_kernel(world);
  TestMemory memory;
  auto kernel = test::kernel_of(world);
  CHECK(kernel::learn(world.root(), kernel, memory).has_value());
  kernel.is_running = true;

  CHECK(kernel::learn(world.root(), kernel, memory).has_value());

  CHECK(memory.times_kept == 2);
}

TEST_CASE("memory that is damaged, cut or of another kind is replaced") {
  FakeRoot world;
  add_kernel(world);
  TestMemory memory;
  const auto first = learned(world, memory);
  auto& kept = memory.kept.begin()->second;
  const auto whole = kept;

  for (const auto& broken : {whole.substr(0, 64), whole.substr(0, whole.size() - 1), std::string("x"),
                             std::string(), whole.substr(0, 200) + "X" + whole.substr(201)}) {
    kept = broken;
    CHECK(learned(world, memory) == first);
    CHECK(kept == whole);
  }
}

TEST_CASE("two kernels are remembered side by side") {
  FakeRoot world;
  add_kernel(world);
  world.own_module("/lib/modules/6.2.0/kernel/a.ko");
  TestMemory memory;

  for (const auto& kernel : test::kernels_of(world))
    CHECK(kernel::learn(world.root(), kernel, memory).has_value());

  CHECK(memory.kept.size() == 2);
}

TEST_CASE("without a memory that keeps anything a kernel is learned each time") {
  FakeRoot world;
  add_kernel(world);
  NoMemory memory;

  CHECK(learned(world, memory) == learned(world, memory));
}
