// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/messages.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using enum Severity;

constexpr std::string_view modversions_tree =
    "build the module in a tree with CONFIG_MODVERSIONS and the kernel's Module.symvers";
constexpr std::string_view new_linker_script =
    "build the module again in the headers of this kernel, whose modpost and linker script are newer";
constexpr std::string_view give_symvers =
    "build the module again with the Module.symvers that has the symbol: the kernel's, or by "
    "KBUILD_EXTRA_SYMBOLS that of the module which exports it";

void tell_namespace(Particulars& found) {
  found.detail = found.kernel_value.starts_with("module:")
                     ? "only the modules that its name lists may use it, and no import changes that"
                     : "add MODULE_IMPORT_NS(\"" + found.kernel_value +
                           "\") to the source (without quotes up to "
                           "6.12), or run make nsdeps, and build the module again";
}

// Texts: kernel/module.c and kernel/module/ of 4.9 to 7.3; err 0 is that of 4.9.
constexpr std::array table{
    MessageRow{"module-layout-crc-differs", "{module}: disagrees about version of symbol module_layout",
               refusal, "ENOEXEC", "module-layout-crc-differs",
               "the headers that the module was built with are not those of the running kernel: its struct "
               "module is another one",
               "install the headers of this kernel and build the module from clean, or start the kernel that "
               "the headers belong to"},
    MessageRow{
        "crc-differs", "{module}: disagrees about version of symbol {symbol}", refusal, "EINVAL",
        "crc-differs",
        "the types behind {symbol} are not those that the module was built with: the Module.symvers was "
        "another kernel's, or {symbol} comes from a module that was built otherwise",
        "build the module again with the headers of this kernel; if another module exports the symbol, "
        "build that one first and name its Module.symvers in KBUILD_EXTRA_SYMBOLS"},
    MessageRow{"extended-crc-missing", "{module}: no extended symbol version for {symbol}", note, "",
               "crc-missing",
               "the module was built without the Module.symvers that has {symbol}; the kernel only warns",
               give_symvers},
    MessageRow{
        "module-layout-crc-missing", "{module}: no symbol version for module_layout", refusal, "ENOEXEC",
        "module-layout-crc-missing",
        "the module was built without the kernel's Module.symvers; kernels of Debian refuse it, others "
        "only warn",
        "install the headers of this kernel and build the module again"},
    MessageRow{
        "crc-missing", "{module}: no symbol version for {symbol}", refusal, "EINVAL", "crc-missing",
        "the module was built without the Module.symvers that has {symbol}; kernels of Debian refuse it, "
        "others only warn",
        give_symvers},
    MessageRow{"extended-crcs-invalid",
               "extended version crc+name presence does not match\nmore extended version crcs than names",
               refusal, "ENOEXEC", "extended-versions-unpaired extended-versions-short",
               "the module's tables of extended symbol versions contradict each other",
               "build the module again, and do not remove its sections"},
    MessageRow{
        "proprietary-provider",
        "{module}: module using GPL-only symbols uses symbols from proprietary module {detail}.\n"
        "{module}: module using GPL-only symbols uses symbols {symbol} from proprietary module {detail}.",
        refusal, "ENOENT", "symbol-of-proprietary",
        "the module uses symbols for GPL-compatible modules only and symbols of {detail}, which is "
        "proprietary; the kernel does not allow both",
        "use a provider under a GPL-compatible license"},
    MessageRow{
        "inherits-taint",
        "{module}: module uses symbols from proprietary module {detail}, inheriting taint\n"
        "{module}: module uses symbols {symbol} from proprietary module {detail}, inheriting taint",
        taint, "", "proprietary-inherited",
        "the module uses symbols of {detail}, which is proprietary, so it counts as proprietary too and "
        "gets no GPL-only symbol from here on",
        "none needed if it loads"},
    MessageRow{"provider-not-ready", "{module}: gave up waiting for init of module {detail}.", refusal,
               "EBUSY", "",
               "{detail}, whose symbols the module needs, did not end its init function within 30 seconds",
               "find out why {detail} does not start (its lines in the log), then load the module again"},
    MessageRow{"symbol-waits", "{module}: Unknown symbol {symbol} (err -16)", refusal, "EBUSY", "",
               "the module that exports {symbol} was still starting and did not end in time",
               "find out why that module does not start (its lines in the log), then load this one again",
               "provider-not-ready"},
    MessageRow{
        "namespace-not-imported",
        "{module}: module uses symbol ({symbol}) from namespace {kernel_value}, but does not import it",
        refusal, "EINVAL", "namespace-not-imported",
        "{symbol} belongs to the namespace {kernel_value}, which the module does not import", "{detail}", "",
        tell_namespace},
    MessageRow{
        "module-namespace-imported", "{module}: module tries to import module namespace: {kernel_value}",
        refusal, "EPERM", "module-namespace-imported",
        "a namespace that begins with module: lists the modules that may use it; nobody may import it",
        "remove MODULE_IMPORT_NS for {kernel_value}; without it the kernel looks at the module's name"},
    MessageRow{
        "symbol-refused", "{module}: Unknown symbol {symbol} (err -22)", refusal, "EINVAL",
        "crc-differs crc-missing namespace-not-imported",
        "the kernel has {symbol} and does not give it to this module: its version or its namespace is not "
        "right, which the line before this one says",
        "look for the line before it in the kernel log: disagrees about version, no symbol version, or "
        "does not import",
        "crc-differs crc-missing namespace-not-imported"},
    MessageRow{
        "symbol-of-division",
        "{module}: Unknown symbol __udivdi3 (err\n{module}: Unknown symbol __divdi3 (err\n"
        "{module}: Unknown symbol __umoddi3 (err\n{module}: Unknown symbol __moddi3 (err\n"
        "{module}: Unknown symbol __aeabi_uldivmod (err\n{module}: Unknown symbol __aeabi_ldivmod (err",
        refusal, "ENOENT", "symbol-unknown",
        "the module divides 64-bit numbers with / or %, for which the compiler calls a function that "
        "32-bit kernels do not have",
        "use div_u64(), div64_u64() or do_div() of linux/math64.h in the source, or take a version of it "
        "that is made for 32-bit machines"},
    MessageRow{
        "symbol-of-flags",
        "{module}: Unknown symbol _GLOBAL_OFFSET_TABLE_ (err\n{module}: Unknown symbol __asan_* (err\n"
        "{module}: Unknown symbol __ubsan_* (err\n{module}: Unknown symbol __sanitizer_cov_* (err\n"
        "{module}: Unknown symbol __gcov_* (err\n{module}: Unknown symbol __stack_chk_* (err\n"
        "{module}: Unknown symbol __fentry__ (err\n{module}: Unknown symbol mcount (err\n"
        "{module}: Unknown symbol _mcount (err\n{module}: Unknown symbol __gnu_mcount_nc (err\n"
        "{module}: Unknown symbol __x86_return_thunk (err\n"
        "{module}: Unknown symbol __x86_indirect_thunk_* (err",
        refusal, "ENOENT", "symbol-unknown",
        "the compiler, not the source, calls this symbol, and this kernel does not have it: the module was "
        "compiled with flags of another kernel or of your own (position-independent code, a sanitizer, "
        "coverage, stack protection, tracing of functions, mitigations of the processor's faults)",
        "build the module again with kbuild in the headers of this kernel, without flags such as -fPIC, "
        "-fsanitize or -pg"},
    MessageRow{
        "symbol-unknown",
        "{module}: Unknown symbol {symbol} (err -2)\n{module}: Unknown symbol {symbol} (err 0)", refusal,
        "ENOENT", "symbol-unknown provider-refused symbol-gpl-only symbol-gpl-only-after-proprietary",
        "nobody gives {symbol} to the module: the module that exports it is not loaded, this kernel does "
        "not export it, or it is for GPL-compatible modules only and the module's license is not",
        "load the module with modprobe, which loads first what it needs (depmod -a if it is new); "
        "kpkg check FILE.ko says which of the three it is",
        "proprietary-provider"},
    MessageRow{"export-duplicate-of-kernel", "{module}: exports duplicate symbol {symbol} (owned by kernel)",
               refusal, "ENOEXEC", "export-duplicates-kernel",
               "the kernel's image exports {symbol} already: what {module} brings is built into this kernel",
               "do not load {module} on this kernel, or rename its symbol"},
    MessageRow{
        "export-duplicate", "{module}: exports duplicate symbol {symbol} (owned by {detail})", refusal,
        "ENOEXEC", "export-duplicates-module",
        "the module {detail}, which is loaded, exports {symbol} already: it is the twin of {module}, or "
        "a copy of the same code",
        "unload {detail} and keep it from being loaded (blacklist in modprobe.d), or rename the symbol"},
    MessageRow{"exports-without-crcs", "{module}: no versions for exported symbols", forced, "",
               "exports-without-crcs",
               "the module exports symbols without CRCs; the kernel loaded it by force", modversions_tree},
    MessageRow{"exports-without-flags", "{module}: no flags for exported symbols", refusal, "ENOEXEC",
               "exports-without-flags",
               "the module exports symbols and was linked for a kernel before 7.1: it has no __kflagstab",
               new_linker_script},
    MessageRow{
        "exports-obsolete", "{module}: ignoring obsolete section {detail}", note, "", "exports-ignored",
        "the module was linked for a kernel before 7.1; what it exports in {detail} is not seen, so that "
        "modules that need it will meet unknown symbols",
        new_linker_script},
    MessageRow{
        "vermagic-missing", "{module}: bad vermagic: kernel tainted", forced, "", "no-vermagic",
        "the module does not say for which kernel it was built, or it was loaded with --force-vermagic; "
        "the kernel loaded it by force",
        "build it with kbuild for this kernel, and load it without --force"},
    MessageRow{
        "versions-missing", "{module}: module_layout: kernel tainted\n{module}: {symbol}: kernel tainted.",
        forced, "", "no-versions",
        "the module has no symbol versions, or it was loaded with --force-modversion; the kernel loaded it "
        "by force, without comparing types",
        modversions_tree},
    MessageRow{"symbol-of-the-future",
               "Symbol {symbol} is being used by a non-GPL module, which will not be allowed in the future\n"
               "Symbol {symbol} is marked as UNUSED, however this module is using it",
               note, "", "", "{symbol} is still there on this kernel and will not be on later ones",
               "none needed on this kernel"},
};

}  // namespace

std::span<const MessageRow> messages_of_symbols() {
  return table;
}

}  // namespace kpkg::abi
