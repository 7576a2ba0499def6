// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/path.hpp"

namespace kpkg {

std::string parent_of(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string_view::npos || slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string_view last_of(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

bool is_inside(std::string_view path, std::string_view directory) {
  if (directory == "/") return true;
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

}  // namespace kpkg
