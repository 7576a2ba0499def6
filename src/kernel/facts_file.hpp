// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "base/shared_bytes.hpp"
#include "kernel/learn.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kpkg::kernel {

/// What stands in a file of facts, which can take the place of the kernel that it was made from.
struct FactsFile {
  Learned learned;
  std::optional<std::string> btf = {};  ///< the kernel's types, as in its section .BTF
  /// The configuration as it is written, with what is not set and the upstream version, which `learned`
  /// lacks.
  std::optional<std::string> configuration_text = {};
  std::optional<std::string> build_salt = {};  ///< of its own modules; distributions do not tell it elsewhere

  bool operator==(const FactsFile&) const = default;
};

/// The largest file of facts that is read, uncompressed: a kernel's BTF has 5 to 12 MB, all else 2 MB.
constexpr std::uint64_t largest_facts_file = 64U << 20;

/// The bytes of a file of facts, not compressed.
///
/// "KPKGFACT"; the version of the form, 1; the number of parts; each part: four letters, its size, its bytes;
/// the SHA-256 of all before it. Numbers are little-endian, of 32 bits, sizes of 64. Parts: "json" facts and
/// notes; "syms" the symbols (abi::SymbolTable); "conf" what is set in the
/// configuration; "text" all of it as it is written; "salt" the salt of its modules; "type" the types by name
/// (abi::text_of); "btf ". Readers pass over parts
/// and members that they do not know; what older readers must not pass over is another version.
std::string facts_bytes(const FactsFile& file);

/// Facts as they were read.
struct ReadFacts {
  FactsFile file;
  bool is_current =
      false;  ///< this kpkg would write all the same members: none was unknown when it was written
};

/// Reads facts_bytes(), whoever wrote them.
///
/// Errors: corrupt: not of that form, or the digest differs; unsupported: of a newer version.
Result<ReadFacts> read_facts(const SharedBytes& bytes);

/// A file of facts as it is given to people: facts_bytes() compressed by zstd. What only counts for the
/// machine on which it is made, as whether the kernel runs, is left out.
Result<std::string> exported_facts(FactsFile file);

/// Reads an exported file. Errors: those of read_facts; corrupt: larger than largest_facts_file.
Result<FactsFile> imported_facts(std::string_view bytes);

}  // namespace kpkg::kernel
