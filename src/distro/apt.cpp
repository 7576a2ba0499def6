// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/apt.hpp"

#include "base/text.hpp"
#include "distro/apt_failure.hpp"
#include "distro/dpkg.hpp"
#include "system/file.hpp"
#include "system/host.hpp"
#include "system/root.hpp"
#include "system/temp_dir.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kpkg::distro {
namespace {

constexpr std::uint32_t superuser = 0;

Status check(const PackageRequest& request) {
  if (!is_package_name(request.name))
    return fail(ErrorKind::invalid,
                fmt::format("\"{}\" is not the name of a package", printable(request.name)),
                "package names have lower-case letters, digits and + - .");
  if (request.version && !is_package_version(*request.version))
    return fail(ErrorKind::invalid,
                fmt::format("\"{}\" is not the version of a package", printable(*request.version)));
  // Architectures are spelt as packages are. Source: dpkg, lib/dpkg/arch.c, dpkg_arch_name_is_illegal().
  if (!request.architecture.empty() && !is_package_name(request.architecture))
    return fail(ErrorKind::invalid,
                fmt::format("\"{}\" is not an architecture", printable(request.architecture)));
  return {};
}

/// As root, apt downloads with the rights of its own user _apt, who must then be able to write here;
/// otherwise it warns and goes on with root's rights. A user other than root owns the directory already.
Status let_apt_write(const std::string& directory) {
  const auto status = KPKG_TRY(system::status_of(directory));
  if (!status || status->owner != superuser) return {};
  const auto user = KPKG_TRY(system::find_user("_apt"));
  if (!user) return {};
  return system::give_tree(directory, user->user, superuser);
}

/// From now on nobody but root can change what is in the directory.
Status take_back(const std::string& directory, std::uint32_t owner) {
  if (owner != superuser) return {};
  return system::give_tree(directory, superuser, superuser);
}

/// Reads NAME_VERSION_ARCHITECTURE.deb, where apt writes the epoch's colon as %3a.
/// Source: apt, apt-pkg/acquire-item.cc, pkgAcqArchive: QuoteString(version, "_:").
Result<DownloadedPackage> read_name(const std::string& file) {
  const auto fields = split(file.substr(0, file.size() - std::min<std::size_t>(file.size(), 4)), '_');
  if (!file.ends_with(".deb") || fields.size() != 3)
    return fail(ErrorKind::corrupt, fmt::format("apt-get downloaded a file of the name {}", printable(file)));
  auto version = replaced(replaced(fields[1], "%3a", ":"), "%5f", "_");
  return DownloadedPackage{
      .file = file, .name = fields[0], .version = std::move(version), .architecture = fields[2]};
}

/// As apt takes it: NAME, NAME:ARCHITECTURE, each with =VERSION if one is wanted.
std::string argument_for(const PackageRequest& request) {
  auto argument = request.name;
  if (!request.architecture.empty()) argument += ":" + request.architecture;
  if (request.version) argument += "=" + *request.version;
  return argument;
}

/// Whether it is what was asked for; a package for all architectures is for each of them.
bool fits(const DownloadedPackage& package, const PackageRequest& request) {
  const bool has_architecture = request.architecture.empty() || package.architecture == "all" ||
                                package.architecture == request.architecture;
  return package.name == request.name && (!request.version || package.version == *request.version) &&
         has_architecture;
}

/// The one .deb in the directory where apt-get has worked.
Result<DownloadedPackage> find_package(const std::string& directory, const PackageRequest& request) {
  const auto entries = KPKG_TRY(system::list_directory(directory));
  if (!entries || entries->size() != 1 || entries->front().type != system::FileType::regular)
    return fail(ErrorKind::io,
                fmt::format("apt-get said nothing and downloaded nothing for {}", request.name));
  auto package = KPKG_TRY(read_name(entries->front().name));
  if (!fits(package, request))
    return fail(ErrorKind::trust, fmt::format("apt-get downloaded {}:{}={} instead of {}", package.name,
                                              package.architecture, package.version, argument_for(request)));
  return package;
}

/// The file's digest, once it is one of those that the signed lists have for this package and version.
///
/// Not for want of trust in apt: until take_back() its user _apt could still change the file.
Result<crypto::Digest> confirmed_digest(system::Runner& runner, const std::string& path,
                                        const DownloadedPackage& package) {
  crypto::Sha256 hash;
  KPKG_TRY(system::read_in_pieces(path, [&](std::string_view piece) { hash.update(piece); }));
  const auto digest = hash.finish();
  const auto wanted = fmt::format("{}:{}={}", package.name, package.architecture, package.version);
  const auto shown = KPKG_TRY(system::run_successfully(runner, apt_command("apt-cache", {"show", wanted})));
  const auto records = lines(shown.output);
  if (std::find(records.begin(), records.end(), "SHA256: " + digest.hex()) != records.end()) return digest;
  return fail(ErrorKind::trust,
              fmt::format("the digest of {} is not the one in apt's signed lists: got sha256 {}", wanted,
                          digest.hex()),
              "run apt-get update and try again");
}

}  // namespace

Result<DownloadedPackage> download_package(system::Runner& runner, const PackageRequest& request) {
  KPKG_TRY(check(request));
  KPKG_TRY(system::make_directories(request.directory));
  const auto directory = KPKG_TRY(system::canonical_path(request.directory));
  const auto work = KPKG_TRY(system::TempDir::create(directory, ".kpkg-apt-"));
  const auto status = KPKG_TRY(system::status_of(work.path()));
  KPKG_TRY(let_apt_write(work.path()));
  const auto wanted = argument_for(request);
  auto command = apt_command("apt-get", {"download", wanted});
  command.directory = work.path();
  const auto outcome = KPKG_TRY(runner.run(command));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "apt-get was interrupted");
  if (!outcome.succeeded()) return fail(apt_failure(runner, wanted, outcome));
  KPKG_TRY(take_back(work.path(), status ? status->owner : superuser));
  auto package = KPKG_TRY(find_package(work.path(), request));
  const auto brought = work.path() + "/" + package.file;
  package.digest = KPKG_TRY(confirmed_digest(runner, brought, package));
  package.file = directory + "/" + package.file;
  const auto host = KPKG_TRY(system::Root::open("/"));
  KPKG_TRY(host.rename(brought, package.file));
  return package;
}

Result<std::vector<std::string>> architectures(system::Runner& runner) {
  // Source: apt.conf(5), APT::Architectures: by default what dpkg is configured with, this machine's among
  // it.
  auto command = apt_command(
      "apt-config", {"dump", "--no-empty", "--format", "%v%n", "APT::Architecture", "APT::Architectures"});
  command.cost = system::Cost::own;
  auto ran = system::run_successfully(runner, command);
  if (!ran && ran.error().kind == ErrorKind::not_found) return std::vector<std::string>{};
  std::vector<std::string> found;
  for (auto& word : words(KPKG_TRY(std::move(ran)).output))
    if (std::find(found.begin(), found.end(), word) == found.end()) found.push_back(std::move(word));
  return found;
}

Result<std::optional<std::string>> candidate_version(system::Runner& runner, const std::string& name) {
  if (!is_package_name(name)) return std::optional<std::string>{};
  auto command = apt_command("apt-cache", {"show", "--no-all-versions", name});
  command.cost = system::Cost::own;
  auto ran = runner.run(command);
  if (!ran && ran.error().kind == ErrorKind::not_found) return std::optional<std::string>{};
  const auto outcome = KPKG_TRY(std::move(ran));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "apt-cache was interrupted");
  // Source: apt-cache(8): status 100 on errors, among them that there is no such package.
  if (!outcome.succeeded()) return std::optional<std::string>{};
  constexpr std::string_view field = "Version: ";
  for (const auto& line : lines(outcome.output))
    if (line.starts_with(field)) return std::optional(line.substr(field.size()));
  return std::optional<std::string>{};
}

}  // namespace kpkg::distro
