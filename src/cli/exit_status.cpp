// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit_status.hpp"

namespace kpkg::cli {

int exit_status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return usage_status;
    case ErrorKind::not_found: return not_found_status;
    case ErrorKind::incompatible: return incompatible_status;
    case ErrorKind::no_tree: return 5;
    case ErrorKind::build_failed: return 6;
    case ErrorKind::install_failed: return 7;
    case ErrorKind::trust: return 8;
    case ErrorKind::locked: return 9;
    case ErrorKind::excluded: return 77;
    case ErrorKind::interrupted: return 130;
    case ErrorKind::invalid:
    case ErrorKind::corrupt:
    case ErrorKind::permission:
    case ErrorKind::no_space:
    case ErrorKind::io:
    case ErrorKind::network:
    case ErrorKind::conflict:
    case ErrorKind::unsupported: return failure_status;
  }
  return failure_status;
}

}  // namespace kpkg::cli
