// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/configuration.hpp"

#include "archive/compression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace kpkg::kernel {
namespace {

constexpr std::string_view prefix = "CONFIG_";
constexpr std::string_view unset_start = "# CONFIG_";
constexpr std::string_view unset_end = " is not set";
constexpr std::uint64_t largest_configuration = 16U << 20;  // a real one has 0.3 MB

/// One line that says something of a key; no value: "is not set".
struct Line {
  std::string_view key;
  std::optional<std::string_view> value;
};

std::optional<Line> line_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with(unset_start) && line.ends_with(unset_end)) {
    line.remove_suffix(unset_end.size());
    return Line{line.substr(2), std::nullopt};
  }
  const auto equal = line.find('=');
  if (!line.starts_with(prefix) || equal == std::string_view::npos) return std::nullopt;
  const auto value = line.substr(equal + 1);
  return Line{line.substr(0, equal), value == "n" ? std::nullopt : std::optional(value)};
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto line = line_of(text.substr(0, end))) lines.push_back(*line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_bare(std::string_view value) {
  if (value == "y" || value == "m") return true;
  const bool is_hexadecimal = value.starts_with("0x");
  value.remove_prefix(is_hexadecimal ? 2 : value.starts_with('-') ? 1 : 0);
  return !value.empty() && std::all_of(value.begin(), value.end(), [&](unsigned char digit) {
    return (is_hexadecimal ? std::isxdigit(digit) : std::isdigit(digit)) != 0;
  });
}

/// Appends the value without quotes and with \" and \\ resolved, as Kconfig writes them: no more bytes than
/// it has.
void append_plain(std::string& text, std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') {
    text += value;
    return;
  }
  value = value.substr(1, value.size() - 2);
  for (std::size_t index = 0; index < value.size(); ++index) {
    if (value[index] == '\\' && index + 1 < value.size()) ++index;
    text += value[index];
  }
}

}  // namespace

Configuration Configuration::parse(std::string_view text) {
  auto read = lines_of(text);
  const auto before = [](const Line& left, const Line& right) { return left.key < right.key; };
  if (!std::is_sorted(read.begin(), read.end(), before)) std::stable_sort(read.begin(), read.end(), before);
  const auto block = std::make_shared<std::string>();
  block->reserve(text.size());  // so that nothing moves that a setting is a view of
  const auto append = [&](const auto& write) {
    const auto start = block->size();
    write();
    return std::string_view(*block).substr(start);
  };
  Configuration configuration;
  configuration.settings_.reserve(read.size());
  for (std::size_t index = 0; index < read.size(); ++index) {
    const bool is_last = index + 1 == read.size() || read[index + 1].key != read[index].key;
    if (!is_last || !read[index].value) continue;
    const auto key = append([&] { *block += read[index].key; });
    configuration.settings_.emplace_back(key, append([&] { append_plain(*block, *read[index].value); }));
  }
  configuration.text_ = SharedBytes(block, *block);
  return configuration;
}

std::optional<std::string_view> Configuration::value(std::string_view key) const {
  const auto found =
      std::lower_bound(settings_.begin(), settings_.end(), key,
                       [](const Setting& setting, auto wanted) { return setting.first < wanted; });
  if (found == settings_.end() || found->first != key) return std::nullopt;
  return found->second;
}

bool Configuration::is_set(std::string_view key) const {
  const auto found = value(key);
  return found == "y" || found == "m";
}

std::string as_kconfig_writes(std::string_view value) {
  if (is_bare(value)) return std::string(value);
  std::string text = "\"";
  for (const char character : value) {
    if (character == '"' || character == '\\') text += '\\';
    text += character;
  }
  return text + "\"";
}

std::string as_kconfig_reads(std::string_view written) {
  std::string value;
  append_plain(value, written);
  return value;
}

std::string setting_line(std::string_view key, std::string_view value) {
  return fmt::format("{}={}\n", key, as_kconfig_writes(value));
}

std::string Configuration::text() const {
  std::string text;
  for (const auto& [key, value] : settings_) text += setting_line(key, value);
  return text;
}

Result<std::optional<std::string>> configuration_file(const system::Root& root, const std::string& path) {
  auto bytes = KPKG_TRY(root.read_if_present(path, largest_configuration));
  if (bytes && path.ends_with(".gz"))
    bytes = KPKG_TRY(archive::decompress(*bytes, largest_configuration).within("reading " + path));
  return bytes;
}

Result<std::optional<Configuration>> read_configuration(const system::Root& root, const std::string& path) {
  const auto text = KPKG_TRY(configuration_file(root, path));
  return text ? std::optional(Configuration::parse(*text)) : std::nullopt;
}

}  // namespace kpkg::kernel
