// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/judge.hpp"
#include "abi/signature_check.hpp"
#include "support/kernel_builder.hpp"
#include "support/module_builder.hpp"
#include "support/signing_key.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::test;
using abi::Decision;
using abi::FindingId;
using abi::Severity;

namespace {

abi::Verdict verdict_of(const std::string& module, const KernelBuilder& kernel) {
  return abi::judge(abi::fingerprint(module).value(), kernel.facts(), {});
}

/// The ids, and for a refusal the errno: "module-unsigned EKEYREJECTED".
std::string told(const abi::Verdict& verdict) {
  std::string text;
  for (const auto& finding : verdict.findings) {
    if (!text.empty()) text += ", ";
    text += std::string(abi::name_of(finding.id)) + " ";
    text += finding.errno_name.empty() ? abi::name_of(finding.severity) : finding.errno_name;
  }
  return text;
}

std::string a_plain_module() {
  return a_module().bytes();
}

/// The trailer's byte `index` of twelve changed.
std::string with_trailer_byte(std::string module, std::size_t index, char value) {
  module[module.size() - 40 + index] = value;
  return module;
}

}  // namespace

TEST_CASE("a module that a key of the kernel signed loads without a finding") {
  const auto key = an_rsa_key();
  const auto kernel = a_kernel().trusting(key.certificate());

  CHECK(told(verdict_of(key.sign(a_plain_module()), kernel)).empty());
  CHECK(told(verdict_of(key.sign(a_plain_module(), {.names_key_id = true}), kernel)).empty());
  CHECK(told(verdict_of(key.sign(a_plain_module()),
                        a_kernel().trusting(key.certificate()).enforcing_signatures()))
            .empty());
}

TEST_CASE("an unsigned module is worth a note, and a refusal where signatures are enforced or locked down") {
  CHECK(told(verdict_of(a_plain_module(), a_kernel().checking_signatures())) == "module-unsigned note");
  CHECK(told(verdict_of(a_plain_module(), a_kernel().enforcing_signatures())) ==
        "module-unsigned EKEYREJECTED");
  CHECK(told(verdict_of(a_plain_module(),
                        a_kernel().checking_signatures().booted_with("lockdown=integrity"))) ==
        "module-unsigned note, locked-down EPERM");
  CHECK(told(verdict_of(a_plain_module(), a_kernel().checking_signatures().booted_with(
                                              "module.sig_enforce lockdown=integrity"))) ==
        "module-unsigned EKEYREJECTED");
  CHECK(told(verdict_of(a_plain_module(), a_kernel())).empty());
}

TEST_CASE("an unsigned module loads: the mark that it leaves is no news of what kpkg builds") {
  const auto verdict = verdict_of(a_plain_module(), a_kernel().checking_signatures());

  CHECK(verdict.decision == Decision::loads);
  CHECK(verdict.findings.at(0).kernel_says ==
        "sample: module verification failed: signature and/or required key missing - tainting kernel");
}

TEST_CASE("bytes behind the signature make a module unsigned") {
  const auto key = a_key();
  const auto module = key.sign(a_plain_module()) + "\n";

  CHECK(told(verdict_of(module, a_kernel().trusting(key.certificate()))) == "module-unsigned note");
}

TEST_CASE("a key that the kernel has not is refused only where signatures are enforced or locked down") {
  const auto module = a_key("somebody").sign(a_plain_module());
  const auto other = a_key("kernel").certificate();

  const auto verdict = verdict_of(module, a_kernel().trusting(other).enforcing_signatures());

  CHECK(told(verdict) == "signature-key-unavailable EKEYREJECTED");
  CHECK(verdict.findings.at(0).kernel_says == "Loading of module with unavailable key is rejected");
  CHECK(verdict.findings.at(0).module_value.starts_with("somebody (serial "));
  CHECK(told(verdict_of(module, a_kernel().trusting(other))) == "signature-key-unavailable note");
  CHECK(told(verdict_of(module, a_kernel().trusting(other).booted_with("lockdown=confidentiality"))) ==
        "signature-key-unavailable note, locked-down EPERM");
}

TEST_CASE("a module that was changed after a key of the kernel signed it is refused always") {
  const auto key = an_rsa_key();
  auto module = key.sign(a_module().with_section(".comment", "made by hand").bytes());
  module[module.find("made by hand")] = 'f';

  CHECK(told(verdict_of(module, a_kernel().trusting(key.certificate()))) == "signature-wrong EKEYREJECTED");
  CHECK(told(verdict_of(module, a_kernel().checking_signatures())) == "signature-key-unavailable note");
  CHECK(told(verdict_of(module, a_kernel())).empty());
}

TEST_CASE("a damaged trailer or message is refused always") {
  const auto key = a_key();
  const auto module = key.sign(a_plain_module());
  const auto kernel = a_kernel().checking_signatures();

  CHECK(told(verdict_of(with_trailer_byte(module, 0, 1), kernel)) == "signature-has-parameters EBADMSG");
  CHECK(told(verdict_of(with_trailer_byte(module, 8, 0x7f), kernel)) == "signature-damaged EBADMSG");
  CHECK(told(verdict_of(with_appended_message(a_plain_module(), "junk"), kernel)) ==
        "signature-damaged EBADMSG");
  CHECK(told(verdict_of(with_appended_message(a_plain_module(), ""), kernel)) == "signature-damaged EBADMSG");
}

TEST_CASE(
    "what is no PKCS#7, or has an algorithm that the kernel lacks, counts as unsigned with another text") {
  const auto key = an_rsa_key();
  const auto other_kind = with_trailer_byte(key.sign(a_plain_module()), 2, 1);
  const auto other_digest = key.sign(a_plain_module(), {.digest = "sha3-256"});
  const auto kernel = a_kernel().trusting(key.certificate());

  CHECK(told(verdict_of(other_kind, kernel)) == "signature-unsupported note");
  CHECK(told(verdict_of(other_digest, kernel)) == "signature-unsupported note");
  const auto verdict =
      verdict_of(other_digest, a_kernel().trusting(key.certificate()).enforcing_signatures());
  CHECK(told(verdict) == "signature-unsupported EKEYREJECTED");
  CHECK(verdict.findings.at(0).cause ==
        "the kernel cannot check the module's signature: the kernel has no sha3-256");
}

TEST_CASE("6.7 stopped to read md5 and began to read sha3, whatever digests the kernel has") {
  const auto key = an_rsa_key();
  const auto told_by = [&](std::string release, std::string digest) {
    auto kernel =
        a_kernel().released(std::move(release)).trusting(key.certificate()).enforcing_signatures().facts();
    kernel.signature_policy.digests.reset();
    auto module = abi::fingerprint(key.sign(a_plain_module(), {.digest = std::move(digest)})).value();
    module.vermagic = kernel.vermagic;
    return told(abi::judge(module, kernel, {}));
  };

  CHECK(told_by("6.1.0", "md5").empty());
  CHECK(told_by("6.12.0", "md5") == "signature-unsupported EKEYREJECTED");
  CHECK(told_by("6.1.0", "sha3-256") == "signature-unsupported EKEYREJECTED");
  CHECK(told_by("6.12.0", "sha3-256").empty());
}

TEST_CASE("signed attributes are refused always, by whatever key") {
  const auto module = a_key().sign(a_plain_module(), {.has_attributes = true});

  CHECK(told(verdict_of(module, a_kernel().checking_signatures())) ==
        "signature-has-attributes EKEYREJECTED");
}

TEST_CASE("a signature that the certificate beside it contradicts is wrong without any key") {
  auto module =
      a_key().sign(a_module().with_section(".comment", "made by hand").bytes(), {.has_certificate = true});
  module[module.find("made by hand")] = 'f';

  CHECK(told(verdict_of(module, a_kernel().checking_signatures())) == "signature-wrong EKEYREJECTED");
}

TEST_CASE("a certificate that came along helps only if somebody whom the kernel trusts issued it") {
  const auto module = a_key("stranger").sign(a_plain_module(), {.has_certificate = true});

  CHECK(told(verdict_of(module, a_kernel().trusting(a_key("kernel").certificate()).enforcing_signatures())) ==
        "signature-key-unavailable EKEYREJECTED");
}

TEST_CASE("an empty file is refused before anybody looks for its signature") {
  const auto verdict = abi::judge(abi::fingerprint_of_any(""), a_kernel().enforcing_signatures().facts(), {});

  CHECK(verdict.errno_name == "EINVAL");
}

TEST_CASE("where the kernel's keys are not known, a signature is unknown only if it is demanded") {
  const auto module = a_key().sign(a_plain_module());
  auto kernel = a_kernel().checking_signatures().facts();
  kernel.signature_policy.built_in_keys.reset();
  const auto print = abi::fingerprint(module).value();

  CHECK(told(abi::judge(print, kernel, {})) == "signature-unchecked note");
  kernel.signature_policy.enforces = true;
  CHECK(told(abi::judge(print, kernel, {})) == "signature-unchecked unknown");
}

TEST_CASE("a machine owner's key counts where the kernel trusts such keys") {
  const auto key = a_key();
  const auto print = abi::fingerprint(key.sign(a_plain_module())).value();
  auto kernel = a_kernel().enforcing_signatures().facts();
  kernel.gates.owner_keys.push_back(abi::key_of_certificate(key.certificate(), "MOK").value());

  CHECK(told(abi::judge(print, kernel, {})).empty());
  CHECK(abi::check_module_signature(print, kernel).key == "MOK");
  kernel.signature_policy.trusts_owner_keys = false;
  CHECK(told(abi::judge(print, kernel, {})) == "signature-key-unavailable EKEYREJECTED");
  kernel.signature_policy.trusts_owner_keys.reset();
  CHECK(told(abi::judge(print, kernel, {})) == "signature-unchecked unknown");
}

TEST_CASE("a key of which only the identifier is known is not taken for the signature being right") {
  const auto key = a_key();
  const auto print = abi::fingerprint(key.sign(a_plain_module(), {.names_key_id = true})).value();
  auto kernel = a_kernel().trusting(key.certificate()).facts();
  kernel.signature_policy.built_in_keys->front().certificate.clear();

  CHECK(told(abi::judge(print, kernel, {})) == "signature-unchecked note");
  kernel.signature_policy.enforces = true;
  CHECK(told(abi::judge(print, kernel, {})) == "signature-unchecked unknown");
}

TEST_CASE("enforcement hides no other reason") {
  const auto module = a_module().with_vermagic("5.4 SMP ").bytes();

  CHECK(told(verdict_of(module, a_kernel().enforcing_signatures())) ==
        "module-unsigned EKEYREJECTED, vermagic-differs ENOEXEC");
}
