// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/rules.hpp"

#include "base/text.hpp"
#include "recipe/characters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kpkg::recipe {
namespace {

constexpr std::size_t longest_name = 100;

std::optional<std::string> kept_if(std::string_view text, bool (*fits)(std::string_view)) {
  if (!fits(text)) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> hexadecimal(std::string_view text, std::size_t length) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char character) {
    return character >= 'A' && character <= 'F' ? static_cast<char>(character + 32) : character;
  });
  if (lower.size() != length || !consists_of(lower, hex_digits)) return std::nullopt;
  return lower;
}

bool stays_inside(std::string_view path) {
  if (path.empty() || path.front() == '/') return false;
  if (path.back() == '/') path.remove_suffix(1);
  const auto parts = split(path, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](const std::string& part) { return part.empty() || part == ".."; });
}

/// What follows "scheme://" in `url`, if the rest can be in a URL at all; empty otherwise.
/// Source: RFC 3986, 2: characters that a URL may not hold unescaped.
std::string_view after_scheme(std::string_view url, std::string_view scheme) {
  const bool has_only_url_characters = std::all_of(url.begin(), url.end(), [](char character) {
    return character > ' ' && character <= '~' &&
           std::string_view("\"<>\\^`{|}").find(character) == std::string_view::npos;
  });
  if (!has_only_url_characters || !url.starts_with(scheme)) return {};
  return url.substr(scheme.size());
}

bool is_web_url(std::string_view url) {
  const auto is_host = [](std::string_view rest) {
    return !rest.empty() && (is_letter_or_digit(rest.front()) || rest.front() == '[');
  };
  return is_host(after_scheme(url, "https://")) || is_host(after_scheme(url, "http://"));
}

/// The text between "${" and "}", for every pair of them; one that is not closed yields a name that none has.
std::vector<std::string> placeholders_in(std::string_view argument) {
  std::vector<std::string> found;
  for (auto start = argument.find("${"); start != std::string_view::npos; start = argument.find("${")) {
    const auto end = argument.find('}', start);
    if (end == std::string_view::npos) {
      found.emplace_back("{");
      break;
    }
    found.emplace_back(argument.substr(start + 2, end - start - 2));
    argument.remove_prefix(end + 1);
  }
  return found;
}

constexpr std::string_view symvers_prefix = "symvers.";

bool is_placeholder(const std::string& name) {
  constexpr std::array<std::string_view, 5> known = {"tree", "release", "arch", "jobs", "source"};
  if (name.starts_with(symvers_prefix))
    return reading::name(std::string_view(name).substr(symvers_prefix.size())).has_value();
  return std::find(known.begin(), known.end(), name) != known.end();
}

/// The words before and after the first relation: ("debian", ">=12") of "debian>=12".
std::pair<std::string_view, std::string_view> name_and_bounds(std::string_view text) {
  const auto end = std::min(text.find_first_of("<>="), text.size());
  return {trimmed(text.substr(0, end)), trimmed(text.substr(end))};
}

/// A range of versions, where none at all is one that admits everything.
std::optional<VersionRange> bounds(std::string_view text) {
  const auto range = VersionRange::parse(text);
  if (!range) return std::nullopt;
  return *range;
}

}  // namespace

std::vector<std::string> symvers_in(std::string_view argument) {
  std::vector<std::string> names;
  for (const auto& placeholder : placeholders_in(argument)) {
    if (placeholder.starts_with(symvers_prefix)) names.push_back(placeholder.substr(symvers_prefix.size()));
  }
  return names;
}

namespace reading {

std::optional<std::string> name(std::string_view text) {
  return kept_if(text, [](std::string_view name) {
    return consists_of(name, name_characters) && is_letter_or_digit(name.front()) &&
           name.size() <= longest_name;
  });
}

std::optional<std::string> version(std::string_view text) {
  return kept_if(text, [](std::string_view version) {
    const auto has_known_characters = std::all_of(version.begin(), version.end(), [](char character) {
      return is_letter_or_digit(character) ||
             std::string_view("+.:~^_-").find(character) != std::string_view::npos;
    });
    return has_known_characters && !version.empty() && is_letter_or_digit(version.front()) &&
           version.size() <= longest_name;
  });
}

std::optional<std::string> any(std::string_view text) {
  return kept_if(text, [](std::string_view line) { return !trimmed(line).empty(); });
}

/// Source: SPDX 2.3, annex D: identifiers, AND, OR, WITH and parentheses.
std::optional<std::string> license(std::string_view text) {
  return kept_if(text, [](std::string_view license) {
    return !trimmed(license).empty() && std::all_of(license.begin(), license.end(), [](char character) {
      return is_letter_or_digit(character) ||
             std::string_view(" ().+-:").find(character) != std::string_view::npos;
    });
  });
}

std::optional<std::string> url(std::string_view text) {
  return kept_if(text, [](std::string_view url) {
    return is_web_url(url) || after_scheme(url, "file://").starts_with('/');
  });
}

std::optional<std::string> web_url(std::string_view text) {
  return kept_if(text, is_web_url);
}

std::optional<std::string> sha256(std::string_view text) {
  return hexadecimal(text, 64);
}

std::optional<std::string> git_id(std::string_view text) {
  return hexadecimal(text, 40);
}

std::optional<std::string> relative_path(std::string_view text) {
  return kept_if(text, stays_inside);
}

/// Source: linux Makefile: "source directory cannot contain spaces or colons".
std::optional<std::string> build_directory(std::string_view text) {
  return kept_if(text, [](std::string_view path) {
    return stays_inside(path) && path.find_first_of(" \t:") == std::string_view::npos;
  });
}

std::optional<std::string> object_path(std::string_view text) {
  return kept_if(text, [](std::string_view path) {
    return stays_inside(path) && path.ends_with(".ko") && path.size() > 3;
  });
}

std::optional<std::string> device(std::string_view text) {
  return kept_if(text, [](std::string_view path) {
    constexpr std::string_view prefix = "/dev/";
    return path.starts_with(prefix) && stays_inside(path.substr(prefix.size()));
  });
}

/// A dash first would be an option of modprobe.
/// Source: linux include/linux/moduleparam.h, MAX_PARAM_PREFIX_LEN: 64 less the size of a long, with the NUL.
std::optional<std::string> module_name(std::string_view text) {
  return kept_if(text, [](std::string_view name) {
    constexpr std::size_t longest_module_name = 55;
    return name.size() <= longest_module_name && !name.starts_with('-') &&
           consists_of(module_key(name), word_characters);
  });
}

/// Source: modprobe.d(5): a backslash at the end of a line joins the next one to it.
std::optional<std::string> options(std::string_view text) {
  return kept_if(
      text, [](std::string_view line) { return !trimmed(line).empty() && trimmed(line).back() != '\\'; });
}

std::optional<std::string> argument(std::string_view text) {
  const auto placeholders = placeholders_in(text);
  if (!std::all_of(placeholders.begin(), placeholders.end(), is_placeholder)) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> environment_name(std::string_view text) {
  return kept_if(text, is_identifier);
}

std::optional<std::string> kernel_version(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() > 4) return std::nullopt;
  if (!std::all_of(parts.begin(), parts.end(),
                   [](const std::string& part) { return consists_of(part, digits); }))
    return std::nullopt;
  return std::string(text);
}

std::optional<std::string> arch(std::string_view text) {
  return kernel_arch(text);
}

std::optional<VersionRange> range(std::string_view text) {
  if (trimmed(text).empty()) return std::nullopt;
  return bounds(text);
}

std::optional<ConfigCondition> config(std::string_view text) {
  ConfigCondition condition;
  if (text.starts_with('!')) {
    condition.wanted = ConfigCondition::Wanted::off;
    text.remove_prefix(1);
  }
  constexpr std::string_view prefix = "CONFIG_";
  if (!text.starts_with(prefix) || !consists_of(text.substr(prefix.size()), word_characters))
    return std::nullopt;
  condition.symbol = text;
  return condition;
}

std::optional<Probe> probe(std::string_view text) {
  constexpr std::string_view symbol_prefix = "symbol:";
  constexpr std::string_view member_prefix = "member:struct ";
  if (text.starts_with(symbol_prefix) && is_identifier(text.substr(symbol_prefix.size())))
    return Probe{
        .kind = Probe::Kind::symbol, .name = std::string(text.substr(symbol_prefix.size())), .member = {}};
  if (!text.starts_with(member_prefix)) return std::nullopt;
  const auto parts = split(text.substr(member_prefix.size()), '.');
  if (parts.size() != 2 || !is_identifier(parts[0]) || !is_identifier(parts[1])) return std::nullopt;
  return Probe{.kind = Probe::Kind::member, .name = parts[0], .member = parts[1]};
}

/// Source: os-release(5): ID is lower-case letters, digits and ._- only.
std::optional<DistributionCondition> distribution(std::string_view text) {
  const auto [id, rest] = name_and_bounds(text);
  const auto versions = bounds(rest);
  if (!consists_of(id, name_characters) || id.find('+') != std::string_view::npos || !versions)
    return std::nullopt;
  return DistributionCondition{.id = std::string(id), .versions = *versions};
}

std::optional<Dependency> dependency(std::string_view text) {
  const auto [id, rest] = name_and_bounds(text);
  const auto versions = bounds(rest);
  if (!name(id) || !versions) return std::nullopt;
  return Dependency{.name = std::string(id), .versions = *versions};
}

std::optional<OnLoadFailure> on_load_failure(std::string_view text) {
  if (text == "undo") return OnLoadFailure::undo;
  if (text == "keep") return OnLoadFailure::keep;
  return std::nullopt;
}

std::optional<std::string> meant_arch(std::string_view text) {
  const std::vector<std::string> known = {"amd64", "x86_64",  "i386",    "arm64", "armhf",
                                          "arm",   "riscv64", "ppc64el", "s390x"};
  return nearest(text, known);
}

std::optional<std::string> meant_argument(std::string_view text) {
  const std::vector<std::string> known = {"tree", "release", "arch", "jobs", "source"};
  for (const auto& placeholder : placeholders_in(text)) {
    if (is_placeholder(placeholder)) continue;
    const auto found = nearest(placeholder, known);
    if (!found) return std::nullopt;
    return fmt::format("${{{}}}", *found);
  }
  return std::nullopt;
}

std::optional<std::string> meant_on_load_failure(std::string_view text) {
  const std::vector<std::string> known = {"undo", "keep"};
  return nearest(text, known);
}

}  // namespace reading
}  // namespace kpkg::recipe
