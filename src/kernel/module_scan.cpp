// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/module_scan.hpp"

#include "archive/compression.hpp"
#include "base/threads.hpp"
#include "elf/module_symbols.hpp"
#include "kernel/module_list.hpp"
#include "kernel/sample.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <tuple>
#include <unordered_map>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t small_file = 64U << 10;      // is read at once
constexpr std::uint64_t largest_module = 64U << 20;  // unpacked too
constexpr std::size_t at_once = 16;                  // modules that a thread takes from the list

/// A module file, of which the parts that were asked for stay in memory.
class FileSource final : public elf::ByteSource {
 public:
  explicit FileSource(const system::OpenFile& file) : file_(file) {}
  std::uint64_t size() const override { return file_.size(); }
  Result<std::string_view> at(std::uint64_t offset, std::uint64_t size) override {
    if (file_.size() <= small_file && parts_.empty()) KPKG_TRY(keep(0, file_.size()));
    if (file_.size() <= small_file) return std::string_view(*parts_.front()).substr(offset, size);
    return keep(offset, size);
  }

 private:
  Result<std::string_view> keep(std::uint64_t offset, std::uint64_t size) {
    parts_.push_back(std::make_unique<std::string>(KPKG_TRY(file_.read(offset, size))));
    return std::string_view(*parts_.back());
  }

  const system::OpenFile& file_;
  std::vector<std::unique_ptr<std::string>> parts_;
};

/// How often a symbol is demanded with each of its CRCs; one, but for modules of different kernels.
using Votes = std::map<std::optional<std::uint32_t>, std::size_t>;

/// What one thread has read.
struct Share {
  std::size_t modules = 0;
  std::vector<abi::KernelSymbol> exports;
  std::unordered_map<std::string, Votes> demands;
  std::vector<std::string> problems;  ///< of modules that cannot be read
};

Result<elf::ModuleSymbols> read_module(const system::Root& root, const std::string& path) {
  if (compression_named(path) == abi::Compression::none) {
    const auto file = KPKG_TRY(root.open_file(path));
    FileSource source(file);
    return elf::read_module_symbols(source);
  }
  const auto packed = KPKG_TRY(root.read(path, largest_module));
  const auto bytes = KPKG_TRY(archive::decompress(packed, largest_module));
  elf::MemorySource source(bytes);
  return elf::read_module_symbols(source);
}

/// "drivers/net/dummy" of "kernel/drivers/net/dummy.ko.xz": how Module.symvers names the owner.
std::string owner_named(std::string_view name) {
  name.remove_prefix(std::string_view("kernel/").size());
  return std::string(name.substr(0, name.rfind(".ko")));
}

void add(Share& share, std::string_view name, elf::ModuleSymbols symbols) {
  if (!symbols.is_intree) return;
  ++share.modules;
  const auto owner = owner_named(name);
  for (auto& symbol : symbols.exports)
    share.exports.push_back({.name = std::move(symbol.name),
                             .crc = symbol.crc.value_or(0),
                             .owner = owner,
                             .gpl_only = symbol.gpl_only,
                             .name_space = std::move(symbol.name_space)});
  for (auto& demand : symbols.demands) ++share.demands[std::move(demand.name)][demand.crc];
}

/// Reads modules of the list until none is left.
Share read_share(const system::Root& root, const std::string& directory,
                 const std::vector<std::string>& names, std::atomic<std::size_t>& next) {
  Share share;
  while (true) {
    const std::size_t begin = next.fetch_add(at_once);
    if (begin >= names.size()) return share;
    for (std::size_t index = begin; index < std::min(begin + at_once, names.size()); ++index) {
      const auto path = directory + "/" + names[index];
      auto symbols = read_module(root, path);
      if (symbols)
        add(share, names[index], std::move(*symbols));
      else
        share.problems.push_back(fmt::format("{}: {}", path, symbols.error().text()));
    }
  }
}

void merge(Share& all, Share share) {
  all.modules += share.modules;
  std::move(share.exports.begin(), share.exports.end(), std::back_inserter(all.exports));
  std::move(share.problems.begin(), share.problems.end(), std::back_inserter(all.problems));
  for (auto& [symbol, votes] : share.demands)
    for (const auto& [crc, count] : votes) all.demands[symbol][crc] += count;
}

ModuleScan finished(Share share) {
  ModuleScan scan{
      .modules = share.modules, .exports = std::move(share.exports), .unreadable = share.problems.size()};
  if (scan.unreadable > 0) scan.problem = *std::min_element(share.problems.begin(), share.problems.end());
  std::sort(scan.exports.begin(), scan.exports.end(), [](const auto& left, const auto& right) {
    return std::tie(left.name, left.owner) < std::tie(right.name, right.owner);
  });
  scan.demands.reserve(share.demands.size());
  for (const auto& [symbol, votes] : share.demands) {
    const auto most = std::max_element(votes.begin(), votes.end(), [](const auto& left, const auto& right) {
      return left.second < right.second;
    });
    scan.demands.push_back({.name = symbol, .crc = most->first});
    if (votes.size() > 1) scan.torn.push_back(symbol);
  }
  std::sort(scan.demands.begin(), scan.demands.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  std::sort(scan.torn.begin(), scan.torn.end());
  return scan;
}

}  // namespace

Result<ModuleScan> scan_modules(const system::Root& root, const std::string& module_directory) {
  const auto names = KPKG_TRY(present_modules(root, module_directory));
  std::vector<Share> shares(useful_threads());
  std::atomic<std::size_t> next = 0;
  in_threads(shares.size(), shares.size(),
             [&](std::size_t index) { shares[index] = read_share(root, module_directory, names, next); });
  Share all = std::move(shares.front());
  for (std::size_t index = 1; index < shares.size(); ++index) merge(all, std::move(shares[index]));
  return finished(std::move(all));
}

}  // namespace kpkg::kernel
