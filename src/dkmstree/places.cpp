// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/places.hpp"

#include "base/path.hpp"

#include <fmt/format.h>

namespace kpkg::dkmstree {

std::string Places::source_of(const VersionId& id) const {
  return fmt::format("{}/{}-{}", source_tree, id.module, id.version);
}

std::string Places::directory_of(const std::string& module) const {
  return dkms_tree + "/" + module;
}

std::string Places::directory_of(const VersionId& id) const {
  return dkms_tree + "/" + id.text();
}

std::string Places::source_link_of(const VersionId& id) const {
  return directory_of(id) + "/source";
}

std::string Places::build_place_of(const VersionId& id) const {
  return directory_of(id) + "/build";
}

std::string Places::tarballs_of(const VersionId& id) const {
  return directory_of(id) + "/tarball";
}

std::string Places::directory_of(const BuildId& id) const {
  return dkms_tree + "/" + id.text();
}

std::string Places::installed_link_of(const std::string& module, const Target& target) const {
  return directory_of(module) + "/" + installed_link_name(target);
}

std::string Places::originals_of(const std::string& module, const Target& target) const {
  return directory_of(module) + "/original_module/" + target.text();
}

std::string installed_link_name(const Target& target) {
  return fmt::format("kernel-{}-{}", target.kernel, target.arch);
}

std::string installed_target(const BuildId& id) {
  return id.version + "/" + id.target.text();
}

std::string hidden_beside(const std::string& path) {
  const auto name = path.rfind('/') + 1;
  return fmt::format("{}.tmp_{}_kpkg", path.substr(0, name), path.substr(name));
}

bool is_unseen(std::string_view path) {
  return last_of(path).starts_with(".tmp_");
}

}  // namespace kpkg::dkmstree
