// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/clock.hpp"
#include "system/host.hpp"
#include "system/process.hpp"
#include "system/root.hpp"
#include "workflow/events.hpp"

#include <string>
#include <vector>

namespace kpkg::workflow {

/// Where kpkg keeps things, inside the root, so that an image boots with a valid state.
namespace places {
inline constexpr const char* state = "/var/lib/kpkg";
inline constexpr const char* lock = "/var/lib/kpkg/lock";
inline constexpr const char* downloads = "/var/cache/kpkg/downloads";
inline constexpr const char* work = "/var/cache/kpkg/work";
inline constexpr const char* trees = "/var/cache/kpkg/trees";
inline constexpr const char* memory = "/var/cache/kpkg/memory";
inline constexpr const char* logs = "/var/log/kpkg";
inline constexpr const char* own_recipes = "/etc/kpkg/recipes";
inline constexpr const char* shipped_recipes = "/usr/share/kpkg/recipes";
}  // namespace places

/// The machine and the root that a command works on, and who watches. Everything is borrowed from main.
struct Workspace {
  const system::Host& host;
  const system::Root& root;
  system::Runner& runner;
  Observer& observer;
  system::Clock clock = system::seconds_now;
  std::vector<std::string> recipe_directories =
      {};  ///< of the host, first wins; made by recipe_directories()
};

}  // namespace kpkg::workflow
