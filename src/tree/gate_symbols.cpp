// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/gate_symbols.hpp"

#include "base/text.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace kpkg::tree {
namespace {

/// Functions of many drivers, which between them reach the large structs. Which of them a kernel has does not
/// matter: what it does not export is left out.
constexpr std::array<std::string_view, 34> of_drivers = {"module_layout",
                                                         "device_add",
                                                         "__platform_driver_register",
                                                         "__pci_register_driver",
                                                         "usb_register_driver",
                                                         "usb_submit_urb",
                                                         "register_netdev",
                                                         "__alloc_skb",
                                                         "sock_register",
                                                         "wake_up_process",
                                                         "kmem_cache_create",
                                                         "vm_insert_page",
                                                         "register_filesystem",
                                                         "generic_file_open",
                                                         "d_instantiate",
                                                         "seq_open",
                                                         "add_disk",
                                                         "device_add_disk",
                                                         "submit_bio",
                                                         "blk_mq_alloc_tag_set",
                                                         "cdev_add",
                                                         "misc_register",
                                                         "tty_register_device",
                                                         "input_register_device",
                                                         "i2c_register_driver",
                                                         "__spi_register_driver",
                                                         "request_threaded_irq",
                                                         "queue_work_on",
                                                         "register_sound_special_device",
                                                         "snd_card_register",
                                                         "drm_dev_register",
                                                         "scsi_add_host_with_dma",
                                                         "proc_create",
                                                         "mutex_lock"};

/// One of so many symbols is taken from all over the table.
constexpr std::size_t spread = 24;

constexpr std::uint64_t largest_preprocessed = 64U << 20;  // that of a driver of graphics has 8 MB

bool is_comparable(const abi::SymbolTable& kernel, const ExportPlaces& places, std::string_view name) {
  const auto symbol = kernel.find(name);
  return symbol && symbol->crc != 0 && places.contains(name);
}

/// "0x1234abcd", with or without a semicolon.
std::optional<std::uint32_t> crc_of(std::string_view text) {
  if (!text.starts_with("0x")) return std::nullopt;
  text.remove_prefix(2);
  if (text.ends_with(';')) text.remove_suffix(1);
  std::uint32_t crc = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), crc, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return crc;
}

std::string preprocessed_name(const std::string& file) {
  return file.substr(0, file.size() - 1) + "i";
}

Point unknown(std::string why) {
  return {.gate = Gate::symbols, .result = PointResult::unknown, .note = std::move(why)};
}

/// Why CRCs cannot be computed; empty: they can.
Result<std::string> obstacle(const Subject& subject, const Reconstruction& reconstruction) {
  const auto& configuration = *subject.learned.configuration;
  if (!configuration.is_set("CONFIG_MODVERSIONS"))
    return std::string("the kernel has no CRCs of symbols (MODVERSIONS is off)");
  if (configuration.is_set("CONFIG_GENDWARFKSYMS"))
    return std::string("the kernel's CRCs are those of gendwarfksyms, which kpkg does not compute yet");
  const auto tool = reconstruction.kbuild.place().objects + "/scripts/genksyms/genksyms";
  if (!KPKG_TRY(system::status_of(tool))) return std::string("the source makes no genksyms");
  return std::string();
}

/// Preprocesses `files` as genksyms wants them and has it compute; those that worked, sorted.
Result<std::vector<std::string>> compute(Kbuild& kbuild, const std::vector<std::string>& files,
                                         ComputedCrcs& crcs) {
  std::vector<std::string> words = {"-k", "KCFLAGS=-D__GENKSYMS__"};
  for (const auto& file : files) words.push_back(preprocessed_name(file));
  // A file that this configuration does not build may fail: another one exports its symbols then.
  KPKG_TRY(kbuild.try_make(words));
  std::vector<std::string> read;
  for (const auto& file : files) {
    const auto path = kbuild.place().objects + "/" + preprocessed_name(file);
    const auto status = KPKG_TRY(system::status_of(path));
    if (!status || status->type != system::FileType::regular) continue;
    auto text = KPKG_TRY(system::read_file(path, largest_preprocessed));
    KPKG_TRY(system::remove_all(path));
    const auto outcome = KPKG_TRY(kbuild.run("./scripts/genksyms/genksyms", {}, std::move(text)));
    if (!outcome.succeeded()) continue;
    add_crcs(crcs, outcome.output);
    read.push_back(file);
  }
  return read;
}

}  // namespace

std::vector<std::string> sampled_symbols(const abi::SymbolTable& kernel, const ExportPlaces& places) {
  std::set<std::string> sample;
  const auto add = [&](std::string_view name) {
    if (is_comparable(kernel, places, name)) sample.emplace(name);
  };
  for (const auto name : of_drivers) add(name);
  for (std::size_t part = 0; part < spread; ++part) {
    // The first of each part that can be compared, so that every part has one if it can.
    const auto begin = kernel.size() * part / spread;
    const auto end = kernel.size() * (part + 1) / spread;
    const auto before = sample.size();
    for (auto index = begin + (end - begin) / 2; index < end && sample.size() == before; ++index)
      add(kernel.at(index).name);
  }
  return {sample.begin(), sample.end()};
}

void add_crcs(ComputedCrcs& crcs, std::string_view genksyms_output) {
  constexpr std::string_view old_start = "__crc_";
  for (const auto& line : lines(genksyms_output)) {
    const auto parts = words(line);
    if (parts.size() != 3) continue;
    const auto crc = crc_of(parts[2]);
    if (!crc) continue;
    if (parts[0] == "#SYMVER") crcs[parts[1]].push_back(*crc);
    if (parts[0].starts_with(old_start) && parts[1] == "=")
      crcs[parts[0].substr(old_start.size())].push_back(*crc);
  }
}

Point compared_symbols(const abi::SymbolTable& kernel, const ComputedCrcs& computed,
                       const ExportPlaces& places, std::span<const std::string> read) {
  Point point{.gate = Gate::symbols};
  for (const auto& [name, crcs] : computed) {
    const auto symbol = kernel.find(name);
    const auto place = places.find(name);
    if (!symbol || symbol->crc == 0 || place == places.end()) continue;
    const bool is_equal = std::find(crcs.begin(), crcs.end(), symbol->crc) != crcs.end();
    const bool is_whole = std::all_of(place->second.begin(), place->second.end(), [&](const auto& file) {
      return std::binary_search(read.begin(), read.end(), file);
    });
    if (!is_equal && !is_whole) continue;
    ++point.compared;
    point.equal += is_equal ? 1 : 0;
    if (!is_equal)
      point.differing.push_back(
          fmt::format("{}: 0x{:08x} instead of 0x{:08x}", name, crcs.front(), symbol->crc));
  }
  if (point.compared > 0) point.result = point.differing.empty() ? PointResult::equal : PointResult::differs;
  point.note = fmt::format("CRCs that genksyms computes of {} of the source", counted(read.size(), "file"));
  return point;
}

Result<Point> prove_symbols(const Subject& subject, Reconstruction& reconstruction) {
  auto why = KPKG_TRY(obstacle(subject, reconstruction));
  if (!why.empty()) return unknown(std::move(why));
  const auto& kernel = subject.learned.facts.symbols->table;
  auto& kbuild = reconstruction.kbuild;
  const auto places = KPKG_TRY(find_exports(kbuild.place().source, reconstruction.architecture.directory));
  std::set<std::string> files;
  for (const auto& name : sampled_symbols(kernel, places)) {
    const auto& of_name = places.find(name)->second;
    files.insert(of_name.begin(), of_name.end());
  }
  ComputedCrcs crcs;
  const auto read = KPKG_TRY(compute(kbuild, {files.begin(), files.end()}, crcs));
  return compared_symbols(kernel, crcs, places, read);
}

}  // namespace kpkg::tree
