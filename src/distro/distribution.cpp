// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/distribution.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <map>

namespace kpkg::distro {
namespace {

/// A value as a shell would take it: quotes of either kind off, backslashes undone outside single quotes.
std::string unquoted(std::string_view value) {
  const char quote = value.empty() ? '\0' : value.front();
  const bool is_quoted = (quote == '"' || quote == '\'') && value.size() >= 2 && value.back() == quote;
  if (is_quoted) value = value.substr(1, value.size() - 2);
  if (quote == '\'') return std::string(value);
  std::string plain;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && i + 1 < value.size()) ++i;
    plain += value[i];
  }
  return plain;
}

}  // namespace

bool Distribution::is_like(std::string_view name) const {
  return id == name || std::find(like.begin(), like.end(), name) != like.end();
}

Distribution parse_os_release(std::string_view text) {
  std::map<std::string, std::string, std::less<>> values;
  for (const auto& line : lines(text)) {
    const auto assignment = trimmed(line);
    const auto equals = assignment.find('=');
    if (assignment.starts_with('#') || equals == std::string_view::npos) continue;
    values[std::string(assignment.substr(0, equals))] = unquoted(assignment.substr(equals + 1));
  }
  Distribution distribution{
      .id = values["ID"], .version = values["VERSION_ID"], .like = words(values["ID_LIKE"])};
  if (distribution.id.empty()) distribution.id = "linux";
  return distribution;
}

Result<Distribution> distribution_of(const system::Root& root) {
  auto text = KPKG_TRY(root.read_if_present("/etc/os-release"));
  if (!text) text = KPKG_TRY(root.read_if_present("/usr/lib/os-release"));
  return parse_os_release(text.value_or(""));
}

}  // namespace kpkg::distro
