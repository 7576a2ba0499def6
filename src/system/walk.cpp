// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/walk.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <cerrno>
#include <deque>
#include <vector>

namespace kpkg::system {
namespace {

constexpr int most_links = 40;

std::string text_of(const std::vector<std::string>& components) {
  return "/" + join(components, "/");
}

void push_front(std::deque<std::string>& pending, std::string_view path) {
  auto parts = split(path, '/');
  pending.insert(pending.begin(), parts.begin(), parts.end());
}

}  // namespace

Result<WalkedPath> walk(const std::string& root, std::string_view path) {
  const std::string prefix = root == "/" ? "" : root;
  std::deque<std::string> pending;
  push_front(pending, path);
  std::vector<std::string> done;
  std::size_t missing = 0;
  int links = 0;
  while (!pending.empty()) {
    const auto component = pending.front();
    pending.pop_front();
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      if (!done.empty()) done.pop_back();
      if (missing > 0) --missing;
      continue;
    }
    done.push_back(component);
    if (missing > 0) {
      ++missing;
      continue;
    }
    const auto status = KPKG_TRY(status_of(prefix + text_of(done)));
    if (!status) {
      ++missing;
    } else if (status->type == FileType::link) {
      if (++links > most_links) return fail(system_error(ELOOP, "cannot follow " + std::string(path)));
      const auto target = KPKG_TRY(read_link(prefix + text_of(done)));
      done.pop_back();
      if (target.starts_with('/')) done.clear();
      push_front(pending, target);
    }
  }
  return WalkedPath{text_of(done), missing};
}

}  // namespace kpkg::system
