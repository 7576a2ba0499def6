// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/records.hpp"

#include "base/text.hpp"
#include "dkmsconf/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace kpkg::dkmsconf {
namespace {

/// More modules than any driver has. The shell takes an index of 62 bits.
constexpr std::uint64_t most_records = 4096;

constexpr std::array<std::string_view, 4> family = {"BUILT_MODULE_NAME", "BUILT_MODULE_LOCATION",
                                                    "DEST_MODULE_NAME", "DEST_MODULE_LOCATION"};

/// DKMS's own variables, which a file may have given elements beyond the records.
constexpr std::array<std::string_view, 4> own_family = {"built_module_name", "built_module_location",
                                                        "dest_module_name", "dest_module_location"};

constexpr std::array<std::string_view, 3> locations = {"/kernel", "/updates", "/extra"};

bool ends_as_file(std::string_view name) {
  return name.ends_with(".o") || name.ends_with(".ko");
}

/// Whether a path below a directory leads out of it, by its ".." alone.
bool leads_out(std::string_view path) {
  int depth = 0;
  for (const auto& part : split(path, '/')) {
    if (part == "..") --depth;
    if (!part.empty() && part != "." && part != "..") ++depth;
    if (depth < 0) return true;
  }
  return false;
}

/// One record on its way from directives to values.
class Record {
 public:
  Record(const Variables& variables, std::uint64_t index, Findings& findings)
      : variables_(variables), index_(index), findings_(findings) {}

  ConfModule read(std::uint64_t count, const Framework& framework) {
    module_.built_name = value("BUILT_MODULE_NAME");
    module_.built_location = value("BUILT_MODULE_LOCATION");
    module_.installed_name = value("DEST_MODULE_NAME");
    if (module_.built_name.empty() && count == 1) module_.built_name = variables_.value("PACKAGE_NAME");
    if (module_.installed_name.empty()) module_.installed_name = module_.built_name;
    if (!module_.built_location.empty() && !module_.built_location.ends_with('/'))
      module_.built_location += '/';
    judge_names();
    module_.declared_location = value("DEST_MODULE_LOCATION");
    module_.installed_location = install_location(framework, module_.declared_location);
    judge_location();
    judge_paths();
    return std::move(module_);
  }

 private:
  std::string value(std::string_view name) const { return variables_.value(name, index_); }

  void error(std::string_view what) { findings_.error(fmt::format("{} record #{}.", what, index_)); }

  void judge_names() {
    if (module_.built_name.empty()) error("No 'BUILT_MODULE_NAME' directive specified for");
    if (ends_as_file(module_.built_name)) error("'BUILT_MODULE_NAME' directive ends in '.o' or '.ko' in");
    if (ends_as_file(module_.installed_name)) error("'DEST_MODULE_NAME' directive ends in '.o' or '.ko' in");
  }

  /// What is written has to be right even where the distribution decides.
  void judge_location() {
    const auto written = value("DEST_MODULE_LOCATION");
    const bool is_known = std::any_of(locations.begin(), locations.end(),
                                      [&](auto start) { return written.starts_with(start); });
    if (written.empty())
      error("No 'DEST_MODULE_LOCATION' directive specified for");
    else if (!is_known)
      error("Directive 'DEST_MODULE_LOCATION' does not begin with\n'/kernel', '/updates', or '/extra' in");
  }

  /// DKMS would follow these wherever they lead, with root's rights.
  void judge_paths() {
    if (leads_out(module_.built_location + module_.built_name))
      error("'BUILT_MODULE_LOCATION' directive leads out of the build directory in");
    if (module_.installed_name.find('/') != std::string::npos || module_.installed_name == "..")
      error("'DEST_MODULE_NAME' directive is no name of a module in");
    if (leads_out(module_.installed_location) || leads_out(module_.declared_location))
      error("'DEST_MODULE_LOCATION' directive leads out of the kernel's modules in");
  }

  const Variables& variables_;
  std::uint64_t index_;
  Findings& findings_;
  ConfModule module_;
};

/// For each record, "no" or anything else. A value that is neither leaves what a file gave DKMS's own
/// variable; element 0 is the default of the others.
std::vector<bool> stripped(const Variables& variables, std::uint64_t count) {
  Elements known = variables.elements("strip");
  std::vector<bool> answers;
  for (std::uint64_t index = 0; index < count; ++index) {
    const auto written = variables.value("STRIP", index);
    const char first = written.empty() ? '\0' : written.front();
    if (first == 'n' || first == 'N') known[index] = "no";
    if (first == 'y' || first == 'Y') known[index] = "yes";
    if (written.empty()) known[index] = known[0].empty() ? "yes" : known[0];
    answers.push_back(known[index] != "no");
  }
  return answers;
}

/// How many records there are: one more than the highest index of the family.
std::uint64_t record_count(const Variables& variables) {
  std::uint64_t count = 0;
  for (const auto name : family) {
    const auto& elements = variables.elements(name);
    if (!elements.empty()) count = std::max(count, elements.rbegin()->first + 1);
  }
  return count;
}

void judge_twice(std::string_view directive, const std::vector<std::string>& names, Findings& findings) {
  std::string before;
  for (std::size_t index = 0; index < names.size(); ++index) {
    if (fmt::format(" {} ", before).find(fmt::format(" {} ", names[index])) != std::string::npos)
      findings.error(fmt::format("Duplicate module '{}' in '{}[{}]'.", names[index], directive, index));
    before += " " + names[index];
  }
}

}  // namespace

std::vector<ConfModule> records_of(const Variables& variables, const Framework& framework,
                                   Findings& findings) {
  const auto count = record_count(variables);
  if (count > most_records) {
    findings.error(fmt::format("Record #{} is beyond the {} that are read.", count - 1, most_records));
    return {};
  }
  const auto strips = stripped(variables, count);
  std::vector<ConfModule> modules;
  for (std::uint64_t index = 0; index < count; ++index) {
    modules.push_back(Record(variables, index, findings).read(count, framework));
    modules.back().is_stripped = strips[index];
  }
  for (const auto name : own_family) {
    const auto& own = variables.elements(name);
    if (own.lower_bound(count) != own.end()) findings.error("Module name/location array length mismatch.");
  }
  return modules;
}

void judge_records(const std::vector<ConfModule>& modules, Findings& findings) {
  if (modules.empty())
    findings.remarks.push_back({Stream::errors, "dkms.conf: Warning! Zero modules specified.\n"});
  std::vector<std::string> built;
  std::vector<std::string> installed;
  for (const auto& module : modules) {
    built.push_back(module.built_location + module.built_name);
    installed.push_back(module.installed_name);
  }
  judge_twice("BUILT_MODULE_NAME", built, findings);
  judge_twice("DEST_MODULE_NAME", installed, findings);
}

}  // namespace kpkg::dkmsconf
