// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/evidence.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kpkg::abi {
namespace {

std::string types_text(const Fingerprint& module, const KernelFacts& kernel) {
  const auto& types = module.types;
  if (kernel.btf.table == nullptr && !kernel.btf.digest)
    return "types were not compared, as the kernel's BTF is not known";
  if (types.table == nullptr && types.sections == nullptr)
    return "types were not compared, as the module has neither debug information that pahole could read nor "
           "BTF";
  const bool takes_bytes = types.table == nullptr;  // to read the module's own BTF beside them
  if (kernel.btf.table == nullptr || (takes_bytes && !kernel.btf.bytes))
    return "types were not compared, as the kernel's BTF is not at hand";
  if (types.table == nullptr) return "of the module's types only those of its own BTF were compared";
  const auto shared =
      std::count_if(types.table->types.begin(), types.table->types.end(),
                    [&](const auto& type) { return !kernel.btf.table->named(type.name).empty(); });
  return fmt::format("{} of the module's {} types have names that the kernel's have and were compared",
                     shared, types.table->types.size());
}

std::string versions_text(const Fingerprint& module, const KernelFacts& kernel) {
  if (!has_modversions(kernel).value_or(false)) return "the kernel has no symbol versions to compare";
  const auto versioned =
      std::count_if(module.imports.begin(), module.imports.end(),
                    [](const Import& import) { return import.crc || import.extended_crc; });
  return fmt::format("{} of {} imported symbols have versions", versioned, module.imports.size());
}

std::string layout_text(const KernelFacts& kernel) {
  return kernel.layout ? "the layout of struct module was compared"
                       : "the layout of struct module was not compared, as the kernel's is not known";
}

}  // namespace

std::string evidence(const Fingerprint& module, const KernelFacts& kernel) {
  return join(std::vector{types_text(module, kernel), versions_text(module, kernel), layout_text(kernel)},
              "; ");
}

}  // namespace kpkg::abi
