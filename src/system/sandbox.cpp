// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/sandbox.hpp"

#include "base/path.hpp"
#include "base/text.hpp"
#include "system/file.hpp"
#include "system/sandbox_view.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace kpkg::system {
namespace {

/// Where the helper is seen in a mount namespace.
constexpr std::string_view helper_inside = "/kpkg-confine";

constexpr std::chrono::seconds trial_patience{20};

std::string_view name_of(SandboxMeans means) {
  switch (means) {
    case SandboxMeans::bubblewrap: return "bubblewrap";
    case SandboxMeans::bubblewrap_from_chroot: return "bubblewrap from a chroot";
    case SandboxMeans::landlock: return "Landlock";
  }
  return "unknown";
}

/// The nobody of every Linux system (kernel.overflowuid), where a passwd file does not even name one.
constexpr UserIdentity overflow_user{65534, 65534};

Result<UserIdentity> build_user() {
  if (::geteuid() != 0) return UserIdentity{::geteuid(), ::getegid()};
  for (const std::string name : {"_kpkg-build", "nobody"})
    if (const auto found = KPKG_TRY(find_user(name))) return *found;
  return overflow_user;
}

Result<std::string> find_helper() {
  if (auto helper = find_program("kpkg-confine")) return *std::move(helper);
  return fail(ErrorKind::not_found, "the program kpkg-confine is not installed",
              "install the package kpkg again");
}

void append(std::vector<std::string>& words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// What the helper does last in every sandbox. The environment travels in its arguments: as a real
/// environment it would reach bubblewrap and the helper while they have root's rights, and LD_PRELOAD with
/// it.
std::vector<std::string> final_words(const Command& inside) {
  std::vector<std::string> words = {"--directory", inside.directory};
  for (const auto& variable : inside.environment) append(words, {"--variable", variable});
  append(words, {"--", inside.program});
  append(words, inside.arguments);
  return words;
}

/// `inside` with everything that stays as it is, run by `program` with `arguments` instead.
Command wrapped(const Command& inside, std::string program, std::vector<std::string> arguments) {
  auto outer = inside;
  outer.program = std::move(program);
  outer.arguments = std::move(arguments);
  outer.environment = system_environment();
  outer.directory = "/";
  return outer;
}

std::string said_last(const Outcome& outcome) {
  const auto said = lines(trimmed(outcome.errors));
  return said.empty() ? fmt::format("status {}", outcome.status) : printable(said.back());
}

}  // namespace

std::string_view name_of(SandboxStrength strength) {
  switch (strength) {
    case SandboxStrength::namespaces: return "namespaces";
    case SandboxStrength::landlock: return "landlock";
    case SandboxStrength::user_only: return "user_only";
  }
  return "unknown";
}

Result<Sandbox> Sandbox::choose(Runner& runner, const SandboxOptions& options) {
  Sandbox sandbox(options.helper.empty() ? KPKG_TRY(find_helper()) : options.helper);
  sandbox.user_ = KPKG_TRY(build_user());
  sandbox.is_root_ = ::geteuid() == 0;
  const auto& missing = options.unavailable;
  for (const auto means :
       {SandboxMeans::bubblewrap, SandboxMeans::bubblewrap_from_chroot, SandboxMeans::landlock}) {
    const bool is_missing = std::find(missing.begin(), missing.end(), means) != missing.end();
    const auto status = is_missing ? Status(fail(ErrorKind::unsupported, "it was not to be used"))
                                   : sandbox.try_means(runner, means);
    if (status) return sandbox;
    if (status.error().kind == ErrorKind::interrupted) return fail(status.error());
    sandbox.weaknesses_.push_back(fmt::format("{}: {}", name_of(means), status.error().message));
  }
  KPKG_TRY(sandbox.try_means(runner, std::nullopt).with_hint("run kpkg where root may become another user"));
  return sandbox;
}

Status Sandbox::try_means(Runner& runner, std::optional<SandboxMeans> means) {
  means_ = means;
  strength_ = !means                             ? SandboxStrength::user_only
              : *means == SandboxMeans::landlock ? SandboxStrength::landlock
                                                 : SandboxStrength::namespaces;
  if (strength_ == SandboxStrength::namespaces && !find_program("bwrap"))
    return fail(ErrorKind::unsupported, "the package bubblewrap is not installed");
  if (means == SandboxMeans::bubblewrap_from_chroot && !is_root_)
    return fail(ErrorKind::unsupported, "only root can prepare it");
  const Command trial{.program = "true", .environment = system_environment(), .timeout = trial_patience};
  const auto outcome = KPKG_TRY(runner.run(KPKG_TRY(confine(trial, SandboxView{}))));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  if (!outcome.succeeded()) return fail(ErrorKind::unsupported, said_last(outcome));
  return {};
}

Result<Command> Sandbox::confine(const Command& inside, const SandboxView& view) const {
  if (strength_ != SandboxStrength::namespaces) return as_user(inside, view);
  return in_namespaces(inside, KPKG_TRY(bubblewrap_mounts(view)));
}

Command Sandbox::in_namespaces(const Command& inside, std::vector<std::string> mounts) const {
  std::vector<std::string> words = {"--die-with-parent",    "--new-session", "--unshare-ipc",
                                    "--unshare-pid",        "--unshare-net", "--unshare-uts",
                                    "--unshare-cgroup-try", "--hostname",    "kpkg"};
  // As root no user namespace: its uid 0 would be the real one, which may read /etc/shadow.
  if (is_root_) append(words, {"--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"});
  if (!is_root_) append(words, {"--unshare-user"});
  append(words, {"--ro-bind", helper_, std::string(helper_inside)});
  append(words, mounts);
  append(words, {"--", std::string(helper_inside)});
  if (is_root_) append(words, {"--user", fmt::format("{}:{}", user_.user, user_.group)});
  append(words, final_words(inside));
  std::vector<std::string> start = {"--wait", "all"};
  if (means_ == SandboxMeans::bubblewrap_from_chroot) append(start, {"--from", "chroot"});
  for (const auto& variable : system_environment()) append(start, {"--variable", variable});
  append(start, {"--", "bwrap"});
  append(start, words);
  return wrapped(inside, helper_, std::move(start));
}

Result<Command> Sandbox::as_user(const Command& inside, const SandboxView& view) const {
  std::vector<std::string> words;
  if (is_root_) append(words, {"--user", fmt::format("{}:{}", user_.user, user_.group)});
  const bool has_landlock = strength_ == SandboxStrength::landlock;
  append(words, {"--calls", has_landlock ? "must" : "try", "--group", "stay"});
  if (has_landlock) append(words, {"--files", "landlock", "--write", "/dev/null"});
  for (const auto& path : readable_paths()) append(words, {"--read", path});
  for (const auto& bind : view.binds) {
    if (bind.inside != bind.host)
      return fail(ErrorKind::unsupported,
                  fmt::format("{} cannot appear as {} without mount namespaces", bind.host, bind.inside),
                  "install the package bubblewrap and run kpkg as root");
    append(words, {bind.access == Access::write ? "--write" : "--read", bind.host});
  }
  for (const auto& directory : {view.directory, view.temporary})
    if (!directory.empty()) append(words, {"--write", directory});
  append(words, final_words(inside));
  return wrapped(inside, helper_, std::move(words));
}

std::string Sandbox::inside(const SandboxView& view, const std::string& path) const {
  if (strength_ != SandboxStrength::namespaces) return path;
  auto binds = view.binds;
  if (!view.directory.empty()) binds.push_back({view.directory, view.directory_inside, Access::write});
  if (!view.temporary.empty()) binds.push_back({view.temporary, "/tmp", Access::write});
  // The longest directory is the one that is on top.
  const Bind* best = nullptr;
  for (const auto& bind : binds)
    if (is_inside(path, bind.host) && (best == nullptr || bind.host.size() > best->host.size())) best = &bind;
  return best == nullptr ? path : best->inside + path.substr(best->host.size());
}

}  // namespace kpkg::system
