// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

namespace kpkg {
namespace {

/// The name of numbers behind the last kind.
constexpr std::string_view no_kind = "unknown";

ErrorKind kind_of_errno(int errno_value) {
  switch (errno_value) {
    case ENOSPC:
    case EDQUOT: return ErrorKind::no_space;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorKind::permission;
    case ENOENT: return ErrorKind::not_found;
    case EINTR: return ErrorKind::interrupted;
    default: return ErrorKind::io;
  }
}

std::string hint_of(int errno_value) {
  switch (errno_value) {
    case ENOSPC:
    case EDQUOT: return "free some space on that file system and run the command again";
    case EACCES:
    case EPERM: return "run the command as root (sudo)";
    case EROFS: return "that file system is mounted read-only; remount it writable first";
    default: return "";
  }
}

}  // namespace

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return "usage";
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::permission: return "permission";
    case ErrorKind::no_space: return "no_space";
    case ErrorKind::io: return "io";
    case ErrorKind::locked: return "locked";
    case ErrorKind::network: return "network";
    case ErrorKind::trust: return "trust";
    case ErrorKind::no_tree: return "no_tree";
    case ErrorKind::build_failed: return "build_failed";
    case ErrorKind::incompatible: return "incompatible";
    case ErrorKind::excluded: return "excluded";
    case ErrorKind::install_failed: return "install_failed";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::interrupted: return "interrupted";
    case ErrorKind::unsupported: return "unsupported";
  }
  return no_kind;
}

std::optional<ErrorKind> error_kind_of(std::string_view name) {
  for (int number = 0; name_of(ErrorKind{number}) != no_kind; ++number)
    if (name_of(ErrorKind{number}) == name) return ErrorKind{number};
  return std::nullopt;
}

std::string Error::text() const {
  std::string line;
  for (auto step = context.rbegin(); step != context.rend(); ++step) line += *step + ": ";
  return line + message;
}

Error system_error(int errno_value, std::string what) {
  return Error{.kind = kind_of_errno(errno_value),
               .message = fmt::format("{}: {}", what, std::generic_category().message(errno_value)),
               .context = {},
               .hint = hint_of(errno_value)};
}

}  // namespace kpkg
