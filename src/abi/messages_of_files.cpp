// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/messages.hpp"
#include "abi/vermagic.hpp"
#include "elf/architecture.hpp"

#include <array>
#include <charconv>

namespace kpkg::abi {
namespace {

using enum Severity;

void tell_difference(Particulars& found) {
  found.detail = vermagic_difference(found.module_value, found.kernel_value, FirstWord::compared);
  if (only_release_differs(found.module_value, found.kernel_value))
    found.detail += ", and the module or the kernel has no symbol versions that would count instead";
}

void tell_machine(Particulars& found) {
  std::uint16_t machine = 0;
  const auto end = found.module_value.data() + found.module_value.size();
  if (std::from_chars(found.module_value.data(), end, machine).ec == std::errc())
    found.module_value = elf::machine_name(machine);
}

constexpr std::string_view whole_file =
    "copy or install the module again and compare sizes; do not edit it after it was built";
constexpr std::string_view real_module = "use the .ko that kbuild makes, not an object on the way to it";

// Texts: kernel/module.c and kernel/module/ of 4.9 to 7.3.
constexpr std::array table{
    MessageRow{
        "vermagic-differs", "{module}: version magic '{module_value}' should be '{kernel_value}'", refusal,
        "ENOEXEC", "vermagic-differs", "the module was built for another kernel: {detail}",
        "install the headers of the kernel that runs and build the module again; each kernel needs its "
        "own build",
        "", tell_difference},
    MessageRow{"layout-size-differs",
               "module {module}: .gnu.linkonce.this_module section size must match\n"
               "section size must match the kernel's built struct module size",
               refusal, "ENOEXEC", "layout-size-differs",
               "struct module has another size in the kernel than in the tree that the module was built in: "
               "that tree's configuration is not the kernel's",
               "build in the headers that belong to this build of the kernel; a configuration made by "
               "oldconfig is not enough"},
    MessageRow{"this-module-missing",
               "module {module}: Exactly one .gnu.linkonce.this_module section must exist\n"
               "module {module}: Only one .gnu.linkonce.this_module section must exist\n"
               "{module}: No module found in object\nNo module found in object\n"
               "module {module}: .gnu.linkonce.this_module section must have a size set\n"
               "module {module}: .gnu.linkonce.this_module must occupy memory during process execution",
               refusal, "ENOEXEC",
               "this-module-missing this-module-twice this-module-without-bytes this-module-without-memory",
               "the file is an intermediate object (.o, .mod.o), or several modules linked into one",
               real_module},
    MessageRow{"modinfo-invalid", "Only one .modinfo section must exist", refusal, "ENOEXEC", "modinfo-twice",
               "the file has several .modinfo sections, so several modules were linked into one",
               real_module},
    MessageRow{"no-symbols",
               "{module}: module has no symbols (stripped?)\nInvalid ELF no symtab section\n"
               "Only one SYMTAB section must exist\nInvalid ELF section: no SYMTAB",
               refusal, "ENOEXEC", "symbol-table-missing symbol-table-twice",
               "the symbol table of the module was stripped",
               "strip modules with --strip-debug only, and keep .ko files from what strips whole packages "
               "(dh_strip, brp-strip)"},
    MessageRow{
        "file-truncated",
        "Invalid ELF section header overflow\nInvalid ELF section header size\n"
        "{module}: Module len {detail} truncated\nModule len {detail} truncated\n"
        "Module has invalid ELF structures\nInvalid ELF section in module (\n"
        "Invalid ELF header len {detail}\nInvalid ELF section hdr(type {detail})\n"
        "Invalid ELF section name index",
        refusal, "ENOEXEC",
        "header-truncated section-header-size section-headers-outside section-outside name-table-index "
        "name-table-outside class-differs",
        "the file is cut off or damaged: a copy that did not end, a full disk, or a signature that was "
        "removed wrongly",
        whole_file},
    MessageRow{
        "file-invalid",
        "Invalid ELF section name in module\nInvalid ELF section name table type\n"
        "empty section name table\nsection name table isn't null terminated\n"
        "ELF Spec violation: section 0\nInvalid ELF sh_link!=SHN_UNDEF\n"
        "Invalid ELF symbol string table type\nempty symbol string table\n"
        "symbol string table missing leading NUL\nsymbol string table isn't NUL terminated\n"
        "symbol name out of bounds in string table\n"
        "{module}: Symbol {symbol} has an invalid section index {detail}",
        refusal, "ENOEXEC",
        "section-zero section-name-outside unused-section-name-outside name-table-type name-table-empty "
        "name-table-unterminated symbol-names-index symbol-names-type symbol-names-empty "
        "symbol-names-without-first-nul symbol-names-unterminated symbol-name-outside symbol-section-outside",
        "the tables inside the file contradict each other: a tool damaged it",
        "build the module again, and do not work on the .ko with objcopy, patchelf or an editor"},
    MessageRow{
        "no-elf-magic", "Invalid ELF header magic", refusal, "ENOEXEC",
        "not-elf empty-file compression-unread",
        "what the kernel got is no ELF file: a compressed module that nobody unpacked, or a text such as "
        "a Git LFS pointer or an error page",
        "load it with modprobe of a kmod that reads this compression, or unpack it first (unxz, unzstd, "
        "gunzip)"},
    MessageRow{"elf-type", "Invalid ELF header type: {module_value} != {kernel_value}", refusal, "ENOEXEC",
               "not-relocatable byte-order-differs",
               "the file is an executable or a shared library, or its byte order is not the kernel's",
               real_module},
    MessageRow{
        "machine-differs",
        "Invalid architecture in ELF header: {module_value}\n"
        "Invalid module architecture in ELF header: {module_value}",
        refusal, "ENOEXEC", "machine-differs", "the module was built for another processor: {module_value}",
        "take the package for this machine, or set ARCH and CROSS_COMPILE when you build", "", tell_machine},
    MessageRow{
        "compression-unreadable",
        "not a gzip compressed module\nnot an xz compressed module\nnot a zstd compressed module\n"
        "decompression failed with status {detail}\nZSTD-compressed data has",
        refusal, "EINVAL", "",
        "the kernel was asked to unpack the module, and its compression is not the one that this kernel "
        "knows, or the file is damaged",
        "compress it as /sys/module/compression says, with small windows (xz --check=crc32 "
        "--lzma2=dict=1MiB), or load it unpacked"},
    MessageRow{"section-writable-and-executable", "{module}: section {detail} has invalid WRITE|EXEC flags",
               refusal, "ENOEXEC", "writable-code",
               "the section {detail} may be written and executed, which this kernel takes from no module",
               "name the flags of the section in the assembly source: .section NAME, \"ax\" for code"},
    MessageRow{"common-symbol", "{module}: please compile with -fno-common", refusal, "ENOEXEC",
               "symbol-common",
               "a global variable without initialiser is a common symbol, which the loader does not place",
               "build with kbuild, or add -fno-common"},
    MessageRow{"two-kinds-of-constructors", "{module}: has both .ctors and .init_array", refusal, "EINVAL",
               "constructors-twice", "objects of compilers with different constructors were linked together",
               "build all of the module with one compiler"},
    MessageRow{"required-section-missing",
               "{module}: module PLT section(s) missing\n{module}: module GOT section(s) missing\n"
               "{module}: module GOT.PLT section(s) missing\n{module}: module symtab section missing\n"
               "module PLT section(s) missing",
               refusal, "ENOEXEC", "plt-section-missing",
               "the module was not linked with the linker script of the kernel, which makes these sections",
               "link it with kbuild (make -C TREE M=DIR modules), not with ld by hand"},
    MessageRow{"duplicate-section", "sysfs: cannot create duplicate filename '/module/{detail}'", note, "",
               "section-twice",
               "the module has two sections of one name, or one of its name is being loaded already",
               "none needed if the module works"},
};

}  // namespace

std::span<const MessageRow> messages_of_files() {
  return table;
}

}  // namespace kpkg::abi
