// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/safe_upgrade.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <optional>
#include <vector>

namespace kpkg::dkms {
namespace {

constexpr std::string_view prefix = "dkms_rpm_safe_upgrade_lock";

/// A process, and when it began: its number alone is given to another one later.
struct Caller {
  std::string process;
  std::string began;
};

/// The words of /proc/PID/stat behind the name of the program, which may have blanks and parentheses itself.
/// Source: proc(5).
Result<std::vector<std::string>> stat_of(std::string_view process) {
  const auto text = KPKG_TRY(system::read_file(fmt::format("/proc/{}/stat", process)));
  return words(text.substr(text.rfind(')') + 1));
}

/// What started the shell that started this program.
Result<std::optional<Caller>> caller() {
  constexpr std::size_t parent = 1;  // counted from the state, which is field 3
  constexpr std::size_t start = 19;  // in ticks since the machine was started
  const auto shell = KPKG_TRY(stat_of(std::to_string(system::parent_process())));
  if (shell.size() <= parent) return std::optional<Caller>();
  const auto its_parent = stat_of(shell[parent]);
  if (!its_parent || its_parent->size() <= start) return std::optional<Caller>();
  return std::optional(Caller{.process = shell[parent], .began = (*its_parent)[start]});
}

std::string text_of(const Caller& caller, const dkmstree::VersionId& id) {
  return fmt::format("{}-{}\n{}\n", id.module, id.version, caller.began);
}

}  // namespace

Status note_addition(const Context& context, const dkmstree::VersionId& id) {
  const auto known = KPKG_TRY(caller());
  if (!known) return {};
  const auto file = fmt::format("{}/{}.{}.{}-{}", context.site.framework.tmp_location, prefix, known->process,
                                id.module, id.version);
  return context.root().write(file, text_of(*known, id));
}

Result<bool> take_note(const Context& context, const dkmstree::VersionId& id) {
  const auto known = KPKG_TRY(caller());
  if (!known) return false;
  const auto& directory = context.site.framework.tmp_location;
  const auto start = fmt::format("{}.{}.", prefix, known->process);
  const auto entries = KPKG_TRY(context.root().list(directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>())) {
    if (!entry.name.starts_with(start) || entry.type != system::FileType::regular) continue;
    const auto file = fmt::format("{}/{}", directory, entry.name);
    const auto text = KPKG_TRY(context.root().read_if_present(file, 4096));
    if (!text || *text != text_of(*known, id)) continue;
    KPKG_TRY(context.root().remove(file));
    return true;
  }
  return false;
}

}  // namespace kpkg::dkms
