// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::kernel {

// Private to kernel/: what is believed about how a kernel was configured.

/// A configuration and who says so.
struct BelievedConfiguration {
  Configuration configuration;
  std::string origin;  ///< "/proc/config.gz", "the image /boot/Image", "/boot/config-6.1.0-56-amd64"
};

/// The first that is there, in the order of trust, and doubts about it.
struct ConfigurationSearch {
  std::optional<BelievedConfiguration> believed;
  std::vector<std::string> notes;
};

/// What is known already when the search begins.
struct ConfigurationClues {
  bool asks_running = false;                ///< the kernel of this description runs: ask it
  std::optional<std::string> inside_image;  ///< the text of a configuration that was in its image
};

/// Searches /proc/config.gz, the image, /boot/config-K, config in the module directory, the module configs.ko
/// and the tree, in this order: what the kernel itself says before what lies beside it. Where two disagree
/// about an option that matters to modules there is a note; a file that is damaged or sets nothing is one
/// too.
///
/// Errors: permission, io.
Result<ConfigurationSearch> find_configuration(const system::Root& root, const Kernel& kernel,
                                               const ConfigurationClues& clues);

/// The text of the configuration in a kernel image or in configs.ko, uncompressed both; nothing if there is
/// none. Errors: corrupt: what stands between the marks is damaged.
/// Source: linux kernel/configs.c: "IKCFG_ST", a gzip stream, "IKCFG_ED".
Result<std::optional<std::string>> embedded_text(std::string_view bytes);

/// The same, read. Errors: as embedded_text.
Result<std::optional<Configuration>> embedded_configuration(std::string_view bytes);

}  // namespace kpkg::kernel
