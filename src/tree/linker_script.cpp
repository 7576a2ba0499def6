// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/linker_script.hpp"

#include "tree/architecture.hpp"
#include "tree/private_copy.hpp"

#include <fmt/format.h>

#include <optional>

namespace kpkg::tree {
namespace {

constexpr std::string_view source_name = "scripts/module.lds.S";
constexpr std::string_view version_header = "include/generated/uapi/linux/version.h";
constexpr const char* all_trees = "/usr/src";

/// Makes one script. Owns nothing.
class Maker {
 public:
  Maker(const Subject& subject, const std::string& copy, const std::string& name, const Means& means)
      : subject_(subject), copy_(copy), name_(name), means_(means) {}

  Result<MadePart> make() {
    auto text = KPKG_TRY(preprocessed());
    if (!text) text = KPKG_TRY(neighbours());
    if (!text) return MadePart{false, name_ + " cannot be made: the tree has no source of it"};
    KPKG_TRY(replace_in_copy(subject_.root, copy_, name_, *text));
    return MadePart{true, fmt::format("{} was made of {}", name_, origin_)};
  }

 private:
  Result<std::optional<std::string>> preprocessed() {
    const auto source = fmt::format("{}/{}", copy_, source_name);
    const auto& configuration = subject_.learned.configuration;
    const auto* const architecture = configuration ? architecture_of(*configuration) : nullptr;
    if (architecture == nullptr || !KPKG_TRY(subject_.root.real_path(source)))
      return std::optional<std::string>{};
    system::Command command;
    command.program = "cc";
    command.arguments = {"-E",          "-P", "-x", "assembler-with-cpp", "-D__ASSEMBLY__", "-DLINKER_SCRIPT",
                         "-D__KERNEL__"};
    const auto arch = fmt::format("arch/{}/include", architecture->directory);
    for (const auto& directory :
         {arch, arch + "/generated", std::string("include"), arch + "/uapi", arch + "/generated/uapi",
          std::string("include/uapi"), std::string("include/generated/uapi")})
      command.arguments.push_back("-I" + directory);
    command.arguments.insert(command.arguments.end(),
                             {"-include", "include/linux/kconfig.h", std::string(source_name)});
    command.environment = system::system_environment();
    command.directory = KPKG_TRY(subject_.root.host_path(copy_));
    command.timeout = std::chrono::minutes(1);
    const auto outcome = means_.runner.run(command);
    if (!outcome && outcome.error().kind == ErrorKind::not_found) return std::optional<std::string>{};
    if (!outcome) return fail(outcome.error());
    if (outcome->interrupted) return fail(ErrorKind::interrupted, "mending the tree was interrupted");
    if (!outcome->succeeded()) return std::optional<std::string>{};
    origin_ = source_name;
    return std::optional(outcome->output);
  }

  /// The script of another tree with the same LINUX_VERSION_CODE: of another flavour of this kernel.
  Result<std::optional<std::string>> neighbours() {
    const auto version = KPKG_TRY(subject_.root.read_if_present(fmt::format("{}/{}", copy_, version_header)));
    const auto entries = KPKG_TRY(subject_.root.list(all_trees));
    if (!version || !entries) return std::optional<std::string>{};
    for (const auto& entry : *entries) {
      const auto tree = fmt::format("{}/{}", all_trees, entry.name);
      const auto theirs = KPKG_TRY(subject_.root.read_if_present(fmt::format("{}/{}", tree, version_header)));
      if (theirs != version) continue;
      auto text = KPKG_TRY(subject_.root.read_if_present(fmt::format("{}/{}", tree, name_)));
      if (!text) continue;
      origin_ = "that of " + tree;
      return text;
    }
    return std::optional<std::string>{};
  }

  const Subject& subject_;
  const std::string& copy_;
  const std::string& name_;
  const Means& means_;
  std::string origin_;
};

}  // namespace

Result<MadePart> make_linker_script(const Subject& subject, const std::string& copy, const std::string& name,
                                    const Means& means) {
  return Maker(subject, copy, name, means).make();
}

}  // namespace kpkg::tree
