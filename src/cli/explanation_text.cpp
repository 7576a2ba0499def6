// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/explanation_text.hpp"

#include "abi/explain_json.hpp"
#include "abi/verdict_json.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

std::string exported_text(const workflow::ExplainedMessage& message) {
  if (!message.exported) return {};
  const auto& symbol = *message.exported;
  const auto owner = symbol.owner == "vmlinux" ? " itself" : "'s module " + symbol.owner;
  const auto name_space = symbol.name_space.empty() ? std::string() : ", namespace " + symbol.name_space;
  return fmt::format("  {}: exported by kernel {}{}{}{}\n", symbol.name, message.release, owner,
                     symbol.gpl_only ? ", GPL-only" : "", name_space);
}

std::string judged_text(const workflow::ExplainedMessage& message) {
  if (message.file.empty()) return {};
  if (message.findings.empty())
    return fmt::format("  {} on {}: the judge finds no such reason (verdict: {})\n", message.file,
                       message.release, abi::name_of(message.decision));
  auto text = fmt::format("  {} on {}:\n", message.file, message.release);
  for (const auto& finding : message.findings) {
    text += fmt::format("    {}: {}\n", abi::name_of(finding.id), abi::sentence(finding));
    if (!finding.remedy.empty()) text += fmt::format("      remedy: {}\n", finding.remedy);
  }
  return text;
}

}  // namespace

std::string explanation_text(const workflow::ExplainedMessage& message) {
  const auto& explanation = message.explanation;
  std::string text;
  for (const auto& line : explanation.lines) text += line + "\n";
  if (explanation.times > 1) text += fmt::format("  {} times\n", explanation.times);
  text += fmt::format("  cause: {}\n  remedy: {}\n", explanation.cause, explanation.remedy);
  return text + exported_text(message) + judged_text(message);
}

Json explanation_json(const workflow::ExplainedMessage& message) {
  auto row = abi::to_json(message.explanation);
  row["file"] = message.file;
  row["release"] = message.release;
  row["exported_by"] = message.exported ? Json(message.exported->owner) : Json();
  row["gpl_only"] = message.exported ? Json(message.exported->gpl_only) : Json();
  row["judged"] = Json::array();
  for (const auto& finding : message.findings) row["judged"].push_back(abi::to_json(finding));
  return row;
}

}  // namespace kpkg::cli
