// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/compression.hpp"

#include "base/assert.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace kpkg::archive {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::string_view bytes;
  Compression compression;
};

/// lz4 has a second, older format, which is the one that the kernel's own build writes ("lz4 -l").
constexpr std::array<Magic, 7> magics = {{{"\x1F\x8B"sv, Compression::gzip},
                                          {"BZh"sv, Compression::bzip2},
                                          {"\xFD\x37\x7A\x58\x5A\x00"sv, Compression::xz},
                                          {"\x5D\x00\x00"sv, Compression::lzma},
                                          {"\x28\xB5\x2F\xFD"sv, Compression::zstd},
                                          {"\x04\x22\x4D\x18"sv, Compression::lz4},
                                          {"\x02\x21\x4C\x18"sv, Compression::lz4}}};

int support(::archive* reader, Compression compression) {
  switch (compression) {
    case Compression::none: return ARCHIVE_OK;
    case Compression::gzip: return archive_read_support_filter_gzip(reader);
    case Compression::bzip2: return archive_read_support_filter_bzip2(reader);
    case Compression::xz: return archive_read_support_filter_xz(reader);
    case Compression::lzma: return archive_read_support_filter_lzma(reader);
    case Compression::zstd: return archive_read_support_filter_zstd(reader);
    case Compression::lz4: return archive_read_support_filter_lz4(reader);
  }
  return ARCHIVE_FATAL;
}

Error damage(::archive* reader) {
  const char* why = archive_error_string(reader);
  return Error{.kind = ErrorKind::corrupt,
               .message = fmt::format("the compressed bytes are damaged: {}",
                                      why == nullptr ? "no reason given" : why),
               .context = {},
               .hint = {}};
}

Error too_large(std::uint64_t limit) {
  return Error{.kind = ErrorKind::corrupt,
               .message = fmt::format("the bytes are larger than {} when decompressed", limit),
               .context = {},
               .hint = {}};
}

/// Appends what the opened stream yields, a piece at a time.
Result<std::string> drain(::archive* reader, std::uint64_t limit) {
  std::string answer;
  while (true) {
    const void* buffer = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int result = archive_read_data_block(reader, &buffer, &size, &offset);
    if (result == ARCHIVE_EOF) return answer;
    if (result != ARCHIVE_OK) return fail(damage(reader));
    if (size > limit - answer.size()) return fail(too_large(limit));
    answer.append(static_cast<const char*>(buffer), size);
  }
}

}  // namespace

Compression compression_of(std::string_view bytes) {
  const auto* found = std::find_if(magics.begin(), magics.end(),
                                   [&](const Magic& magic) { return bytes.starts_with(magic.bytes); });
  return found == magics.end() ? Compression::none : found->compression;
}

Result<std::string> decompress(std::string_view bytes, std::uint64_t limit) {
  const auto compression = compression_of(bytes);
  if (compression == Compression::none) {
    if (bytes.size() > limit) return fail(too_large(limit));
    return std::string(bytes);
  }
  const std::unique_ptr<::archive, decltype(&archive_read_free)> reader(archive_read_new(),
                                                                        &archive_read_free);
  KPKG_ASSERT(reader != nullptr);
  // Anything but OK means that libarchive was built without the decoder and would run a program instead.
  if (support(reader.get(), compression) != ARCHIVE_OK)
    return fail(ErrorKind::unsupported, "this libarchive cannot decompress these bytes");
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());  // a stream of nothing
  archive_entry* entry = nullptr;
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    return fail(damage(reader.get()));
  const int first = archive_read_next_header(reader.get(), &entry);
  if (first == ARCHIVE_EOF) return std::string();
  if (first != ARCHIVE_OK || archive_filter_count(reader.get()) < 2) return fail(damage(reader.get()));
  return drain(reader.get(), limit);
}

namespace {

la_ssize_t append(::archive* /*writer*/, void* answer, const void* buffer, std::size_t size) {
  static_cast<std::string*>(answer)->append(static_cast<const char*>(buffer), size);
  return static_cast<la_ssize_t>(size);
}

Error not_compressed(::archive* writer) {
  const char* why = archive_error_string(writer);
  return Error{.kind = ErrorKind::unsupported,
               .message = fmt::format("this libarchive cannot compress by zstd: {}",
                                      why == nullptr ? "no reason given" : why),
               .context = {},
               .hint = {}};
}

}  // namespace

Result<std::string> compress(std::string_view bytes) {
  std::string answer;
  const std::unique_ptr<::archive, decltype(&archive_write_free)> writer(archive_write_new(),
                                                                         &archive_write_free);
  const std::unique_ptr<::archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                              &archive_entry_free);
  KPKG_ASSERT(writer != nullptr && entry != nullptr);
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  // A raw stream has no end of blocks to fill up.
  const bool is_ready =
      archive_write_add_filter_zstd(writer.get()) == ARCHIVE_OK &&
      archive_write_set_filter_option(writer.get(), "zstd", "compression-level", "19") == ARCHIVE_OK &&
      archive_write_set_format_raw(writer.get()) == ARCHIVE_OK &&
      archive_write_set_bytes_in_last_block(writer.get(), 1) == ARCHIVE_OK;
  if (!is_ready || archive_write_open(writer.get(), &answer, nullptr, &append, nullptr) != ARCHIVE_OK ||
      archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK)
    return fail(not_compressed(writer.get()));
  const auto written = archive_write_data(writer.get(), bytes.data(), bytes.size());
  if (written != static_cast<la_ssize_t>(bytes.size()) || archive_write_close(writer.get()) != ARCHIVE_OK)
    return fail(not_compressed(writer.get()));
  return answer;
}

}  // namespace kpkg::archive
