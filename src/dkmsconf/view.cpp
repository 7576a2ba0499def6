// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/view.hpp"

#include "base/path.hpp"

#include <algorithm>
#include <utility>

namespace kpkg::dkmsconf {
namespace {

using system::SandboxStrength;
using system::SandboxView;

/// Whether everybody may look at `path`. A directory that is closed would close what lies in it to the
/// sandbox's user too, whereas a file in it that is shown alone can be read.
Result<bool> is_open(const system::Root& root, const std::string& path) {
  constexpr std::uint32_t readable = 0004;
  constexpr std::uint32_t enterable = 0001;
  const auto real = KPKG_TRY(root.real_path(path));
  const auto status = real ? KPKG_TRY(root.status(*real)) : std::nullopt;
  if (!status) return true;
  const auto wanted = status->type == system::FileType::directory ? readable | enterable : readable;
  return (status->mode & wanted) == wanted;
}

/// Collects what is seen. Guards that a path is not shown twice.
class Collector {
 public:
  Collector(const system::Root& root, SandboxStrength strength)
      : root_(root), has_names_(strength == SandboxStrength::namespaces) {}

  /// Shows `path` where it really is and, if it is reached through links that are not seen, under its name.
  Status show(const std::string& path) {
    const auto real = KPKG_TRY(root_.real_path(path));
    if (!real) return {};
    const auto host = KPKG_TRY(root_.host_path(path));
    add(host, *real);
    if (*real != path && has_names_ && !is_seen(KPKG_TRY(root_.real_path(parent_of(path)))))
      view_.binds.push_back({host, path, system::Access::read});
    return {};
  }

  SandboxView finish() && { return std::move(view_); }

 private:
  void add(const std::string& host, const std::string& inside) {
    if (inside == "/" || is_seen(inside)) return;
    view_.binds.push_back({host, inside, system::Access::read});
  }

  bool is_seen(const std::optional<std::string>& path) const {
    if (!path) return false;
    // The sandbox shows the programs of this machine anyway.
    if (root_.is_host() && is_inside(*path, "/usr")) return true;
    return std::any_of(view_.binds.begin(), view_.binds.end(),
                       [&](const auto& bind) { return is_inside(*path, bind.inside); });
  }

  const system::Root& root_;
  bool has_names_;
  SandboxView view_;
};

}  // namespace

Result<SandboxView> view_of(const Question& question, const system::Root& root, SandboxStrength strength) {
  Collector collector(root, strength);
  for (const auto& sight : question.sights)
    if (KPKG_TRY(is_open(root, sight.path))) KPKG_TRY(collector.show(sight.path));
  for (const auto& path : question.consulted) KPKG_TRY(collector.show(path));
  for (const auto& file : question.files) KPKG_TRY(collector.show(file));
  return std::move(collector).finish();
}

}  // namespace kpkg::dkmsconf
