// SPDX-License-Identifier: GPL-2.0-or-later
#include "distro/header_packages.hpp"

#include "distro/dependencies.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace kpkg::distro {
namespace {

/// How the packages begin that a header package is split into. Source: Debian's linux, debian/templates;
/// Ubuntu's has the first alone.
constexpr std::array<std::string_view, 2> parts = {"linux-headers-", "linux-kbuild-"};

/// There are three at most; more are a fault in the packages.
constexpr std::size_t most_packages = 16;

bool is_part(const Dependency& dependency) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const auto part) { return dependency.name.starts_with(part); });
}

/// A package that is still to be brought.
struct Wish {
  PackageRequest request;
  bool takes_candidate = true;  ///< where its version is not offered
  bool is_first = false;        ///< another version of it is worth a note
};

/// Brings packages one after the other. Owns the list of those that are wanted and of those that are there.
class Collection {
 public:
  Collection(system::Runner& runner, const PackageRequest& first)
      : runner_(runner), wishes_{{.request = first, .is_first = true}} {}

  Result<HeaderPackages> collect() {
    for (std::size_t next = 0; next < wishes_.size(); ++next) {
      if (next == most_packages)
        return fail(ErrorKind::corrupt, fmt::format("{} depends on more than {} packages of headers",
                                                    wishes_.front().request.name, most_packages));
      const auto wish = wishes_[next];
      const auto package = KPKG_TRY(bring(wish));
      for (const auto& dependency : KPKG_TRY(dependencies_of(runner_, package.file)))
        if (is_part(dependency)) add(dependency, package);
      brought_.packages.push_back(package);
    }
    return std::move(brought_);
  }

 private:
  Result<DownloadedPackage> bring(const Wish& wish) {
    auto package = download_package(runner_, wish.request);
    const bool is_absent = !package && package.error().kind == ErrorKind::not_found;
    if (!is_absent || !wish.request.version || !wish.takes_candidate) return package;
    auto candidate = wish.request;
    candidate.version.reset();
    auto other = download_package(runner_, candidate);
    // The first failure says more: it names the version that was wanted.
    if (!other && other.error().kind == ErrorKind::not_found) return package;
    if (other && wish.is_first)
      brought_.notes.push_back(fmt::format("apt has no {} {} any more; {} is taken in its place",
                                           wish.request.name, *wish.request.version, other->version));
    return other;
  }

  void add(const Dependency& dependency, const DownloadedPackage& of) {
    const bool is_known = std::any_of(wishes_.begin(), wishes_.end(),
                                      [&](const Wish& wish) { return wish.request.name == dependency.name; });
    if (is_known) return;
    const bool is_exact = dependency.relation == "=";
    wishes_.push_back({.request = {.name = dependency.name,
                                   .version = is_exact ? dependency.version : of.version,
                                   .directory = wishes_.front().request.directory},
                       .takes_candidate = !is_exact});
  }

  system::Runner& runner_;
  std::vector<Wish> wishes_;
  HeaderPackages brought_;
};

}  // namespace

Result<HeaderPackages> download_header_packages(system::Runner& runner, const PackageRequest& request) {
  return Collection(runner, request).collect();
}

}  // namespace kpkg::distro
