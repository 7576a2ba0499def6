// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/dpkg.hpp"

#include "base/text.hpp"
#include "distro/dependencies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kpkg::distro {
namespace {

/// What dpkg-query answers, or nothing if it finds nothing or is not there.
/// Source: dpkg-query(1), "EXIT STATUS": 1 is a query that found nothing, 2 a failure.
Result<std::optional<std::string>> ask(system::Runner& runner, const system::Root& root,
                                       std::vector<std::string> arguments) {
  const auto database = KPKG_TRY(root.host_path("/var/lib/dpkg"));
  arguments.insert(arguments.begin(), "--admindir=" + database);
  const system::Command command{.program = "dpkg-query",
                                .arguments = std::move(arguments),
                                .environment = system::system_environment()};
  auto outcome = runner.run(command);
  if (!outcome && outcome.error().kind == ErrorKind::not_found) return std::optional<std::string>{};
  const auto answer = KPKG_TRY(std::move(outcome));
  if (answer.interrupted) return fail(ErrorKind::interrupted, "dpkg-query was interrupted");
  if (answer.succeeded()) return std::optional(answer.output);
  if (answer.status == 1) return std::optional<std::string>{};
  return fail(ErrorKind::io, fmt::format("dpkg-query failed with status {}: {}", answer.status,
                                         printable(trimmed(answer.errors))));
}

/// The path as a pattern that means only itself: dpkg-query -S takes patterns.
std::string literal(std::string_view path) {
  std::string pattern;
  for (const char character : path) {
    if (std::string_view("*?[]\\").find(character) != std::string_view::npos) pattern += '\\';
    pattern += character;
  }
  return pattern;
}

/// The same file's name on the other side of a merged /usr, or the path itself.
std::string other_spelling(std::string_view path) {
  for (const std::string_view directory : {"/lib/", "/bin/", "/sbin/", "/lib32/", "/lib64/"}) {
    if (path.starts_with(directory)) return "/usr" + std::string(path);
    if (path.starts_with("/usr") && path.substr(4).starts_with(directory)) return std::string(path.substr(4));
  }
  return std::string(path);
}

/// Reads "linux-image-6.1, other:amd64: /boot/x", past lines about diversions.
std::optional<std::string> first_owner(std::string_view answer) {
  for (const auto& line : lines(answer)) {
    if (line.starts_with("diversion by ")) continue;
    const auto end = line.find_first_of(":, ");
    if (end != std::string::npos && end > 0) return line.substr(0, end);
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<std::string>> owner_of(system::Runner& runner, const system::Root& root,
                                            std::string_view path) {
  const auto answer = KPKG_TRY(ask(runner, root, {"--search", "--", literal(path)}));
  if (answer) return first_owner(*answer);
  const auto other = other_spelling(path);
  if (other == path) return std::optional<std::string>{};
  const auto second = KPKG_TRY(ask(runner, root, {"--search", "--", literal(other)}));
  return second ? first_owner(*second) : std::nullopt;
}

Result<std::optional<std::string>> package_version(system::Runner& runner, const system::Root& root,
                                                   const std::string& name) {
  if (!is_package_name(name)) return std::optional<std::string>{};
  const auto answer =
      KPKG_TRY(ask(runner, root, {"--show", "--showformat=${db:Status-Status} ${Version}\\n", "--", name}));
  // Several lines: one for each architecture that is installed.
  for (const auto& line : lines(answer.value_or(""))) {
    const auto fields = words(line);
    if (fields.size() == 2 && fields[0] == "installed") return std::optional(fields[1]);
  }
  return std::optional<std::string>{};
}

Result<std::vector<PackageVersion>> dependents_of(system::Runner& runner, const system::Root& root,
                                                  const std::string& name) {
  const auto answer =
      KPKG_TRY(ask(runner, root,
                   {"--show", "--showformat=${db:Status-Status}\\t${Package}\\t${Version}\\t${Depends}\\n"}));
  std::vector<PackageVersion> dependents;
  for (const auto& line : lines(answer.value_or(""))) {
    const auto fields = split(line, '\t');
    if (fields.size() != 4 || fields[0] != "installed") continue;
    // Of alternatives, the one that is not preferred may be the one that is installed.
    const auto needed = parse_dependencies(replaced(fields[3], "|", ","));
    const bool is_one =
        std::any_of(needed.begin(), needed.end(), [&](const Dependency& each) { return each.name == name; });
    if (is_one) dependents.push_back({fields[1], fields[2]});
  }
  return dependents;
}

bool is_package_name(std::string_view name) {
  const auto is_plain = [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
  };
  return name.size() >= 2 && is_plain(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char character) {
           return is_plain(character) || character == '+' || character == '-' || character == '.';
         });
}

bool is_package_version(std::string_view version) {
  constexpr std::string_view allowed = ".+-~:";
  return !version.empty() && std::all_of(version.begin(), version.end(), [&](char character) {
    const bool is_letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    return is_letter || (character >= '0' && character <= '9') ||
           allowed.find(character) != std::string_view::npos;
  });
}

}  // namespace kpkg::distro
