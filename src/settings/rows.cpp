// SPDX-License-Identifier: GPL-2.0-or-later
// The format itself, one row a key. What a key means for a person is told at length in kpkg.toml(5).
#include "settings/rows.hpp"

#include "base/text.hpp"
#include "settings/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kpkg::settings {
namespace {

using recipe::Presence;
using recipe::row;
using recipe::Rule;

std::optional<InstallHeaders> read_install(std::string_view text) {
  if (text == "ask") return InstallHeaders::ask;
  if (text == "always") return InstallHeaders::always;
  if (text == "never") return InstallHeaders::never;
  return std::nullopt;
}

std::optional<std::string> meant_install(std::string_view text) {
  const std::vector<std::string> known = {"ask", "always", "never"};
  return nearest(text, known);
}

/// Braces are in no URL, so that one that is left names no placeholder.
std::optional<std::string> read_template(std::string_view text) {
  const auto filled = replaced(replaced(std::string(text), "{major}", "6"), "{version}", "6.1");
  if (!text.empty() && !recipe::reading::url(filled)) return std::nullopt;
  return std::string(text);
}

/// A release has no blanks and no slashes (it names a directory), nor has a pattern of releases.
std::optional<std::string> read_pattern(std::string_view text) {
  if (text.empty() || text.find_first_of(" /") != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> read_path(std::string_view text) {
  if (!text.empty() && !text.starts_with('/')) return std::nullopt;
  return std::string(text);
}

constexpr Rule<InstallHeaders> install_rule = {"ask, always or never", read_install, meant_install};
constexpr Rule<std::string> template_rule = {
    "a URL with https, http or file and the placeholders {version} and {major}, or nothing", read_template};
constexpr Rule<std::string> pattern_rule = {"a kernel release, or a pattern of it such as 6.6.31-current-*",
                                            read_pattern};

constexpr Rule<std::string> path_rule = {"a path that begins with /, or nothing", read_path};

constexpr auto required = Presence::required;
constexpr auto optional = Presence::optional;

constexpr std::array headers_rows = {
    row<&Headers::install, install_rule>("install", optional, "when header packages are installed"),
};

constexpr std::array mainline_rows = {
    row<&Mainline::url, template_rule>("url", optional, "the tarball of a release"),
    row<&Mainline::digests, template_rule>("digests", optional, "the list of digests beside it"),
    row<&Mainline::keyring, path_rule>("keyring", optional, "keys of who signs that list"),
    row<&Mainline::enabled>("enabled", optional, "whether such tarballs are fetched"),
};

constexpr std::array kernel_source_rows = {
    row<&KernelSource::kernel, pattern_rule>("kernel", required, "the releases that it is the source of"),
    row<&KernelSource::url, recipe::rules::url>("url", optional, "an archive to fetch"),
    row<&KernelSource::sha256, recipe::rules::sha256>("sha256", optional, "the digest of the archive"),
    row<&KernelSource::git, recipe::rules::url>("git", optional, "a git repository to fetch one commit of"),
    row<&KernelSource::commit, recipe::rules::git_id>("commit", optional, "the commit"),
};

constexpr std::array settings_rows = {
    row<&Settings::headers>("headers", optional, "header packages"),
    row<&Settings::mainline>("mainline", optional, "source of kernel.org"),
    row<&Settings::kernel_sources>("kernel-source", optional, "source of other kernels"),
};

/// A way to name source, the key that must be beside it, and what that looks like.
struct Way {
  std::string_view key;
  std::string_view companion;
  std::string_view form;
};

constexpr std::array<Way, 2> ways = {{
    {"url", "sha256", recipe::rules::sha256.expected},
    {"git", "commit", recipe::rules::git_id.expected},
}};

void check_companion(recipe::Report& report, const recipe::Node& table, const Way& way) {
  const auto* companion = recipe::find(table, way.companion);
  const bool is_wanted = recipe::find(table, way.key) != nullptr;
  if (is_wanted && companion == nullptr)
    report.add(
        table.place,
        {fmt::format("\"{}\" is missing beside \"{}\"", way.companion, way.key), std::string(way.form), {}});
  if (!is_wanted && companion != nullptr)
    report.add(companion->place, {fmt::format("\"{}\" without \"{}\"", way.companion, way.key),
                                  fmt::format("it beside {} only", way.key),
                                  {}});
}

}  // namespace

void check(recipe::Report& report, const recipe::Node& table, KernelSource& /*source*/) {
  const auto* url = recipe::find(table, "url");
  const auto* git = recipe::find(table, "git");
  if (url == nullptr && git == nullptr)
    report.add(table.place, {"a source that is nowhere", "url and sha256, or git and commit", {}});
  else if (url != nullptr && git != nullptr)
    report.add(std::max(url->place, git->place),
               {"\"url\" and \"git\" in one source", "url and sha256, or git and commit", {}});
  else
    for (const auto& way : ways) check_companion(report, table, way);
}

std::vector<recipe::TableSchema> schema() {
  return {recipe::described<Settings>(), recipe::described<Headers>(), recipe::described<Mainline>(),
          recipe::described<KernelSource>()};
}

}  // namespace kpkg::settings

namespace kpkg {

template <>
recipe::Rows<settings::Settings> recipe::rows_of<settings::Settings>() {
  return {"", settings::settings_rows, settings::schema};
}

template <>
recipe::Rows<settings::Headers> recipe::rows_of<settings::Headers>() {
  return {"[headers]", settings::headers_rows, settings::schema};
}

template <>
recipe::Rows<settings::Mainline> recipe::rows_of<settings::Mainline>() {
  return {"[mainline]", settings::mainline_rows, settings::schema};
}

template <>
recipe::Rows<settings::KernelSource> recipe::rows_of<settings::KernelSource>() {
  return {"[[kernel-source]]", settings::kernel_source_rows, settings::schema};
}

}  // namespace kpkg
