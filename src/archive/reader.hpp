// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// libarchive's own names; only the sources of archive/ include its headers.
struct archive;
struct archive_entry;

namespace kpkg::archive {

/// Private to archive/: a piece of a member's content.
struct Block {
  std::string_view bytes;    ///< valid until the next call
  std::uint64_t offset = 0;  ///< in the member; what is left out between blocks is zeros
};

/// Private to archive/: reads the members of one archive in their order. Owns libarchive's handles: one, or
/// for a .deb two, since its data part is an archive within an archive.
class Reader {
 public:
  /// `name` is for messages. Errors: corrupt: no archive of a known kind, or a .deb without a data part.
  static Result<Reader> open_file(const std::string& path);
  static Result<Reader> open_bytes(std::string_view bytes, const std::string& name);

  /// Goes to the next member; false at the end.
  Result<bool> next();

  /// What the archive says of the current member.
  archive_entry* entry() const { return entry_; }

  /// The current member's name as it came.
  Result<std::string> member_name() const;

  /// The next piece of the current member, or nothing at its end.
  Result<std::optional<Block>> next_block();

  const std::string& name() const { return name_; }

 private:
  struct Free {
    void operator()(::archive* handle) const;
  };
  using Handle = std::unique_ptr<::archive, Free>;

  Reader(Handle handle, std::string name) : handle_(std::move(handle)), name_(std::move(name)) {}

  static Handle new_handle();
  static Result<Reader> begin(Handle handle, std::string name, int opened);
  Status enter_data_part();
  Error failure() const;

  Handle outer_;  // outlives handle_, which reads from it; empty unless this is a .deb
  Handle handle_;
  std::string name_;
  archive_entry* entry_ = nullptr;
  bool has_first_ = false;  // begin() had to look at the first member to know the format
  bool is_at_end_ = false;
};

}  // namespace kpkg::archive
