// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace kpkg::elf {

/// Bytes that are asked for part by part, so that of a large file only the parts that matter are read.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  virtual std::uint64_t size() const = 0;

  /// `size` bytes from `offset`, which the caller has checked to lie within size(). The view lives as long as
  /// the source. Errors: io: they could not be read.
  virtual Result<std::string_view> at(std::uint64_t offset, std::uint64_t size) = 0;
};

/// Bytes that are in memory already and outlive this.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<std::string_view> at(std::uint64_t offset, std::uint64_t size) override {
    return bytes_.substr(offset, size);
  }

 private:
  std::string_view bytes_;
};

}  // namespace kpkg::elf
