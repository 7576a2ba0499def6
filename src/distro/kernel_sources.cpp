// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/kernel_sources.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace kpkg::distro {
namespace {

constexpr std::array<std::string_view, 2> image_beginnings = {"linux-image-unsigned-", "linux-image-"};

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

/// "current-sunxi64" of "linux-image-current-sunxi64": what unversioned packages are named by. Nothing: the
/// name begins with a version, or it is no package of a kernel.
std::optional<std::string> unversioned(std::string_view image_package) {
  for (const auto beginning : image_beginnings) {
    if (!image_package.starts_with(beginning)) continue;
    const auto rest = image_package.substr(beginning.size());
    return rest.empty() || is_digit(rest.front()) ? std::nullopt : std::optional(std::string(rest));
  }
  return std::nullopt;
}

/// The first `count` numbers of a version, "6.1" of "6.1.192"; empty: it has fewer.
std::string numbers(std::string_view version, std::size_t count) {
  const auto end = std::find_if_not(version.begin(), version.end(),
                                    [](char character) { return is_digit(character) || character == '.'; });
  auto parts = split(version.substr(0, static_cast<std::size_t>(end - version.begin())), '.');
  if (parts.size() < count || parts[count - 1].empty()) return {};
  parts.resize(count);
  return join(parts, ".");
}

/// Armbian's builds before 2026 put the kernel's release before the version of all their other packages.
/// Source: armbian/build, kernel_package_source() and extensions/linux-source-package.sh.
std::string with_release(std::string_view release, std::string_view version) {
  return fmt::format("{}+{}", release, version);
}

}  // namespace

std::vector<SourcePackage> source_packages_of(const ImagePackage& image, std::string_view release,
                                              std::string_view upstream, const Distribution& distribution) {
  if (image.version.empty()) return {};
  if (const auto name = unversioned(image.name))
    return {{"linux-source-" + *name, image.version},
            {"linux-source-" + *name, with_release(release, image.version)}};
  // A version without a package is what Debian's kernels say of themselves, wherever they are.
  if (!image.name.empty() && distribution.is_like("ubuntu")) {
    // Ubuntu's packages count by the release; those for newer hardware have a source of their own.
    const auto base = numbers(release, 3);
    if (base.empty()) return {};
    return {{"linux-source-" + base, image.version},
            {fmt::format("linux-hwe-{}-source-{}", numbers(base, 2), base), image.version}};
  }
  const auto series = numbers(upstream, 2);
  if (series.empty()) return {};
  return {{"linux-source-" + series, image.version}};
}

bool is_of_image(const SourcePackage& source, std::string_view release, std::string_view image_version) {
  return !image_version.empty() &&
         (source.version == image_version || source.version == with_release(release, image_version));
}

}  // namespace kpkg::distro
