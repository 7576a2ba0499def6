// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/packaged_tree.hpp"

#include "archive/source_tree.hpp"
#include "archive/unpack.hpp"
#include "base/text.hpp"
#include "distro/header_packages.hpp"
#include "kernel/tree.hpp"
#include "system/file.hpp"
#include "tree/relocation.hpp"
#include "workflow/announcement.hpp"
#include "workflow/kernel_packages.hpp"
#include "workflow/scratch.hpp"

#include <fmt/format.h>

#include <set>
#include <string_view>
#include <utility>

namespace kpkg::workflow {
namespace {

/// What is asked of apt.
distro::PackageRequest request_for(const KernelPackages& packages) {
  distro::PackageRequest request{.name = packages.headers, .directory = ""};
  if (!packages.image.version.empty()) request.version = packages.image.version;
  if (packages.is_taken) request.architecture = packages.architecture;
  return request;
}

PackagedTreeSearch nothing_found(const KernelPackages& packages, const Error& error) {
  if (packages.is_taken) return {std::nullopt, error.text(), error.hint};
  const auto& architecture = packages.architecture;
  return {std::nullopt, fmt::format("{}, and it takes no packages for {}", error.text(), architecture),
          fmt::format("dpkg --add-architecture {}, then apt-get update", architecture)};
}

/// "usr/src/linux-headers-6.1.0-56-amd64" and its like: what kbuild needs of a package, each once. The links
/// in lib/modules are absolute ones and lead to where nothing is installed.
Result<std::set<std::string>> wanted_directories(const std::string& package_file) {
  std::set<std::string> directories;
  for (const auto& member : KPKG_TRY(archive::member_names(package_file))) {
    const auto start = member.find('/', member.find('/') + 1);
    const bool is_wanted = member.starts_with("usr/src/") || member.starts_with("usr/lib/linux-");
    if (is_wanted) directories.insert(member.substr(0, member.find('/', start + 1)));
  }
  return directories;
}

/// Adds what kbuild needs of a package to the directory `tree` of a root; `part` is absent.
Status unpack_package(const system::Root& root, const std::string& package_file, const std::string& part,
                      const std::string& tree) {
  for (const auto& directory : KPKG_TRY(wanted_directories(package_file))) {
    const auto host_part = KPKG_TRY(root.host_path(part));
    KPKG_TRY(archive::unpack(package_file, host_part, {.prefix = directory}));
    const auto place = tree + "/" + directory;
    if (KPKG_TRY(root.status(place)))
      return fail(ErrorKind::corrupt, fmt::format("another package has brought {} already", directory));
    KPKG_TRY(root.make_directories(place.substr(0, place.find_last_of('/'))));
    KPKG_TRY(root.rename(part + "/" + directory, place));
    KPKG_TRY(system::remove_all(host_part));
  }
  return {};
}

/// The place of the flavour's tree below `top`, "/usr/src/linux-headers-6.1.0-56-amd64": under the kernel's
/// name, or the one of unversioned packages that is a tree. Parts of trees are none by themselves.
Result<std::string> find_flavour(const system::Root& root, const std::string& top,
                                 const std::string& release) {
  std::vector<std::string> names = {"linux-headers-" + release};
  for (auto& entry : KPKG_TRY(root.list(top + "/usr/src")).value_or(std::vector<system::DirectoryEntry>{}))
    names.push_back(std::move(entry.name));
  std::string problem;
  for (const auto& name : names) {
    const auto place = "/usr/src/" + name;
    if (!KPKG_TRY(root.status(top + place))) continue;
    const auto search = KPKG_TRY(kernel::look_at_tree(root, top + place));
    if (search.tree) return place;
    if (problem.empty()) problem = replaced(search.problem, top, "");
  }
  if (problem.empty()) problem = "nothing is in /usr/src";
  return fail(ErrorKind::corrupt, fmt::format("the packages have no kernel tree: {}", problem),
              "name a tree of this kernel, or rebuild one: kpkg kernel rebuild-tree");
}

/// Gives `tree` the name `destination`. What was there is kept as `replaced`, and is back if that fails.
Status replace(const system::Root& root, const std::string& tree, const std::string& destination,
               const std::string& replaced) {
  const bool was_there = KPKG_TRY(root.status(destination)).has_value();
  if (was_there) KPKG_TRY(root.rename(destination, replaced));
  auto renamed = root.rename(tree, destination);
  if (!renamed && was_there) KPKG_TRY(root.rename(replaced, destination).within("putting the old tree back"));
  return renamed;
}

/// Unpacks to a place beside `destination`, then gives it that name; what was there goes away.
Result<kernel::KernelTree> unpack_all(const Workspace& workspace, const std::string& release,
                                      const distro::HeaderPackages& brought, const std::string& destination) {
  const auto& root = workspace.root;
  const auto staging = KPKG_TRY(Scratch::create(root, destination + ".new"));
  const auto tree = staging.path() + "/tree";
  KPKG_TRY(root.make_directories(tree));
  for (const auto& package : brought.packages) {
    const Announcement announcement(workspace, Stage::unpack, package.name, release);
    KPKG_TRY(unpack_package(root, package.file, staging.path() + "/part", tree)
                 .within(fmt::format("unpacking {} {}", package.name, package.version)));
  }
  // Each package was looked at alone; together their links could lead elsewhere.
  KPKG_TRY(archive::check_links(staging.host_path() + "/tree"));
  KPKG_TRY(tree::relocate_packages(staging.host_path() + "/tree", destination));
  const auto flavour = KPKG_TRY(find_flavour(root, tree, release));
  KPKG_TRY(replace(root, tree, destination, staging.path() + "/replaced"));
  auto found = KPKG_TRY(kernel::look_at_tree(root, destination + flavour));
  if (!found.tree) return fail(ErrorKind::io, found.problem);
  return std::move(*found.tree);
}

/// The destination without links on the way to it: a Makefile will name it.
Result<std::string> real_destination(const system::Root& root, const std::string& destination) {
  const auto slash = destination.find_last_of('/');
  const auto parent = destination.substr(0, slash);
  KPKG_TRY(root.make_directories(parent));
  const auto real = KPKG_TRY(root.real_path(parent));
  if (!real) return fail(ErrorKind::io, parent + " went away");
  return *real + destination.substr(slash);
}

}  // namespace

Result<PackagedTreeSearch> unpack_packaged_tree(const Workspace& workspace, const kernel::Kernel& kernel,
                                                const abi::KernelFacts& facts,
                                                const std::string& destination) {
  const auto packages = KPKG_TRY(packages_of_kernel(workspace, kernel, facts));
  if (!packages) return PackagedTreeSearch{std::nullopt, "the packages of this root are not Debian's", ""};
  const auto place = KPKG_TRY(real_destination(workspace.root, destination));
  auto request = request_for(*packages);
  const auto downloads =
      KPKG_TRY(Scratch::create(workspace.root, fmt::format("{}/headers-{}", places::work, kernel.release)));
  request.directory = downloads.host_path();
  auto download = [&] {
    const Announcement announcement(workspace, Stage::download, request.name, kernel.release);
    return distro::download_header_packages(workspace.runner, request);
  }();
  if (!download && download.error().kind == ErrorKind::not_found)
    return nothing_found(*packages, download.error());
  if (!download) return fail(std::move(download.error()));
  auto unpacked = KPKG_TRY(unpack_all(workspace, kernel.release, *download, place));
  PackagedTree tree{.tree = std::move(unpacked), .packages = {}, .notes = download->notes};
  if (!request.version)
    tree.notes.push_back(fmt::format(
        "nobody tells the version of the kernel's package; apt's newest of {} is taken", request.name));
  for (const auto& package : download->packages)
    tree.packages.push_back(fmt::format("{} {}", package.name, package.version));
  return PackagedTreeSearch{std::move(tree), "", ""};
}

}  // namespace kpkg::workflow
