// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/source_version.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace kpkg::tree {
namespace {

constexpr std::uint32_t largest_number = 255;

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && last == end ? std::optional(number) : std::nullopt;
}

/// The three numbers at the beginning of a version, as large as a header has them; what is absent is 0.
std::array<std::uint32_t, 3> numbers_of(std::string_view version) {
  std::array<std::uint32_t, 3> numbers = {};
  for (auto& number : numbers) {
    const auto* const end = version.data() + version.size();
    const auto [last, error] = std::from_chars(version.data(), end, number);
    number = error == std::errc() ? std::min(number, largest_number) : 0;
    version.remove_prefix(static_cast<std::size_t>(last - version.data()));
    if (!version.starts_with('.')) break;
    version.remove_prefix(1);
  }
  return numbers;
}

}  // namespace

std::optional<std::string> version_in_header(std::string_view text) {
  for (const auto& line : lines(text)) {
    const auto all = words(line);
    if (all.size() != 3 || all[0] != "#define" || all[1] != "LINUX_VERSION_CODE") continue;
    const auto code = number_in(all[2]);
    if (!code) return std::nullopt;
    return fmt::format("{}.{}.{}", *code >> 16, *code >> 8 & largest_number, *code & largest_number);
  }
  return std::nullopt;
}

bool is_version_of(std::string_view in_header, std::string_view source) {
  return numbers_of(in_header) == numbers_of(source);
}

void observe_other_version(std::vector<Observation>& observations, const std::string& tree,
                           const std::string& kernel) {
  if (is_version_of(tree, kernel)) return;
  observations.push_back({.aspect = Aspect::release,
                          .weight = Weight::note,
                          .text = fmt::format("the tree is of Linux {}, the kernel of {}", tree, kernel),
                          .meaning = "structs change between point releases",
                          .remedy = ""});
  discount_symbols(observations, "Module.symvers is of another source than the headers");
}

void discount_symbols(std::vector<Observation>& observations, const std::string& why) {
  for (auto& each : observations) {
    if (each.aspect != Aspect::symbols || each.weight == Weight::wrong) continue;
    each.weight = Weight::note;
    each.text = why;
    each.meaning = "that it fits proves nothing of the headers";
  }
}

}  // namespace kpkg::tree
