// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/header_installation.hpp"

#include "cli/exit_status.hpp"
#include "kernel/find.hpp"
#include "store/recipes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::cli {
namespace {

using workflow::Consent;

std::string question_of(const std::string& kernel, const std::vector<distro::PackageVersion>& packages) {
  auto text = fmt::format(
      "No headers here describe the kernel {}. These packages will be installed with apt:\n", kernel);
  for (const auto& package : packages) text += fmt::format("  {} {}\n", package.name, package.version);
  return text + "Install them? Otherwise kpkg unpacks the headers for itself alone.";
}

Consent consent_of(const Context& context, Asking asking) {
  if (context.arguments.yes) return Consent::given;
  const bool can_ask = asking == Asking::terminal && context.workspace.host.can_ask;
  return can_ask ? Consent::asked : Consent::absent;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The installed recipes that are still to be built for the kernel.
Result<std::vector<std::string>> left_for(const Context& context, const std::string& kernel,
                                          const Finished& finished) {
  auto store = KPKG_TRY(store::Store::open(context.workspace.root, store::Access::read));
  std::vector<std::string> left;
  for (const auto& wish : KPKG_TRY(store::wishes(store)))
    if (!has(finished.kernels, kernel) || !has(finished.recipes, wish.recipe)) left.push_back(wish.recipe);
  return left;
}

Status build_what_is_left(const Context& context, const workflow::HeaderInstaller& installer,
                          const Finished& finished) {
  for (const auto& kernel : KPKG_TRY(kernel::find_kernels(context.workspace.root, context.workspace.host))) {
    // The metapackage may have brought headers of a kernel that is not here yet.
    if (!kernel.has_modules || !installer.has_brought_headers_of(kernel.release)) continue;
    auto left = KPKG_TRY(left_for(context, kernel.release, finished));
    if (left.empty()) continue;
    const Arguments arguments{.verb = Verb::rebuild,
                              .names = std::move(left),
                              .root = context.arguments.root,
                              .jobs = context.arguments.jobs,
                              .verbosity = context.arguments.verbosity,
                              .no_load = context.arguments.no_load};
    bring_to_kernel({arguments, context.workspace, context.terminal}, kernel.release);
  }
  return {};
}

}  // namespace

workflow::HeaderInstaller header_installer(const Context& context, Asking asking) {
  return workflow::HeaderInstaller(consent_of(context, asking),
                                   [&context](const auto& kernel, const auto& packages) {
                                     return context.terminal.agrees(question_of(kernel, packages));
                                   });
}

void catch_up(const Context& context, const workflow::HeaderInstaller& installer, const Finished& finished) {
  if (installer.installed().empty()) return;
  if (context.arguments.json) {
    context.workspace.observer.on({.kind = workflow::EventKind::note,
                                   .text = "kpkg rebuild builds what else waits for the headers that came"});
    return;
  }
  const auto built = build_what_is_left(context, installer, finished);
  if (!built) context.terminal.show(built.error());
}

}  // namespace kpkg::cli
