// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/dependencies.hpp"

#include "base/text.hpp"
#include "distro/dpkg.hpp"
#include "system/host.hpp"

#include <algorithm>
#include <utility>

namespace kpkg::distro {
namespace {

/// Reads "linux-kbuild-6.1:any (>= 6.1.192-2)".
Dependency parse_one(std::string_view text) {
  const auto one = trimmed(text);
  Dependency dependency{.name = std::string(one.substr(0, one.find_first_of(" \t\n:(")))};
  const auto open = one.find('(');
  const auto close = one.find(')', std::min(open, one.size()));
  if (close == std::string_view::npos) return dependency;
  const auto bound = trimmed(one.substr(open + 1, close - open - 1));
  const auto end = std::min(bound.find_first_not_of("<=>"), bound.size());
  dependency.relation = std::string(bound.substr(0, end));
  dependency.version = std::string(trimmed(bound.substr(end)));
  return dependency;
}

}  // namespace

std::vector<Dependency> parse_dependencies(std::string_view text) {
  std::vector<Dependency> dependencies;
  for (const auto& clause : split(text, ',')) {
    auto dependency = parse_one(std::string_view(clause).substr(0, clause.find('|')));
    if (is_package_name(dependency.name)) dependencies.push_back(std::move(dependency));
  }
  return dependencies;
}

Result<std::vector<Dependency>> dependencies_of(system::Runner& runner, const std::string& file) {
  const system::Command command{.program = "dpkg-deb",
                                .arguments = {"--field", file, "Depends"},
                                .environment = system::system_environment()};
  const auto outcome = KPKG_TRY(system::run_successfully(runner, command).within("reading " + file));
  return parse_dependencies(outcome.output);
}

}  // namespace kpkg::distro
