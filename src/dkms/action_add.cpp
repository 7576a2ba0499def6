// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/checks.hpp"
#include "dkms/safe_upgrade.hpp"
#include "dkms/tarballs.hpp"
#include "dkmsbuild/script.hpp"
#include "dkmstree/change.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::dkms {
namespace {

using dkmsconf::error_remark;
using dkmsconf::Refusal;

/// A path takes the place of names where there are none.
Result<Addition> named_version(const Context& context, const dkmstree::VersionId& id,
                               const dkmstree::Target& target) {
  const auto& arguments = context.arguments;
  const bool is_named = !id.module.empty() || !id.version.empty();
  if (!is_named && !arguments.archive.empty()) return load_tarball(context, target);
  if (!is_named && !arguments.source_directory.empty()) {
    const auto path = path_in_root(context.site.workspace, arguments.source_directory);
    return bring_source(context, {.directory = path, .told = arguments.source_directory}, target);
  }
  return Addition{.id = id};
}

Result<std::optional<Refusal>> reason_not_to_add(const Context& context, const dkmstree::VersionId& id) {
  const auto module = KPKG_TRY(module_now(context, id.module));
  const auto* version = module.version_of(id.version);
  if (version != nullptr && version->is_added())
    return std::optional(
        Refusal{3, error_remark({fmt::format("DKMS tree already contains: {}", id.text()),
                                 "You cannot add the same module/version combo more than once."})});
  const auto source = context.places.source_of(id);
  if (kind_of(context.root(), source) != WordKind::directory)
    return std::optional(Refusal{2, error_remark({"Could not find module source directory.",
                                                  fmt::format("Directory: {} does not exist.", source)})});
  return std::optional<Refusal>();
}

Result<Addition> register_version(const Context& context, const dkmstree::VersionId& id,
                                  const dkmstree::Target& target,
                                  const std::vector<std::string>& script_environment) {
  auto task = task_for(context, id, target);
  if (task.conf_file.empty()) task.conf_file = context.places.source_of(id) + "/dkms.conf";
  const auto reading = KPKG_TRY(context.reader.read_or_refuse(
      dkmsbuild::conf_request(task, dkmsconf::Purpose::changing), context.printer()));
  if (reading.status != 0) return Addition{.status = reading.status, .id = {}};
  const auto module = KPKG_TRY(module_now(context, id.module));
  const auto steps = KPKG_TRY(dkmstree::steps_to_add(context.places, module, id));
  dkmsbuild::say_line(context.printer(),
                      fmt::format("Creating symlink {} -> {}", context.places.source_link_of(id),
                                  context.places.source_of(id)));
  KPKG_TRY(dkmstree::perform(context.root(), steps));
  const dkmsbuild::Script script{
      .type = "post_add", .words = reading.conf.scripts.post_add, .environment = script_environment};
  const auto status = KPKG_TRY(dkmsbuild::run_script(context.site, id, script));
  return Addition{.status = status, .id = id};
}

}  // namespace

Result<Addition> add(const Context& context, const dkmstree::VersionId& id, const dkmstree::Target& target,
                     const std::vector<std::string>& script_environment) {
  const auto found = KPKG_TRY(named_version(context, id, target));
  if (found.status != 0) return found;
  if (const auto refusal = without_names(found.id, "add")) return refused(context, *refusal);
  if (context.arguments.is_safe_upgrade) KPKG_TRY(note_addition(context, found.id));
  if (const auto refusal = KPKG_TRY(reason_not_to_add(context, found.id))) return refused(context, *refusal);
  return register_version(context, found.id, target, script_environment);
}

Result<ExitStatus> run_add(const Context& context, dkmsbuild::Engine& /*engine*/) {
  if (const auto refusal = with_all(context.arguments, "add")) return refuse(context, *refusal);
  if (const auto refusal = without_tree(context)) return refuse(context, *refusal);
  const auto added = KPKG_TRY(add(context, context.id(), context.target()));
  return added.status;
}

}  // namespace kpkg::dkms
