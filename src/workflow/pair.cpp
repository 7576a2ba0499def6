// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/pair.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

namespace kpkg::workflow {
namespace {

std::string refusal_text(const PairResult& result) {
  std::string text = "refused";
  for (const auto& module : result.modules) {
    if (abi::is_installable(module.verdict.decision)) continue;
    std::string remedy;
    for (const auto& finding : module.verdict.findings) {
      text += fmt::format("\n  {}: {}", module.artifact.module, abi::sentence(finding));
      if (remedy.empty()) remedy = finding.remedy;
    }
    if (!remedy.empty()) text += "\n  hint: " + remedy;
  }
  return text;
}

std::string error_text(const build::BuildError& error) {
  auto place = error.file;
  if (error.line > 0) place += fmt::format(":{}", error.line);
  if (error.line > 0 && error.column > 0) place += fmt::format(":{}", error.column);
  const auto remedy = error.remedy.empty() ? std::string() : "\n  hint: " + error.remedy;
  return (place.empty() ? "" : place + ": ") + error.text + remedy;
}

std::string state_text(const PairResult& result) {
  switch (result.state) {
    case PairState::ready:
      return result.was_built ? fmt::format("built in {}, would load", duration_text(result.duration))
                              : "already built, would load";
    case PairState::excluded: return "excluded by the recipe: " + join(result.reasons, "; ");
    case PairState::no_tree:
    case PairState::failed: {
      const auto hint = result.error->hint.empty() ? std::string() : "\n  hint: " + result.error->hint;
      return "failed: " + result.error->text() + hint;
    }
    case PairState::build_failed: {
      const auto why = result.first_error ? error_text(*result.first_error)
                                          : std::string("the log has no error that is known");
      return fmt::format("the build failed: {}\n  log: {}", why, result.log);
    }
    case PairState::refused: return refusal_text(result);
  }
  return "";
}

}  // namespace

std::string_view name_of(PairState state) {
  switch (state) {
    case PairState::ready: return "ready";
    case PairState::excluded: return "excluded";
    case PairState::no_tree: return "no_tree";
    case PairState::build_failed: return "build_failed";
    case PairState::refused: return "refused";
    case PairState::failed: return "failed";
  }
  return "failed";
}

std::optional<ErrorKind> failure_of(const PairResult& result) {
  switch (result.state) {
    case PairState::ready: return std::nullopt;
    case PairState::excluded: return ErrorKind::excluded;
    case PairState::no_tree: return ErrorKind::no_tree;
    case PairState::build_failed: return ErrorKind::build_failed;
    case PairState::refused: return ErrorKind::incompatible;
    case PairState::failed: return result.error ? result.error->kind : ErrorKind::io;
  }
  return ErrorKind::io;
}

std::string summary_of(const PairResult& result) {
  const auto version = result.version.empty() ? std::string() : " " + result.version;
  return printable(fmt::format("{}{} for {}: {}", result.recipe, version, result.kernel, state_text(result)));
}

}  // namespace kpkg::workflow
