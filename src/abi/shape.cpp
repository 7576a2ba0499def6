// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/shape.hpp"

#include "abi/json_reader.hpp"
#include "abi/loader_features.hpp"

#include <algorithm>
#include <array>

namespace kpkg::abi {
namespace {

struct NamedTarget {
  elf::RelocationTarget target;
  std::string_view name;
};
constexpr std::array targets{NamedTarget{elf::RelocationTarget::absolute, "absolute"},
                             NamedTarget{elf::RelocationTarget::defined, "defined"},
                             NamedTarget{elf::RelocationTarget::per_cpu, "per_cpu"},
                             NamedTarget{elf::RelocationTarget::undefined, "undefined"},
                             NamedTarget{elf::RelocationTarget::weak, "weak"},
                             NamedTarget{elf::RelocationTarget::far, "far"}};

std::string_view name_of(elf::RelocationTarget target) {
  const auto found =
      std::find_if(targets.begin(), targets.end(), [&](const auto& each) { return each.target == target; });
  return found->name;
}

Json to_json(const elf::Defect& defect) {
  return {{"id", elf::name_of(defect.id)},
          {"name", defect.name},
          {"numbers", defect.numbers},
          {"detail", defect.detail},
          {"hint", defect.hint}};
}

Result<elf::Defect> defect_from_json(const Json& value) {
  const JsonReader reader(value, "defect");
  const auto id_name = KPKG_TRY(reader.text("id"));
  const auto id = elf::defect_id_named(id_name);
  if (!id) return reader.wrong("id", "a defect that this kpkg knows");
  elf::Defect defect;
  defect.id = *id;
  defect.name = KPKG_TRY(reader.text("name"));
  defect.detail = KPKG_TRY(reader.text("detail"));
  defect.hint = KPKG_TRY(reader.text("hint"));
  const Json* const numbers = KPKG_TRY(reader.optional_list("numbers"));
  if (numbers == nullptr) return defect;
  for (const Json& number : *numbers) {
    if (!number.is_number_unsigned()) return reader.wrong("numbers", "a list of numbers");
    defect.numbers.push_back(number.get<std::uint64_t>());
  }
  return defect;
}

Json to_json(const elf::RelocationUse& use) {
  return {{"type", use.type}, {"target", name_of(use.target)}, {"section", use.section}};
}

Result<elf::RelocationUse> use_from_json(const Json& value) {
  const JsonReader reader(value, "relocation");
  const auto type = KPKG_TRY(reader.number("type"));
  const auto target_name = KPKG_TRY(reader.text("target"));
  const auto target = std::find_if(targets.begin(), targets.end(),
                                   [&](const auto& each) { return each.name == target_name; });
  if (target == targets.end()) return reader.wrong("target", "a target that this kpkg knows");
  elf::RelocationUse use{.type = static_cast<std::uint32_t>(type), .target = target->target, .section = {}};
  use.section = KPKG_TRY(reader.text("section"));
  return use;
}

bool has(const elf::ModuleImage& image, std::string_view name) {
  return std::any_of(image.sections.begin(), image.sections.end(),
                     [&](const elf::Section& section) { return section.name == name; });
}

}  // namespace

Shape shape_of(const elf::ModuleImage& image) {
  Shape shape{.is_readable = image.is_readable, .defects = image.defects, .relocations = image.relocations};
  for (const auto name : possible_required_sections()) {
    if (has(image, name)) shape.arch_sections.emplace_back(name);
  }
  constexpr std::uint64_t allocated = 2;  // SHF_ALLOC
  for (const elf::Section& section : image.sections) {
    if ((section.flags & allocated) == 0 || section.size == 0) continue;
    if (section.name == ".data..percpu") shape.per_cpu_size = section.size;
    if (section.name == "__ksymtab" || section.name.starts_with("__ksymtab_gpl"))
      shape.export_tables.push_back(section.name);
  }
  if (image.this_module) shape.inner_name = image.this_module->name;
  shape.hides_modinfo = image.hides_modinfo;
  shape.is_nameless = image.this_module && image.this_module->is_nameless;
  shape.is_staging = image.first_modinfo("staging").has_value();
  shape.is_test = image.first_modinfo("test").has_value();
  shape.is_livepatch = image.first_modinfo("livepatch").has_value();
  return shape;
}

Json to_json(const Shape& shape) {
  Json defects = Json::array();
  for (const auto& defect : shape.defects) defects.push_back(to_json(defect));
  Json relocations = Json::array();
  for (const auto& use : shape.relocations) relocations.push_back(to_json(use));
  return {{"is_readable", shape.is_readable},
          {"defects", std::move(defects)},
          {"relocations", std::move(relocations)},
          {"arch_sections", shape.arch_sections},
          {"export_tables", shape.export_tables},
          {"inner_name", shape.inner_name},
          {"is_nameless", shape.is_nameless},
          {"hides_modinfo", shape.hides_modinfo},
          {"per_cpu_size", shape.per_cpu_size},
          {"is_staging", shape.is_staging},
          {"is_test", shape.is_test},
          {"is_livepatch", shape.is_livepatch}};
}

Result<Shape> shape_from_json(const Json& value) {
  const JsonReader reader(value, "shape");
  KPKG_TRY(reader.check_object());
  Shape shape;
  shape.is_readable = KPKG_TRY(reader.flag("is_readable"));
  const Json* const defects = KPKG_TRY(reader.optional_list("defects"));
  if (defects == nullptr) return reader.wrong("defects", "a list");
  for (const Json& each : *defects) shape.defects.push_back(KPKG_TRY(defect_from_json(each)));
  const Json* const relocations = KPKG_TRY(reader.optional_list("relocations"));
  if (relocations == nullptr) return reader.wrong("relocations", "a list");
  for (const Json& each : *relocations) shape.relocations.push_back(KPKG_TRY(use_from_json(each)));
  shape.arch_sections = KPKG_TRY(reader.texts("arch_sections"));
  shape.export_tables = KPKG_TRY(reader.texts("export_tables"));
  shape.inner_name = KPKG_TRY(reader.text("inner_name"));
  const auto hides_modinfo = KPKG_TRY(reader.optional_flag("hides_modinfo"));  // older records lack it
  shape.hides_modinfo = hides_modinfo.value_or(false);
  shape.is_nameless = KPKG_TRY(reader.flag("is_nameless"));
  shape.per_cpu_size = KPKG_TRY(reader.number("per_cpu_size"));
  shape.is_staging = KPKG_TRY(reader.flag("is_staging"));
  shape.is_test = KPKG_TRY(reader.flag("is_test"));
  shape.is_livepatch = KPKG_TRY(reader.flag("is_livepatch"));
  return shape;
}

}  // namespace kpkg::abi
