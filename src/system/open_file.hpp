// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "base/shared_bytes.hpp"
#include "system/fd.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace kpkg::system {

/// A regular file that is open for reading parts of it. Owns its descriptor.
class OpenFile {
 public:
  /// `name` is for messages. Errors: io; corrupt: not a regular file.
  static Result<OpenFile> from(Fd descriptor, std::string name);

  /// Bytes when it was opened.
  std::uint64_t size() const { return size_; }

  /// `size` bytes from `offset`. Errors: io; corrupt: the file ends before them.
  Result<std::string> read(std::uint64_t offset, std::uint64_t size) const;

  /// Whether the other file has the same bytes. Errors: as of read().
  Result<bool> has_bytes_of(const OpenFile& other) const;

  /// All of it, mapped into memory unless it is small: for files that are only ever replaced, since to read
  /// what another program cut off ends this one. Errors: io; corrupt: it became shorter meanwhile.
  Result<SharedBytes> map() const;

 private:
  Status read_into(std::span<char> bytes, std::uint64_t offset) const;

  OpenFile(Fd descriptor, std::string name, std::uint64_t size)
      : descriptor_(std::move(descriptor)), name_(std::move(name)), size_(size) {}

  Fd descriptor_;
  std::string name_;
  std::uint64_t size_ = 0;
};

}  // namespace kpkg::system
