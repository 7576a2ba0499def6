// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/apt_failure.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace kpkg::distro {
namespace {

enum class Cause { locked, unknown_package, unknown_version, distrust, no_network, no_space, other };

struct Phrase {
  std::string_view text;
  Cause cause;
};

/// Source: apt 2.6, the messages of apt-pkg/acquire*.cc, apt-pkg/cacheset.cc, apt-pkg/contrib/fileutl.cc,
/// apt-pkg/deb/debsystem.cc and methods/; the first that is found counts.
constexpr std::array<Phrase, 18> phrases = {{{"Could not get lock", Cause::locked},
                                             {"is another process using it", Cause::locked},
                                             {"Unable to lock", Cause::locked},
                                             {"Unable to locate package", Cause::unknown_package},
                                             {"has no installation candidate", Cause::unknown_package},
                                             {"Couldn't find any package", Cause::unknown_package},
                                             {"was not found", Cause::unknown_version},
                                             {"Can't find a source to download", Cause::unknown_version},
                                             {"Hash Sum mismatch", Cause::distrust},
                                             {"File has unexpected size", Cause::distrust},
                                             {"unauthenticated", Cause::distrust},
                                             {"cannot be authenticated", Cause::distrust},
                                             {"have enough free space", Cause::no_space},
                                             {"No space left on device", Cause::no_space},
                                             {"Temporary failure resolving", Cause::no_network},
                                             {"Could not resolve", Cause::no_network},
                                             {"Could not connect", Cause::no_network},
                                             {"Failed to fetch", Cause::no_network}}};

Cause cause_of(std::string_view said) {
  const auto* found = std::find_if(phrases.begin(), phrases.end(), [&](const Phrase& phrase) {
    return said.find(phrase.text) != std::string_view::npos;
  });
  return found == phrases.end() ? Cause::other : found->cause;
}

/// apt's first error: the ones after it follow from it.
std::string first_error(const std::string& said) {
  for (const auto& line : lines(said))
    if (line.starts_with("E: ")) return printable(line.substr(3));
  return printable(trimmed(said));
}

std::string output_of(system::Runner& runner, const system::Command& command) {
  const auto outcome = runner.run(command);
  return outcome && outcome->succeeded() ? outcome->output : std::string();
}

std::string hint_for_unknown(system::Runner& runner, const std::string& name) {
  // Source: apt-get(8), indextargets: only the lists that exist are told.
  const auto package_lists = output_of(
      runner, apt_command("apt-get", {"indextargets", "--format", "$(FILENAME)", "Created-By: Packages"}));
  if (trimmed(package_lists).empty()) return "apt has no package lists yet: run apt-get update";
  // Neighbours share their first letters, and apt knows tens of thousands of names.
  const auto names = words(output_of(runner, apt_command("apt-cache", {"pkgnames", name.substr(0, 3)})));
  const auto near = nearest(name, names);
  if (near && *near != name) return fmt::format("did you mean {}? If not, run apt-get update", *near);
  return "run apt-get update, and check the name and apt's sources";
}

}  // namespace

system::Command apt_command(std::string program, std::vector<std::string> arguments) {
  const std::vector<std::string> settings = {"-q",
                                             "-o",
                                             "APT::Get::AllowUnauthenticated=false",
                                             "-o",
                                             "Acquire::AllowInsecureRepositories=false",
                                             "-o",
                                             "Acquire::AllowDowngradeToInsecureRepositories=false"};
  arguments.insert(arguments.begin(), settings.begin(), settings.end());
  return system::Command{.program = std::move(program),
                         .arguments = std::move(arguments),
                         .environment = system::system_environment(),
                         .cost = system::Cost::work};
}

Error apt_failure(system::Runner& runner, const std::string& wanted, const system::Outcome& outcome) {
  const auto name = wanted.substr(0, wanted.find('='));
  const auto said = outcome.errors + outcome.output;
  const auto made = [&](ErrorKind kind, std::string message, std::string hint) {
    return Error{.kind = kind, .message = std::move(message), .context = {}, .hint = std::move(hint)};
  };
  const auto because = [&](std::string_view what) {
    return fmt::format("{} {}: {}", what, wanted, first_error(said));
  };
  switch (cause_of(said)) {
    case Cause::locked:
      return made(ErrorKind::locked, fmt::format("another program holds apt's lock: {}", first_error(said)),
                  "wait until it has finished, then try again");
    case Cause::unknown_package:
      return made(ErrorKind::not_found, fmt::format("apt knows no package {}", name),
                  hint_for_unknown(runner, name));
    case Cause::unknown_version:
      return made(ErrorKind::not_found, because("apt has no archive of"),
                  fmt::format("see which versions there are: apt-cache madison {}", name));
    case Cause::distrust:
      return made(ErrorKind::trust, because("apt does not trust the archive of"),
                  "run apt-get update; if it stays so, use another mirror");
    case Cause::no_space:
      return made(ErrorKind::no_space, because("there is no space for"),
                  "free some space and run the command again");
    case Cause::no_network:
      return made(ErrorKind::network, because("apt cannot fetch"),
                  "check the network connection; after a long time, run apt-get update first");
    case Cause::other: break;
  }
  return made(
      ErrorKind::io,
      fmt::format("apt-get failed with status {} for {}: {}", outcome.status, wanted, first_error(said)),
      "run apt-get download with this name to see all of its words");
}

}  // namespace kpkg::distro
