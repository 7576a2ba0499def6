// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/tree_json.hpp"

namespace kpkg::cli {

Json json_of_tree(const store::TreeRecord& tree) {
  return {
      {"path", tree.path}, {"origin", tree.origin}, {"standing", tree.standing}, {"proved_by", tree.proofs}};
}

}  // namespace kpkg::cli
