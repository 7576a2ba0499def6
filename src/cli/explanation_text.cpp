// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/explanation_text.hpp"

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

}  // namespace kpkg::cli
