// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/taints.hpp"

#include "abi/rules.hpp"

namespace kpkg::abi {

std::vector<Taint> taints_of(const elf::ModuleImage& module) {
  std::vector<Taint> taints;
  Fingerprint licensed;
  licensed.license = module.first_modinfo("license");
  if (!is_gpl_compatible(licensed))
    taints.push_back({'P', licensed.license ? "its license is " + *licensed.license : "it tells no license"});
  if (!module.first_modinfo("intree")) taints.push_back({'O', "it is not of the kernel's own sources"});
  if (!module.signature)
    taints.push_back({'E', "it is not signed, where the kernel looks at signatures"});
  else if (!module.signature->plausible)
    taints.push_back({'E', "its signature is of no kind that kernels check"});
  if (!module.first_modinfo("vermagic"))
    taints.push_back({'F', "it does not say for which kernel it was built"});
  if (module.first_modinfo("staging")) taints.push_back({'C', "it is from the staging directory"});
  if (module.first_modinfo("livepatch")) taints.push_back({'K', "it is a live patch"});
  if (module.first_modinfo("test")) taints.push_back({'N', "it is one of the kernel's tests"});
  return taints;
}

}  // namespace kpkg::abi
