// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/checks.hpp"
#include "dkms/rpm_package.hpp"
#include "dkms/tarballs.hpp"
#include "dkmstree/tarball.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

namespace kpkg::dkms {
namespace {

using dkmsbuild::say_line;
using dkmsconf::error_remark;
using Parts = dkmstree::TarballRequest::Parts;

/// Where a tarball goes: both as DKMS puts them together.
struct Destination {
  std::string directory;
  std::string name;
};

Destination destination_of(const Context& context, const dkmstree::TarballRequest& request) {
  Destination destination{.directory = context.places.tarballs_of(request.id) + "/",
                          .name = dkmstree::tarball_name(request)};
  const auto& given = context.arguments.archive;
  if (given.empty()) return destination;
  const auto slash = given.rfind('/');
  destination.name = given.substr(slash == std::string::npos ? 0 : slash + 1);
  if (slash != std::string::npos) destination.directory = given.substr(0, slash);
  return destination;
}

dkmstree::TarballRequest request_of(const Context& context) {
  const auto& arguments = context.arguments;
  return {.id = context.id(),
          .targets = arguments.wants_source_only ? std::vector<dkmstree::Target>{} : context.targets,
          .parts = arguments.wants_source_only     ? Parts::source_only
                   : arguments.wants_binaries_only ? Parts::builds_only
                                                   : Parts::source_and_builds};
}

/// Tells what goes into it; 6 where a build is missing.
Result<ExitStatus> mark_builds(const Context& context, const dkmstree::TarballRequest& request,
                               const dkmstree::Module& module) {
  const auto* version = module.version_of(request.id.version);
  for (const auto& target : request.targets) {
    if (version == nullptr || version->build_for(target) == nullptr)
      return refuse(
          context, {6, error_remark({fmt::format("No modules built for {} ({}).", target.kernel, target.arch),
                                     "Modules must already be in the built state before using mktarball."})});
    say_line(context.printer(),
             fmt::format("Marking modules for {} ({}) for archiving...", target.kernel, target.arch));
  }
  if (request.parts == Parts::builds_only)
    say_line(context.printer(), "\nCreating tarball structure to specifically accommodate binaries.");
  else
    say_line(context.printer(),
             fmt::format("\nMarking {} for archiving...", context.places.source_link_of(request.id)));
  return 0;
}

/// The directory of the tarball on the host, which is made; nothing: it cannot be written.
std::optional<std::string> writable_directory(const Context& context, const std::string& directory) {
  const auto path = path_in_root(context.site.workspace, directory.empty() ? "/" : directory);
  if (!context.root().make_directories(path)) return std::nullopt;
  const auto place = context.root().host_path(path);
  return place && system::is_writable(*place) ? std::optional(*place) : std::nullopt;
}

}  // namespace

Result<ExitStatus> run_make_tarball(const Context& context, dkmsbuild::Engine& /*engine*/) {
  const auto id = context.id();
  if (const auto refusal = without_names(id, "mktarball")) return refuse(context, *refusal);
  if (const auto refusal = KPKG_TRY(broken(context, id))) return refuse(context, *refusal);
  if (const auto refusal = KPKG_TRY(not_added(context, id))) return refuse(context, *refusal);
  const auto reading = KPKG_TRY(context.reader.read_or_refuse(
      dkmsbuild::conf_request(task_for(context, id, context.target()), dkmsconf::Purpose::looking),
      context.printer()));
  if (reading.status != 0) return reading.status;
  const auto module = KPKG_TRY(module_now(context, id.module));
  const auto request = request_of(context);
  const auto marked = KPKG_TRY(mark_builds(context, request, module));
  if (marked != 0) return marked;
  const auto destination = destination_of(context, request);
  say_line(context.printer(),
           fmt::format("\nTarball location: {}/{}", destination.directory, destination.name));
  const auto directory = writable_directory(context, destination.directory);
  if (!directory)
    return refuse(
        context,
        {9, error_remark({fmt::format("Missing write permissions for {}.", destination.directory)})});
  const auto written = dkmstree::write_tarball(context.root(), context.places, module, request,
                                               fmt::format("{}/{}", *directory, destination.name));
  if (written) return 0;
  if (written.error().kind == ErrorKind::interrupted) return fail(written.error());
  return refuse(context, {6, error_remark({"Failed to make tarball.", written.error().text()})});
}

Result<ExitStatus> run_load_tarball(const Context& context, dkmsbuild::Engine& engine) {
  const auto& archive = context.arguments.archive;
  if (archive.ends_with(".rpm")) return install_package(context, engine);
  const bool is_root = !without_root(context);
  if (!is_root && context.arguments.is_forced)
    return refuse(context,
                  {1, error_remark({"You must be root to use this command with the --force option."})});
  const auto loaded = KPKG_TRY(load_tarball(context, context.target()));
  if (loaded.id.module.empty()) return loaded.status;
  const auto added = KPKG_TRY(add(context, loaded.id, context.target()));
  return added.status;
}

}  // namespace kpkg::dkms
