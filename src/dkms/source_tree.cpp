// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/source_tree.hpp"

#include "dkms/checks.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace kpkg::dkms {
namespace {

using dkmsconf::error_remark;
using dkmsconf::Refusal;
using dkmsconf::Stream;

/// Copies what is in `from` into `to`, over what is there; where nothing is, all of it appears at once.
Status copy(const Context& context, const std::string& from, const std::string& to) {
  const auto& root = context.root();
  const bool is_new = kind_of(root, to) == WordKind::nothing;
  const auto place = is_new ? dkmstree::hidden_beside(to) : to;
  if (is_new) KPKG_TRY(root.remove_tree(place));
  KPKG_TRY(root.make_directories(place));
  const auto source = KPKG_TRY(root.host_path(from));
  const auto destination = KPKG_TRY(root.host_path(place));
  const system::Command command{.program = "cp",
                                .arguments = {"--reflink=auto", "-fprT", "--", source + "/", destination},
                                .environment = system::system_environment(),
                                .cost = system::Cost::work};
  KPKG_TRY(system::run_successfully(context.site.workspace.runner, command));
  return is_new ? root.rename(place, to) : Status();
}

bool is_at_home(const Context& context, const std::string& directory, const dkmstree::VersionId& id) {
  const auto& places = context.places;
  for (const auto& home : {places.source_of(id), places.source_link_of(id), places.build_place_of(id)})
    if (directory == home) return true;
  return false;
}

}  // namespace

Addition refused(const Context& context, const Refusal& refusal) {
  return {.status = refuse(context, refusal), .id = {}};
}

Result<Addition> names_in(const Context& context, const std::string& directory,
                          const dkmstree::Target& target) {
  auto task = task_for(context, context.id(), target);
  task.conf_file = directory + "/dkms.conf";
  const auto reading = KPKG_TRY(context.reader.read_or_refuse(
      dkmsbuild::conf_request(task, dkmsconf::Purpose::looking), context.printer()));
  if (reading.status != 0) return Addition{.status = reading.status, .id = {}};
  return Addition{.id = {reading.conf.package_name, reading.conf.package_version}};
}

std::string path_in_root(const workflow::Workspace& workspace, const std::string& written) {
  if (written.empty() || written.starts_with('/')) return written;
  return (workspace.root.is_host() ? workspace.host.working_directory : std::string()) + "/" + written;
}

WordKind kind_of(const system::Root& root, const std::string& path) {
  const auto real = root.real_path(path);
  const auto status = real && *real ? root.status(**real) : Result<std::optional<system::FileStatus>>();
  if (!status || !*status) return WordKind::nothing;
  if ((*status)->type == system::FileType::directory) return WordKind::directory;
  return (*status)->type == system::FileType::regular ? WordKind::file : WordKind::nothing;
}

Result<Addition> bring_source(const Context& context, const ForeignSource& source,
                              const dkmstree::Target& target) {
  const auto& root = context.root();
  const auto real = KPKG_TRY(root.real_path(source.directory));
  if (!real || kind_of(root, *real + "/dkms.conf") != WordKind::file)
    return refused(context,
                   {9, error_remark({fmt::format("{} must contain a dkms.conf file!", source.told)})});
  if (const auto refusal = without_root(context)) return refused(context, *refusal);
  auto found = KPKG_TRY(names_in(context, *real, target));
  if (found.status != 0) return found;
  if (const auto good = dkmstree::check(found.id); !good)
    return refused(
        context,
        {10, error_remark({"Malformed dkms.conf file. Cannot load source tree.", good.error().text()})});
  const auto home = context.places.source_of(found.id);
  if (is_at_home(context, *real, found.id)) return found;
  if (context.arguments.is_forced && kind_of(root, home) == WordKind::directory) {
    context.printer().say(Stream::errors, "\n");
    dkmsbuild::say_line(context.printer(), "Forcing install of " + found.id.text());
    KPKG_TRY(root.remove_tree(home));
  }
  KPKG_TRY(copy(context, *real, home).within("copying the source of " + found.id.text()));
  return found;
}

}  // namespace kpkg::dkms
