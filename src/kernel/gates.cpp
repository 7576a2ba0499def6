// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/gates.hpp"

#include "base/path.hpp"
#include "base/text.hpp"
#include "kernel/firmware_keys.hpp"
#include "kernel/kmod_features.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace kpkg::kernel {
namespace {

/// In falling precedence. Source: kmod, libkmod/libkmod.c, default_config_paths; modprobe.d(5).
constexpr std::array<std::string_view, 5> modprobe_directories = {"/etc/modprobe.d", "/run/modprobe.d",
                                                                  "/usr/local/lib/modprobe.d",
                                                                  "/usr/lib/modprobe.d", "/lib/modprobe.d"};

/// A small file of /proc or /sys; nothing if it is absent or for root alone.
std::optional<std::string> asked(const system::Root& root, const std::string& path) {
  const auto text = root.read_if_present(path);
  if (!text || !*text) return std::nullopt;
  return std::string(trimmed(**text));
}

std::optional<bool> is_yes(const std::optional<std::string>& text) {
  if (!text || text->empty()) return std::nullopt;
  return text->front() == 'Y' || text->front() == 'y' || text->front() == '1';
}

/// "none [integrity] confidentiality". Source: linux security/lockdown/lockdown.c.
std::optional<bool> is_locked_down(const std::optional<std::string>& text) {
  if (!text || text->find('[') == std::string::npos) return std::nullopt;
  return text->find("[none]") == std::string::npos;
}

/// Source: linux Documentation/ABI/testing/ima_policy.
bool appraises_modules(std::string_view rules) {
  for (const auto& rule : lines(rules)) {
    const auto parts = words(rule);
    if (!parts.empty() && parts.front() == "appraise" &&
        std::find(parts.begin(), parts.end(), "func=MODULE_CHECK") != parts.end())
      return true;
  }
  return false;
}

void ask_running_kernel(const system::Root& root, const abi::SignaturePolicy& policy, abi::Gates& gates) {
  if (const auto line = asked(root, "/proc/cmdline")) gates = abi::gates_of_command_line(*line, policy);
  // What the kernel says now outweighs what it was told: all three can be switched on later.
  if (const auto off = is_yes(asked(root, "/proc/sys/kernel/modules_disabled"))) gates.modules_disabled = off;
  if (const auto on = is_yes(asked(root, "/sys/module/module/parameters/sig_enforce")))
    gates.enforces_signatures = on;
  if (const auto on = is_locked_down(asked(root, "/sys/kernel/security/lockdown"))) gates.is_locked_down = on;
  if (const auto fips = asked(root, "/proc/sys/crypto/fips_enabled")) gates.is_fips = *fips == "1";
  if (const auto rules = asked(root, "/sys/kernel/security/ima/policy"))
    gates.ima_appraises = appraises_modules(*rules);
  gates.kernel_unpacks = suffix_of(asked(root, "/sys/module/compression").value_or(""));
  const auto keys = keys_of_running_kernel(asked(root, "/proc/keys").value_or(""));
  gates.owner_keys.insert(gates.owner_keys.end(), keys.begin(), keys.end());
}

/// The words of a line, which a backslash at its end continues.
std::vector<std::string> joined_lines(std::string_view text) {
  std::vector<std::string> result;
  bool continues = false;
  for (const auto& line : lines(text)) {
    const bool goes_on = line.ends_with('\\');
    const auto part = goes_on ? line.substr(0, line.size() - 1) : line;
    if (continues)
      result.back() += " " + part;
    else
      result.push_back(part);
    continues = goes_on;
  }
  return result;
}

void add_line(const std::string& line, const std::string& file, std::vector<abi::ModprobeLine>& found) {
  const auto parts = words(line);
  if (parts.size() < 2) return;
  if (parts[0] == "blacklist") found.push_back({.module = module_key(parts[1]), .command = {}, .file = file});
  if (parts[0] == "install" && parts.size() > 2) {
    const std::vector<std::string> command(parts.begin() + 2, parts.end());
    found.push_back({.module = module_key(parts[1]), .command = join(command, " "), .file = file});
  }
}

/// "kernel/drivers/block/loop.ko" is "loop".
std::string name_in_list(std::string_view line) {
  const auto name = last_of(line);
  return module_key(name.substr(0, name.find(".ko")));
}

/// What modules.builtin.modinfo tells: a version always has a directory in /sys/module, a parameter unless it
/// is hidden. Source: linux kernel/params.c, version_sysfs_builtin() and param_sysfs_builtin().
void add_descriptions(std::string_view text, std::map<std::string, std::optional<bool>>& modules) {
  for (const auto& entry : split(text, '\0')) {
    const auto dot = entry.find('.');
    const auto equal = entry.find('=');
    if (dot == std::string::npos || equal == std::string::npos || dot > equal) continue;
    const auto field = std::string_view(entry).substr(dot + 1, equal - dot - 1);
    auto& has_directory = modules.emplace(module_key(entry.substr(0, dot)), false).first->second;
    if (field == "version") has_directory = true;
    if (field == "parm" && has_directory == false) has_directory.reset();
  }
}

}  // namespace

Result<abi::Gates> learn_gates(const system::Root& root, const Kernel& kernel,
                               const abi::SignaturePolicy& policy, MachineFacts machine) {
  abi::Gates gates;
  if (machine.runs_kernel) {
    ask_running_kernel(root, policy, gates);
  } else if (machine.boots_kernel) {
    const bool is_secure = KPKG_TRY(is_secure_boot(root)).value_or(false);
    if (is_secure && policy.locks_in_secure_boot.value_or(false)) gates.is_locked_down = true;
    if (is_secure && policy.enforces_in_secure_boot.value_or(false)) gates.enforces_signatures = true;
  }
  if (machine.boots_kernel) {
    auto keys = KPKG_TRY(firmware_keys(root));
    // Those with a certificate come first: they can be asked.
    keys.insert(keys.end(), gates.owner_keys.begin(), gates.owner_keys.end());
    gates.owner_keys = std::move(keys);
    gates.revoked_keys = KPKG_TRY(revoked_firmware_keys(root));
  }
  gates.modprobe_unpacks = KPKG_TRY(modprobe_unpacks(root));
  const auto found = KPKG_TRY(modprobe_lines(root));
  gates.modprobe_lines.insert(gates.modprobe_lines.end(), found.begin(), found.end());
  gates.built_in = KPKG_TRY(built_in_modules(root, kernel.module_directory));
  return gates;
}

Result<std::vector<abi::ModprobeLine>> modprobe_lines(const system::Root& root) {
  std::map<std::string, std::string> files;  // name to path
  for (const auto directory : modprobe_directories) {
    const auto entries = KPKG_TRY(root.list(directory));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{}))
      if (entry.name.ends_with(".conf")) files.emplace(entry.name, std::string(directory) + "/" + entry.name);
  }
  std::vector<abi::ModprobeLine> found;
  for (const auto& [name, path] : files) {
    const auto text = KPKG_TRY(root.read_if_present(path));
    for (const auto& line : joined_lines(text.value_or(""))) add_line(line, path, found);
  }
  return found;
}

Result<std::vector<abi::BuiltInModule>> built_in_modules(const system::Root& root,
                                                         const std::string& module_directory) {
  std::map<std::string, std::optional<bool>> modules;
  const auto described = KPKG_TRY(root.read_if_present(module_directory + "/modules.builtin.modinfo"));
  const auto listed = KPKG_TRY(root.read_if_present(module_directory + "/modules.builtin"));
  for (const auto& line : lines(listed.value_or(""))) {
    const auto name = name_in_list(line);
    // Without the descriptions (before 5.2) nobody knows.
    if (!name.empty()) modules.emplace(name, described ? std::optional(false) : std::nullopt);
  }
  add_descriptions(described.value_or(""), modules);
  std::vector<abi::BuiltInModule> sorted;
  for (const auto& [name, has_directory] : modules)
    sorted.push_back({.name = name, .has_directory = has_directory});
  return sorted;
}

}  // namespace kpkg::kernel
