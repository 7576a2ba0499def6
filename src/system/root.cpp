// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/root.hpp"

#include "base/path.hpp"
#include "system/stat.hpp"
#include "system/walk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace kpkg::system {
namespace {

std::string without_trailing_slashes(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path);
}

/// openat2(2), which glibc 2.36 does not wrap. -1 and errno on failure.
int open_in_root(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_IN_ROOT;
  return static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

/// Whether `name` is not there. On a read-only file system unlink(2) and rmdir(2) say EROFS before they look.
bool is_absent(int directory, const std::string& name) {
  struct stat raw {};
  return ::fstatat(directory, name.c_str(), &raw, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
}

bool is_missing_call(int cause) {
  return cause == ENOSYS || cause == EPERM;
}

}  // namespace

struct Root::Place {
  Fd parent;
  std::string name;
};

Result<Root> Root::open(const std::string& directory) {
  auto canonical = KPKG_TRY(canonical_path(directory).with_hint("name an existing directory"));
  const auto status = KPKG_TRY(status_of(canonical));
  if (!status || status->type != FileType::directory)
    return fail(ErrorKind::not_found, directory + " is not a directory", "name an existing directory");
  Fd descriptor(::open(canonical.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) return fail(system_error(errno, "cannot open " + canonical));
  return Root(std::move(canonical), std::move(descriptor));
}

Result<Fd> Root::open_inside(std::string_view path, int flags) const {
  // openat2 refuses O_NOCTTY beside O_PATH, where open(2) ignores it.
  const int wanted = flags | O_CLOEXEC | ((flags & O_PATH) != 0 ? 0 : O_NOCTTY);
  const std::string name(path);
  if (is_host()) {
    Fd file(::open(name.c_str(), wanted));
    if (!file.is_open()) return fail(system_error(errno, "cannot open " + name));
    return file;
  }
  Fd file(open_in_root(descriptor_->get(), name, wanted));
  int cause = errno;
  if (!file.is_open() && is_missing_call(cause)) {
    file.reset(::open(KPKG_TRY(host_path(path)).c_str(), wanted | O_NOFOLLOW));
    cause = errno;
  }
  if (!file.is_open())
    return fail(system_error(cause, fmt::format("cannot open {} in {}", name, directory_)));
  return file;
}

Result<Root::Place> Root::place(std::string_view path) const {
  const auto clean = without_trailing_slashes(path);
  auto parent = KPKG_TRY(open_inside(parent_of(clean), O_PATH | O_DIRECTORY));
  return Place{std::move(parent), std::string(last_of(clean))};
}

Result<std::optional<std::string>> Root::real_path(std::string_view path) const {
  auto walked = KPKG_TRY(walk(directory_, path));
  if (walked.missing > 0) return std::optional<std::string>{};
  return std::optional(std::move(walked.path));
}

Result<std::string> Root::host_path(std::string_view path) const {
  auto walked = KPKG_TRY(walk(directory_, path));
  return is_host() ? walked.path : directory_ + walked.path;
}

Result<std::optional<FileStatus>> Root::status(std::string_view path) const {
  const auto clean = without_trailing_slashes(path);
  const auto parent = KPKG_TRY(host_path(parent_of(clean)));
  return status_of(fmt::format("{}/{}", parent, last_of(clean)));
}

Result<std::string> Root::read(std::string_view path, std::uint64_t limit) const {
  // O_NONBLOCK: a pipe in the place of a file must not make kpkg wait for a writer.
  const auto file = KPKG_TRY(open_inside(path, O_RDONLY | O_NONBLOCK));
  struct stat raw {};
  if (::fstat(file.get(), &raw) != 0)
    return fail(system_error(errno, fmt::format("cannot look at {}", path)));
  if (!S_ISREG(raw.st_mode)) return fail(ErrorKind::corrupt, fmt::format("{} is not a regular file", path));
  return read_all(file.get(), std::string(path), limit);
}

Result<OpenFile> Root::open_file(std::string_view path) const {
  return OpenFile::from(KPKG_TRY(open_inside(path, O_RDONLY | O_NONBLOCK)), std::string(path));
}

Result<std::optional<std::string>> Root::read_if_present(std::string_view path, std::uint64_t limit) const {
  auto bytes = read(path, limit);
  if (!bytes && bytes.error().kind == ErrorKind::not_found) return std::optional<std::string>{};
  return std::optional(KPKG_TRY(std::move(bytes)));
}

Result<std::optional<std::vector<DirectoryEntry>>> Root::list(std::string_view path) const {
  auto directory = open_inside(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  if (!directory) return list_directory(KPKG_TRY(host_path(path)));  // which knows what is no error
  return std::optional(KPKG_TRY(list_directory(*std::move(directory), std::string(path))));
}

Status Root::make_directories(std::string_view path, std::uint32_t mode) const {
  return system::make_directories(KPKG_TRY(host_path(path)), mode);
}

Status Root::write(std::string_view path, std::string_view bytes, std::uint32_t mode) const {
  const auto clean = without_trailing_slashes(path);
  const auto parent = KPKG_TRY(host_path(parent_of(clean)));
  return write_file(fmt::format("{}/{}", parent, last_of(clean)), bytes, mode);
}

Status Root::rename(std::string_view from, std::string_view to) const {
  const auto source = KPKG_TRY(place(from));
  const auto target = KPKG_TRY(place(to));
  if (::renameat(source.parent.get(), source.name.c_str(), target.parent.get(), target.name.c_str()) != 0)
    return fail(system_error(errno, fmt::format("cannot rename {} to {}", from, to)));
  return sync_directory(KPKG_TRY(host_path(parent_of(to))));
}

Status Root::exchange(std::string_view first, std::string_view second) const {
  const auto one = KPKG_TRY(place(first));
  const auto other = KPKG_TRY(place(second));
  if (::renameat2(one.parent.get(), one.name.c_str(), other.parent.get(), other.name.c_str(),
                  RENAME_EXCHANGE) != 0) {
    const int cause = errno;
    auto error = system_error(cause, fmt::format("cannot exchange {} and {}", first, second));
    if (cause == EINVAL || is_missing_call(cause)) error.kind = ErrorKind::unsupported;
    return fail(std::move(error));
  }
  KPKG_TRY(sync_directory(KPKG_TRY(host_path(parent_of(first)))));
  return sync_directory(KPKG_TRY(host_path(parent_of(second))));
}

Status Root::link(std::string_view from, std::string_view to) const {
  const auto source = KPKG_TRY(place(from));
  const auto target = KPKG_TRY(place(to));
  if (::linkat(source.parent.get(), source.name.c_str(), target.parent.get(), target.name.c_str(), 0) != 0)
    return fail(system_error(errno, fmt::format("cannot link {} to {}", from, to)));
  return {};
}

Status Root::make_link(const std::string& target, std::string_view path) const {
  const auto link = KPKG_TRY(place(path));
  if (::symlinkat(target.c_str(), link.parent.get(), link.name.c_str()) != 0)
    return fail(system_error(errno, fmt::format("cannot make the link {}", path)));
  return {};
}

Status Root::remove(std::string_view path) const {
  auto found = place(path);
  if (!found && found.error().kind == ErrorKind::not_found) return {};
  const auto target = KPKG_TRY(std::move(found));
  if (::unlinkat(target.parent.get(), target.name.c_str(), 0) == 0) return {};
  const int cause = errno;
  if (is_absent(target.parent.get(), target.name)) return {};
  return fail(system_error(cause, fmt::format("cannot remove {}", path)));
}

Status Root::remove_tree(std::string_view path) const {
  const auto clean = without_trailing_slashes(path);
  return remove_all(fmt::format("{}/{}", KPKG_TRY(host_path(parent_of(clean))), last_of(clean)));
}

Status Root::remove_if_empty(std::string_view path) const {
  auto found = place(path);
  if (!found && found.error().kind == ErrorKind::not_found) return {};
  const auto target = KPKG_TRY(std::move(found));
  if (::unlinkat(target.parent.get(), target.name.c_str(), AT_REMOVEDIR) == 0) return {};
  const int cause = errno;
  // EBUSY: another file system is mounted there.
  if (cause == ENOTEMPTY || cause == EEXIST || cause == ENOTDIR || cause == EBUSY) return {};
  if (is_absent(target.parent.get(), target.name)) return {};
  return fail(system_error(cause, fmt::format("cannot remove {}", path)));
}

}  // namespace kpkg::system
