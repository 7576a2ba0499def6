// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <tuple>

namespace kpkg::abi {
namespace {

using elf::ModuleImage;
using elf::SymbolVersion;

/// Versions by symbol; of two with one name the first stays in front, as it is the one that the kernel finds.
class VersionIndex {
 public:
  explicit VersionIndex(const std::vector<SymbolVersion>& versions) {
    for (const SymbolVersion& version : versions) sorted_.push_back(&version);
    std::stable_sort(sorted_.begin(), sorted_.end(),
                     [](const auto* left, const auto* right) { return left->symbol < right->symbol; });
  }

  std::optional<std::uint64_t> crc_of(std::string_view symbol) const {
    const auto found =
        std::lower_bound(sorted_.begin(), sorted_.end(), symbol,
                         [](const auto* version, auto wanted) { return version->symbol < wanted; });
    if (found == sorted_.end() || (*found)->symbol != symbol) return std::nullopt;
    return (*found)->crc;
  }

 private:
  std::vector<const SymbolVersion*> sorted_;
};

std::vector<Import> imports_of(const ModuleImage& image, const VersionIndex& basic,
                               const VersionIndex& extended) {
  std::vector<Import> imports;
  imports.reserve(image.undefined.size());
  for (const elf::UndefinedSymbol& symbol : image.undefined) {
    imports.push_back({.symbol = symbol.name,
                       .crc = basic.crc_of(symbol.name),
                       .extended_crc = extended.crc_of(symbol.name),
                       .weak = symbol.weak,
                       .order = symbol.order});
  }
  // A strong reference comes before a weak one to the same symbol, and survives: the kernel refuses if either
  // fails. Of several the last one survives, as its error is the one that counts.
  std::sort(imports.begin(), imports.end(), [](const Import& left, const Import& right) {
    return std::tie(left.symbol, left.weak, right.order) < std::tie(right.symbol, right.weak, left.order);
  });
  const auto same = [](const Import& left, const Import& right) { return left.symbol == right.symbol; };
  imports.erase(std::unique(imports.begin(), imports.end(), same), imports.end());
  return imports;
}

std::vector<Export> exports_of(const ModuleImage& image) {
  std::vector<Export> exports;
  exports.reserve(image.exports.size());
  for (const elf::ExportedSymbol& symbol : image.exports) {
    exports.push_back({.symbol = symbol.name,
                       .crc = symbol.crc,
                       .gpl_only = symbol.gpl_only,
                       .name_space = symbol.name_space});
  }
  std::stable_sort(exports.begin(), exports.end(),
                   [](const Export& left, const Export& right) { return left.symbol < right.symbol; });
  return exports;
}

std::vector<std::string> depends_of(const ModuleImage& image) {
  const auto text = image.first_modinfo("depends");
  if (!text || text->empty()) return {};
  return split(*text, ',');
}

std::optional<Layout> layout_of(const ModuleImage& image) {
  if (!image.this_module) return std::nullopt;
  return Layout{.size = image.this_module->size,
                .init_offset = image.this_module->init_offset,
                .exit_offset = image.this_module->exit_offset};
}

/// Kernels since 4.13 take modinfo's name for their messages; older modules have only the one inside struct
/// module.
std::string name_of(const ModuleImage& image) {
  if (const auto name = image.first_modinfo("name")) return *name;
  return image.this_module ? image.this_module->name : std::string();
}

ModuleTypes types_of(const ModuleImage& image) {
  if (!image.has_btf) return {};
  return {.sections =
              std::make_shared<const BtfSections>(BtfSections{.types = image.btf, .base = image.btf_base})};
}

Fingerprint fingerprint_of(const ModuleImage& image, std::string_view module_bytes) {
  const VersionIndex basic(image.versions);
  const VersionIndex extended(image.extended_versions);
  return Fingerprint{.name = name_of(image),
                     .architecture = image.architecture,
                     .vermagic = image.first_modinfo("vermagic"),
                     .version = image.first_modinfo("version"),
                     .srcversion = image.first_modinfo("srcversion"),
                     .license = image.first_modinfo("license"),
                     .depends = depends_of(image),
                     .import_namespaces = image.every_modinfo("import_ns"),
                     .intree = image.first_modinfo("intree").has_value(),
                     .layout = layout_of(image),
                     .has_versions = image.has_versions,
                     .has_extended_versions = image.has_extended_versions,
                     .layout_crc = basic.crc_of("module_layout"),
                     .extended_layout_crc = extended.crc_of("module_layout"),
                     .imports = imports_of(image, basic, extended),
                     .exports = exports_of(image),
                     .has_export_flags = image.has_export_flags,
                     .shape = shape_of(image),
                     .signature = image.signature,
                     .signature_message = read_module_signature(module_bytes, image.signature),
                     .has_btf = image.has_btf,
                     .types = types_of(image),
                     .digest = crypto::sha256(module_bytes),
                     .size = module_bytes.size()};
}

}  // namespace

Result<Fingerprint> fingerprint(std::string_view module_bytes) {
  const ModuleImage image = KPKG_TRY(elf::read_module(module_bytes));
  return fingerprint_of(image, module_bytes);
}

Fingerprint fingerprint_of_any(std::string_view bytes) {
  return fingerprint_of(elf::examine_module(bytes), bytes);
}

}  // namespace kpkg::abi
