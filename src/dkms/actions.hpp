// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"
#include "dkms/source_tree.hpp"
#include "dkmsbuild/engine.hpp"

namespace kpkg::dkms {

// One function for each action of `dkms`. Each prints what DKMS prints and yields what it ends with. The
// error of a Result is what DKMS has no words for: a full disk, an interruption.

/// Adds a version: that of `id` or, if that says nothing, what the command line names a path of.
/// `script_environment` is what POST_ADD gets beside the environment of every program.
Result<Addition> add(const Context& context, const dkmstree::VersionId& id, const dkmstree::Target& target,
                     const std::vector<std::string>& script_environment = {});

Result<ExitStatus> run_add(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_build(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_install(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_uninstall(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_unbuild(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_remove(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_autoinstall(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_match(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_kernel_preinst(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_kernel_prerm(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_make_tarball(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_load_tarball(const Context& context, dkmsbuild::Engine& engine);
Result<ExitStatus> run_generate_key(const Context& context, dkmsbuild::Engine& engine);

/// `dkms status`, which changes nothing and needs no engine.
Result<ExitStatus> show_status(const Context& context);

}  // namespace kpkg::dkms
