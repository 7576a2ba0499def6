// SPDX-License-Identifier: GPL-2.0-or-later
// Every message that users meet, by kind, each with a line as kernels and tools print it.
#include "abi/explain.hpp"
#include "abi/finding_row.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace kpkg;
using namespace kpkg::abi;

namespace {

/// A message of a known kind: the explanation that it must get, and the line.
struct Sample {
  std::string_view id;
  std::string_view line;
};

constexpr std::array log_samples = {
    Sample{"vermagic-differs",
           "sample: version magic '6.1.0-55-amd64 SMP preempt mod_unload modversions ' should be "
           "'6.1.0-56-amd64 SMP preempt mod_unload modversions '"},
    Sample{"module-layout-crc-differs", "sample: disagrees about version of symbol module_layout"},
    Sample{"crc-differs", "sample: disagrees about version of symbol usb_submit_urb"},
    Sample{"crc-missing", "sample: no symbol version for usb_submit_urb"},
    Sample{"module-layout-crc-missing", "sample: no symbol version for module_layout"},
    Sample{"extended-crc-missing", "sample: no extended symbol version for usb_submit_urb"},
    Sample{"symbol-unknown", "sample: Unknown symbol usb_submit_urb (err -2)"},
    Sample{"symbol-unknown", "sample: Unknown symbol usb_submit_urb (err 0)"},
    Sample{"symbol-refused", "sample: Unknown symbol usb_submit_urb (err -22)"},
    Sample{"symbol-waits", "sample: Unknown symbol usb_submit_urb (err -16)"},
    Sample{"provider-not-ready", "sample: gave up waiting for init of module usbcore."},
    Sample{"layout-size-differs",
           "module sample: .gnu.linkonce.this_module section size must match the kernel's built struct "
           "module size at run time"},
    Sample{"this-module-missing", "sample: No module found in object"},
    Sample{"this-module-missing", "module sample: Exactly one .gnu.linkonce.this_module section must exist."},
    Sample{"this-module-missing", "module sample: Only one .gnu.linkonce.this_module section must exist."},
    Sample{"no-symbols", "sample: module has no symbols (stripped?)"},
    Sample{"file-truncated", "Invalid ELF section header overflow"},
    Sample{"file-truncated", "Module len 4096 truncated"},
    Sample{"file-truncated", "Module has invalid ELF structures"},
    Sample{"file-truncated", "Invalid ELF section in module (section 3 type 1)"},
    Sample{"no-elf-magic", "Invalid ELF header magic: != \\x7fELF"},
    Sample{"machine-differs", "Invalid architecture in ELF header: 40"},
    Sample{"compression-unreadable", "not a gzip compressed module"},
    Sample{"compression-unreadable", "not an xz compressed module"},
    Sample{"compression-unreadable", "not a zstd compressed module"},
    Sample{"compression-unreadable", "decompression failed with status 6"},
    Sample{"namespace-not-imported",
           "sample: module uses symbol (dma_buf_put) from namespace DMA_BUF, but does not import it."},
    Sample{"module-namespace-imported", "sample: module tries to import module namespace: module:kvm"},
    Sample{"export-duplicate-of-kernel", "sample: exports duplicate symbol cfg80211_new (owned by kernel)"},
    Sample{"export-duplicate", "sample: exports duplicate symbol cfg80211_new (owned by cfg80211)"},
    Sample{"symbol-of-division", "sample: Unknown symbol __aeabi_uldivmod (err -2)"},
    Sample{"symbol-of-flags", "sample: Unknown symbol __asan_load8_noabort (err -2)"},
    Sample{"symbol-of-flags", "sample: Unknown symbol __x86_return_thunk (err -2)"},
    Sample{"symbol-refused", "sample: Unknown symbol __fentry__ (err -22)"},
    Sample{"symbol-of-flags", "sample: Unknown symbol _GLOBAL_OFFSET_TABLE_ (err -2)"},
    Sample{"exports-without-crcs", "sample: no versions for exported symbols: kernel tainted."},
    Sample{"exports-without-flags", "sample: no flags for exported symbols"},
    Sample{"exports-obsolete", "sample: ignoring obsolete section __ksymtab_gpl"},
    Sample{"exports-obsolete", "sample: ignoring obsolete section __kcrctab_gpl"},
    Sample{"unsigned-rejected", "Loading of unsigned module is rejected"},
    Sample{"key-unavailable", "Loading of module with unavailable key is rejected"},
    Sample{"signature-algorithm", "Loading of module with unsupported crypto is rejected"},
    Sample{"signature-algorithm", "Unsupported digest algo: 103"},
    Sample{"signature-algorithm", "PKCS7: Unknown OID: [32] 1.2.840.113549.2.5"},
    Sample{"signature-trailer", "module: PKCS#7 signature info has unexpected non-zero params"},
    Sample{"signature-kind", "module: not signed with expected PKCS#7 message"},
    Sample{"signature-form", "Invalid module sig (has authattrs)"},
    Sample{"signature-of-program", "Invalid module sig (not pkcs7-data)"},
    Sample{"lockdown",
           "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7"},
    Sample{"signature-unverified",
           "sample: module verification failed: signature and/or required key missing - tainting kernel"},
    Sample{"key-rejected", "modprobe: ERROR: could not insert 'sample': Key was rejected by service"},
    Sample{"key-not-available",
           "insmod: ERROR: could not insert module sample.ko: Required key not available"},
    Sample{"not-permitted", "modprobe: ERROR: could not insert 'sample': Operation not permitted"},
    Sample{"blacklisted", "Module sample is blacklisted"},
    Sample{"vermagic-missing", "sample: bad vermagic: kernel tainted."},
    Sample{"versions-missing", "sample: module_layout: kernel tainted."},
    Sample{"versions-missing", "sample: usb_submit_urb: kernel tainted."},
    Sample{"relocation-type", "module: sample: Unknown rela relocation: 9"},
    Sample{"relocation-type", "module sample: unsupported RELA relocation: 311"},
    Sample{"relocation-type", "sample: unknown relocation: 27"},
    Sample{"relocation-type", "sample: Unknown relocation type 60"},
    Sample{"relocation-target-nonzero",
           "x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1, loc "
           "0000000012345678, val ffffffffc0000000"},
    Sample{"relocation-target-nonzero",
           "module: x86/modules: Invalid relocation target, existing value is nonzero for sec 4, idx 7, type "
           "1, loc 0000000012345678, val ffffffffc0000000"},
    Sample{"relocation-overflow", "overflow in relocation type 10 val ffffffffc0000000"},
    Sample{"relocation-overflow", "module sample: overflow in relocation type 261 val ffff800000000000"},
    Sample{"code-model", "`sample' likely not compiled with -mcmodel=kernel"},
    Sample{"relocation-out-of-range",
           "sample: section 4 reloc 7 sym 'printk': relocation 28 out of range (0xbf000000 -> 0xc0000000)"},
    Sample{"required-section-missing", "sample: module PLT section(s) missing"},
    Sample{"required-section-missing", "sample: module GOT section(s) missing"},
    Sample{"required-section-missing", "sample: module GOT.PLT section(s) missing"},
    Sample{"exec-format-error", "modprobe: ERROR: could not insert 'sample': Exec format error"},
    Sample{"exec-format-error", "insmod: ERROR: could not insert module sample.ko: Invalid module format"},
    Sample{"section-writable-and-executable", "sample: section .text (index 4) has invalid WRITE|EXEC flags"},
    Sample{"common-symbol", "sample: please compile with -fno-common"},
    Sample{"percpu-memory", "sample: Could not allocate 16384 bytes percpu data"},
    Sample{"two-kinds-of-constructors", "sample: has both .ctors and .init_array."},
    Sample{"btf-invalid", "failed to validate module [sample] BTF: -22"},
    Sample{"btf-invalid", "BPF: Invalid name_offset:1234567"},
    Sample{"btf-tolerated",
           "Kernel module BTF mismatch detected, BTF debug info may be unavailable for some modules"},
    Sample{"livepatch-disabled",
           "sample: module is marked as livepatch module, but livepatch support is disabled"},
    Sample{"livepatch-refuses",
           "livepatch: patch 'fix_42' failed for module 'sample', refusing to load module 'sample'"},
    Sample{"retpoline", "sample: loading module not compiled with retpoline compiler."},
    Sample{"out-of-tree", "sample: loading out-of-tree module taints kernel."},
    Sample{"license-taints", "sample: module license 'Proprietary' taints kernel."},
    Sample{"staging",
           "sample: module is from the staging directory, the quality is unknown, you have been warned."},
    Sample{"inherits-taint", "sample: module uses symbols from proprietary module nvidia, inheriting taint."},
    Sample{"inherits-taint",
           "sample: module uses symbols nv_get from proprietary module nvidia, inheriting taint."},
    Sample{"proprietary-provider",
           "sample: module using GPL-only symbols uses symbols from proprietary module nvidia."},
    Sample{"proprietary-provider",
           "sample: module using GPL-only symbols uses symbols nv_get from proprietary module nvidia."},
    Sample{"parameter-unknown", "sample: unknown parameter 'debug' ignored"},
    Sample{"parameter-invalid", "sample: `abc' invalid for parameter `debug'"},
    Sample{"name-taken", "sample: module is already loaded"},
    Sample{"name-missing", "attempted to be registered with empty name!"},
    Sample{"already-loaded", "insmod: ERROR: could not insert module sample.ko: File exists"},
    Sample{"control-flow",
           "CFI failure at do_one_initcall+0x58/0x300 (target: init_module+0x0/0x30 [sample]; expected type: "
           "0x36b1c5a6)"},
    Sample{"control-flow", "traps: Missing ENDBR: sample_init+0x0/0x30 [sample]"},
    Sample{"null-call", "RIP: 0010:0x0"},
    Sample{"null-call", "BUG: kernel NULL pointer dereference, address: 0000000000000000"},
    Sample{"module-memory", "vmap allocation for size 20480 failed: use vmalloc=<size> to increase size"},
    Sample{"out-of-memory", "module: sample: Cannot allocate memory"},
    Sample{
        "ima",
        "impossible to appraise a module without a file descriptor. sig_enforce kernel parameter might help"},
    Sample{"ima",
           "audit: type=1800 audit(1.2:3): pid=1 uid=0 op=appraise_data cause=invalid-signature "
           "comm=\"modprobe\" name=\"/x/sample.ko\" res=0"},
    Sample{"loadpin", "LoadPin: kernel-module denied obj=\"/tmp/sample.ko\" pid=1 cmdline=\"insmod\""},
    Sample{"loadpin", "LoadPin: kernel-module old-api-denied obj=<unknown> pid=1 cmdline=\"insmod\""},
    Sample{"selinux",
           "audit: type=1400 audit(1.2:3): avc:  denied  { module_load } for  pid=1 comm=\"modprobe\" "
           "path=\"/x/sample.ko\""},
    Sample{"dependency-unknown",
           "depmod: WARNING: /lib/modules/6.1/extra/sample.ko needs unknown symbol usb_submit_urb"},
    Sample{"not-removable", "rmmod: ERROR: could not remove module sample: Device or resource busy"},
    Sample{"not-removed", "rmmod: ERROR: could not remove 'sample': Operation not permitted"},
    Sample{"in-use-by-programs", "rmmod: ERROR: could not remove 'sample': Resource temporarily unavailable"},
    Sample{"index-missing",
           "modprobe: ERROR: ../libkmod/libkmod.c:514 lookup_builtin_file() could not open builtin file "
           "'/lib/modules/6.1/modules.builtin.bin'"},
    Sample{"file-missing", "insmod: ERROR: could not load module sample.ko: No such file or directory"},
    Sample{"init-failed-otherwise", "modprobe: ERROR: could not insert 'sample': Unknown error 524"},
    Sample{"init-failed-otherwise",
           "modprobe: ERROR: could not insert 'sample', which other needs: No space left on device"},
    Sample{"dependency-cycle", "depmod: ERROR: Cycle detected: a -> b -> a"},
    Sample{"modpost-undefined", "ERROR: modpost: \"usb_submit_urb\" [/src/sample.ko] undefined!"},
    Sample{"modpost-long-symbol", "ERROR: modpost: too long symbol \"a_very_long_name\" [/src/sample.ko]"},
    Sample{"modpost-no-crc", "WARNING: modpost: \"usb_submit_urb\" [/src/sample.ko] has no CRC!"},
    Sample{"modpost-gpl-only",
           "ERROR: modpost: GPL-incompatible module sample.ko uses GPL-only symbol 'usb_submit_urb'"},
    Sample{"no-device", "modprobe: ERROR: could not insert 'sample': No such device"},
    Sample{"invalid-argument", "modprobe: ERROR: could not insert 'sample': Invalid argument"},
};

/// What programs print, and the errno that it stands for.
struct ToolSample {
  std::string_view errno_name;
  std::string_view id;
  std::string_view line;
};

constexpr std::array tool_samples = {
    ToolSample{"ENOEXEC", "exec-format-error",
               "insmod: ERROR: could not insert module sample.ko: Invalid module format"},
    ToolSample{"ENOEXEC", "exec-format-error",
               "modprobe: ERROR: could not insert 'sample': Exec format error"},
    ToolSample{"ENOEXEC", "exec-format-error", "insmod: can't insert 'sample.ko': invalid module format"},
    ToolSample{"ENOENT", "symbol-error",
               "insmod: ERROR: could not insert module sample.ko: Unknown symbol in module"},
    ToolSample{"ENOENT", "symbol-error",
               "modprobe: ERROR: could not insert 'sample': Unknown symbol in module, or unknown parameter "
               "(see dmesg)"},
    ToolSample{"ENOENT", "symbol-error",
               "insmod: can't insert 'sample.ko': unknown symbol in module, or unknown parameter"},
    ToolSample{"EINVAL", "invalid-argument",
               "insmod: ERROR: could not insert module sample.ko: Invalid parameters"},
    ToolSample{"EINVAL", "invalid-argument", "modprobe: ERROR: could not insert 'sample': Invalid argument"},
    ToolSample{"EKEYREJECTED", "key-rejected",
               "insmod: ERROR: could not insert module sample.ko: Key was rejected by service"},
    ToolSample{"EKEYREJECTED", "key-rejected",
               "Failed to insert module 'sample': Key was rejected by service"},
    ToolSample{"ENOKEY", "key-not-available",
               "modprobe: can't load module sample (kernel/sample.ko): Required key not available"},
    ToolSample{"EBADMSG", "bad-message", "insmod: ERROR: could not insert module sample.ko: Bad message"},
    ToolSample{"ENOPKG", "package-not-installed",
               "modprobe: ERROR: could not insert 'sample': Package not installed"},
    ToolSample{"EPERM", "not-permitted",
               "insmod: ERROR: could not insert module sample.ko: Operation not permitted"},
    ToolSample{"EACCES", "permission-denied",
               "modprobe: ERROR: could not insert 'sample': Permission denied"},
    ToolSample{"EEXIST", "already-loaded", "insmod: ERROR: could not insert module sample.ko: File exists"},
    ToolSample{"EEXIST", "already-loaded",
               "modprobe: ERROR: could not insert 'sample': Module already in kernel"},
    ToolSample{"EBUSY", "busy", "insmod: ERROR: could not insert module sample.ko: Device or resource busy"},
    ToolSample{"ENOMEM", "out-of-memory",
               "modprobe: ERROR: could not insert 'sample': Cannot allocate memory"},
    ToolSample{"ESRCH", "symbol-version-error",
               "insmod: can't insert 'sample.ko': module has wrong symbol version"},
    ToolSample{"ESRCH", "symbol-version-error",
               "insmod: error inserting 'sample.ko': -1 Module has wrong symbol version"},
    ToolSample{"EOPNOTSUPP", "not-supported",
               "modprobe: ERROR: could not insert 'sample': Operation not supported"},
    ToolSample{"EFBIG", "file-too-large", "modprobe: ERROR: could not insert 'sample': File too large"},
    ToolSample{
        "ENOSYS", "no-modules",
        "modprobe: can't load module sample (kernel/sample.ko): kernel does not support requested operation"},
    ToolSample{"ENODEV", "no-device", "modprobe: ERROR: could not insert 'sample': No such device"},
    ToolSample{"ENXIO", "no-device-address",
               "modprobe: ERROR: could not insert 'sample': No such device or address"},
    ToolSample{"EIO", "init-failed", "modprobe: ERROR: could not insert 'sample': Input/output error"},
    ToolSample{"ETIMEDOUT", "init-timed-out",
               "modprobe: FATAL: Error inserting sample (/lib/modules/6.1/sample.ko): Connection timed out"},
    ToolSample{"EKEYREJECTED", "key-rejected", "Key was rejected by service"},
    ToolSample{"ENOENT", "symbol-error", "Unknown symbol in module, or unknown parameter (see dmesg)"},
};

/// The lines that are explained as something else, or not at all, or with a text that has a hole.
std::vector<std::string> explained_otherwise(std::string_view head) {
  std::vector<std::string> wrong;
  for (const auto& sample : log_samples) {
    const auto told = explain(std::string(head) + std::string(sample.line)).explanations;
    const bool is_right = told.size() == 1 && told[0].id == sample.id && !told[0].cause.empty() &&
                          !told[0].remedy.empty() && told[0].cause.find("  ") == std::string::npos;
    if (!is_right) wrong.emplace_back(sample.line);
  }
  return wrong;
}

std::vector<std::string> tools_explained_otherwise() {
  std::vector<std::string> wrong;
  for (const auto& sample : tool_samples) {
    const auto told = explain(sample.line).explanations;
    const bool has_module = sample.line.find("sample") == std::string_view::npos ||
                            (!told.empty() && told[0].found.module == "sample");
    const bool is_right =
        told.size() == 1 && told[0].id == sample.id && told[0].errno_name == sample.errno_name && has_module;
    if (!is_right) wrong.emplace_back(sample.line);
  }
  return wrong;
}

/// The lines that the judge foretells and that are not explained as the finding that foretold them.
std::vector<std::string> foretold_and_not_explained() {
  const Particulars filling{.module = "sample",
                            .release = "6.1",
                            .symbol = "usb_submit_urb",
                            .module_value = "1",
                            .kernel_value = "2",
                            .detail = "PLT"};
  std::vector<std::string> wrong;
  for (const auto& row : all_finding_rows()) {
    // The word "extended " may stand in these, which is not what a detail is elsewhere.
    const auto line =
        filled(replaced(std::string(row.kernel_says), "no {detail}symbol", "no symbol"), filling);
    if (line.empty()) continue;
    const auto told = explain(line).explanations;
    const bool is_named =
        !told.empty() && std::count(told[0].findings.begin(), told[0].findings.end(), name_of(row.id)) > 0;
    if (!is_named) wrong.push_back(std::string(name_of(row.id)) + ": " + line);
  }
  return wrong;
}

}  // namespace

TEST_CASE("every line that the judge foretells is explained, and as that finding") {
  CHECK(join(foretold_and_not_explained(), "\n") == "");
}

TEST_CASE("every message of the loader and of the tools around it is explained as what it is") {
  CHECK(join(explained_otherwise(""), "\n") == "");
}

TEST_CASE("every message is explained with the times, hosts and words that logs put before it") {
  CHECK(join(explained_otherwise("[   12.345678] "), "\n") == "");
  CHECK(join(explained_otherwise("<4>[Sat Nov 21 11:19:07 2026] module: "), "\n") == "");
  CHECK(join(explained_otherwise("Nov 21 11:19:07 host kernel: [   12.345678] x86/modules: "), "\n") == "");
  CHECK(join(explained_otherwise("4,1234,5678901,-;Modules: "), "\n") == "");
}

TEST_CASE("what insmod, modprobe, busybox and systemd say is explained by the errno that it stands for") {
  CHECK(join(tools_explained_otherwise(), "\n") == "");
}
