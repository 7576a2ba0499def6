// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/tree_digest.hpp"

#include "crypto/digest.hpp"
#include "system/file.hpp"
#include "tree/record.hpp"

#include <fmt/format.h>

namespace kpkg::tree {
namespace {

using system::FileType;

constexpr std::uint32_t executable_by_owner = 0100;
constexpr std::size_t deepest = 64;

enum class Look { contents, status };

/// Goes through one tree, directory by directory in the order of names. Owns the hash.
class Hasher {
 public:
  Hasher(const std::string& top, Look look) : top_(top), look_(look) {}

  Status add_directory(const std::string& below, std::size_t depth) {
    if (depth == 0) return fail(ErrorKind::corrupt, fmt::format("{}{} is nested too deeply", top_, below));
    const auto entries = KPKG_TRY(system::list_directory(top_ + below));
    if (!entries) return fail(ErrorKind::not_found, fmt::format("{}{} went away", top_, below));
    add("directory " + below);
    for (const auto& entry : *entries) {
      const auto name = below + "/" + entry.name;
      if (name == record_name) continue;
      if (entry.type == FileType::directory)
        KPKG_TRY(add_directory(name, depth - 1));
      else
        KPKG_TRY(add_entry(name, entry.type));
    }
    add("end");
    return {};
  }

  std::string finish() { return hash_.finish().hex(); }

 private:
  /// With its length, so that no text can be taken for two.
  void add(std::string_view text) {
    hash_.update(fmt::format("{} ", text.size()));
    hash_.update(text);
  }

  Status add_entry(const std::string& name, FileType type) {
    const auto path = top_ + name;
    const auto status = KPKG_TRY(system::status_of(path));
    if (!status) return fail(ErrorKind::not_found, path + " went away");
    if (look_ == Look::status) {
      add(fmt::format("{} {} {} {}", name, status->size, status->modified_ns, status->inode));
      return {};
    }
    if (type == FileType::other)
      return fail(ErrorKind::corrupt, fmt::format("{} is a device, a pipe or a socket", path));
    const bool is_link = type == FileType::link;
    const bool runs = !is_link && (status->mode & executable_by_owner) != 0;
    add(fmt::format("{} {}", is_link ? "link" : (runs ? "program" : "file"), name));
    add(is_link ? KPKG_TRY(system::read_link(path)) : KPKG_TRY(system::read_file(path)));
    return {};
  }

  const std::string& top_;
  Look look_;
  crypto::Sha256 hash_;
};

Result<std::string> over(const std::string& tree, Look look) {
  Hasher hasher(tree, look);
  KPKG_TRY(hasher.add_directory("", deepest));
  return hasher.finish();
}

}  // namespace

Result<std::string> digest_of_tree(const std::string& tree) {
  return over(tree, Look::contents);
}

Result<std::string> stamp_of_tree(const std::string& tree) {
  return over(tree, Look::status);
}

}  // namespace kpkg::tree
