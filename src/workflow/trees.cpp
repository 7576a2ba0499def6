// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/trees.hpp"

#include "base/text.hpp"
#include "elf/number.hpp"
#include "kernel/memory.hpp"
#include "system/file.hpp"
#include "tree/attestation_memory.hpp"
#include "tree/repair.hpp"
#include "workflow/cross_prefix.hpp"
#include "workflow/packaged_tree.hpp"
#include "workflow/rebuild_tree.hpp"
#include "workflow/root_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace kpkg::workflow {
namespace {

constexpr std::uint64_t start_of_program = 20;  // bytes, up to and with e_machine

/// e_machine of kpkg itself: what runs here runs in the same userland.
Result<std::uint16_t> machine_of_programs() {
  const auto file = KPKG_TRY(system::read_link("/proc/self/exe"));
  const auto host = KPKG_TRY(system::Root::open("/"));
  const auto start = KPKG_TRY(KPKG_TRY(host.open_file(file)).read(0, start_of_program));
  const auto order = start[5] == 2 ? elf::ByteOrder::big : elf::ByteOrder::little;
  return static_cast<std::uint16_t>(elf::number_at(start, 18, 2, order));
}

/// The first thing that is wrong with a tree, or that keeps it from being proved.
std::string objection_to(const tree::Attestation& attestation) {
  const tree::Observation* worst = nullptr;
  for (const auto& each : attestation.observations)
    if (each.weight >= tree::Weight::unknown && (worst == nullptr || each.weight > worst->weight))
      worst = &each;
  return worst == nullptr ? "nothing proves that it describes this kernel" : worst->text;
}

/// Looks for the tree of one kernel, place by place. Owns what was found so far.
class Search {
 public:
  Search(const Workspace& workspace, const Target& target, const TreeRequest& request,
         const tree::Subject& subject, std::uint16_t machine)
      : workspace_(workspace),
        target_(target),
        request_(request),
        subject_(subject),
        machine_(machine),
        memory_(workspace) {}

  Result<ResolvedTree> run() {
    for (const auto& [origin, path] : places()) {
      KPKG_TRY(try_installed(origin, path));
      if (found_.tree) return std::move(found_);
    }
    KPKG_TRY(mended());
    if (!found_.tree && request_.named.empty()) KPKG_TRY(packaged());
    if (!found_.tree && request_.named.empty()) KPKG_TRY(rebuilt());
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

  Status try_installed(TreeOrigin origin, const std::string& path) {
    if (!KPKG_TRY(workspace_.root.status(path))) return {};
    TreeStep step{.origin = origin, .place = path};
    const auto real = KPKG_TRY(workspace_.root.real_path(path));
    if (!real) {
      step.text = "it is a link that leads nowhere";
      found_.steps.push_back(std::move(step));
      return {};
    }
    const bool was_seen = std::any_of(found_.steps.begin(), found_.steps.end(),
                                      [&](const auto& each) { return each.place == *real; });
    if (was_seen) return {};
    step.place = *real;
    step.text = KPKG_TRY(missing_in(*real));
    if (!step.text.empty() && path.ends_with("/source")) return {};
    if (!step.text.empty()) {
      found_.steps.push_back(std::move(step));
      return {};
    }
    const auto tree = KPKG_TRY(tree_at(*real));
    step.attestation = KPKG_TRY(attest(tree, *real, KPKG_TRY(is_recovered(*real))));
    take_if_good(std::move(step), tree, tree::Standing::usable);
    if (!found_.tree) candidates_.push_back(tree);
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
    step.attestation = KPKG_TRY(attest(tree, tree.path, KPKG_TRY(is_recovered(tree.path))));
    take_if_good(std::move(step), tree, least);
    if (!found_.tree) found_.steps.pop_back();  // it is of an earlier build of the kernel; a new one is made
    return {};
  }

  Status mended() {
    const auto copy = cached(TreeOrigin::mended);
    if (KPKG_TRY(workspace_.root.status(copy)))
      KPKG_TRY(try_cached(TreeOrigin::mended, KPKG_TRY(tree_at(copy)), least_of_copies()));
    return !found_.tree && may_make() && !candidates_.empty() ? mend(copy) : Status{};
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
    TreeStep step{.origin = TreeOrigin::packages, .place = place};
    auto search = unpack_packaged_tree(workspace_, target_.kernel, target_.facts, place);
    if (!search) return pass_over(std::move(step), search.error());
    if (!search->tree) {
      step.text = search->problem;
      found_.steps.push_back(std::move(step));
      return {};
    }
    step.repairs = search->tree->packages;
    step.repairs.insert(step.repairs.end(), search->tree->notes.begin(), search->tree->notes.end());
    step.attestation = KPKG_TRY(attest(search->tree->tree, search->tree->tree.path, false));
    take_if_good(std::move(step), search->tree->tree, tree::Standing::usable);
    return found_.tree ? Status{} : remove(place);
  }

  Status rebuilt() {
    const auto place = cached(TreeOrigin::rebuilt);
    if (KPKG_TRY(workspace_.root.status(place)))
      KPKG_TRY(try_cached(TreeOrigin::rebuilt, KPKG_TRY(tree_at(place)), least_of_copies()));
    if (found_.tree || !may_make() || request_.source.empty()) return {};
    TreeStep step{.origin = TreeOrigin::rebuilt, .place = place};
    KPKG_TRY(remove(place));
    KPKG_TRY(workspace_.root.make_directories(place.substr(0, place.rfind('/'))));
    auto target = target_;
    const TreeWish wish{.source = request_.source,
                        .output = KPKG_TRY(workspace_.root.host_path(place)),
                        .jobs = request_.jobs};
    const auto made = rebuild_tree(workspace_, target, wish);
    if (!made) return pass_over(std::move(step), made.error());
    step.text = made->is_published ? std::string() : tree::objection(made->proof);
    if (!made->is_published) {
      found_.steps.push_back(std::move(step));
      return {};
    }
    step.repairs.push_back(
        fmt::format("made of the source {}: {}", made->version.version, tree::name_of(made->proof.grade)));
    const auto tree = KPKG_TRY(tree_at(place));
    step.attestation = KPKG_TRY(attest(tree, place, KPKG_TRY(is_recovered(place))));
    take_if_good(std::move(step), tree, least_of_copies());
    return found_.tree ? Status{} : remove(place);
  }

  /// A way that led nowhere is told, and the next one is tried.
  Status pass_over(TreeStep step, const Error& error) {
    if (error.kind == ErrorKind::interrupted || error.kind == ErrorKind::no_space) return fail(error);
    step.text = error.text();
    found_.steps.push_back(std::move(step));
    return {};
  }

  /// Of a copy that kpkg made it must be shown that it is right: nobody else answers for it.
  tree::Standing least_of_copies() const {
    return request_.allows_unverified ? tree::Standing::usable : tree::Standing::verified;
  }

  Status mend(const std::string& copy) {
    const auto& original = candidates_.front();
    const auto staging = copy + ".new";
    KPKG_TRY(remove(staging));
    const auto inspection = KPKG_TRY(tree::inspect(workspace_.root, original, machine_));
    const auto attestation = KPKG_TRY(attest(original, original.path, false));
    if (!tree::is_mendable(inspection, attestation)) return {};
    auto repair = tree::repair(subject_, inspection, attestation, staging, KPKG_TRY(means()));
    if (!repair) {
      drop(remove(staging), "the next one removes it");
      return fail(repair.error());
    }
    TreeStep step{.origin = TreeOrigin::mended, .place = copy, .repairs = repair->done};
    auto judged = attest(repair->tree, copy, repair->has_recovered_symvers);
    if (!judged) {
      drop(remove(staging), "the next one removes it");
      return fail(judged.error());
    }
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

  /// Made when something has to be run: most trees are known.
  Result<tree::Means> means() {
    if (!sandbox_) sandbox_ = KPKG_TRY(system::Sandbox::choose(workspace_.runner));
    const auto jobs = request_.jobs == 0 ? workspace_.host.processors : request_.jobs;
    if (!jobserver_) jobserver_ = KPKG_TRY(system::Jobserver::create(jobs));
    return tree::Means{workspace_.runner, *sandbox_, *jobserver_};
  }

  Result<tree::Attestation> attest(const kernel::KernelTree& tree, const std::string& known_as,
                                   bool recovered) {
    tree::AttestRequest request{.depth = request_.depth,
                                .is_recovered = recovered,
                                .machine = machine_,
                                .arch = target_.arch,
                                .cross_prefix = cross_prefix(workspace_.host, target_.arch),
                                .known_as = known_as};
    auto remembered = KPKG_TRY(tree::remembered_attestation(subject_, tree, request, memory_));
    if (remembered) return std::move(*remembered);
    const auto& root = workspace_.root;
    KPKG_TRY(root.make_directories(places::work));
    KPKG_TRY(root.make_directories(places::logs));
    const auto work = KPKG_TRY(system::TempDir::create(KPKG_TRY(root.host_path(places::work)), "probe-"));
    request.work = work.path();
    request.log =
        KPKG_TRY(root.host_path(fmt::format("{}/tree-{}.log", places::logs, target_.kernel.release)));
    return tree::attest_and_remember(subject_, tree, request, KPKG_TRY(means()), memory_);
  }

  Result<kernel::KernelTree> tree_at(const std::string& path) const {
    kernel::KernelTree tree{.path = path};
    tree.symvers = KPKG_TRY(workspace_.root.real_path(path + "/Module.symvers"));
    if (target_.kernel.tree && target_.kernel.tree->path == path) tree.sources = target_.kernel.tree->sources;
    return tree;
  }

  /// Whether the symbols of a tree that kpkg made prove nothing of its headers: they are the kernel's own,
  /// and nobody computed them of the source.
  Result<bool> is_recovered(const std::string& copy) const {
    const auto mark =
        KPKG_TRY(workspace_.root.read_if_present(fmt::format("{}/{}", copy, tree::recovered_mark)));
    return mark && *mark != digest_of_symbols(target_.facts);
  }

  Status remove(const std::string& path) const {
    if (!KPKG_TRY(workspace_.root.status(path))) return {};
    return system::remove_all(KPKG_TRY(workspace_.root.host_path(path)));
  }

  const Workspace& workspace_;
  const Target& target_;
  const TreeRequest& request_;
  const tree::Subject& subject_;
  std::uint16_t machine_;
  std::optional<system::Sandbox> sandbox_;
  std::optional<system::Jobserver> jobserver_;
  RootMemory memory_;
  std::vector<kernel::KernelTree> candidates_;
  ResolvedTree found_;
};

/// How a target's problem is told: every place with its reason. `otherwise` is why none is installed.
std::string problem_of(const ResolvedTree& resolved, const std::string& otherwise) {
  std::vector<std::string> reasons;
  for (const auto& step : resolved.steps)
    reasons.push_back(step.origin < TreeOrigin::mended ? fmt::format("{}: {}", step.place, step.text)
                                                       : step.text);
  const bool has_installed = !resolved.steps.empty() && resolved.steps.front().origin < TreeOrigin::mended;
  if (!has_installed) reasons.insert(reasons.begin(), otherwise);
  return join(reasons, "; ");
}

}  // namespace

std::string_view name_of(TreeOrigin origin) {
  switch (origin) {
    case TreeOrigin::named: return "named";
    case TreeOrigin::installed: return "installed";
    case TreeOrigin::mended: return "mended";
    case TreeOrigin::packages: return "packages";
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
  auto facts = target;
  learn_types(workspace, facts);
  const kernel::Learned learned{.facts = facts.facts,
                                .configuration = target.configuration,
                                .image_is_running = target.image_is_running,
                                .notes = target.notes};
  const tree::Subject subject{workspace.root, target.kernel, learned};
  return Search(workspace, target, request, subject, KPKG_TRY(machine_of_programs())).run();
}

Status provide_tree(const Workspace& workspace, Target& target, const TreeRequest& request) {
  if (!target.facts_file.empty()) return {};  // its tree is of another machine, as it was given
  auto resolved = KPKG_TRY(resolve_tree(workspace, target, request));
  const auto* const taken = resolved.taken();
  if (taken == nullptr) target.kernel.tree_problem = problem_of(resolved, target.kernel.tree_problem);
  if (taken != nullptr && taken->origin >= TreeOrigin::mended) {
    const auto& first = resolved.steps.front();
    target.notes.push_back(taken == &first
                               ? fmt::format("{} is used, as no headers are installed", taken->place)
                               : fmt::format("the headers in {} do not describe this kernel ({}); {} is used",
                                             first.place, first.text, taken->place));
  }
  return take_tree(workspace, target, std::move(resolved.tree));
}

}  // namespace kpkg::workflow
