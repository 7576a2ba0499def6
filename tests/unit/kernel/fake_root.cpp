// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_root.hpp"

#include "kernel/find.hpp"
#include "support/module_builder.hpp"
#include "system/process.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace kpkg::test {

FakeRoot& FakeRoot::directory(const std::string& path) {
  std::filesystem::create_directories(host(path));
  return *this;
}

FakeRoot& FakeRoot::file(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path(host(path)).parent_path());
  std::ofstream(host(path), std::ios::binary) << bytes;
  return *this;
}

FakeRoot& FakeRoot::link(const std::string& target, const std::string& path) {
  std::filesystem::create_directories(std::filesystem::path(host(path)).parent_path());
  std::filesystem::create_symlink(target, host(path));
  return *this;
}

FakeRoot& FakeRoot::tree(const std::string& path) {
  return file(path + "/Makefile", "all:\n")
      .file(path + "/include/config/auto.conf")
      .directory(path + "/scripts");
}

FakeRoot& FakeRoot::own_module(const std::string& path) {
  return file(path, a_module().with_modinfo("intree", "Y").bytes());
}

FakeRoot& FakeRoot::compressed(const std::string& program, const std::string& path) {
  system::SystemRunner runner;
  const auto outcome = system::run_successfully(
      runner,
      {.program = program, .arguments = {"-f", host(path)}, .environment = system::system_environment()});
  REQUIRE(outcome.has_value());
  return *this;
}

system::Host a_host(std::string release) {
  return {.release = std::move(release), .machine = "x86_64"};
}

std::vector<kernel::Kernel> kernels_of(const FakeRoot& world) {
  auto kernels = kernel::find_kernels(world.root(), a_host("9.9.9-other"));
  REQUIRE(kernels.has_value());
  return *kernels;
}

kernel::Kernel kernel_of(const FakeRoot& world) {
  auto kernels = kernels_of(world);
  REQUIRE(kernels.size() == 1);
  return kernels.front();
}

}  // namespace kpkg::test
