// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/conf.hpp"

#include "base/path.hpp"
#include "base/text.hpp"
#include "dkmsconf/names.hpp"
#include "dkmsconf/plain_file.hpp"
#include "dkmsconf/rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace kpkg::dkmsconf {
namespace {

constexpr const char* overrides = "/etc/dkms";

/// DKMS's exit statuses for a configuration. Source: dkms 3.4.3, observed.
constexpr int status_missing = 4;
constexpr int status_bad = 8;
constexpr int status_excluded = 77;

/// A part of the names of files and directories: of more than one, or of a way out, DKMS would make paths
/// that lead elsewhere.
Status check_name(std::string_view what, std::string_view name) {
  const bool is_wrong = name.find('/') != std::string_view::npos || name == "." || name == ".." ||
                        std::any_of(name.begin(), name.end(), [](char character) {
                          return static_cast<unsigned char>(character) < ' ';
                        });
  if (!is_wrong) return {};
  return fail(ErrorKind::invalid, fmt::format("\"{}\" cannot be the {}", told_name(name), what),
              "name it without a slash");
}

Status check_names(const ConfRequest& request) {
  KPKG_TRY(check_name("name of a module", request.module));
  KPKG_TRY(check_name("version of a module", request.version));
  KPKG_TRY(check_name("release of a kernel", request.kernel));
  return check_name("architecture of a kernel", request.arch);
}

/// The names in /etc/dkms that count for the request, from the most general to the most particular.
/// Source: dkms(8), "dkms.conf overrides"; the last two since 3.1.6.
std::vector<std::string> override_names(const ConfRequest& request) {
  const auto of_version = fmt::format("{}-{}", request.module, request.version);
  const auto of_kernel = fmt::format("{}-{}", of_version, request.kernel);
  const auto of_any_version = fmt::format("{}--{}", request.module, request.kernel);
  return {request.module + ".conf", of_version + ".conf",
          of_kernel + ".conf",      fmt::format("{}-{}.conf", of_kernel, request.arch),
          of_any_version + ".conf", fmt::format("{}-{}.conf", of_any_version, request.arch)};
}

std::string conf_file_of(const ConfRequest& request, const Framework& framework) {
  return request.conf_file.empty() ? conf_file_in_tree(framework, request.module, request.version)
                                   : request.conf_file;
}

Result<std::vector<std::string>> present_overrides(Interpreter& interpreter, const ConfRequest& request) {
  const auto& present = *KPKG_TRY(interpreter.sightings().names_in(overrides));
  std::vector<std::string> files;
  if (present.empty()) return files;
  for (const auto& name : override_names(request)) {
    auto file = fmt::format("{}/{}", overrides, name);
    const bool is_listed = std::binary_search(present.begin(), present.end(), name);
    if (is_listed && KPKG_TRY(interpreter.sightings().has(file))) files.push_back(std::move(file));
  }
  return files;
}

/// Where the kernel's headers and configuration are, as DKMS looks for them.
struct KernelPlaces {
  std::string source_dir;
  std::string config;
};

Result<KernelPlaces> kernel_places(Sightings& sightings, const ConfRequest& request,
                                   const Framework& framework) {
  KernelPlaces places{.source_dir = request.kernel_source_dir, .config = request.kernel_config};
  if (places.source_dir.empty())
    places.source_dir = fmt::format("{}/{}/build", framework.install_tree, request.kernel);
  if (!places.config.empty()) return places;
  places.config = places.source_dir + "/include/config/auto.conf";
  if (!KPKG_TRY(sightings.has(places.config))) places.config = places.source_dir + "/.config";
  return places;
}

/// How much of the directory of a dkms.conf is the driver's: all of it, unless the file was named by -c.
Extent extent_beside(const std::string& conf_file) {
  const bool is_source = conf_file.ends_with("/dkms.conf") && parent_of(conf_file) != "/";
  return is_source ? Extent::everything : Extent::entries;
}

/// What a file may read besides itself: sources of drivers, the kernel's headers and configuration.
std::vector<Sight> sights_of(const ConfRequest& request, const Framework& framework,
                             const KernelPlaces& places, const std::string& conf_file) {
  std::vector<Sight> sights = {{framework.dkms_tree, Extent::directories},
                               {framework.source_tree, Extent::names},
                               {framework.install_tree + "/" + request.kernel, Extent::itself},
                               {overrides, Extent::everything},
                               {parent_of(conf_file), extent_beside(conf_file)},
                               {places.source_dir, Extent::itself}};
  for (const auto* file : {"/.config", "/Makefile", "/Module.symvers", "/include/config/auto.conf",
                           "/include/generated/autoconf.h", "/include/generated/utsrelease.h"})
    sights.push_back({places.source_dir + file, Extent::itself});
  for (const auto* file : {"/boot/config-", "/boot/System.map-"})
    sights.push_back({file + request.kernel, Extent::itself});
  return sights;
}

/// What DKMS's own variables hold while it reads a dkms.conf.
std::vector<std::pair<std::string, std::string>> variables_of(const ConfRequest& request,
                                                              const Framework& framework,
                                                              const KernelPlaces& places) {
  std::vector<std::pair<std::string, std::string>> variables = {
      {"source_tree", framework.source_tree},
      {"dkms_tree", framework.dkms_tree},
      {"install_tree", framework.install_tree},
      {"tmp_location", framework.tmp_location},
      {"verbose", framework.verbose},
      {"symlink_modules", framework.symlink_modules},
      {"parallel_jobs", framework.parallel_jobs},
      {"running_distribution", framework.running_distribution},
      {"addon_modules_dir", framework.addon_modules_dir},
      {"current_os", "Linux"},
      {"current_kernel", framework.running_kernel},
      {"module", request.module},
      {"module_version", request.version},
      {"kernelver", request.kernel},
      {"arch", request.arch},
      {"kernel_source_dir", places.source_dir},
      {"kernel_config", places.config}};
  for (const auto& escape : framework.escapes) {
    const auto equals = escape.find('=');
    variables.emplace_back(escape.substr(0, equals), escape.substr(equals + 1));
  }
  return variables;
}

/// The question for bash, or nothing: there is no such dkms.conf.
Result<std::optional<Question>> question_of(const ConfRequest& request, const Framework& framework,
                                            Interpreter& interpreter) {
  KPKG_TRY(check_names(request));
  const auto conf_file = conf_file_of(request, framework);
  const auto text = interpreter.sightings().text(conf_file);
  if (!text && text.error().kind == ErrorKind::not_found) return std::optional<Question>();
  const auto places = KPKG_TRY(kernel_places(interpreter.sightings(), request, framework));
  Question question{.known_as = fmt::format("{}/{} {} {} {}", request.module, request.version, request.kernel,
                                            request.arch, conf_file),
                    .variables = variables_of(request, framework, places),
                    .names = directive_names,
                    .retired = retired_names,
                    .files = {conf_file},
                    .directives = request.directives,
                    .searches = {"BUILD_EXCLUSIVE_CONFIG"},
                    .consulted = {places.config, places.source_dir + "/vmlinux"},
                    .sights = sights_of(request, framework, places, conf_file)};
  for (auto& file : KPKG_TRY(present_overrides(interpreter, request)))
    question.files.push_back(std::move(file));
  for (const auto* name : {"MAKE_MATCH", "PATCH_MATCH", "BUILD_EXCLUSIVE_KERNEL"})
    question.comparisons.push_back({name, request.kernel});
  question.comparisons.push_back({"BUILD_EXCLUSIVE_ARCH", request.arch});
  return std::optional(std::move(question));
}

/// Whether a text that needs no more than the variables of `question` refers to nothing of a kernel.
bool names_no_kernel(std::string_view text, const Question& question) {
  constexpr std::array<std::string_view, 4> of_kernel = {"kernelver", "arch", "kernel_source_dir",
                                                         "kernel_config"};
  constexpr std::array<std::string_view, 3> compared = {"_MATCH", "BUILD_EXCLUSIVE", "OBSOLETE_BY"};
  if (std::any_of(compared.begin(), compared.end(),
                  [&](std::string_view word) { return text.find(word) != std::string_view::npos; }))
    return false;
  std::set<std::string, std::less<>> known;
  for (const auto& [name, value] : question.variables)
    if (is_harmless(value) && std::find(of_kernel.begin(), of_kernel.end(), name) == of_kernel.end())
      known.insert(name);
  return is_plain(text, known);
}

Conf missing_conf() {
  return Conf{.standing = Standing::missing};
}

}  // namespace

Result<Conf> read_conf(const ConfRequest& request, const Framework& framework, Interpreter& interpreter,
                       const Means& means) {
  const auto question = KPKG_TRY(question_of(request, framework, interpreter));
  if (!question) return missing_conf();
  const auto evaluation =
      KPKG_TRY(interpreter.ask(*question, means).within("reading " + printable(question->files.front())));
  return conclude(evaluation, request, framework);
}

Result<std::optional<Conf>> recalled_conf(const ConfRequest& request, const Framework& framework,
                                          Interpreter& interpreter) {
  const auto question = KPKG_TRY(question_of(request, framework, interpreter));
  if (!question) return std::optional(missing_conf());
  const auto evaluation = KPKG_TRY(interpreter.recall(*question));
  return evaluation ? std::optional(conclude(*evaluation, request, framework)) : std::nullopt;
}

Result<bool> is_of_every_kernel(const ConfRequest& request, const Framework& framework,
                                Interpreter& interpreter) {
  const auto question = KPKG_TRY(question_of(request, framework, interpreter));
  if (!question || !question->directives.empty() || !framework.escapes.empty()) return false;
  const auto& present = *KPKG_TRY(interpreter.sightings().names_in(overrides));
  const bool is_overridden = std::any_of(present.begin(), present.end(), [&](const std::string& name) {
    return name.starts_with(request.module);
  });
  if (is_overridden) return false;
  return names_no_kernel(*KPKG_TRY(interpreter.sightings().text(question->files.front())), *question);
}

std::string conf_file_in_tree(const Framework& framework, std::string_view module, std::string_view version) {
  return fmt::format("{}/{}/{}/source/dkms.conf", framework.dkms_tree, module, version);
}

std::optional<Refusal> refusal_of(const Conf& conf, const ConfRequest& request, const Framework& framework,
                                  std::string_view named) {
  switch (conf.standing) {
    case Standing::valid: return std::nullopt;
    case Standing::bad:
      return Refusal{
          status_bad,
          error_remark(
              {"Bad conf file.", fmt::format("File: {} does not represent a valid dkms.conf file.", named)})};
    case Standing::missing:
      return Refusal{
          status_missing,
          error_remark({"Could not locate dkms.conf file.",
                        fmt::format("File: {} does not exist.", conf_file_of(request, framework))})};
  }
  return std::nullopt;
}

std::optional<Refusal> exclusion_of(const Conf& conf, const ConfRequest& request,
                                    const Framework& framework) {
  if (!conf.is_excluded) return std::nullopt;
  const auto directory = fmt::format("{}/{}/{}/{}/{}", framework.dkms_tree, request.module, request.version,
                                     request.kernel, request.arch);
  return Refusal{status_excluded,
                 warning_remark({fmt::format("The {}/dkms.conf", directory),
                                 fmt::format("for module {}/{} includes BUILD_EXCLUSIVE directives",
                                             request.module, request.version),
                                 "which do not match this kernel/arch/config for any modules.",
                                 "This indicates that it should not be built."})};
}

std::string command_with_jobs(std::string_view make_command, std::string_view parallel_jobs,
                              std::string_view kernel) {
  constexpr std::string_view make = "make";
  if (!make_command.starts_with(make)) return std::string(make_command);
  return fmt::format("make -j{} KERNELRELEASE={}{}", parallel_jobs, kernel, make_command.substr(make.size()));
}

}  // namespace kpkg::dkmsconf
