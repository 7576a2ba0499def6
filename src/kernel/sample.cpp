// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/sample.hpp"

#include "archive/compression.hpp"
#include "kernel/module_list.hpp"
#include "kernel/path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

namespace kpkg::kernel {
namespace {

constexpr std::size_t wanted_modules = 12;
constexpr std::size_t most_tries = 8;  // per module: split packages leave listed modules away
constexpr std::uint64_t small_module = 256U
                                       << 10;  // bytes; three in four are below it, and they say the same
constexpr std::uint64_t largest_module = 64U << 20;  // bytes, unpacked too

/// Takes modules from a list, each from its own part of it.
class Sampler {
 public:
  Sampler(const system::Root& root, std::string module_directory)
      : root_(root), module_directory_(std::move(module_directory)) {}

  Status take_from(std::span<const std::string> names, std::uint64_t size_limit);
  bool has_any() const { return !sample_.modules.empty(); }
  Sample finish() { return std::move(sample_); }

 private:
  Result<bool> take(const std::string& name, std::uint64_t size_limit);
  void note_damage(const std::string& name, const Error& error);

  const system::Root& root_;
  std::string module_directory_;
  Sample sample_;
};

Status Sampler::take_from(std::span<const std::string> names, std::uint64_t size_limit) {
  for (std::size_t part = 0; part < wanted_modules; ++part) {
    const auto begin = part * names.size() / wanted_modules;
    const auto end = std::min((part + 1) * names.size() / wanted_modules, begin + most_tries);
    for (auto index = begin; index < end; ++index) {
      const bool is_taken = KPKG_TRY(take(names[index], size_limit));
      if (is_taken) break;
    }
  }
  return {};
}

/// Adds the module if it is there, not too large, sound and the kernel's own.
Result<bool> Sampler::take(const std::string& name, std::uint64_t size_limit) {
  const auto place = KPKG_TRY(follow(root_, module_directory_ + "/" + name));
  if (!place.path) return false;
  const auto status = KPKG_TRY(root_.status(*place.path));
  if (!status || status->type != system::FileType::regular || status->size > size_limit) return false;
  const auto file = KPKG_TRY(root_.read(*place.path, size_limit));
  const auto bytes = archive::decompress(file, largest_module);
  auto fingerprint = bytes ? abi::fingerprint(*bytes) : Result<abi::Fingerprint>(tl::unexpect, bytes.error());
  if (!fingerprint) {
    note_damage(name, fingerprint.error());
    return false;
  }
  if (!fingerprint->intree) return false;
  sample_.modules.push_back({name, compression_named(name), std::move(*fingerprint)});
  return true;
}

void Sampler::note_damage(const std::string& name, const Error& error) {
  auto note = fmt::format("{}/{} is not readable as a module: {}", module_directory_, name, error.text());
  if (std::find(sample_.notes.begin(), sample_.notes.end(), note) == sample_.notes.end())
    sample_.notes.push_back(std::move(note));
}

}  // namespace

abi::Compression compression_named(std::string_view file_name) {
  if (file_name.ends_with(".gz")) return abi::Compression::gz;
  if (file_name.ends_with(".xz")) return abi::Compression::xz;
  if (file_name.ends_with(".zst")) return abi::Compression::zst;
  return abi::Compression::none;
}

Result<Sample> sample_modules(const system::Root& root, const std::string& module_directory) {
  Sampler sampler(root, module_directory);
  const auto listed = KPKG_TRY(listed_modules(root, module_directory));
  KPKG_TRY(sampler.take_from(listed, small_module));
  if (sampler.has_any()) return sampler.finish();
  // No list, or a list of files that are gone, or modules that were never stripped.
  const auto present = KPKG_TRY(present_modules(root, module_directory));
  KPKG_TRY(sampler.take_from(present, small_module));
  if (!sampler.has_any()) KPKG_TRY(sampler.take_from(present, largest_module));
  return sampler.finish();
}

}  // namespace kpkg::kernel
