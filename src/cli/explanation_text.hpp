// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json.hpp"
#include "workflow/explain.hpp"

#include <string>

namespace kpkg::cli {

/// An explained message as people read it: its lines, the cause, the remedy, and what the judge says of the
/// module.
std::string explanation_text(const workflow::ExplainedMessage& message);

/// The same for programs.
Json explanation_json(const workflow::ExplainedMessage& message);

}  // namespace kpkg::cli
