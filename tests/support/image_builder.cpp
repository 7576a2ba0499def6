// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/image_builder.hpp"

namespace kpkg::test {
namespace {

using namespace std::string_view_literals;

std::string word(std::uint64_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

void put(std::string& bytes, std::size_t offset, std::string_view what) {
  if (bytes.size() < offset + what.size()) bytes.resize(offset + what.size(), '\0');
  bytes.replace(offset, what.size(), what);
}

}  // namespace

std::string with_size_word(std::string stream, std::uint32_t unpacked_size) {
  return std::move(stream) + word(unpacked_size);
}

std::string a_bzimage(std::string_view payload) {
  constexpr std::size_t setup_sectors = 2;
  constexpr std::size_t payload_offset = 0x40;
  std::string image((setup_sectors + 1) * 512 + payload_offset, '\0');
  put(image, 0, "MZ");
  put(image, 0x1f1, std::string(1, static_cast<char>(setup_sectors)));
  put(image, 0x1fe, "\x55\xaa"sv);
  put(image, 0x202, "HdrS");
  put(image, 0x206, "\x0f\x02"sv);
  put(image, 0x248, word(payload_offset));
  put(image, 0x24c, word(payload.size()));
  return image + std::string(payload) + std::string(100, '\xcc');
}

std::string a_zboot_image(std::string_view stream, std::string_view compression) {
  std::string image(0x200, '\0');
  put(image, 0, "MZ");
  put(image, 4, "zimg");
  put(image, 8, word(image.size()));
  put(image, 12, word(stream.size()));
  put(image, 0x18, compression);
  return image + std::string(stream) + word(0) + std::string(64, '\0');
}

std::string an_old_zimage(std::string_view payload) {
  std::string image(0x100, '\0');
  put(image, 0x24, word(0x016f2818));
  return image + std::string(payload);
}

std::string a_zimage(std::string_view payload, std::string_view code, std::string_view tail) {
  constexpr std::size_t table = 0x80;
  std::string image = an_old_zimage(code) + std::string(payload);
  put(image, 0x30, word(0x04030201));
  put(image, 0x34, word(0x45454545));
  put(image, 0x38, word(table));
  put(image, table, word(6));
  put(image, table + 4, word(0x5a534c4b));
  put(image, table + 8, word(image.size() - 4));
  return image + std::string(tail);
}

std::string an_s390_image(std::string_view payload, std::string_view code) {
  constexpr std::size_t page = 4096;
  constexpr auto mark = "\x00\x00\x00\x20zIPL"sv;
  std::string image(0x11000, '\0');
  put(image, 0x10008, "S390EP");
  image.append(code).append(payload);
  image.resize((image.size() + 32 + page - 1) / page * page - mark.size(), '\0');
  return image.append(mark);
}

std::string an_arm64_image(std::string_view body) {
  std::string image(64, '\0');
  put(image, 0x38, "ARM\x64");
  return image + std::string(body);
}

std::string lz4_legacy(std::string_view bytes) {
  std::string block(1, '\xf0');  // literals, fifteen and more of them
  std::size_t left = bytes.size() - 15;
  for (; left >= 255; left -= 255) block += '\xff';
  block += static_cast<char>(left);
  block += bytes;
  return "\x02\x21\x4c\x18" + word(block.size()) + block;
}

}  // namespace kpkg::test
