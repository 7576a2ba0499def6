// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/remark.hpp"

#include <fmt/format.h>

namespace kpkg::dkmsconf {
namespace {

Remark in_lines(std::string text, std::initializer_list<std::string_view> lines) {
  for (const auto line : lines) text += fmt::format("{}\n", line);
  return {.stream = Stream::errors, .text = std::move(text)};
}

}  // namespace

Remark error_remark(std::initializer_list<std::string_view> lines) {
  return in_lines("\nError! ", lines);
}

Remark warning_remark(std::initializer_list<std::string_view> lines) {
  return in_lines("Warning: ", lines);
}

Remark deprecation_remark(std::string_view what) {
  return in_lines("Deprecated feature: ", {what});
}

Remark conf_error_remark(std::string_view what) {
  return in_lines("dkms.conf: Error! ", {what});
}

}  // namespace kpkg::dkmsconf
