// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/status.hpp"

#include "base/text.hpp"
#include "system/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkmstree {
namespace {

bool admits(const std::string& pattern, const std::string& name) {
  return pattern.empty() || system::matches_pattern(name, pattern);
}

/// A version with the module it is of.
struct Listed {
  const Module* module = nullptr;
  const Version* version = nullptr;
  std::string text;  // "M/V"
};

std::vector<Listed> listed(const Tree& tree, const Filter& filter) {
  std::vector<Listed> found;
  for (const auto& module : tree.modules) {
    if (!admits(filter.module, module.name)) continue;
    for (const auto& version : module.versions)
      if (admits(filter.version, version.version))
        found.push_back({&module, &version, module.name + "/" + version.version});
  }
  std::sort(found.begin(), found.end(),
            [](const Listed& left, const Listed& right) { return left.text < right.text; });
  return found;
}

void list_builds(const Listed& of, const Filter& filter, std::vector<Entry>& entries) {
  const auto count = entries.size();
  const auto& [module, version, text] = of;
  for (const auto& [target, has_modules] : version->builds) {
    const bool is_wanted =
        filter.kernel.empty() ? is_kernel_name(target.kernel) : admits(filter.kernel, target.kernel);
    if (!has_modules || !is_wanted || !admits(filter.arch, target.arch)) continue;
    const bool is_installed = module->is_installed(version->version, target);
    entries.push_back({.id = {module->name, version->version, target},
                       .state = is_installed ? State::installed : State::built});
  }
  if (entries.size() == count) entries.push_back({.id = {module->name, version->version, {}}});
}

std::string_view word_of(State state) {
  switch (state) {
    case State::added: return "added";
    case State::broken: return "broken";
    case State::built: return "built";
    case State::installed: return "installed";
  }
  return "";
}

std::string_view text_of(Remark remark) {
  switch (remark) {
    case Remark::originals_exist: return "Original modules exist";
    case Remark::modules_missing: return "Built modules are missing in the kernel modules folder";
    case Remark::modules_differ: return "Differences between built and installed modules";
  }
  return "";
}

}  // namespace

std::vector<Entry> statuses(const Tree& tree, const Filter& filter) {
  std::vector<Entry> entries;
  for (const auto& each : listed(tree, filter)) {
    if (each.version->is_broken()) {
      entries.push_back({.id = {each.module->name, each.version->version, {}}, .state = State::broken});
    } else if (each.version->is_added()) {
      list_builds(each, filter, entries);
    }
  }
  return entries;
}

std::string line_of(const Entry& entry) {
  const auto& [module, version, target] = entry.id;
  auto line = module + "/" + version;
  if (entry.state == State::built || entry.state == State::installed)
    line += fmt::format(", {}, {}", target.kernel, target.arch);
  line += fmt::format(": {}", word_of(entry.state));
  for (const auto remark : entry.remarks) line += fmt::format(" ({})", text_of(remark));
  return printable(line);
}

}  // namespace kpkg::dkmstree
