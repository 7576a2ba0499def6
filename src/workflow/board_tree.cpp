// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "kernel/find.hpp"
#include "kernel/tree.hpp"
#include "system/file.hpp"
#include "tree/reconstruct.hpp"
#include "tree/record.hpp"
#include "workflow/attester.hpp"
#include "workflow/packed_tree.hpp"
#include "workflow/tree_records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

constexpr std::string_view headers_place = "/usr/src/";

/// A tree of the host: the root in which its parts look for each other, and its path there.
struct Place {
  std::string root;
  std::string path;
};

/// Debian's headers refer to /usr/src and /usr/lib by absolute paths: of headers unpacked below a directory
/// that directory is the root.
Result<Place> place_of(const Workspace& workspace, const std::string& directory) {
  const auto absolute =
      directory.starts_with('/') ? directory : workspace.host.working_directory + "/" + directory;
  const auto real = KPKG_TRY(system::canonical_path(absolute));
  const auto start = real.rfind(headers_place);
  if (start == std::string::npos || start == 0) return Place{"/", real};
  return Place{real.substr(0, start), real.substr(start)};
}

tl::unexpected<Error> no_tree(std::string message) {
  return fail(ErrorKind::no_tree, std::move(message),
              "name a directory that kpkg kernel rebuild-tree made of these facts, or the kernel's headers");
}

/// Refuses the tree of another kernel. A module built in it would be refused too, but later.
Status must_be_of(const system::Root& root, const std::string& tree, const std::string& release) {
  const auto told = KPKG_TRY(tree::stamped_release(root, tree));
  if (!told || *told == release) return {};
  return no_tree(
      printable(fmt::format("{} is a tree of kernel {}, and the facts are of {}", tree, *told, release)));
}

/// A tree that was made of a kernel's source says which kernel it was proved for, and how.
Status take_record(const system::Root& root, Target& target, std::uint32_t user) {
  const auto record = KPKG_TRY(tree::read_record(root, target.kernel.tree->path));
  if (!record) return {};
  const auto& build_id = target.facts.identity.build_id;
  if (record->build_id && build_id && *record->build_id != *build_id)
    return no_tree(fmt::format("{} was made for a kernel with build id {}, and the facts have {}",
                               target.kernel.tree->path, printable(*record->build_id), *build_id));
  const auto proof =
      KPKG_TRY(tree::standing_proof(root, target.kernel.tree->path, *record, target.facts, user));
  if (!proof.is_changed) target.tree_grade = record->grade;
  return {};
}

/// Refuses a tree that does not describe the kernel of the facts, and notes what the others are worth.
Status must_describe(const Workspace& workspace, const system::Root& root, TreeOrigin origin,
                     Target& target) {
  auto attester = KPKG_TRY(Attester::create(workspace, target, root, 0));
  const auto& tree = *target.kernel.tree;
  // Whoever names a tree may have made it by hand, where files alone prove nothing.
  const bool is_vouched_for = target.tree_root.empty() || !target.tree_grade.empty();
  const auto depth = is_vouched_for ? tree::Depth::files : tree::Depth::modules;
  const auto attestation = KPKG_TRY(attester.attest(tree, tree.path, depth));
  if (attestation.standing == tree::Standing::unusable)
    return no_tree(printable(fmt::format("{} does not describe the kernel of the facts: {}", tree.path,
                                         objection_to(attestation))));
  target.tree_record = record_of(tree, origin, attestation);
  return {};
}

/// The headers of a kernel of that release in the root.
Result<std::optional<kernel::KernelTree>> tree_in_root(const Workspace& workspace,
                                                       const std::string& release) {
  const auto kernels = KPKG_TRY(kernel::find_kernels(workspace.root, workspace.host));
  const auto found = std::find_if(kernels.begin(), kernels.end(),
                                  [&](const auto& kernel) { return kernel.release == release; });
  return found == kernels.end() ? std::nullopt : found->tree;
}

Status find_tree(const Workspace& workspace, Target& target, const std::string& directory) {
  auto& kernel = target.kernel;
  if (directory.empty()) {
    kernel.tree = KPKG_TRY(tree_in_root(workspace, kernel.release));
    if (kernel.tree) return {};
    return no_tree(fmt::format("there are no headers of kernel {} here, and no --tree", kernel.release));
  }
  auto place = place_of(workspace, directory);
  if (!place && place.error().kind == ErrorKind::not_found)
    return no_tree(fmt::format("there is no {}", printable(directory)));
  const auto [root, path] = KPKG_TRY(std::move(place));
  const auto search = KPKG_TRY(kernel::look_at_tree(KPKG_TRY(system::Root::open(root)), path));
  if (!search.tree)
    return no_tree(printable(fmt::format("{} is no kernel tree: {}", directory, search.problem)));
  kernel.tree = search.tree;
  target.tree_root = root;
  return {};
}

/// A tree in one file as a directory of the host; a directory as it is.
Result<std::string> unpacked_tree(const Workspace& workspace, const std::string& name) {
  if (!tree::is_packed_name(name)) return name;
  return workspace.root.host_path(KPKG_TRY(unpack_tree(workspace, name)));
}

}  // namespace

Status add_tree(const Workspace& workspace, Target& target, const std::string& directory) {
  if (target.arch.empty())
    return fail(ErrorKind::unsupported,
                fmt::format("the facts do not tell which machine kernel {} is for", target.kernel.release),
                "export them where the kernel's own modules are");
  const auto unpacked = KPKG_TRY(unpacked_tree(workspace, directory));
  KPKG_TRY(find_tree(workspace, target, unpacked));
  const auto root =
      KPKG_TRY(system::Root::open(target.tree_root.empty() ? workspace.root.directory() : target.tree_root));
  KPKG_TRY(must_be_of(root, target.kernel.tree->path, target.kernel.release));
  KPKG_TRY(take_record(root, target, workspace.host.user));
  const auto origin = directory.empty() ? TreeOrigin::installed : TreeOrigin::named;
  KPKG_TRY(must_describe(workspace, root, origin, target));
  target.tree_configuration = KPKG_TRY(tree_configuration(root, target.kernel));
  target.identity = KPKG_TRY(build_identity(root, target));
  return {};
}

}  // namespace kpkg::workflow
