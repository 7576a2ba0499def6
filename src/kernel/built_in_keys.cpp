// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/built_in_keys.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace kpkg::kernel {
namespace {

/// The version (3) of a certificate and the tag of its serial number, behind the heads of two sequences.
constexpr std::string_view version_3("\xa0\x03\x02\x01\x02\x02", 6);

std::uint8_t byte_at(std::string_view bytes, std::size_t offset) {
  return static_cast<std::uint8_t>(bytes[offset]);
}

/// The head of a DER sequence: two bytes, or three or four where the length needs them.
struct Head {
  std::size_t size = 0;  ///< 0: there is no sequence
  std::size_t length = 0;
};

Head head_at(std::string_view bytes, std::size_t offset) {
  const auto rest = bytes.substr(std::min(offset, bytes.size()));
  if (rest.size() < 4 || rest[0] != '\x30') return {};
  Head head{.size = 2, .length = byte_at(rest, 1)};
  if (head.length == 0x81) head = {.size = 3, .length = byte_at(rest, 2)};
  if (head.length == 0x82) {
    head.size = 4;
    head.length = std::size_t{byte_at(rest, 2)} << 8 | byte_at(rest, 3);
  }
  return head.length <= rest.size() - head.size ? head : Head{};
}

/// Where the certificate begins that has its version at `version`; nothing if there is none.
std::optional<std::size_t> start_before(std::string_view image, std::size_t version) {
  for (std::size_t back = 4; back <= 8 && back <= version; ++back) {
    const auto outer = head_at(image, version - back);
    if (outer.size == 0 || outer.size >= back) continue;
    const auto inner = head_at(image, version - back + outer.size);
    if (inner.size != 0 && outer.size + inner.size == back) return version - back;
  }
  return std::nullopt;
}

/// A run of certificates without a gap.
struct Run {
  std::vector<abi::TrustedKey> keys;
  std::size_t length = 0;
};

Run run_at(std::string_view image, std::size_t start) {
  Run run;
  for (auto offset = start; offset < image.size();) {
    const auto head = head_at(image, offset);
    if (head.size == 0) break;
    const auto length = head.size + head.length;
    auto key = abi::key_of_certificate(image.substr(offset, length), "the kernel's image");
    if (!key) break;
    run.keys.push_back(*std::move(key));
    offset += length;
    run.length += length;
  }
  return run;
}

/// Whether `word` of either byte order is at `offset`; kernels of 32 bits have four bytes there.
bool has_word(std::string_view image, std::size_t offset, std::size_t word) {
  if (offset > image.size() || image.size() - offset < 8) return false;
  std::string little(8, '\0');
  for (std::size_t index = 0; index < 8; ++index) little[index] = static_cast<char>(word >> 8 * index);
  const std::string big(little.rbegin(), little.rend());
  const auto found = image.substr(offset, 8);
  return found == little || found == big || found.substr(0, 4) == little.substr(0, 4) ||
         found.substr(0, 4) == big.substr(4);
}

/// Whether a word with its length follows a run. The source says `.align 8`, which is 8 bytes to most
/// assemblers, and two to the power of 8 to those of arm and arm64; the run begins on such a boundary too.
bool is_followed_by_length(std::string_view image, std::size_t start, std::size_t length) {
  constexpr std::array<std::size_t, 2> alignments{8, 256};
  return std::any_of(alignments.begin(), alignments.end(), [&](std::size_t alignment) {
    return has_word(image, start + (length + alignment - 1) / alignment * alignment, length);
  });
}

}  // namespace

std::optional<std::vector<abi::TrustedKey>> built_in_keys(std::string_view unpacked_image) {
  std::size_t from = 0;
  // Bytes that may still be read as certificates: a hostile image is made of beginnings of long ones.
  std::size_t effort = 4 * unpacked_image.size();
  for (;;) {
    const auto hit = unpacked_image.find(version_3, from);
    if (hit == std::string_view::npos) return std::nullopt;
    from = hit + 1;
    const auto start = start_before(unpacked_image, hit);
    if (!start) continue;
    const auto cost = head_at(unpacked_image, *start).length;
    if (cost > effort) return std::nullopt;
    effort -= cost;
    auto run = run_at(unpacked_image, *start);
    if (run.keys.empty()) continue;
    if (is_followed_by_length(unpacked_image, *start, run.length)) return std::move(run.keys);
    from = *start + run.length;
  }
}

}  // namespace kpkg::kernel
