// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/doctor_rules.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::workflow {
namespace {

using Subject = CheckupSubject;

constexpr std::uint64_t megabyte = 1'000'000;

/// A program that kpkg runs, or one that stands for it; of several names one is enough.
struct ProgramRow {
  std::array<std::string_view, 3> names;
  std::string_view package;
  Health health;  ///< of its absence
  std::string_view meaning;
};

constexpr std::array<ProgramRow, 13> program_rows = {{
    {{"make"}, "make", Health::problem, "nothing can be built"},
    {{"gcc", "cc", "clang"}, "gcc", Health::problem, "nothing can be built"},
    {{"ld"}, "binutils", Health::problem, "nothing can be built"},
    {{"strip"}, "binutils", Health::problem, "no module can be finished"},
    {{"depmod"}, "kmod", Health::problem, "nothing can be installed"},
    {{"modprobe"}, "kmod", Health::problem, "nothing can be installed"},
    {{"kpkg-confine"}, "kpkg", Health::problem, "no build can be confined, and none runs unconfined"},
    {{"kpkg-kmod"}, "kpkg", Health::problem, "kpkg can load no module"},
    {{"kpkg-fetch"}, "kpkg", Health::problem, "no source can be downloaded"},
    {{"xz"}, "xz-utils", Health::note, "modules of kernels that compress theirs by it cannot be finished"},
    {{"zstd"}, "zstd", Health::note, "modules of kernels that compress theirs by it cannot be finished"},
    {{"patch"}, "patch", Health::note, "recipes with patches cannot be built"},
    {{"pahole"}, "pahole", Health::note, "types cannot be compared: what proves a tree where symbols cannot"},
}};

std::string size_text(std::uint64_t bytes) {
  return bytes < 1000 * megabyte
             ? fmt::format("{} MB", bytes / megabyte)
             : fmt::format("{:.1f} GB", static_cast<double>(bytes) / static_cast<double>(1000 * megabyte));
}

std::string_view told(system::SandboxStrength strength) {
  switch (strength) {
    case system::SandboxStrength::namespaces: return "namespaces of their own";
    case system::SandboxStrength::landlock: return "Landlock";
    case system::SandboxStrength::user_only: break;
  }
  return "another user, and nothing else";
}

}  // namespace

std::string_view name_of(CheckupSubject subject) {
  switch (subject) {
    case Subject::store: return "store";
    case Subject::lock: return "lock";
    case Subject::space: return "space";
    case Subject::programs: return "programs";
    case Subject::sandbox: return "sandbox";
    case Subject::hooks: return "hooks";
    case Subject::dkms: return "dkms";
    case Subject::settings: return "settings";
    case Subject::loading: return "loading";
    case Subject::kernel: return "kernel";
    case Subject::signatures: return "signatures";
    case Subject::tree: return "tree";
    case Subject::index: return "index";
    case Subject::recipes: break;
  }
  return "recipes";
}

std::string_view name_of(Health health) {
  switch (health) {
    case Health::good: return "good";
    case Health::note: return "note";
    case Health::problem: break;
  }
  return "problem";
}

CheckupPoint not_looked_at(CheckupSubject subject, const Error& error) {
  const bool is_forbidden = error.kind == ErrorKind::permission;
  return {.subject = subject,
          .health = is_forbidden ? Health::note : Health::problem,
          .text = (is_forbidden ? "not looked at: " : "") + error.text(),
          .meaning = is_forbidden ? "whether it is in order is not known" : "",
          .remedy = is_forbidden ? "run kpkg doctor as root" : error.hint};
}

CheckupPoint point_of(const StoreSeen& seen) {
  if (seen.trouble) {
    auto point = not_looked_at(Subject::store, *seen.trouble);
    if (point.health == Health::problem)
      point.meaning =
          "nothing can be installed, brought up to date or removed; what is installed still loads";
    return point;
  }
  return {Subject::store, Health::good, seen.is_there ? "it is sound" : "nothing was recorded yet"};
}

CheckupPoint point_of(const LockSeen& seen) {
  if (seen.trouble) return not_looked_at(Subject::lock, *seen.trouble);
  if (seen.is_held)
    return {Subject::lock, Health::note, "another kpkg is at work",
            "what changes something waits for it for a minute, and then gives up",
            "wait; if it does not end, fuser " + seen.file + " names its process"};
  if (seen.unfinished > 0)
    return {Subject::lock, Health::note,
            fmt::format("{} was cut off", counted(seen.unfinished, "earlier change")),
            "the next command that changes something finishes or undoes it", "kpkg rebuild"};
  return {Subject::lock, Health::good, "nobody is at work, and nothing is unfinished"};
}

CheckupPoint point_of(const SpaceSeen& seen) {
  if (seen.trouble) return not_looked_at(Subject::space, *seen.trouble);
  CheckupPoint point{
      Subject::space, Health::good,
      fmt::format("{} free in {}, for {}", size_text(seen.on.free_bytes), seen.place, seen.purpose)};
  if (seen.on.free_bytes < seen.wanted) {
    const bool is_enough = seen.on.free_bytes >= seen.needed;
    point.health = is_enough ? Health::note : Health::problem;
    point.meaning =
        fmt::format("{} are needed, and {} are better", size_text(seen.needed), size_text(seen.wanted));
    point.remedy = "free some space on that file system";
  }
  if (seen.has_programs && !seen.on.runs_programs)
    point = {Subject::space, Health::problem, seen.place + " is mounted noexec",
             "programs of mended trees and of sources do not run there", "mount it without noexec"};
  if (seen.on.is_read_only)
    point = {Subject::space, Health::problem, seen.place + " is on a read-only file system",
             "there is no place for " + seen.purpose, "mount it read-write"};
  return point;
}

std::vector<std::string> programs_looked_for() {
  std::vector<std::string> names;
  for (const auto& row : program_rows)
    for (const auto name : row.names)
      if (!name.empty()) names.emplace_back(name);
  return names;
}

std::vector<CheckupPoint> program_points(const std::set<std::string>& missing) {
  std::vector<CheckupPoint> points;
  for (const auto& row : program_rows) {
    const bool is_there = std::any_of(row.names.begin(), row.names.end(), [&](const auto name) {
      return !name.empty() && !missing.contains(std::string(name));
    });
    if (is_there) continue;
    points.push_back({Subject::programs, row.health, std::string(row.names[0]) + " is not installed",
                      std::string(row.meaning), fmt::format("apt-get install {}", row.package)});
  }
  if (points.empty()) points.push_back({Subject::programs, Health::good, "all that kpkg runs are here"});
  return points;
}

CheckupPoint point_of(const SandboxSeen& seen) {
  if (seen.trouble) {
    auto point = not_looked_at(Subject::sandbox, *seen.trouble);
    point.meaning = "no build can be confined, and none runs unconfined";
    return point;
  }
  CheckupPoint point{Subject::sandbox, Health::good,
                     fmt::format("builds{} are confined by {} ({})", seen.is_root ? "" : " of this user",
                                 told(seen.strength), system::name_of(seen.strength))};
  if (seen.strength == system::SandboxStrength::namespaces) return point;
  point.health = Health::note;
  point.meaning = seen.strength == system::SandboxStrength::landlock
                      ? "builds see all files that everybody may read"
                      : "nothing keeps builds from the network, or from what that user may do";
  point.remedy = "install bubblewrap, and allow it namespaces";
  point.details = seen.weaknesses;
  return point;
}

CheckupPoint point_of(const HooksSeen& seen) {
  std::vector<std::string> lacking;
  for (const auto& hook : seen.hooks)
    if (!hook.is_there || !hook.is_executable)
      lacking.push_back(fmt::format("{} is {}", hook.path, hook.is_there ? "not executable" : "absent"));
  if (!seen.has_program) lacking.emplace_back("/usr/sbin/kpkg, which they call, is absent");
  if (lacking.empty()) return {Subject::hooks, Health::good, "packages of kernels and headers call kpkg"};
  return {Subject::hooks,
          seen.is_needed ? Health::problem : Health::note,
          "packages of kernels and headers do not call kpkg",
          "a kernel that is installed gets no modules by itself",
          "install the package kpkg again, or run kpkg rebuild -k KERNEL for each new kernel",
          lacking};
}

CheckupPoint point_of(const DkmsSeen& seen) {
  if (!seen.is_installed && seen.packages.empty())
    return {Subject::dkms, Health::good, "no dkms is beside kpkg"};
  return {Subject::dkms, Health::note,
          seen.packages.empty() ? std::string("dkms is installed too, and manages nothing")
                                : "dkms manages " + join(seen.packages, ", "),
          "kpkg leaves these modules alone, and refuses to install one of the same name",
          "of each module let only one of the two manage it"};
}

CheckupPoint point_of(const LoadingSeen& seen) {
  if (!seen.takes_modules)
    return {Subject::loading, seen.is_here ? Health::problem : Health::note,
            fmt::format("{}, which runs, takes no modules", seen.release),
            "nothing can be loaded before another kernel is booted", ""};
  if (seen.is_switched_off.value_or(false))
    return {Subject::loading, Health::problem, "kernel.modules_disabled is 1",
            "nothing can be loaded or unloaded until the machine restarts",
            "look in /etc/sysctl.d for who sets it, and restart"};
  if (!seen.is_here)
    return {Subject::loading, Health::note,
            fmt::format("{}, which runs, is not a kernel of this system", seen.release),
            "what is installed here is loaded by another kernel later", ""};
  return {Subject::loading, Health::good, fmt::format("{}, which runs, takes modules", seen.release)};
}

}  // namespace kpkg::workflow
