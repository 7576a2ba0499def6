// SPDX-License-Identifier: GPL-2.0-or-later
#include "workflow/tree_records.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::workflow {
namespace {

bool is_proved(std::string_view standing) {
  return standing == name_of(tree::Standing::exact) || standing == name_of(tree::Standing::verified);
}

}  // namespace

store::TreeRecord record_of(const kernel::KernelTree& tree, TreeOrigin origin,
                            const tree::Attestation& attestation) {
  store::TreeRecord record{.path = tree.path,
                           .origin = std::string(name_of(origin)),
                           .standing = std::string(name_of(attestation.standing)),
                           .proofs = {}};
  for (const auto gate : tree::proofs_in(attestation)) record.proofs.emplace_back(name_of(gate));
  return record;
}

bool needs_allowance(const store::TreeRecord& tree) {
  const bool is_own = tree.origin == name_of(TreeOrigin::mended) ||
                      tree.origin == name_of(TreeOrigin::kheaders) ||
                      tree.origin == name_of(TreeOrigin::rebuilt);
  return is_own && !is_proved(tree.standing);
}

std::string told(const store::TreeRecord& tree) {
  if (tree.origin == store::TreeRecord().origin) return "unknown: nothing was recorded of it";
  const auto place =
      tree.path.empty() ? tree.origin : fmt::format("{} ({})", told_name(tree.path), tree.origin);
  const auto proof =
      tree.proofs.empty() ? std::string("nothing proves it") : "proved by " + join(tree.proofs, " and ");
  return fmt::format("{}: {}, {}", place, tree.standing, proof);
}

bundle::BuiltIn carried(const store::TreeRecord& tree) {
  return {.path = tree.path, .origin = tree.origin, .standing = tree.standing, .proofs = tree.proofs};
}

store::TreeRecord record_of(const bundle::BuiltIn& tree) {
  return {.path = tree.path, .origin = tree.origin, .standing = tree.standing, .proofs = tree.proofs};
}

}  // namespace kpkg::workflow
