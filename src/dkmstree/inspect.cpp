// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/inspect.hpp"

#include "base/threads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::dkmstree {
namespace {

/// Uncompressed first, then as DKMS prefers them where a kernel has modules of several kinds.
constexpr std::array<std::string_view, 4> suffixes = {".ko", ".ko.zst", ".ko.xz", ".ko.gz"};

/// A file that cannot be read is not the same.
bool is_same(const system::OpenFile& one, const system::OpenFile& other) {
  const auto same = one.has_bytes_of(other);
  return same && *same;
}

/// The file of a module in a directory of the root.
std::optional<system::OpenFile> module_file(const system::Root& root, const std::string& directory,
                                            const std::string& name) {
  for (const auto suffix : suffixes)
    if (auto file = root.open_file(fmt::format("{}/{}{}", directory, name, suffix))) return *std::move(file);
  return std::nullopt;
}

std::optional<system::OpenFile> installed_file(const system::Root& root, const std::string& kernel_directory,
                                               const Destination& destination) {
  for (const auto& location : destination.locations)
    if (auto file = module_file(root, kernel_directory + location, destination.name)) return file;
  return std::nullopt;
}

std::optional<Remark> remark_on_modules(const system::Root& root, const Places& places, const Entry& entry,
                                        const std::vector<Destination>& destinations) {
  const auto kernel_directory = places.install_tree + "/" + entry.id.target.kernel;
  for (const auto& destination : destinations) {
    const auto built = module_file(root, places.directory_of(entry.id) + "/module", destination.name);
    if (!built) return Remark::modules_missing;
    if (entry.state != State::installed) continue;
    const auto installed = installed_file(root, kernel_directory, destination);
    if (!installed || !is_same(*built, *installed)) return Remark::modules_differ;
  }
  return std::nullopt;
}

bool has_originals(const Tree& tree, const BuildId& id) {
  const auto* module = tree.module_of(id.module);
  return module != nullptr && std::count(module->originals.begin(), module->originals.end(), id.target) != 0;
}

}  // namespace

void inspect(const system::Root& root, const Places& places, const Tree& tree,
             const Destinations& destinations, std::vector<Entry>& entries) {
  in_threads(entries.size(), useful_threads(), [&](std::size_t index) {
    auto& entry = entries[index];
    if (entry.state != State::built && entry.state != State::installed) return;
    const auto wanted = destinations(entry.id);
    if (!wanted) return;
    if (has_originals(tree, entry.id)) entry.remarks.push_back(Remark::originals_exist);
    if (const auto remark = remark_on_modules(root, places, entry, *wanted)) entry.remarks.push_back(*remark);
  });
}

}  // namespace kpkg::dkmstree
