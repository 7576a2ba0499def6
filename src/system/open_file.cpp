// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/open_file.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

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
  KPKG_TRY(read_into(bytes, offset));
  return bytes;
}

Status OpenFile::read_into(std::span<char> bytes, std::uint64_t offset) const {
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::pread(descriptor_.get(), bytes.data() + have, bytes.size() - have,
                                static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error(errno, "cannot read " + name_));
    if (got == 0) return fail(ErrorKind::corrupt, name_ + " became shorter while it was read");
    have += static_cast<std::size_t>(got);
  }
  return {};
}

Result<bool> OpenFile::has_bytes_of(const OpenFile& other) const {
  if (size_ != other.size_) return false;
  std::array<char, 32U << 10> own;
  std::array<char, own.size()> others;
  for (std::uint64_t offset = 0; offset < size_; offset += own.size()) {
    const auto size = std::min<std::uint64_t>(own.size(), size_ - offset);
    KPKG_TRY(read_into({own.data(), size}, offset));
    KPKG_TRY(other.read_into({others.data(), size}, offset));
    if (std::memcmp(own.data(), others.data(), size) != 0) return false;
  }
  return true;
}

Result<SharedBytes> OpenFile::map() const {
  if (size_ <= largest_copied) return SharedBytes(KPKG_TRY(read(0, size_)));
  void* const start = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor_.get(), 0);
  if (start == MAP_FAILED) return fail(system_error(errno, "cannot map " + name_));
  const std::shared_ptr<const void> keeper(start, [size = size_](void* mapped) { ::munmap(mapped, size); });
  return SharedBytes(keeper, {static_cast<const char*>(start), size_});
}

}  // namespace kpkg::system
