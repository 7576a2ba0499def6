// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "workflow/workspace.hpp"

#include <string>
#include <utility>

namespace kpkg::workflow {

/// Private to workflow/: tells the observer of the beginning of a stage and, however it ends, of its end.
class Announcement {
 public:
  Announcement(const Workspace& workspace, Stage stage, std::string subject, std::string kernel = {})
      : workspace_(workspace),
        event_({.kind = EventKind::started,
                .stage = stage,
                .subject = std::move(subject),
                .kernel = std::move(kernel)}) {
    workspace_.observer.on(event_);
  }
  ~Announcement() {
    event_.kind = EventKind::finished;
    workspace_.observer.on(event_);
  }
  Announcement(const Announcement&) = delete;
  Announcement& operator=(const Announcement&) = delete;

 private:
  const Workspace& workspace_;
  Event event_;
};

}  // namespace kpkg::workflow
