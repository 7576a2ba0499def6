// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/collect.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::build {
namespace {

using Paths = std::vector<std::string>;

/// Larger than any module; a mistake or an attack beyond that.
constexpr std::uint64_t most_bytes = 64U << 20;

std::string stem_of(const std::string& path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.size() - 3);
}

/// The .ko files below `directory`, relative to it, sorted; directories behind links are not entered.
Result<Paths> modules_below(const std::string& directory) {
  Paths found;
  Paths waiting = {""};
  while (!waiting.empty()) {
    const auto current = std::move(waiting.back());
    waiting.pop_back();
    const auto entries = KPKG_TRY(system::list_directory(directory + "/" + current));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{})) {
      const auto path = current.empty() ? entry.name : current + "/" + entry.name;
      if (entry.type == system::FileType::directory)
        waiting.push_back(path);
      else if (entry.name.ends_with(".ko"))
        found.push_back(path);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

BuildError problem(std::string text, std::string remedy) {
  return BuildError{.text = valid_utf8(text), .remedy = std::move(remedy)};
}

class Collector {
 public:
  Collector(std::string source, std::string directory, Paths present)
      : source_(std::move(source)), directory_(std::move(directory)), present_(std::move(present)) {}

  Status take_all() {
    for (const auto& path : present_) KPKG_TRY(take(stem_of(path), path));
    if (present_.empty())
      collection_.problem = problem("the build made no module", "does [build] name the right directory?");
    return {};
  }

  Status take_wanted(const recipe::Module& module) {
    const auto paths = places_of(module);
    if (paths.size() > 1 && !collection_.problem)
      collection_.problem =
          problem(fmt::format("the build made {} more than once: {}", module.name, join(paths, " and ")),
                  "write the path of the right one into [[module]]");
    if (paths.empty() && !module.optional && !collection_.problem)
      collection_.problem =
          problem(fmt::format("the build made no {}.ko; it made {}", module.name,
                              present_.empty() ? std::string("no module at all") : join(present_, ", ")),
                  "correct the name or write its path into [[module]]");
    return paths.size() == 1 ? take(module.name, paths.front()) : Status{};
  }

  Status take_symvers() {
    const auto path = directory_ + "/Module.symvers";
    if (!KPKG_TRY(system::status_of(path))) return {};
    collection_.symvers = KPKG_TRY(checked(path));
    return {};
  }

  Collection finish() && { return std::move(collection_); }

 private:
  Paths places_of(const recipe::Module& module) const {
    Paths paths;
    const auto key = module_key(module.name);
    for (const auto& path : present_) {
      if (module.path.empty() ? module_key(stem_of(path)) == key : path == module.path) paths.push_back(path);
    }
    const auto top = std::find_if(paths.begin(), paths.end(),
                                  [](const auto& path) { return path.find('/') == std::string::npos; });
    return top == paths.end() ? paths : Paths{*top};
  }

  Status take(const std::string& name, const std::string& path) {
    const auto file = KPKG_TRY(checked(directory_ + "/" + path));
    if (file) collection_.modules.push_back(BuiltModule{name, *file});
    return {};
  }

  /// The file behind `path` if it is a regular one of sane size in the private copy.
  Result<std::optional<std::string>> checked(const std::string& path) {
    const auto shown = path.substr(directory_.size() + 1);
    const auto file = system::canonical_path(path);
    if (!file || !file->starts_with(source_ + "/"))
      return refuse(shown + " is a link that leads out of the source");
    const auto status = KPKG_TRY(system::status_of(*file));
    if (!status || status->type != system::FileType::regular) return refuse(shown + " is no file");
    if (status->size > most_bytes) return refuse(shown + " is larger than 64 MB");
    return std::optional(*file);
  }

  std::optional<std::string> refuse(const std::string& text) {
    if (!collection_.problem)
      collection_.problem = problem(text, "do not trust this source before you know why");
    return std::nullopt;
  }

  std::string source_;
  std::string directory_;
  Paths present_;
  Collection collection_;
};

}  // namespace

Result<Collection> collect(const std::string& source, const std::string& directory,
                           const std::vector<recipe::Module>& wanted) {
  const auto top = KPKG_TRY(system::canonical_path(source));
  const auto place = system::canonical_path(directory);
  if (!place || (*place != top && !place->starts_with(top + "/")))
    return Collection{
        .problem = problem("the build directory is not in the source", "correct `directory` in [build]")};
  Collector collector(top, *place, KPKG_TRY(modules_below(*place)));
  if (wanted.empty()) KPKG_TRY(collector.take_all());
  for (const auto& module : wanted) KPKG_TRY(collector.take_wanted(module));
  KPKG_TRY(collector.take_symvers());
  return std::move(collector).finish();
}

}  // namespace kpkg::build
