// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/make_pairs.hpp"

#include "base/text.hpp"
#include "base/threads.hpp"
#include "build/compiler.hpp"
#include "distro/distribution.hpp"
#include "distro/dpkg.hpp"
#include "store/artifact_directory.hpp"
#include "system/interruption.hpp"
#include "workflow/build_pair.hpp"
#include "workflow/bundles.hpp"
#include "workflow/cross_prefix.hpp"
#include "workflow/records.hpp"
#include "workflow/tree_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <map>
#include <set>

namespace kpkg::workflow {
namespace {

/// Changes when the meaning of a key does, so that artifacts of an older kpkg are built again.
constexpr std::string_view key_format = "kpkg build key 1";

/// A pair that must be built, and what came of it.
struct Job {
  Pair pair;
  std::size_t result;  ///< its place in the results
  std::string source;
  std::vector<build::ChainedSymvers> symvers;
  std::optional<Result<BuiltPair>> built;
};

/// Runs the jobs in as many threads as may be useful; the jobserver bounds the compilers.
void run_jobs(const Workshop& workshop, std::vector<Job*>& jobs) {
  in_threads(jobs.size(), workshop.jobserver.slots(), [&](std::size_t index) {
    auto& job = *jobs[index];
    job.built.emplace(build_pair(workshop, job.pair, job.source, job.symvers));
  });
}

/// Makes the pairs of one request, level by level: a recipe is in the level after those it depends on.
class Maker {
 public:
  Maker(const Workspace& workspace, Session& session, const MakeRequest& request,
        distro::Distribution distribution)
      : workspace_(workspace),
        store_(session.store),
        request_(request),
        targets_(request.targets.begin(), request.targets.end()),
        distribution_(std::move(distribution)) {}

  Result<std::vector<PairResult>> make() {
    for (const auto& recipe : request_.recipes)
      for (const auto& target : targets_)
        results_.push_back({.recipe = recipe.recipe.name, .kernel = target.kernel.release});
    std::size_t deepest = 0;
    for (const auto& recipe : request_.recipes) deepest = std::max(deepest, assign_level(recipe));
    for (std::size_t level = 0; level <= deepest; ++level) KPKG_TRY(make_level(level));
    return std::move(results_);
  }

 private:
  std::size_t assign_level(const LoadedRecipe& recipe) {
    std::size_t level = 0;
    for (const auto& dependency : recipe.recipe.depends)
      level = std::max(level, levels_[dependency.name] + 1);
    return levels_[recipe.recipe.name] = level;
  }

  PairResult& result_of(std::size_t recipe, std::size_t target) {
    return results_[recipe * targets_.size() + target];
  }

  PairResult* result_of(const std::string& recipe, const std::string& kernel) {
    const auto found = std::find_if(results_.begin(), results_.end(), [&](const auto& result) {
      return result.recipe == recipe && result.kernel == kernel;
    });
    return found == results_.end() ? nullptr : &*found;
  }

  Status make_level(std::size_t level) {
    std::list<Job> jobs;
    std::vector<std::pair<std::size_t, std::size_t>> members;
    for (std::size_t recipe = 0; recipe < request_.recipes.size(); ++recipe) {
      if (levels_[request_.recipes[recipe].recipe.name] != level) continue;
      for (std::size_t target = 0; target < targets_.size(); ++target) {
        auto& result = result_of(recipe, target);
        auto job = prepare(request_.recipes[recipe], targets_[target], result);
        const auto& notes = targets_[target].notes;
        result.notes.insert(result.notes.begin(), notes.begin(), notes.end());
        if (!job) {
          if (is_fatal(job.error())) return fail(job.error());
          set_failed(result, job.error());
        } else if (*job) {
          (*job)->result = recipe * targets_.size() + target;
          jobs.push_back(std::move(**job));
        }
        members.emplace_back(recipe, target);
      }
    }
    if (!jobs.empty()) KPKG_TRY(build(jobs));
    for (const auto& [recipe, target] : members) KPKG_TRY(judge(recipe, target));
    return {};
  }

  static bool is_fatal(const Error& error) { return error.kind == ErrorKind::interrupted; }

  static void set_failed(PairResult& result, Error error) {
    result.state = error.kind == ErrorKind::no_tree ? PairState::no_tree : PairState::failed;
    result.error = std::move(error);
  }

  /// What has to be built for the pair, or nothing: an answer is known already and stands in `result`.
  Result<std::optional<Job>> prepare(const LoadedRecipe& recipe, Target& target, PairResult& result) {
    result.version = recipe.recipe.version.value_or("");
    result.is_critical = recipe.recipe.install.critical;
    Pair pair{.recipe = &recipe,
              .source = nullptr,
              .target = &target,
              .resolved = recipe::resolve(recipe.recipe, conditions_of(target, distribution_)),
              .key = {}};
    for (const auto& unknown : pair.resolved.unknowns) result.notes.push_back(unknown);
    if (!recipe.recipe.install.firmware.empty())
      result.notes.emplace_back("this kpkg does not install the firmware files of recipes");
    if (pair.resolved.excludes()) {
      result.state = PairState::excluded;
      result.reasons = pair.resolved.exclusions;
      return std::optional<Job>{};
    }
    if (KPKG_TRY(take_from_bundle(recipe, target, result))) return std::optional<Job>{};
    // What was built before in the tree that is there needs no other look at it.
    if (target.kernel.tree && KPKG_TRY(take_what_was_built(recipe, target, pair, result)))
      return std::optional<Job>{};
    if (provided_.insert(&target).second) {
      KPKG_TRY(provide_tree(workspace_, target, request_.trees));
      compilers_.erase(target.kernel.release);  // another tree may name another one
      if (target.kernel.tree && KPKG_TRY(take_what_was_built(recipe, target, pair, result)))
        return std::optional<Job>{};
    }
    // A bundle serves where nothing can be built.
    if (!target.kernel.tree && KPKG_TRY(take_from_bundle(recipe, target, result)))
      return std::optional<Job>{};
    if (!target.kernel.tree) return fail(no_tree_error(workspace_, target.kernel));
    KPKG_TRY(must_have_packages(pair.resolved.build.needs));
    return std::optional(Job{std::move(pair), 0, "", KPKG_TRY(symvers_of_dependencies(recipe, target)), {}});
  }

  /// Gives the pair its source and its key, and the result what an earlier build of that key made, if there
  /// is one.
  Result<bool> take_what_was_built(const LoadedRecipe& recipe, const Target& target, Pair& pair,
                                   PairResult& result) {
    const auto symvers = KPKG_TRY(symvers_of_dependencies(recipe, target));
    pair.source = KPKG_TRY(identity_of(recipe, pair.resolved.sources));
    result.version = pair.source->version;
    result.source = pair.source->digest;
    pair.key = KPKG_TRY(key_of(pair, symvers));
    result.state = PairState::ready;
    return take_earlier(pair.key, result);
  }

  /// What was built in a copy that nothing proves counts only where such a copy may be built in.
  Result<bool> take_earlier(const crypto::Digest& key, PairResult& result) {
    const auto earlier = KPKG_TRY(store::newest_success(store_, key));
    if (!earlier || (needs_allowance(earlier->tree) && !request_.trees.allows_unverified)) return false;
    return take_earlier_build(workspace_, store_, *earlier, result);
  }

  /// What came in a bundle stays as long as it is for this recipe and this kernel, and serves where nothing
  /// can be built.
  Result<bool> take_from_bundle(const LoadedRecipe& recipe, const Target& target, PairResult& result) {
    if (recipe.file != bundle_origin && target.kernel.tree) return false;
    if (!KPKG_TRY(take_earlier(bundle_key(recipe.text, target), result))) return false;
    result.state = PairState::ready;
    result.notes.push_back("its bundle says of the tree that it was built in: " + told(result.tree));
    return true;
  }

  /// What a build needs comes from the machine that builds, whatever root the modules are for.
  Status must_have_packages(const std::vector<std::string>& packages) {
    if (packages.empty()) return {};
    const auto machine = KPKG_TRY(system::Root::open("/"));
    std::vector<std::string> missing;
    for (const auto& package : packages)
      if (!KPKG_TRY(distro::package_version(workspace_.runner, machine, package))) missing.push_back(package);
    if (missing.empty()) return {};
    return fail(ErrorKind::build_failed,
                "the build needs packages that are not installed: " + join(missing, ", "),
                "apt-get install " + join(missing, " "));
  }

  Result<std::vector<build::ChainedSymvers>> symvers_of_dependencies(const LoadedRecipe& recipe,
                                                                     const Target& target) {
    std::vector<build::ChainedSymvers> chained;
    for (const auto& dependency : recipe.recipe.depends) {
      const auto* needed = result_of(dependency.name, target.kernel.release);
      if (needed == nullptr || !needed->is_ready())
        return fail(ErrorKind::build_failed,
                    fmt::format("it needs {}, which is not there for this kernel", dependency.name));
      for (const auto& file : needed->files) {
        if (file.file_name != symvers_name) continue;
        const auto path = KPKG_TRY(workspace_.root.host_path(store::artifact_path(file.digest)));
        chained.push_back({dependency.name, path});
      }
    }
    return chained;
  }

  /// The identity of these sources, asked for once: a variant may have others than the recipe.
  Result<const SourceIdentity*> identity_of(const LoadedRecipe& recipe,
                                            const std::vector<recipe::Source>& sources) {
    for (const auto& [known_recipe, known_sources, known] : identities_)
      if (known_recipe == &recipe && known_sources == sources) return &known;
    const bool named =
        std::find(request_.named.begin(), request_.named.end(), recipe.recipe.name) != request_.named.end();
    const auto recorded = KPKG_TRY(store::sources_of(store_, recipe.recipe.name, ""));
    auto identity = KPKG_TRY(
        identify_source(workspace_, recipe, sources, named ? request_.source : SourceWish{}, recorded));
    identities_.emplace_back(&recipe, sources, std::move(identity));
    return &std::get<2>(identities_.back());
  }

  Result<crypto::Digest> key_of(const Pair& pair, const std::vector<build::ChainedSymvers>& symvers) {
    crypto::Sha256 hash;
    hash.update(key_format);
    hash.update(crypto::sha256(pair.recipe->text).hex());
    hash.update(pair.source->digest.hex());
    hash.update(pair.target->identity.hex());
    hash.update(KPKG_TRY(compiler_text(*pair.target)));
    // A kept file is named by its digest; where the root lies today is no reason to build again.
    for (const auto& chained : symvers) hash.update(chained.file.substr(chained.file.find_last_of('/') + 1));
    return hash.finish();
  }

  Result<std::string> compiler_text(const Target& target) {
    const auto known = compilers_.find(target.kernel.release);
    if (known != compilers_.end()) return known->second;
    const auto wanted = build::kernel_compiler(target.tree_configuration);
    const auto names = build::compiler_names(wanted, cross_prefix(workspace_.host, target.arch));
    const auto installed = KPKG_TRY(build::installed_compilers(workspace_.runner, names));
    const auto choice = build::choose_compiler(wanted, installed);
    return compilers_[target.kernel.release] = choice ? choice->compiler.version_text : "none";
  }

  Status build(std::list<Job>& jobs) {
    const auto sandbox = KPKG_TRY(system::Sandbox::choose(workspace_.runner));
    const auto slots = request_.jobs > 0 ? request_.jobs : workspace_.host.processors;
    auto jobserver = KPKG_TRY(system::Jobserver::create(slots));
    std::list<std::pair<const SourceIdentity*, Result<SourceTree>>> sources;
    std::vector<Job*> runnable;
    for (auto& job : jobs) {
      auto source = std::find_if(sources.begin(), sources.end(),
                                 [&](const auto& entry) { return entry.first == job.pair.source; });
      // Patches may differ from kernel to kernel: a patched tree serves its own pair only.
      if (source == sources.end() || !job.pair.resolved.patches.empty())
        source = sources.emplace(sources.end(), job.pair.source,
                                 obtain_source(workspace_, *job.pair.recipe, *job.pair.source,
                                               job.pair.resolved.patches, sandbox));
      if (!source->second) {
        if (is_fatal(source->second.error())) return fail(source->second.error());
        set_failed(results_[job.result], source->second.error());
        continue;
      }
      job.source = source->second->directory;
      runnable.push_back(&job);
    }
    run_jobs({workspace_, sandbox, jobserver}, runnable);
    for (auto* job : runnable) KPKG_TRY(take(*job));
    return {};
  }

  Status take(Job& job) {
    auto& result = results_[job.result];
    if (system::Interruption::is_pending()) return fail(ErrorKind::interrupted, "interrupted while building");
    if (!*job.built) {
      set_failed(result, job.built->error());
      return {};
    }
    return record_built(workspace_, store_, job.pair, **job.built, result);
  }

  Status judge(std::size_t recipe, std::size_t target) {
    auto& result = result_of(recipe, target);
    if (!result.is_ready()) return {};
    std::vector<abi::Fingerprint> needed;
    for (const auto& dependency : request_.recipes[recipe].recipe.depends) {
      const auto modules = KPKG_TRY(fingerprints_of(*result_of(dependency.name, result.kernel)));
      needed.insert(needed.end(), modules.begin(), modules.end());
    }
    return judge_and_record(workspace_, store_, targets_[target], needed, result);
  }

  const Workspace& workspace_;
  store::Store& store_;
  const MakeRequest& request_;
  std::vector<Target> targets_;  // each with its own tree, once that was asked for
  std::set<const Target*> provided_;
  distro::Distribution distribution_;
  std::vector<PairResult> results_;
  std::map<std::string, std::size_t> levels_;
  std::map<std::string, std::string> compilers_;
  std::list<std::tuple<const LoadedRecipe*, std::vector<recipe::Source>, SourceIdentity>> identities_;
};

}  // namespace

Result<std::vector<PairResult>> make_pairs(const Workspace& workspace, Session& session,
                                           const MakeRequest& request) {
  auto distribution = KPKG_TRY(distro::distribution_of(workspace.root));
  return Maker(workspace, session, request, std::move(distribution)).make();
}

}  // namespace kpkg::workflow
