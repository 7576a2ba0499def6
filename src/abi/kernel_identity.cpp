// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_identity.hpp"

#include "abi/json_reader.hpp"
#include "base/json.hpp"

namespace kpkg::abi {

Json to_json(const KernelIdentity& identity) {
  return {
      {"banner", json_of(identity.banner)},       {"build_id", json_of(identity.build_id)},
      {"compiler", json_of(identity.compiler)},   {"image", json_of(identity.image)},
      {"container", json_of(identity.container)}, {"module_directory", json_of(identity.module_directory)},
      {"modules", json_of(identity.modules)},     {"configuration", json_of(identity.configuration)}};
}

Result<KernelIdentity> kernel_identity_from_json(const Json& value) {
  const JsonReader reader(value, "kernel's identity");
  KPKG_TRY(reader.check_object());
  KernelIdentity identity;
  identity.banner = KPKG_TRY(reader.optional_text("banner"));
  identity.build_id = KPKG_TRY(reader.optional_text("build_id"));
  identity.compiler = KPKG_TRY(reader.optional_text("compiler"));
  identity.image = KPKG_TRY(reader.optional_text("image"));
  identity.container = KPKG_TRY(reader.optional_text("container"));
  identity.module_directory = KPKG_TRY(reader.optional_text("module_directory"));
  identity.modules = KPKG_TRY(reader.optional_number("modules"));
  identity.configuration = KPKG_TRY(reader.optional_text("configuration"));
  return identity;
}

}  // namespace kpkg::abi
