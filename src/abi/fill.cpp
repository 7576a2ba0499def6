// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fill.hpp"

#include "base/assert.hpp"

namespace kpkg::abi {

std::string& value_named(std::string_view name, Particulars& particulars) {
  if (name == "module") return particulars.module;
  if (name == "release") return particulars.release;
  if (name == "symbol") return particulars.symbol;
  if (name == "module_value") return particulars.module_value;
  if (name == "kernel_value") return particulars.kernel_value;
  KPKG_ASSERT(name == "detail");
  return particulars.detail;
}

std::string filled(std::string_view text, const Particulars& particulars) {
  Particulars values = particulars;
  std::string result;
  std::size_t open = text.find('{');
  while (open != std::string_view::npos) {
    const std::size_t close = text.find('}', open);
    result += text.substr(0, open);
    result += value_named(text.substr(open + 1, close - open - 1), values);
    text.remove_prefix(close + 1);
    open = text.find('{');
  }
  result += text;
  return result;
}

}  // namespace kpkg::abi
