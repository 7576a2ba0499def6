// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/root_memory.hpp"

#include "crypto/digest.hpp"

#include <fmt/format.h>

namespace kpkg::workflow {
namespace {

constexpr std::int64_t half_a_year = 183 * 24 * 3600;  // seconds; by then most kernels are gone
constexpr std::int64_t nanoseconds = 1'000'000'000;

std::string file_of(const std::string& key) {
  return fmt::format("{}/{}", places::memory, crypto::sha256(key).hex());
}

Status forget_older(const system::Root& root, std::int64_t before) {
  const auto entries = KPKG_TRY(root.list(places::memory));
  for (const auto& entry : *entries) {
    const auto path = fmt::format("{}/{}", places::memory, entry.name);
    const auto status = KPKG_TRY(root.status(path));
    if (status && status->modified_ns / nanoseconds < before) KPKG_TRY(root.remove(path));
  }
  return {};
}

Status keep_in_file(const Workspace& workspace, const std::string& key, std::string_view bytes) {
  KPKG_TRY(workspace.root.make_directories(places::memory));
  KPKG_TRY(forget_older(workspace.root, workspace.clock() - half_a_year));
  return workspace.root.write(file_of(key), bytes);
}

}  // namespace

std::optional<SharedBytes> RootMemory::recall(const std::string& key) {
  const auto file = workspace_.root.open_file(file_of(key));
  auto bytes = file ? file->map() : Result<SharedBytes>(fail(file.error()));
  return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

void RootMemory::keep(const std::string& key, std::string_view bytes) {
  drop(keep_in_file(workspace_, key, bytes), "it is learned again the next time");
}

}  // namespace kpkg::workflow
