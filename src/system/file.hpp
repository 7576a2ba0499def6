// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "system/fd.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::system {

// Files of the host by path. What belongs to the target system goes through Root instead.

enum class FileType { regular, directory, link, other };

struct FileStatus {
  FileType type = FileType::other;
  std::uint64_t size = 0;        ///< bytes
  std::uint32_t mode = 0;        ///< permission bits, 07777
  std::uint32_t owner = 0;       ///< uid
  std::int64_t modified_ns = 0;  ///< since the epoch, nanoseconds
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(const FileStatus&) const = default;
};

struct DirectoryEntry {
  std::string name;
  FileType type = FileType::other;

  bool operator==(const DirectoryEntry&) const = default;
};

/// What `path` itself is (a link is a link), or nothing if it is absent.
Result<std::optional<FileStatus>> status_of(const std::string& path);

/// Whether this process may write to what is at `path`; what is absent nobody can.
bool is_writable(const std::string& path);

/// The whole file. Errors: not_found, permission, io; corrupt: larger than `limit` bytes.
Result<std::string> read_file(const std::string& path, std::uint64_t limit = 256U << 20);

/// The whole file behind an open descriptor, from its current position.
Result<std::string> read_all(int descriptor, const std::string& name, std::uint64_t limit = 256U << 20);

/// Gives the file to `on_piece` from its start to its end, a piece at a time, so that memory does not grow
/// with it.
Status read_in_pieces(const std::string& path, const std::function<void(std::string_view)>& on_piece);

/// The entries of a directory without "." and "..", sorted by name; nothing if the directory is absent.
Result<std::optional<std::vector<DirectoryEntry>>> list_directory(const std::string& path);

/// The same of one that is open for reading; `name` is for messages.
Result<std::vector<DirectoryEntry>> list_directory(Fd directory, const std::string& name);

/// Writes everything to the descriptor. `name` is for the message.
Status write_all(int descriptor, std::string_view bytes, const std::string& name);

/// A file that grows beside its destination and appears there, whole and on the disk, when it is published.
/// Owns the temporary file, which goes away with this object otherwise.
class NewFile {
 public:
  /// The directory of `destination` must exist.
  static Result<NewFile> create(const std::string& destination);

  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&& other) noexcept;
  ~NewFile();

  Status write(std::string_view bytes) const { return write_all(file_.get(), bytes, destination_); }

  /// The file, open for reading and writing: a program that is given it may write it too.
  int descriptor() const { return file_.get(); }

  /// Gives what was written, by whomever, to `on_piece` as read_in_pieces() does. Call it after the last
  /// write.
  Status read_in_pieces(const std::function<void(std::string_view)>& on_piece) const;

  /// Replaces the destination: fsync, rename, fsync of the directory. The object is spent afterwards.
  Status publish(std::uint32_t mode = 0644);

 private:
  NewFile(Fd file, std::string temporary, std::string destination)
      : file_(std::move(file)), temporary_(std::move(temporary)), destination_(std::move(destination)) {}

  Fd file_;
  std::string temporary_;  // empty: nothing to remove
  std::string destination_;
};

/// Replaces `path` by `bytes` at once: a temporary file beside it, fsync, rename, fsync of the directory.
Status write_file(const std::string& path, std::string_view bytes, std::uint32_t mode = 0644);

/// Makes the directory and its parents; what exists is left alone.
Status make_directories(const std::string& path, std::uint32_t mode = 0755);

/// Removes a file, a link or a whole directory tree, never following links. An absent path is success.
Status remove_all(const std::string& path);

/// Copies files, directories and links with their modes, never following links. `to` must not exist.
Status copy_tree(const std::string& from, const std::string& to);

/// The same, but each file gets a second name where that is possible and is copied elsewhere: whoever changes
/// one of them has to replace it.
Status copy_tree_by_links(const std::string& from, const std::string& to);

/// Makes `path` a link to `target`. Errors: io: `path` exists.
Status make_link(const std::string& target, const std::string& path);

/// Gives a file or a directory another name on the same file system; `to` is replaced if it is a file.
Status rename_path(const std::string& from, const std::string& to);

/// Gives a whole tree to a user, links themselves included.
Status give_tree(const std::string& path, std::uint32_t owner, std::uint32_t group);

/// The canonical absolute path, all links followed. Errors: not_found.
Result<std::string> canonical_path(const std::string& path);

/// The target of a link. Errors: io: not a link.
Result<std::string> read_link(const std::string& path);

}  // namespace kpkg::system
