// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/arguments.hpp"

#include "base/text.hpp"
#include "cli/exit_status.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <memory>

namespace kpkg::cli {
namespace {

constexpr auto any_number = std::numeric_limits<std::size_t>::max();

constexpr std::string_view change_options =
    "root kernel jobs yes dry-run no-load force source upgrade exit-code tree-directory allow-unverified "
    "offline";

constexpr std::array<CommandRow, 25> rows = {{
    {Verb::install, "install", "RECIPE|PATH|FILE.kpkg ...", 1, any_number, change_options,
     "build, judge, install and load what a recipe describes"},
    {Verb::remove, "remove", "RECIPE ...", 1, any_number, "root kernel yes dry-run no-load exit-code",
     "unload if that is safe, uninstall and forget"},
    {Verb::build, "build", "RECIPE|PATH ...", 1, any_number,
     "root kernel jobs source upgrade build-for tree-directory build-output allow-unverified offline",
     "build and judge only, or with --for what another machine will install"},
    {Verb::rebuild, "rebuild", "[RECIPE ...]", 0, any_number,
     "root kernel all jobs yes dry-run no-load force exit-code allow-unverified offline",
     "bring every installed recipe up to date for these kernels"},
    {Verb::status, "status", "[RECIPE ...]", 0, any_number, "root kernel json",
     "what is installed for which kernel, and what needs attention"},
    {Verb::list, "list", "", 0, 0, "root json", "the recipes that can be installed"},
    {Verb::show, "show", "RECIPE|PATH", 1, 1, "root json", "all about one recipe"},
    {Verb::check, "check", "FILE.ko ...", 1, any_number,
     "root kernel kernel-facts command-line in-order json", "would this kernel load it? every reason if not"},
    {Verb::inspect, "inspect", "FILE.ko|MODULE", 1, 1, "root kernel tree json",
     "what a module is, asks and offers, and what it needs"},
    {Verb::explain, "explain", "[TEXT|-]", 0, any_number, "root kernel module json",
     "what a message of the kernel or of modprobe means, and what to do"},
    {Verb::load, "load", "MODULE ...", 1, any_number, "root json exit-code",
     "load installed modules with what they need; says why if one does not start"},
    {Verb::unload, "unload", "MODULE ...", 1, any_number, "root json exit-code",
     "unload modules if that is safe; says who uses them if not"},
    {Verb::why, "why", "RECIPE", 1, 1, "root kernel json", "why it is (not) built, installed or loaded"},
    {Verb::log, "log", "RECIPE", 1, 1, "root kernel", "the build log, the first error first"},
    {Verb::verify, "verify", "[RECIPE ...]", 0, any_number, "root json",
     "installed files against the records"},
    {Verb::doctor, "doctor", "", 0, 0, "root kernel probe json",
     "what would make a build or a load fail; status 1 if something does"},
    {Verb::recipe_lint, "recipe lint", "FILE ...", 1, any_number, "",
     "every mistake of a recipe, with its place"},
    {Verb::kernel_list, "kernel list", "", 0, 0, "root json", "the kernels that are here"},
    {Verb::kernel_show, "kernel show", "", 0, 0, "root kernel kernel-facts symvers json",
     "what a kernel offers to modules and asks of them"},
    {Verb::kernel_diff, "kernel diff", "KERNEL|FACTS KERNEL|FACTS", 2, 2, "root for json",
     "in what two kernels differ for modules; status 1 if they do"},
    {Verb::kernel_export, "kernel export", "", 0, 0, "root kernel output btf",
     "write what is known of a kernel to a file that stands in for it"},
    {Verb::kernel_rebuild_tree, "kernel rebuild-tree", "", 0, 0,
     "root kernel kernel-facts jobs kernel-source tree-output offline json",
     "make headers of a kernel from its source and its configuration, and prove them"},
    {Verb::kernel_tree, "kernel tree", "", 0, 0,
     "root kernel jobs kernel-source make yes tree-directory allow-unverified offline json",
     "whether a kernel's headers describe it, point by point; mends copies of those that do not"},
    {Verb::hook_postinst, "hook postinst", "VERSION", 1, 1, "root", ""},
    {Verb::hook_prerm, "hook prerm", "VERSION", 1, 1, "root", ""},
}};

/// One option: how it is spelt, what it says, and where its value goes.
struct OptionRow {
  std::string_view
      name;              ///< the long name; how rows name it; with another word where it means something else
  const char* spelling;  ///< as CLI11 wants it
  const char* help;
  void (*add)(CLI::App& app, const OptionRow& row, Arguments& arguments);
};

template <auto member>
void add_flag(CLI::App& app, const OptionRow& row, Arguments& arguments) {
  app.add_flag(row.spelling, arguments.*member, row.help);
}

template <auto member>
void add_value(CLI::App& app, const OptionRow& row, Arguments& arguments) {
  app.add_option(row.spelling, arguments.*member, row.help);
}

void add_kernels(CLI::App& app, const OptionRow& row, Arguments& arguments) {
  // One value an occurrence: `-k A -k B`, so that a recipe's name after -k A is not taken for a kernel.
  app.add_option(row.spelling, arguments.kernels, row.help)->allow_extra_args(false);
}

void add_facts(CLI::App& app, const OptionRow& row, Arguments& arguments) {
  app.add_option(row.spelling, arguments.kernel_facts, row.help)->allow_extra_args(false);
}

void add_all(CLI::App& app, const OptionRow& row, Arguments& arguments) {
  app.add_flag_callback(
      row.spelling, [&arguments] { arguments.kernels.emplace_back("all"); }, row.help);
}

void add_exit_code(CLI::App& app, const OptionRow& row, Arguments& arguments) {
  const auto take = [&arguments](const std::string& /*value*/) { arguments.changes_status = true; };
  app.add_option_function<std::string>(row.spelling, take, row.help)->check(CLI::IsMember({"changes"}));
}

constexpr std::array<OptionRow, 15> options = {{
    {"root", "--root", "the target system's root directory (default: /)", add_value<&Arguments::root>},
    {"kernel", "-k,--kernel", "a kernel release, or: running, all, newest (repeatable)", add_kernels},
    {"all", "--all", "every kernel of the root; the same as -k all", add_all},
    {"source", "--source", "build from this directory instead of the recipe's own source",
     add_value<&Arguments::source>},
    {"module", "--module", "the module file that the messages are about", add_value<&Arguments::module>},
    {"jobs", "-j,--jobs", "how many compilers may run at once (default: one for each processor)",
     add_value<&Arguments::jobs>},
    {"command-line", "--command-line", "judge a kernel that boots with this command line",
     add_value<&Arguments::command_line>},
    {"in-order", "--in-order", "judge files that are all loaded, one after the other as they are given",
     add_flag<&Arguments::in_order>},
    {"json", "--json", "print JSON, whose form is stable", add_flag<&Arguments::json>},
    {"yes", "-y,--yes", "do not ask", add_flag<&Arguments::yes>},
    {"dry-run", "-n,--dry-run", "say what would be done, and do nothing", add_flag<&Arguments::dry_run>},
    {"no-load", "--no-load", "do not load or unload modules", add_flag<&Arguments::no_load>},
    {"force", "--force", "install what the judge refuses; this is recorded", add_flag<&Arguments::force>},
    {"tree", "--tree", "what the module needs, level by level, and who needs it", add_flag<&Arguments::tree>},
    {"upgrade", "--upgrade", "take the newest version that an apt source offers",
     add_flag<&Arguments::upgrade>},
}};

/// Of the commands that take a kernel's facts in its place, write them, or make what else it lacks.
constexpr std::array<OptionRow, 14> facts_options = {{
    {"kernel-facts", "--kernel-facts", "take a file of kpkg kernel export in place of a kernel (repeatable)",
     add_facts},
    {"for", "--for", "a module file or an installed recipe: only what matters to it",
     add_value<&Arguments::only_for>},
    {"build-for", "--for", "build for the kernel in a file of kpkg kernel export, into a bundle",
     add_value<&Arguments::only_for>},
    {"tree-directory", "--tree",
     "the kernel's headers, also as FILE.tar.zst or .tar.xz (default: where kernels have them)",
     add_value<&Arguments::tree_directory>},
    {"build-output", "-o,--output", "the bundle to write, FILE.kpkg", add_value<&Arguments::output>},
    {"output", "-o,--output", "the file to write; - is stdout (default: KERNEL.facts)",
     add_value<&Arguments::output>},
    {"btf", "--btf", "with the kernel's types (BTF), which makes it four times as large",
     add_flag<&Arguments::btf>},
    {"kernel-source", "--source",
     "the source that the kernel was built of: a directory or an archive (default: looked for)",
     add_value<&Arguments::source>},
    {"tree-output", "-o,--output", "the directory to make, or FILE.tar.zst or FILE.tar.xz",
     add_value<&Arguments::output>},
    {"make", "--make", "make what is missing: mend a private copy, unpack packages, or rebuild of source",
     add_flag<&Arguments::make>},
    {"offline", "--offline", "download no packages and no source of a kernel", add_flag<&Arguments::offline>},
    {"allow-unverified", "--allow-unverified", "take headers that kpkg made though nothing proves them",
     add_flag<&Arguments::allow_unverified>},
    {"probe", "--probe", "build a module in each kernel's headers to look at it, as kpkg kernel tree does",
     add_flag<&Arguments::probe>},
    {"symvers", "--symvers", "print the exported symbols as a Module.symvers and nothing else",
     add_flag<&Arguments::symvers>},
}};

constexpr OptionRow exit_code_row = {
    "exit-code", "--exit-code", "changes: leave with status 2 when there was nothing to do", add_exit_code};

bool takes(const CommandRow& row, std::string_view option) {
  const auto wanted = words(row.options);
  return std::find(wanted.begin(), wanted.end(), option) != wanted.end();
}

void add_options(CLI::App& app, const CommandRow& row, Arguments& arguments) {
  for (const auto& option : options)
    if (takes(row, option.name)) option.add(app, option, arguments);
  for (const auto& option : facts_options)
    if (takes(row, option.name)) option.add(app, option, arguments);
  if (takes(row, exit_code_row.name)) add_exit_code(app, exit_code_row, arguments);
  app.add_flag_callback(
      "-q,--quiet", [&arguments] { arguments.verbosity = -1; }, "only errors");
  const auto louder = [&arguments](std::int64_t count) { arguments.verbosity = static_cast<int>(count); };
  app.add_flag_function("-v,--verbose", louder, "say more");
  if (row.most == 0) return;
  const auto first = row.names.substr(row.names.front() == '[' ? 1 : 0);
  const auto label = std::string(first.substr(0, first.find_first_of("|. ]")));
  auto* names = app.add_option(label, arguments.names, std::string(row.names));
  const auto most = static_cast<int>(std::min<std::size_t>(row.most, 1U << 20));
  names->expected(static_cast<int>(row.fewest), most)
      ->required(row.fewest > 0)
      ->type_name(std::string(row.names));
}

/// The command's own parser, made below its group ("recipe", "kernel") where it has one.
CLI::App& add_command(CLI::App& top, std::map<std::string, CLI::App*>& groups, const CommandRow& row) {
  const auto path = words(row.words);
  if (path.size() == 1) return *top.add_subcommand(path[0], std::string(row.help));
  auto*& group = groups[path[0]];
  if (group == nullptr) {
    group = top.add_subcommand(path[0], path[0] == "recipe" ? "write recipes" : "the kernels of a root");
    group->require_subcommand(1);
    if (path[0] == "hook") group->group("");
  }
  return *group->add_subcommand(path[1], std::string(row.help));
}

std::string unknown_command_text(std::span<const std::string> given) {
  const auto word =
      std::find_if(given.begin(), given.end(), [](const auto& text) { return !text.starts_with('-'); });
  if (word == given.end()) return "kpkg: no command was given\nhint: kpkg --help lists the commands\n";
  std::vector<std::string> known;
  for (const auto& row : rows)
    if (!row.help.empty()) known.push_back(words(row.words).front());
  const auto meant = nearest(*word, known);
  const auto hint = meant ? fmt::format("did you mean {}?", *meant) : "kpkg --help lists the commands";
  return fmt::format("kpkg: there is no command {}\nhint: {}\n", printable(*word), hint);
}

Parsed usage_error(std::string text) {
  return Parsed{.text = std::move(text), .status = usage_status};
}

Parsed run_parser(CLI::App& top, std::span<const std::string> given, Arguments& arguments) {
  // CLI11 takes a vector from its end.
  std::vector<std::string> reversed(given.rbegin(), given.rend());
  try {
    top.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return Parsed{.text = top.help()};
  } catch (const CLI::CallForAllHelp&) {
    return Parsed{.text = top.help("", CLI::AppFormatMode::All)};
  } catch (const CLI::CallForVersion&) {
    return Parsed{.text = fmt::format("kpkg {}\n", KPKG_VERSION)};
  } catch (const CLI::ParseError& error) {
    return usage_error(
        fmt::format("kpkg: {}\nhint: kpkg --help shows how to call it\n", printable(error.what())));
  }
  return Parsed{.arguments = arguments};
}

}  // namespace

std::span<const CommandRow> commands() {
  return rows;
}

std::string_view spelling_of(std::string_view option) {
  const auto is_it = [&](const OptionRow& row) { return row.name == option; };
  const auto* usual = std::find_if(options.begin(), options.end(), is_it);
  if (usual != options.end()) return usual->spelling;
  const auto* other = std::find_if(facts_options.begin(), facts_options.end(), is_it);
  return other != facts_options.end() ? other->spelling : exit_code_row.spelling;
}

Parsed parse_arguments(std::span<const std::string> given) {
  Arguments arguments;
  CLI::App top("kpkg: builds, judges and installs out-of-tree Linux kernel modules", "kpkg");
  top.set_version_flag("--version", std::string(KPKG_VERSION));
  top.require_subcommand(1);
  std::map<std::string, CLI::App*> groups;
  bool is_known = false;
  for (const auto& row : rows) {
    auto& command = add_command(top, groups, row);
    if (row.help.empty()) command.group("");
    add_options(command, row, arguments);
    command.parse_complete_callback([&arguments, &row] { arguments.verb = row.verb; });
    is_known = is_known || std::find(given.begin(), given.end(), words(row.words).front()) != given.end();
  }
  const bool asks_for_help =
      !given.empty() && (given[0] == "--help" || given[0] == "-h" || given[0] == "--version");
  if (!is_known && !asks_for_help) return usage_error(unknown_command_text(given));
  return run_parser(top, given, arguments);
}

}  // namespace kpkg::cli
