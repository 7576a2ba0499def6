// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/names.hpp"

#include "base/text.hpp"
#include "system/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkmstree {
namespace {

Status refuse(std::string_view what, const std::string& name, std::string_view why) {
  return fail(ErrorKind::invalid, fmt::format("the {} \"{}\" {}", what, told_name(name), why));
}

}  // namespace

bool is_kernel_name(const std::string& name) {
  return system::matches_pattern(name, "+([0-9]).*");
}

bool is_link_name(const std::string& name) {
  return system::matches_pattern(name, "kernel-*-*");
}

Status check_name(std::string_view what, const std::string& name) {
  if (name.empty()) return fail(ErrorKind::invalid, fmt::format("the {} is empty", what));
  if (name.find('/') != std::string::npos) return refuse(what, name, "has a slash");
  if (name.front() == '.') return refuse(what, name, "begins with a dot");
  const bool has_control = std::any_of(name.begin(), name.end(), [](char character) {
    return static_cast<unsigned char>(character) < 0x20 || character == 0x7f;
  });
  if (has_control) return refuse(what, name, "has control characters");
  if (trimmed(name).size() != name.size()) return refuse(what, name, "begins or ends with a blank");
  return {};
}

Status check(const VersionId& id) {
  KPKG_TRY(check_name("module name", id.module));
  KPKG_TRY(check_name("module version", id.version));
  if (is_link_name(id.version) || id.version == "original_module")
    return refuse("module version", id.version, "is a name that DKMS uses for something else");
  return {};
}

Status check(const BuildId& id) {
  KPKG_TRY(check(id.of()));
  KPKG_TRY(check_name("kernel", id.target.kernel));
  KPKG_TRY(check_name("architecture", id.target.arch));
  if (!is_kernel_name(id.target.kernel))
    return refuse("kernel", id.target.kernel, "does not begin as a version does");
  return {};
}

}  // namespace kpkg::dkmstree
