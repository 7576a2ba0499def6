// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "workflow/workspace.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kpkg::workflow {

/// What a checkup looks at: of the system as a whole down to `loading`, then of each kernel. `recipes` are
/// looked at in both.
enum class CheckupSubject {
  store,
  lock,
  space,
  programs,
  sandbox,
  hooks,
  dkms,
  settings,
  loading,
  kernel,
  signatures,
  tree,
  index,
  recipes,
};

enum class Health {
  good,
  note,     ///< worth knowing; nothing fails for it, or nobody could look
  problem,  ///< a build, an installation or a load fails for it
};

/// The stable names in JSON: "signatures", "problem".
std::string_view name_of(CheckupSubject subject);
std::string_view name_of(Health health);

/// What one look found.
struct CheckupPoint {
  CheckupSubject subject = CheckupSubject::store;
  Health health = Health::good;
  std::string text;                       ///< one clause: what is so
  std::string meaning = {};               ///< what comes of it; empty for what is good
  std::string remedy = {};                ///< what to do; may be empty
  std::vector<std::string> details = {};  ///< files, options, reasons
  std::string kernel = {};                ///< release; empty: of the whole system

  bool operator==(const CheckupPoint&) const = default;
};

/// How closely kernels' trees are looked at.
enum class Probe {
  no,   ///< by their files, and by what was found out before
  yes,  ///< by a module that is built in each, which takes 5 to 20 s
};

struct CheckupRequest {
  std::vector<std::string> kernels;  ///< as -k names them; empty: all that are here, left-over ones too
  Probe probe = Probe::no;
};

/// Looks for what would make a build or a load fail. Changes nothing but what is remembered of kernels; what
/// the caller may not look at is a note.
///
/// Errors: not_found: no kernel of a name that was given; interrupted; io.
Result<std::vector<CheckupPoint>> check_up(const Workspace& workspace, const CheckupRequest& request);

}  // namespace kpkg::workflow
