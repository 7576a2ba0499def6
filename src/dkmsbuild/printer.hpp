// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsconf/remark.hpp"

#include <string>
#include <string_view>

namespace kpkg::dkmsbuild {

using dkmsconf::Stream;

/// Where everything goes that DKMS prints: the front end's streams, or a text that is printed later. Texts
/// appear in the order in which they are said, whichever stream each is for.
class Printer {
 public:
  virtual ~Printer() = default;

  /// Prints the bytes, line ends included; they are visible when this returns.
  virtual void say(Stream stream, std::string_view text) = 0;

  /// From now on a dot appears on stdout every three seconds, until stop_dots(). DKMS has none while it is
  /// verbose, nor for the modules of its own tests, "dkms…_test": whoever calls this knows that.
  virtual void start_dots() = 0;
  virtual void stop_dots() = 0;
};

/// Prints "Error! " and the lines, after an empty line, on stderr.
void say_error(Printer& printer, std::initializer_list<std::string_view> lines);

/// Prints "Warning: " and the lines on stderr.
void say_warning(Printer& printer, std::initializer_list<std::string_view> lines);

/// Prints the line on stdout.
void say_line(Printer& printer, std::string_view line);

}  // namespace kpkg::dkmsbuild
