// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/fingerprint.hpp"
#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "system/process.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kpkg::install {

/// A module as the compiler left it, and what it is to become. Paths are the host's.
struct FinishRequest {
  std::string module_file;  ///< "…/v4l2loopback.ko": uncompressed; it is only read
  abi::Compression compression = abi::Compression::none;
  std::string directory;  ///< receives the finished file; made if absent, and not where module_file is

  bool operator==(const FinishRequest&) const = default;
};

/// A module in exactly the bytes that are judged and installed.
struct FinishedModule {
  std::string name;                ///< "v4l2loopback", of the file's name
  std::string file_name;           ///< "v4l2loopback.ko.xz"
  std::string file;                ///< its path on the host
  std::uint64_t size = 0;          ///< of the file in bytes
  crypto::Digest digest;           ///< of the file, compressed as it is
  abi::Fingerprint fingerprint;    ///< of the file's bytes after decompression
  std::vector<std::string> notes;  ///< one clause each: "… is signed and was not stripped"

  bool operator==(const FinishedModule&) const = default;
};

/// Strips debug information and compresses, as kbuild's modules_install with INSTALL_MOD_STRIP=1 does. The
/// same input gives the same bytes. What the directory has of this module in another compression is removed.
///
/// A signed module is not stripped: its signature covers every byte. Where no strip for the module's machine
/// is installed, it is not stripped either; a note says so.
/// Errors: corrupt: not a module; not_found: no such file, or the compressor is not installed; io, no_space:
/// strip or the compressor failed; usage: `directory` holds module_file.
/// Source: linux scripts/Makefile.modinst, cmd_strip, cmd_gzip, cmd_xz, cmd_zstd.
Result<FinishedModule> finish(const FinishRequest& request, system::Runner& runner);

}  // namespace kpkg::install
