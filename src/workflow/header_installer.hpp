// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "distro/header_installation.hpp"
#include "settings/settings.hpp"
#include "workflow/kernel_packages.hpp"

#include <functional>
#include <string>
#include <vector>

namespace kpkg::workflow {

/// What the person who runs the command says of installing headers, where the settings leave it to them.
enum class Consent {
  absent,  ///< there is nobody to ask
  asked,   ///< they are asked when it comes to it
  given,   ///< --yes
};

/// What holds under a setting: it can say yes or no in place of the person.
Consent consent_under(settings::InstallHeaders setting, Consent consent);

/// Whether the person agrees that apt unpacks these packages for a kernel, the headers first.
using HeaderAgreement =
    std::function<bool(const std::string& kernel, const std::vector<distro::PackageVersion>& packages)>;

/// In the environment of apt, and so of the hooks of the packages that it installs: "later". They leave to
/// the kpkg that installs what they are for, since it holds the lock.
inline constexpr const char* hooks_variable = "KPKG_HOOKS";
inline constexpr const char* hooks_are_later = "later";

/// What came of installing the headers of a kernel. Both are empty where that may not be, or is no use.
struct HeaderAttempt {
  std::vector<std::string> done;  ///< "installed linux-headers-6.1.0-56-amd64 6.1.192-2 with apt", and doubts
  std::string problem;            ///< why they were not, one clause
  std::string hint;               ///< what to do about it; may be empty

  bool operator==(const HeaderAttempt&) const = default;
};

/// Installs headers with apt: on this machine alone (no --root), as root, and as settings and person want it.
/// Knows whether it may, and remembers what it installed.
class HeaderInstaller {
 public:
  /// `agrees` is for Consent::asked.
  explicit HeaderInstaller(Consent consent, HeaderAgreement agrees = {})
      : consent_(consent), agrees_(std::move(agrees)) {}

  /// Installs the headers of the kernel at the version of its image, with the metapackage of the flavour.
  /// They are not looked at: that is for who attests the tree. dpkg's lock must be free, so no hook may call
  /// it.
  ///
  /// That apt does not do it is an answer. Errors: interrupted; invalid: the settings have a mistake; io.
  Result<HeaderAttempt> install(const Workspace& workspace, const kernel::Kernel& kernel,
                                const abi::KernelFacts& facts);

  /// The part of install() that comes after the question whether the root and the user are the right ones:
  /// apt works on this machine, whatever root the workspace has.
  Result<HeaderAttempt> install_as(Consent consent, const Workspace& workspace, const kernel::Kernel& kernel,
                                   const abi::KernelFacts& facts);

  /// All packages that were installed.
  const std::vector<distro::PackageVersion>& installed() const { return installed_; }

  /// Whether the headers of the kernel were, for themselves or along with others. The hooks did not build for
  /// it.
  bool has_brought_headers_of(const std::string& release) const;

 private:
  Result<HeaderAttempt> install_planned(const Workspace& workspace, const kernel::Kernel& kernel,
                                        const distro::HeaderInstallation& plan);

  Consent consent_;
  HeaderAgreement agrees_;
  std::vector<distro::PackageVersion> installed_;
  std::vector<std::string> kernels_;  // those that headers were installed for
};

}  // namespace kpkg::workflow
