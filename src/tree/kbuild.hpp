// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"
#include "tree/means.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kpkg::tree {

/// A kernel's source and the directory that is made of it (O=). All paths are of the host.
struct KbuildPlace {
  std::string source;                  ///< only read
  std::string objects;                 ///< is there; what make writes goes here and nowhere else
  std::string temporary;               ///< is there; for TMPDIR
  std::string log;                     ///< receives what make prints
  std::vector<std::string> variables;  ///< for every make: "ARCH=x86", "CC=gcc-12"
  std::chrono::minutes timeout{30};    ///< for all makes together

  bool operator==(const KbuildPlace&) const = default;
};

/// What it took to run programs.
struct Effort {
  std::chrono::milliseconds duration{0};
  std::chrono::microseconds cpu{0};  ///< user + system

  bool operator==(const Effort&) const = default;
};

/// Runs make in a kernel's source, confined: without network, as another user where kpkg is root, and with
/// one writable directory. Owns the log and the time that is left.
class Kbuild {
 public:
  /// Gives `place.objects` and `place.temporary` to the user that builds run as.
  ///
  /// Errors: unsupported: make cannot work in directories of these names; io.
  static Result<Kbuild> begin(KbuildPlace place, const Means& means);

  /// Runs `make WORDS` on all processors; how it ended is an answer, unless it failed for a full disk.
  ///
  /// Errors: no_space: it failed, and next to nothing is free; interrupted; build_failed: there is no time
  /// left; io.
  Result<system::Outcome> try_make(std::vector<std::string> words);

  /// The same, where anything but success is an error that has the first error of the log.
  ///
  /// Errors: build_failed; no_space: the disk is full; interrupted; io.
  Status make(std::vector<std::string> words);

  /// Runs another program in `objects`, confined as make is; its output is captured. `program` is a name, or
  /// "./" and a path below `objects`.
  ///
  /// Errors: not_found: no such program; interrupted; build_failed: there is no time left; io.
  Result<system::Outcome> run(const std::string& program, std::vector<std::string> arguments,
                              std::string input = {});

  const KbuildPlace& place() const { return place_; }
  Effort effort() const { return effort_; }

 private:
  Kbuild(KbuildPlace place, const Means& means) : place_(std::move(place)), means_(means) {}

  Status check_names() const;
  Result<system::Outcome> run_confined(system::Command command);
  std::optional<Error> full_disk() const;
  Error failure(std::uint64_t log_size_before) const;

  KbuildPlace place_;
  Means means_;
  system::SandboxView view_;
  system::Fd log_;
  Effort effort_;
};

}  // namespace kpkg::tree
