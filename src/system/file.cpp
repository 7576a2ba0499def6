// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "system/stat.hpp"

namespace kpkg::system {
namespace {

Error failure(const std::error_code& code, const std::string& what) {
  return system_error(code.value(), what);
}

/// Ends the listing of a directory.
struct Closer {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

using OpenDirectory = std::unique_ptr<DIR, Closer>;

/// What an entry of a directory is; the file system is asked only if it did not say so when it was listed.
FileType type_of(const OpenDirectory& directory, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG: return FileType::regular;
    case DT_DIR: return FileType::directory;
    case DT_LNK: return FileType::link;
    case DT_UNKNOWN: break;
    default: return FileType::other;
  }
  struct stat raw {};
  const bool is_there = ::fstatat(::dirfd(directory.get()), entry.d_name, &raw, AT_SYMLINK_NOFOLLOW) == 0;
  return is_there ? from_stat(raw).type : FileType::other;
}

Result<std::vector<DirectoryEntry>> entries_of(const OpenDirectory& directory, const std::string& told_name) {
  std::vector<DirectoryEntry> entries;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr && errno != 0) return fail(system_error(errno, "cannot list " + told_name));
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    entries.push_back({.name = std::string(name), .type = type_of(directory, *entry)});
  }
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

Status read_to_end(int descriptor, const std::string& name,
                   const std::function<void(std::string_view)>& on_piece) {
  std::string buffer(1U << 18, '\0');
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got == 0) return {};
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error(errno, "cannot read " + name));
    on_piece(std::string_view(buffer).substr(0, static_cast<std::size_t>(got)));
  }
}

}  // namespace

Result<std::optional<FileStatus>> status_of(const std::string& path) {
  struct stat raw {};
  if (::lstat(path.c_str(), &raw) == 0) return std::optional(from_stat(raw));
  const int cause = errno;
  // No file can have a name that its file system does not take.
  if (cause == ENOENT || cause == ENOTDIR || cause == ENAMETOOLONG) return std::optional<FileStatus>{};
  return fail(system_error(cause, "cannot look at " + path));
}

Result<std::string> read_all(int descriptor, const std::string& name, std::uint64_t limit) {
  std::string bytes;
  struct stat raw {};
  // One byte more than the file has, so that the end is seen without growing once more.
  if (::fstat(descriptor, &raw) == 0 && raw.st_size > 0)
    bytes.reserve(std::min<std::uint64_t>(limit, static_cast<std::uint64_t>(raw.st_size)) + 1);
  while (true) {
    const std::size_t have = bytes.size();
    const std::size_t chunk = std::max<std::size_t>(bytes.capacity() - have, 16384);
    bytes.resize(have + chunk);
    const ssize_t got = ::read(descriptor, bytes.data() + have, chunk);
    const int cause = errno;
    bytes.resize(have + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got == 0) return bytes;
    if (got < 0 && cause != EINTR) return fail(system_error(cause, "cannot read " + name));
    if (bytes.size() > limit)
      return fail(ErrorKind::corrupt, fmt::format("{} is larger than {} bytes", name, limit));
  }
}

bool is_writable(const std::string& path) {
  return ::access(path.c_str(), W_OK) == 0;
}

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  // O_NONBLOCK: a pipe in the place of a file must not make kpkg wait for a writer.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.is_open()) return fail(system_error(errno, "cannot open " + path));
  struct stat raw {};
  if (::fstat(file.get(), &raw) != 0) return fail(system_error(errno, "cannot look at " + path));
  if (!S_ISREG(raw.st_mode)) return fail(ErrorKind::corrupt, path + " is not a regular file");
  return read_all(file.get(), path, limit);
}

Status read_in_pieces(const std::string& path, const std::function<void(std::string_view)>& on_piece) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) return fail(system_error(errno, "cannot open " + path));
  return read_to_end(file.get(), path, on_piece);
}

Result<std::optional<std::vector<DirectoryEntry>>> list_directory(const std::string& path) {
  const OpenDirectory directory(::opendir(path.c_str()));
  if (directory == nullptr && (errno == ENOENT || errno == ENOTDIR))
    return std::optional<std::vector<DirectoryEntry>>{};
  if (directory == nullptr) return fail(system_error(errno, "cannot list " + path));
  return std::optional(KPKG_TRY(entries_of(directory, path)));
}

Result<std::vector<DirectoryEntry>> list_directory(Fd directory, const std::string& name) {
  const OpenDirectory open(::fdopendir(directory.get()));
  if (open == nullptr) return fail(system_error(errno, "cannot list " + name));
  directory.release();
  return entries_of(open, name);
}

Status write_all(int descriptor, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(system_error(errno, "cannot write " + name));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<NewFile> NewFile::create(const std::string& destination) {
  std::string temporary = destination + ".kpkg-XXXXXX";
  Fd file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file.is_open()) return fail(system_error(errno, "cannot create a file beside " + destination));
  return NewFile(std::move(file), std::move(temporary), destination);
}

NewFile::NewFile(NewFile&& other) noexcept
    : file_(std::move(other.file_)),
      temporary_(std::exchange(other.temporary_, {})),
      destination_(std::move(other.destination_)) {}

NewFile& NewFile::operator=(NewFile&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(temporary_, other.temporary_);
  std::swap(destination_, other.destination_);
  return *this;
}

NewFile::~NewFile() {
  if (!temporary_.empty()) static_cast<void>(::unlink(temporary_.c_str()));
}

Status NewFile::read_in_pieces(const std::function<void(std::string_view)>& on_piece) const {
  // Whoever wrote it shares its position, which is at the end.
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) return fail(system_error(errno, "cannot read " + destination_));
  return read_to_end(file_.get(), destination_, on_piece);
}

Status NewFile::publish(std::uint32_t mode) {
  if (::fchmod(file_.get(), mode) != 0)
    return fail(system_error(errno, "cannot set the mode of " + destination_));
  if (::fsync(file_.get()) != 0) return fail(system_error(errno, "cannot write " + destination_));
  if (::rename(temporary_.c_str(), destination_.c_str()) != 0)
    return fail(system_error(errno, "cannot replace " + destination_));
  temporary_.clear();
  file_.reset();
  return sync_directory(std::filesystem::path(destination_).parent_path().string());
}

Status write_file(const std::string& path, std::string_view bytes, std::uint32_t mode) {
  auto file = KPKG_TRY(NewFile::create(path));
  KPKG_TRY(file.write(bytes));
  return file.publish(mode);
}

Status make_directories(const std::string& path, std::uint32_t mode) {
  const auto parent = std::filesystem::path(path).parent_path();
  int cause = ::mkdir(path.c_str(), mode) == 0 ? 0 : errno;
  if (cause == ENOENT && parent != path && !parent.empty()) {
    KPKG_TRY(make_directories(parent.string(), 0755));
    cause = ::mkdir(path.c_str(), mode) == 0 ? 0 : errno;
  }
  // Another thread or process may have made it meanwhile, which is as good.
  struct stat raw {};
  if (cause == EEXIST && ::stat(path.c_str(), &raw) == 0 && S_ISDIR(raw.st_mode)) return {};
  if (cause != 0) return fail(system_error(cause, "cannot make the directory " + path));
  return {};
}

Status remove_all(const std::string& path) {
  std::error_code code;
  std::filesystem::remove_all(path, code);
  if (code) return fail(failure(code, "cannot remove " + path));
  return {};
}

Status copy_tree(const std::string& from, const std::string& to) {
  std::error_code code;
  constexpr auto options =
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks;
  std::filesystem::copy(from, to, options, code);
  if (code) return fail(failure(code, "cannot copy " + from + " to " + to));
  return {};
}

Status copy_tree_by_links(const std::string& from, const std::string& to) {
  const auto status = KPKG_TRY(status_of(from));
  if (!status) return fail(system_error(ENOENT, "cannot copy " + from));
  // Another file system, one that has no second names, or a file that is not the user's own.
  if (status->type == FileType::regular && ::link(from.c_str(), to.c_str()) == 0) return {};
  if (status->type != FileType::directory) return copy_tree(from, to);
  KPKG_TRY(make_directories(to));
  for (const auto& entry : KPKG_TRY(list_directory(from)).value_or(std::vector<DirectoryEntry>()))
    KPKG_TRY(copy_tree_by_links(from + "/" + entry.name, to + "/" + entry.name));
  return {};
}

Status make_link(const std::string& target, const std::string& path) {
  if (::symlink(target.c_str(), path.c_str()) != 0)
    return fail(system_error(errno, "cannot make the link " + path));
  return {};
}

Status rename_path(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0)
    return fail(system_error(errno, fmt::format("cannot rename {} to {}", from, to)));
  return {};
}

Status give_tree(const std::string& path, std::uint32_t owner, std::uint32_t group) {
  if (::lchown(path.c_str(), owner, group) != 0)
    return fail(system_error(errno, "cannot change the owner of " + path));
  std::error_code code;
  if (!std::filesystem::is_directory(std::filesystem::symlink_status(path, code))) return {};
  std::filesystem::recursive_directory_iterator entry(path, code);
  for (; !code && entry != std::filesystem::recursive_directory_iterator(); entry.increment(code)) {
    if (::lchown(entry->path().c_str(), owner, group) != 0)
      return fail(system_error(errno, "cannot change the owner of " + entry->path().string()));
  }
  if (code) return fail(failure(code, "cannot list " + path));
  return {};
}

Result<std::string> canonical_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  if (resolved == nullptr) return fail(system_error(errno, "cannot find " + path));
  return std::string(resolved.get());
}

Result<std::string> read_link(const std::string& path) {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  if (length < 0) return fail(system_error(errno, "cannot read the link " + path));
  target.resize(static_cast<std::size_t>(length));
  return target;
}

}  // namespace kpkg::system
