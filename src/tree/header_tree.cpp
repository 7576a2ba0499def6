// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/header_tree.hpp"

#include "archive/source_tree.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::tree {
namespace {

using Entries = std::vector<system::DirectoryEntry>;

constexpr std::size_t deepest = 40;  // directories below each other; the kernel's own go to 11

/// Whether a file belongs to the tree; `path` is relative, "include/linux/fs.h".
using Wanted = bool (*)(std::string_view path, std::string_view name);

bool anything(std::string_view /*path*/, std::string_view /*name*/) {
  return true;
}

bool is_at_top_of_arch(std::string_view path) {
  return std::count(path.begin(), path.end(), '/') == 2;  // arch/x86/Makefile
}

/// What kbuild itself reads below arch/X, and headers wherever they are (arm has some for each machine).
bool of_architecture(std::string_view path, std::string_view name) {
  if (path.find("/include/") != std::string_view::npos || path.find("/scripts/") != std::string_view::npos)
    return true;
  const bool is_rule = name.starts_with("Makefile") || name.starts_with("Kbuild");
  return (is_rule && is_at_top_of_arch(path)) || name == "Kbuild.platforms" || name == "Platform" ||
         name == "module.lds" || (path.find("/tools/") != std::string_view::npos && name.ends_with(".sh"));
}

/// User-mode Linux has headers of its own among those of the machine under it.
bool is_header_of_architecture(std::string_view path, std::string_view name) {
  return path.find("/include/") != std::string_view::npos || name == "Makefile.um" ||
         (path.find("/um/") != std::string_view::npos && name.ends_with(".h"));
}

/// What make leaves besides what it was asked for. rustc_cfg is none: since 6.16 kbuild takes a tree without
/// it for one that is not configured.
bool is_by_product(std::string_view name) {
  constexpr std::array<std::string_view, 7> endings = {".o", ".a", ".s", ".cmd", ".d", ".tmp", ".order"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

bool is_product(std::string_view /*path*/, std::string_view name) {
  return !is_by_product(name);
}

bool is_tool(std::string_view /*path*/, std::string_view name) {
  return name == "objtool" || name == "resolve_btfids";
}

/// crtsavres.o of powerpc and expoline.o of s390 are linked into every module.
bool is_linked_into_modules(std::string_view path, std::string_view name) {
  return name.ends_with(".o") && path.find("/lib/") != std::string_view::npos;
}

/// Copies parts of directories into one. Owns what is known of the destination.
class Copier {
 public:
  explicit Copier(std::string destination) : destination_(std::move(destination)) {}

  /// Copies what is wanted below `from`/`path`, which may be absent; links are not followed.
  Status copy(const std::string& from, const std::string& path, Wanted wanted, std::size_t depth = deepest) {
    const auto status = KPKG_TRY(system::status_of(from + "/" + path));
    if (!status || status->type != system::FileType::directory) return {};
    if (depth == 0) return fail(ErrorKind::corrupt, path + " is nested too deeply");
    const auto entries = KPKG_TRY(system::list_directory(from + "/" + path));
    if (!entries) return {};
    for (const auto& entry : *entries) {
      const auto below = path + "/" + entry.name;
      if (entry.type == system::FileType::directory) KPKG_TRY(copy(from, below, wanted, depth - 1));
      const bool is_file = entry.type == system::FileType::regular || entry.type == system::FileType::link;
      if (is_file && wanted(below, entry.name)) KPKG_TRY(copy_file(from, below));
    }
    return {};
  }

  /// Copies one file; absent is success.
  Status copy_if_present(const std::string& from, const std::string& path) {
    const auto status = KPKG_TRY(system::status_of(from + "/" + path));
    return status && status->type == system::FileType::regular ? copy_file(from, path) : Status{};
  }

  /// A link whose target was left out is no part of the tree.
  Status drop_dangling_links() const {
    for (const auto& link : links_)
      if (!system::canonical_path(link)) KPKG_TRY(system::remove_all(link));
    return {};
  }

 private:
  Status copy_file(const std::string& from, const std::string& path) {
    const auto slash = path.rfind('/');
    const auto directory =
        slash == std::string::npos ? destination_ : destination_ + "/" + path.substr(0, slash);
    if (directory != made_) KPKG_TRY(system::make_directories(directory));
    made_ = directory;
    const auto target = destination_ + "/" + path;
    // Both the source and its objects may have one name; what was made is younger.
    if (KPKG_TRY(system::status_of(target))) KPKG_TRY(system::remove_all(target));
    KPKG_TRY(system::copy_tree(from + "/" + path, target));
    const auto status = KPKG_TRY(system::status_of(target));
    if (status && status->type == system::FileType::link) links_.push_back(target);
    return {};
  }

  std::string destination_;
  std::string made_;
  std::vector<std::string> links_;
};

}  // namespace

Status make_header_tree(const HeaderTreeParts& parts, const std::string& destination) {
  Copier copier(destination);
  const auto arch = fmt::format("arch/{}", parts.architecture.directory);
  for (const std::string name : {"Makefile", "Kbuild", "COPYING"})
    KPKG_TRY(copier.copy_if_present(parts.source, name));
  for (const std::string name : {"include", "scripts"}) KPKG_TRY(copier.copy(parts.source, name, anything));
  KPKG_TRY(copier.copy(parts.source, arch, of_architecture));
  if (!parts.architecture.further_headers.empty()) {
    const auto further = fmt::format("arch/{}", parts.architecture.further_headers);
    KPKG_TRY(copier.copy(parts.source, further, is_header_of_architecture));
    KPKG_TRY(copier.copy(parts.objects, further + "/include", is_product));
  }
  KPKG_TRY(copier.copy_if_present(parts.objects, ".config"));
  for (const std::string& name : {std::string("include"), std::string("scripts"), arch + "/include"})
    KPKG_TRY(copier.copy(parts.objects, name, is_product));
  KPKG_TRY(copier.copy(parts.objects, "tools", is_tool));
  KPKG_TRY(copier.copy(parts.objects, arch, is_linked_into_modules));
  KPKG_TRY(copier.copy_if_present(parts.objects, arch + "/module.lds"));
  KPKG_TRY(copier.drop_dangling_links());
  return archive::check_links(destination).within("looking at what was made of " + parts.source);
}

Result<TreeSize> size_of_tree(const std::string& directory) {
  TreeSize size;
  for (const auto& entry : KPKG_TRY(system::list_directory(directory)).value_or(Entries())) {
    const auto path = directory + "/" + entry.name;
    TreeSize below{.files = 1};
    if (entry.type == system::FileType::directory)
      below = KPKG_TRY(size_of_tree(path));
    else if (const auto status = KPKG_TRY(system::status_of(path)))
      below.bytes = status->size;
    size.files += below.files;
    size.bytes += below.bytes;
  }
  return size;
}

}  // namespace kpkg::tree
