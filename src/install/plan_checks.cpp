// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/plan_checks.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kpkg::install {
namespace {

using Id = PlanFinding::Id;

bool is_plain_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::none_of(name.begin(), name.end(), [](char character) {
    return character == '/' || static_cast<unsigned char>(character) <= ' ' || character == '\x7f';
  });
}

bool is_module_file_name(std::string_view name) {
  const auto ends = {".ko", ".ko.gz", ".ko.xz", ".ko.zst"};
  return is_plain_name(name) && std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) {
           return name.size() > end.size() && name.ends_with(end);
         });
}

/// A configuration file is one file of one of these directories.
bool is_configuration_path(std::string_view path) {
  const auto parents = {"/etc/modules-load.d/", "/etc/modprobe.d/", "/etc/udev/rules.d/"};
  return std::any_of(std::begin(parents), std::end(parents), [&](std::string_view parent) {
    return path.starts_with(parent) && is_plain_name(path.substr(parent.size()));
  });
}

/// Text that stays within its line of modprobe.d: a line end begins another directive, a backslash joins
/// lines.
bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char character) {
    return (static_cast<unsigned char>(character) < ' ' && character != '\t') || character == '\\';
  });
}

PlanFinding unsafe(std::string text) {
  return {Id::unsafe_name, true, std::move(text), "correct the recipe"};
}

void check_names(const WantedModule& module, std::vector<PlanFinding>& findings) {
  if (!is_plain_name(module.name))
    findings.push_back(unsafe(fmt::format("\"{}\" is no module name", module.name)));
  if (!is_module_file_name(module.file_name))
    findings.push_back(unsafe(fmt::format("\"{}\" is no name of a module file", module.file_name)));
  if (!is_one_line(module.options))
    findings.push_back(unsafe(fmt::format("the options of {} are not one plain line", module.name)));
  for (const auto* names : {&module.softdep_pre, &module.softdep_post, &module.blacklist})
    for (const auto& name : *names)
      if (!is_plain_name(name)) findings.push_back(unsafe(fmt::format("\"{}\" is no module name", name)));
}

void check_verdict(const WantedModule& module, std::vector<PlanFinding>& findings) {
  if (abi::is_installable(module.decision)) return;
  const auto decision = abi::name_of(module.decision);
  if (module.overridden_by.empty())
    findings.push_back({Id::not_installable, true,
                        fmt::format("the verdict on {} is \"{}\"", module.name, decision),
                        "see the reasons with `kpkg why`"});
  else
    findings.push_back({Id::overridden, false,
                        fmt::format("the verdict on {} is \"{}\", overridden by {}", module.name, decision,
                                    module.overridden_by),
                        ""});
}

void check_tree(const WantedModule& module, std::vector<PlanFinding>& findings) {
  if (module.allowed_by.empty()) return;
  findings.push_back({Id::unproved_tree, false,
                      fmt::format("nothing proves the tree that {} was built in; {} lets it in", module.name,
                                  module.allowed_by),
                      ""});
}

}  // namespace

std::vector<PlanFinding> check_wish(const Wish& wish) {
  std::vector<PlanFinding> findings;
  if (!is_plain_name(wish.recipe))
    findings.push_back(unsafe(fmt::format("\"{}\" is no recipe name", wish.recipe)));
  if (!is_plain_name(wish.kernel))
    findings.push_back(unsafe(fmt::format("\"{}\" is no kernel", wish.kernel)));
  std::set<std::string> seen;
  for (const auto& module : wish.modules) {
    check_names(module, findings);
    check_verdict(module, findings);
    check_tree(module, findings);
    if (!seen.insert(module_key(module.name)).second)
      findings.push_back(unsafe(fmt::format("two modules have the name {}", module.name)));
  }
  if (wish.configuration)
    for (const auto& file : *wish.configuration)
      if (!is_configuration_path(file.path))
        findings.push_back(unsafe(fmt::format("\"{}\" is no place of a configuration file", file.path)));
  return findings;
}

bool changes_file(const Step& step) {
  switch (step.kind) {
    case StepKind::put_module:
    case StepKind::put_configuration: return true;
    case StepKind::remove_file: return step.before.has_value();
    case StepKind::keep_file:
    case StepKind::leave_file:
    case StepKind::index:
    case StepKind::check:
    case StepKind::initramfs: return false;
  }
  return false;
}

}  // namespace kpkg::install
