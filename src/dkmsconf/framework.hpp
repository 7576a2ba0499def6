// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "distro/distribution.hpp"
#include "dkmsconf/interpreter.hpp"
#include "dkmsconf/remark.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::dkmsconf {

/// What DKMS is configured to: the same for all modules of one call. Texts as the shell has them; where a
/// setting is yes or no, any text but the empty one is yes.
struct Framework {
  std::string source_tree = "/usr/src";
  std::string dkms_tree = "/var/lib/dkms";
  std::string install_tree = "/lib/modules";
  std::string tmp_location = "/tmp";
  std::string verbose;
  std::string symlink_modules;
  std::string autoinstall_all_kernels;
  std::string continue_on_error;
  std::string modprobe_on_install;
  std::string parallel_jobs;  ///< empty: as many as make likes
  std::string compress_gzip_opts;
  std::string compress_xz_opts = "--check=crc32 --lzma2=dict=1MiB";
  std::string compress_zstd_opts = "-q --rm -T0";
  std::string build_environment;  ///< a file
  std::string post_transaction;   ///< a command
  std::string sign_file;
  std::string mok_signing_key;
  std::string mok_certificate;
  std::string try_sign_modules;      ///< "true", "false"; anything else: not in a chroot
  std::string addon_modules_dir;     ///< "extra/mine": where all modules go; empty: see running_distribution
  std::string running_distribution;  ///< of running_distribution()
  std::string running_kernel;        ///< uname -r
  std::vector<std::string> escapes;  ///< "DKMS_DIRECTIVE_1=NAME=value", as the environment has them
  std::vector<Remark> remarks;       ///< what the files said

  bool operator==(const Framework&) const = default;
};

struct FrameworkRequest {
  std::vector<std::string> environment;  ///< that DKMS was started in: what it honours of it is taken
  distro::Distribution distribution;
  unsigned processors = 1;     ///< the number of jobs, where nothing says one
  std::string running_kernel;  ///< uname -r
  /// The kernel that $kernelver stands for. DKMS reads the files before it knows one, and some of their
  /// settings again when it does: sign_file, the mok_… ones, post_transaction.
  std::optional<std::string> kernel;

  bool operator==(const FrameworkRequest&) const = default;
};

/// The distribution in DKMS's word: "debian", "ubuntu", "rhel fedora". What os-release calls its relatives
/// counts before its own name, except for Ubuntu.
std::string running_distribution(const distro::Distribution& distribution);

/// Reads /etc/dkms/framework.conf and /etc/dkms/framework.conf.d/*.conf, which are programs of bash as
/// dkms.conf is. Only the settings above leave them. Before them come DKMS's own values and the environment:
/// TMPDIR, ADDON_MODULES_DIR (and /etc/sysconfig/module-init-tools), DKMS_DIRECTIVE…, and each setting that
/// DKMS has no value of its own for, parallel_jobs among them.
///
/// Errors: those of Interpreter::ask.
Result<Framework> read_framework(const FrameworkRequest& request, Interpreter& interpreter,
                                 const Means& means);

/// The same, if it is remembered: no program is run.
///
/// Errors: those of Interpreter::recall.
Result<std::optional<Framework>> recalled_framework(const FrameworkRequest& request,
                                                    Interpreter& interpreter);

}  // namespace kpkg::dkmsconf
