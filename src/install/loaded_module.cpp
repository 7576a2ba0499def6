// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/text.hpp"
#include "install/load.hpp"

#include <charconv>

namespace kpkg::install {
namespace {

/// The text of a file of sysfs without its line end, or nothing.
Result<std::optional<std::string>> attribute(const system::Root& root, const std::string& path) {
  const auto text = KPKG_TRY(root.read_if_present(path));
  if (!text) return std::optional<std::string>{};
  return std::optional(std::string(trimmed(*text)));
}

std::optional<std::int64_t> number_in(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (!text) return std::nullopt;
  const auto end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

/// A line of /proc/modules: name, size, reference count, the names that use it with "[permanent]" among them,
/// state, address.
Result<bool> is_permanent(const system::Root& root, const std::string& key) {
  const auto modules = KPKG_TRY(root.read_if_present("/proc/modules"));
  for (const auto& line : lines(modules.value_or(""))) {
    const auto parts = words(line);
    if (parts.size() > 3 && parts[0] == key) return parts[3].find("[permanent]") != std::string::npos;
  }
  return false;
}

}  // namespace

Result<std::optional<LoadedModule>> loaded_module(const system::Root& root, const std::string& name) {
  LoadedModule module;
  module.name = module_key(name);
  const auto directory = "/sys/module/" + module.name;
  // A module that is built in has a directory for its parameters, and no state.
  const auto state = KPKG_TRY(attribute(root, directory + "/initstate"));
  if (!state) return std::optional<LoadedModule>{};
  module.state = *state;
  module.srcversion = KPKG_TRY(attribute(root, directory + "/srcversion"));
  const auto note = KPKG_TRY(root.read_if_present(directory + "/notes/.note.gnu.build-id"));
  module.build_id_note = note.value_or("");
  module.users = number_in(KPKG_TRY(attribute(root, directory + "/refcnt")));
  module.taint = KPKG_TRY(attribute(root, directory + "/taint")).value_or("");
  const auto holders = KPKG_TRY(root.list(directory + "/holders"));
  for (const auto& holder : holders.value_or(std::vector<system::DirectoryEntry>{}))
    module.holders.push_back(holder.name);
  module.is_permanent = KPKG_TRY(is_permanent(root, module.name));
  return std::optional(std::move(module));
}

}  // namespace kpkg::install
