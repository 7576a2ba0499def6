// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/tree.hpp"

#include "base/path.hpp"
#include "kernel/path.hpp"

#include <fmt/format.h>

namespace kpkg::kernel {
namespace {

Result<bool> exists(const system::Root& root, const std::string& path) {
  const auto found = KPKG_TRY(root.real_path(path));
  return found.has_value();
}

/// What `tree` lacks to be one that kbuild can work in; empty: nothing.
Result<std::string> missing_part(const system::Root& root, const std::string& tree) {
  const bool has_makefile = KPKG_TRY(exists(root, tree + "/Makefile"));
  if (!has_makefile) return tree + " has no Makefile";
  const bool has_header = KPKG_TRY(exists(root, tree + "/include/generated/autoconf.h"));
  const bool has_settings = KPKG_TRY(exists(root, tree + "/include/config/auto.conf"));
  if (!has_header && !has_settings)
    return tree +
           " is not configured: it has neither include/generated/autoconf.h nor include/config/auto.conf";
  const auto scripts = KPKG_TRY(follow(root, tree + "/scripts"));
  return scripts.problem;
}

Result<TreeSearch> look(const system::Root& root, const std::string& path) {
  const auto place = KPKG_TRY(follow(root, path));
  if (!place.path) return TreeSearch{std::nullopt, place.problem};
  const auto status = KPKG_TRY(root.status(*place.path));
  if (!status || status->type != system::FileType::directory)
    return TreeSearch{std::nullopt, *place.path + " is not a directory"};
  auto problem = KPKG_TRY(missing_part(root, *place.path));
  if (!problem.empty()) return TreeSearch{std::nullopt, std::move(problem)};
  KernelTree tree{.path = *place.path};
  tree.symvers = KPKG_TRY(root.real_path(tree.path + "/Module.symvers"));
  return TreeSearch{std::move(tree), {}};
}

/// Notes the directory that the link `source` leads to: the sources of a tree that was made with O=.
Status note_sources(const system::Root& root, const std::string& link, KernelTree& tree) {
  const auto source = KPKG_TRY(follow(root, link));
  if (!source.path) return {};
  const bool is_tree = KPKG_TRY(exists(root, *source.path + "/Makefile"));
  if (!is_tree) return {};
  if (!is_inside(*source.path, tree.path)) tree.sources = *source.path;
  return {};
}

}  // namespace

Result<TreeSearch> look_at_tree(const system::Root& root, const std::string& path) {
  return look(root, path);
}

Result<TreeSearch> find_tree(const system::Root& root, std::string_view release,
                             const std::string& module_directory) {
  const auto headers = fmt::format("/usr/src/linux-headers-{}", release);
  std::string problem;
  for (const auto& candidate : {module_directory + "/build", module_directory + "/source", headers}) {
    const auto status = KPKG_TRY(root.status(candidate));
    if (!status) continue;
    auto search = KPKG_TRY(look(root, candidate));
    if (search.tree) {
      KPKG_TRY(note_sources(root, module_directory + "/source", *search.tree));
      return search;
    }
    if (problem.empty()) problem = std::move(search.problem);
  }
  if (problem.empty())
    problem = fmt::format("neither {}/build nor {} is there: the headers are not installed", module_directory,
                          headers);
  return TreeSearch{std::nullopt, std::move(problem)};
}

}  // namespace kpkg::kernel
