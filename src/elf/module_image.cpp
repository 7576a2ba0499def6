// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/module_image.hpp"

#include "elf/damage.hpp"
#include "elf/facts.hpp"
#include "elf/object.hpp"

#include <algorithm>

namespace kpkg::elf {
namespace {

void add_sections(const Object& object, ModuleImage& image) {
  image.sections.reserve(object.sections.size());
  for (std::size_t index = 1; index < object.sections.size(); ++index) {
    const ObjectSection& section = object.sections[index];
    image.sections.push_back({.name = std::string(section.name),
                              .type = section.type,
                              .flags = section.flags,
                              .size = section.size});
    if (section.name == ".BTF" && !section.bytes.empty() && !image.has_btf) {
      image.has_btf = true;
      image.btf = section.bytes;
    }
    if (section.name == ".BTF.base" && image.btf_base.empty()) image.btf_base = section.bytes;
  }
}

void add_symbols(const Object& object, ModuleImage& image) {
  constexpr std::uint8_t binding_local = 0;  // STB_LOCAL
  for (std::size_t index = 1; index < object.symbols.size(); ++index) {
    const ObjectSymbol& symbol = object.symbols[index];
    if (symbol.section == section_undefined) {
      image.undefined.push_back({.name = std::string(symbol.name),
                                 .weak = symbol.binding == binding_weak,
                                 .order = static_cast<std::uint32_t>(index)});
    } else if (symbol.binding != binding_local) {
      image.defined.emplace_back(symbol.name);
    }
  }
}

}  // namespace

std::optional<std::string> ModuleImage::first_modinfo(std::string_view key) const {
  const auto found = std::find_if(modinfo.begin(), modinfo.end(),
                                  [&](const ModinfoEntry& entry) { return entry.key == key; });
  if (found == modinfo.end()) return std::nullopt;
  return found->value;
}

std::vector<std::string> ModuleImage::every_modinfo(std::string_view key) const {
  std::vector<std::string> values;
  for (const ModinfoEntry& entry : modinfo) {
    if (entry.key == key) values.push_back(entry.value);
  }
  return values;
}

ModuleImage examine_module(std::string_view bytes) {
  ModuleImage image;
  image.signature = read_signature(bytes);
  Object object = read_object(payload_of(bytes, image.signature));
  image.architecture = object.architecture;
  image.is_readable = object.is_readable;
  image.defects = std::move(object.defects);
  image.relocations = std::move(object.relocation_uses);
  if (!image.is_readable) return image;
  add_sections(object, image);
  add_symbols(object, image);
  read_modinfo(object, image);
  read_versions(object, image);
  read_exports(object, image);
  image.has_export_flags = find_section(object, "__kflagstab") != 0;
  read_this_module(object, image);
  return image;
}

Status check_sound(const ModuleImage& image) {
  const auto damage = std::find_if(image.defects.begin(), image.defects.end(),
                                   [](const Defect& each) { return is_damage(each.id); });
  if (damage == image.defects.end()) return {};
  if (damage->hint.empty()) return damaged(damage->detail);
  return fail(ErrorKind::corrupt, damage->detail, damage->hint);
}

Result<ModuleImage> read_module(std::string_view bytes) {
  auto image = examine_module(bytes);
  KPKG_TRY(check_sound(image));
  return image;
}

}  // namespace kpkg::elf
