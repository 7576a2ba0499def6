// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/tree.hpp"

#include "base/text.hpp"
#include "base/threads.hpp"
#include "dkmstree/explorer.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

namespace kpkg::dkmstree {
namespace {

using system::DirectoryEntry;
using system::FileType;

bool is_hidden(const DirectoryEntry& entry) {
  return entry.name.starts_with('.');
}

/// Whether the name could not have been made by DKMS, which reads names line by line.
bool is_of_no_use(const DirectoryEntry& entry) {
  return is_hidden(entry) || entry.name.find('\n') != std::string::npos;
}

/// Reads one module.
class ModuleReader {
 public:
  ModuleReader(Explorer& explorer, const Places& places, Directory top)
      : explorer_(explorer), places_(places), top_(std::move(top)) {}

  Module read(const std::string& name) {
    module_.name = name;
    for (const auto& entry : children(top_)) {
      if (entry.name == "original_module") {
        read_originals(entry);
      } else if (is_link_name(entry.name)) {
        if (entry.type == FileType::link) read_link(entry.name);
      } else if (const auto directory = explorer_.enter(top_, entry)) {
        read_version(entry.name, *directory);
      }
    }
    return std::move(module_);
  }

 private:
  /// The entries that are not hidden; of the hidden ones those of killed commands are noted.
  std::vector<DirectoryEntry> children(const Directory& directory) {
    auto entries = explorer_.list(directory);
    for (const auto& entry : entries)
      if (is_unseen(entry.name)) module_.left_overs.push_back(directory.path + "/" + entry.name);
    entries.erase(std::remove_if(entries.begin(), entries.end(), is_of_no_use), entries.end());
    return entries;
  }

  void read_originals(const DirectoryEntry& originals) {
    const auto directory = explorer_.enter(top_, originals);
    if (!directory) return;
    for (const auto& kernel : children(*directory)) {
      const auto of_kernel = explorer_.enter(*directory, kernel);
      if (!of_kernel) continue;
      for (const auto& arch : children(*of_kernel))
        if (explorer_.enter(*of_kernel, arch)) module_.originals.push_back({kernel.name, arch.name});
    }
  }

  void read_link(const std::string& name) {
    auto target = explorer_.target_of(top_, name);
    auto leads_to = place_of(name, target);
    module_.links.push_back({.name = name, .target = std::move(target), .leads_to = std::move(leads_to)});
  }

  /// "V/K/A" of this module if that is where a link leads. It commonly says so itself.
  std::string place_of(const std::string& name, const std::string& target) {
    const bool is_relative = std::count(target.begin(), target.end(), '/') == 2 && !target.starts_with('/');
    if (is_relative && explorer_.is_plain(top_.path + "/" + target)) return target;
    const auto real = explorer_.real_path(top_.path + "/" + name);
    const auto here = explorer_.real_path(places_.dkms_tree) + "/" + module_.name + "/";
    return real.starts_with(here) ? real.substr(here.size()) : "";
  }

  void read_version(const std::string& name, const Directory& directory) {
    Version version{.version = name, .source = Source::absent};
    for (const auto& entry : children(directory)) {
      if (entry.name == "source") {
        read_source(directory, entry, version);
      } else if (entry.name == "build") {
        version.has_build_place = true;
      } else if (entry.name == "tarball") {
        read_tarballs(directory, entry, version);
      } else if (const auto kernel = explorer_.enter(directory, entry)) {
        read_builds(entry.name, *kernel, version);
      }
    }
    if (version.source_target.empty())
      version.has_source_tree = explorer_.open(places_.source_of({module_.name, name})).has_value();
    std::sort(version.builds.begin(), version.builds.end(),
              [](const Build& left, const Build& right) { return left.target.text() < right.target.text(); });
    module_.versions.push_back(std::move(version));
  }

  void read_source(const Directory& directory, const DirectoryEntry& entry, Version& version) {
    if (entry.type == FileType::link) version.source_target = explorer_.target_of(directory, entry.name);
    const bool is_there = explorer_.enter(directory, entry, version.source_target).has_value();
    if (entry.type == FileType::link) {
      version.source = is_there ? Source::present : Source::dangling;
    } else {
      version.source = is_there ? Source::directory : Source::absent;
    }
  }

  void read_tarballs(const Directory& directory, const DirectoryEntry& entry, Version& version) {
    const auto tarballs = explorer_.enter(directory, entry);
    if (!tarballs) return;
    for (const auto& tarball : children(*tarballs))
      if (tarball.type == FileType::regular) version.tarballs.push_back(tarball.name);
  }

  void read_builds(const std::string& kernel, const Directory& directory, Version& version) {
    for (const auto& entry : children(directory)) {
      const auto build = explorer_.enter(directory, entry);
      if (!build) continue;
      const bool has_modules = explorer_.open(build->path + "/module").has_value();
      version.builds.push_back({.target = {kernel, entry.name}, .has_modules = has_modules});
    }
  }

  Explorer& explorer_;
  const Places& places_;
  const Directory top_;
  Module module_;
};

/// What an entry of the tree is: a module, unless it is no directory.
struct ModuleReading {
  std::optional<Module> module;
  std::vector<Error> problems;
};

/// `explorer` is one of its own, which knows the way.
ModuleReading read_entry(Explorer explorer, const Places& places, const Directory& top,
                         const DirectoryEntry& entry) {
  ModuleReading reading;
  if (auto directory = explorer.enter(top, entry))
    reading.module = ModuleReader(explorer, places, *std::move(directory)).read(entry.name);
  reading.problems = explorer.take_problems();
  return reading;
}

}  // namespace

bool Version::is_broken() const {
  if (source == Source::dangling) return true;
  return source != Source::present && has_source_tree;
}

const Build* Version::build_for(const Target& target) const {
  const auto found =
      std::find_if(builds.begin(), builds.end(), [&](const Build& build) { return build.target == target; });
  return found == builds.end() ? nullptr : &*found;
}

const Version* Module::version_of(const std::string& version) const {
  const auto found = std::find_if(versions.begin(), versions.end(),
                                  [&](const Version& each) { return each.version == version; });
  return found == versions.end() ? nullptr : &*found;
}

bool Module::is_installed(const std::string& version, const Target& target) const {
  const auto name = installed_link_name(target);
  const auto place = installed_target({.module = this->name, .version = version, .target = target});
  return std::any_of(links.begin(), links.end(),
                     [&](const InstalledLink& link) { return link.name == name && link.leads_to == place; });
}

const Module* Tree::module_of(const std::string& name) const {
  const auto found =
      std::lower_bound(modules.begin(), modules.end(), name,
                       [](const Module& module, const std::string& text) { return module.name < text; });
  return found == modules.end() || found->name != name ? nullptr : &*found;
}

Tree read_tree(const system::Root& root, const Places& places) {
  Explorer explorer(root);
  const auto top = explorer.open(places.dkms_tree);
  auto entries = top ? explorer.list(*top) : std::vector<DirectoryEntry>();
  std::erase_if(entries, is_of_no_use);
  explorer.is_plain(places.source_tree);
  Tree tree{.modules = {}, .problems = explorer.take_problems()};
  std::vector<ModuleReading> readings(entries.size());
  in_threads(entries.size(), useful_threads(), [&](std::size_t index) {
    readings[index] = read_entry(explorer, places, *top, entries[index]);
  });
  for (auto& reading : readings) {
    if (reading.module) tree.modules.push_back(*std::move(reading.module));
    std::move(reading.problems.begin(), reading.problems.end(), std::back_inserter(tree.problems));
  }
  return tree;
}

Result<Module> read_module(const system::Root& root, const Places& places, const std::string& name) {
  KPKG_TRY(check_name("module name", name));
  Explorer explorer(root);
  auto directory = explorer.open(places.directory_of(name));
  auto module =
      directory ? ModuleReader(explorer, places, *std::move(directory)).read(name) : Module{.name = name};
  auto problems = explorer.take_problems();
  if (!problems.empty()) return fail(std::move(problems.front()));
  return module;
}

}  // namespace kpkg::dkmstree
