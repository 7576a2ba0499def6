// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "abi/kernel_facts.hpp"
#include "abi/verdict.hpp"

#include <string>

namespace kpkg::abi {

/// What modprobe meets of a module besides its bytes.
struct FilePlace {
  std::string compression = {};  ///< "gz", "xz", "zst" or what else its first bytes say; empty: none
  std::string shadowed_by =
      {};  ///< the file of that name that modprobe finds instead; empty: it finds this one

  bool operator==(const FilePlace&) const = default;
};

/// Adds to the verdict on a file's unpacked bytes what becomes of the file on its way to the kernel.
///
/// Source: kmod libkmod/libkmod-file.c: what no reader of its own knows by its first bytes is given to the
/// kernel as it is; depmod.d(5).
void judge_place(Verdict& verdict, const FilePlace& file, const KernelFacts& kernel);

}  // namespace kpkg::abi
