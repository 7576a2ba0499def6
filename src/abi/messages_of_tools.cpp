// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/messages.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using enum Severity;

// Texts: kmod 28 to 34 (tools/, libkmod/), linux scripts/mod/modpost.c of 4.9 to 7.3.
constexpr std::array table{
    MessageRow{"module-not-found",
               "Module {module} not found in directory {detail}\ncan't change directory to '{detail}'\n"
               "modprobe: module {module} not found in modules.dep",
               refusal, "", "", "the kernel that runs has no module of this name in {detail}",
               "check the name, install the module for this kernel (uname -r), or run depmod -a"},
    MessageRow{"install-command",
               "Error running install command '{detail}' for module {module}: retcode\n"
               "Error running install command for {module}",
               refusal, "", "modprobe-runs-other",
               "a line `install {module} …` in modprobe.d runs a command instead of loading it",
               "modprobe --showconfig | grep {module} shows the line; modprobe --ignore-install {module} "
               "passes it by"},
    MessageRow{"in-use", "Module {module} is in use by: {detail}", note, "EBUSY", "",
               "{module} cannot be unloaded while these modules use it: {detail}", "unload {detail} first"},
    MessageRow{"in-use-by-programs",
               "Module {module} is in use\ncould not remove '{module}': Resource temporarily unavailable\n"
               "could not remove module {module}: Resource temporarily unavailable",
               note, "EBUSY", "", "{module} cannot be unloaded while programs, devices or mounts use it",
               "end what uses it: lsof or fuser on its devices, umount, ip link set down"},
    MessageRow{"not-removable",
               "could not remove '{module}': Device or resource busy\n"
               "could not remove module {module}: Device or resource busy",
               note, "EBUSY", "",
               "{module} has no exit function, or is still starting or stopping, or crashed while it did",
               "it stays until the machine restarts; kpkg inspect {module} says which of these it is"},
    MessageRow{
        "not-removed",
        "could not remove '{module}': Operation not permitted\n"
        "could not remove module {module}: Operation not permitted",
        note, "EPERM", "",
        "only root may unload modules, not from a container, and not where kernel.modules_disabled is 1",
        "run it with sudo on the machine itself, and look at /proc/sys/kernel/modules_disabled"},
    MessageRow{
        "index-missing", "could not open builtin file '{detail}'\ncould not open moddep file '{detail}'",
        note, "", "",
        "the index of modules is not there ({detail}): the modules of the running kernel are not "
        "installed here (a container, or an upgrade since the last start), or depmod never ran",
        "start the kernel that is installed, install the modules of the one that runs (uname -r), or run "
        "depmod -a"},
    MessageRow{"file-missing",
               "could not load module {module}: No such file or directory\n"
               "can't insert '{module}': No such file or directory",
               refusal, "", "", "there is no file for {module} at the path that was given",
               "check the path: insmod takes a file, modprobe the name of an installed module"},
    MessageRow{"not-loaded", "Module {module} is not currently loaded", note, "", "",
               "there is nothing to unload: {module} is not loaded", "none needed"},
    MessageRow{"built-in", "Module {module} is builtin", note, "", "built-in-has-name",
               "{module} is part of the kernel's image and can neither be loaded nor unloaded",
               "none needed"},
    MessageRow{"dependency-unknown", "{module} needs unknown symbol {symbol}", refusal, "ENOENT",
               "symbol-unknown", "no module of this kernel and not the kernel itself exports {symbol}",
               "install the module that exports it, or a version of {module} for this kernel"},
    MessageRow{"dependency-crc-differs", "{module} disagrees about version of symbol {symbol}", refusal,
               "EINVAL", "crc-differs",
               "{module} was built with other types behind {symbol} than the kernel's",
               "build the module again with the headers of this kernel"},
    MessageRow{
        "dependency-cycle", "Cycle detected: {detail}\nFound {detail} modules in dependency cycles!", refusal,
        "", "",
        "modules need each other in a circle, so depmod leaves them out and modprobe does not find them",
        "remove one of them, or its file that is there twice"},
    MessageRow{
        "modpost-undefined",
        "modpost: \"{symbol}\" [{module}] undefined!\n\"{symbol}\" [{module}] undefined!", refusal, "",
        "symbol-unknown",
        "the build of {module} does not know who exports {symbol}: this kernel does not, or it is another "
        "module's",
        "use a version of the module for this kernel, or name the other module's Module.symvers in "
        "KBUILD_EXTRA_SYMBOLS"},
    MessageRow{"modpost-long-symbol", "too long symbol \"{symbol}\" [{module}]", refusal, "", "",
               "the name {symbol} is longer than symbol versions can hold",
               "shorten the name, or use a kernel with CONFIG_EXTENDED_MODVERSIONS"},
    MessageRow{
        "modpost-no-crc",
        "\"{symbol}\" [{module}] has no CRC!\nEXPORT symbol \"{symbol}\" [{module}] version * failed", note,
        "", "crc-missing",
        "{symbol} of {module} is exported without a version, and modules that use it get none",
        "include the header that declares it in the file that exports it (asm-prototypes.h for assembly)"},
    MessageRow{"modpost-gpl-only", "GPL-incompatible module {module} uses GPL-only symbol '{symbol}'",
               refusal, "", "symbol-gpl-only",
               "{symbol} is for GPL-compatible modules only, and the license of {module} is not",
               "use another interface, or correct MODULE_LICENSE if the module is under the GPL"},
    MessageRow{"modpost-namespace",
               "module {module} uses symbol {symbol} from namespace {kernel_value}, but does not import it",
               refusal, "", "namespace-not-imported",
               "{symbol} belongs to the namespace {kernel_value}, which {module} does "
               "not import",
               "add MODULE_IMPORT_NS for {kernel_value} to the source, or run make nsdeps"},
};

}  // namespace

std::span<const MessageRow> messages_of_tools() {
  return table;
}

const MessageRow& message_of_other_errno() {
  static constexpr MessageRow row{
      "init-failed-otherwise",
      "could not insert '{module}': {detail}\ncould not insert module {module}: {detail}\n"
      "could not insert '{module}', which * needs: {detail}\nFailed to insert module '{module}': {detail}",
      refusal,
      "",
      "",
      "the module was loaded, and its own init function ended with an error that the loader never gives: "
      "{detail}",
      "the driver's own lines in the kernel log say more (dmesg); the module itself is right for this "
      "kernel"};
  return row;
}

}  // namespace kpkg::abi
