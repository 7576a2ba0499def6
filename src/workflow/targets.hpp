// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "crypto/digest.hpp"
#include "distro/distribution.hpp"
#include "kernel/configuration.hpp"
#include "kernel/kernel.hpp"
#include "kernel/learn.hpp"
#include "recipe/resolve.hpp"
#include "store/builds.hpp"
#include "workflow/workspace.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::workflow {

/// A kernel that a command works on, with all that was learned of it.
struct Target {
  kernel::Kernel kernel;
  abi::KernelFacts facts;  ///< without the next one: what is installed is for later boots too
  std::optional<bool> takes_no_modules_now =
      {};  ///< kernel.modules_disabled; nothing: the kernel does not run
  /// Over everything of the kernel and its tree that a build depends on; zeros if the headers were ignored.
  crypto::Digest identity = {};
  std::optional<kernel::Configuration> configuration;
  kernel::Configuration tree_configuration;   ///< what its headers were configured with; names the compiler
  std::string arch;                           ///< the kernel's word
  std::vector<std::string> notes;             ///< doubts about what was learned
  std::optional<bool> image_is_running = {};  ///< nothing: not known, or another kernel runs
  std::string facts_file = {};                ///< what stands in for the kernel; empty: it is one of the root
  std::optional<std::string> configuration_text = {};  ///< of a file of facts: see kernel::FactsFile
  std::optional<std::string> build_salt = {};          ///< of a file of facts
  std::string tree_root = {};          ///< of the host: where the paths of its tree begin; empty: in the root
  store::TreeRecord tree_record = {};  ///< of its tree, once that was looked at
  std::string tree_grade = {};         ///< how its tree was proved; empty: nobody proved it
};

/// The kernel's word for its machine, "arm64"; nothing: the facts do not tell it.
std::optional<std::string> arch_word(const abi::KernelFacts& facts);

/// The kernel's word for what a module of it is built as: that of its machine, but "um" for User-mode Linux.
std::string kbuild_arch(const Target& target);

/// The word of Debian's packages for it, "ppc64el"; nothing: the facts do not tell it, or none are made for
/// it, as for a big-endian powerpc.
std::optional<std::string> package_word(const abi::KernelFacts& facts);

/// The kernels that were named, or the default with the reason for it.
struct Selection {
  std::vector<kernel::Kernel> kernels;
  std::string reason;  ///< why these; empty: they were named

  bool operator==(const Selection&) const = default;
};

/// Errors: not_found: no such kernel, or none at all.
Result<Selection> select_kernels(const Workspace& workspace, const std::vector<std::string>& names);

/// Whether a kernel's headers are read too: a build depends on every byte of them, a verdict on none.
enum class Headers { ignored, read };

/// Learns what a verdict needs to know of a kernel, and with its headers what a build does.
Result<Target> learn_target(const Workspace& workspace, const kernel::Kernel& kernel, Headers headers);

/// What was learned of the target's kernel, for who knows no targets.
kernel::Learned learned_of(const Target& target);

/// Gives the target another tree than its kernel has, or none, and what follows of it.
Status take_tree(const Workspace& workspace, Target& target, std::optional<kernel::KernelTree> tree);

/// Gives the target the table of its kernel's types, if there is one: learn_target() leaves it out.
void learn_types(const Workspace& workspace, Target& target);

/// The kernel that stands in a file of facts on the host. It has no files in the root: no headers, no
/// records.
///
/// Errors: not_found; corrupt; unsupported: a newer kpkg wrote it.
Result<Target> read_target(const std::string& facts_file);

/// Gives the kernel of a file of facts a tree to be built for in: `directory` of the host, a tree in one
/// file, or if empty the headers of the same release that the root has. The caller holds the lock. Of headers
/// that were unpacked below DIRECTORY the one in usr/src is meant, so that they find each other.
///
/// Errors: no_tree: it is none, or of another kernel; unsupported: the facts do not tell the machine.
Status add_tree(const Workspace& workspace, Target& target, const std::string& directory);

/// What a kernel's headers were configured with; nothing is set without headers. Errors: permission, io.
Result<kernel::Configuration> tree_configuration(const system::Root& root, const kernel::Kernel& kernel);

/// Over everything of the target and its tree that a build depends on. Errors: permission, io.
Result<crypto::Digest> build_identity(const system::Root& root, const Target& target);

/// Whether a kernel's BTF goes into its file of facts, which makes it four times as large.
enum class Types { left_out, included };

/// The bytes of a file for read_target().
///
/// Errors: not_found: the kernel has no types, or its image cannot be unpacked; permission, io.
Result<std::string> exported_target(const Workspace& workspace, const Target& target, Types types);

/// Takes the kernel for one that boots with this command line, whatever runs now.
void boot_with(Target& target, std::string_view command_line);

/// Takes the kernel as it runs now, if it does: one that takes no modules any more refuses them all.
void take_as_it_runs(Target& target);

/// What a recipe's conditions are answered with.
recipe::KernelConditions conditions_of(const Target& target, const distro::Distribution& distribution);

/// The Error of a kernel without a usable tree, naming the package that has its headers.
Error no_tree_error(const Workspace& workspace, const kernel::Kernel& kernel);

}  // namespace kpkg::workflow
