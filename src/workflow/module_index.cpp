// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/module_index.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kpkg::workflow {

const ModuleIndex::Entry* ModuleIndex::find(std::string_view name) const {
  const auto key = module_key(name);
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.name == key; });
  return found == entries.end() ? nullptr : &*found;
}

Result<ModuleIndex> module_index(const Workspace& workspace, const kernel::Kernel& kernel) {
  const auto text = KPKG_TRY(workspace.root.read_if_present(kernel.module_directory + "/modules.dep"));
  ModuleIndex index;
  for (const auto& line : lines(text.value_or(""))) {
    const auto colon = std::min(line.find(':'), line.size());
    const auto file = line.substr(0, colon);
    ModuleIndex::Entry entry{.name = module_name_of(file),
                             .path = file.starts_with('/') ? file : kernel.module_directory + "/" + file,
                             .needs = {}};
    for (const auto& needed : words(std::string_view(line).substr(std::min(colon + 1, line.size()))))
      entry.needs.push_back(module_name_of(needed));
    index.entries.push_back(std::move(entry));
  }
  return index;
}

std::string module_name_of(std::string_view path) {
  const auto slash = path.find_last_of('/');
  const auto file = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return module_key(file.substr(0, file.find(".ko")));
}

}  // namespace kpkg::workflow
