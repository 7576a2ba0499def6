// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/printer.hpp"

#include <string>

namespace kpkg::dkmsbuild {
namespace {

void say(Printer& printer, const dkmsconf::Remark& remark) {
  printer.say(remark.stream, remark.text);
}

}  // namespace

void say_error(Printer& printer, std::initializer_list<std::string_view> lines) {
  say(printer, dkmsconf::error_remark(lines));
}

void say_warning(Printer& printer, std::initializer_list<std::string_view> lines) {
  say(printer, dkmsconf::warning_remark(lines));
}

void say_line(Printer& printer, std::string_view line) {
  printer.say(Stream::output, std::string(line) + "\n");
}

}  // namespace kpkg::dkmsbuild
