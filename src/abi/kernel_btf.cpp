// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/kernel_btf.hpp"

#include "abi/json_reader.hpp"
#include "base/json.hpp"

namespace kpkg::abi {

bool KernelBtf::operator==(const KernelBtf& other) const {
  if (checks_modules != other.checks_modules || allows_mismatch != other.allows_mismatch ||
      digest != other.digest)
    return false;
  if (table == nullptr || other.table == nullptr) return table == other.table;
  return *table == *other.table;
}

void add_configuration(KernelBtf& btf, const std::function<bool(std::string_view)>& is_set) {
  btf.checks_modules = is_set("CONFIG_DEBUG_INFO_BTF_MODULES");
  // The option came in 5.18; until then a mismatch was refused, as it is where the option is not set.
  btf.allows_mismatch = is_set("CONFIG_MODULE_ALLOW_BTF_MISMATCH");
}

Status add_types(KernelBtf& btf, std::string bytes, std::span<const std::string> exported) {
  SharedBytes shared(std::move(bytes));
  const auto read = KPKG_TRY(elf::Btf::read(shared.view()));
  btf.table = std::make_shared<const TypeTable>(types_of_kernel(read, exported));
  btf.digest = crypto::sha256(shared.view());
  btf.bytes = std::move(shared);
  return {};
}

Json to_json(const KernelBtf& btf) {
  return {{"checks_modules", json_of(btf.checks_modules)},
          {"allows_mismatch", json_of(btf.allows_mismatch)},
          {"digest", btf.digest ? Json(btf.digest->hex()) : Json()},
          {"types", btf.table == nullptr ? Json() : Json(text_of(*btf.table))}};
}

Result<KernelBtf> kernel_btf_from_json(const Json& value) {
  const JsonReader reader(value, "BTF of the kernel");
  KPKG_TRY(reader.check_object());
  KernelBtf btf;
  btf.checks_modules = KPKG_TRY(reader.optional_flag("checks_modules"));
  btf.allows_mismatch = KPKG_TRY(reader.optional_flag("allows_mismatch"));
  const auto digest = KPKG_TRY(reader.optional_text("digest"));
  if (digest) btf.digest = KPKG_TRY(reader.digest("digest"));
  const auto text = KPKG_TRY(reader.optional_text("types"));
  if (text) btf.table = std::make_shared<const TypeTable>(KPKG_TRY(parse_types(*text)));
  return btf;
}

}  // namespace kpkg::abi
