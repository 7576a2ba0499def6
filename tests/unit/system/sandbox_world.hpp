// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/sandbox.hpp"
#include "system/temp_dir.hpp"

#include <string>
#include <vector>

namespace kpkg::test {

/// Everything that a sandbox may be made of.
std::vector<system::SandboxMeans> all_means();

/// The strongest sandbox without these means; it is a failure if there is none.
system::Sandbox a_sandbox(std::vector<system::SandboxMeans> unavailable = {});

/// One without namespaces.
system::Sandbox a_landlock_sandbox();

// What this machine cannot do, for doctest::skip; the first asking says so on stderr.
bool no_namespaces();
bool no_landlock();
bool no_root();

/// A directory that a build in a sandbox may write.
struct Workshop {
  system::TempDir directory;
  system::SandboxView view;
};

Workshop a_workshop(const system::Sandbox& sandbox, const std::string& name = "work");

system::Command a_shell(std::string script);

system::Outcome run(const system::Sandbox& sandbox, const system::SandboxView& view,
                    const system::Command& command);

/// What a script prints in the sandbox.
std::string said(const system::Sandbox& sandbox, const system::SandboxView& view, std::string script);

}  // namespace kpkg::test
