// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/host_tools.hpp"

#include "base/text.hpp"
#include "system/file.hpp"
#include "tree/private_copy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace kpkg::tree {
namespace {

/// What one program is compiled of, below its directory. Sources that begin with "?" came later or went:
/// those that are there count.
struct ToolSources {
  std::string_view tool;
  std::string_view sources;
};

constexpr std::array<ToolSources, 3> all_sources = {
    {{"scripts/basic/fixdep", "fixdep.c"},
     {"scripts/mod/modpost", "modpost.c file2alias.c sumversion.c ?symsearch.c"},
     {"scripts/genksyms/genksyms", "genksyms.c parse.tab.c lex.lex.c"}}};

/// A source that another program makes where it is not there ready.
struct Generated {
  std::string_view source;
  std::string_view program;
  std::string_view arguments;
};

constexpr std::array<Generated, 2> generated = {
    {{"lex.lex.c", "flex", "-olex.lex.c -L lex.l"},
     {"parse.tab.c", "bison", "-o parse.tab.c --defines=parse.tab.h -t -l parse.y"}}};

/// Makes one tool. Owns nothing.
class Maker {
 public:
  Maker(const Subject& subject, const std::string& copy, const std::string& tool, const Means& means)
      : subject_(subject), copy_(copy), tool_(tool), means_(means) {}

  Result<MadePart> make() {
    const auto row = std::find_if(all_sources.begin(), all_sources.end(),
                                  [&](const auto& each) { return each.tool == tool_; });
    if (row == all_sources.end()) return MadePart{false, tool_ + " cannot be made of a header tree"};
    const auto output = KPKG_TRY(open_place_in_copy(subject_.root, copy_, tool_));
    directory_ = output.substr(0, output.rfind('/'));
    for (const auto& each : generated)
      if (row->sources.find(each.source) != std::string_view::npos) KPKG_TRY(generate(each));
    std::vector<std::string> sources;
    for (const auto& word : words(row->sources)) {
      const bool is_optional = word.starts_with('?');
      const auto name = word.substr(is_optional ? 1 : 0);
      if (KPKG_TRY(system::status_of(directory_ + "/" + name)))
        sources.push_back(name);
      else if (!is_optional)
        return MadePart{false, fmt::format("{} cannot be made: the tree has no {}", tool_, name)};
    }
    return compile(output, std::move(sources));
  }

 private:
  Result<system::Outcome> run(std::string program, std::vector<std::string> arguments) {
    system::Command command;
    command.program = std::move(program);
    command.arguments = std::move(arguments);
    command.environment = system::system_environment();
    command.directory = directory_;
    command.timeout = std::chrono::minutes(2);
    command.cost = system::Cost::work;
    auto outcome = KPKG_TRY(means_.runner.run(command));
    if (outcome.interrupted) return fail(ErrorKind::interrupted, "mending the tree was interrupted");
    return outcome;
  }

  /// Without its program the source stays absent, and is missed by its name.
  Status generate(const Generated& each) {
    if (KPKG_TRY(system::status_of(fmt::format("{}/{}", directory_, each.source)))) return {};
    const auto outcome = run(std::string(each.program), words(each.arguments));
    if (!outcome && outcome.error().kind != ErrorKind::not_found) return fail(outcome.error());
    return {};
  }

  Result<MadePart> compile(const std::string& output, std::vector<std::string> sources) {
    const auto fresh = output + ".new";
    std::vector<std::string> arguments = {"-O2", "-w", "-o", fresh, "-I."};
    // list.h and hashtable.h of host programs moved here in 6.12.
    const auto shared = KPKG_TRY(subject_.root.host_path(copy_ + "/scripts/include"));
    if (KPKG_TRY(system::status_of(shared))) arguments.push_back("-I" + shared);
    arguments.insert(arguments.end(), sources.begin(), sources.end());
    const auto outcome = run("cc", std::move(arguments));
    if (!outcome && outcome.error().kind == ErrorKind::not_found)
      return MadePart{false, fmt::format("{} cannot be made: {}", tool_, outcome.error().text())};
    if (!outcome) return fail(outcome.error());
    if (!outcome->succeeded()) {
      const auto said = lines(outcome->errors);
      return MadePart{false, fmt::format("{} does not compile: {}", tool_,
                                         said.empty() ? "cc says nothing" : printable(said.front()))};
    }
    KPKG_TRY(system::remove_all(output));
    KPKG_TRY(system::rename_path(fresh, output));
    return MadePart{true, tool_ + " was compiled for this machine"};
  }

  const Subject& subject_;
  const std::string& copy_;
  const std::string& tool_;
  const Means& means_;
  std::string directory_;
};

}  // namespace

Result<MadePart> make_host_tool(const Subject& subject, const std::string& copy, const std::string& tool,
                                const Means& means) {
  return Maker(subject, copy, tool, means).make();
}

}  // namespace kpkg::tree
