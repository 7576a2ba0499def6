// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/select.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace kpkg::kernel {
namespace {

constexpr std::string_view install_hint =
    "install a kernel or its headers, or name another root with --root DIR";

bool is_usable(const Kernel& kernel) {
  return kernel.has_modules || kernel.tree.has_value();
}

const Kernel* running(std::span<const Kernel> kernels) {
  const auto found =
      std::find_if(kernels.begin(), kernels.end(), [](const auto& kernel) { return kernel.is_running; });
  return found == kernels.end() ? nullptr : &*found;
}

/// The newest kernel with modules, else the newest with headers.
const Kernel* newest(std::span<const Kernel> kernels) {
  const auto complete =
      std::find_if(kernels.begin(), kernels.end(), [](const auto& kernel) { return kernel.has_modules; });
  if (complete != kernels.end()) return &*complete;
  const auto headers = std::find_if(kernels.begin(), kernels.end(), is_usable);
  return headers == kernels.end() ? nullptr : &*headers;
}

std::string newest_reason(std::span<const Kernel> kernels, const Kernel& kernel, const system::Host& host) {
  if (!kernel.has_modules)
    return fmt::format("{}: the newest that has headers; no kernel here has modules", kernel.release);
  const auto reason = kernel.release + ": the newest in this root";
  const bool has_running = std::any_of(kernels.begin(), kernels.end(), [&](const auto& other) {
    return other.release == host.release && is_usable(other);
  });
  if (host.release.empty() || has_running) return reason;
  return fmt::format("{}; the running kernel {} has no modules here", reason, host.release);
}

std::vector<std::string> releases(std::span<const Kernel> kernels) {
  std::vector<std::string> names;
  for (const auto& kernel : kernels) names.push_back(kernel.release);
  return names;
}

Error unknown(std::span<const Kernel> kernels, const std::string& name) {
  Error error{.kind = ErrorKind::not_found,
              .message = fmt::format("no kernel \"{}\" in this root", told_name(name))};
  auto names = releases(kernels);
  error.hint = names.empty() ? std::string(install_hint) : "kernels here: " + join(names, ", ");
  for (const auto* word : {"running", "newest", "all"}) names.emplace_back(word);
  if (const auto close = nearest(name, names))
    error.hint = fmt::format("did you mean {}? {}", *close, error.hint);
  return error;
}

Error nothing_usable(std::span<const Kernel> kernels) {
  Error error{
      .kind = ErrorKind::not_found, .message = "no kernel in this root", .hint = std::string(install_hint)};
  if (!kernels.empty())
    error.message = fmt::format("no kernel in this root has modules or headers, only leftovers of {}",
                                join(releases(kernels), ", "));
  return error;
}

/// The kernels that one name stands for.
Result<std::vector<Kernel>> named(std::span<const Kernel> kernels, const std::string& name) {
  const auto exact = std::find_if(kernels.begin(), kernels.end(),
                                  [&](const auto& kernel) { return kernel.release == name; });
  if (exact != kernels.end()) return std::vector{*exact};
  if (name == "running") {
    if (const auto* kernel = running(kernels)) return std::vector{*kernel};
    return fail(
        ErrorKind::not_found, "the running kernel has no directory in this root's /lib/modules",
        kernels.empty() ? std::string(install_hint) : "kernels here: " + join(releases(kernels), ", "));
  }
  if (name != "newest" && name != "all") return fail(unknown(kernels, name));
  const auto* latest = newest(kernels);
  if (latest == nullptr) return fail(nothing_usable(kernels));
  if (name == "newest") return std::vector{*latest};
  std::vector<Kernel> usable;
  std::copy_if(kernels.begin(), kernels.end(), std::back_inserter(usable), is_usable);
  return usable;
}

}  // namespace

Result<Choice> default_kernels(std::span<const Kernel> kernels, const system::Host& host) {
  if (const auto* kernel = running(kernels); kernel != nullptr && is_usable(*kernel))
    return Choice{{*kernel}, kernel->release + ": the running kernel"};
  const auto* latest = newest(kernels);
  if (latest == nullptr) return fail(nothing_usable(kernels));
  return Choice{{*latest}, newest_reason(kernels, *latest, host)};
}

Result<std::vector<Kernel>> select(std::span<const Kernel> kernels, std::span<const std::string> names) {
  std::vector<Kernel> chosen;
  for (const auto& name : names) {
    auto wanted = KPKG_TRY(named(kernels, name));
    for (auto& kernel : wanted) {
      const bool is_chosen = std::any_of(chosen.begin(), chosen.end(),
                                         [&](const auto& other) { return other.release == kernel.release; });
      if (!is_chosen) chosen.push_back(std::move(kernel));
    }
  }
  return chosen;
}

}  // namespace kpkg::kernel
