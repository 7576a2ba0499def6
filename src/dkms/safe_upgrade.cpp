// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/safe_upgrade.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <optional>

namespace kpkg::dkms {
namespace {

constexpr std::string_view prefix = "dkms_rpm_safe_upgrade_lock";

/// A process, and when it began: its number alone is given to another one later.
struct Caller {
  std::string process;
  std::string began;
};

/// What started the shell that started this program.
Result<std::optional<Caller>> caller(const Context& context) {
  const auto status = KPKG_TRY(system::read_file(fmt::format("/proc/{}/status", system::parent_process())));
  for (const auto& line : lines(status)) {
    const auto parts = words(line);
    if (parts.size() != 2 || parts[0] != "PPid:") continue;
    const system::Command command{.program = "ps",
                                  .arguments = {"-o", "lstart", "--no-headers", "-p", parts[1]},
                                  .environment = system::system_environment()};
    const auto outcome = KPKG_TRY(context.site.workspace.runner.run(command));
    return std::optional(Caller{.process = parts[1], .began = std::string(trimmed(outcome.output))});
  }
  return std::optional<Caller>();
}

std::string text_of(const Caller& caller, const dkmstree::VersionId& id) {
  return fmt::format("{}-{}\n{}\n", id.module, id.version, caller.began);
}

}  // namespace

Status note_addition(const Context& context, const dkmstree::VersionId& id) {
  const auto known = KPKG_TRY(caller(context));
  if (!known) return {};
  const auto file = fmt::format("{}/{}.{}.{}-{}", context.site.framework.tmp_location, prefix, known->process,
                                id.module, id.version);
  return context.root().write(file, text_of(*known, id));
}

Result<bool> take_note(const Context& context, const dkmstree::VersionId& id) {
  const auto known = KPKG_TRY(caller(context));
  if (!known || known->began.empty()) return false;
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
