// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/configuration_files.hpp"

#include "base/text.hpp"
#include "kernel/configuration_difference.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

namespace kpkg::tree {
namespace {

constexpr std::string_view prefix = "CONFIG_";

using Settings = std::map<std::string, std::string, std::less<>>;  ///< key to value, quoted as it is written

bool is_number(std::string_view value) {
  const auto digits = value.substr(value.starts_with("0x") ? 2 : value.starts_with("-") ? 1 : 0);
  return !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                        [](unsigned char digit) { return std::isxdigit(digit) != 0; });
}

/// A text that lost its quotes, as facts of a kernel keep it, gets them again.
std::string as_written(std::string value) {
  if (value.starts_with('"') || value == "y" || value == "m" || is_number(value)) return value;
  return "\"" + value + "\"";
}

std::optional<std::pair<std::string, std::string>> setting_in(const std::string& line) {
  const auto equal = line.find('=');
  if (!line.starts_with(prefix) || equal == std::string::npos) return std::nullopt;
  return std::pair(line.substr(0, equal), as_written(std::string(trimmed(line.substr(equal + 1)))));
}

Settings settings_in(std::string_view text) {
  Settings settings;
  for (const auto& line : lines(text))
    if (auto setting = setting_in(line)) settings[setting->first] = std::move(setting->second);
  return settings;
}

/// Without quotes, as newer kernels have texts in auto.conf.
std::string unquoted(const std::string& value) {
  return value.size() >= 2 && value.starts_with('"') ? value.substr(1, value.size() - 2) : value;
}

bool quotes_texts(const std::string& settings) {
  return settings.find("=\"") != std::string::npos;
}

/// A line of autoconf.h. A number that the tree has with "0x" is hexadecimal, however it was written down.
std::string define_of(const std::string& key, const std::string& value, const std::string& header) {
  if (value == "m") return "#define " + key + "_MODULE 1\n";
  const auto line = "#define " + key + " ";
  if (value == "y") return line + "1\n";
  const bool is_hexadecimal = header.find(line + "0x" + value + "\n") != std::string::npos;
  return line + (is_hexadecimal ? "0x" : "") + value + "\n";
}

}  // namespace

ConfigurationFiles configuration_files(std::string_view kernel, const ConfigurationFiles& tree) {
  auto settings = settings_in(kernel);
  std::string added;
  for (const auto& [key, value] : settings_in(tree.settings.empty() ? tree.written : tree.settings))
    if (!kernel::matters_to_modules(key) && settings.try_emplace(key, value).second)
      added += key + "=" + value + "\n";
  ConfigurationFiles files{.written = std::string(kernel) + added, .settings = {}, .header = {}};
  const bool has_quotes = quotes_texts(tree.settings);
  for (const auto& [key, value] : settings) {
    if (value == "n") continue;
    files.settings += key + "=" + (has_quotes ? value : unquoted(value)) + "\n";
    files.header += define_of(key, value, tree.header);
  }
  return files;
}

}  // namespace kpkg::tree
