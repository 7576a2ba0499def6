// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/messages.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using enum Severity;

constexpr std::string_view sign_and_enroll =
    "sign the module (scripts/sign-file) with a key that the kernel trusts; your own key becomes one with "
    "mokutil --import and a restart";
constexpr std::string_view sign_again =
    "sign the module again with scripts/sign-file, as the last thing that changes the file";

// Texts: kernel/module/signing.c, certs/, crypto/asymmetric_keys/, security/ of 4.9 to 7.3.
constexpr std::array table{
    MessageRow{
        "unsigned-rejected", "Loading of unsigned module is rejected", refusal, "EKEYREJECTED",
        "module-unsigned",
        "this kernel takes signed modules only (module.sig_enforce), and the module has no signature; one "
        "that has bytes after it, or is loaded by force, counts as none",
        sign_and_enroll},
    MessageRow{
        "key-unavailable", "Loading of module with unavailable key is rejected", refusal, "EKEYREJECTED",
        "signature-key-unavailable", "the module is signed with a key that the kernel does not trust",
        "enroll the key with mokutil --import and restart; kernels without a distribution's patch take such "
        "keys since 5.18 only, with CONFIG_INTEGRITY_MACHINE_KEYRING and mokutil --trust-mok"},
    MessageRow{"signature-algorithm",
               "Loading of module with unsupported crypto is rejected\nUnsupported digest algo: {detail}\n"
               "PKCS7: Unknown OID: {detail}",
               refusal, "EKEYREJECTED", "signature-unsupported",
               "the signature uses a digest or an algorithm that this kernel does not have",
               "sign the module with sha256 or sha512 (scripts/sign-file sha256 …)"},
    MessageRow{"signature-trailer",
               "{module}: PKCS#7 signature info has unexpected non-zero params\n"
               "PKCS#7 signature info has unexpected non-zero params",
               refusal, "EBADMSG", "signature-has-parameters",
               "the signature's description at the end of the file is damaged", sign_again},
    MessageRow{
        "signature-kind",
        "{module}: not signed with expected PKCS#7 message\nmodule is not signed with expected PKCS#7 "
        "message\n"
        "not signed with expected PKCS#7 message",
        taint, "", "signature-unsupported",
        "the signature is of an old kind that no kernel checks any more; where signatures are enforced the "
        "module is refused",
        sign_again},
    MessageRow{
        "signature-of-program", "Invalid module sig (not pkcs7-data)", refusal, "EKEYREJECTED",
        "signature-not-of-data",
        "the signature is one of a program (as by sbsign or pesign), not one of plain bytes as the kernel "
        "wants it of modules",
        "sign with scripts/sign-file, or with openssl cms -sign -binary -noattr -nocerts -nosmimecap"},
    MessageRow{
        "signature-version", "PKCS7: Unsupported SignerInfo version\nUnsupported SignerInfo version", refusal,
        "EINVAL", "signature-version-unread",
        "the signature is of a form that no kernel reads: it was damaged, or made by a tool that is not for "
        "modules",
        sign_again},
    MessageRow{"signature-form", "Invalid module sig (has authattrs)", refusal, "EKEYREJECTED",
               "signature-has-attributes",
               "the signature was made with authenticated attributes, which the kernel refuses of modules",
               "sign with scripts/sign-file, or with openssl cms -sign -binary -noattr -nocerts -nosmimecap"},
    MessageRow{"signature-blacklisted", "Problem blacklisting hash", note, "", "",
               "an entry of the firmware's list of forbidden keys could not be taken over",
               "none needed for modules, unless the key of this one is forbidden"},
    MessageRow{
        "lockdown", "Lockdown: {detail}: unsigned module loading is restricted", refusal, "EPERM",
        "locked-down",
        "the kernel is locked down, as with Secure Boot, and takes modules signed with a trusted key only",
        "sign the module and enroll the key with mokutil --import, or switch Secure Boot off"},
    MessageRow{
        "signature-unverified", "{module}: module verification failed: signature and/or required key missing",
        taint, "", "module-unsigned signature-key-unavailable signature-unsupported",
        "the module is not signed with a key that the kernel trusts; it was loaded, and the kernel marks "
        "itself with taint E",
        "none needed; sign the module if you want the mark gone"},
    MessageRow{"signature-fips", "Module {module} signature verification failed in FIPS mode", broken, "",
               "fips-panics",
               "in FIPS mode a cryptographic module without a valid signature stops the machine",
               "sign the module with a key of the kernel"},
    MessageRow{
        "blacklisted", "Module {module} is blacklisted", refusal, "EPERM", "module-blacklisted",
        "the kernel's command line forbids {module}: module_blacklist= names it",
        "take it out of module_blacklist= in /proc/cmdline, that is in the boot loader's configuration"},
    MessageRow{
        "ima",
        "impossible to appraise a module without a file descriptor\nop=appraise_data\nop=\"appraise_data\"",
        refusal, "EACCES", "",
        "IMA appraises modules on this machine, and the module has no valid signature for it",
        "sign the module for IMA (evmctl ima_sign), or append a signature; it must be loaded by "
        "finit_module, so not with a kmod that unpacks it itself"},
    MessageRow{
        "loadpin", "kernel-module denied\nkernel-module old-api-denied", refusal, "EPERM", "",
        "LoadPin allows modules only from the file system that the first one came from, by finit_module",
        "put the module on that file system, uncompressed or with compression that the kernel reads"},
    MessageRow{"selinux", "avc: * module_load", refusal, "EACCES", "",
               "SELinux does not let this program load a module from this file",
               "restorecon the file (its type must be modules_object_t), and load it with modprobe"},
    MessageRow{"out-of-tree", "{module}: loading out-of-tree module taints kernel", taint, "", "",
               "the module is not of the kernel's own sources: taint O", "none needed"},
    MessageRow{
        "license-taints",
        "{module}: module license '{module_value}' taints kernel\n{module}: module license taints kernel",
        taint, "", "license-taints",
        "the kernel does not take the module's license for GPL-compatible: taint P", "none needed"},
    MessageRow{"staging", "{module}: module is from the staging directory", taint, "", "staging-taints",
               "the module is from the kernel's staging directory: taint C", "none needed"},
    MessageRow{"test-module", "{module}: loading test module taints kernel", taint, "", "test-taints",
               "the module is one of the kernel's tests: taint N", "none needed"},
    MessageRow{"livepatch-taints", "{module}: tainting kernel with TAINT_LIVEPATCH", taint, "", "livepatch",
               "the module is a live patch: taint K", "none needed"},
    MessageRow{"retpoline",
               "{module}: loading module not compiled with retpoline compiler\nSystem may be vulnerable to "
               "spectre v2",
               note, "", "", "the module was compiled without the kernel's defence against Spectre",
               "build the module again with kbuild and the compiler of the kernel", "retpoline"},
};

}  // namespace

std::span<const MessageRow> messages_of_signatures() {
  return table;
}

}  // namespace kpkg::abi
