// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/upstream_version.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_makefile = 1U << 20;  // that of 6.12 has 70 kB
constexpr std::size_t most_first_lines = 10;          // the line is the third one

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

bool begins_with_digit(std::string_view text) {
  return !text.empty() && is_digit(text.front());
}

/// "6.1.192" of "6.1.192-2", "6.1.192+2" and "1:6.1.192-2"; epoch and revision are the packager's.
std::string_view without_revision(std::string_view version) {
  version.remove_prefix(version.find(':') + 1);
  const auto end = std::find_if_not(version.begin(), version.end(),
                                    [](char character) { return is_digit(character) || character == '.'; });
  return version.substr(0, static_cast<std::size_t>(end - version.begin()));
}

/// The value of "NAME = value" at the start of a line; nothing: there is no such line.
std::optional<std::string> assigned(const std::vector<std::string>& all, std::string_view name) {
  for (const auto& line : all) {
    if (!line.starts_with(name)) continue;
    const auto rest = trimmed(std::string_view(line).substr(name.size()));
    if (rest.starts_with('=')) return std::string(trimmed(rest.substr(1)));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> version_in_configuration(std::string_view text) {
  constexpr std::string_view start = "# Linux/";
  constexpr std::string_view end = " Kernel Configuration";
  for (std::size_t count = 0; count < most_first_lines && !text.empty(); ++count) {
    const auto line = trimmed(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (!line.starts_with(start) || !line.ends_with(end)) continue;
    const auto both = words(line.substr(start.size(), line.size() - start.size() - end.size()));
    if (both.size() == 2 && begins_with_digit(both[1])) return both[1];
  }
  return std::nullopt;
}

std::optional<std::string> package_version_in_banner(std::string_view banner) {
  // Before the number of the build stands the compiler, whose version Debian marks in the same way.
  const auto number = banner.find(" #");
  if (number == std::string_view::npos) return std::nullopt;
  const auto all = words(banner.substr(number));
  const auto debian = std::find(all.begin(), all.end(), "Debian");
  if (debian == all.end() || debian + 1 == all.end() || !begins_with_digit(*(debian + 1)))
    return std::nullopt;
  return *(debian + 1);
}

std::optional<std::string> version_in_banner(std::string_view banner) {
  const auto version = package_version_in_banner(banner);
  return version ? std::optional(std::string(without_revision(*version))) : std::nullopt;
}

Result<UpstreamVersion> upstream_version(std::string_view configuration, const std::string& origin,
                                         std::string_view banner) {
  if (const auto version = version_in_configuration(configuration)) return UpstreamVersion{*version, origin};
  if (const auto version = version_in_banner(banner)) return UpstreamVersion{*version, "the kernel's banner"};
  return fail(ErrorKind::not_found,
              fmt::format("nothing tells which upstream version the kernel was built of: not the first lines "
                          "of {}, nor its banner",
                          origin),
              "use the configuration as the kernel's build left it, with its first lines");
}

std::optional<std::string> version_in_makefile(std::string_view makefile) {
  const auto all = lines(makefile);
  std::array<std::string, 3> numbers;
  constexpr std::array<std::string_view, 3> names = {"VERSION", "PATCHLEVEL", "SUBLEVEL"};
  for (std::size_t index = 0; index < names.size(); ++index) {
    const auto value = assigned(all, names[index]);
    const bool is_number = value && !value->empty() && std::all_of(value->begin(), value->end(), is_digit);
    if (!is_number) return std::nullopt;
    numbers[index] = *value;
  }
  return join(numbers, ".") + assigned(all, "EXTRAVERSION").value_or("");
}

Result<std::string> source_version(const std::string& directory) {
  const auto path = directory + "/Makefile";
  const auto status = KPKG_TRY(system::status_of(path));
  const auto version =
      status ? version_in_makefile(KPKG_TRY(system::read_file(path, largest_makefile))) : std::nullopt;
  if (version) return *version;
  return fail(ErrorKind::invalid,
              fmt::format("{} is no kernel source: {}", directory,
                          status ? "its Makefile names no version" : "it has no Makefile"),
              "name the directory that holds the kernel's top Makefile");
}

std::string without_suffix(std::string_view version) {
  return std::string(without_revision(version));
}

Status check_source_version(const UpstreamVersion& wanted, const std::string& source_version,
                            const std::string& source, Nearness nearness) {
  if (source_version == wanted.version) return {};
  // What comes before a release is no release with something of a vendor's behind it.
  const bool is_release = (wanted.version + source_version).find("-rc") == std::string::npos;
  const bool has_same_numbers = without_revision(source_version) == without_revision(wanted.version);
  if (nearness == Nearness::same_numbers && is_release && has_same_numbers) return {};
  return fail(
      ErrorKind::incompatible,
      fmt::format("the kernel was built of Linux {} ({} says so), but {} is Linux {}", wanted.version,
                  wanted.origin, source, source_version),
      fmt::format("use the source of exactly {}: structs change between point releases", wanted.version));
}

}  // namespace kpkg::tree
