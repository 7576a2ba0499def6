// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/kmod_features.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_program = 16U << 20;
constexpr std::array<std::string_view, 3> places = {"/usr/bin/kmod", "/bin/kmod", "/usr/sbin/kmod"};

struct Feature {
  std::string_view word;
  std::string_view algorithm;  ///< the kernel's word
  std::string_view suffix;
};

constexpr std::array features{Feature{"+ZLIB", "gzip", "gz"}, Feature{"+XZ", "xz", "xz"},
                              Feature{"+ZSTD", "zstd", "zst"}};

bool is_visible(char character) {
  return character >= ' ' && character <= '~';
}

/// The line around `place`.
std::string_view text_around(std::string_view bytes, std::size_t place) {
  auto first = place;
  auto last = place;
  while (first > 0 && is_visible(bytes[first - 1])) --first;
  while (last < bytes.size() && is_visible(bytes[last])) ++last;
  return bytes.substr(first, last - first);
}

}  // namespace

std::optional<std::vector<std::string>> features_of_kmod(std::string_view program) {
  // Every kmod since 4 says of XZ whether it has it.
  auto place = program.find("+XZ ");
  if (place == std::string_view::npos) place = program.find("-XZ ");
  if (place == std::string_view::npos) return std::nullopt;
  const auto said = words(text_around(program, place));
  std::vector<std::string> suffixes;
  for (const auto& feature : features)
    if (std::find(said.begin(), said.end(), feature.word) != said.end())
      suffixes.emplace_back(feature.suffix);
  return suffixes;
}

Result<std::optional<std::vector<std::string>>> modprobe_unpacks(const system::Root& root) {
  for (const auto place : places) {
    const auto program = KPKG_TRY(root.read_if_present(place, largest_program));
    if (program) return features_of_kmod(*program);
  }
  return std::optional<std::vector<std::string>>{};
}

std::string suffix_of(std::string_view algorithm) {
  const auto found = std::find_if(features.begin(), features.end(),
                                  [&](const Feature& each) { return each.algorithm == algorithm; });
  return found == features.end() ? std::string() : std::string(found->suffix);
}

}  // namespace kpkg::kernel
