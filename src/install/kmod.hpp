// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "system/process.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::install {

// Private to install/: libkmod, asked through the program kpkg-kmod.
//
// It is a program of its own because a module whose init crashes takes the process along that loads it, and
// one whose init never ends keeps it for ever.

/// How the lines begin that kpkg-kmod prints, each as soon as it is true. What is missing at the end was not
/// lived to see.
namespace kmod_line {
inline constexpr std::string_view step = "step ";      ///< "insmod PATH OPTIONS" or "install COMMAND"
inline constexpr std::string_view word = "word ";      ///< of libkmod, or of a command of modprobe.d
inline constexpr std::string_view failed = "failed ";  ///< "ENOEXEC Exec format error"
inline constexpr std::string_view done = "done";
}  // namespace kmod_line

/// What libkmod did, and what the kernel answered to its last step.
struct KmodAnswer {
  bool is_done = false;
  std::string errno_name;          ///< "ENOEXEC"; empty: all went well, or no kernel was asked
  std::string detail;              ///< one clause, if it is not done
  std::vector<std::string> steps;  ///< dependencies first: "insmod /lib/modules/6.1/x.ko debug=1"

  /// The one that failed, if it is not done; empty: there was none.
  std::string last_step() const { return steps.empty() ? std::string() : steps.back(); }

  bool operator==(const KmodAnswer&) const = default;
};

/// Loads a module as modprobe does by its name: dependencies, soft ones, options and commands of modprobe.d.
///
/// Errors: not_found: the program is not there; interrupted.
Result<KmodAnswer> insert_module(const std::string& name, system::Runner& runner);

/// Unloads that module alone, never by force, as rmmod does.
Result<KmodAnswer> remove_module(const std::string& name, system::Runner& runner);

/// The file that a step inserts, and the name of its module; empty: the step is another one.
std::string file_of_step(std::string_view step);
std::string module_of_step(std::string_view step);

}  // namespace kpkg::install
