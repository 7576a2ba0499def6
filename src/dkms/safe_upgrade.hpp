// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkms/context.hpp"

namespace kpkg::dkms {

// --rpm_safe_upgrade: when rpm replaces a release of a package by another one of the same version, the new
// one adds the module before the old one removes it. What adds leaves a note for the rpm that it was started
// by; what removes finds it, and leaves the module alone.

/// Leaves the note.
Status note_addition(const Context& context, const dkmstree::VersionId& id);

/// Whether there is a note about the version from the same rpm, which is taken away.
Result<bool> take_note(const Context& context, const dkmstree::VersionId& id);

}  // namespace kpkg::dkms
