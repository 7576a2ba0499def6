// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "support/fake_runner.hpp"
#include "tree/world.hpp"
#include "workflow/kernel_source.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::test {

/// A machine whose package manager answers from a script; every other program is the real one.
class PackageScript : public system::Runner {
 public:
  support::FakeRunner packages;

  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& on_line) override;

 private:
  system::SystemRunner programs_;
};

/// An observer that hears nothing.
struct Deaf : workflow::Observer {
  void on(const workflow::Event& /*event*/) override {}
};

/// The kernel 9.9-kpkg of Linux 9.9.9 in a root of the package linux-image-9.9-kpkg 9.9.9-2, whose source is
/// nowhere yet; kernel.org is switched off.
struct SourceWorld {
  SourceWorld();

  /// What stands in kpkg.toml instead.
  void set(const std::string& text) const;

  /// A file of the root.
  void add(const std::string& path, std::string_view bytes) const;

  /// A file of the host, beside the root; its path.
  std::string file(const std::string& name, std::string_view bytes) const;

  /// dpkg has `path` in this package.
  void owned(const std::string& path, const std::string& name, const std::string& version);

  /// apt brings a package of this name and version with these bytes.
  void offered(const std::string& name, const std::string& version, const std::string& bytes);

  /// The command lines of apt-get download.
  std::vector<std::string> downloads() const;

  workflow::Target target() const;

  Result<workflow::KernelSourceSearch> search(const workflow::KernelSourceRequest& request = {});

  /// "configured place: reason" a line, "configured place" for the one that is taken.
  std::string steps(const workflow::KernelSourceRequest& request = {});

  TreeWorld tree;
  PackageScript runner;
  Deaf observer;
  system::Host host{.release = "other", .machine = "x86_64"};
  workflow::Workspace workspace{.host = host, .root = tree.root, .runner = runner, .observer = observer};
};

/// An archive with a source of this version, as tar makes it.
std::string a_source(const std::string& version = "9.9.9");

/// A package with these bytes as usr/src/NAME.
std::string a_source_package(const std::string& name, const std::string& bytes);

/// The lines of [[kernel-source]] for an archive of the host.
std::string a_kernel_source(const std::string& file, std::string_view bytes);

}  // namespace kpkg::test
