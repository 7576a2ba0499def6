// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/flat_parameters.hpp"

#include "elf/damage.hpp"
#include "elf/number.hpp"

#include <algorithm>
#include <utility>

namespace kpkg::elf {
namespace {

constexpr std::size_t longest_name = 128;  // of a driver and its parameter
constexpr std::uint64_t page = 4096;
constexpr std::uint16_t machine_arm64 = 183;
constexpr std::uint64_t relative_of_arm64 = 1027;  // R_AARCH64_RELATIVE
constexpr std::size_t fewest = 8;                  // parameters in a table that is believed

bool is_of_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.';
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_of_name);
}

bool is_of_dotted_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/// Places in an image by where in a page they are.
using PlacesInPage = std::vector<std::vector<std::uint64_t>>;

/// Where texts stand that look like "driver.parameter".
PlacesInPage dotted_names(std::string_view image) {
  constexpr std::size_t most = 4;  // in one place of a page: bounds time and memory
  PlacesInPage places(page);
  for (std::size_t start = 0; start < image.size();) {
    const std::size_t end = std::min(image.find('\0', start), image.size());
    const auto text = image.substr(start, end - start);
    const bool has_length = text.size() >= 3 && text.size() <= longest_name;
    const auto dot = has_length ? text.find('.') : std::string_view::npos;
    const bool is_inside = dot != std::string_view::npos && dot > 0 && dot + 1 < text.size();
    const bool is_one = is_inside && text.find('.', dot + 1) == std::string_view::npos &&
                        std::all_of(text.begin(), text.end(), is_of_dotted_name);
    if (is_one && places[start % page].size() < most) places[start % page].push_back(start);
    start = end + 1;
  }
  return places;
}

/// The words of a kernel's memory: those in place, or on arm64 what it puts there when it starts.
class Words {
 public:
  Words(std::string_view image, const Architecture& architecture, std::uint64_t base);

  /// The address at an offset; 0: there is none.
  std::uint64_t at(std::uint64_t offset) const;

 private:
  std::string_view image_;
  unsigned word_;
  ByteOrder order_;
  bool is_relocated_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> relocated_;  // offset and address, sorted
};

// Source: linux arch/arm64/kernel/head.S, __relocate_kernel: offset, R_AARCH64_RELATIVE, value.
Words::Words(std::string_view image, const Architecture& architecture, std::uint64_t base)
    : image_(image),
      word_(word_size(architecture.elf_class)),
      order_(architecture.byte_order),
      is_relocated_(architecture.machine == machine_arm64) {
  if (!is_relocated_) return;
  for (std::uint64_t offset = 0; fits(offset, 24, image.size()); offset += 8) {
    if (number_at(image, offset + 8, 8, order_) != relative_of_arm64) continue;
    const auto place = number_at(image, offset, 8, order_) - base;
    if (place < image.size()) relocated_.emplace_back(place, number_at(image, offset + 16, 8, order_));
  }
  std::sort(relocated_.begin(), relocated_.end());
}

std::uint64_t Words::at(std::uint64_t offset) const {
  if (!is_relocated_) return number_at(image_, offset, word_, order_);
  const auto found = std::lower_bound(relocated_.begin(), relocated_.end(),
                                      std::pair<std::uint64_t, std::uint64_t>(offset, 0));
  return found != relocated_.end() && found->first == offset ? found->second : 0;
}

/// Words that may be addresses of names, each once.
std::vector<std::uint64_t> addresses(std::string_view image, const Architecture& architecture,
                                     const PlacesInPage& names) {
  constexpr std::size_t most = 1U << 20;  // a quarter of it in real kernels
  const unsigned word = word_size(architecture.elf_class);
  const auto order = architecture.byte_order;
  const bool is_relocated = architecture.machine == machine_arm64;
  std::vector<std::uint64_t> found;
  for (std::uint64_t offset = 0; fits(offset, word, image.size()) && found.size() < most; offset += word) {
    const auto value = number_at(image, offset, word, order);
    if (names[value % page].empty()) continue;
    const bool is_value =
        !is_relocated || (offset >= 8 && number_at(image, offset - 8, 8, order) == relative_of_arm64);
    if (is_value) found.push_back(value);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// Where the memory lies, if words of it are addresses of the names: what most pairs of both agree on.
std::optional<std::uint64_t> base_of(std::string_view image, const Architecture& architecture) {
  const auto names = dotted_names(image);
  std::vector<std::uint64_t> bases;
  for (const auto address : addresses(image, architecture, names))
    for (const auto place : names[address % page])
      if (address >= place) bases.push_back(address - place);
  std::sort(bases.begin(), bases.end());
  std::size_t best = 0;
  std::optional<std::uint64_t> base;
  for (std::size_t begin = 0, end = 0; begin < bases.size(); begin = end) {
    while (end < bases.size() && bases[end] == bases[begin]) ++end;
    if (end - begin <= best) continue;
    best = end - begin;
    base = bases[begin];
  }
  return base;
}

/// The records of parameters in memory whose place is known.
class ParameterSearch {
 public:
  ParameterSearch(std::string_view image, const Architecture& architecture, std::uint64_t base)
      : image_(image),
        word_(word_size(architecture.elf_class)),
        shape_{word_},
        order_(architecture.byte_order),
        base_(base),
        words_(image, architecture, base) {}

  /// The longest run of records.
  std::vector<BuiltInParameter> longest() const;

 private:
  using Record = std::optional<BuiltInParameter>;
  std::uint64_t size() const { return shape_.size(); }
  Record record_at(std::uint64_t offset) const;

  std::string_view image_;
  unsigned word_;
  ParameterShape shape_;
  ByteOrder order_;
  std::uint64_t base_;
  Words words_;
};

ParameterSearch::Record ParameterSearch::record_at(std::uint64_t offset) const {
  if (!fits(offset, size(), image_.size())) return std::nullopt;
  const auto place = words_.at(offset) - base_;
  if (place >= image_.size()) return std::nullopt;
  const auto permissions = number_at(image_, offset + shape_.permissions_at(), 2, order_);
  if (permissions > most_permissions) return std::nullopt;
  const auto text = image_.substr(place, longest_name + 1);
  const auto name = text.substr(0, text.find('\0'));
  if (name.size() > longest_name || !is_name(name)) return std::nullopt;
  return BuiltInParameter{.name = name, .is_shown = permissions != 0};
}

std::vector<BuiltInParameter> ParameterSearch::longest() const {
  std::vector<BuiltInParameter> best;
  std::vector<std::uint64_t> done(size());  // by the offset in a record: where the last run ended
  for (std::uint64_t offset = 0; offset + size() <= image_.size(); offset += word_) {
    if (offset < done[offset % size()]) continue;
    std::vector<BuiltInParameter> run;
    auto next = offset;
    for (auto record = record_at(next); record; record = record_at(next += size())) run.push_back(*record);
    done[offset % size()] = next;
    if (run.size() > best.size()) best = std::move(run);
  }
  return best;
}

}  // namespace

std::optional<std::vector<BuiltInParameter>> parameters_in_memory(std::string_view image,
                                                                  const Architecture& architecture) {
  const auto base = base_of(image, architecture);
  if (!base) return std::nullopt;
  auto parameters = ParameterSearch(image, architecture, *base).longest();
  const auto dotted = std::count_if(parameters.begin(), parameters.end(), [](const BuiltInParameter& each) {
    return each.name.find('.') != std::string_view::npos;
  });
  if (static_cast<std::size_t>(dotted) < fewest) return std::nullopt;
  return parameters;
}

}  // namespace kpkg::elf
