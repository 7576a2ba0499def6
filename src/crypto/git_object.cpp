// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/git_object.hpp"

#include "base/assert.hpp"
#include "base/text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace kpkg::crypto {
namespace {

/// The id of any object: SHA-1 of its kind, its size in bytes, a NUL and the content.
/// Source: Pro Git, 2nd edition, section 10.2, "Object Storage".
GitId object_id(std::string_view kind, std::string_view content) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const auto header = fmt::format("{} {}", kind, content.size()) + '\0';
  GitId id;
  KPKG_ASSERT(context != nullptr && EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) == 1);
  KPKG_ASSERT(EVP_DigestUpdate(context.get(), header.data(), header.size()) == 1);
  KPKG_ASSERT(EVP_DigestUpdate(context.get(), content.data(), content.size()) == 1);
  KPKG_ASSERT(EVP_DigestFinal_ex(context.get(), id.bytes.data(), nullptr) == 1);
  return id;
}

/// As written in a tree: octal, without the leading zero that git itself shows for directories.
std::string_view mode_text(GitMode mode) {
  switch (mode) {
    case GitMode::file: return "100644";
    case GitMode::executable: return "100755";
    case GitMode::link: return "120000";
    case GitMode::directory: return "40000";
    case GitMode::submodule: return "160000";
  }
  return "";
}

std::string sort_key(const GitEntry& entry) {
  return entry.mode == GitMode::directory ? entry.name + "/" : entry.name;
}

}  // namespace

Result<GitId> GitId::parse(std::string_view hex) {
  GitId id;
  if (hex.size() != 2 * id.bytes.size())
    return fail(ErrorKind::invalid, "a git object id has 40 hexadecimal digits");
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const char* first = hex.data() + 2 * i;
    if (std::from_chars(first, first + 2, id.bytes[i], 16).ptr != first + 2)
      return fail(ErrorKind::invalid, "a git object id has 40 hexadecimal digits");
  }
  return id;
}

std::string GitId::hex() const {
  return to_hex(bytes);
}

GitId git_blob_id(std::string_view content) {
  return object_id("blob", content);
}

GitId git_tree_id(std::vector<GitEntry> entries) {
  // std::string compares as unsigned bytes, as git does.
  std::sort(entries.begin(), entries.end(),
            [](const GitEntry& left, const GitEntry& right) { return sort_key(left) < sort_key(right); });
  std::string content;
  for (const auto& entry : entries) {
    content += fmt::format("{} {}", mode_text(entry.mode), entry.name);
    content += '\0';
    content.append(reinterpret_cast<const char*>(entry.id.bytes.data()), entry.id.bytes.size());
  }
  return object_id("tree", content);
}

}  // namespace kpkg::crypto
