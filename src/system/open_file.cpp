// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/open_file.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace kpkg::system {
namespace {

/// To copy so few bytes costs less than to map and unmap them.
constexpr std::uint64_t largest_copied = 16U << 10;

}  // namespace

Result<OpenFile> OpenFile::from(Fd descriptor, std::string name) {
  struct stat raw {};
  if (::fstat(descriptor.get(), &raw) != 0) return fail(system_error(errno, "cannot look at " + name));
  if (!S_ISREG(raw.st_mode)) return fail(ErrorKind::corrupt, name + " is not a regular file");
  return OpenFile(std::move(descriptor), std::move(name), static_cast<std::uint64_t>(raw.st_size));
}

Result<std::string> OpenFile::read(std::uint64_t offset, std::uint64_t size) const {
  // Before anything of that size is allocated.
  if (offset > size_ || size > size_ - offset)
    return fail(ErrorKind::corrupt, fmt::format("{} ends before {} bytes at offset {}", name_, size, offset));
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::pread(descriptor_.get(), bytes.data() + have, bytes.size() - have,
                                static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error(errno, "cannot read " + name_));
    if (got == 0) return fail(ErrorKind::corrupt, name_ + " became shorter while it was read");
    have += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<SharedBytes> OpenFile::map() const {
  if (size_ <= largest_copied) return SharedBytes(KPKG_TRY(read(0, size_)));
  void* const start = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_.get(), 0);
  if (start == MAP_FAILED) return fail(system_error(errno, "cannot map " + name_));
  const std::shared_ptr<const void> keeper(start, [size = size_](void* mapped) { ::munmap(mapped, size); });
  return SharedBytes(keeper, {static_cast<const char*>(start), size_});
}

}  // namespace kpkg::system
