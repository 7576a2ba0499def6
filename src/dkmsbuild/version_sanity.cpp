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

Result<bool> is_sane(const Site& site, const std::string& kernel, const ModuleFiles& all,
                     const Candidate& candidate, const Choices& choices) {
  const auto& root = site.workspace.root;
  if (is_obsolete(candidate.obsolete_by, kernel, choices.force)) {
    say_obsolete(site.printer, candidate.obsolete_by);
    return false;
  }
  const auto files = all.named(candidate.name);
  if (files.empty() || choices.version_override == Force::yes || choices.force == Force::yes) return true;
  const auto theirs = KPKG_TRY(version_of(root, files.front()));
  const auto ours = KPKG_TRY(version_of(root, candidate.file));
  const auto newness = compare(theirs, ours);
  if (newness == Newness::newer) {
    say_error(
        site.printer,
        {fmt::format("Module version {} for {}.ko{}", ours.version, candidate.name, all.suffix()),
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
