// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/explorer.hpp"

namespace kpkg::dkmstree {

using system::DirectoryEntry;
using system::FileType;

template <typename T>
T Explorer::noted(Result<T> result) {
  if (result) return *std::move(result);
  problems_.push_back(std::move(result).error());
  return {};
}

FileType Explorer::type_of(const std::string& host) {
  const auto status = noted(system::status_of(host));
  return status ? status->type : FileType::other;
}

/// Where the host has the directory `path` if no link lies on the way, otherwise nullptr.
const std::string* Explorer::plain_host(const std::string& path) {
  if (const auto known = hosts_.find(path); known != hosts_.end())
    return known->second.empty() ? nullptr : &known->second;
  std::string host;
  const auto slash = path.rfind('/');
  const auto name = path.substr(slash + 1);
  if (slash == 0 || slash == std::string::npos) {
    host = (root_.is_host() ? "" : root_.directory()) + "/" + name;
  } else if (const auto* parent = plain_host(path.substr(0, slash)); parent != nullptr) {
    host = *parent + "/" + name;
  }
  const bool is_name = !name.empty() && name != "." && name != "..";
  if (!is_name || host.empty() || type_of(host) != FileType::directory) host.clear();
  const auto& kept = hosts_.emplace(path, std::move(host)).first->second;
  return kept.empty() ? nullptr : &kept;
}

bool Explorer::is_plain(const std::string& path) {
  return plain_host(path) != nullptr;
}

std::optional<Directory> Explorer::open(const std::string& path) {
  if (const auto* plain = plain_host(path); plain != nullptr) return Directory{.path = path, .host = *plain};
  const auto host = root_.host_path(path);
  if (!host || type_of(*host) != FileType::directory) return std::nullopt;  // a loop of links is no directory
  return Directory{.path = path, .host = *host};
}

std::optional<Directory> Explorer::enter(const Directory& directory, const DirectoryEntry& entry,
                                         std::string target) {
  auto path = directory.path + "/" + entry.name;
  if (entry.type == FileType::directory) {
    auto host = directory.host + "/" + entry.name;
    if (is_plain(directory.path)) hosts_.emplace(path, host);
    return Directory{.path = std::move(path), .host = std::move(host)};
  }
  if (entry.type != FileType::link) return std::nullopt;
  if (target.empty()) target = target_of(directory, entry.name);
  if (const auto* plain = target.starts_with('/') ? plain_host(target) : nullptr; plain != nullptr)
    return Directory{.path = std::move(path), .host = *plain};
  return open(path);
}

std::vector<DirectoryEntry> Explorer::list(const Directory& directory) {
  return noted(system::list_directory(directory.host)).value_or(std::vector<DirectoryEntry>{});
}

std::string Explorer::target_of(const Directory& directory, const std::string& name) {
  return system::read_link(directory.host + "/" + name).value_or("");
}

std::string Explorer::real_path(const std::string& path) {
  const auto real = root_.real_path(path);
  return real ? real->value_or("") : "";
}

}  // namespace kpkg::dkmstree
