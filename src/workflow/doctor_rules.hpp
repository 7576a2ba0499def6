// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/signature_demand.hpp"
#include "base/error.hpp"
#include "system/file_system.hpp"
#include "system/sandbox.hpp"
#include "workflow/doctor.hpp"
#include "workflow/trees.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kpkg::workflow {

// Private to workflow/: what a checkup makes of what was seen. Values in, points out: nothing here looks at
// the machine.

/// The point of something that could not be looked at: a note where the caller may not, else a problem.
CheckupPoint not_looked_at(CheckupSubject subject, const Error& error);

struct StoreSeen {
  bool is_there = false;
  std::optional<Error> trouble = {};  ///< why it cannot be read, or what is damaged in it
  std::size_t unfinished = 0;         ///< changes that were begun
};
CheckupPoint point_of(const StoreSeen& seen);

struct LockSeen {
  bool is_held = false;
  std::string file = {};  ///< of the host
  std::optional<Error> trouble = {};
  std::size_t unfinished = 0;  ///< changes that were begun, as the store says
};
CheckupPoint point_of(const LockSeen& seen);

/// A directory that kpkg writes to.
struct SpaceSeen {
  std::string place = {};      ///< in the root
  std::string purpose = {};    ///< "builds and trees"
  std::uint64_t needed = 0;    ///< bytes without which nothing works
  std::uint64_t wanted = 0;    ///< bytes below which it soon may not
  bool has_programs = false;   ///< programs are run there
  system::FileSystem on = {};  ///< what the directory is on, or will be
  std::optional<Error> trouble = {};
};
CheckupPoint point_of(const SpaceSeen& seen);

/// The programs that are looked for, each name once.
std::vector<std::string> programs_looked_for();

/// `missing` are those of programs_looked_for() that are not here.
std::vector<CheckupPoint> program_points(const std::set<std::string>& missing);

struct SandboxSeen {
  system::SandboxStrength strength = system::SandboxStrength::user_only;
  std::vector<std::string> weaknesses = {};  ///< why it is not a stronger one
  bool is_root = false;                      ///< who looked; others may have less
  std::optional<Error> trouble = {};
};
CheckupPoint point_of(const SandboxSeen& seen);

/// A file by which kernel packages call kpkg.
struct HookSeen {
  std::string path = {};
  bool is_there = false;
  bool is_executable = false;
};

struct HooksSeen {
  std::vector<HookSeen> hooks = {};
  bool has_program = false;  ///< the kpkg that they call is in the root
  bool is_needed = false;    ///< recipes are wanted on every kernel
};
CheckupPoint point_of(const HooksSeen& seen);

/// The dkms that is not kpkg.
struct DkmsSeen {
  bool is_installed = false;
  std::vector<std::string> packages = {};  ///< what it manages
};
CheckupPoint point_of(const DkmsSeen& seen);

/// The kernel that runs.
struct LoadingSeen {
  std::string release = {};
  bool is_here = false;                      ///< it is one of this root
  bool takes_modules = false;                ///< /proc/modules is there
  std::optional<bool> is_switched_off = {};  ///< kernel.modules_disabled
};
CheckupPoint point_of(const LoadingSeen& seen);

/// What depmod wrote for a kernel, against the modules that are there besides the kernel's own.
struct IndexSeen {
  std::vector<std::string> absent = {};    ///< files of the index
  std::vector<std::string> unlisted = {};  ///< modules that it does not know
  std::vector<std::string> gone = {};      ///< modules that it names and that are not there
  std::vector<std::string> newer = {};     ///< modules that were changed after it
  std::optional<Error> trouble = {};
};

/// How a wanted or installed recipe stands with a kernel, if not well.
struct RecipeSeen {
  std::string recipe = {};
  std::string text = {};  ///< what is so
  bool is_trouble = false;
};

/// A kernel of the root, with everything that can be wrong about it.
struct KernelSeen {
  kernel::Kernel kernel = {};
  std::string depmod = {};              ///< the command that writes its index
  std::optional<Error> trouble = {};    ///< why it could not be learned
  std::vector<std::string> notes = {};  ///< doubts about what was learned
  bool knows_symbols = false;
  std::optional<bool> checks_signatures = {};
  abi::SignatureDemand demand = {};
  std::optional<bool> ima_appraises = {};
  ResolvedTree tree = {};
  std::optional<Error> tree_trouble = {};
  std::string headers_hint = {};  ///< how its headers are installed
  IndexSeen index = {};
  std::vector<std::string> shared_with_dkms = {};  ///< modules that dkms installed too
  std::size_t recipes_in_order = 0;
  std::vector<RecipeSeen> recipes = {};
};
std::vector<CheckupPoint> kernel_points(const KernelSeen& seen);

/// Whether nothing boots the kernel and nothing can be built for it: a package or a person forgot its
/// directory.
bool is_left_over(const kernel::Kernel& kernel);

}  // namespace kpkg::workflow
