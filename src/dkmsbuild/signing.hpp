// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dkmsbuild/site.hpp"

#include <optional>
#include <string>

namespace kpkg::dkmsbuild {

/// With what modules are signed. Paths in the root, but for a key "pkcs11:…".
struct SigningKey {
  std::string key;
  std::string certificate;

  bool operator==(const SigningKey&) const = default;
};

/// What modules of a kernel are signed with.
struct Signing {
  std::string program;  ///< sign-file
  std::string hash;     ///< "sha256"
  SigningKey key;

  bool operator==(const Signing&) const = default;
};

/// The key that the framework names, or the machine owner's; made where it is absent. Prints which it is.
/// Nothing: there is none and none can be made, and it was said why. This is all of `dkms generate_mok`.
/// `framework` was read for the kernel that modules are to be signed for, if for one.
Result<std::optional<SigningKey>> prepare_key(const Site& site, const dkmsconf::Framework& framework,
                                              const Task& task);

/// With what the task's modules are to be signed, said as DKMS says it; nothing: they are not, and why was
/// said.
Result<std::optional<Signing>> prepare_signing(const Site& site, const Task& task);

}  // namespace kpkg::dkmsbuild
