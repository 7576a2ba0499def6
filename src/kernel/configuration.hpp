// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "base/shared_bytes.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kpkg::kernel {

/// The settings of a kernel's configuration file, in one block of text that its copies share. Guards their
/// order.
class Configuration {
 public:
  using Setting = std::pair<std::string_view, std::string_view>;  ///< key and value

  Configuration() = default;

  /// Reads the text of a .config, auto.conf or /boot/config-K. Lines of another form are skipped, as Kconfig
  /// does; of a repeated setting the last one counts.
  /// Source: linux Documentation/kbuild/kconfig.rst; "# CONFIG_X is not set" and a missing line are the same.
  static Configuration parse(std::string_view text);

  /// "y", "m", a number, or a text without its quotes; nothing: not set. `key` is "CONFIG_X".
  std::optional<std::string_view> value(std::string_view key) const;

  /// Whether `key` is built in or a module.
  bool is_set(std::string_view key) const;

  std::size_t size() const { return settings_.size(); }

  /// What is set, sorted by key.
  const std::vector<Setting>& settings() const { return settings_; }

  /// A text that parse() reads to the same settings, as Kconfig writes them: "CONFIG_X=value" a line.
  std::string text() const;

  bool operator==(const Configuration& other) const { return settings_ == other.settings_; }

 private:
  SharedBytes text_;               // what the settings are views of
  std::vector<Setting> settings_;  // sorted by key, each once
};

/// A value as it stands in a .config: "y", "m" and numbers bare, any other text with quotes, and a backslash
/// before each " and \ of it. Kconfig takes neither the former with quotes nor the latter without. A text of
/// digits alone is taken for a number, and hexadecimal digits without 0x for a text ("deadbeef").
/// Source: linux scripts/kconfig/confdata.c, escape_string_value() and conf_set_sym_val().
std::string as_kconfig_writes(std::string_view value);

/// The reverse: the value without its quotes and backslashes, if it has quotes.
std::string as_kconfig_reads(std::string_view written);

/// The line "CONFIG_X=value" and its end, as Kconfig writes it.
std::string setting_line(std::string_view key, std::string_view value);

/// The text of the configuration in the file `path`, decompressed if its name ends in .gz (/proc/config.gz);
/// nothing if there is no such file.
///
/// Errors: corrupt, permission, io.
Result<std::optional<std::string>> configuration_file(const system::Root& root, const std::string& path);

/// The same, parsed.
Result<std::optional<Configuration>> read_configuration(const system::Root& root, const std::string& path);

}  // namespace kpkg::kernel
