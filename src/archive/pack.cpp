// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/pack.hpp"

#include "archive/member_path.hpp"
#include "base/assert.hpp"
#include "system/file.hpp"
#include "system/interruption.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>

namespace kpkg::archive {
namespace {

using system::FileType;

constexpr const char* compression_level = "12";

struct FreeWriter {
  void operator()(::archive* handle) const { archive_write_free(handle); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<::archive, FreeWriter>;
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

int add_filter(::archive* writer, std::string_view file) {
  if (file.ends_with(".gz") || file.ends_with(".tgz")) {
    const int added = archive_write_add_filter_gzip(writer);
    // Otherwise the header says when it was written.
    return added == ARCHIVE_OK ? archive_write_set_filter_option(writer, "gzip", "timestamp", nullptr)
                               : added;
  }
  if (file.ends_with(".bz2")) return archive_write_add_filter_bzip2(writer);
  if (file.ends_with(".xz")) return archive_write_add_filter_xz(writer);
  if (file.ends_with(".zst")) {
    const int added = archive_write_add_filter_zstd(writer);
    // What is packed is written once and kept; unpacking takes no longer for it.
    return added == ARCHIVE_OK
               ? archive_write_set_filter_option(writer, "zstd", "compression-level", compression_level)
               : added;
  }
  return ARCHIVE_OK;
}

/// Fills one archive, which goes to a file as it grows.
class Packing {
 public:
  Packing(system::NewFile file, std::int64_t modified) : file_(std::move(file)), modified_(modified) {}

  Status open(const std::string& name) {
    KPKG_ASSERT(writer_ != nullptr);
    const bool is_ready = archive_write_set_format_pax_restricted(writer_.get()) == ARCHIVE_OK &&
                          add_filter(writer_.get(), name) == ARCHIVE_OK &&
                          archive_write_set_bytes_in_last_block(writer_.get(), 1) == ARCHIVE_OK;
    if (!is_ready)
      return fail(ErrorKind::unsupported, fmt::format("this libarchive cannot write {}", shown(name)),
                  "name a file that ends in .tar.gz");
    if (archive_write_open(writer_.get(), this, nullptr, &Packing::take, nullptr) != ARCHIVE_OK)
      return failed();
    return {};
  }

  Status add(const Packed& packed) {
    if (!packed.bytes && packed.path.empty()) return begin(packed.name, AE_IFDIR, 0755, 0);
    if (!packed.bytes) return add_path(packed.name, packed.path);
    KPKG_TRY(begin(packed.name, AE_IFREG, 0644, packed.bytes->size()));
    return append(*packed.bytes);
  }

  Status publish() {
    if (archive_write_close(writer_.get()) != ARCHIVE_OK) return failed();
    return file_.publish();
  }

 private:
  Status add_path(const std::string& name, const std::string& path) {
    if (system::Interruption::is_pending()) return fail(ErrorKind::interrupted, "packing was interrupted");
    const auto status = KPKG_TRY(system::status_of(path));
    if (!status) return fail(ErrorKind::not_found, fmt::format("{} is not there to be packed", path));
    switch (status->type) {
      case FileType::regular: return add_file(name, path, *status);
      case FileType::directory: return add_directory(name, path);
      case FileType::link: return add_link(name, path);
      case FileType::other: break;
    }
    return fail(ErrorKind::corrupt, fmt::format("{} is a device, a pipe or a socket", shown(path)));
  }

  Status add_file(const std::string& name, const std::string& path, const system::FileStatus& status) {
    KPKG_TRY(begin(name, AE_IFREG, (status.mode & 0100U) != 0 ? 0755 : 0644, status.size));
    std::uint64_t count = 0;
    Status appended;
    KPKG_TRY(system::read_in_pieces(path, [&](std::string_view piece) {
      count += piece.size();
      if (appended && count <= status.size) appended = append(piece);
    }));
    KPKG_TRY(std::move(appended));
    if (count != status.size)
      return fail(ErrorKind::corrupt, fmt::format("{} changed while it was packed", path));
    return {};
  }

  Status add_directory(const std::string& name, const std::string& path) {
    KPKG_TRY(begin(name, AE_IFDIR, 0755, 0));
    const auto entries = KPKG_TRY(system::list_directory(path));
    for (const auto& entry : entries.value_or(std::vector<system::DirectoryEntry>{}))
      KPKG_TRY(add_path(name + "/" + entry.name, path + "/" + entry.name));
    return {};
  }

  Status add_link(const std::string& name, const std::string& path) {
    const auto target = KPKG_TRY(system::read_link(path));
    return begin(name, AE_IFLNK, 0777, 0, target);
  }

  Status begin(const std::string& name, unsigned type, unsigned mode, std::uint64_t size,
               const std::string& target = {}) {
    const Entry entry(archive_entry_new());
    KPKG_ASSERT(entry != nullptr);
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), type);
    archive_entry_set_perm(entry.get(), static_cast<mode_t>(mode));
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    archive_entry_set_mtime(entry.get(), modified_, 0);
    if (!target.empty()) archive_entry_set_symlink(entry.get(), target.c_str());
    // A warning is about a name that is not of the locale's character set: its bytes are written all the
    // same.
    const int written = archive_write_header(writer_.get(), entry.get());
    return written == ARCHIVE_OK || written == ARCHIVE_WARN ? Status{} : failed();
  }

  Status append(std::string_view bytes) {
    const auto written = archive_write_data(writer_.get(), bytes.data(), bytes.size());
    return written == static_cast<la_ssize_t>(bytes.size()) ? Status{} : failed();
  }

  static la_ssize_t take(::archive* /*writer*/, void* packing, const void* bytes, std::size_t size) {
    auto& self = *static_cast<Packing*>(packing);
    self.written_ = self.file_.write({static_cast<const char*>(bytes), size});
    return self.written_ ? static_cast<la_ssize_t>(size) : -1;
  }

  Status failed() {
    if (!written_) return written_;
    const char* why = archive_error_string(writer_.get());
    return fail(ErrorKind::io, fmt::format("libarchive cannot write the archive: {}",
                                           shown(why == nullptr ? "no reason given" : why)));
  }

  // What it writes when it is freed goes to the file.
  system::NewFile file_;
  std::int64_t modified_ = 0;
  Status written_;
  Writer writer_{archive_write_new()};
};

}  // namespace

Status pack(const std::vector<Packed>& contents, const std::string& file, std::int64_t modified) {
  auto created = KPKG_TRY(system::NewFile::create(file));
  Packing packing(std::move(created), modified);
  KPKG_TRY(packing.open(file));
  for (const auto& packed : contents) KPKG_TRY(packing.add(packed));
  return packing.publish();
}

}  // namespace kpkg::archive
