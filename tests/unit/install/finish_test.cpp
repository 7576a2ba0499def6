// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/finish.hpp"

#include "archive/compression.hpp"
#include "support/module_builder.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using abi::Compression;
using test::a_module;

namespace {

/// A directory with a blank in its name, and modules to finish in it.
struct World {
  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg finish test-");
  system::SystemRunner runner;

  std::string built(const std::string& bytes) const {
    const auto file = directory.path() + "/built/v4l2-loopback.ko";
    REQUIRE(system::make_directories(directory.path() + "/built").has_value());
    REQUIRE(system::write_file(file, bytes).has_value());
    return file;
  }

  install::FinishRequest request(const std::string& bytes, Compression compression) const {
    return {.module_file = built(bytes), .compression = compression, .directory = directory.path() + "/done"};
  }

  Result<install::FinishedModule> finished(const std::string& bytes, Compression compression) {
    return install::finish(request(bytes, compression), runner);
  }
};

/// A machine on which programs of one name are not installed.
class RunnerWithout : public system::Runner {
 public:
  explicit RunnerWithout(std::string ending) : ending_(std::move(ending)) {}

  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& on_line) override {
    if (command.program.ends_with(ending_))
      return fail(ErrorKind::not_found, "no program " + command.program);
    return system_.run_observed(command, on_line);
  }

 private:
  std::string ending_;
  system::SystemRunner system_;
};

std::string a_debug_module() {
  return a_module().with_section(".debug_info", std::string(4096, 'x')).bytes();
}

std::string content_of(const install::FinishedModule& module) {
  return archive::decompress(*system::read_file(module.file), 1U << 20).value();
}

}  // namespace

TEST_CASE("a finished module has its file's name, size and digest, and the facts of what is in it") {
  World world;

  const auto module = world.finished(a_debug_module(), Compression::xz).value();

  CHECK(module.name == "v4l2-loopback");
  CHECK(module.file_name == "v4l2-loopback.ko.xz");
  CHECK(module.file == world.directory.path() + "/done/v4l2-loopback.ko.xz");
  const auto bytes = system::read_file(module.file).value();
  CHECK(module.size == bytes.size());
  CHECK(module.digest == crypto::sha256(bytes));
  CHECK(module.fingerprint == abi::fingerprint(content_of(module)).value());
  CHECK(module.notes.empty());
}

TEST_CASE("debug information is stripped, and what the kernel asks for stays") {
  World world;
  const auto built = a_module().needing("printk", 0x1111).with_section(".debug_info", std::string(4096, 'x'));

  const auto module = world.finished(built.bytes(), Compression::none).value();

  CHECK(module.file_name == "v4l2-loopback.ko");
  CHECK(content_of(module).find(".debug_info") == std::string::npos);
  CHECK(module.fingerprint.imports == built.fingerprint().imports);
  CHECK(module.fingerprint.layout == built.fingerprint().layout);
  CHECK(module.fingerprint.vermagic == built.fingerprint().vermagic);
}

TEST_CASE("the module that the compiler left is only read") {
  World world;
  const auto built = a_debug_module();

  const auto module = world.finished(built, Compression::zst).value();

  CHECK(module.file_name == "v4l2-loopback.ko.zst");
  CHECK(system::read_file(world.directory.path() + "/built/v4l2-loopback.ko").value() == built);
  CHECK_FALSE(system::status_of(world.directory.path() + "/done/v4l2-loopback.ko").value().has_value());
}

TEST_CASE("an xz module has the one check that kernels know, CRC32") {
  World world;

  const auto bytes = system::read_file(world.finished(a_debug_module(), Compression::xz)->file).value();

  CHECK(bytes.substr(0, 8) == std::string("\xfd"
                                          "7zXZ\0\0\x01",
                                          8));
}

TEST_CASE("the same module gives the same bytes on another day and in another place") {
  World first;
  World second;
  const auto built = a_debug_module();

  CHECK(first.finished(built, Compression::gz)->digest == second.finished(built, Compression::gz)->digest);
  CHECK(first.finished(built, Compression::xz)->digest == second.finished(built, Compression::xz)->digest);
  CHECK(first.finished(built, Compression::zst)->digest == second.finished(built, Compression::zst)->digest);
}

TEST_CASE("a gzip module carries no time") {
  World world;

  const auto bytes = system::read_file(world.finished(a_debug_module(), Compression::gz)->file).value();

  CHECK(bytes.substr(3, 5) == std::string(5, '\0'));
}

TEST_CASE("a signed module is not stripped, and a note says so") {
  World world;
  const auto built =
      a_module().with_section(".debug_info", std::string(4096, 'x')).signed_by_nobody(256).bytes();

  const auto module = world.finished(built, Compression::xz).value();

  CHECK(content_of(module) == built);
  CHECK(module.fingerprint.signature.has_value());
  CHECK(module.notes.front() ==
        "v4l2-loopback is signed and was not stripped, which would break the signature");
}

TEST_CASE("where no strip is installed the module stays as it is, and a note says so") {
  World world;
  RunnerWithout runner("strip");
  const auto built = a_debug_module();

  const auto module = install::finish(world.request(built, Compression::gz), runner).value();

  CHECK(content_of(module) == built);
  CHECK(module.notes.front() == "v4l2-loopback was not stripped: no strip for x86-64 is installed");
}

TEST_CASE("a module for a machine that strip does not know stays as it is, and a note says so") {
  World world;
  RunnerWithout runner("-strip");
  const auto built =
      a_module().for_architecture({0x1234, elf::ElfClass::elf64, elf::ByteOrder::little}).bytes();

  const auto module = install::finish(world.request(built, Compression::none), runner).value();

  CHECK(content_of(module) == built);
  CHECK(module.notes.front() == "v4l2-loopback was not stripped: no strip for machine 4660 is installed");
}

TEST_CASE("a compressor that is not installed is a failure that names it") {
  World world;
  RunnerWithout runner("zstd");

  const auto error = install::finish(world.request(a_debug_module(), Compression::zst), runner).error();

  CHECK(error.kind == ErrorKind::not_found);
  CHECK(error.text() == "finishing v4l2-loopback.ko: compressing v4l2-loopback: no program zstd");
}

TEST_CASE("what is no module is not finished") {
  World world;

  CHECK(world.finished("", Compression::none).error().kind == ErrorKind::corrupt);
  CHECK(world.finished("#!/bin/sh\n", Compression::xz).error().kind == ErrorKind::corrupt);
  CHECK(world.finished(a_debug_module().substr(0, 700), Compression::xz).error().kind == ErrorKind::corrupt);
}

TEST_CASE("an absent module, a file of another name and the module's own directory are refused") {
  World world;
  const auto file = world.built(a_debug_module());
  const auto built = world.directory.path() + "/built";

  CHECK(install::finish({built + "/gone.ko", Compression::xz, world.directory.path() + "/done"}, world.runner)
            .error()
            .kind == ErrorKind::not_found);
  CHECK(install::finish({built + "/.ko", Compression::xz, world.directory.path() + "/done"}, world.runner)
            .error()
            .kind == ErrorKind::usage);
  CHECK(install::finish({file, Compression::xz, built + "/../built/"}, world.runner).error().kind ==
        ErrorKind::usage);
  CHECK(system::read_file(file).value() == a_debug_module());
}

TEST_CASE("what an interrupted run left is replaced") {
  World world;
  const auto done = world.directory.path() + "/done";
  REQUIRE(system::make_directories(done).has_value());
  REQUIRE(system::write_file(done + "/v4l2-loopback.ko", "half").has_value());
  REQUIRE(system::write_file(done + "/v4l2-loopback.ko.xz", "half").has_value());

  const auto module = world.finished(a_debug_module(), Compression::xz).value();

  CHECK(module.fingerprint.name == "sample");
  CHECK_FALSE(system::status_of(done + "/v4l2-loopback.ko").value().has_value());
}

TEST_CASE("a module that is named relative to the working directory is finished") {
  World world;
  auto request = world.request(a_debug_module(), Compression::xz);
  const std::string up = "../../../../../../../../../../../../../../../..";

  request.module_file = up + request.module_file;
  request.directory = up + request.directory;

  CHECK(install::finish(request, world.runner)->file == world.directory.path() + "/done/v4l2-loopback.ko.xz");
}
