// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/headers.hpp"

#include "base/text.hpp"
#include "distro/distribution.hpp"
#include "distro/dpkg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::distro {
namespace {

/// An image's package "BEGINNING x" has the headers' package "HEADERS x"; a beginning without a dash at its
/// end is the whole name.
struct ImageRule {
  std::string_view beginning;
  std::string_view headers;
};

/// The first that fits counts, so longer beginnings come first.
constexpr std::array<ImageRule, 9> image_rules = {{
    {"linux-image-unsigned-", "linux-headers-"},  // Ubuntu, and Debian's not yet signed builds
    {"linux-image-", "linux-headers-"},  // Debian, Ubuntu, Armbian, Raspberry Pi OS since 12, make bindeb-pkg
    {"linux-modules-extra-", "linux-headers-"},  // Ubuntu: owns lib/modules where the image is elsewhere
    {"linux-modules-", "linux-headers-"},        // Ubuntu
    {"proxmox-kernel-", "proxmox-headers-"},     // Proxmox VE since 8
    {"pve-kernel-", "pve-headers-"},             // Proxmox VE before 8
    {"proxmox-default-kernel", "proxmox-default-headers"},  // what brings those of Proxmox VE
    {"raspberrypi-kernel", "raspberrypi-kernel-headers"},   // Raspberry Pi OS up to 11
    {"nvidia-l4t-kernel", "nvidia-l4t-kernel-headers"},     // Jetson
}};

/// What an image's package may end in and the headers' package does not.
constexpr std::array<std::string_view, 3> signature_endings = {"-signed", "-unsigned", "-signed-template"};

/// The headers of a release that ends so, "{}" standing for the release.
struct ReleaseRule {
  std::string_view ending;
  std::string_view headers;
};

constexpr std::array<ReleaseRule, 5> release_rules = {{
    {"-pve", "proxmox-headers-{}"},
    {"-v7+", "raspberrypi-kernel-headers"},  // Raspberry Pi OS up to 11; newer ones end in +rpt-rpi-v7
    {"-v7l+", "raspberrypi-kernel-headers"},
    {"-v8+", "raspberrypi-kernel-headers"},
    {"-tegra", "nvidia-l4t-kernel-headers"},
}};

/// Armbian's branches; a release is VERSION-BRANCH-FAMILY and the packages are named by branch and family.
/// Source: armbian/build, config/sources/families; "default", "next" and "dev" up to 2020.
constexpr std::array<std::string_view, 9> armbian_branches = {"-current-", "-edge-",      "-legacy-",
                                                              "-vendor-",  "-collabora-", "-bleedingedge-",
                                                              "-next-",    "-dev-",       "-default-"};

}  // namespace

std::optional<std::string> header_package_of_image(std::string_view image_package) {
  auto image = image_package;
  for (const auto ending : signature_endings)
    if (image.ends_with(ending)) image.remove_suffix(ending.size());
  const auto* rule = std::find_if(image_rules.begin(), image_rules.end(), [&](const ImageRule& candidate) {
    return candidate.beginning.ends_with('-') ? image.starts_with(candidate.beginning)
                                              : image == candidate.beginning;
  });
  if (rule == image_rules.end()) return std::nullopt;
  return fmt::format("{}{}", rule->headers, image.substr(rule->beginning.size()));
}

std::string header_package_of_release(std::string_view release, Vendor vendor) {
  if (vendor == Vendor::armbian)
    for (const auto branch : armbian_branches)
      if (const auto at = release.find(branch); at != std::string_view::npos)
        return fmt::format("linux-headers{}", release.substr(at));
  const auto* rule =
      std::find_if(release_rules.begin(), release_rules.end(),
                   [&](const ReleaseRule& candidate) { return release.ends_with(candidate.ending); });
  if (rule == release_rules.end()) return fmt::format("linux-headers-{}", release);
  return replaced(std::string(rule->headers), "{}", release);
}

Result<std::optional<std::string>> header_package_for(system::Runner& runner, const system::Root& root,
                                                      const std::string& release) {
  for (const auto& path : {"/boot/vmlinuz-" + release, "/lib/modules/" + release}) {
    const auto owner = KPKG_TRY(owner_of(runner, root, path));
    const auto package = owner ? header_package_of_image(*owner) : std::nullopt;
    if (package) return package;
  }
  const auto armbian = KPKG_TRY(root.status("/etc/armbian-release"));
  if (armbian) return std::optional(header_package_of_release(release, Vendor::armbian));
  const auto distribution = KPKG_TRY(distribution_of(root));
  if (!distribution.is_like("debian") && !distribution.is_like("ubuntu")) return std::optional<std::string>{};
  return std::optional(header_package_of_release(release, Vendor::debian));
}

}  // namespace kpkg::distro
