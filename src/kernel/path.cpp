// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/path.hpp"

#include "base/path.hpp"

#include <fmt/format.h>

namespace kpkg::kernel {
namespace {

/// What the link at `path` says, as far as it can be read; only for messages.
std::string link_target(const system::Root& root, const std::string& path) {
  const auto parent = root.host_path(parent_of(path));
  if (!parent) return "nowhere";
  return system::read_link(fmt::format("{}/{}", *parent, last_of(path))).value_or("nowhere");
}

}  // namespace

Result<Followed> follow(const system::Root& root, const std::string& path) {
  auto real = root.real_path(path);
  if (real && *real) return Followed{std::move(**real), {}};
  const auto status = root.status(path);
  const bool is_link = status && *status && (*status)->type == system::FileType::link;
  if (!real && is_link && real.error().kind == ErrorKind::io)
    return Followed{std::nullopt,
                    fmt::format("{} leads to {}, which cannot be followed", path, link_target(root, path))};
  KPKG_TRY(std::move(real));
  if (is_link)
    return Followed{std::nullopt,
                    fmt::format("{} leads to {}, which is absent", path, link_target(root, path))};
  return Followed{std::nullopt, path + " is absent"};
}

void prune(std::vector<std::string>& directories) {
  std::vector<std::string> kept;
  for (std::size_t index = 0; index < directories.size(); ++index) {
    bool is_covered = false;
    for (std::size_t other = 0; other < directories.size(); ++other) {
      const bool is_repeated = directories[other] == directories[index] && other < index;
      const bool is_below =
          directories[other] != directories[index] && is_inside(directories[index], directories[other]);
      is_covered = is_covered || is_repeated || is_below;
    }
    if (index == 0 || !is_covered) kept.push_back(directories[index]);
  }
  directories = std::move(kept);
}

}  // namespace kpkg::kernel
