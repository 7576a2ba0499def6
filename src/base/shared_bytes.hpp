// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace kpkg {

/// Bytes that are never changed, shared by all copies: those of a string, or of a file that is mapped into
/// memory. Guards that they live as long as one copy does.
class SharedBytes {
 public:
  SharedBytes() = default;
  explicit SharedBytes(std::string bytes) {
    const auto text = std::make_shared<const std::string>(std::move(bytes));
    bytes_ = *text;
    keeper_ = text;
  }
  /// `bytes` that live as long as what `keeper` points to.
  SharedBytes(std::shared_ptr<const void> keeper, std::string_view bytes)
      : keeper_(std::move(keeper)), bytes_(bytes) {}

  /// Whether there are any, be it none at all: a file may be empty.
  explicit operator bool() const { return keeper_ != nullptr; }

  std::string_view view() const { return bytes_; }

  /// A part of them.
  SharedBytes part(std::string_view inside) const { return {keeper_, inside}; }

 private:
  std::shared_ptr<const void> keeper_;
  std::string_view bytes_;
};

}  // namespace kpkg
