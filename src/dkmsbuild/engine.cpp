// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/engine.hpp"

#include "dkmsbuild/core.hpp"

#include <utility>

namespace kpkg::dkmsbuild {

Engine::Engine(const Site& site, ConfReader& reader, const Choices& choices, Adder adder)
    : core_(std::make_unique<Core>(site, reader, choices, std::move(adder))) {}

Engine::~Engine() = default;

Result<ExitStatus> Engine::prepare(const Task& task) {
  return core_->prepare(task);
}

Status Engine::expect(std::span<const Task> tasks) {
  return core_->expect(tasks);
}

Result<ExitStatus> Engine::build(const Task& task) {
  return core_->in_subshell([&] { return core_->build_or_skip(task); });
}

Result<ExitStatus> Engine::install(const Task& task) {
  return core_->in_subshell([&] { return core_->install_or_skip(task); });
}

Result<ExitStatus> Engine::uninstall(const Task& task) {
  return core_->uninstall_or_skip(task);
}

Result<ExitStatus> Engine::unbuild(const Task& task) {
  return core_->unbuild_or_skip(task);
}

Result<std::vector<ExitStatus>> Engine::install_together(std::span<const Task> tasks,
                                                         const TaskObserver& observer) {
  return core_->install_together(tasks, observer);
}

}  // namespace kpkg::dkmsbuild
