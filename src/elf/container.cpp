// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/container.hpp"

#include "elf/damage.hpp"
#include "elf/facts.hpp"
#include "elf/number.hpp"
#include "elf/stream_magic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::elf {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t word = 4;

bool has_at(std::string_view bytes, std::size_t offset, std::string_view text) {
  return fits(offset, text.size(), bytes.size()) && bytes.substr(offset, text.size()) == text;
}

std::uint32_t word_at(std::string_view bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(number_at(bytes, offset, word, ByteOrder::little));
}

Result<Container> outside(std::string_view name, std::uint64_t offset, std::uint64_t size,
                          std::uint64_t total) {
  return fail(ErrorKind::corrupt,
              fmt::format("the payload of the {} ({} bytes at offset {}) lies outside its {} bytes", name,
                          size, offset, total),
              "the file is cut off (a full disk, an interrupted copy); install the kernel again");
}

/// The payload in `bytes`, which end with the size of what is unpacked; gzip has that word in its own
/// trailer. Source: linux scripts/Makefile.lib, size_append.
Payload sized_payload(std::string_view bytes) {
  const auto compression = stream_magic(bytes);
  Payload payload{.bytes = bytes, .compression = compression};
  if (bytes.size() <= word) return payload;
  payload.size = word_at(bytes, bytes.size() - word);
  if (compression != "gzip") payload.bytes.remove_suffix(word);
  return payload;
}

Result<Container> bzimage(std::string_view bytes) {
  constexpr std::string_view name = "x86 bzImage";
  constexpr std::size_t version_at = 0x206;
  constexpr std::size_t payload_at = 0x248;
  constexpr std::uint64_t first_with_payload = 0x208;  // 2.6.26
  if (!fits(payload_at, 2 * word, bytes.size())) return outside(name, payload_at, 2 * word, bytes.size());
  if (number_at(bytes, version_at, 2, ByteOrder::little) < first_with_payload)
    return fail(ErrorKind::unsupported,
                "the x86 image is of before 2.6.26 and does not say where its payload is");
  const std::uint64_t said = static_cast<unsigned char>(bytes[0x1f1]);
  const std::uint64_t setup_sectors = said == 0 ? 4 : said;  // 0 means 4, as boot.rst says
  const std::uint64_t offset = (setup_sectors + 1) * 512 + word_at(bytes, payload_at);
  const std::uint64_t size = word_at(bytes, payload_at + word);
  if (size == 0 || !fits(offset, size, bytes.size())) return outside(name, offset, size, bytes.size());
  return Container{
      .kind = ContainerKind::packed, .name = name, .payloads = {sized_payload(bytes.substr(offset, size))}};
}

/// Its header says how long the stream is without a size word, and names the compression.
Result<Container> zboot(std::string_view bytes) {
  constexpr std::string_view name = "EFI zboot image";
  if (!fits(8, 2 * word, bytes.size())) return outside(name, 8, 2 * word, bytes.size());
  const std::uint64_t offset = word_at(bytes, 8);
  const std::uint64_t size = word_at(bytes, 12);
  if (size == 0 || !fits(offset, size, bytes.size())) return outside(name, offset, size, bytes.size());
  const auto stream = bytes.substr(offset, size);
  return Container{.kind = ContainerKind::packed,
                   .name = name,
                   .payloads = {Payload{.bytes = stream, .compression = stream_magic(stream)}}};
}

/// Where the size word behind the payload is, if the image has the table that says it.
std::optional<std::uint64_t> size_word_of_zimage(std::string_view bytes) {
  constexpr std::size_t mark_at = 0x34;
  constexpr std::size_t table_at = 0x38;
  constexpr std::uint32_t mark = 0x45454545;
  constexpr std::uint32_t tag_of_sizes = 0x5a534c4b;
  if (!fits(table_at, word, bytes.size()) || word_at(bytes, mark_at) != mark) return std::nullopt;
  const std::uint64_t table = word_at(bytes, table_at);
  if (!fits(table, 3 * word, bytes.size()) || word_at(bytes, table + word) != tag_of_sizes)
    return std::nullopt;
  const std::uint64_t size_word = word_at(bytes, table + 2 * word);
  return fits(size_word, word, bytes.size()) ? std::optional(size_word) : std::nullopt;
}

Result<Container> zimage(std::string_view bytes) {
  Container container{.kind = ContainerKind::packed, .name = "arm zImage"};
  const auto size_word = size_word_of_zimage(bytes);
  const auto part = size_word ? bytes.substr(0, *size_word + word) : bytes;
  for (const std::size_t offset : stream_starts(part)) {
    const auto stream = part.substr(offset);
    container.payloads.push_back(size_word ? sized_payload(stream)
                                           : Payload{.bytes = stream, .compression = stream_magic(stream)});
  }
  if (container.payloads.empty())
    return fail(ErrorKind::unsupported, "the arm zImage has no payload of a known compression");
  return container;
}

/// The memory of an arm kernel has no header at all, but says which Linux it is; so does that of an s390 one.
bool has_banner(std::string_view bytes) {
  constexpr std::string_view start = "Linux version "sv;
  for (auto hit = bytes.find(start); hit != std::string_view::npos; hit = bytes.find(start, hit + 1)) {
    const auto next = hit + start.size();
    if (next < bytes.size() && bytes[next] >= '0' && bytes[next] <= '9') return true;
  }
  return false;
}

/// `bytes` up to the size word behind the payload: a signature, the mark of the boot loader and zeros follow.
/// That word may end in a zero too: with one byte less it would say more than 256 MB.
std::string_view until_size_word(std::string_view bytes) {
  constexpr std::string_view mark = "\x00\x00\x00\x20zIPL"sv;
  constexpr std::uint64_t largest = 256U << 20;
  bytes = payload_of(bytes, read_signature(bytes));
  if (bytes.ends_with(mark)) bytes.remove_suffix(mark.size());
  const auto last = bytes.find_last_not_of('\0');
  const auto end = last == std::string_view::npos ? 0 : last + 1;
  const bool is_short = end >= word && word_at(bytes, end - word) > largest && end < bytes.size();
  return bytes.substr(0, is_short ? end + 1 : end);
}

/// Code that unpacks, and behind it the stream; no header says where, and the magic of streams is in the code
/// too. With CONFIG_KERNEL_UNCOMPRESSED the kernel follows as it is.
Result<Container> s390_image(std::string_view bytes) {
  Container container{.kind = ContainerKind::packed, .name = "s390 bzImage"};
  const auto part = until_size_word(bytes);
  for (const std::size_t offset : stream_starts(part))
    container.payloads.push_back(sized_payload(part.substr(offset)));
  if (!container.payloads.empty()) return container;
  if (has_banner(bytes)) return Container{.kind = ContainerKind::flat, .name = "s390 image"};
  return fail(ErrorKind::unsupported, "the s390 image has no payload of a known compression");
}

Result<Container> flat_arm64(std::string_view /*bytes*/) {
  return Container{.kind = ContainerKind::flat, .name = "arm64 Image"};
}

Result<Container> flat_riscv(std::string_view /*bytes*/) {
  return Container{.kind = ContainerKind::flat, .name = "RISC-V Image"};
}

Result<Container> executable(std::string_view /*bytes*/) {
  return Container{.kind = ContainerKind::elf, .name = "ELF vmlinux"};
}

/// What tells a format, in the order of asking: an EFI stub makes PE files of most images, so "MZ" alone says
/// nothing.
struct Format {
  std::size_t offset;
  std::string_view magic;
  Result<Container> (*read)(std::string_view bytes);
};
constexpr std::array formats{Format{0,
                                    "\x7f"
                                    "ELF"sv,
                                    executable},
                             Format{0x202, "HdrS"sv, bzimage},
                             Format{4, "zimg"sv, zboot},
                             Format{0x38, "ARM\x64"sv, flat_arm64},
                             Format{0x38, "RSC\x05"sv, flat_riscv},
                             Format{0x10008, "S390EP"sv, s390_image},
                             Format{0x24, "\x18\x28\x6f\x01"sv, zimage},   // little endian
                             Format{0x24, "\x01\x6f\x28\x18"sv, zimage}};  // BE32

/// Formats that are known by name alone.
struct Stranger {
  std::size_t offset;
  std::string_view magic;
  std::string_view name;
};
constexpr std::array strangers{
    Stranger{0, "\x27\x05\x19\x56"sv, "a U-Boot image (uImage)"},
    Stranger{0, "\xd0\x0d\xfe\xed"sv, "a device tree or a FIT image"},
    Stranger{0, "ANDROID!"sv, "an Android boot image"},
    Stranger{0, "CHROMEOS"sv, "a ChromeOS kernel partition"},
    Stranger{0, "MZ"sv, "an EFI program that is no kernel by itself (a unified kernel image?)"}};

}  // namespace

Result<Container> find_container(std::string_view bytes) {
  if (bytes.empty()) return fail(ErrorKind::corrupt, "the kernel image is empty (0 bytes)");
  for (const Format& format : formats)
    if (has_at(bytes, format.offset, format.magic)) return format.read(bytes);
  const auto compression = stream_magic(bytes);
  if (compression != "unknown")
    return Container{.kind = ContainerKind::packed,
                     .name = "compressed kernel",
                     .payloads = {Payload{.bytes = bytes, .compression = compression}}};
  for (const Stranger& stranger : strangers)
    if (has_at(bytes, stranger.offset, stranger.magic))
      return fail(ErrorKind::unsupported,
                  fmt::format("the kernel image is {}, which kpkg does not read", stranger.name));
  if (has_banner(bytes)) return Container{.kind = ContainerKind::flat, .name = "flat image"};
  return fail(ErrorKind::unsupported, "the kernel image is of no known format");
}

}  // namespace kpkg::elf
