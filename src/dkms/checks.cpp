// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/checks.hpp"

#include "system/file.hpp"

#include <fmt/format.h>

namespace kpkg::dkms {

using dkmsconf::error_remark;
using dkmsconf::Refusal;

std::optional<Refusal> without_names(const dkmstree::VersionId& id, std::string_view action) {
  if (!id.module.empty() && !id.version.empty()) return std::nullopt;
  return Refusal{1, error_remark({"Arguments <module> and <module-version> are not specified.",
                                  fmt::format("Usage: {} <module>/<module-version> or", action),
                                  fmt::format("       {} -m <module>/<module-version> or", action),
                                  fmt::format("       {} -m <module> -v <module-version>", action)})};
}

std::optional<Refusal> without_root(const Context& context) {
  if (context.site.workspace.host.is_root() || !context.root().is_host()) return std::nullopt;
  return Refusal{1, error_remark({"You must be root to use this command."})};
}

std::optional<Refusal> without_tree(const Context& context) {
  const auto& tree = context.places.dkms_tree;
  // The package makes it, or whoever asks first.
  drop(context.root().make_directories(tree), "the next line sees it");
  const auto place = context.root().host_path(tree);
  if (place && system::is_writable(*place)) return std::nullopt;
  return Refusal{1, error_remark({fmt::format("No write access to DKMS tree at {}", tree)})};
}

Result<std::optional<Refusal>> broken(const Context& context, const dkmstree::VersionId& id) {
  const auto module = KPKG_TRY(module_now(context, id.module));
  const auto* version = module.version_of(id.version);
  if (version == nullptr || !version->is_broken()) return std::optional<Refusal>();
  return std::optional(
      Refusal{4, error_remark({fmt::format("{} is broken!", id.text()),
                               "Missing the source directory or the symbolic link pointing to it.",
                               "Manual intervention is required!"})});
}

Result<std::optional<Refusal>> not_added(const Context& context, const dkmstree::VersionId& id) {
  const auto module = KPKG_TRY(module_now(context, id.module));
  const auto* version = module.version_of(id.version);
  if (version != nullptr && version->is_added()) return std::optional<Refusal>();
  return std::optional(Refusal{
      3, error_remark(
             {fmt::format("The module/version combo: {} is not located in the DKMS tree.", id.text())})});
}

std::optional<Refusal> with_all(const Arguments& arguments, std::string_view action) {
  if (!arguments.wants_all) return std::nullopt;
  return Refusal{5,
                 error_remark({fmt::format("The action {} does not support the --all parameter.", action)})};
}

std::optional<Refusal> not_one_kernel(const Arguments& arguments, std::size_t count,
                                      std::string_view action) {
  if (auto refusal = with_all(arguments, action)) return refusal;
  if (count == 1) return std::nullopt;
  const auto what = action.starts_with("kernel_")
                        ? "requires exactly one kernel version parameter on the command line."
                        : "does not support multiple kernel version parameters on the command line.";
  return Refusal{4, error_remark({fmt::format("The action {} {}", action, what)})};
}

}  // namespace kpkg::dkms
