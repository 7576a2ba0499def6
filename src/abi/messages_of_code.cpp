// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/messages.hpp"

#include <array>

namespace kpkg::abi {
namespace {

using enum Severity;

constexpr std::string_view with_kbuild =
    "build the module with kbuild and the compiler of the kernel, without flags of your own such as -fPIC or "
    "-mcmodel";
constexpr std::string_view not_processed =
    "build the module again and give it to the kernel as kbuild made it, without ld -r, objcopy or prelink "
    "afterwards";

// Texts: kernel/module.c, kernel/params.c and arch/*/kernel/module.c of 4.9 to 7.3.
constexpr std::array table{
    MessageRow{
        "relocation-type",
        "{module}: Unknown rela relocation: {detail}\n{module}: unknown relocation: {detail}\n"
        "{module}: Unknown relocation type {detail}\nmodule {module}: unsupported RELA relocation: {detail}\n"
        "Unsupported GOTPCREL relocation",
        refusal, "ENOEXEC", "relocation-type-unknown relocations-unsupported",
        "the module's code has a relocation of type {detail}, which this kernel's loader does not know: it "
        "was compiled with other flags, or by a toolchain newer than the kernel",
        with_kbuild},
    MessageRow{
        "dynamic-code",
        "Dynamic linking not supported in kernel modules\nThread local storage not supported in kernel "
        "modules\nThe unexpected relocation type",
        refusal, "EINVAL", "relocation-type-unknown",
        "the module's code was compiled for programs or shared libraries", with_kbuild},
    MessageRow{
        "relocation-target-nonzero", "existing value is nonzero", refusal, "ENOEXEC",
        "relocation-target-filled layout-init-offset-differs layout-exit-offset-differs",
        "a place that a relocation is to fill is not empty: the file was linked or relocated once more, or "
        "its struct module has init or exit where the kernel has another field",
        not_processed},
    MessageRow{
        "relocation-out-of-range",
        "{module}: section * reloc * sym '{symbol}': relocation {detail} out of range\n"
        "{module}: relocation {detail} out of range\nrelocation {detail} out of range (",
        refusal, "ENOEXEC", "relocation-overflows",
        "the module lies too far from what it calls: a branch of arm reaches 32 MB (of Thumb 16 MB), and "
        "the memory that is so near is taken",
        "load it earlier or with fewer other modules, use a kernel with CONFIG_ARM_MODULE_PLTS, or "
        "compile it with -mlong-calls"},
    MessageRow{"relocation-overflow",
               "module {module}: overflow in relocation type {detail} val\noverflow in relocation type "
               "{detail} val\n"
               "overflow in relocation type {detail}\n"
               "can not be addressed by the 32-bit offset\nout of range for 32-bit field",
               refusal, "ENOEXEC", "relocation-overflows",
               "an address does not fit into the instruction that uses it: the code is not compiled for the "
               "kernel's "
               "part of memory, or the module lies too far from the kernel",
               with_kbuild},
    MessageRow{"code-model", "`{module}' likely not compiled with -mcmodel=kernel", refusal, "ENOEXEC", "",
               "the module was not compiled for the kernel's part of memory", with_kbuild,
               "relocation-overflow"},
    MessageRow{"relocation-invalid",
               "{module}: section {detail} reloc * bad relocation sym offset\n"
               "{module}: section {detail} reloc * out of bounds relocation\n"
               "unsupported interworking call\nCan not find HI20 relocation information\n"
               "can not generate the GOT entry for symbol",
               refusal, "ENOEXEC", "relocation-symbol-outside relocation-outside",
               "a relocation of the module does not fit its section or its code", not_processed},
    MessageRow{
        "percpu-memory",
        "{module}: Could not allocate {detail} bytes percpu data\npercpu: allocation failed, size={detail} "
        "align",
        refusal, "ENOMEM", "per-cpu-too-large",
        "the module's static per-processor variables ({detail} bytes) do not fit into the memory that is "
        "reserved for all modules",
        "unload modules that have some, or use alloc_percpu() for large ones"},
    MessageRow{"module-memory", "vmap allocation for size {detail} failed\nvmalloc: allocation failure",
               refusal, "ENOMEM", "", "the part of memory where modules lie is full",
               "unload modules, or restart; on arm a kernel with CONFIG_ARM_MODULE_PLTS has more of it"},
    MessageRow{"btf-tolerated", "Kernel module BTF mismatch detected", note, "", "",
               "the module's type information (BTF) belongs to another build of the kernel; it is left out",
               "none needed"},
    MessageRow{
        "btf-invalid",
        "failed to validate module [{module}] BTF: {detail}\nBPF: Invalid {detail}\nBPF: \t Invalid {detail}",
        refusal, "EINVAL", "btf-invalid",
        "the module's type information (BTF) belongs to another build of the kernel; kernels with "
        "CONFIG_MODULE_ALLOW_BTF_MISMATCH load it all the same",
        "remove it before signing (objcopy -R .BTF -R .BTF.base FILE.ko), or build with the vmlinux of this "
        "kernel",
        "btf-invalid"},
    MessageRow{"livepatch-disabled",
               "{module}: module is marked as livepatch module, but livepatch support is disabled", refusal,
               "ENOEXEC", "livepatch",
               "the module is a live patch, and this kernel is built without CONFIG_LIVEPATCH",
               "use a kernel with CONFIG_LIVEPATCH"},
    MessageRow{
        "livepatch-refuses", "patch '{detail}' failed for module '{module}', refusing to load module",
        refusal, "", "",
        "the live patch {detail} cannot be applied to this module, so the module is not loaded",
        "disable the patch (echo 0 > /sys/kernel/livepatch/{detail}/enabled), or take one for this module"},
    MessageRow{
        "parameter-unknown",
        "{module}: unknown parameter '{detail}' ignored\n{module}: Unknown parameter `{detail}'", note, "",
        "", "the module has no parameter {detail}; it is loaded without it",
        "kpkg inspect lists the module's parameters; correct the options in modprobe.d or on the kernel's "
        "command line"},
    MessageRow{"parameter-invalid",
               "{module}: `{module_value}' invalid for parameter `{detail}'\n"
               "{module}: `{module_value}' too large for parameter `{detail}'",
               refusal, "EINVAL", "", "the parameter {detail} does not take the value {module_value}",
               "correct the options in modprobe.d or on the kernel's command line"},
    MessageRow{"name-taken", "{module}: module is already loaded", refusal, "EINVAL", "built-in-has-name",
               "a driver of the name {module} is in the kernel already, loaded or built in",
               "unload the other one first; what is built in can only be left away or renamed"},
    MessageRow{"name-missing", "attempted to be registered with empty name!", refusal, "EINVAL", "name-empty",
               "the module has no name in its struct module", "use the .ko that kbuild makes"},
    MessageRow{"init-suspicious", "{module}: init suspiciously returned {detail},", note, "", "",
               "the module's init function returned a number that means nothing; it is loaded",
               "report it to who maintains the module"},
    MessageRow{
        "control-flow", "CFI failure at\nMissing ENDBR", broken, "", "",
        "a function was called that the compiler did not mark for it: the module was compiled without the "
        "kernel's protection of calls (kCFI, IBT)",
        "build the module with the kernel's compiler and configuration (clang where the kernel has "
        "CONFIG_CFI)"},
    MessageRow{
        "null-call",
        "RIP: 0010:0x0\nBUG: kernel NULL pointer dereference, address: 0000000000000000\n"
        "unable to handle kernel NULL pointer dereference at 0000000000000000",
        broken, "",
        "weak-symbol-unknown struct-layout-differs layout-size-differs layout-init-offset-differs",
        "something called or read the address 0: right after a load often a weak symbol that nobody has, or "
        "a struct that is laid out otherwise",
        "kpkg check FILE.ko tells both; keep the module from loading until it is built again"},
};

}  // namespace

std::span<const MessageRow> messages_of_code() {
  return table;
}

}  // namespace kpkg::abi
