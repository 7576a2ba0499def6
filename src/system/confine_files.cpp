// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/confine.hpp"
#include "system/fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace kpkg::system {
namespace {

// Landlock's numbers, because headers older than the running kernel lack the later ones.
// Source: linux Documentation/userspace-api/landlock.rst and include/uapi/linux/landlock.h (6.12).
constexpr std::uint64_t execute = 1U << 0;
constexpr std::uint64_t write_to_file = 1U << 1;
constexpr std::uint64_t read_from_file = 1U << 2;
constexpr std::uint64_t read_directory = 1U << 3;
constexpr std::uint64_t all_of_abi_1 = (1U << 13) - 1;
constexpr std::uint64_t refer = 1U << 13;          // ABI 2, Linux 5.19
constexpr std::uint64_t truncate_file = 1U << 14;  // ABI 3, Linux 6.2
constexpr std::uint64_t device_ioctl = 1U << 15;   // ABI 5, Linux 6.10
constexpr std::uint64_t all_of_network = 3;        // ABI 4, Linux 6.7: TCP bind and connect
constexpr std::uint64_t all_of_scopes = 3;         // ABI 6, Linux 6.12: abstract sockets and signals
constexpr unsigned ask_for_version = 1;
constexpr int path_beneath = 1;

struct RulesetAttribute {
  std::uint64_t files = all_of_abi_1;
  std::uint64_t network = 0;
  std::uint64_t scopes = 0;
};

struct [[gnu::packed]] PathAttribute {
  std::uint64_t allowed;
  std::int32_t parent;
};

#ifdef SYS_landlock_create_ruleset
constexpr long create_call = SYS_landlock_create_ruleset;
constexpr long rule_call = SYS_landlock_add_rule;
constexpr long restrict_call = SYS_landlock_restrict_self;
#else
constexpr long create_call = 444;
constexpr long rule_call = 445;
constexpr long restrict_call = 446;
#endif

RulesetAttribute attribute_of(long abi) {
  RulesetAttribute attribute;
  if (abi >= 2) attribute.files |= refer;
  if (abi >= 3) attribute.files |= truncate_file;
  if (abi >= 5) attribute.files |= device_ioctl;
  if (abi >= 4) attribute.network = all_of_network;
  if (abi >= 6) attribute.scopes = all_of_scopes;
  return attribute;
}

/// An older kernel refuses bytes it does not know, even zeros' absence is not assumed: pass what its ABI has.
std::size_t size_of(long abi) {
  return abi < 4 ? sizeof(std::uint64_t) : abi < 6 ? 2 * sizeof(std::uint64_t) : sizeof(RulesetAttribute);
}

Status allow(int ruleset, const std::string& path, std::uint64_t rights) {
  const Fd parent(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!parent.is_open()) return fail(system_error(errno, "cannot open " + path));
  struct stat status {};
  if (::fstat(parent.get(), &status) != 0) return fail(system_error(errno, "cannot examine " + path));
  constexpr std::uint64_t for_files = execute | write_to_file | read_from_file | truncate_file | device_ioctl;
  if (!S_ISDIR(status.st_mode)) rights &= for_files;
  const PathAttribute rule{.allowed = rights, .parent = parent.get()};
  if (::syscall(rule_call, ruleset, path_beneath, &rule, 0U) != 0)
    return fail(system_error(errno, "cannot allow " + path));
  return {};
}

}  // namespace

Status restrict_files(const AllowedPaths& allowed) {
  const long abi = ::syscall(create_call, nullptr, 0, ask_for_version);
  if (abi < 1) return fail(ErrorKind::unsupported, "the kernel has no Landlock");
  const auto attribute = attribute_of(abi);
  const Fd ruleset(static_cast<int>(::syscall(create_call, &attribute, size_of(abi), 0U)));
  if (!ruleset.is_open()) return fail(system_error(errno, "cannot make a Landlock ruleset"));
  for (const auto& path : allowed.readable) {
    auto status = allow(ruleset.get(), path, execute | read_from_file | read_directory);
    if (!status && status.error().kind != ErrorKind::not_found) return status;
  }
  for (const auto& path : allowed.writable) KPKG_TRY(allow(ruleset.get(), path, attribute.files));
  KPKG_TRY(gain_no_privileges());
  if (::syscall(restrict_call, ruleset.get(), 0U) != 0)
    return fail(system_error(errno, "cannot restrict files by Landlock"));
  return {};
}

}  // namespace kpkg::system
