// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/tarball.hpp"

#include "archive/pack.hpp"
#include "archive/unpack.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkmstree {
namespace {

using system::DirectoryEntry;
using system::FileType;
using Parts = TarballRequest::Parts;

constexpr std::string_view builds_directory = "dkms_main_tree";
constexpr std::string_view source_directory = "dkms_source_tree";
constexpr std::string_view conf_directory = "dkms_binaries_only";
constexpr std::size_t longest_list = 199;  // of kernels in a name; dkms counts a line end too, and takes 200
constexpr unsigned deepest_conf = 16;      // directories below the top

Result<std::vector<DirectoryEntry>> entries_of(const std::string& directory) {
  auto entries = KPKG_TRY(system::list_directory(directory));
  return std::move(entries).value_or(std::vector<DirectoryEntry>{});
}

/// Links in what was unpacked lead out of it nowhere.
bool has_file(const std::string& path) {
  const auto real = system::canonical_path(path);
  const auto status = real ? system::status_of(*real).value_or(std::nullopt) : std::nullopt;
  return status && status->type == FileType::regular;
}

Result<std::vector<archive::Packed>> builds_of(const system::Root& root, const Places& places,
                                               const Version& version, const TarballRequest& request) {
  std::vector<archive::Packed> contents = {};
  for (const auto& target : request.targets) {
    const auto* build = version.build_for(target);
    if (build == nullptr || !build->has_modules)
      return fail(ErrorKind::not_found,
                  fmt::format("{} is not built for {} ({})", request.id.text(), target.kernel, target.arch),
                  fmt::format("build it with `dkms build {} -k {}`", request.id.text(), target.text()));
    auto path =
        KPKG_TRY(root.host_path(places.directory_of(BuildId{request.id.module, request.id.version, target})));
    contents.push_back(
        {.name = fmt::format("{}/{}", builds_directory, target.text()), .path = std::move(path)});
  }
  return contents;
}

void add_source(const TarballRequest& request, const std::string& source,
                std::vector<archive::Packed>& contents) {
  if (request.parts != Parts::builds_only) {
    contents.push_back({.name = std::string(source_directory), .path = source});
    return;
  }
  const auto in_conf = [](std::string_view name) { return fmt::format("{}/{}", conf_directory, name); };
  contents.push_back({.name = in_conf("PACKAGE_NAME"), .bytes = request.id.module + "\n"});
  contents.push_back({.name = in_conf("PACKAGE_VERSION"), .bytes = request.id.version + "\n"});
  contents.push_back({.name = in_conf("dkms.conf"), .path = source + "/dkms.conf"});
}

/// The directory with a dkms.conf that is nearest to `directory`, by name where there are several; empty:
/// there is none.
Result<std::string> nearest_conf(const std::string& directory) {
  std::vector<std::string> level = {directory};
  for (unsigned depth = 0; depth < deepest_conf && !level.empty(); ++depth) {
    std::vector<std::string> below;
    for (const auto& each : level) {
      if (has_file(each + "/dkms.conf")) return each;
      for (const auto& entry : KPKG_TRY(entries_of(each)))
        if (entry.type == FileType::directory) below.push_back(each + "/" + entry.name);
    }
    level = std::move(below);
  }
  return std::string();
}

Result<std::vector<TarballBuild>> builds_in(const std::string& directory) {
  std::vector<TarballBuild> builds;
  for (const auto& kernel : KPKG_TRY(entries_of(directory))) {
    if (kernel.type != FileType::directory) continue;
    const auto of_kernel = directory + "/" + kernel.name;
    for (const auto& arch : KPKG_TRY(entries_of(of_kernel))) {
      if (arch.type != FileType::directory) continue;
      const Target target{.kernel = kernel.name, .arch = arch.name};
      KPKG_TRY(
          check(BuildId{.module = "module", .version = "0", .target = target}).within("reading the tarball"));
      builds.push_back({.target = target, .directory = of_kernel + "/" + arch.name});
    }
  }
  std::sort(builds.begin(), builds.end(), [](const TarballBuild& left, const TarballBuild& right) {
    return left.target.text() < right.target.text();
  });
  return builds;
}

}  // namespace

std::string tarball_name(const TarballRequest& request) {
  std::string list;
  for (const auto& target : request.targets)
    list += fmt::format("{}kernel{}-{}", list.empty() ? "" : "-", target.kernel, target.arch);
  if (request.parts == Parts::source_only) list = "source-only";
  if (list.size() > longest_list) list = "manykernels";
  return fmt::format("{}-{}-{}.dkms.tar.gz", request.id.module, request.id.version, list);
}

Status write_tarball(const system::Root& root, const Places& places, const Module& now,
                     const TarballRequest& request, const std::string& file) {
  const auto* version = now.version_of(request.id.version);
  if (version == nullptr) return fail(ErrorKind::not_found, request.id.text() + " is not in the DKMS tree");
  const auto source = KPKG_TRY(root.host_path(places.source_link_of(request.id)));
  const auto conf = KPKG_TRY(system::status_of(source + "/dkms.conf"));
  if (!conf) return fail(ErrorKind::not_found, request.id.text() + " has no dkms.conf");
  std::vector<archive::Packed> contents;
  if (request.parts != Parts::source_only) contents = KPKG_TRY(builds_of(root, places, *version, request));
  // Without this directory a tarball is somebody's source to DKMS.
  contents.insert(contents.begin(), {.name = std::string(builds_directory), .path = {}});
  add_source(request, source, contents);
  constexpr std::int64_t nanoseconds = 1'000'000'000;
  return archive::pack(contents, file, conf->modified_ns / nanoseconds).within("writing " + file);
}

Result<Tarball> unpack_tarball(const std::string& file, const std::string& directory) {
  KPKG_TRY(archive::unpack(file, directory));
  Tarball tarball;
  const auto builds = fmt::format("{}/{}", directory, builds_directory);
  const auto status = KPKG_TRY(system::status_of(builds));
  tarball.is_made_by_dkms = status && status->type == FileType::directory;
  if (!tarball.is_made_by_dkms) {
    auto nearest = KPKG_TRY(nearest_conf(directory));
    if (!nearest.empty()) tarball.sources.push_back({.directory = std::move(nearest)});
    return tarball;
  }
  for (const auto& [name, kind] : {std::pair(source_directory, TarballSource::Kind::tree),
                                   std::pair(conf_directory, TarballSource::Kind::only_a_conf)}) {
    auto place = fmt::format("{}/{}", directory, name);
    if (has_file(place + "/dkms.conf"))
      tarball.sources.push_back({.kind = kind, .directory = std::move(place)});
  }
  tarball.builds = KPKG_TRY(builds_in(builds));
  return tarball;
}

Result<NewBuild> read_tarball_build(const TarballBuild& build, const VersionId& id) {
  const auto root = KPKG_TRY(system::Root::open(build.directory));
  auto contents = KPKG_TRY(read_contents(root, ""));
  NewBuild read{.id = {.module = id.module, .version = id.version, .target = build.target},
                .dependencies = std::move(contents.dependencies)};
  for (auto& name : contents.modules) {
    auto bytes = KPKG_TRY(root.read("/module/" + name));
    read.modules.push_back({.name = std::move(name), .bytes = std::move(bytes)});
  }
  read.symvers = KPKG_TRY(root.read_if_present("/module/Module.symvers"));
  read.log = KPKG_TRY(root.read_if_present("/log/make.log"));
  return read;
}

}  // namespace kpkg::dkmstree
