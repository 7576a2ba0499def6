// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace kpkg::dkmsconf {

enum class Stream { output, errors };

/// Something that DKMS prints, with its line ends: whole lines of its own, or whatever bytes a file printed.
struct Remark {
  Stream stream = Stream::errors;
  std::string text;

  bool operator==(const Remark&) const = default;
};

/// What DKMS says before it ends, and with which exit status.
struct Refusal {
  int status = 0;
  Remark remark;

  bool operator==(const Refusal&) const = default;
};

/// "Error! " and the lines, after an empty line: how DKMS says what makes it end.
Remark error_remark(std::initializer_list<std::string_view> lines);

/// "Warning: " and the lines.
Remark warning_remark(std::initializer_list<std::string_view> lines);

/// "Deprecated feature: " and what.
Remark deprecation_remark(std::string_view what);

/// "dkms.conf: Error! " and what.
Remark conf_error_remark(std::string_view what);

}  // namespace kpkg::dkmsconf
