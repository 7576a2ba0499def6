// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "crypto/digest.hpp"
#include "install/state.hpp"
#include "install/wish.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::install {

enum class StepKind {
  keep_file,          ///< it is there already; only the records are renewed
  leave_file,         ///< a person changed it: it stays, and is kpkg's no longer
  put_module,         ///< from the artifact of that digest
  put_configuration,  ///< from `content`
  remove_file,
  index,      ///< run depmod, once for the kernel
  check,      ///< modprobe must find `path` under the name `module`
  initramfs,  ///< update the initial RAM disk of the kernel
};

/// One thing that apply does, with all that undoing it needs.
struct Step {
  StepKind kind = StepKind::keep_file;
  std::string path;                      ///< of the file, in the root; empty for index and initramfs
  std::string module;                    ///< name; empty for configuration files
  std::optional<crypto::Digest> digest;  ///< of the file once this is done; nothing: it will not be there
  std::optional<crypto::Digest> before;  ///< of the file as it is now; nothing: it is not there
  std::string content;                   ///< of a configuration file
  std::uint64_t size = 0;                ///< of the file once this is done, bytes
  std::string allowed_by;                ///< of a module: as WantedModule has it

  bool operator==(const Step&) const = default;
};

/// What a person should know of a plan. A refusal means that there is nothing to apply.
struct PlanFinding {
  enum class Id {
    not_installable,        ///< the verdict says no and no flag overrides it
    overridden,             ///< the verdict says no and a flag overrides it
    unproved_tree,          ///< nothing proves the tree it was built in, and a flag lets it in
    unsafe_name,            ///< a name or text that would write elsewhere or say something else
    other_owner,            ///< another tool or recipe has a module of that name
    taken_over,             ///< another tool's file is removed because `kpkg adopt` was asked for
    built_in,               ///< the kernel has it built in, so that no file of that name is ever loaded
    shadows_in_tree,        ///< the kernel has a module of that name; ours is loaded in its place
    search_order,           ///< depmod prefers another directory to updates/
    changed_configuration,  ///< a person changed the file; it is kept
    changed_module,         ///< an installed module is not what kpkg put there; it is replaced
    no_space,               ///< the file system of the modules has too little space
    initramfs_not_updated,  ///< wanted, but the root is not this machine
  };

  Id id = Id::other_owner;
  bool is_refusal = false;
  std::string text;  ///< one clause
  std::string hint;  ///< what to do now; may be empty

  bool operator==(const PlanFinding&) const = default;
};

/// How one root becomes what a wish says; made by plan(), performed by apply().
struct Plan {
  std::string recipe;
  std::string version;
  std::string kernel;                    ///< release
  std::string module_directory;          ///< links followed
  std::vector<std::string> index_files;  ///< names of what depmod wrote there before
  std::vector<std::string>
      new_directories;  ///< made first, and removed again if the plan is undone; outer first
  std::vector<std::string> own_directories;  ///< removed at the end if they are empty; inner first
  std::vector<Step> steps;
  std::vector<PlanFinding> findings;  ///< refusals first

  bool operator==(const Plan&) const = default;
};

enum class Foreign { refuse, take_over };

/// What the person allows.
struct Policy {
  Foreign foreign = Foreign::refuse;  ///< what is done with another tool's module of the same name

  bool operator==(const Policy&) const = default;
};

/// The steps from `state` to `wish`. Pure; a wish without modules is a removal.
///
/// Files of kpkg that the wish does not name are removed. Configuration files that a person changed are kept
/// and said. The caller gives up where is_refused() is true.
Plan plan(const Wish& wish, const RootState& state, const Policy& policy);

bool is_refused(const Plan& plan);

/// Whether applying it would change no file.
bool changes_nothing(const Plan& plan);

/// The plan for people, a line a step and a finding, for --dry-run.
std::vector<std::string> lines_of(const Plan& plan);

/// The first refusal as the Error that a command ends with: incompatible, conflict, no_space, invalid or
/// unsupported.
Error refusal_of(const Plan& plan);

std::string_view name_of(StepKind kind);
std::string_view name_of(PlanFinding::Id id);

/// The plans as JSON text: the journal's intent.
std::string json_text_of(std::span<const Plan> plans);

/// At least one plan, all for one kernel.
///
/// Errors: corrupt: not such plans, or those of a newer kpkg.
Result<std::vector<Plan>> plans_from_json(std::string_view text);

}  // namespace kpkg::install
