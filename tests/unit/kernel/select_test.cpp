// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/select.hpp"

#include "fake_root.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using kernel::Kernel;
using Kernels = std::vector<Kernel>;
using Names = std::vector<std::string>;

namespace {

Kernel a_kernel(const std::string& release) {
  return {.release = release, .module_directory = "/lib/modules/" + release, .has_modules = true};
}

Kernel a_running_kernel(const std::string& release) {
  auto kernel = a_kernel(release);
  kernel.is_running = true;
  return kernel;
}

Kernel a_leftover(const std::string& release) {
  return {.release = release, .module_directory = "/lib/modules/" + release};
}

Kernel a_header_package(const std::string& release) {
  auto kernel = a_leftover(release);
  kernel.tree = kernel::KernelTree{.path = "/usr/src/linux-headers-" + release};
  return kernel;
}

}  // namespace

TEST_CASE("the running kernel is the default, even if it is not the newest") {
  const Kernels kernels = {a_kernel("6.12.9"), a_running_kernel("6.1.0")};

  const auto choice = kernel::default_kernels(kernels, test::a_host("6.1.0")).value();

  CHECK(choice.kernels == Kernels{kernels[1]});
  CHECK(choice.reason == "6.1.0: the running kernel");
}

TEST_CASE(
    "where the running kernel has no modules, the newest kernel is the default, and the reason says so") {
  const Kernels kernels = {a_header_package("6.12.9"), a_kernel("6.1.0-56-amd64"),
                           a_kernel("6.1.0-55-amd64")};

  const auto choice = kernel::default_kernels(kernels, test::a_host("6.6.12")).value();

  CHECK(choice.kernels == Kernels{kernels[1]});
  CHECK(choice.reason ==
        "6.1.0-56-amd64: the newest in this root; the running kernel 6.6.12 has no modules here");
}

TEST_CASE("a running kernel of which only leftovers are here is not the default") {
  auto removed = a_leftover("6.12.9");
  removed.is_running = true;
  const Kernels kernels = {removed, a_kernel("6.1.0")};

  CHECK(kernel::default_kernels(kernels, test::a_host("6.12.9")).value().reason ==
        "6.1.0: the newest in this root; the running kernel 6.12.9 has no modules here");
}

TEST_CASE("the reason does not deny modules that an image's kernel has in common with this machine's") {
  const Kernels kernels = {a_kernel("6.12.9"), a_kernel("6.1.0")};

  CHECK(kernel::default_kernels(kernels, test::a_host("6.1.0")).value().reason ==
        "6.12.9: the newest in this root");
}

TEST_CASE("where no kernel has modules, the newest with headers is the default") {
  const Kernels kernels = {a_leftover("6.12.9"), a_header_package("6.1.0")};

  CHECK(kernel::default_kernels(kernels, test::a_host("6.6.12")).value().reason ==
        "6.1.0: the newest that has headers; no kernel here has modules");
}

TEST_CASE("without any usable kernel there is no default, and the leftovers are named") {
  const Kernels leftovers = {a_leftover("6.12.9")};

  CHECK(kernel::default_kernels({}, test::a_host("6.1.0")).error().message == "no kernel in this root");
  CHECK(kernel::default_kernels(leftovers, test::a_host("6.1.0")).error().message ==
        "no kernel in this root has modules or headers, only leftovers of 6.12.9");
}

TEST_CASE("kernels are chosen by name, each once, in the order in which they were named") {
  const Kernels kernels = {a_kernel("6.12.9"), a_running_kernel("6.1.0"), a_kernel("5.10.0")};

  CHECK(kernel::select(kernels, Names{"5.10.0", "running", "newest", "6.1.0"}).value() ==
        Kernels{kernels[2], kernels[1], kernels[0]});
}

TEST_CASE("all kernels are those with modules or headers") {
  const Kernels kernels = {a_header_package("6.12.9"), a_leftover("6.6.0"), a_kernel("6.1.0")};

  CHECK(kernel::select(kernels, Names{"all"}).value() == Kernels{kernels[0], kernels[2]});
}

TEST_CASE("a leftover can be named by its release") {
  const Kernels kernels = {a_leftover("6.6.0")};

  CHECK(kernel::select(kernels, Names{"6.6.0"}).value() == kernels);
}

TEST_CASE("an unknown release is not found, and the hint has the nearest and the list") {
  const Kernels kernels = {a_kernel("6.1.0-56-amd64"), a_kernel("5.10.0")};

  const auto error = kernel::select(kernels, Names{"6.1.0-57-amd64"}).error();

  CHECK(error.kind == ErrorKind::not_found);
  CHECK(error.message == "no kernel \"6.1.0-57-amd64\" in this root");
  CHECK(error.hint == "did you mean 6.1.0-56-amd64? kernels here: 6.1.0-56-amd64, 5.10.0");
}

TEST_CASE("a misspelt word is not found, and the hint has the word") {
  CHECK(kernel::select(Kernels{a_kernel("6.1.0")}, Names{"runing"}).error().hint ==
        "did you mean running? kernels here: 6.1.0");
}

TEST_CASE("the running kernel is not found where none of them runs") {
  CHECK(kernel::select(Kernels{a_kernel("6.1.0")}, Names{"running"}).error().kind == ErrorKind::not_found);
}
