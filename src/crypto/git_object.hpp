// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <array>
#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::crypto {

/// The name that git gives to a file, a directory or a commit: SHA-1, so as strong as git and no stronger.
struct GitId {
  std::array<unsigned char, 20> bytes{};

  /// Reads 40 hexadecimal digits of either case. Errors: invalid.
  static Result<GitId> parse(std::string_view hex);

  /// 40 lower-case hexadecimal digits.
  std::string hex() const;

  auto operator<=>(const GitId&) const = default;
};

/// What git remembers of an entry besides its name and content; no other modes exist for it.
/// Source: git, Documentation/gitformat-index.txt, "32-bit mode"; git-fast-import(1), filemodify.
enum class GitMode { file, executable, link, directory, submodule };

/// One line of a git tree.
struct GitEntry {
  GitMode mode = GitMode::file;
  std::string name;  ///< one component, without a slash
  GitId id;          ///< of the blob, the tree, or (submodule) the commit

  bool operator==(const GitEntry&) const = default;
};

/// The id of a file's bytes, or of the target of a link.
/// Source: Pro Git, 2nd edition, section 10.2 "Git Objects", "Object Storage".
GitId git_blob_id(std::string_view content);

/// The id of a directory with these entries, in whatever order they are given.
///
/// git sorts by the bytes of the names, a directory as if its name ended in a slash.
/// Source: Pro Git, section 10.2, "Tree Objects"; git, Documentation/technical/index-format.txt for the
/// order.
GitId git_tree_id(std::vector<GitEntry> entries);

}  // namespace kpkg::crypto
