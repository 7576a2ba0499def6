// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings/read.hpp"

#include "base/text.hpp"
#include "recipe/document.hpp"
#include "recipe/reader.hpp"
#include "recipe/report.hpp"
#include "settings/rows.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace kpkg::settings {
namespace {

constexpr std::string_view main_file = "/etc/kpkg/kpkg.toml";
constexpr std::string_view further_files = "/etc/kpkg/conf.d";
constexpr std::string_view extension = ".toml";

/// The files that a root may have, in the order in which they are read.
Result<std::vector<std::string>> files_of(const system::Root& root) {
  std::vector<std::string> files = {std::string(main_file)};
  const auto entries = KPKG_TRY(root.list(further_files));
  if (!entries) return files;
  for (const auto& entry : *entries) {
    if (entry.name.ends_with(extension)) files.push_back(fmt::format("{}/{}", further_files, entry.name));
  }
  return files;
}

Status refused(const std::vector<recipe::Mistake>& mistakes) {
  if (mistakes.empty()) return {};
  const auto more = mistakes.size() - 1;
  const auto rest = more == 0 ? std::string() : fmt::format(" (and {})", counted(more, "further mistake"));
  return fail(ErrorKind::invalid, mistakes.front().text() + rest, "correct the file; see kpkg.toml(5)");
}

}  // namespace

Result<Settings> read(const system::Root& root) {
  Settings settings;
  for (const auto& file : KPKG_TRY(files_of(root))) {
    const auto text =
        KPKG_TRY(root.read_if_present(file, recipe::largest_recipe + 1).within("reading the settings"));
    if (text) KPKG_TRY(refused(parse_into(settings, *text, file)));
  }
  return settings;
}

std::vector<recipe::Mistake> parse_into(Settings& settings, std::string_view text,
                                        std::string_view file_name) {
  recipe::Report report(file_name);
  const auto document = recipe::read_document(text, report);
  if (document) recipe::read_table(report, *document, settings);
  return report.has_mistakes() ? report.take() : std::vector<recipe::Mistake>{};
}

}  // namespace kpkg::settings
