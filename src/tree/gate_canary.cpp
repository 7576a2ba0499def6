// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gate_canary.hpp"

#include "archive/compression.hpp"
#include "base/text.hpp"
#include "elf/object.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_module = 64U << 20;
constexpr std::size_t most_modules = 6;
constexpr std::size_t most_named = 4;

/// Modules that use the large structs and that most kernels have, small ones first. Which of them a kernel
/// has does not matter.
constexpr std::array<std::string_view, 16> candidates = {"drivers/net/dummy",
                                                         "sound/drivers/snd-dummy",
                                                         "drivers/net/ethernet/realtek/8139too",
                                                         "drivers/usb/serial/ftdi_sio",
                                                         "fs/fat/fat",
                                                         "drivers/block/loop",
                                                         "drivers/net/tun",
                                                         "drivers/input/joydev",
                                                         "drivers/usb/storage/usb-storage",
                                                         "drivers/net/veth",
                                                         "drivers/block/brd",
                                                         "drivers/uio/uio",
                                                         "drivers/net/usb/cdc_ether",
                                                         "fs/fuse/fuse",
                                                         "net/sched/sch_teql",
                                                         "drivers/tty/serial/8250/8250"};

Point unknown(std::string why) {
  return {.gate = Gate::canary, .result = PointResult::unknown, .note = std::move(why)};
}

bool is_compared(const elf::ObjectSection& section) {
  constexpr std::array<std::string_view, 4> of_build = {".note", ".BTF", "__version", ".modinfo"};
  const bool is_loaded = (section.flags & elf::flag_allocated) != 0 && section.type != elf::type_no_bits;
  return is_loaded && std::none_of(of_build.begin(), of_build.end(),
                                   [&](std::string_view start) { return section.name.starts_with(start); });
}

using Contents = std::map<std::string, std::vector<std::string>, std::less<>>;

Contents contents_of(std::string_view module) {
  Contents contents;
  for (const auto& section : elf::read_object(module).sections)
    if (is_compared(section)) contents[std::string(section.name)].emplace_back(section.bytes);
  return contents;
}

/// The bytes of the kernel's own module, uncompressed; nothing: it has none of this name, or it is damaged.
Result<std::optional<std::string>> shipped_module(const Subject& subject, std::string_view name) {
  for (const std::string_view suffix : {"", ".xz", ".zst", ".gz"}) {
    const auto path = fmt::format("{}/kernel/{}.ko{}", subject.kernel.module_directory, name, suffix);
    const auto file = KPKG_TRY(subject.root.read_if_present(path, largest_module));
    if (!file) continue;
    auto bytes = archive::decompress(*file, largest_module);
    if (bytes) return std::optional(*std::move(bytes));
  }
  return std::optional<std::string>{};
}

/// Compares what was built; a module that did not come out is not compared.
Status compare(Point& point, const std::string& objects, const std::string& name, std::string_view shipped) {
  const auto path = fmt::format("{}/{}.ko", objects, name);
  const auto status = KPKG_TRY(system::status_of(path));
  if (!status || status->type != system::FileType::regular) return {};
  const auto built = KPKG_TRY(system::read_file(path, largest_module));
  auto sections = differing_sections(built, shipped);
  ++point.compared;
  point.equal += sections.empty() ? 1 : 0;
  if (sections.empty()) return {};
  sections.resize(std::min(sections.size(), most_named));
  point.differing.push_back(fmt::format("{}: {}", name, join(sections, ", ")));
  return {};
}

}  // namespace

std::vector<std::string> differing_sections(std::string_view built, std::string_view shipped) {
  const auto ours = contents_of(built);
  const auto theirs = contents_of(shipped);
  std::vector<std::string> names;
  for (const auto& [name, contents] : ours) {
    const auto other = theirs.find(name);
    if (other == theirs.end() || other->second != contents) names.push_back(name);
  }
  for (const auto& [name, contents] : theirs)
    if (!ours.contains(name)) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

Result<Point> prove_by_canary(const Subject& subject, Reconstruction& reconstruction) {
  if (!reconstruction.has_kernels_compiler)
    return unknown("the compiler is not the one that built the kernel, so its code would differ anyway");
  std::map<std::string, std::string> shipped;
  for (const auto name : candidates) {
    if (shipped.size() == most_modules) break;
    auto module = KPKG_TRY(shipped_module(subject, name));
    if (module) shipped.emplace(name, *std::move(module));
  }
  if (shipped.empty()) return unknown("the kernel has none of the modules that are built again");
  // Both would have the BTF of a whole vmlinux made first; that modules have none changes no other section.
  std::vector<std::string> words = {"-k", "CONFIG_DEBUG_INFO_BTF_MODULES=", "KBUILD_MODPOST_WARN=1"};
  for (const auto& module : shipped) words.push_back(module.first + ".ko");
  KPKG_TRY(reconstruction.kbuild.try_make(std::move(words)));
  Point point{.gate = Gate::canary, .note = "code and data of the kernel's own modules, built again"};
  for (const auto& [name, module] : shipped)
    KPKG_TRY(compare(point, reconstruction.kbuild.place().objects, name, module));
  if (point.compared == 0)
    return unknown(fmt::format("the kernel's own modules do not build in the source (see {})",
                               reconstruction.kbuild.place().log));
  point.result = point.differing.empty() ? PointResult::equal : PointResult::differs;
  return point;
}

}  // namespace kpkg::tree
