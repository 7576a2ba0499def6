// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/rules.hpp"

#include "base/text.hpp"
#include "dkmsconf/exclusion.hpp"
#include "dkmsconf/findings.hpp"
#include "dkmsconf/names.hpp"
#include "dkmsconf/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kpkg::dkmsconf {
namespace {

/// What a distribution's own word begins with, and where it has modules that are not its own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> places = {{{"fedora", "/extra"},
                                                                                  {"centos", "/extra"},
                                                                                  {"rhel", "/extra"},
                                                                                  {"sles", "/updates"},
                                                                                  {"suse", "/updates"},
                                                                                  {"opensuse", "/updates"},
                                                                                  {"debian", "/updates/dkms"},
                                                                                  {"ubuntu", "/updates/dkms"},
                                                                                  {"arch", "/updates/dkms"}}};

/// Commands that do nothing: a CLEAN like that needs no word about it.
constexpr std::array<std::string_view, 3> idle_commands = {"true", "/bin/true", "/usr/bin/true"};

std::string lower_case(std::string text) {
  for (char& character : text)
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  return text;
}

bool is_one_name(std::string_view name) {
  return name.find('/') == std::string_view::npos && name != "." && name != "..";
}

/// From what bash evaluated to a Conf, in the order in which DKMS looks at it.
class Conclusion {
 public:
  Conclusion(const Evaluation& evaluation, const ConfRequest& request, const Framework& framework)
      : evaluation_(evaluation), variables_(evaluation.variables), request_(request), framework_(framework) {}

  Conf conclude() {
    repeat_what_was_said();
    if (evaluation_.end == EvaluationEnd::whole) {
      take_package();
      conf_.modules = records_of(variables_, framework_, findings_);
      choose_command();
      choose_patches();
      exclude();
      take_answers();
      if (request_.purpose == Purpose::changing && !findings_.is_bad) judge_records(conf_.modules, findings_);
    }
    conf_.standing = findings_.is_bad ? Standing::bad : Standing::valid;
    conf_.remarks = std::move(findings_.remarks);
    return std::move(conf_);
  }

 private:
  std::string value(std::string_view name) const { return variables_.value(name); }

  void repeat_what_was_said() {
    for (const auto& file : evaluation_.files) {
      findings_.repeat(file.said);
      if (request_.purpose == Purpose::changing) tell_retired(file);
    }
    for (std::size_t i = 0; i < evaluation_.directives_said.size() && i < request_.directives.size(); ++i) {
      findings_.repeat(evaluation_.directives_said[i]);
      const auto& directive = request_.directives[i];
      const auto equals = directive.find('=');
      const auto written = equals == std::string::npos ? directive : directive.substr(equals + 1);
      findings_.remarks.push_back(
          {Stream::output, fmt::format("DIRECTIVE: {}=\"{}\"\n", directive.substr(0, equals), written)});
    }
    findings_.repeat(evaluation_.said_at_last);
    if (evaluation_.end == EvaluationEnd::timed_out) findings_.error("Reading it took too long.");
    if (evaluation_.end == EvaluationEnd::cut_short)
      findings_.error(fmt::format("It ends what reads it, with status {}.", evaluation_.status));
  }

  void tell_retired(const FileRead& file) {
    for (const auto& name : words(retired_names)) {
      const auto found = file.retired.find(name);
      if (found == file.retired.end()) continue;
      const bool is_idle = name == "CLEAN" && std::find(idle_commands.begin(), idle_commands.end(),
                                                        found->second) != idle_commands.end();
      const auto instead = name == "OBSOLETE_BY" ? ": use BUILD_EXCLUSIVE_KERNEL_MAX instead" : "";
      if (!is_idle)
        findings_.remarks.push_back(deprecation_remark(fmt::format("{} ({}){}", name, file.path, instead)));
    }
  }

  void take_package() {
    conf_.package_name = value("PACKAGE_NAME");
    conf_.package_version = value("PACKAGE_VERSION");
    conf_.scripts = {.post_add = value("POST_ADD"),
                     .pre_build = value("PRE_BUILD"),
                     .post_build = value("POST_BUILD"),
                     .pre_install = value("PRE_INSTALL"),
                     .post_install = value("POST_INSTALL"),
                     .post_remove = value("POST_REMOVE")};
    conf_.obsolete_by = value("OBSOLETE_BY");
    for (const auto& [index, name] : variables_.elements("BUILD_DEPENDS"))
      conf_.build_depends.push_back(name);
    for (const std::string name : {"PACKAGE_NAME", "PACKAGE_VERSION"})
      if (value(name).empty()) findings_.error(fmt::format("No '{}' directive specified.", name));
    // Both are names of directories.
    for (const std::string name : {"PACKAGE_NAME", "PACKAGE_VERSION"})
      if (!is_one_name(value(name)))
        findings_.error(fmt::format("'{}' directive is no name of a directory.", name));
  }

  /// The last one that matches the kernel; MAKE[0] counts as matching where it has no expression. DKMS looks
  /// at as many as there are elements, so that one behind a gap may be passed over.
  void choose_command() {
    const auto& commands = variables_.elements("MAKE");
    if (variables_.value("MAKE_MATCH").empty()) conf_.make_command = value("MAKE");
    for (std::uint64_t index = 0; index < commands.size(); ++index) {
      const auto command = variables_.value("MAKE", index);
      const bool has_expression = !variables_.value("MAKE_MATCH", index).empty();
      if (!command.empty() && has_expression && evaluation_.does_match("MAKE_MATCH", index))
        conf_.make_command = command;
    }
    if (conf_.make_command.empty())
      conf_.make_command = fmt::format("make -C {} M={}/{}/{}/build", value("kernel_source_dir"),
                                       value("dkms_tree"), value("module"), value("module_version"));
    if (evaluation_.kernel_is_clangs) conf_.make_command += " LLVM=1";
  }

  /// Those that match the kernel, over what a file gave DKMS's own variable.
  void choose_patches() {
    Elements chosen = variables_.elements("patch_array");
    std::uint64_t count = 0;
    for (std::uint64_t index = 0; index < variables_.elements("PATCH").size(); ++index) {
      auto patch = variables_.value("PATCH", index);
      const bool is_for_all = variables_.value("PATCH_MATCH", index).empty();
      if (!patch.empty() && (is_for_all || evaluation_.does_match("PATCH_MATCH", index)))
        chosen[count++] = std::move(patch);
    }
    for (auto& [index, patch] : chosen) conf_.patches.push_back(std::move(patch));
  }

  void exclude() {
    const Exclusion exclusion(evaluation_, request_.kernel, conf_.obsolete_by, conf_.modules.size());
    bool has_condition = false;
    bool is_wanted = false;
    for (std::size_t index = 0; index < conf_.modules.size(); ++index) {
      auto& module = conf_.modules[index];
      module.is_excluded = exclusion.excludes(index);
      has_condition = has_condition || exclusion.has_condition(index);
      is_wanted = is_wanted || !module.is_excluded;
    }
    conf_.is_excluded = has_condition && !is_wanted;
    conf_.has_exclusions = has_condition;
  }

  void take_answers() {
    conf_.is_installed_by_itself = answer("AUTOINSTALL");
    conf_.is_rebuilt_after_these = answer("BUILD_DEPENDS_REBUILD");
    conf_.has_no_weak_modules = answer("NO_WEAK_MODULES");
  }

  /// "yes" and "no" in any case; what is neither is an error, and stands for yes where DKMS goes on.
  bool answer(const std::string& name) {
    const auto written = value(name);
    const auto known = lower_case(written);
    if (!known.empty() && known != "yes" && known != "no")
      findings_.error(fmt::format("Unsupported {} value '{}'", name, written));
    return !known.empty() && known != "no";
  }

  const Evaluation& evaluation_;
  const Variables& variables_;
  const ConfRequest& request_;
  const Framework& framework_;
  Findings findings_;
  Conf conf_;
};

}  // namespace

Conf conclude(const Evaluation& evaluation, const ConfRequest& request, const Framework& framework) {
  return Conclusion(evaluation, request, framework).conclude();
}

std::string install_location(const Framework& framework, std::string_view written) {
  if (!framework.addon_modules_dir.empty()) return "/" + framework.addon_modules_dir;
  const std::string_view distribution = framework.running_distribution;
  const auto* place = std::find_if(places.begin(), places.end(),
                                   [&](const auto& entry) { return distribution.starts_with(entry.first); });
  return std::string(place == places.end() ? written : place->second);
}

}  // namespace kpkg::dkmsconf
