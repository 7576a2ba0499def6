// SPDX-License-Identifier: GPL-2.0-or-later
// A bundle with its own digest, and its contents without: whoever makes a file makes its digest too. What was
// read must survive being written and read again.
#include "base/assert.hpp"
#include "bundle/bundle.hpp"
#include "fuzz/target.hpp"

namespace kpkg::fuzz {
namespace {

bundle::Bundle a_bundle() {
  bundle::Build build{.recipe = "r", .version = "1", .text = "format = 1\n", .sandbox = "namespaces"};
  build.files = {{bundle::FileKind::module, "r.ko", "module"},
                 {bundle::FileKind::types, "r.ko", "types"},
                 {bundle::FileKind::udev, "9.rules", "rules"},
                 {bundle::FileKind::log, "log", ""}};
  return {.kernel = {.release = "6.1", .arch = "arm64", .build_id = "00"},
          .tree_grade = "exact",
          .builds = {build}};
}

}  // namespace

std::vector<std::string> seeds() {
  return {bundle::contents_of(a_bundle()), bundle::bundle_bytes(a_bundle()).value()};
}

void read(std::string_view bytes) {
  drop(bundle::read_bundle(bytes), "most bytes are no bundle");
  const auto read = bundle::read_contents(bytes);
  if (!read) return;
  const auto again = bundle::read_contents(bundle::contents_of(*read));
  KPKG_ASSERT(again && *again == *read);
}

}  // namespace kpkg::fuzz
