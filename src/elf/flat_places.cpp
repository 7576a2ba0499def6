// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/flat_places.hpp"

#include "elf/number.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>

namespace kpkg::elf {
namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t nearby = 8U << 20;  // tables and names are in one part of the memory, 1 MB long
constexpr std::uint64_t window = 512U << 10;

/// The names in the densest part of the image: those of the table of exports stand together, those of type
/// information are thinner.
std::vector<std::uint32_t> densest(const std::vector<std::uint32_t>& places) {
  std::size_t best = 0;
  std::size_t best_count = 0;
  for (std::size_t begin = 0, end = 0; begin < places.size(); ++begin) {
    while (end < places.size() && places[end] - places[begin] < window) ++end;
    if (end - begin <= best_count) continue;
    best = begin;
    best_count = end - begin;
  }
  const auto first = places.begin() + static_cast<std::ptrdiff_t>(best);
  return {first, first + static_cast<std::ptrdiff_t>(best_count)};
}

/// Names by where in a page they stand; four each are enough, and bound the time.
class PlacesInPage {
 public:
  explicit PlacesInPage(const std::vector<std::uint32_t>& places) {
    for (const std::uint32_t place : places) {
      Slot& slot = slots_[place % page];
      if (slot.count < slot.places.size()) slot.places[slot.count++] = place;
    }
  }

  /// Calls `visit` with every base for which `address` is that of a name.
  template <typename Visit>
  void bases(std::uint64_t address, const Visit& visit) const {
    const Slot& slot = slots_[address % page];
    for (std::size_t index = 0; index < slot.count; ++index)
      if (address >= slot.places[index]) visit(address - slot.places[index]);
  }

 private:
  struct Slot {
    std::array<std::uint32_t, 4> places{};
    std::size_t count = 0;
  };
  std::vector<Slot> slots_ = std::vector<Slot>(page);
};

/// Tells words that come again: an instruction or a fill pattern has one vote, not ten thousand. Forgets
/// some, which costs a vote too many.
class RecentWords {
 public:
  explicit RecentWords(unsigned bits) : shift_(64 - bits), slots_(std::size_t{1} << bits) {}

  bool is_new(std::uint64_t word) {
    std::uint64_t& slot = slots_[(word * 0x9e3779b97f4a7c15U) >> shift_];
    if (slot == word) return false;
    slot = word;
    return true;
  }

 private:
  unsigned shift_;
  std::vector<std::uint64_t> slots_;  // 0 is no address
};

/// The bits of a number below `count`: tables are as large as what is put into them, within bounds.
unsigned bits_for(std::uint64_t count) {
  constexpr std::uint64_t fewest = 1U << 10;
  constexpr std::uint64_t most = 1U << 20;
  return static_cast<unsigned>(std::bit_width(std::clamp(count, fewest, most) - 1));
}

}  // namespace

KnownPlaces::KnownPlaces(std::string_view image, const DemandIndex& demands) : bits_(image.size() / 64 + 1) {
  constexpr std::size_t shortest = 3;
  std::size_t start = 0;
  while (start < image.size()) {
    const std::size_t end = std::min(image.find('\0', start), image.size());
    const auto text = image.substr(start, end - start);
    const bool can_be_name = text.size() >= shortest && text.size() <= longest_symbol && text.front() >= 'A';
    if (can_be_name && demands.find(text) != nullptr) {
      bits_[start / 64] |= std::uint64_t{1} << (start % 64);
      places_.push_back(static_cast<std::uint32_t>(start));
    }
    start = end + 1;
  }
}

std::optional<std::uint64_t> voted_base(std::string_view image, const Architecture& architecture,
                                        const KnownPlaces& places) {
  const auto names = densest(places.all());
  if (names.empty()) return std::nullopt;
  const unsigned word = word_size(architecture.elf_class);
  const PlacesInPage in_page(names);
  const std::uint64_t from = names.front() > nearby ? (names.front() - nearby) / word * word : 0;
  const std::uint64_t to = std::min<std::uint64_t>(image.size(), names.back() + nearby);
  const unsigned bits = bits_for((to - from) / word);
  const auto each_base = [&](const auto& visit) {
    RecentWords words(bits);
    for (std::uint64_t offset = from; offset + word <= to; offset += word) {
      const auto value = number_at(image, offset, word, architecture.byte_order);
      if (words.is_new(value)) in_page.bases(value, visit);
    }
  };
  // Votes are counted by the lower bits of the page first, so that memory does not grow with their number.
  const std::size_t buckets = std::size_t{1} << bits;
  std::vector<std::uint32_t> votes(buckets);
  each_base([&](std::uint64_t base) { ++votes[base / page % buckets]; });
  const auto bucket =
      static_cast<std::uint64_t>(std::max_element(votes.begin(), votes.end()) - votes.begin());
  std::map<std::uint64_t, std::uint32_t> bases;
  each_base([&](std::uint64_t base) {
    const bool is_counted = base / page % buckets == bucket && (bases.size() < 1024 || bases.contains(base));
    if (is_counted) ++bases[base];
  });
  const auto best = std::max_element(bases.begin(), bases.end(), [](const auto& left, const auto& right) {
    return left.second < right.second;
  });
  return best == bases.end() ? std::nullopt : std::optional(best->first);
}

}  // namespace kpkg::elf
