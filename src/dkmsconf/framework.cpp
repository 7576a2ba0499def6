// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/framework.hpp"

#include "base/text.hpp"
#include "dkmsconf/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kpkg::dkmsconf {
namespace {

constexpr const char* main_file = "/etc/dkms/framework.conf";
constexpr const char* more_files = "/etc/dkms/framework.conf.d";
constexpr const char* sysconfig_file = "/etc/sysconfig/module-init-tools";
constexpr std::string_view addon_variable = "ADDON_MODULES_DIR";
constexpr std::string_view escape_start = "DKMS_DIRECTIVE";

/// A setting and where it is kept.
using Setting = std::pair<std::string_view, std::string Framework::*>;

/// Settings that DKMS gives a value before it reads anything, so that none comes from the environment.
constexpr std::array<Setting, 9> own_settings = {{{"source_tree", &Framework::source_tree},
                                                  {"dkms_tree", &Framework::dkms_tree},
                                                  {"install_tree", &Framework::install_tree},
                                                  {"tmp_location", &Framework::tmp_location},
                                                  {"verbose", &Framework::verbose},
                                                  {"symlink_modules", &Framework::symlink_modules},
                                                  {"compress_gzip_opts", &Framework::compress_gzip_opts},
                                                  {"compress_xz_opts", &Framework::compress_xz_opts},
                                                  {"compress_zstd_opts", &Framework::compress_zstd_opts}}};

constexpr std::array<Setting, 10> open_settings = {
    {{"autoinstall_all_kernels", &Framework::autoinstall_all_kernels},
     {"continue_on_error", &Framework::continue_on_error},
     {"modprobe_on_install", &Framework::modprobe_on_install},
     {"parallel_jobs", &Framework::parallel_jobs},
     {"build_environment", &Framework::build_environment},
     {"post_transaction", &Framework::post_transaction},
     {"sign_file", &Framework::sign_file},
     {"mok_signing_key", &Framework::mok_signing_key},
     {"mok_certificate", &Framework::mok_certificate},
     {"try_sign_modules", &Framework::try_sign_modules}}};

/// The value of a variable in an environment; nothing: it is not there.
std::optional<std::string> in_environment(const std::vector<std::string>& environment,
                                          std::string_view name) {
  const auto start = fmt::format("{}=", name);
  const auto found = std::find_if(environment.begin(), environment.end(),
                                  [&](const auto& variable) { return variable.starts_with(start); });
  return found == environment.end() ? std::nullopt : std::optional(found->substr(start.size()));
}

Result<std::vector<std::string>> present_files(const system::Root& root) {
  std::vector<std::string> files = {main_file};
  const auto entries = KPKG_TRY(root.list(more_files));
  for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>()))
    if (entry.name.ends_with(".conf") && !entry.name.starts_with('.'))
      files.push_back(fmt::format("{}/{}", more_files, entry.name));
  std::vector<std::string> present;
  for (auto& file : files)
    if (KPKG_TRY(root.real_path(file))) present.push_back(std::move(file));
  return present;
}

/// Answers from memory alone where there are no means. Owns nothing.
class FrameworkReader {
 public:
  FrameworkReader(const FrameworkRequest& request, Interpreter& interpreter, const Means* means)
      : request_(request), interpreter_(interpreter), means_(means) {}

  Result<std::optional<Framework>> read() {
    begin();
    if (!KPKG_TRY(read_addon_directory())) return std::optional<Framework>();
    const auto evaluation = KPKG_TRY(answer(KPKG_TRY(question())));
    if (!evaluation) return std::optional<Framework>();
    take(*evaluation);
    return std::optional(std::move(framework_));
  }

 private:
  void begin() {
    framework_.running_distribution = running_distribution(request_.distribution);
    framework_.running_kernel = request_.running_kernel;
    const auto temporary = in_environment(request_.environment, "TMPDIR").value_or("");
    if (!temporary.empty()) framework_.tmp_location = temporary;
    framework_.addon_modules_dir = in_environment(request_.environment, addon_variable).value_or("");
    for (const auto& variable : request_.environment)
      if (variable.starts_with(escape_start)) framework_.escapes.push_back(variable);
  }

  /// False: that is not known without running bash.
  Result<bool> read_addon_directory() {
    if (!framework_.addon_modules_dir.empty()) return true;
    if (!KPKG_TRY(interpreter_.root().real_path(sysconfig_file))) return true;
    const auto evaluation = KPKG_TRY(
        answer(Question{.known_as = sysconfig_file, .names = addon_variable, .files = {sysconfig_file}}));
    if (evaluation) framework_.addon_modules_dir = evaluation->variables.value(addon_variable);
    return evaluation.has_value();
  }

  Result<Question> question() const {
    Question question{.known_as = fmt::format("framework for {}", request_.kernel.value_or("no kernel")),
                      .names = framework_names,
                      .sights = {{"/etc/dkms", Extent::everything}}};
    question.files = KPKG_TRY(present_files(interpreter_.root()));
    for (const auto& [name, place] : own_settings) question.variables.emplace_back(name, framework_.*place);
    for (const auto& [name, place] : open_settings)
      if (auto value = in_environment(request_.environment, name))
        question.variables.emplace_back(name, *std::move(value));
    question.variables.emplace_back("current_os", "Linux");
    question.variables.emplace_back("current_kernel", framework_.running_kernel);
    question.variables.emplace_back("running_distribution", framework_.running_distribution);
    question.variables.emplace_back("addon_modules_dir", framework_.addon_modules_dir);
    if (request_.kernel) question.variables.emplace_back("kernelver", *request_.kernel);
    for (const auto& escape : framework_.escapes) {
      const auto equals = escape.find('=');
      question.variables.emplace_back(escape.substr(0, equals), escape.substr(equals + 1));
    }
    return question;
  }

  Result<std::optional<Evaluation>> answer(const Question& question) {
    if (question.files.empty() && framework_.escapes.empty()) return std::optional(unread(question));
    if (means_ == nullptr) return interpreter_.recall(question);
    auto evaluation = KPKG_TRY(interpreter_.ask(question, *means_));
    const auto hint = "look at the files in /etc/dkms: bash runs them";
    if (evaluation.end == EvaluationEnd::timed_out)
      return fail(ErrorKind::invalid,
                  fmt::format("reading the configuration of DKMS took longer than {}",
                              duration_text(means_->patience)),
                  hint);
    if (evaluation.end == EvaluationEnd::cut_short)
      return fail(ErrorKind::invalid,
                  fmt::format("the configuration of DKMS ends its reader, with status {}", evaluation.status),
                  hint);
    return std::optional(std::move(evaluation));
  }

  /// What bash would say if there is nothing to read.
  static Evaluation unread(const Question& question) {
    Evaluation evaluation{.end = EvaluationEnd::whole};
    for (const auto& [name, value] : question.variables) evaluation.variables.arrays[name][0] = value;
    return evaluation;
  }

  void take(const Evaluation& evaluation) {
    for (const auto& [name, place] : own_settings) framework_.*place = evaluation.variables.value(name);
    for (const auto& [name, place] : open_settings) framework_.*place = evaluation.variables.value(name);
    auto& jobs = framework_.parallel_jobs;
    if (jobs.empty()) jobs = std::to_string(request_.processors);
    // make takes -j0 for a mistake.
    if (jobs == "0") jobs.clear();
    for (const auto& file : evaluation.files)
      if (!file.said.empty()) framework_.remarks.push_back({Stream::errors, file.said});
  }

  const FrameworkRequest& request_;
  Interpreter& interpreter_;
  const Means* means_;
  Framework framework_;
};

}  // namespace

std::string running_distribution(const distro::Distribution& distribution) {
  if (distribution.id == "ubuntu" || distribution.like.empty()) return distribution.id;
  return join(distribution.like, " ");
}

Result<Framework> read_framework(const FrameworkRequest& request, Interpreter& interpreter,
                                 const Means& means) {
  auto framework = KPKG_TRY(FrameworkReader(request, interpreter, &means).read());
  return *std::move(framework);
}

Result<std::optional<Framework>> recalled_framework(const FrameworkRequest& request,
                                                    Interpreter& interpreter) {
  return FrameworkReader(request, interpreter, nullptr).read();
}

}  // namespace kpkg::dkmsconf
