// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/forge.hpp"

#include "base/text.hpp"
#include "fetch/url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace kpkg::fetch {
namespace {

enum class Forge { github, gitlab, gitea };

struct KnownHost {
  std::string_view name;  ///< a whole name, or with a dot at its end the first label
  Forge forge;
};

/// Public servers that modules are developed on, and first labels that say what runs there.
constexpr std::array<KnownHost, 11> known_hosts = {{{"github.com", Forge::github},
                                                    {"www.github.com", Forge::github},
                                                    {"gitlab.com", Forge::gitlab},
                                                    {"salsa.debian.org", Forge::gitlab},
                                                    {"invent.kde.org", Forge::gitlab},
                                                    {"gitlab.", Forge::gitlab},
                                                    {"codeberg.org", Forge::gitea},
                                                    {"gitea.com", Forge::gitea},
                                                    {"gitea.", Forge::gitea},
                                                    {"forgejo.", Forge::gitea},
                                                    {"code.forgejo.org", Forge::gitea}}};

std::optional<Forge> forge_of(std::string_view host) {
  const auto* found = std::find_if(known_hosts.begin(), known_hosts.end(), [&](const KnownHost& known) {
    return known.name.ends_with('.') ? host.starts_with(known.name) : host == known.name;
  });
  return found == known_hosts.end() ? std::nullopt : std::optional(found->forge);
}

/// "https://host/owner/name.git/" is {"owner", "name"}; nothing if a part is empty or could mean something
/// else.
std::vector<std::string> path_parts(std::string_view url, std::string_view host) {
  auto path = url.substr(std::string_view("https://").size() + host.size());
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto parts = split(path, '/');
  const bool is_plain = std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
    constexpr std::string_view allowed = "-_.~+";
    return !part.empty() && part != "." && part != ".." &&
           std::all_of(part.begin(), part.end(), [&](unsigned char character) {
             return std::isalnum(character) != 0 ||
                    allowed.find(static_cast<char>(character)) != std::string_view::npos;
           });
  });
  return is_plain ? parts : std::vector<std::string>{};
}

}  // namespace

std::vector<std::string> forge_archive_urls(std::string_view repository, const crypto::GitId& commit) {
  const auto host = host_of(repository);
  const auto forge = forge_of(host);
  // A port, a user or another scheme makes it another server than the one that is known.
  if (!forge || !repository.starts_with(fmt::format("https://{}/", host))) return {};
  const auto parts = path_parts(repository, host);
  if (parts.size() < 2 || (parts.size() > 2 && *forge != Forge::gitlab)) return {};
  const auto base = fmt::format("https://{}/{}", host, join(parts, "/"));
  const auto id = commit.hex();
  switch (*forge) {
    case Forge::github:
      return {fmt::format("https://codeload.github.com/{}/tar.gz/{}", join(parts, "/"), id),
              fmt::format("{}/archive/{}.tar.gz", base, id)};
    case Forge::gitlab: return {fmt::format("{}/-/archive/{}/{}-{}.tar.gz", base, id, parts.back(), id)};
    case Forge::gitea: return {fmt::format("{}/archive/{}.tar.gz", base, id)};
  }
  return {};
}

}  // namespace kpkg::fetch
