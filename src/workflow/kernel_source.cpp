// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/kernel_source.hpp"

#include "archive/unpack.hpp"
#include "base/text.hpp"
#include "distro/apt.hpp"
#include "distro/distribution.hpp"
#include "distro/dpkg.hpp"
#include "distro/kernel_sources.hpp"
#include "fetch/url.hpp"
#include "kernel/kheaders.hpp"
#include "settings/read.hpp"
#include "system/file.hpp"
#include "system/file_system.hpp"
#include "system/pattern.hpp"
#include "tree/reconstruct.hpp"
#include "workflow/announcement.hpp"
#include "workflow/cross_prefix.hpp"
#include "workflow/fetched_source.hpp"
#include "workflow/image_package.hpp"
#include "workflow/mainline.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::workflow {
namespace {

/// A kernel's source has 1.5 GB in 6.1 and 1.8 GB in 7.2.
constexpr std::uint64_t largest_source = 8ULL << 30;

constexpr std::string_view sources = "/usr/src/";

/// "linux-source-6.1.tar.xz" of "usr/src/linux-source-6.1/linux-source-6.1.tar.xz".
std::string file_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// How archives of kernel source are called in packages. Source: Debian's linux, Ubuntu's linux,
/// armbian/build extensions/linux-source-package.sh.
bool is_source_archive(const std::string& path) {
  const auto name = file_name(path);
  return name.starts_with("linux-") && name.find("source") != std::string::npos &&
         name.find(".tar") != std::string::npos;
}

/// Looks for the source of one kernel, place by place. Owns what was found so far, and the directory that it
/// is unpacked in.
class SourceSearch {
 public:
  SourceSearch(const Workspace& workspace, const Target& target, const KernelSourceRequest& request)
      : workspace_(workspace), target_(target), request_(request) {}

  Result<KernelSourceSearch> run();

 private:
  Result<std::vector<std::string>> installed_archives() const;
  Status configured(const settings::Settings& settings);
  Status installed(const std::vector<std::string>& archives);
  Status packaged();
  Status from_mainline(const settings::Mainline& mainline);

  template <typename Bring>
  Status attempt(SourceOrigin origin, const std::string& place, Bring bring);
  Status check_space() const;
  Status unpack(const std::string& archive);
  Status unpack_package(const distro::SourcePackage& package);

  const std::string& release() const { return target_.kernel.release; }
  std::string directory() const { return scratch_->host_path() + "/source"; }
  bool is_found() const { return found_.source.has_value(); }
  /// Of a kernel that carries its headers the rest may be without what its vendor changed.
  tree::Nearness nearness() const {
    const bool is_carrying = target_.configuration && kernel::carries_headers(*target_.configuration);
    return is_carrying ? tree::Nearness::same_numbers : tree::Nearness::same_version;
  }
  bool may_download() const { return request_.downloads == Downloads::yes; }

  const Workspace& workspace_;
  const Target& target_;
  const KernelSourceRequest& request_;
  tree::UpstreamVersion version_;
  distro::ImagePackage image_;
  std::optional<Scratch> scratch_;
  KernelSourceSearch found_;
};

/// Has `bring` fill directory() and takes what is there if it is of the kernel's version. A failure is told,
/// and the next place is tried.
template <typename Bring>
Status SourceSearch::attempt(SourceOrigin origin, const std::string& place, Bring bring) {
  if (is_found()) return {};
  SourceStep step{.origin = origin, .place = place};
  scratch_.emplace(
      KPKG_TRY(Scratch::create(workspace_.root, fmt::format("{}/kernel-{}", places::work, release()))));
  const auto status = [&]() -> Status {
    KPKG_TRY(bring());
    return tree::check_source_version(version_, KPKG_TRY(tree::source_version(directory())), place,
                                      nearness());
  }();
  step.is_taken = status.has_value();
  if (status) {
    found_.source = KernelSource{directory(), place, version_, *std::move(scratch_)};
  } else {
    if (status.error().kind == ErrorKind::interrupted) return status;
    step.text = status.error().text();
    step.hint = status.error().hint;
  }
  scratch_.reset();
  found_.steps.push_back(std::move(step));
  return {};
}

Status SourceSearch::check_space() const {
  const auto free = KPKG_TRY(system::file_system_of(scratch_->host_path())).free_bytes;
  if (free >= request_.space) return {};
  constexpr double gigabyte = 1e9;
  return fail(
      ErrorKind::no_space,
      fmt::format("a kernel's source takes {:.1f} GB while its tree is made, and {} has {:.1f} GB left",
                  static_cast<double>(request_.space) / gigabyte, places::work,
                  static_cast<double>(free) / gigabyte),
      "free some space there, or name a directory with the unpacked source with --source");
}

/// An archive holds one directory, whatever that is called.
Status SourceSearch::unpack(const std::string& archive) {
  const Announcement announcement(workspace_, Stage::unpack, file_name(archive), release());
  KPKG_TRY(archive::unpack(archive, directory(), {.strip = 1, .size_limit = largest_source})
               .within("unpacking " + file_name(archive)));
  return {};
}

/// The settings' own sources.
Status SourceSearch::configured(const settings::Settings& settings) {
  for (const auto& source : settings.kernel_sources) {
    if (!system::matches_pattern(release(), source.kernel)) continue;
    const auto place = source.url.empty()
                           ? fmt::format("{} {}", fetch::without_credentials(source.git), source.commit)
                           : fetch::without_credentials(source.url);
    KPKG_TRY(attempt(SourceOrigin::configured, place, [&]() -> Status {
      KPKG_TRY(check_space());
      const Announcement announcement(workspace_, Stage::download, place, release());
      if (source.url.empty())
        return fetch_commit(workspace_, {.url = source.git, .commit = source.commit}, directory());
      const auto digest = KPKG_TRY(crypto::Digest::parse(source.sha256));
      const auto download = KPKG_TRY(fetch_archive(workspace_, {source.url}, digest));
      return unpack(download.file);
    }));
  }
  return {};
}

Result<std::vector<std::string>> SourceSearch::installed_archives() const {
  std::vector<std::string> found;
  const auto entries = KPKG_TRY(workspace_.root.list(sources));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>()))
    if (is_source_archive(entry.name)) found.push_back(std::string(sources) + entry.name);
  return found;
}

/// Archives of installed packages: dpkg knows of which version they are, and nobody else does.
Status SourceSearch::installed(const std::vector<std::string>& archives) {
  for (const auto& archive : archives) {
    const auto name = KPKG_TRY(distro::owner_of(workspace_.runner, workspace_.root, archive));
    const auto version = name ? KPKG_TRY(distro::package_version(workspace_.runner, workspace_.root, *name))
                              : std::optional<std::string>();
    KPKG_TRY(attempt(SourceOrigin::installed, archive, [&]() -> Status {
      if (!version)
        return fail(ErrorKind::not_found, fmt::format("no package has {}", archive),
                    fmt::format("if it is the kernel's, name it: --source {}", archive));
      if (!distro::is_of_image({*name, *version}, release(), image_.version))
        return fail(ErrorKind::incompatible,
                    fmt::format("{} {} is installed, but the kernel's package is {}", *name, *version,
                                image_.version.empty() ? "not known" : image_.version),
                    "install the version of the kernel's package, or name a source: --source");
      KPKG_TRY(check_space());
      return unpack(KPKG_TRY(workspace_.root.host_path(archive)));
    }));
  }
  return {};
}

/// Takes the archive of the source out of a package, and the source out of that.
Status SourceSearch::unpack_package(const distro::SourcePackage& package) {
  KPKG_TRY(check_space());
  const auto work = scratch_->host_path();
  const auto brought = [&] {
    const Announcement announcement(workspace_, Stage::download, package.name, release());
    return distro::download_package(
        workspace_.runner,
        {.name = package.name, .version = package.version, .directory = work + "/package"});
  }();
  if (!brought) return fail(brought.error());
  std::string archive;
  for (const auto& member : KPKG_TRY(archive::member_names(brought->file)))
    if (("/" + member).starts_with(sources) && is_source_archive(member)) archive = member;
  if (archive.empty())
    return fail(ErrorKind::corrupt,
                fmt::format("{} {} has no archive of a kernel's source", package.name, package.version));
  KPKG_TRY(archive::unpack(brought->file, work + "/archive", {.prefix = archive})
               .within(fmt::format("unpacking {} {}", package.name, package.version)));
  KPKG_TRY(system::remove_all(work + "/package"));
  KPKG_TRY(unpack(work + "/archive/" + archive));
  return system::remove_all(work + "/archive");
}

Status SourceSearch::packaged() {
  const auto distribution = KPKG_TRY(distro::distribution_of(workspace_.root));
  const auto packages = distro::source_packages_of(image_, release(), version_.version, distribution);
  if (packages.empty() && !is_found())
    found_.steps.push_back({.origin = SourceOrigin::package,
                            .place = "linux-source",
                            .text = "nobody tells of which version of which package the kernel is"});
  for (const auto& package : packages)
    KPKG_TRY(attempt(SourceOrigin::package, fmt::format("{} {}", package.name, package.version),
                     [&] { return unpack_package(package); }));
  return {};
}

Status SourceSearch::from_mainline(const settings::Mainline& mainline) {
  if (!mainline.is_on()) return {};
  const bool is_candidate = version_.version.find("-rc") != std::string::npos;
  const bool is_near_enough = nearness() == tree::Nearness::same_numbers && !is_candidate;
  const auto version = is_near_enough ? tree::without_suffix(version_.version) : version_.version;
  const auto place = fetch::without_credentials(mainline_url(mainline.url, version));
  return attempt(SourceOrigin::mainline, place, [&]() -> Status {
    KPKG_TRY(check_space());
    const Announcement announcement(workspace_, Stage::download, place, release());
    const auto archive =
        KPKG_TRY(fetch_mainline(workspace_, mainline, version, scratch_->host_path() + "/digests"));
    return unpack(archive);
  });
}

Result<KernelSourceSearch> SourceSearch::run() {
  const auto archives = KPKG_TRY(installed_archives());
  if (archives.empty() && !may_download()) return std::move(found_);
  const auto settings = KPKG_TRY(settings::read(workspace_.root));
  const auto learned = learned_of(target_);
  const tree::Subject subject{workspace_.root, target_.kernel, learned, target_.configuration_text,
                              target_.build_salt};
  version_ = KPKG_TRY(
      tree::version_to_reconstruct(subject, cross_prefix(workspace_.host, target_.arch), workspace_.runner));
  image_ = KPKG_TRY(image_package(workspace_, target_.kernel, target_.facts));
  if (may_download()) KPKG_TRY(configured(settings));
  KPKG_TRY(installed(archives));
  if (may_download()) {
    KPKG_TRY(packaged());
    KPKG_TRY(from_mainline(settings.mainline));
  }
  return std::move(found_);
}

}  // namespace

std::string_view name_of(SourceOrigin origin) {
  switch (origin) {
    case SourceOrigin::configured: return "configured";
    case SourceOrigin::installed: return "installed";
    case SourceOrigin::package: return "package";
    case SourceOrigin::mainline: break;
  }
  return "mainline";
}

Result<KernelSourceSearch> obtain_kernel_source(const Workspace& workspace, const Target& target,
                                                const KernelSourceRequest& request) {
  return SourceSearch(workspace, target, request).run();
}

}  // namespace kpkg::workflow
