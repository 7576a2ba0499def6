// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kheaders.hpp"

#include "../archive/archives.hpp"
#include "fake_root.hpp"
#include "support/kernel_image_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using test::FakeRoot;

namespace {

const std::string directory = "/lib/modules/6.1.0-test";
const std::string module_file = directory + "/kernel/kernel/kheaders.ko";

/// The headers of a kernel as its build packs them.
std::string an_archive() {
  return archive_test::a_tar(
      {archive_test::a_file("./include/linux/module.h"), archive_test::a_file("./include/linux/tty.h")});
}

/// What has the archive in it: a module, or a kernel with another stream before it.
std::string holder_of(const std::string& archive) {
  return "ELF and more" + archive_test::compressed("a file system to begin with", "xz") + "xx" +
         archive_test::compressed(archive, "xz") + "and the end";
}

kernel::Configuration configured(const std::string& value) {
  return kernel::Configuration::parse("CONFIG_IKHEADERS=" + value + "\n");
}

Result<std::optional<kernel::Kheaders>> found(const FakeRoot& world, const std::string& value) {
  return kernel::find_kheaders(world.root(), test::kernel_of(world), configured(value));
}

}  // namespace

TEST_CASE("the module kheaders.ko has the kernel's headers, compressed or not") {
  FakeRoot plain;
  FakeRoot packed;
  plain.file(module_file, holder_of(an_archive()));
  packed.file(module_file, holder_of(an_archive())).compressed("xz", module_file);

  CHECK(found(plain, "m").value() == kernel::Kheaders{an_archive(), module_file});
  CHECK(found(packed, "m").value() == kernel::Kheaders{an_archive(), module_file + ".xz"});
}

TEST_CASE("a kernel whose configuration has no headers is not searched for them") {
  FakeRoot world;
  world.file(module_file, holder_of(an_archive()));

  CHECK_FALSE(found(world, "n").value().has_value());
}

TEST_CASE("a module that was not installed is no failure, and one without headers is") {
  FakeRoot absent;
  FakeRoot empty;
  absent.directory(directory);
  empty.file(module_file, holder_of("some other content"));

  CHECK_FALSE(found(absent, "m").value().has_value());
  CHECK(found(empty, "m").error().kind == ErrorKind::corrupt);
  CHECK(found(empty, "m").error().message == module_file + " does not have the headers that it should have");
}

TEST_CASE("the running kernel is asked before any file") {
  FakeRoot world;
  world.directory(directory)
      .file("/sys/kernel/kheaders.tar", an_archive())
      .compressed("xz", "/sys/kernel/kheaders.tar");
  auto kernel = test::kernel_of(world);

  CHECK_FALSE(kernel::find_kheaders(world.root(), kernel, configured("m")).value().has_value());
  kernel.is_running = true;
  CHECK(kernel::find_kheaders(world.root(), kernel, configured("m")).value()->origin ==
        "/sys/kernel/kheaders.tar.xz");
}

TEST_CASE("headers that are built in are found in the image") {
  const std::string image = "/boot/vmlinuz-6.1.0-test";
  FakeRoot world;
  world.directory(directory).file(image, test::a_kernel_image().after(holder_of(an_archive())).vmlinux());

  CHECK(found(world, "y").value() == kernel::Kheaders{an_archive(), image});
}
