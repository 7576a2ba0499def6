// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/text_search.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace kpkg::elf {
namespace {

constexpr std::size_t block_size = 2;

std::size_t block_at(std::string_view text, std::size_t offset) {
  return static_cast<unsigned char>(text[offset]) |
         static_cast<std::size_t>(static_cast<unsigned char>(text[offset + 1])) << 8U;
}

/// Looks for texts by the last block of what all of them have: the first `width_` bytes.
class Search {
 public:
  explicit Search(std::span<const std::string_view> texts) : texts_(texts), found_(texts.size()) {
    for (std::size_t index = 0; index < texts.size(); ++index) {
      if (texts[index].size() >= block_size) width_ = std::min(width_, texts[index].size());
    }
  }

  std::vector<bool> in(std::string_view bytes) {
    prepare(bytes);
    if (left_ == 0) return std::move(found_);
    for (std::size_t end = width_; end <= bytes.size() && left_ > 0;) {
      const std::size_t block = block_at(bytes, end - block_size);
      if (shifts_[block] == 0) compare(bytes, end - width_, block);
      end += std::max<std::size_t>(shifts_[block], 1);
    }
    return std::move(found_);
  }

 private:
  /// Texts too short for a block are searched one by one.
  void prepare(std::string_view bytes) {
    const std::size_t most = std::min<std::size_t>(width_ - block_size + 1, 255);
    shifts_.assign(1U << 16U, static_cast<std::uint8_t>(most));
    for (std::size_t index = 0; index < texts_.size(); ++index) {
      const auto text = texts_[index];
      if (text.size() < block_size) {
        found_[index] = bytes.find(text) != std::string_view::npos;
        continue;
      }
      ++left_;
      for (std::size_t offset = 0; offset + block_size <= width_; ++offset) {
        const std::size_t distance = width_ - block_size - offset;
        auto& shift = shifts_[block_at(text, offset)];
        shift = static_cast<std::uint8_t>(std::min<std::size_t>(shift, distance));
      }
      by_block_[block_at(text, width_ - block_size)].push_back(index);
    }
  }

  void compare(std::string_view bytes, std::size_t offset, std::size_t block) {
    auto& candidates = by_block_[block];
    const auto is_here = [&](std::size_t index) {
      if (bytes.compare(offset, texts_[index].size(), texts_[index]) != 0) return false;
      found_[index] = true;
      --left_;
      return true;
    };
    candidates.erase(std::remove_if(candidates.begin(), candidates.end(), is_here), candidates.end());
  }

  std::span<const std::string_view> texts_;
  std::vector<bool> found_;
  std::size_t width_ = 256;
  std::size_t left_ = 0;              ///< texts that were not found yet
  std::vector<std::uint8_t> shifts_;  ///< by block: how far no text can end
  std::unordered_map<std::size_t, std::vector<std::size_t>> by_block_;
};

}  // namespace

std::vector<bool> contains_each(std::string_view bytes, std::span<const std::string_view> texts) {
  return Search(texts).in(bytes);
}

}  // namespace kpkg::elf
