// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/reader.hpp"

#include "archive/member_path.hpp"
#include "base/assert.hpp"
#include "system/file.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <cerrno>
#include <utility>

namespace kpkg::archive {
namespace {

/// Whether the system, and not the archive, is at fault.
bool is_system_failure(int code) {
  return code == ENOENT || code == EACCES || code == EPERM || code == EIO || code == ENOMEM || code == EISDIR;
}

/// Feeds the data part of a .deb, the current member of `outer`, to the reader of the inner archive.
la_ssize_t read_from_outer(::archive* inner, void* outer, const void** buffer) {
  auto* source = static_cast<::archive*>(outer);
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int result = archive_read_data_block(source, buffer, &size, &offset);
  if (result == ARCHIVE_EOF) return 0;
  if (result == ARCHIVE_OK || result == ARCHIVE_WARN) return static_cast<la_ssize_t>(size);
  archive_set_error(inner, archive_errno(source), "%s", archive_error_string(source));
  return -1;
}

}  // namespace

void Reader::Free::operator()(::archive* handle) const {
  archive_read_free(handle);
}

Reader::Handle Reader::new_handle() {
  Handle handle(archive_read_new());
  KPKG_ASSERT(handle != nullptr);
  // By name and not "all": for lrzip, lzop and grzip libarchive would run programs that it finds in PATH.
  archive_read_support_filter_gzip(handle.get());
  archive_read_support_filter_bzip2(handle.get());
  archive_read_support_filter_compress(handle.get());
  archive_read_support_filter_lzip(handle.get());
  archive_read_support_filter_lzma(handle.get());
  archive_read_support_filter_xz(handle.get());
  archive_read_support_filter_lz4(handle.get());
  archive_read_support_filter_zstd(handle.get());
  archive_read_support_format_tar(handle.get());
  archive_read_support_format_zip(handle.get());
  archive_read_support_format_ar(handle.get());
  return handle;
}

Result<Reader> Reader::open_file(const std::string& path) {
  constexpr std::size_t block_size = 64U << 10;
  auto handle = new_handle();
  const int opened = archive_read_open_filename(handle.get(), path.c_str(), block_size);
  return begin(std::move(handle), path, opened);
}

Result<Reader> Reader::open_bytes(std::string_view bytes, const std::string& name) {
  auto handle = new_handle();
  const int opened = archive_read_open_memory(handle.get(), bytes.data(), bytes.size());
  return begin(std::move(handle), name, opened);
}

Result<Reader> Reader::begin(Handle handle, std::string name, int opened) {
  Reader reader(std::move(handle), std::move(name));
  if (opened != ARCHIVE_OK) return fail(reader.failure());
  const bool has_member = KPKG_TRY(reader.next());
  const int format = archive_format(reader.handle_.get()) & ARCHIVE_FORMAT_BASE_MASK;
  if (has_member && format == ARCHIVE_FORMAT_AR) {
    KPKG_TRY(reader.enter_data_part());
    return reader;
  }
  reader.has_first_ = has_member;
  return reader;
}

/// Source: deb(5), "Format": debian-binary comes first, then control.tar, then data.tar, each in some
/// compression.
Status Reader::enter_data_part() {
  if (KPKG_TRY(member_name()) != "debian-binary")
    return fail(ErrorKind::corrupt, fmt::format("{} is an ar archive but no .deb", name_));
  while (KPKG_TRY(next())) {
    const auto member = KPKG_TRY(member_name());
    if (!member.starts_with("data.tar")) continue;
    auto inner = new_handle();
    outer_ = std::move(handle_);
    handle_ = std::move(inner);
    if (archive_read_open(handle_.get(), outer_.get(), nullptr, read_from_outer, nullptr) != ARCHIVE_OK)
      return fail(failure());
    return {};
  }
  return fail(ErrorKind::corrupt, fmt::format("{} has no data.tar", name_));
}

Result<bool> Reader::next() {
  if (std::exchange(has_first_, false)) return true;
  if (is_at_end_) return false;
  const int result = archive_read_next_header(handle_.get(), &entry_);
  is_at_end_ = result == ARCHIVE_EOF;
  if (is_at_end_) return false;
  // A warning is about a name that is not of the locale's character set, which member_name() does not need.
  if (result != ARCHIVE_OK && result != ARCHIVE_WARN) return fail(failure());
  return true;
}

Result<std::string> Reader::member_name() const {
  // First as UTF-8: in the locale "C" the other form of a pax name has its letters replaced.
  const char* name = archive_entry_pathname_utf8(entry_);
  if (name == nullptr) name = archive_entry_pathname(entry_);
  if (name == nullptr) return fail(ErrorKind::corrupt, fmt::format("{} has a member without a name", name_));
  return std::string(name);
}

Result<std::optional<Block>> Reader::next_block() {
  const void* buffer = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int result = archive_read_data_block(handle_.get(), &buffer, &size, &offset);
  if (result == ARCHIVE_EOF) return std::optional<Block>{};
  if (result != ARCHIVE_OK) return fail(failure());
  return std::optional(
      Block{std::string_view(static_cast<const char*>(buffer), size), static_cast<std::uint64_t>(offset)});
}

Error Reader::failure() const {
  const int code = archive_errno(handle_.get());
  if (is_system_failure(code)) return system_error(code, "cannot read " + name_);
  const char* text = archive_error_string(handle_.get());
  const auto why = shown(text == nullptr ? "libarchive cannot read it" : text);
  const char* member = entry_ == nullptr ? nullptr : archive_entry_pathname(entry_);
  const auto where =
      member == nullptr ? std::string() : fmt::format(" at or after the member \"{}\"", shown(member));
  return Error{.kind = ErrorKind::corrupt,
               .message = fmt::format("{} is damaged{}: {}", name_, where, why),
               .context = {},
               .hint = "bring the archive again; if it stays so, report it to whoever made it"};
}

}  // namespace kpkg::archive
