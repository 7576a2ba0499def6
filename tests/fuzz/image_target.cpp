// SPDX-License-Identifier: GPL-2.0-or-later
// The file of a kernel: its containers, what is packed in them, and all that is read of the unpacked kernel.
// Inputs of each container around each kind of kernel, and kernels without one, so that changed bytes get
// past the checksums.
#include "archive/compression.hpp"
#include "archive/xz_stream.hpp"
#include "base/assert.hpp"
#include "elf/image_exports.hpp"
#include "elf/image_parameters.hpp"
#include "fuzz/target.hpp"
#include "kernel/built_in_keys.hpp"
#include "kernel/image.hpp"
#include "kernel/image_facts.hpp"
#include "support/btf_writer.hpp"
#include "support/image_builder.hpp"
#include "support/kernel_image_builder.hpp"
#include "support/module_builder.hpp"
#include "support/signing_key.hpp"
#include "unit/archive/archives.hpp"

#include <algorithm>

namespace kpkg::fuzz {
namespace {

using archive_test::compressed;
using test::a_kernel_image;

constexpr int symbols = 12;
constexpr std::uint64_t largest = 4U << 20;  // bytes, unpacked: inputs have 64 kB at most

test::KernelImageBuilder a_kernel() {
  return a_kernel_image().exporting_many(symbols).after("start");
}

std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + 7) / 8 * 8);
  return bytes;
}

/// The memory of a kernel that has everything that is looked for.
std::string full_kernel() {
  using namespace std::string_literals;
  test::BtfWriter types;
  types.integer("int", 4);
  types.structure("device", 8, {{"id", 1, 0, 0}});
  const auto certificate = test::a_key().certificate();  // another one on each run
  const auto length = static_cast<char>(certificate.size() & 0xff) + ""s +
                      static_cast<char>(certificate.size() >> 8) + "\0\0\0\0\0\0"s;
  const auto build_id = "\4\0\0\0\x14\0\0\0\3\0\0\0GNU\0"s + std::string(20, 'b');
  const auto configuration =
      "IKCFG_ST" + compressed("CONFIG_MODULES=y\nCONFIG_MODVERSIONS=y\n", "gzip") + "IKCFG_ED";
  return a_kernel().flat() + padded("Linux version 6.1.0-test (a@b) #1 SMP\n"s) + padded(certificate) +
         length + build_id + types.bytes() + configuration + compressed("headers", "xz");
}

std::string sized(const std::string& bytes, const std::string& filter) {
  return test::with_size_word(compressed(bytes, filter), static_cast<std::uint32_t>(bytes.size()));
}

/// What modules of that kernel demand, without CRCs: none has to agree.
std::vector<elf::Demand> demands() {
  std::vector<elf::Demand> demands;
  const auto kernel = a_kernel();
  for (const auto& symbol : kernel.exports()) demands.push_back({.name = symbol.name});
  return demands;
}

void read_unpacked(const kernel::UnpackedImage& image) {
  static const auto wanted = demands();
  static const std::vector<std::string_view> texts = {"version magic", "module"};
  for (const auto order : {elf::ByteOrder::little, elf::ByteOrder::big}) {
    const auto facts = kernel::image_facts(image, order, texts);
    KPKG_ASSERT(!facts.btf || facts.btf->size() <= image.bytes.size());
  }
  for (const auto stream : archive::xz_streams(image.bytes))
    KPKG_ASSERT(archive::compression_of(stream) == archive::Compression::xz && stream.ends_with("YZ"));
  drop(Result<bool>(kernel::built_in_keys(image.bytes).has_value()), "any answer is right");
  for (const auto& machine : {test::s390, test::arm, test::arm64})
    drop(Result<bool>(elf::owners_of_parameters(image.bytes, machine).has_value()), "any answer is right");
  for (const auto& machine : {elf::Architecture(), test::arm})
    drop(elf::image_exports(image.bytes, machine, wanted), "most bytes export nothing");
}

}  // namespace

std::vector<std::string> seeds() {
  const auto flat = full_kernel();
  const auto vmlinux = a_kernel().vmlinux();
  const auto flags = a_kernel().with_flags();
  const auto addresses = a_kernel().for_architecture(test::arm).with_addresses();
  return {test::an_arm64_image(flat),
          vmlinux,
          flags.vmlinux(),
          "Linux version 6" + addresses.flat(),
          test::a_bzimage(sized(vmlinux, "xz")),
          test::a_bzimage(compressed(vmlinux, "gzip")),
          test::a_bzimage(
              test::with_size_word(test::lz4_legacy(vmlinux), static_cast<std::uint32_t>(vmlinux.size()))),
          test::a_zboot_image(compressed(test::an_arm64_image(flat), "zstd"), "zstd"),
          test::a_zimage(sized("Linux version 6" + flat, "lzma")),
          test::an_s390_image(sized("Linux version 6" + flat, "xz"), "code"),
          compressed(test::an_arm64_image(flat), "bzip2")};
}

void read(std::string_view bytes) {
  drop(Result<std::size_t>(kernel::banner(bytes).size()), "any answer is right");
  const auto image = kernel::unpack_image(std::string(bytes), largest);
  if (!image) return;
  KPKG_ASSERT(image->bytes.size() <= std::max<std::size_t>(largest, bytes.size()));
  read_unpacked(*image);
}

}  // namespace kpkg::fuzz
