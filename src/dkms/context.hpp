// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/arguments.hpp"
#include "dkmsbuild/conf_reader.hpp"
#include "dkmsbuild/site.hpp"
#include "dkmstree/tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::dkms {

using dkmsbuild::ExitStatus;

/// What the actions of one call of `dkms` have in common. Everything is borrowed from run().
struct Context {
  const Arguments& arguments;
  const dkmsbuild::Site& site;
  dkmsbuild::ConfReader& reader;
  dkmstree::Places places;
  std::vector<dkmstree::Target> targets = {};  ///< the kernels that the call is about, with --all those built

  const system::Root& root() const { return site.workspace.root; }
  dkmsbuild::Printer& printer() const { return site.printer; }

  /// The version that the command line names; parts of it may be empty.
  dkmstree::VersionId id() const { return {arguments.module, arguments.version}; }

  /// The first kernel: where an action is about one, it is this.
  dkmstree::Target target() const { return targets.empty() ? dkmstree::Target{} : targets.front(); }
};

/// A version for a kernel as the command line wants it treated.
dkmsbuild::Task task_for(const Context& context, const dkmstree::VersionId& id,
                         const dkmstree::Target& target);

/// The same, of which the tree's own dkms.conf is read, whatever -c says.
dkmsbuild::Task task_in_tree(const Context& context, const dkmstree::BuildId& id);

/// The directory of a module as it is now. A name that none can have has nothing.
Result<dkmstree::Module> module_now(const Context& context, const std::string& name);

/// Prints the refusal, and yields its status.
ExitStatus refuse(const Context& context, const dkmsconf::Refusal& refusal);

/// Whether a module of that version is built for the kernel, as far as DKMS looks.
bool is_built(const dkmstree::Module& module, const std::string& version, const dkmstree::Target& target);

}  // namespace kpkg::dkms
