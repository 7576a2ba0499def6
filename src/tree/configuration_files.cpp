// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/configuration_files.hpp"

#include "base/text.hpp"
#include "kernel/configuration.hpp"
#include "kernel/configuration_difference.hpp"

#include <map>
#include <optional>

namespace kpkg::tree {
namespace {

constexpr std::string_view prefix = "CONFIG_";

using Settings = std::map<std::string, std::string, std::less<>>;  ///< key to value, quoted as it is written

/// A text that lost its quotes, as newer kernels have it in auto.conf, gets them again.
std::string as_written(std::string_view value) {
  return value.starts_with('"') || value == "n" ? std::string(value) : kernel::as_kconfig_writes(value);
}

std::optional<std::pair<std::string, std::string>> setting_in(const std::string& line) {
  const auto equal = line.find('=');
  if (!line.starts_with(prefix) || equal == std::string::npos) return std::nullopt;
  return std::pair(line.substr(0, equal), as_written(trimmed(std::string_view(line).substr(equal + 1))));
}

Settings settings_in(std::string_view text) {
  Settings settings;
  for (const auto& line : lines(text))
    if (auto setting = setting_in(line)) settings[setting->first] = std::move(setting->second);
  return settings;
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
    files.settings += key + "=" + (has_quotes ? value : kernel::as_kconfig_reads(value)) + "\n";
    files.header += define_of(key, value, tree.header);
  }
  return files;
}

}  // namespace kpkg::tree
