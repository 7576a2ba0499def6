// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/member_path.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <vector>

namespace kpkg::archive {
namespace {

constexpr std::size_t longest_component = 255;  // NAME_MAX of every Linux file system
constexpr std::size_t longest_path = 1024;      // PATH_MAX is 4096, of which the destination needs a part
constexpr int most_links = 40;

bool is_control(char character) {
  const auto code = static_cast<unsigned char>(character);
  return code < 0x20 || code == 0x7F;
}

bool leads_out(const Links& links, const std::string& path, const std::string& first_target) {
  auto done = split(path, '/');
  std::deque<std::string> pending;
  int followed = 0;
  const auto follow = [&](std::string_view target) {
    done.pop_back();
    const auto parts = split(target, '/');
    pending.insert(pending.begin(), parts.begin(), parts.end());
    return !target.starts_with('/');
  };
  if (!follow(first_target)) return true;
  while (!pending.empty()) {
    const auto component = pending.front();
    pending.pop_front();
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      if (done.empty()) return true;
      done.pop_back();
      continue;
    }
    done.push_back(component);
    const auto link = links.find(join(done, "/"));
    if (link == links.end()) continue;
    if (++followed > most_links) return false;
    if (!follow(link->second)) return true;
  }
  return false;
}

}  // namespace

std::string shown(std::string_view name) {
  return replaced(replaced(printable(name), "\n", "\\x0a"), "\t", "\\x09");
}

Result<std::string> clean_path(std::string_view name) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::corrupt, fmt::format("the member \"{}\" {}", shown(name), why));
  };
  if (name.empty()) return refuse("has no name");
  if (name.size() > longest_path) return refuse("has too long a name");
  if (name.starts_with('/')) return refuse("has an absolute name");
  if (std::any_of(name.begin(), name.end(), is_control)) return refuse("has a control character in its name");
  std::vector<std::string> clean;
  for (auto& component : split(name, '/')) {
    if (component == "..") return refuse("leads out of its directory");
    if (component.size() > longest_component) return refuse("has too long a name");
    if (!component.empty() && component != ".") clean.push_back(std::move(component));
  }
  return join(clean, "/");
}

std::optional<std::string> selected(const std::string& path, const UnpackOptions& options) {
  if (!options.prefix.empty() && path != options.prefix && !path.starts_with(options.prefix + "/")) return {};
  const auto components = split(path, '/');
  if (path.empty() || components.size() <= options.strip) return {};
  const auto kept = components.begin() + static_cast<std::ptrdiff_t>(options.strip);
  return join(std::vector<std::string>(kept, components.end()), "/");
}

std::optional<std::string> link_leading_out(const Links& links) {
  const auto found = std::find_if(links.begin(), links.end(), [&](const auto& link) {
    return leads_out(links, link.first, link.second);
  });
  return found == links.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace kpkg::archive
