// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/module_signature.hpp"
#include "abi/module_types.hpp"
#include "abi/shape.hpp"
#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "elf/architecture.hpp"
#include "elf/module_image.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// The part of struct module's layout that a module file shows.
struct Layout {
  std::uint64_t size = 0;                         ///< bytes of struct module
  std::optional<std::uint64_t> init_offset = {};  ///< nothing: the module has no init function
  std::optional<std::uint64_t> exit_offset = {};  ///< nothing: the module has no exit function

  bool operator==(const Layout&) const = default;
};

/// A symbol that a module demands.
struct Import {
  std::string symbol = {};
  std::optional<std::uint64_t> crc = {};  ///< of __versions, all of its word; nothing: not listed there
  std::optional<std::uint64_t> extended_crc = {};  ///< of __version_ext_crcs; nothing: not listed there
  bool weak = false;                               ///< the kernel accepts that nobody has it
  std::uint32_t order = 0;                         ///< of its entry in the symbol table; the last of several

  bool operator==(const Import&) const = default;
};

/// A symbol that a module offers.
struct Export {
  std::string symbol = {};
  std::optional<std::uint32_t> crc = {};  ///< nothing: the module has no CRC table
  bool gpl_only = false;
  std::string name_space = {};  ///< empty: none

  bool operator==(const Export&) const = default;
};

/// What a module asks of a kernel, and what it offers to other modules: all that `judge` wants to know of it.
struct Fingerprint {
  std::string name = {};  ///< modinfo's, else that inside struct module; empty if neither exists
  elf::Architecture architecture = {};
  std::optional<std::string> vermagic = {};
  std::optional<std::string> version = {};
  std::optional<std::string> srcversion = {};
  std::optional<std::string> license = {};
  std::vector<std::string> depends = {};            ///< module names, as depmod reads them
  std::vector<std::string> import_namespaces = {};  ///< in the order of the file
  bool intree = false;

  std::optional<Layout> layout = {};  ///< nothing: no .gnu.linkonce.this_module
  bool has_versions = false;
  bool has_extended_versions = false;
  std::optional<std::uint64_t> layout_crc = {};           ///< of module_layout in __versions
  std::optional<std::uint64_t> extended_layout_crc = {};  ///< of module_layout in __version_ext_crcs
  std::vector<Import> imports = {};                       ///< sorted by symbol, each once
  std::vector<Export> exports = {};                       ///< sorted by symbol
  bool has_export_flags = false;

  Shape shape = {};
  std::optional<elf::SignatureTrailer> signature = {};
  std::optional<ModuleSignature> signature_message = {};  ///< nothing: no plausible trailer
  bool has_btf = false;
  ModuleTypes types = {};
  crypto::Digest digest = {};  ///< SHA-256 of the bytes
  std::uint64_t size = 0;      ///< of the file in bytes

  bool operator==(const Fingerprint&) const = default;
};

/// The fingerprint of the bytes of a finished, uncompressed .ko.
///
/// Errors: corrupt: as elf::read_module.
Result<Fingerprint> fingerprint(std::string_view module_bytes);

/// The same of any bytes, for who wants to know what a kernel would say to them: what is wrong is in its
/// shape. Never fails.
Fingerprint fingerprint_of_any(std::string_view bytes);

}  // namespace kpkg::abi
