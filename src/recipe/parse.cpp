// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/parse.hpp"

#include "base/text.hpp"
#include "recipe/reader.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::recipe {
namespace {

constexpr std::int64_t known_format = 1;

/// Whether `document` has a format that this kpkg reads. What a newer one means nobody here can know, so that
/// its other keys are not looked at; a format that is missing or not a number is found with the other
/// mistakes.
bool is_readable(Report& report, const Node& document) {
  const auto* format = find(document, "format");
  if (format == nullptr || format->value.kind != NodeKind::integer) return true;
  const auto written = format->value.integer;
  if (written == known_format) return true;
  if (written > known_format)
    report.add(format->value.place,
               {fmt::format("format {} needs a kpkg newer than {}", written, KPKG_VERSION),
                fmt::format("format {}, the newest that this kpkg reads", known_format),
                {}});
  else
    report.add(format->value.place, {fmt::format("format {} does not exist", written), "1", {}});
  return written < known_format;
}

}  // namespace

std::string Mistake::text() const {
  auto line_text = fmt::format("{}:{}:{}: {}", file, line, column, message);
  if (!suggestion.empty())
    line_text += fmt::format("; did you mean \"{}\"?", suggestion);
  else if (!expected.empty())
    line_text += fmt::format("; expected {}", expected);
  return line_text;
}

ParsedRecipe parse(std::string_view text, std::string_view file_name) {
  Report report(file_name);
  Recipe recipe;
  const auto document = read_document(text, report);
  if (document && is_readable(report, *document)) read_table(report, *document, recipe);
  if (report.has_mistakes()) return {.recipe = std::nullopt, .mistakes = report.take()};
  return {.recipe = std::move(recipe), .mistakes = {}};
}

std::string lint_text(const ParsedRecipe& parsed, std::string_view file_name) {
  std::string text;
  for (const auto& mistake : parsed.mistakes) text += mistake.text() + "\n";
  if (parsed.mistakes.empty()) return fmt::format("{}: no mistakes\n", file_name);
  if (parsed.mistakes.size() > most_mistakes)
    return text + fmt::format("{}: more than {}\n", file_name, counted(most_mistakes, "mistake"));
  return text + fmt::format("{}: {}\n", file_name, counted(parsed.mistakes.size(), "mistake"));
}

}  // namespace kpkg::recipe
