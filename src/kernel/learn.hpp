// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "base/result.hpp"
#include "kernel/configuration.hpp"
#include "kernel/image_facts.hpp"
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

/// Learns what a kernel demands of modules and offers to them, without its headers: from its image, all of
/// its own modules and its configuration. Module.symvers of its tree is only compared, or believed where the
/// image cannot be read. What nothing tells stays empty; a damaged file is a note and tells nothing.
///
/// Layout and vermagic are those of a sample of modules, spread over kernel/, the same on every run; symbols
/// are those of all. Only modules that say intree=Y count; nothing under updates/ or extra/ is looked at.
///
/// Of its types only the BTF is noted; add_type_table() makes their table.
///
/// The answer is a function of the files under `kernel.module_directory`, of `kernel.image`, the
/// configuration and the tree (and of /proc and /sys if `kernel.is_running`), of nothing else: whoever
/// remembers it needs to stamp only these. Takes 0.3 to 3 s, nearly all of it for unpacking. Errors:
/// permission, io: a file that is there cannot be read.
Result<Learned> learn(const system::Root& root, const Kernel& kernel);

/// What was learned, and what else the image had in it, which is large and rarely asked for: BTF,
/// certificates.
struct LearnedKernel {
  Learned learned;
  ImageFacts image;

  bool operator==(const LearnedKernel&) const = default;
};

/// As learn(), for who wants both: the image is unpacked once.
Result<LearnedKernel> learn_with_image(const system::Root& root, const Kernel& kernel);

}  // namespace kpkg::kernel
