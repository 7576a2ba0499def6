// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/checks.hpp"
#include "dkms/tarballs.hpp"
#include "dkmstree/change.hpp"
#include "dkmstree/tarball.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::dkms {
namespace {

using dkmsbuild::say_line;
using dkmsconf::error_remark;
using dkmsconf::Refusal;
using dkmsconf::Stream;
using dkmstree::Tarball;
using dkmstree::TarballSource;

/// A tarball where it was unpacked, which goes away with this object. Beside the sources, so that one of them
/// appears there at once.
class Unpacked {
 public:
  explicit Unpacked(const Context& context)
      : root_(context.root()), place_(context.places.source_tree + "/.dkms-tarball") {}
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;
  ~Unpacked() { drop(root_.remove_tree(place_), "the next one removes it"); }

  Status unpack(const std::string& archive) {
    KPKG_TRY(root_.remove_tree(place_));
    KPKG_TRY(root_.make_directories(place_));
    host_ = KPKG_TRY(root_.host_path(place_));
    const auto file = KPKG_TRY(root_.host_path(archive));
    tarball_ = KPKG_TRY(dkmstree::unpack_tarball(file, host_));
    return {};
  }

  const Tarball& tarball() const { return tarball_; }

  /// Where the root has a directory of it.
  std::string in_root(const std::string& directory) const { return place_ + directory.substr(host_.size()); }

 private:
  const system::Root& root_;
  std::string place_;
  std::string host_;
  Tarball tarball_;
};

Addition without_conf(const Context& context) {
  return refused(context,
                 {3, error_remark({"Tarball does not appear to be a correctly formed DKMS archive. No "
                                   "dkms.conf found within it."})});
}

/// What the tarball's own dkms.conf says it is, if that may be loaded.
Result<Addition> names_of(const Context& context, const std::string& directory,
                          const dkmstree::Target& target) {
  auto found = KPKG_TRY(names_in(context, directory, target));
  if (found.status != 0) return found;
  if (const auto good = dkmstree::check(found.id); !good)
    return refused(context, {7, error_remark({good.error().text()})});
  const auto module = KPKG_TRY(module_now(context, found.id.module));
  const auto* version = module.version_of(found.id.version);
  const bool is_added = version != nullptr && version->is_added();
  if (is_added && !context.arguments.is_forced)
    return refused(context,
                   {8, error_remark({fmt::format("{} is already added!", found.id.text()), "Aborting."})});
  return found;
}

/// Keeps a dkms.conf that came without source in the tree itself.
Status keep_conf(const Context& context, const std::string& directory, const dkmstree::VersionId& id) {
  const auto place = context.places.source_link_of(id);
  say_line(context.printer(), "Creating " + place);
  say_line(context.printer(), fmt::format("Copying dkms.conf to {} ...", place));
  const auto conf = KPKG_TRY(context.root().read(directory + "/dkms.conf"));
  KPKG_TRY(context.root().make_directories(place));
  return context.root().write(place + "/dkms.conf", conf);
}

Status load_build(const Context& context, const dkmstree::TarballBuild& build,
                  const dkmstree::VersionId& id) {
  const auto place = context.places.directory_of(dkmstree::BuildId{id.module, id.version, build.target});
  const auto module = KPKG_TRY(module_now(context, id.module));
  const auto* version = module.version_of(id.version);
  const bool is_there = version != nullptr && version->build_for(build.target) != nullptr;
  if (is_there && !context.arguments.is_forced) {
    dkmsbuild::say_warning(context.printer(), {fmt::format("{} already exists. Skipping...", place)});
    return {};
  }
  say_line(context.printer(), fmt::format("Loading {}...", place));
  auto read = KPKG_TRY(dkmstree::read_tarball_build(build, id));
  const auto steps = KPKG_TRY(dkmstree::steps_to_put(context.places, module, std::move(read)));
  return dkmstree::perform(context.root(), steps);
}

Result<Addition> load_made_by_dkms(const Context& context, const Unpacked& unpacked,
                                   const dkmstree::Target& target) {
  const auto& tarball = unpacked.tarball();
  if (tarball.sources.empty())
    return refused(
        context,
        {7, error_remark({"No valid dkms.conf in dkms_source_tree or dkms_binaries_only.",
                          fmt::format("{} is not a valid DKMS tarball.", context.arguments.archive)})});
  const auto& source = tarball.sources.front();
  const auto directory = unpacked.in_root(source.directory);
  const auto found = KPKG_TRY(names_of(context, directory, target));
  if (found.status != 0) return found;
  const auto& id = found.id;
  say_line(context.printer(), "\nLoading tarball for " + id.text());
  const auto has_source = [&] {
    return kind_of(context.root(), context.places.source_of(id)) == WordKind::directory;
  };
  if (source.kind == TarballSource::Kind::tree) {
    const auto brought = KPKG_TRY(bring_source(context, {.directory = directory, .told = directory}, target));
    if (brought.status != 0) return brought;
  } else if (!has_source()) {
    KPKG_TRY(keep_conf(context, directory, id));
  }
  // The version is registered later; its directory alone is none yet.
  KPKG_TRY(context.root().make_directories(context.places.directory_of(id)));
  for (const auto& build : tarball.builds) KPKG_TRY(load_build(context, build, id));
  if (source.kind == TarballSource::Kind::only_a_conf && !has_source())
    return Addition{.status = 1, .id = {}};
  return found;
}

}  // namespace

Result<Addition> load_tarball(const Context& context, const dkmstree::Target& target) {
  const auto path = path_in_root(context.site.workspace, context.arguments.archive);
  if (path.empty() || !KPKG_TRY(context.root().real_path(path)))
    return refused(context,
                   {2, error_remark({fmt::format("{} does not exist.", context.arguments.archive)})});
  if (const auto refusal = without_root(context)) return refused(context, *refusal);
  Unpacked unpacked(context);
  const auto status = unpacked.unpack(path);
  if (!status && status.error().kind != ErrorKind::corrupt && status.error().kind != ErrorKind::invalid)
    return fail(status.error());
  if (!status) {
    dkmsbuild::say_warning(context.printer(), {status.error().text()});
    return without_conf(context);
  }
  if (unpacked.tarball().is_made_by_dkms) return load_made_by_dkms(context, unpacked, target);
  if (unpacked.tarball().sources.empty()) return without_conf(context);
  const auto directory = unpacked.in_root(unpacked.tarball().sources.front().directory);
  return bring_source(context, {.directory = directory, .told = directory}, target);
}

}  // namespace kpkg::dkms
