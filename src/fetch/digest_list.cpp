// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/digest_list.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace kpkg::fetch {
namespace {

constexpr std::size_t digits = 64;
constexpr std::size_t name_begins = digits + 2;

}  // namespace

Result<std::optional<crypto::Digest>> digest_in_list(std::string_view list, std::string_view name) {
  std::optional<crypto::Digest> found;
  for (const auto& line : lines(list)) {
    if (line.size() <= name_begins || line[digits] != ' ') continue;
    if (trimmed(std::string_view(line).substr(name_begins)) != name) continue;
    const auto digest = crypto::Digest::parse(std::string_view(line).substr(0, digits));
    if (!digest) continue;
    if (found && *found != *digest)
      return fail(ErrorKind::corrupt, fmt::format("the list has two digests for {}", name));
    found = *digest;
  }
  return found;
}

Result<std::string> signed_text(system::Runner& runner, const std::string& list, const std::string& keyring) {
  const system::Command command{.program = "gpgv",
                                .arguments = {"--keyring", keyring, "--output", "-", "--", list},
                                .environment = system::system_environment()};
  const auto outcome = KPKG_TRY(runner.run(command));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "gpgv was interrupted");
  if (outcome.succeeded()) return outcome.output;
  const auto said = lines(trimmed(outcome.errors));
  return fail(ErrorKind::trust,
              fmt::format("no key of {} has signed the list of digests: {}", keyring,
                          said.empty() ? "gpgv says nothing" : printable(said.back())),
              "bring the key of who signs the list into that keyring, or another list");
}

}  // namespace kpkg::fetch
