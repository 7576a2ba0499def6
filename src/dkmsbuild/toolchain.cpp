// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/toolchain.hpp"

#include "base/text.hpp"
#include "dkmsbuild/root_command.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkmsbuild {
namespace {

/// The first word of CONFIG_CC_VERSION_TEXT, if another one follows; empty: it has none.
std::string named_compiler(const std::vector<std::string>& config) {
  constexpr std::string_view key = "CONFIG_CC_VERSION_TEXT=";
  for (const auto& line : config) {
    if (!line.starts_with(key)) continue;
    auto value = std::string_view(line).substr(key.size());
    value.remove_prefix(std::min(value.find_first_not_of('"'), value.size()));
    const auto end = value.find_first_of("\" ");
    if (end != std::string_view::npos && value[end] == ' ') return std::string(value.substr(0, end));
  }
  return {};
}

bool has_line(const std::vector<std::string>& config, std::string_view text) {
  return std::any_of(config.begin(), config.end(),
                     [&](const auto& line) { return line.find(text) != std::string::npos; });
}

bool is_program(const std::string& name) {
  return !name.empty() && system::find_program(name).has_value();
}

/// CC as the makefile fragment of the headers has it.
Result<std::string> compiler_of_fragment(const Site& site, const std::string& fragment) {
  const auto* sandbox = KPKG_TRY(site.sandbox());
  const auto real = KPKG_TRY(site.workspace.root.real_path(fragment)).value_or(fragment);
  const auto host = KPKG_TRY(site.workspace.root.host_path(fragment));
  const system::SandboxView view{.binds = {{host, real, system::Access::read}}};
  system::Command command{.program = "make",
                          .arguments = {"-f", "-", "show-CC"},
                          .environment = system::system_environment(),
                          .input = fmt::format("show-%:\n\t@echo $($*)\ninclude {}\n", real),
                          .cost = system::Cost::work};
  const auto confined = KPKG_TRY(sandbox->confine(command, view));
  const auto outcome = KPKG_TRY(site.workspace.runner.run(confined));
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
  return std::string(trimmed(outcome.output));
}

}  // namespace

std::vector<std::string> Toolchain::environment() const {
  std::vector<std::string> variables;
  if (!compiler.empty()) variables.push_back("CC=" + compiler);
  if (!kernel_compiler.empty()) variables.push_back("KERNEL_CC=" + kernel_compiler);
  if (!linker.empty()) variables.insert(variables.end(), {"LD=" + linker, "KERNEL_LD=" + linker});
  return variables;
}

Result<Toolchain> find_toolchain(const Site& site, const KernelPlace& place) {
  const auto& root = site.workspace.root;
  const auto config = lines(KPKG_TRY(root.read_if_present(place.config)).value_or(""));
  Toolchain toolchain;
  if (const auto compiler = named_compiler(config); is_program(compiler))
    toolchain = {.compiler = compiler, .kernel_compiler = compiler, .linker = {}};
  if (has_line(config, "CONFIG_CC_IS_CLANG=y") && is_program("clang"))
    toolchain = {.compiler = "clang", .kernel_compiler = "clang", .linker = {}};
  if (has_line(config, "CONFIG_LD_IS_LLD=y") && is_program("ld.lld")) toolchain.linker = "ld.lld";
  const auto fragment = place.source_dir + "/.kernelvariables";
  if (toolchain.compiler.empty() && KPKG_TRY(root.real_path(fragment)))
    toolchain.compiler = KPKG_TRY(compiler_of_fragment(site, fragment));
  return toolchain;
}

}  // namespace kpkg::dkmsbuild
