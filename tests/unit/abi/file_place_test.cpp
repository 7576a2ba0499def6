// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/file_place.hpp"

#include "abi/judge.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Compression;
using abi::Decision;
using abi::FindingId;

namespace {

/// A kernel of a root whose modprobe unpacks these; nothing: not known.
abi::KernelFacts a_kernel_with(std::optional<std::vector<std::string>> readers,
                               Compression own = Compression::none) {
  auto kernel = a_kernel().facts();
  kernel.gates.modprobe_unpacks = std::move(readers);
  kernel.compression = own;
  return kernel;
}

abi::Verdict verdict_on(const std::string& compression, const abi::KernelFacts& kernel) {
  auto verdict = abi::judge(a_module().fingerprint(), kernel, {});
  abi::judge_place(verdict, {.compression = compression}, kernel);
  return verdict;
}

}  // namespace

TEST_CASE("a file that the root's modprobe does not unpack gets to the kernel as it is, which refuses it") {
  const auto verdict = verdict_on("gz", a_kernel_with(std::vector<std::string>{"xz", "zst"}));

  CHECK(verdict.decision == Decision::refused);
  CHECK(verdict.errno_name == "ENOEXEC");
  REQUIRE(ids_of(verdict) == std::vector{FindingId::compression_unread});
  CHECK(
      verdict.findings[0].cause ==
      "the file is compressed as gz, and the modprobe of this system unpacks only xz, zst: the kernel would "
      "get it as it is");
}

TEST_CASE("a file that modprobe unpacks is judged by what is inside") {
  CHECK(verdict_on("xz", a_kernel_with(std::vector<std::string>{"xz"})).findings.empty());
  CHECK(verdict_on("", a_kernel_with(std::vector<std::string>{})).findings.empty());
}

TEST_CASE("how the kernel's own modules are compressed is an answer too") {
  CHECK(verdict_on("xz", a_kernel_with(std::nullopt, Compression::xz)).findings.empty());
}

TEST_CASE("where nobody knows what modprobe unpacks, that is said and refuses nothing") {
  const auto verdict = verdict_on("zst", a_kernel_with(std::nullopt));
  auto asked = a_kernel_with(std::vector<std::string>{"xz"});
  asked.gates.kernel_unpacks = "zst";

  CHECK(verdict.decision == Decision::loads);
  CHECK(ids_of(verdict) == std::vector{FindingId::compression_unchecked});
  CHECK(ids_of(verdict_on("zst", asked)) == std::vector{FindingId::compression_unchecked});
}

TEST_CASE("what no kmod ever unpacked is refused whoever asks") {
  CHECK(verdict_on("bz2", a_kernel_with(std::nullopt)).decision == Decision::refused);
}

TEST_CASE("a file that another one stands before is told with that one, and is no worse for it") {
  const auto kernel = a_kernel().facts();
  auto verdict = abi::judge(a_module().fingerprint(), kernel, {});

  abi::judge_place(verdict, {.shadowed_by = "/lib/modules/6.1/extra/sample.ko"}, kernel);

  CHECK(verdict.decision == Decision::loads);
  REQUIRE(ids_of(verdict) == std::vector{FindingId::shadowed});
  CHECK(verdict.findings[0].cause.find("/lib/modules/6.1/extra/sample.ko") != std::string::npos);
}

TEST_CASE("an error that the kernel meets before the compressed bytes stays the one that the user meets") {
  auto kernel = a_kernel().booted_with("nomodule").facts();
  kernel.gates.modprobe_unpacks.emplace();

  CHECK(verdict_on("xz", kernel).errno_name == "EPERM");
}
