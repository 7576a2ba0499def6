// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"
#include "support/signing_key.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;

namespace {

KernelBuilder a_kernel_of_algorithms() {
  return a_kernel().exporting("crypto_register_shash", 0x1111);
}

ModuleBuilder an_algorithm() {
  return a_module().needing("crypto_register_shash", 0x1111);
}

abi::Verdict verdict_of(const std::string& module, const abi::KernelFacts& kernel) {
  return abi::judge(abi::fingerprint(module).value(), kernel, {});
}

bool has(const abi::Verdict& verdict, FindingId id) {
  const auto ids = ids_of(verdict);
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

TEST_CASE("in FIPS mode an algorithm in a module that is not signed stops the machine") {
  const auto kernel = a_kernel_of_algorithms().checking_signatures().booted_with("fips=1").facts();

  const auto verdict = verdict_of(an_algorithm().bytes(), kernel);

  CHECK(verdict.decision == Decision::broken);
  CHECK(has(verdict, FindingId::fips_panics));
}

TEST_CASE("in FIPS mode an algorithm with a right signature and a module without one are left alone") {
  const auto key = a_key();
  const auto kernel = a_kernel_of_algorithms().trusting(key.certificate()).booted_with("fips=1").facts();

  CHECK(verdict_of(key.sign(an_algorithm().bytes()), kernel).decision == Decision::loads);
  CHECK(verdict_of(a_module().bytes(), kernel).decision == Decision::loads);
}

TEST_CASE("without FIPS mode nobody asks an algorithm for its signature") {
  const auto kernel = a_kernel_of_algorithms().checking_signatures().booted_with("fips=0").facts();

  CHECK(verdict_of(an_algorithm().bytes(), kernel).decision == Decision::loads);
}

TEST_CASE("a policy of IMA that appraises modules is told, and that nobody checked the file against it") {
  const auto strict =
      verdict_of(a_module().bytes(), a_kernel().booted_with("ima_policy=tcb|secure_boot").facts());
  const auto lenient = verdict_of(a_module().bytes(),
                                  a_kernel().booted_with("ima_policy=secure_boot ima_appraise=log").facts());
  const auto other = verdict_of(a_module().bytes(), a_kernel().booted_with("ima_policy=tcb").facts());

  CHECK(strict.decision == Decision::loads);
  CHECK(ids_of(strict) == std::vector{FindingId::ima_unchecked});
  CHECK(lenient.findings.empty());
  CHECK(other.findings.empty());
}

TEST_CASE("a signature by a key that the firmware forbids is refused, where the kernel heeds that") {
  const auto key = a_key("revoked");
  const auto module = key.sign(a_module().bytes());
  auto kernel = a_kernel().trusting(key.certificate()).facts();
  kernel.gates.revoked_keys = {*abi::key_of_certificate(key.certificate(), "dbx")};
  auto heeding = kernel;
  heeding.signature_policy.heeds_revocations = true;
  auto careless = kernel;
  careless.signature_policy.heeds_revocations = false;

  const auto verdict = verdict_of(module, heeding);

  CHECK(verdict.errno_name == "EKEYREJECTED");
  CHECK(ids_of(verdict) == std::vector{FindingId::signature_key_revoked});
  CHECK(verdict_of(module, careless).findings.empty());
  CHECK(ids_of(verdict_of(module, kernel)) == std::vector{FindingId::signature_unchecked});
}
