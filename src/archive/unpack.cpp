// SPDX-License-Identifier: GPL-2.0-or-later
#include "archive/unpack.hpp"

#include "archive/member_path.hpp"
#include "archive/reader.hpp"
#include "base/assert.hpp"
#include "system/file.hpp"
#include "system/interruption.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

namespace kpkg::archive {
namespace {

using system::FileType;

struct FreeWriter {
  void operator()(::archive* handle) const { archive_write_free(handle); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

/// Fills one directory from one archive. Knows everything that it has made, since the directory was empty: a
/// member is judged by that before libarchive, with its own guards, touches the disk.
class Unpacking {
 public:
  Unpacking(Reader reader, std::string destination, const UnpackOptions& options)
      : reader_(std::move(reader)), destination_(std::move(destination)), options_(options) {
    KPKG_ASSERT(writer_ != nullptr);
    archive_write_disk_set_options(writer_.get(), ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |
                                                      ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                                                      ARCHIVE_EXTRACT_SECURE_NODOTDOT);
  }

  Result<Unpacked> run() {
    while (KPKG_TRY(reader_.next())) {
      if (system::Interruption::is_pending())
        return fail(ErrorKind::interrupted, "unpacking was interrupted");
      if (++members_seen_ > options_.member_limit)
        return fail(ErrorKind::corrupt,
                    fmt::format("{} has more than {} members", reader_.name(), options_.member_limit));
      KPKG_TRY(take_member());
    }
    if (const auto out = link_leading_out(links_))
      return refuse(*out, fmt::format("is a link that leads out, to \"{}\"", shown(links_[*out])));
    if (made_.empty()) return fail(nothing_found());
    if (archive_write_close(writer_.get()) != ARCHIVE_OK) return fail(write_failure("the last member"));
    return Unpacked{.members = made_.size(), .bytes = bytes_};
  }

 private:
  Status take_member() {
    const auto name = KPKG_TRY(reader_.member_name());
    const auto path = KPKG_TRY(clean_path(name));
    const auto target = selected(path, options_);
    // What is passed over is decompressed all the same, so it counts.
    KPKG_TRY(count(path, declared_size()));
    if (!target) return {};
    if (const auto hard_link = hard_link_target()) return make_hard_link(*target, *hard_link);
    switch (archive_entry_filetype(reader_.entry())) {
      case AE_IFREG: return make_file(*target);
      case AE_IFDIR: return make_directory(*target);
      case AE_IFLNK: return make_link(*target);
      default: return refuse(path, "is a device, a pipe or a socket");
    }
  }

  Status make_file(const std::string& path) {
    KPKG_TRY(admit(path, FileType::regular));
    const bool runs = (archive_entry_perm(reader_.entry()) & 0100U) != 0;
    const auto entry = new_entry(path, AE_IFREG, runs ? 0755 : 0644);
    if (archive_entry_size_is_set(reader_.entry()) != 0)
      archive_entry_set_size(entry.get(), archive_entry_size(reader_.entry()));
    if (archive_entry_mtime_is_set(reader_.entry()) != 0)
      archive_entry_set_mtime(entry.get(), archive_entry_mtime(reader_.entry()), 0);
    KPKG_TRY(write(entry.get(), path));
    std::uint64_t counted = declared_size();
    while (const auto block = KPKG_TRY(reader_.next_block())) {
      const std::uint64_t end = block->offset + block->bytes.size();
      if (end < block->offset) return refuse(path, "has a hole larger than any file");
      KPKG_TRY(count(path, end - std::min(end, counted)));
      counted = std::max(counted, end);
      if (archive_write_data_block(writer_.get(), block->bytes.data(), block->bytes.size(),
                                   static_cast<la_int64_t>(block->offset)) < ARCHIVE_OK)
        return fail(write_failure(path));
    }
    return finish(path);
  }

  Status make_directory(const std::string& path) {
    KPKG_TRY(admit(path, FileType::directory));
    const auto entry = new_entry(path, AE_IFDIR, 0755);
    KPKG_TRY(write(entry.get(), path));
    return finish(path);
  }

  Status make_link(const std::string& path) {
    KPKG_TRY(admit(path, FileType::link));
    const char* target = archive_entry_symlink_utf8(reader_.entry());
    if (target == nullptr) target = archive_entry_symlink(reader_.entry());
    if (target == nullptr || *target == '\0') return refuse(path, "is a link to nothing");
    links_[path] = target;
    const auto entry = new_entry(path, AE_IFLNK, 0777);
    archive_entry_set_symlink(entry.get(), target);
    KPKG_TRY(write(entry.get(), path));
    return finish(path);
  }

  Status make_hard_link(const std::string& path, const std::string& to) {
    const auto clean =
        KPKG_TRY(clean_path(to).within(fmt::format("following the hard link \"{}\"", shown(path))));
    const auto target = selected(clean, options_);
    const auto found = target ? made_.find(*target) : made_.end();
    if (found == made_.end() || found->second != FileType::regular)
      return refuse(path, fmt::format("is a hard link to \"{}\", which is no earlier file", shown(to)));
    KPKG_TRY(admit(path, FileType::regular));
    const auto entry = new_entry(path, AE_IFREG, 0644);
    const auto full_target = destination_ + "/" + *target;
    archive_entry_set_hardlink(entry.get(), full_target.c_str());
    // Mode and times are those of the file; restoring them again would make the second name decide.
    archive_entry_unset_size(entry.get());
    KPKG_TRY(write(entry.get(), path));
    return finish(path);
  }

  /// Enters `path` among what was made, and makes the directories above it.
  Status admit(const std::string& path, FileType type) {
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      const auto parent = path.substr(0, slash);
      const auto [above, is_new] = made_.emplace(parent, FileType::directory);
      if (above->second != FileType::directory)
        return refuse(path, fmt::format("lies under \"{}\", which is not a directory", shown(parent)));
      if (!is_new) continue;
      const auto entry = new_entry(parent, AE_IFDIR, 0755);
      KPKG_TRY(write(entry.get(), parent));
    }
    const auto [place, is_new] = made_.emplace(path, type);
    const bool is_same_directory = type == FileType::directory && place->second == FileType::directory;
    if (!is_new && !is_same_directory) return refuse(path, "is there twice");
    return {};
  }

  /// Adds to the size of everything, which must stay under the limit.
  Status count(const std::string& path, std::uint64_t more) {
    if (more > options_.size_limit - bytes_)
      return refuse(path, fmt::format("brings the whole over {} bytes", options_.size_limit));
    bytes_ += more;
    return {};
  }

  std::uint64_t declared_size() const {
    if (archive_entry_size_is_set(reader_.entry()) == 0) return 0;
    return static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(reader_.entry()), 0));
  }

  std::optional<std::string> hard_link_target() const {
    const char* target = archive_entry_hardlink_utf8(reader_.entry());
    if (target == nullptr) target = archive_entry_hardlink(reader_.entry());
    return target == nullptr ? std::nullopt : std::optional<std::string>(target);
  }

  /// A new entry, and not the archive's own, so that nothing it says (owner, setuid, attributes, flags) is
  /// restored unless it is named here.
  Entry new_entry(const std::string& path, unsigned type, std::uint16_t mode) const {
    Entry entry(archive_entry_new());
    KPKG_ASSERT(entry != nullptr);
    const auto full_path = destination_ + "/" + path;
    archive_entry_set_pathname(entry.get(), full_path.c_str());
    archive_entry_set_filetype(entry.get(), type);
    archive_entry_set_perm(entry.get(), mode);
    return entry;
  }

  Status write(archive_entry* entry, const std::string& path) {
    if (archive_write_header(writer_.get(), entry) != ARCHIVE_OK) return fail(write_failure(path));
    return {};
  }

  Status finish(const std::string& path) {
    if (archive_write_finish_entry(writer_.get()) != ARCHIVE_OK) return fail(write_failure(path));
    return {};
  }

  Error write_failure(const std::string& path) const {
    const int code = archive_errno(writer_.get());
    const auto what = fmt::format("cannot write {}/{}", destination_, shown(path));
    if (code > 0) return system_error(code, what);
    return Error{.kind = ErrorKind::io,
                 .message = fmt::format("{}: {}", what, archive_error_string(writer_.get())),
                 .context = {},
                 .hint = {}};
  }

  Error nothing_found() const {
    const auto what = options_.prefix.empty() ? std::string("nothing to unpack")
                                              : fmt::format("nothing under {}", options_.prefix);
    return Error{.kind = ErrorKind::corrupt,
                 .message = fmt::format("{} has {}", reader_.name(), what),
                 .context = {},
                 .hint = {}};
  }

  tl::unexpected<Error> refuse(const std::string& path, std::string_view why) const {
    return fail(ErrorKind::corrupt,
                fmt::format("{}: the member \"{}\" {}", reader_.name(), shown(path), why));
  }

  Reader reader_;
  std::string destination_;
  const UnpackOptions& options_;
  std::unique_ptr<::archive, FreeWriter> writer_{archive_write_disk_new()};
  std::map<std::string, FileType> made_;
  Links links_;
  std::size_t members_seen_ = 0;
  std::uint64_t bytes_ = 0;
};

/// The canonical path of the destination, which is made, or is there and empty.
Result<std::string> empty_destination(const std::string& path) {
  KPKG_TRY(system::make_directories(path));
  const auto entries = KPKG_TRY(system::list_directory(path));
  if (!entries || !entries->empty())
    return fail(ErrorKind::conflict, fmt::format("{} is not empty", path), "unpack into a new directory");
  return system::canonical_path(path);
}

}  // namespace

Result<Unpacked> unpack(const std::string& file, const std::string& destination,
                        const UnpackOptions& options) {
  auto reader = KPKG_TRY(Reader::open_file(file));
  auto directory = KPKG_TRY(empty_destination(destination));
  return Unpacking(std::move(reader), std::move(directory), options).run();
}

Result<Unpacked> unpack_bytes(std::string_view bytes, const std::string& name, const std::string& destination,
                              const UnpackOptions& options) {
  auto reader = KPKG_TRY(Reader::open_bytes(bytes, name));
  auto directory = KPKG_TRY(empty_destination(destination));
  return Unpacking(std::move(reader), std::move(directory), options).run();
}

Result<std::vector<std::string>> member_names(const std::string& file) {
  auto reader = KPKG_TRY(Reader::open_file(file));
  std::vector<std::string> names;
  while (KPKG_TRY(reader.next())) {
    if (system::Interruption::is_pending()) return fail(ErrorKind::interrupted, "reading was interrupted");
    if (names.size() >= UnpackOptions{}.member_limit)
      return fail(ErrorKind::corrupt, fmt::format("{} has too many members", file));
    const auto name = KPKG_TRY(reader.member_name());
    auto path = KPKG_TRY(clean_path(name));
    if (!path.empty()) names.push_back(std::move(path));
  }
  return names;
}

}  // namespace kpkg::archive
