// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "kernel/kernel.hpp"
#include "system/root.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kpkg::kernel {

/// What was learned of a kernel, and what a person should know about how.
struct Learned {
  abi::KernelFacts facts;
  std::optional<Configuration> configuration;  ///< what is believed; nothing: no source has one
  std::optional<bool> image_is_running;        ///< nothing: not known, or another kernel runs
  std::vector<std::string> notes;  ///< doubts, one clause each: its own modules disagree, a file is missing

  bool operator==(const Learned&) const = default;
};

/// Learns what a kernel demands of modules: from a sample of its own modules, its configuration file, the
/// Module.symvers of its tree and the banner in its image. What none of them tells stays empty; a damaged
/// file is a note and tells nothing.
///
/// The sample is spread over kernel/, the same on every run, and takes only modules that say intree=Y;
/// nothing under updates/ or extra/ is looked at.
/// Errors: permission, io: a file that is there cannot be read.
Result<Learned> learn(const system::Root& root, const Kernel& kernel);

}  // namespace kpkg::kernel
