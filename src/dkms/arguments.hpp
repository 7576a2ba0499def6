// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/remark.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::dkms {

/// What DKMS's command line says, after its own rules: they are looser than those of kpkg.
struct Arguments {
  std::string action;  ///< "install"; empty: none was given
  std::string module;
  std::string version;
  std::vector<std::string> kernels;  ///< -k, in their order
  std::vector<std::string> archs;    ///< -a, and what follows the slash of -k
  std::string template_kernel;
  std::string conf;              ///< -c
  std::string archive;           ///< --archive, or a word that is a file
  std::string source_directory;  ///< a word that is a directory with a dkms.conf, or such a file's
  std::string kernel_config;
  std::string kernel_source_dir;
  std::vector<std::string> directives;  ///< "NAME=value"
  std::optional<std::string> dkms_tree;
  std::optional<std::string> source_tree;
  std::optional<std::string> install_tree;
  std::optional<std::string> parallel_jobs;
  bool is_quiet = false;
  bool is_verbose = false;
  bool is_forced = false;
  bool overrides_versions = false;  ///< --force-version-override
  bool wants_all = false;
  bool wants_binaries_only = false;
  bool wants_source_only = false;
  bool is_safe_upgrade = false;  ///< --rpm_safe_upgrade
  bool links_modules = false;    ///< --symlink-modules
  bool skips_depmod = false;
  bool loads_modules = false;  ///< --modprobe-on-install

  bool operator==(const Arguments&) const = default;
};

/// What the words make of the command line.
struct Parsed {
  Arguments arguments;
  std::vector<dkmsconf::Remark> remarks;  ///< what is printed while they are read, but nothing that -q hides
  std::optional<int> status;              ///< DKMS ends with it at once; nothing: it goes on

  bool operator==(const Parsed&) const = default;
};

enum class WordKind { nothing, file, directory };

/// What the file system has under a word.
using Looker = std::function<WordKind(const std::string&)>;

/// Reads the words after the name of the program, of which `program` is shown in the usage.
///
/// An option takes its value from behind its first "=" or from the next word, of which the first line counts,
/// without blanks at its ends. Options that take a value in their long spelling are known by how they begin:
/// "--kernelverse" is "--kernelver".
///
/// Source: dkms 3.4.3, dkms(8), observed.
Parsed parse_arguments(const std::vector<std::string>& words, const std::string& program, const Looker& look);

/// What is contradictory in them, in the order in which DKMS sees it.
std::optional<dkmsconf::Refusal> contradiction_in(const Arguments& arguments);

/// How to call it, for a person who did not know.
std::string usage(const std::string& program);

}  // namespace kpkg::dkms
