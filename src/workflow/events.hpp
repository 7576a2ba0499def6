// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace kpkg::workflow {

/// The parts of the road that take time, in their order.
enum class Stage { wait, download, unpack, build, judge, install, load };

enum class EventKind {
  started,
  progress,  ///< `done` of `total` bytes; total 0: unknown
  finished,
  note,     ///< worth knowing
  warning,  ///< something is not as it should be, and the work goes on
};

/// Something that happened. Progress is data: the terminal, the log and tests are observers of the same
/// stream.
struct Event {
  EventKind kind = EventKind::note;
  Stage stage = Stage::build;
  std::string subject;  ///< "v4l2loopback 0.12.7", empty: the whole run
  std::string kernel;   ///< release, empty: not about one
  std::string text;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// Who wants to know. Called from several threads at once; an observer guards itself.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on(const Event& event) = 0;
};

}  // namespace kpkg::workflow
