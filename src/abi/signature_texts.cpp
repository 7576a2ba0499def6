// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/finding_row.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using Row = FindingRow;
using enum FindingId;
using enum Severity;

constexpr std::string_view taint_line =
    "{module}: module verification failed: signature and/or required key missing - tainting kernel";
constexpr std::string_view sign_it =
    "sign the module, last of all, with a key that the kernel trusts: enroll yours with mokutil --import, or "
    "build it into the kernel";
constexpr std::string_view sign_again =
    "sign the module again with the kernel's scripts/sign-file, after everything else is done to it";
constexpr std::string_view learn_keys = "give kpkg the kernel's image, which has its keys, then check again";

// Log lines and errno: booted kernels 5.10, 6.1, 6.12 and 7.2; linux kernel/module/signing.c.
constexpr std::array table{
    Row{signature_policy_unchecked, note, "", "",
        "whether kernel {release} checks signatures is not known, so the module's was not looked at", ""},
    Row{module_unsigned, note, "", taint_line,
        "the module is not signed; the kernel loads it and marks itself with E", ""},
    Row{module_unsigned, refusal, "EKEYREJECTED", "Loading of unsigned module is rejected",
        "the module is not signed, and the kernel demands it", sign_it},
    Row{signature_unsupported, note, "", taint_line,
        "the kernel cannot check the module's signature: {detail}; it loads the module and marks itself with "
        "E",
        ""},
    Row{signature_unsupported, refusal, "EKEYREJECTED",
        "Loading of module with unsupported crypto is rejected",
        "the kernel cannot check the module's signature: {detail}", "sign the module with sha256 or sha512"},
    Row{signature_key_unavailable, note, "", taint_line,
        "the kernel has no key of {module_value}, who signed the module; it loads the module and marks "
        "itself "
        "with E",
        ""},
    Row{signature_key_unavailable, refusal, "EKEYREJECTED",
        "Loading of module with unavailable key is rejected",
        "the kernel has no key of {module_value}, who signed the module", sign_it},
    Row{locked_down, refusal, "EPERM",
        "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7",
        "the kernel is locked down and takes only modules that are signed with a key that it has", sign_it},
    Row{signature_damaged, refusal, "EBADMSG", "", "the module's signature is damaged: {detail}", sign_again},
    Row{signature_has_parameters, refusal, "EBADMSG",
        "module: PKCS#7 signature info has unexpected non-zero params",
        "the trailer of the module's signature has fields set that must be 0", sign_again},
    Row{signature_version_unread, refusal, "EINVAL", "PKCS7: Unsupported SignerInfo version",
        "the module's signature is of a form that kernels do not read: {detail}", sign_again},
    Row{signature_not_of_data, refusal, "EKEYREJECTED", "Invalid module sig (not pkcs7-data)",
        "the module's signature is that of a program, not of data", sign_again},
    Row{signature_has_attributes, refusal, "EKEYREJECTED", "Invalid module sig (has authattrs)",
        "the module's signature has signed attributes, which the kernel does not accept of modules",
        "sign the module with the kernel's scripts/sign-file, or with openssl cms -sign -binary -noattr"},
    Row{signature_key_revoked, refusal, "EKEYREJECTED", "",
        "the signature of {module_value} counts for nothing: {detail}",
        "sign the module again with a key that is not revoked"},
    Row{signature_wrong, refusal, "EKEYREJECTED", "",
        "the signature of {module_value} is not one of this file: it was changed after it was signed, or "
        "signed "
        "for another",
        "install the file as it was signed, or sign it again after stripping and everything else"},
    Row{signature_unchecked, note, "", "", "the signature of {module_value} was not checked: {detail}", ""},
    Row{signature_unchecked, unknown, "", "",
        "whether the signature of {module_value} is right could not be checked: {detail}", learn_keys},
    Row{modules_disabled, refusal, "EPERM", "",
        "the kernel takes no modules any more (kernel.modules_disabled, or booted with nomodule)",
        "reboot without that setting; it cannot be undone in a running kernel"},
    Row{module_blacklisted, refusal, "EPERM", "Module {module} is blacklisted",
        "the kernel was booted with the module's name in module_blacklist=",
        "take the name out of the kernel's command line and reboot"},
    Row{modprobe_blacklists, note, "", "",
        "{detail} keeps the module from being loaded for a device; modprobe {module} still loads it",
        "remove the line if devices are to load it"},
    Row{modprobe_runs_other, note, "", "",
        "{detail} has modprobe run a command instead of loading the module",
        "remove the line to load the module"},
    Row{built_in_has_name, refusal, "EINVAL", "{module}: module is already loaded",
        "a driver of this name is inside the kernel's image", "do not install the module for this kernel"},
    Row{built_in_has_name, unknown, "", "",
        "a driver of this name is inside the kernel's image, and whether it stands in the way is not known",
        "do not install the module for this kernel"},
    Row{built_in_has_name, note, "", "",
        "a driver of this name is inside the kernel's image; the module would be loaded beside it",
        "do not install the module for this kernel unless both are wanted"},
};

}  // namespace

std::span<const FindingRow> signature_texts() {
  return table;
}

}  // namespace kpkg::abi
