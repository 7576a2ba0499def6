// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/build.hpp"
#include "dkmsbuild/engine.hpp"
#include "dkmsbuild/side_by_side.hpp"
#include "dkmsbuild/signing.hpp"
#include "dkmstree/tree.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace kpkg::dkmsbuild {

// Private to dkmsbuild/: what an Engine does.

/// What was found out about a kernel before the first build for it.
struct Prepared {
  dkmstree::Target target;
  std::optional<Signing> signing;
};

/// A build that began before its turn, and what the shell that begins it has found out.
struct Ahead {
  std::unique_ptr<Aside> aside;
  std::string mark;
  std::optional<Prepared> prepared;
};

/// The functions of an Engine, in DKMS's subshells or not.
class Core {
 public:
  Core(const Site& site, ConfReader& reader, const Choices& choices, Adder adder)
      : site_(site),
        reader_(reader),
        choices_(choices),
        adder_(std::move(adder)),
        places_(places_of(site.framework)) {}

  Result<ExitStatus> prepare(const Site& site, const Task& task);
  Result<ExitStatus> prepare(const Task& task) { return prepare(site_, task); }
  Status expect(std::span<const Task> tasks);
  Result<ExitStatus> build_or_skip(const Task& task);
  Result<ExitStatus> install_or_skip(const Task& task);
  Result<ExitStatus> uninstall_or_skip(const Task& task);
  Result<ExitStatus> unbuild_or_skip(const Task& task);
  Result<std::vector<ExitStatus>> install_together(std::span<const Task> tasks, const TaskObserver& observer);

  /// What `work` does in DKMS's own subshell: what it read and found out is forgotten at its end.
  template <typename Work>
  Result<ExitStatus> in_subshell(const Work& work) {
    const auto mark = reader_.mark();
    const auto prepared = prepared_;
    auto status = work();
    reader_.put_back(mark);
    prepared_ = prepared;
    return status;
  }

 private:
  Result<dkmstree::Module> module_of(const Task& task) const {
    return dkmstree::read_module(site_.workspace.root, places_, task.id.module);
  }
  Result<bool> is_built(const Task& task) const;
  Result<bool> is_installed(const Task& task) const;
  Result<ExitStatus> build(const Task& task);
  Result<ExitStatus> begin(const Site& site, const Task& task, Build& build);
  static Result<ExitStatus> give_up(Build& build, const Error& error);
  Result<ExitStatus> finish(const Task& task, Build& build, std::int64_t started);
  Result<ExitStatus> install(const Task& task);
  Result<ExitStatus> install_built(const Task& task);
  Result<std::vector<ExitStatus>> install_each(std::span<const Task> tasks, const TaskObserver& observer);
  Result<bool> can_be_expected(const Task& task) const;
  void begin_ahead(const Task& task);
  Result<ExitStatus> build_expected(const Task& task);
  Result<ExitStatus> tolerated(Result<ExitStatus> status) const;
  Status index_together(std::span<const Task> tasks, std::vector<ExitStatus>& statuses);
  Result<ExitStatus> rebuild_dependents(const dkmstree::Target& target);
  Result<std::vector<Task>> outdated(const dkmstree::Target& target);
  Result<ExitStatus> rebuild(const Task& task);
  Status drop_build(const Task& task);
  bool is_forced() const { return choices_.force == Force::yes; }

  const Site& site_;
  ConfReader& reader_;
  Choices choices_;
  Adder adder_;
  dkmstree::Places places_;
  std::optional<Prepared> prepared_;
  std::map<dkmstree::BuildId, Ahead> ahead_;
  std::unique_ptr<SideBySide> side_by_side_;  // after what its threads work on
};

}  // namespace kpkg::dkmsbuild
