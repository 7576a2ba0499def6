// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace kpkg::abi {

/// What the texts of a finding or of an explanation are filled in with.
struct Particulars {
  std::string module = {};   ///< name
  std::string release = {};  ///< of the kernel
  std::string symbol = {};
  std::string module_value = {};
  std::string kernel_value = {};
  std::string detail = {};  ///< what else the text names

  bool operator==(const Particulars&) const = default;
};

/// `text` with `{module}`, `{release}`, `{symbol}`, `{module_value}`, `{kernel_value}` and `{detail}` filled
/// in, in one pass: braces in a value that a module chose stay what they are. Any other placeholder is our
/// own mistake.
std::string filled(std::string_view text, const Particulars& particulars);

/// The part of `particulars` that a placeholder stands for.
std::string& value_named(std::string_view name, Particulars& particulars);

}  // namespace kpkg::abi
