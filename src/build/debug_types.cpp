// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/debug_types.hpp"

#include <chrono>

namespace kpkg::build {
namespace {

/// A module with 500 types takes 0.02 s; one that takes this long is not worth waiting for.
constexpr std::chrono::seconds longest{60};

}  // namespace

bool has_debug_information(std::string_view module) {
  return module.find(".debug_info") != std::string_view::npos;
}

Result<abi::ModuleTypes> debug_types(const std::string& file, system::Runner& runner) {
  const auto outcome = runner.run({.program = "pahole",
                                   .arguments = {"--btf_encode_detached=/dev/stdout", file},
                                   .environment = system::system_environment(),
                                   .timeout = longest,
                                   .cost = system::Cost::work});
  if (!outcome && outcome.error().kind == ErrorKind::not_found) return abi::ModuleTypes{};
  const auto ended = KPKG_TRY(std::move(outcome));
  if (ended.interrupted)
    return fail(ErrorKind::interrupted, "reading the types of " + file + " was interrupted");
  if (!ended.succeeded()) return abi::ModuleTypes{};
  auto types = abi::described_types(ended.output);
  if (!types) return abi::ModuleTypes{};
  return std::move(*types);
}

}  // namespace kpkg::build
