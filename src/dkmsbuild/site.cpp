// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/site.hpp"

namespace kpkg::dkmsbuild {

dkmsconf::ConfRequest conf_request(const Task& task, dkmsconf::Purpose purpose) {
  return {.module = task.id.module,
          .version = task.id.version,
          .kernel = task.id.target.kernel,
          .arch = task.id.target.arch,
          .conf_file = task.conf_file,
          .kernel_source_dir = task.kernel_source_dir,
          .kernel_config = task.kernel_config,
          .directives = task.directives,
          .purpose = purpose};
}

dkmstree::Places places_of(const dkmsconf::Framework& framework) {
  return {.dkms_tree = framework.dkms_tree,
          .source_tree = framework.source_tree,
          .install_tree = framework.install_tree};
}

}  // namespace kpkg::dkmsbuild
