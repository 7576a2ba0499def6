// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/trees.hpp"

#include "kernel/tree.hpp"
#include "system/file.hpp"
#include "tree/reconstruct.hpp"
#include "tree/repair.hpp"
#include "workflow/attester.hpp"
#include "workflow/made_tree.hpp"
#include "workflow/packaged_tree.hpp"
#include "workflow/packed_tree.hpp"
#include "workflow/rebuild_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::workflow {
namespace {

/// A tree that may be mended, and what is wrong with it.
struct Candidate {
  kernel::KernelTree tree;
  tree::Attestation attestation;
};

/// Looks for the tree of one kernel, place by place. Owns what was found so far.
class Search {
 public:
  Search(const Workspace& workspace, const Target& target, const TreeRequest& request, Attester& attester)
      : workspace_(workspace),
        target_(target),
        request_(request),
        attester_(attester),
        known_(target.kernel.tree) {}

  Result<ResolvedTree> run() {
    if (may_make()) drop(sweep_trees(workspace_, target_.kernel.release), "what is left costs space only");
    KPKG_TRY(try_places());
    if (!found_.tree) KPKG_TRY(mended());
    if (!found_.tree && request_.named.empty()) KPKG_TRY(packaged());
    if (!found_.tree && request_.named.empty()) KPKG_TRY(made_of_source());
    if (found_.tree) found_.is_mendable = false;
    return std::move(found_);
  }

 private:
  std::vector<std::pair<TreeOrigin, std::string>> places() const {
    if (!request_.named.empty()) return {{TreeOrigin::named, request_.named}};
    const auto& kernel = target_.kernel;
    return {{TreeOrigin::installed, kernel.module_directory + "/build"},
            {TreeOrigin::installed, kernel.module_directory + "/source"},
            {TreeOrigin::installed, "/usr/src/linux-headers-" + kernel.release}};
  }

  Status try_places() {
    for (const auto& [origin, path] : places()) {
      KPKG_TRY(try_installed(origin, path));
      if (found_.tree) return {};
    }
    return {};
  }

  Status try_installed(TreeOrigin origin, const std::string& path) {
    if (!KPKG_TRY(workspace_.root.status(path))) return {};
    TreeStep step{.origin = origin, .place = path};
    const auto real = KPKG_TRY(workspace_.root.real_path(path));
    if (!real) {
      step.text = "it is a link that leads nowhere";
      found_.steps.push_back(std::move(step));
      return {};
    }
    const auto since = found_.steps.begin() + static_cast<std::ptrdiff_t>(told_before_);
    const bool was_seen =
        std::any_of(since, found_.steps.end(), [&](const auto& each) { return each.place == *real; });
    if (was_seen) return {};
    step.place = *real;
    step.text = KPKG_TRY(missing_in(*real));
    if (!step.text.empty() && path.ends_with("/source")) return {};
    if (!step.text.empty()) {
      found_.steps.push_back(std::move(step));
      return {};
    }
    const auto tree = KPKG_TRY(tree_at(*real));
    // Whoever names a tree may have made it by hand, where files alone prove nothing.
    const auto depth = origin == TreeOrigin::named ? tree::Depth::modules : request_.depth;
    step.attestation = KPKG_TRY(attester_.attest(tree, *real, depth));
    if (!candidate_) candidate_ = {tree, *step.attestation};
    take_if_good(std::move(step), tree, tree::Standing::usable);
    return {};
  }

  /// What makes a directory no tree at all, not even one to be mended; empty: nothing. The sources that a
  /// tree was made of elsewhere are none.
  Result<std::string> missing_in(const std::string& path) const {
    const auto& root = workspace_.root;
    if (!KPKG_TRY(root.real_path(path + "/Makefile"))) return std::string("it has no Makefile");
    for (const auto* const name : {"/include/config/auto.conf", "/include/generated/autoconf.h", "/.config"})
      if (KPKG_TRY(root.real_path(path + name))) return std::string();
    return std::string("it is not configured");
  }

  std::string cached(TreeOrigin origin) const {
    const auto* const of_named = request_.named.empty() ? "" : "-of-named";
    return fmt::format("{}/{}/{}{}", places::trees, target_.kernel.release, name_of(origin), of_named);
  }

  bool may_make() const { return request_.make != MakeTrees::no; }

  /// Takes what an earlier run made, if it still describes the kernel.
  Status try_cached(TreeOrigin origin, const kernel::KernelTree& tree, tree::Standing least) {
    TreeStep step{.origin = origin, .place = cached(origin)};
    const auto depth = origin == TreeOrigin::mended ? depth_of_mended() : request_.depth;
    step.attestation = KPKG_TRY(attester_.attest(tree, tree.path, depth));
    take_if_good(std::move(step), tree, least);
    // It is of an earlier build of the kernel. What is told is the one that is made in its place, if that may
    // be.
    if (!found_.tree && may_make()) found_.steps.pop_back();
    return {};
  }

  Status mended() {
    const auto copy = cached(TreeOrigin::mended);
    if (KPKG_TRY(workspace_.root.status(copy)))
      KPKG_TRY(try_cached(TreeOrigin::mended, KPKG_TRY(tree_at(copy)), least_of_copies()));
    if (found_.tree || !candidate_) return {};
    return may_make() ? mend(copy) : foretell_mending();
  }

  /// What only a module showed to be wrong, only a module shows to be right: the copy has symbols and a
  /// configuration that fit because kpkg wrote them.
  tree::Depth depth_of_mended() const {
    const auto is_shown_by_module = [](const tree::Observation& each) {
      return each.weight == tree::Weight::wrong &&
             (each.aspect == tree::Aspect::types || each.aspect == tree::Aspect::layout ||
              each.aspect == tree::Aspect::build);
    };
    if (!candidate_ || request_.depth == tree::Depth::glance) return request_.depth;
    const auto& seen = candidate_->attestation.observations;
    return std::any_of(seen.begin(), seen.end(), is_shown_by_module) ? tree::Depth::modules : request_.depth;
  }

  Status foretell_mending() {
    const auto inspection = KPKG_TRY(attester_.inspect(candidate_->tree));
    found_.is_mendable = tree::is_mendable(inspection, candidate_->attestation);
    return {};
  }

  /// The tree in what was unpacked: the one directory below usr/src that is configured. Packages of some
  /// boards name it without the release.
  Result<std::optional<std::string>> tree_in_packages(const std::string& place) const {
    const auto entries = KPKG_TRY(workspace_.root.list(place + "/usr/src"));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>())) {
      const auto path = fmt::format("{}/usr/src/{}", place, entry.name);
      const auto missing = KPKG_TRY(missing_in(path));
      if (missing.empty()) return std::optional(path);
    }
    return std::optional<std::string>{};
  }

  Status packaged() {
    const auto place = cached(TreeOrigin::packages);
    if (const auto inside = KPKG_TRY(tree_in_packages(place)))
      KPKG_TRY(try_cached(TreeOrigin::packages, KPKG_TRY(tree_at(*inside)), tree::Standing::usable));
    if (found_.tree || request_.make != MakeTrees::yes) return {};
    const auto attempt = KPKG_TRY(installed_with_apt());
    return found_.tree ? Status{} : unpacked(place, attempt);
  }

  /// Installs the packages where that may be, and looks again at the places where they put headers.
  Result<HeaderAttempt> installed_with_apt() {
    if (request_.headers == nullptr) return HeaderAttempt{};
    auto attempt = KPKG_TRY(request_.headers->install(workspace_, target_.kernel, target_.facts));
    if (attempt.done.empty()) return attempt;
    told_before_ = found_.steps.size();
    candidate_.reset();
    const auto& kernel = target_.kernel;
    known_ = KPKG_TRY(kernel::find_tree(workspace_.root, kernel.release, kernel.module_directory)).tree;
    KPKG_TRY(try_places());
    if (!found_.tree) KPKG_TRY(mended());
    if (found_.tree) found_.steps.back().notes = attempt.done;
    return attempt;
  }

  /// Unpacks the packages for kpkg alone, for the reason that the attempt to install them tells.
  Status unpacked(const std::string& place, const HeaderAttempt& attempt) {
    TreeStep step{
        .origin = TreeOrigin::packages, .place = place, .hint = attempt.hint, .notes = attempt.done};
    if (!attempt.problem.empty()) step.notes.push_back(attempt.problem);
    auto search = unpack_packaged_tree(workspace_, target_.kernel, target_.facts, place);
    if (!search) return pass_over(std::move(step), search.error());
    if (!search->tree) {
      step.text = search->problem;
      step.hint = search->hint;
      found_.steps.push_back(std::move(step));
      return {};
    }
    step.repairs = search->tree->packages;
    step.repairs.insert(step.repairs.end(), search->tree->notes.begin(), search->tree->notes.end());
    step.attestation = KPKG_TRY(attest(search->tree->tree, search->tree->tree.path));
    take_if_good(std::move(step), search->tree->tree, tree::Standing::usable);
    return found_.tree ? Status{} : remove(place);
  }

  /// Takes what an earlier run made of a source, if it is there and still describes the kernel.
  Status try_made(TreeOrigin origin) {
    const auto place = cached(origin);
    if (!KPKG_TRY(workspace_.root.status(place))) return {};
    return try_cached(origin, KPKG_TRY(tree_at(place)), least_of_copies());
  }

  /// A tree of the kernel's source: with the headers that the kernel carries if it does, and else with the
  /// source's own.
  Status made_of_source() {
    KPKG_TRY(try_made(TreeOrigin::kheaders));
    if (!found_.tree) KPKG_TRY(try_made(TreeOrigin::rebuilt));
    if (found_.tree || !may_make()) return {};
    const auto source = KPKG_TRY(find_source(workspace_, target_, request_, found_.steps));
    KPKG_TRY(grafted(source));
    if (found_.tree || !source) return {};
    return make_of(*source, {.origin = TreeOrigin::rebuilt, .place = cached(TreeOrigin::rebuilt)}, {});
  }

  Status grafted(const std::optional<TreeSource>& source) {
    TreeStep step{.origin = TreeOrigin::kheaders, .place = cached(TreeOrigin::kheaders)};
    auto kheaders = kheaders_of(workspace_, target_);
    if (!kheaders) return pass_over(std::move(step), kheaders.error());
    if (!*kheaders) return {};
    if (source) return make_of(*source, std::move(step), *std::move(kheaders));
    step.text = fmt::format("{} has the headers, but no source for the rest is there", (*kheaders)->origin);
    step.hint = "kpkg kernel tree --make --source SOURCE, with source of the version that the kernel is of";
    found_.steps.push_back(std::move(step));
    return {};
  }

  Status make_of(const TreeSource& source, TreeStep step, std::optional<kernel::Kheaders> kheaders) {
    const auto place = step.place;
    step = KPKG_TRY(make_tree_of(workspace_, target_, std::move(step),
                                 {.source = source, .kheaders = std::move(kheaders), .jobs = request_.jobs}));
    if (!step.text.empty()) {
      found_.steps.push_back(std::move(step));
      return {};
    }
    const auto tree = KPKG_TRY(tree_at(place));
    step.attestation = KPKG_TRY(attest(tree, place));
    take_if_good(std::move(step), tree, least_of_copies());
    return found_.tree ? Status{} : remove(place);
  }

  /// A way that led nowhere is told, and the next one is tried.
  Status pass_over(TreeStep step, const Error& error) {
    if (error.kind == ErrorKind::interrupted || error.kind == ErrorKind::no_space) return fail(error);
    step.text = error.text();
    step.hint = error.hint;
    found_.steps.push_back(std::move(step));
    return {};
  }

  /// Of a copy that kpkg made it must be shown that it is right: nobody else answers for it.
  tree::Standing least_of_copies() const {
    return request_.allows_unverified ? tree::Standing::usable : tree::Standing::verified;
  }

  Status mend(const std::string& copy) {
    const auto& [original, attestation] = *candidate_;
    const auto staging = copy + ".new";
    KPKG_TRY(remove(staging));
    const auto inspection = KPKG_TRY(attester_.inspect(original));
    if (!tree::is_mendable(inspection, attestation)) return {};
    const auto means = KPKG_TRY(attester_.means());
    auto repair = tree::repair(attester_.subject(), inspection, attestation, staging, means);
    auto judged = repair ? attester_.attest(repair->tree, copy, depth_of_mended())
                         : Result<tree::Attestation>(fail(repair.error()));
    if (!judged) {
      drop(remove(staging), "the next one removes it");
      return fail(judged.error());
    }
    TreeStep step{.origin = TreeOrigin::mended, .place = copy, .repairs = repair->done};
    step.attestation = std::move(*judged);
    auto tree = repair->tree;
    tree.path = copy;
    if (tree.symvers) tree.symvers = copy + "/Module.symvers";
    take_if_good(std::move(step), tree, least_of_copies());
    if (!found_.tree) {
      for (const auto& left : repair->left) found_.steps.back().text += "; " + left;
      return remove(staging);
    }
    KPKG_TRY(remove(copy));
    return workspace_.root.rename(staging, copy);
  }

  void take_if_good(TreeStep step, const kernel::KernelTree& tree, tree::Standing least) {
    step.is_taken = step.attestation->standing <= least;
    if (step.is_taken)
      found_.tree = tree;
    else
      step.text = objection_to(*step.attestation);
    found_.steps.push_back(std::move(step));
  }

  Result<tree::Attestation> attest(const kernel::KernelTree& tree, const std::string& known_as) {
    return attester_.attest(tree, known_as, request_.depth);
  }

  Result<kernel::KernelTree> tree_at(const std::string& path) const {
    kernel::KernelTree tree{.path = path};
    tree.symvers = KPKG_TRY(workspace_.root.real_path(path + "/Module.symvers"));
    if (known_ && known_->path == path) tree.sources = known_->sources;
    return tree;
  }

  Status remove(const std::string& path) const {
    if (!KPKG_TRY(workspace_.root.status(path))) return {};
    return system::remove_all(KPKG_TRY(workspace_.root.host_path(path)));
  }

  const Workspace& workspace_;
  const Target& target_;
  const TreeRequest& request_;
  Attester& attester_;
  std::optional<kernel::KernelTree> known_;  // what the kernel's own places have
  std::optional<Candidate> candidate_;       // the first of those that are installed or named
  std::size_t told_before_ = 0;              // steps of before the headers were installed
  ResolvedTree found_;
};

}  // namespace

std::string_view name_of(TreeOrigin origin) {
  switch (origin) {
    case TreeOrigin::named: return "named";
    case TreeOrigin::installed: return "installed";
    case TreeOrigin::mended: return "mended";
    case TreeOrigin::packages: return "packages";
    case TreeOrigin::source: return "source";
    case TreeOrigin::kheaders: return "kheaders";
    case TreeOrigin::rebuilt: break;
  }
  return "rebuilt";
}

const TreeStep* ResolvedTree::taken() const {
  const auto found = std::find_if(steps.begin(), steps.end(), [](const auto& step) { return step.is_taken; });
  return found == steps.end() ? nullptr : &*found;
}

Result<ResolvedTree> resolve_tree(const Workspace& workspace, const Target& target,
                                  const TreeRequest& request) {
  auto attester = KPKG_TRY(Attester::create(workspace, target, workspace.root, request.jobs));
  auto wanted = request;
  if (tree::is_packed_name(request.named)) wanted.named = KPKG_TRY(unpack_tree(workspace, request.named));
  return Search(workspace, target, wanted, attester).run();
}

}  // namespace kpkg::workflow
