// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/finding_row.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using Row = FindingRow;
using enum FindingId;
using enum Severity;

constexpr std::string_view sign_for_fips =
    "sign the module with a key that the kernel trusts, or do not load it in FIPS mode";

// Source: linux crypto/algapi.c, crypto_check_module_sig(); security/integrity/ima; kmod libkmod-file.c.
constexpr std::array table{
    Row{fips_panics, broken, "", "Module {module} signature verification failed in FIPS mode",
        "the machine is in FIPS mode, where the kernel stops it (panic) when a module that it does not take "
        "for signed registers an algorithm ({detail})",
        sign_for_fips},
    Row{fips_unchecked, unknown, "", "",
        "the machine is in FIPS mode, the module registers an algorithm ({detail}), and its signature was "
        "not "
        "checked: if it is not right, the kernel stops the machine (panic)",
        sign_for_fips},
    Row{ima_unchecked, note, "", "",
        "IMA of this machine appraises modules; whether it accepts this file was not checked",
        "if loading it ends with EACCES, sign the file for IMA (evmctl ima_sign)"},
    Row{compression_unread, refusal, "ENOEXEC",
        "Invalid ELF header magic: != \x7f"
        "ELF",
        "the file is compressed as {module_value}, and the modprobe of this system unpacks {detail}: the "
        "kernel would get it as it is",
        "install the module uncompressed, or compressed as the kernel's own modules are"},
    Row{compression_unchecked, note, "", "",
        "whether the modprobe of this system unpacks files compressed as {module_value} is not known", ""},
    Row{shadowed, note, "", "",
        "modprobe does not find this file but {detail}, which depmod prefers by its place",
        "change the search order in /etc/depmod.d, or remove the other file"},
};

}  // namespace

std::span<const FindingRow> machine_texts() {
  return table;
}

}  // namespace kpkg::abi
