// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/verdict.hpp"
#include "dkmsbuild/site.hpp"

#include <string>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/.

/// A module file of a build.
struct JudgedFile {
  std::string name;  ///< "dahdi.ko.xz"
  std::string bytes;
  abi::Fingerprint fingerprint;
};

/// The file with what it asks of a kernel; whatever it holds.
JudgedFile judged_file(std::string name, std::string bytes);

/// What the kernel would make of modules that are installed together.
struct Judgement {
  std::vector<abi::Verdict> verdicts;  ///< one a file; none: no such kernel is known
  crypto::Digest kernel;               ///< of what was known of it
  std::string facts;                   ///< the same as JSON text
};

/// Judges the files for the kernel, as a set and with what is installed for it outside the kernel's own
/// directory.
Result<Judgement> judge_files(const Site& site, const std::string& kernel,
                              const std::vector<JudgedFile>& files);

/// Whether the module must not be installed: the kernel would refuse it, or it would break the kernel. What
/// hangs on keys and on how the machine is booted does not count: a module is signed before its key is
/// enrolled.
bool is_blocking(const abi::Verdict& verdict);

/// Whether it must not only because it uses symbols that nobody exports to it. That is a lack of this kernel;
/// every other reason says that the build does not fit it.
bool only_lacks_symbols(const abi::Verdict& verdict);

/// The findings for which it must not, a line each: "kernel 6.1 would not load dahdi: …". A module without a
/// name of its own is called as its `file` is.
std::vector<std::string> blocking_lines(const abi::Verdict& verdict, const std::string& file);

}  // namespace kpkg::dkmsbuild
