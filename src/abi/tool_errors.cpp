// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/tool_errors.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace kpkg::abi {
namespace {

using enum Severity;

constexpr std::string_view look_into_log =
    "look into the kernel log of that moment (dmesg) and give kpkg its lines, or run kpkg check FILE.ko";
constexpr std::string_view signing =
    "sign the module with a key that the kernel trusts, as the last thing that changes the file";
constexpr std::string_view no_hardware =
    "the module itself is right for this kernel; check that the device is there, and the driver's own lines "
    "in "
    "the kernel log";

// Texts: kmod tools/insmod.c mod_strerror(), tools/modprobe.c insmod_insert(), busybox modutils.c moderror(),
// glibc strerror(). What causes which: booted kernels, and their sources of 4.9 to 7.3.
constexpr std::array table{
    ToolError{"ENOEXEC", "Invalid module format\nExec format error", "exec-format-error", refusal,
              "vermagic-differs module-layout-crc-differs layout-size-differs machine-differs "
              "trampoline-section-missing no-versions no-vermagic",
              "the kernel takes the file for no module of its own: it was built for another kernel or "
              "configuration, or is damaged; if the kernel log has no line about it, vermagic, symbol "
              "versions or a "
              "section that the architecture needs (arm64: .text.ftrace_trampoline) are missing",
              look_into_log},
    ToolError{
        "ENOENT", "Unknown symbol in module, or unknown parameter\nUnknown symbol in module", "symbol-error",
        refusal, "symbol-unknown symbol-gpl-only",
        "the module needs symbols that nobody gives to it; the kernel log names them",
        "load it with modprobe, which loads first what it needs; give kpkg the lines with Unknown symbol"},
    ToolError{"ESRCH", "Module has wrong symbol version", "symbol-version-error", refusal, "crc-differs",
              "a symbol's version is not the one that the module was built with",
              "build the module again with the headers of this kernel"},
    ToolError{
        "EINVAL", "Invalid parameters\nInvalid argument", "invalid-argument", refusal,
        "crc-differs crc-missing namespace-not-imported btf-invalid signature-version-unread",
        "a symbol's version or namespace, the module's BTF or the value of a parameter is not right, which "
        "the kernel log says; if it does not, the module's own init function refused to start",
        look_into_log},
    ToolError{
        "EKEYREJECTED", "Key was rejected by service", "key-rejected", refusal,
        "signature-wrong module-unsigned signature-key-unavailable",
        "the signature was refused: without a line in the kernel log it does not fit the file, which was "
        "changed or stripped after it was signed, or its key is on the list of forbidden ones; with one, the "
        "kernel takes signed modules only",
        signing},
    ToolError{
        "ENOKEY", "Required key not available", "key-not-available", refusal,
        "module-unsigned signature-key-unavailable",
        "this kernel takes signed modules only, and the module has no signature or one with an unknown key",
        signing},
    ToolError{"EBADMSG", "Bad message", "bad-message", refusal, "signature-damaged signature-has-parameters",
              "the signature at the end of the file is damaged", signing},
    ToolError{"ENOPKG", "Package not installed", "package-not-installed", refusal, "signature-unsupported",
              "the signature uses a digest or an algorithm that this kernel does not have",
              "sign the module with sha256 or sha512"},
    ToolError{
        "EPERM", "Operation not permitted", "not-permitted", refusal,
        "modules-disabled module-blacklisted locked-down",
        "without a line in the kernel log: this kernel loads no modules any more "
        "(/proc/sys/kernel/modules_disabled is 1, or nomodule), the caller is not root or is in a container, "
        "or module_blacklist= names it; with one, lockdown or LoadPin",
        "look at /proc/sys/kernel/modules_disabled, /proc/cmdline and /sys/kernel/security/lockdown; only a "
        "restart takes modules_disabled back"},
    ToolError{"EACCES", "Permission denied", "permission-denied", refusal, "",
              "a security policy of this machine (IMA, SELinux) refuses the file; the audit log says which",
              "sign the module for IMA, or restorecon the file"},
    ToolError{"EEXIST", "File exists\nModule already in kernel", "already-loaded", note, "",
              "a module of this name is loaded already",
              "none needed; unload that one first if it is another build"},
    ToolError{"EBUSY", "Device or resource busy", "busy", refusal, "",
              "a module of this name is still starting or stopping, or one that this one needs did not start "
              "within "
              "30 seconds; else the module's own init function found its device in use",
              look_into_log},
    ToolError{"ENOMEM", "Cannot allocate memory", "out-of-memory", refusal, "",
              "there is no room for the module: in memory, in the part of it where modules lie, or for its "
              "per-processor variables",
              "unload modules that are not needed, or restart"},
    ToolError{"EOPNOTSUPP", "Operation not supported", "not-supported", refusal, "",
              "the kernel was asked to unpack a compressed module and cannot",
              "load it with a kmod that unpacks it, or install it uncompressed"},
    ToolError{"ENOSYS", "Function not implemented\nkernel does not support requested operation", "no-modules",
              refusal, "", "this kernel is built without loadable modules",
              "use a kernel with CONFIG_MODULES"},
    ToolError{"EFBIG", "File too large", "file-too-large", refusal, "",
              "no module can be as large as this file", "check that the file is a module"},
    ToolError{"ENXIO", "No such device or address", "no-device-address", refusal, "",
              "the module was loaded, and its init function found no device that it drives", no_hardware},
    ToolError{"ENODEV", "No such device", "no-device", refusal, "",
              "the module was loaded, and its init function found no device that it drives", no_hardware},
    ToolError{"EIO", "Input/output error", "init-failed", refusal, "",
              "the module was loaded, and its init function met an error of its device", no_hardware},
    ToolError{"ETIMEDOUT", "Connection timed out", "init-timed-out", refusal, "",
              "the module was loaded, and its device did not answer its init function in time", no_hardware},
};

/// What a line says that is about loading a module.
constexpr std::array<std::string_view, 9> contexts = {"insmod",       "modprobe",    "insert ",
                                                      "inserting ",   "load module", "init_module",
                                                      "modules-load", "kmod",        "module: "};

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
  });
  return result;
}

/// Whether `line` is about a load, or is nothing but `text`.
bool is_about(const std::string& line, const std::string& text) {
  if (std::any_of(contexts.begin(), contexts.end(),
                  [&](auto context) { return line.find(context) != std::string::npos; }))
    return true;
  return line == text || line == text + " (see dmesg)";
}

}  // namespace

const ToolError* tool_error_in(std::string_view line) {
  const auto lowered = lower(trimmed(line));
  for (const auto& error : table)
    for (const auto& text : lines(error.texts)) {
      const auto wanted = lower(text);
      if (lowered.find(wanted) != std::string::npos && is_about(lowered, wanted)) return &error;
    }
  return nullptr;
}

std::span<const ToolError> tool_errors() {
  return table;
}

}  // namespace kpkg::abi
