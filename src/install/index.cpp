// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/index.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace kpkg::install {
namespace {

constexpr std::array<std::string_view, 11> index_names = {
    "modules.dep",         "modules.dep.bin",          "modules.alias",
    "modules.alias.bin",   "modules.softdep",          "modules.weakdep",
    "modules.symbols",     "modules.symbols.bin",      "modules.devname",
    "modules.builtin.bin", "modules.builtin.alias.bin"};

constexpr std::chrono::minutes patience{10};

system::Command a_command(std::string program, std::vector<std::string> arguments) {
  system::Command command;
  command.program = std::move(program);
  command.arguments = std::move(arguments);
  command.environment = system::system_environment();
  command.timeout = patience;
  command.cost = system::Cost::work;
  return command;
}

/// Programs follow an absolute link ROOT/lib -> /usr/lib out of the root; what kpkg does must not.
Status check_reach(const Plan& plan, Disk& disk) {
  if (disk.directory() == "/") return {};
  const auto inside = "/lib/modules/" + plan.kernel;
  const auto ours = KPKG_TRY(system::canonical_path(KPKG_TRY(disk.host_path(inside))));
  const auto theirs = system::canonical_path(disk.directory() + inside);
  if (theirs && *theirs == ours) return {};
  return fail(ErrorKind::unsupported,
              fmt::format("a link on the way to {} leads out of {}", inside, disk.directory()),
              "make it a relative link");
}

std::vector<std::string> depmod_arguments(const Plan& plan, const std::string& root) {
  if (root == "/") return {plan.kernel};
  // Without -C depmod reads the configuration of this machine, not that of the root.
  return {"-b",       root,
          "-C",       root + "/etc/depmod.d",
          "-C",       root + "/run/depmod.d",
          "-C",       root + "/usr/local/lib/depmod.d",
          "-C",       root + "/lib/depmod.d",
          plan.kernel};
}

/// The file that a line of `modprobe --show-depends` names, relative to the kernel's directory, or nothing.
std::string_view shown_file(std::string_view line, const std::string& directory) {
  if (!line.starts_with("insmod ")) return {};
  const auto at = line.find(directory);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + directory.size());
  return trimmed(line.substr(0, line.find(' ')));
}

}  // namespace

bool is_index_file(std::string_view name) {
  return std::find(index_names.begin(), index_names.end(), name) != index_names.end();
}

bool is_index_leftover(std::string_view name) {
  const auto digits = name.find_last_not_of("0123456789.");
  if (digits == std::string_view::npos || digits + 1 == name.size()) return false;
  const auto tail = name.substr(digits + 1);
  return tail.front() == '.' && std::count(tail.begin(), tail.end(), '.') == 3 &&
         is_index_file(name.substr(0, digits + 1));
}

Status write_index(const Plan& plan, Disk& disk, system::Runner& runner) {
  KPKG_TRY(check_reach(plan, disk));
  KPKG_TRY(system::run_successfully(runner, a_command("depmod", depmod_arguments(plan, disk.directory())))
               .within("indexing the modules of " + plan.kernel));
  auto command = a_command("sync", {});
  const auto entries = KPKG_TRY(disk.list(plan.module_directory));
  const auto directory = KPKG_TRY(disk.host_path(plan.module_directory));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{}))
    if (is_index_file(entry.name)) command.arguments.push_back(directory + "/" + entry.name);
  if (command.arguments.empty()) return {};
  KPKG_TRY(system::run_successfully(runner, command).within("writing the index to disk"));
  return {};
}

Status check_found(const Plan& plan, const Step& step, Disk& disk, system::Runner& runner) {
  std::vector<std::string> arguments = {"--show-depends", "-C", "/dev/null", "-S", plan.kernel, step.module};
  if (disk.directory() != "/") arguments.insert(arguments.begin(), {"-d", disk.directory()});
  const auto outcome = KPKG_TRY(system::run_successfully(runner, a_command("modprobe", std::move(arguments)))
                                    .within("looking for " + step.module + " as modprobe does"));
  const auto wanted = step.path.substr(plan.module_directory.size() + 1);
  const auto directory = fmt::format("/lib/modules/{}/", plan.kernel);
  const auto shown = lines(outcome.output);
  const bool is_found = std::any_of(shown.begin(), shown.end(), [&](const std::string& line) {
    return shown_file(line, directory) == wanted;
  });
  if (is_found) return {};
  return fail(ErrorKind::conflict,
              fmt::format("modprobe does not find {} under the name {}; it shows \"{}\"", step.path,
                          step.module, trimmed(outcome.output)),
              "another module of that name is preferred; look at the files in depmod.d");
}

Status update_initramfs(const Plan& plan, system::Runner& runner) {
  KPKG_TRY(system::run_successfully(runner, a_command("update-initramfs", {"-u", "-k", plan.kernel}))
               .within("updating the initial RAM disk of " + plan.kernel));
  return {};
}

}  // namespace kpkg::install
