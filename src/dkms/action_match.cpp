// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/actions.hpp"
#include "dkms/checks.hpp"
#include "dkms/status_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::dkms {
namespace {

using dkmsbuild::Engine;
using dkmsconf::error_remark;
using dkmsconf::Refusal;
using dkmsconf::Stream;

/// Lets pass what goes to stderr alone: the lines of the status are read, not shown.
class ErrorsOnly : public dkmsbuild::Printer {
 public:
  explicit ErrorsOnly(dkmsbuild::Printer& printer) : printer_(printer) {}

  void say(Stream stream, std::string_view text) override {
    if (stream == Stream::errors) printer_.say(stream, text);
  }
  void start_dots() override {}
  void stop_dots() override {}

 private:
  dkmsbuild::Printer& printer_;
};

/// What is installed for the kernel that is the model.
Result<std::vector<dkmstree::VersionId>> installed_versions(const Context& context) {
  ErrorsOnly printer(context.printer());
  StatusLines lines(context, dkmstree::read_tree(context.root(), context.places), printer);
  const auto entries =
      KPKG_TRY(lines.print({.kernel = context.arguments.template_kernel, .arch = context.target().arch}));
  std::vector<dkmstree::VersionId> found;
  for (const auto& entry : entries)
    if (entry.state == dkmstree::State::installed) found.push_back(entry.id.of());
  return found;
}

std::optional<Refusal> mistake_in(const Context& context) {
  const auto& model = context.arguments.template_kernel;
  if (model.empty())
    return Refusal{
        1, error_remark({"Invalid number of parameters passed.",
                         "Usage: match --templatekernel=<kernel-version> -k <kernel-version>",
                         "   or: match --templatekernel=<kernel-version> -k <kernel-version> <module>"})};
  if (model != context.target().kernel) return std::nullopt;
  return Refusal{2, error_remark({"The templatekernel and the specified kernel version are the same."})};
}

std::optional<Refusal> without_headers(const Context& context) {
  const auto& kernel = context.target().kernel;
  const auto build = fmt::format("{}/{}/build", context.places.install_tree, kernel);
  const auto& given = context.arguments.kernel_source_dir;
  const auto include = (given.empty() ? build : given) + "/include";
  if (kind_of(context.root(), include) != WordKind::nothing) return std::nullopt;
  return Refusal{
      21,
      error_remark(
          {fmt::format("Your kernel headers for kernel {} cannot be found at {} or {}/{}/source.", kernel,
                       build, context.places.install_tree, kernel),
           fmt::format("Please install your distribution's kernel headers package matching {}, or use the "
                       "--kernelsourcedir option to tell DKMS where it's located.",
                       kernel)})};
}

Result<ExitStatus> match_one(const Context& context, Engine& engine, const dkmstree::VersionId& id) {
  auto& printer = context.printer();
  dkmsbuild::say_line(printer, "Module:  " + id.module);
  dkmsbuild::say_line(printer, "Version: " + id.version);
  const auto task = task_for(context, id, context.target());
  const auto mark = context.reader.mark();
  KPKG_TRY(engine.build(task));
  context.reader.put_back(mark);
  const auto status = KPKG_TRY(engine.install(task));
  context.reader.put_back(mark);
  return status;
}

}  // namespace

Result<ExitStatus> run_match(const Context& context, Engine& engine) {
  if (const auto refusal = without_root(context)) return refuse(context, *refusal);
  if (const auto refusal = not_one_kernel(context.arguments, context.targets.size(), "match"))
    return refuse(context, *refusal);
  if (const auto refusal = mistake_in(context)) return refuse(context, *refusal);
  auto versions = KPKG_TRY(installed_versions(context));
  const auto& module = context.arguments.module;
  if (!module.empty() && kind_of(context.root(), context.places.directory_of(module)) != WordKind::directory)
    return refuse(
        context, {3, error_remark({fmt::format("The module: {} is not located in the DKMS tree.", module)})});
  std::erase_if(versions, [&](const auto& id) { return !module.empty() && id.module != module; });
  const auto target = context.target();
  dkmsbuild::say_line(
      context.printer(),
      fmt::format("\nMatching modules in kernel: {} ({})\nto the configuration of kernel: {} ({})",
                  target.kernel, target.arch, context.arguments.template_kernel, target.arch));
  if (versions.empty()) {
    dkmsbuild::say_line(context.printer(), "\nThere is nothing to be done for this match.");
    return 0;
  }
  if (const auto refusal = without_headers(context)) return refuse(context, *refusal);
  ExitStatus status = 0;
  for (const auto& id : versions) status = KPKG_TRY(match_one(context, engine, id));
  return status;
}

}  // namespace kpkg::dkms
