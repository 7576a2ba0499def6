// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/checks.hpp"
#include "dkmsbuild/depmod.hpp"
#include "dkmstree/status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkms {
namespace {

using dkmsbuild::Engine;
using dkmsconf::Stream;

/// Which modules go, and how it is told.
struct Removal {
  std::string_view action;
  bool only_automatic = false;  ///< those alone that a new kernel of that name will get again
  std::string_view after;       ///< printed behind each
};

/// The versions that are built for the kernel, in the order of DKMS's listing.
std::vector<dkmstree::VersionId> built_versions(const Context& context) {
  std::vector<dkmstree::VersionId> found;
  const auto tree = dkmstree::read_tree(context.root(), context.places);
  for (const auto& module : tree.modules)
    for (const auto& version : module.versions)
      if (is_built(module, version.version, context.target()))
        found.push_back({module.name, version.version});
  std::sort(found.begin(), found.end(),
            [](const auto& left, const auto& right) { return left.text() < right.text(); });
  return found;
}

/// Removes the empty directories below `path`, and itself if it becomes one.
Status remove_empty(const system::Root& root, const std::string& path) {
  const auto entries = KPKG_TRY(root.list(path));
  if (!entries) return {};
  for (const auto& entry : *entries)
    if (entry.type == system::FileType::directory) KPKG_TRY(remove_empty(root, path + "/" + entry.name));
  return root.remove_if_empty(path);
}

/// One depmod for all that was uninstalled, if anything was; `package` was the last of it.
Status finish(const Context& context, const std::string& package) {
  const auto target = context.target();
  const auto pending = dkmsbuild::pending_depmod(context.site.framework, target);
  if (KPKG_TRY(context.root().real_path(pending))) {
    const auto depmod = context.arguments.skips_depmod ? dkmsbuild::Depmod::leave : dkmsbuild::Depmod::run;
    KPKG_TRY(dkmsbuild::run_depmod(context.site, target.kernel, package, depmod));
    KPKG_TRY(context.root().remove(pending));
  }
  const auto modules = context.places.install_tree + "/" + target.kernel;
  return kind_of(context.root(), modules) == WordKind::directory ? remove_empty(context.root(), modules)
                                                                 : Status();
}

/// Whether a version goes, or with what reading its configuration ended.
struct Decision {
  ExitStatus status = 0;
  bool goes = true;
};

Result<Decision> decide(const Context& context, const Removal& removal, const dkmstree::BuildId& id) {
  if (!removal.only_automatic) return Decision{};
  const auto request = dkmsbuild::conf_request(task_in_tree(context, id), dkmsconf::Purpose::looking);
  const auto reading = KPKG_TRY(context.reader.read_or_refuse(request, context.printer()));
  return Decision{.status = reading.status, .goes = reading.conf.is_installed_by_itself};
}

/// Removes one, as in a subshell of its own.
Result<ExitStatus> remove_build(const Context& context, Engine& engine, const dkmstree::BuildId& id) {
  context.printer().say(Stream::errors, fmt::format("dkms: removing module {} for kernel {} ({})\n",
                                                    id.of().text(), id.target.kernel, id.target.arch));
  const auto mark = context.reader.mark();
  const auto task = task_for(context, id.of(), id.target);
  auto status = KPKG_TRY(engine.uninstall(task));
  if (status == 0) status = KPKG_TRY(engine.unbuild(task));
  context.reader.put_back(mark);
  return status;
}

Result<ExitStatus> remove_for_kernel(const Context& context, Engine& engine, const Removal& removal) {
  const auto target = context.target();
  std::string failed;
  std::string package;
  for (const auto& id : built_versions(context)) {
    const dkmstree::BuildId build{id.module, id.version, target};
    const auto decision = KPKG_TRY(decide(context, removal, build));
    // DKMS ends at the first one that is bad, and leaves all others as they are.
    if (decision.status != 0) failed += fmt::format(" {}({})", id.text(), decision.status);
    if (decision.status != 0 || !decision.goes) continue;
    package = id.module;
    const auto status = KPKG_TRY(remove_build(context, engine, build));
    if (status != 0) failed += fmt::format(" {}({})", id.text(), status);
    context.printer().say(Stream::output, removal.after);
  }
  KPKG_TRY(finish(context, package));
  if (failed.empty()) return 0;
  return refuse(
      context,
      {14, dkmsconf::error_remark({fmt::format("dkms {} for kernel {} ({}) failed for module(s){}.",
                                               removal.action, target.kernel, target.arch, failed)})});
}

}  // namespace

Result<ExitStatus> run_kernel_preinst(const Context& context, Engine& engine) {
  if (const auto refusal = without_root(context)) return refuse(context, *refusal);
  return remove_for_kernel(context, engine, {.action = "kernel_preinst", .only_automatic = true});
}

Result<ExitStatus> run_kernel_prerm(const Context& context, Engine& engine) {
  if (const auto refusal = without_root(context)) return refuse(context, *refusal);
  return remove_for_kernel(context, engine, {.action = "kernel_prerm", .after = "\n"});
}

}  // namespace kpkg::dkms
