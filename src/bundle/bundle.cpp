// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/bundle.hpp"

#include "archive/compression.hpp"
#include "bundle/manifest.hpp"
#include "crypto/sealed.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::bundle {
namespace {

constexpr std::string_view magic = "KPKGBNDL";
constexpr std::uint64_t version = 1;
constexpr unsigned version_size = 4;
constexpr unsigned number_size = 8;
constexpr std::size_t header_size = 8 + version_size;
constexpr std::uint64_t largest_manifest = 4U << 20;  // as JSON values it takes ten times as much

tl::unexpected<Error> altered(std::string_view why) {
  return fail(ErrorKind::trust, fmt::format("the bundle was cut or altered: {}", why),
              "bring it again from where it was built");
}

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorKind::corrupt, fmt::format("the bundle is malformed: {}", why), "build it again");
}

/// Gives the files their bytes, which stand one after the other.
Status fill_files(std::string_view bytes, Manifest& manifest) {
  auto claim = manifest.claims.begin();
  for (auto& build : manifest.bundle.builds) {
    for (auto& file : build.files) {
      const auto& [size, digest] = *claim++;
      if (size > bytes.size()) return malformed(file.name + " ends past the end");
      file.bytes = bytes.substr(0, size);
      bytes.remove_prefix(size);
      if (crypto::sha256(file.bytes) != digest)
        return altered(fmt::format("the digest of {} differs", file.name));
    }
  }
  if (!bytes.empty()) return malformed("something follows the last file");
  return {};
}

}  // namespace

std::string contents_of(const Bundle& bundle) {
  const auto manifest = manifest_of(bundle);
  std::string contents;
  elf::append_little(contents, manifest.size(), number_size);
  contents += manifest;
  for (const auto& build : bundle.builds)
    for (const auto& file : build.files) contents += file.bytes;
  return contents;
}

Result<Bundle> read_contents(std::string_view contents) {
  if (contents.size() < number_size) return malformed("it has no manifest");
  const auto size = elf::little_at(contents, 0, number_size);
  contents.remove_prefix(number_size);
  if (size > largest_manifest) return malformed("its manifest is too large");
  if (size > contents.size()) return malformed("its manifest ends past the end");
  auto manifest = KPKG_TRY(read_manifest(contents.substr(0, size)));
  KPKG_TRY(fill_files(contents.substr(size), manifest));
  return std::move(manifest.bundle);
}

Result<std::string> bundle_bytes(const Bundle& bundle) {
  std::string bytes(magic);
  elf::append_little(bytes, version, version_size);
  bytes += KPKG_TRY(archive::compress(contents_of(bundle)));
  return crypto::sealed(std::move(bytes));
}

Result<Bundle> read_bundle(std::string_view bytes) {
  if (!bytes.starts_with(magic))
    return fail(ErrorKind::corrupt, "this is no bundle of kpkg", "kpkg build --for makes such a file");
  if (bytes.size() < header_size + crypto::seal_size) return altered("it is too short");
  const auto written = elf::little_at(bytes, magic.size(), version_size);
  if (written > version)
    return fail(ErrorKind::unsupported,
                fmt::format("the bundle is of version {}, and this kpkg reads up to {}", written, version),
                "install a newer kpkg");
  const auto covered = crypto::unsealed(bytes);
  if (!covered) return altered("its digest differs");
  const auto contents = KPKG_TRY(
      archive::decompress(covered->substr(header_size), largest_bundle).within("unpacking the bundle"));
  return read_contents(contents);
}

}  // namespace kpkg::bundle
