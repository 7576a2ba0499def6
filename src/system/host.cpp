// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/host.hpp"

#include "system/file.hpp"

#include <pwd.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <vector>

namespace kpkg::system {
namespace {

/// What libcurl and git look for; of HTTP_PROXY they know better than to believe it, but that is theirs to
/// say. Source: libcurl-env(3).
constexpr std::array<const char*, 8> proxy_variables = {"http_proxy",  "HTTP_PROXY", "https_proxy",
                                                        "HTTPS_PROXY", "all_proxy",  "ALL_PROXY",
                                                        "no_proxy",    "NO_PROXY"};

std::vector<std::string> proxies_of_environment() {
  std::vector<std::string> proxies;
  for (const std::string name : proxy_variables)
    if (const auto value = environment_variable(name)) proxies.push_back(name + "=" + *value);
  return proxies;
}

unsigned usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

}  // namespace

Result<Host> observe_host() {
  utsname names{};
  if (::uname(&names) != 0) return fail(system_error(errno, "cannot ask for the running kernel"));
  std::error_code code;
  const bool has_terminal = ::isatty(STDERR_FILENO) == 1;
  const auto no_color = environment_variable("NO_COLOR");
  return Host{.release = names.release,
              .machine = names.machine,
              .processors = usable_processors(),
              .user = ::geteuid(),
              .home = environment_variable("HOME").value_or("/"),
              .working_directory = std::filesystem::current_path(code).string(),
              .proxies = proxies_of_environment(),
              .has_terminal = has_terminal,
              .can_ask = has_terminal && ::isatty(STDIN_FILENO) == 1,
              .wants_color = has_terminal && (!no_color || no_color->empty()),
              .takes_modules = KPKG_TRY(status_of("/proc/modules")).has_value()};
}

std::chrono::microseconds own_cpu_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec);
  return seconds + std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

std::optional<std::string> environment_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::vector<std::string> whole_environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  return variables;
}

void make_readable_files() {
  ::umask(022);
}

int parent_process() {
  return ::getppid();
}

Result<std::optional<UserIdentity>> find_user(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  const int cause = ::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (cause != 0 && cause != ENOENT) return fail(system_error(cause, "cannot look up the user " + name));
  if (found == nullptr) return std::optional<UserIdentity>{};
  return std::optional(UserIdentity{entry.pw_uid, entry.pw_gid});
}

Result<std::string> own_program() {
  return read_link("/proc/self/exe");
}

}  // namespace kpkg::system
