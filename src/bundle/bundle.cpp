// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/bundle.hpp"

#include "archive/compression.hpp"
#include "bundle/manifest.hpp"
#include "elf/number.hpp"

#include <fmt/format.h>

namespace kpkg::bundle {
namespace {

constexpr std::string_view magic = "KPKGBNDL";
constexpr std::uint64_t version = 1;
constexpr unsigned version_size = 4;
constexpr unsigned number_size = 8;
constexpr std::size_t header_size = 8 + version_size;
constexpr std::size_t digest_size = sizeof(crypto::Digest::bytes);
constexpr std::uint64_t largest_manifest = 4U << 20;  // as JSON values it takes ten times as much

void append_number(std::string& bytes, std::uint64_t number, unsigned width) {
  for (unsigned index = 0; index < width; ++index) bytes += static_cast<char>((number >> (8 * index)) & 0xff);
}

std::uint64_t number_at(std::string_view bytes, std::size_t offset, unsigned width) {
  return elf::number_at(bytes, offset, width, elf::ByteOrder::little);
}

std::string digest_of(std::string_view bytes) {
  const auto digest = crypto::sha256(bytes);
  return {digest.bytes.begin(), digest.bytes.end()};
}

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
  append_number(contents, manifest.size(), number_size);
  contents += manifest;
  for (const auto& build : bundle.builds)
    for (const auto& file : build.files) contents += file.bytes;
  return contents;
}

Result<Bundle> read_contents(std::string_view contents) {
  if (contents.size() < number_size) return malformed("it has no manifest");
  const auto size = number_at(contents, 0, number_size);
  contents.remove_prefix(number_size);
  if (size > largest_manifest) return malformed("its manifest is too large");
  if (size > contents.size()) return malformed("its manifest ends past the end");
  auto manifest = KPKG_TRY(read_manifest(contents.substr(0, size)));
  KPKG_TRY(fill_files(contents.substr(size), manifest));
  return std::move(manifest.bundle);
}

Result<std::string> bundle_bytes(const Bundle& bundle) {
  std::string bytes(magic);
  append_number(bytes, version, version_size);
  bytes += KPKG_TRY(archive::compress(contents_of(bundle)));
  return bytes + digest_of(bytes);
}

Result<Bundle> read_bundle(std::string_view bytes) {
  if (!bytes.starts_with(magic))
    return fail(ErrorKind::corrupt, "this is no bundle of kpkg", "kpkg build --for makes such a file");
  if (bytes.size() < header_size + digest_size) return altered("it is too short");
  const auto written = number_at(bytes, magic.size(), version_size);
  if (written > version)
    return fail(ErrorKind::unsupported,
                fmt::format("the bundle is of version {}, and this kpkg reads up to {}", written, version),
                "install a newer kpkg");
  const auto covered = bytes.substr(0, bytes.size() - digest_size);
  if (bytes.substr(covered.size()) != digest_of(covered)) return altered("its digest differs");
  const auto contents = KPKG_TRY(
      archive::decompress(covered.substr(header_size), largest_bundle).within("unpacking the bundle"));
  return read_contents(contents);
}

}  // namespace kpkg::bundle
