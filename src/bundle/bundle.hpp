// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "crypto/digest.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::bundle {

/// What a file of a bundle is.
enum class FileKind {
  module,   ///< in the bytes that are installed: "tty0tty.ko.xz"
  types,    ///< what a module's debug information said, as abi::text_of writes it; named as the module
  symvers,  ///< the build's Module.symvers
  udev,     ///< rules that the recipe installs
  log,      ///< what the build printed
};

/// The kind's stable name in manifests: "module".
std::string_view name_of(FileKind kind);

struct File {
  FileKind kind = FileKind::module;
  std::string name;  ///< of the file alone: no slashes
  std::string bytes;

  bool operator==(const File&) const = default;
};

/// The kernel that everything in a bundle was built for, as the machine that has it exported it. What was not
/// known there is nothing.
struct ForKernel {
  std::string release;
  std::string arch;  ///< the kernel's word, "arm64"
  std::optional<std::string> build_id = {};
  std::optional<std::string> banner = {};
  std::optional<std::string> vermagic = {};

  bool operator==(const ForKernel&) const = default;
};

/// In which tree something was built, in the words of the machine that built it.
struct BuiltIn {
  std::string path;                  ///< there; empty: not told
  std::string origin = "unknown";    ///< "named"; unknown: a kpkg made the bundle that did not tell it
  std::string standing = "unknown";  ///< "verified"
  std::vector<std::string> proofs;   ///< "symbols", "types", "canary"; empty: nothing proved the tree

  bool operator==(const BuiltIn&) const = default;
};

/// One recipe, built.
struct Build {
  std::string recipe;
  std::string version;
  std::string text;       ///< of the recipe
  crypto::Digest source;  ///< of all its sources together, as the builder checked them
  std::string compiler;   ///< its version text
  std::string command;
  std::string sandbox;         ///< the strength that was had: "namespaces"
  std::uint64_t started = 0;   ///< seconds since the epoch
  std::uint64_t duration = 0;  ///< milliseconds
  BuiltIn tree = {};
  std::vector<File> files;

  bool operator==(const Build&) const = default;
};

/// What one machine built for the kernel of another.
struct Bundle {
  ForKernel kernel;
  std::string tree_grade;     ///< how the tree was proved: "exact", "verified"; empty: nobody proved it
  std::vector<Build> builds;  ///< dependencies first

  bool operator==(const Bundle&) const = default;
};

/// The largest file that is read, and the most that it may hold: drivers have 0.1 to 10 MB.
constexpr std::uint64_t largest_bundle = 256U << 20;

/// The bytes of a bundle, FILE.kpkg.
///
/// "KPKGBNDL"; the version of the form, 1, of 32 bits; the contents, compressed by zstd; the SHA-256 of all
/// before it. Contents: the size of the manifest, of 64 bits; the manifest; the bytes of its files in the
/// order in which it names them, one after the other. Numbers are little-endian. The manifest is a JSON
/// object:
///
///   kernel: release, arch, and build_id, banner, vermagic, or null where they were not known;
///   tree_grade: a text, "" for a tree that nobody proved;
///   builds: a list, dependencies first; of each: recipe, version, text (of the recipe), source (SHA-256),
///     compiler, command, sandbox, started (seconds since 1970), duration (ms),
///     tree: what it was built in: path, origin, standing, proved_by (a list of texts); may be absent,
///     files: a list; of each: kind (module, types, symvers, udev, log), name, size, sha256.
///
/// Readers pass over members that they do not know; what older readers must not pass over is another version.
/// Errors: unsupported: this libarchive cannot write zstd.
Result<std::string> bundle_bytes(const Bundle& bundle);

/// Reads bundle_bytes(), whoever wrote them. Nothing in it is believed: names are names of files and each is
/// there once, sizes fit, and every file has the digest that the manifest tells.
///
/// Errors: trust: a digest differs, so the bytes were cut or altered; corrupt: not of that form; unsupported:
/// of a newer version.
Result<Bundle> read_bundle(std::string_view bytes);

/// What bundle_bytes() compresses.
std::string contents_of(const Bundle& bundle);

/// Reads contents_of(). Errors: as read_bundle().
Result<Bundle> read_contents(std::string_view contents);

}  // namespace kpkg::bundle
