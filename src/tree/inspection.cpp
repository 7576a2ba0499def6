// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/inspection.hpp"

#include "abi/symvers.hpp"
#include "base/text.hpp"
#include "elf/architecture.hpp"
#include "elf/program.hpp"
#include "tree/source_version.hpp"

#include <fmt/format.h>

#include <array>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_text = 64U << 20;  // Module.symvers has 2 MB
constexpr std::uint64_t start_of_program = 20;     // bytes, up to and with e_machine

/// A program that every module needs, or those of kernels with an option.
struct ToolRow {
  std::string_view path;
  std::string_view option;   ///< empty: always
  std::string_view without;  ///< not with this option; empty: no matter
};

/// Source: linux scripts/Makefile.build, Makefile.lib, Makefile.modpost, Makefile.modfinal.
constexpr std::array<ToolRow, 4> tool_rows = {
    {{"scripts/basic/fixdep", "", ""},
     {"scripts/mod/modpost", "", ""},
     {"scripts/genksyms/genksyms", "CONFIG_MODVERSIONS", "CONFIG_GENDWARFKSYMS"},
     {"tools/objtool/objtool", "CONFIG_STACK_VALIDATION", ""}}};

/// Options of which any makes kbuild run objtool on every object. Source: linux lib/Kconfig.debug, OBJTOOL
/// (6.0); before it STACK_VALIDATION.
constexpr std::string_view of_objtool = "CONFIG_OBJTOOL";

/// Reads the files of one tree. Owns what was read so far.
class Inspector {
 public:
  Inspector(const system::Root& root, const kernel::KernelTree& tree, std::uint16_t machine)
      : root_(root), machine_(machine), found_{.tree = tree} {}

  Result<Inspection> inspect() {
    found_.release = KPKG_TRY(line_of("include/config/kernel.release"));
    found_.uts_release = KPKG_TRY(stamped_release(root_, found_.tree.path));
    const auto version = KPKG_TRY(text_of("include/generated/uapi/linux/version.h"));
    if (version) found_.version = version_in_header(*version);
    found_.written = KPKG_TRY(configuration(".config"));
    found_.settings = KPKG_TRY(configuration("include/config/auto.conf"));
    const auto header = KPKG_TRY(text_of("include/generated/autoconf.h"));
    if (header) found_.defines = defines_in(*header);
    KPKG_TRY(look_at_links());
    KPKG_TRY(look_at_tools());
    KPKG_TRY(look_at_script());
    KPKG_TRY(read_symvers());
    return std::move(found_);
  }

 private:
  std::string place(std::string_view name) const { return fmt::format("{}/{}", found_.tree.path, name); }

  Result<std::optional<std::string>> text_of(std::string_view name) const {
    return root_.read_if_present(place(name), largest_text);
  }

  Result<std::optional<std::string>> line_of(std::string_view name) const {
    const auto text = KPKG_TRY(text_of(name));
    return text ? std::optional(std::string(trimmed(*text))) : std::nullopt;
  }

  Result<std::optional<kernel::Configuration>> configuration(std::string_view name) const {
    const auto text = KPKG_TRY(text_of(name));
    return text ? std::optional(kernel::Configuration::parse(*text)) : std::nullopt;
  }

  bool is_set(std::string_view option) const {
    const auto& settings = found_.settings ? found_.settings : found_.written;
    return settings && settings->is_set(option);
  }

  Status look_at_links() {
    const auto entries = KPKG_TRY(root_.list(found_.tree.path));
    if (!entries) return {};
    for (const auto& entry : *entries) {
      if (entry.type != system::FileType::link || KPKG_TRY(root_.real_path(place(entry.name)))) continue;
      const auto host = KPKG_TRY(root_.host_path(found_.tree.path)) + "/" + entry.name;
      found_.dangling_links.push_back(
          fmt::format("{} leads to {}, which is absent", entry.name, KPKG_TRY(system::read_link(host))));
    }
    return {};
  }

  Status look_at_tools() {
    for (const auto& row : tool_rows) {
      const bool is_objtool = row.option == "CONFIG_STACK_VALIDATION";
      const bool is_needed = row.option.empty() || is_set(row.option) || (is_objtool && is_set(of_objtool));
      if (is_needed && (row.without.empty() || !is_set(row.without)))
        KPKG_TRY(look_at_tool(std::string(row.path)));
    }
    // Debian's modpost of some releases is a script that calls one of these; a plugin is loaded by the
    // compiler.
    KPKG_TRY(look_at_others("scripts/mod", "modpost.real-"));
    return look_at_others("scripts/gcc-plugins", "");
  }

  Status look_at_others(const std::string& directory, std::string_view beginning) {
    const auto entries = KPKG_TRY(root_.list(place(directory)));
    if (!entries) return {};
    for (const auto& entry : *entries) {
      const bool is_tool =
          beginning.empty() ? entry.name.ends_with(".so") : entry.name.starts_with(beginning);
      if (is_tool) KPKG_TRY(look_at_tool(directory + "/" + entry.name));
    }
    return {};
  }

  Status look_at_tool(const std::string& path) {
    const auto file = KPKG_TRY(root_.real_path(place(path)));
    if (!file) {
      found_.tools.push_back({path, ToolState::absent});
      return {};
    }
    const auto open = KPKG_TRY(root_.open_file(*file));
    const auto start = KPKG_TRY(open.read(0, std::min<std::uint64_t>(open.size(), elf::start_of_program)));
    const auto machine = elf::machine_of_program(start).value_or(machine_);
    if (machine == machine_)
      found_.tools.push_back({path, ToolState::runs});
    else
      found_.tools.push_back({path, ToolState::foreign, elf::machine_name(machine)});
    return {};
  }

  /// kbuild links modules by a script since 5.10 (596b0474d3d9, "kbuild: preprocess module linker script");
  /// Debian's also takes one below arch/.
  Status look_at_script() {
    const auto rules = KPKG_TRY(text_of("scripts/Makefile.modfinal"));
    if (!rules || rules->find("module.lds") == std::string::npos) return {};
    if (KPKG_TRY(root_.real_path(place("scripts/module.lds")))) return {};
    found_.missing_script = "scripts/module.lds";
    if (rules->find("arch/$(SRCARCH)/module.lds") == std::string::npos) return {};
    const auto architectures = KPKG_TRY(root_.list(place("arch")));
    for (const auto& entry : architectures.value_or(std::vector<system::DirectoryEntry>())) {
      found_.missing_script = fmt::format("arch/{}/module.lds", entry.name);
      if (KPKG_TRY(root_.real_path(place(*found_.missing_script)))) {
        found_.missing_script.reset();
        return {};
      }
    }
    return {};
  }

  Status read_symvers() {
    const auto text = KPKG_TRY(text_of("Module.symvers"));
    if (!text) return {};
    auto table = abi::parse_symvers(*text);
    if (table)
      found_.symvers = std::move(*table);
    else
      found_.symvers_problem = table.error().message;
    return {};
  }

  const system::Root& root_;
  std::uint16_t machine_;
  Inspection found_;
};

}  // namespace

Result<Inspection> inspect(const system::Root& root, const kernel::KernelTree& tree, std::uint16_t machine) {
  return Inspector(root, tree, machine).inspect().within("looking at the kernel tree " + tree.path);
}

Result<std::optional<std::string>> stamped_release(const system::Root& root, const std::string& tree) {
  const auto text = KPKG_TRY(root.read_if_present(tree + "/include/generated/utsrelease.h", largest_text));
  if (!text) return std::optional<std::string>{};
  const auto first = text->find('"');
  const auto last = text->find('"', first == std::string::npos ? first : first + 1);
  if (last == std::string::npos) return std::optional<std::string>{};
  return std::optional(text->substr(first + 1, last - first - 1));
}

kernel::Configuration defines_in(std::string_view text) {
  constexpr std::string_view define = "#define ";
  std::string settings;
  for (const auto& line : lines(text)) {
    if (!line.starts_with(define)) continue;
    const auto rest = line.substr(define.size());
    const auto blank = rest.find(' ');
    if (blank != std::string::npos) settings += rest.substr(0, blank) + "=" + rest.substr(blank + 1) + "\n";
  }
  return kernel::Configuration::parse(settings);
}

kernel::Configuration defines_for(const kernel::Configuration& settings) {
  std::string defines;
  for (const auto& [key, value] : settings.settings())
    if (value == "y" || value == "m")
      defines += fmt::format("{}{}=1\n", key, value == "m" ? "_MODULE" : "");
    else
      defines += kernel::setting_line(key, value);
  return kernel::Configuration::parse(defines);
}

}  // namespace kpkg::tree
