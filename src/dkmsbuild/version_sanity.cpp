// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/version_sanity.hpp"

#include "abi/fingerprint.hpp"
#include "base/text.hpp"
#include "dkmsbuild/judge.hpp"
#include "dkmsconf/padded_version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// Whether the kernel has the module itself.
///
/// DKMS means to compare the two parts of a version apart and never does: both stand in one word.
bool is_obsolete(const std::string& obsolete_by, const std::string& kernel, Force force) {
  if (obsolete_by.empty() || force == Force::yes) return false;
  const auto padded = [](const std::string& version) {
    return dkmsconf::padded_version(replaced(version, "-", " "));
  };
  return padded(kernel) >= padded(obsolete_by);
}

void say_obsolete(Printer& printer, const std::string& obsolete_by) {
  printer.say(Stream::errors, fmt::format("\nModule has been obsoleted due to being included in kernel {0}.\n"
                                          "We will avoid installing for future kernels above {0}.\n"
                                          "You may override by specifying --force.\n",
                                          obsolete_by));
}

/// Where the file stands in the order in which depmod prefers directories, by default.
int rank_of(const std::string& path, const std::string& top) {
  const auto below = path.substr(top.size());
  return below.starts_with("/updates/") ? 0 : below.starts_with("/extra/") ? 1 : 2;
}

void say_installed(Printer& printer, const std::string& file, const std::string& version) {
  const auto how = version.empty() ? std::string("(unversioned module)") : "at version " + version;
  printer.say(Stream::errors,
              fmt::format("Module {} already installed {}, override by specifying --force\n", file, how));
}

}  // namespace

Newness compare(const ModuleVersion& first, const ModuleVersion& second) {
  if (first.version == second.version)
    return first.srcversion == second.srcversion ? Newness::same : Newness::same_version;
  const bool is_newer = dkmsconf::padded_version(first.version) > dkmsconf::padded_version(second.version);
  return is_newer ? Newness::newer : Newness::older;
}

Result<ModuleVersion> version_of(const system::Root& root, const std::string& file) {
  const auto fingerprint = judged_file(file, KPKG_TRY(root.read(file))).fingerprint;
  const auto said = words(fingerprint.version.value_or(""));
  ModuleVersion version;
  if (!said.empty()) version.version = said[0];
  version.srcversion = fingerprint.srcversion.value_or(said.size() > 1 ? said[1] : "");
  return version;
}

Result<std::vector<std::string>> files_named(const Site& site, const std::string& kernel,
                                             const std::string& name, const std::string& suffix) {
  const auto& root = site.workspace.root;
  const auto top = site.framework.install_tree + "/" + kernel;
  std::vector<std::string> files;
  std::vector<std::string> directories = {top};
  while (!directories.empty()) {
    const auto directory = std::move(directories.back());
    directories.pop_back();
    const auto entries = KPKG_TRY(root.list(directory));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
      if (entry.type == system::FileType::directory) directories.push_back(directory + "/" + entry.name);
      const bool is_named = entry.name == name + ".ko" || entry.name == fmt::format("{}.ko{}", name, suffix);
      if (is_named && entry.type == system::FileType::regular) files.push_back(directory + "/" + entry.name);
    }
  }
  std::sort(files.begin(), files.end(), [&](const std::string& left, const std::string& right) {
    return std::pair(rank_of(left, top), left) < std::pair(rank_of(right, top), right);
  });
  return files;
}

Result<bool> is_sane(const Site& site, const std::string& kernel, const Candidate& candidate,
                     const Choices& choices) {
  const auto& root = site.workspace.root;
  if (is_obsolete(candidate.obsolete_by, kernel, choices.force)) {
    say_obsolete(site.printer, candidate.obsolete_by);
    return false;
  }
  const auto files = KPKG_TRY(files_named(site, kernel, candidate.name, candidate.suffix));
  if (files.empty() || choices.version_override == Force::yes || choices.force == Force::yes) return true;
  const auto theirs = KPKG_TRY(version_of(root, files.front()));
  const auto ours = KPKG_TRY(version_of(root, candidate.file));
  const auto newness = compare(theirs, ours);
  if (newness == Newness::newer) {
    say_error(
        site.printer,
        {fmt::format("Module version {} for {}.ko{}", ours.version, candidate.name, candidate.suffix),
         fmt::format("is not newer than what is already found in kernel {} ({}).", kernel, theirs.version),
         "You may override by specifying --force."});
    return false;
  }
  if (newness != Newness::same) return true;
  const auto their_bytes = KPKG_TRY(root.read(files.front()));
  const auto our_bytes = KPKG_TRY(root.read(candidate.file));
  if (ours == ModuleVersion{} && their_bytes != our_bytes) return true;
  say_installed(site.printer, files.front(), ours.version);
  return false;
}

}  // namespace kpkg::dkmsbuild
