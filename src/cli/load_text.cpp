// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/load_text.hpp"

#include "base/text.hpp"

namespace kpkg::cli {

std::string load_text(const install::LoadReport& report) {
  switch (report.outcome) {
    case install::LoadOutcome::loaded: return "loaded";
    case install::LoadOutcome::already_loaded_same: return "is loaded already";
    case install::LoadOutcome::older_loaded: return report.detail;
    case install::LoadOutcome::no_device:
      return report.culprit.empty() ? "found no device"
                                    : "needs " + report.culprit + ", which found no device";
    case install::LoadOutcome::refused: return "was refused by the kernel: " + report.detail;
    case install::LoadOutcome::init_failed: return "did not start: " + report.detail;
    case install::LoadOutcome::cannot_here: return "cannot be loaded here: " + report.detail;
  }
  return "";
}

std::string unload_text(const install::UnloadReport& report) {
  switch (report.outcome) {
    case install::UnloadOutcome::unloaded: return "unloaded";
    case install::UnloadOutcome::not_loaded: return "is not loaded";
    case install::UnloadOutcome::in_use:
      return "stays loaded: it is in use" +
             (report.holders.empty() ? "" : " by " + join(report.holders, ", "));
    case install::UnloadOutcome::permanent:
      return "stays loaded until the machine restarts: " + report.detail;
    case install::UnloadOutcome::not_live: return "stays loaded: it is still starting or stopping";
    case install::UnloadOutcome::failed: return "stays loaded: " + report.detail;
    case install::UnloadOutcome::cannot_here: return "cannot be unloaded here: " + report.detail;
  }
  return "";
}

}  // namespace kpkg::cli
