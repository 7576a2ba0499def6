// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/graft.hpp"

#include "archive/unpack.hpp"
#include "base/text.hpp"
#include "kernel/configuration_difference.hpp"
#include "system/file.hpp"
#include "tree/configuration_files.hpp"
#include "tree/drift.hpp"
#include "tree/inspection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kpkg::tree {
namespace {

constexpr std::uint64_t largest_header = 16U << 20;
constexpr std::uint64_t largest_headers = 512U << 20;
constexpr std::size_t deepest = 32;
constexpr std::string_view again = "install the kernel's package again";

using Names = std::vector<std::string>;

/// Adds the headers below `top`/`below`, without links; an absent directory has none.
Status add_headers(const std::string& top, const std::string& below, Names& names, std::size_t depth) {
  if (depth == 0) return fail(ErrorKind::corrupt, below + " is nested too deeply");
  const auto entries = KPKG_TRY(system::list_directory(top + "/" + below));
  if (!entries) return {};
  for (const auto& entry : *entries) {
    const auto name = below + "/" + entry.name;
    if (entry.type == system::FileType::directory) KPKG_TRY(add_headers(top, name, names, depth - 1));
    if (entry.type == system::FileType::regular && name.ends_with(".h")) names.push_back(name);
  }
  return {};
}

/// What a kernel carries of its source: the headers below these two, sorted.
Result<Names> headers_in(const std::string& top, std::string_view arch_directory) {
  Names names;
  KPKG_TRY(add_headers(top, fmt::format("arch/{}/include", arch_directory), names, deepest));
  KPKG_TRY(add_headers(top, "include", names, deepest));
  std::sort(names.begin(), names.end());
  return names;
}

bool is_generated(std::string_view name) {
  // Older kernels have a header for each option, which is empty and only tells make when it changed.
  return name.find("/generated/") != std::string_view::npos || name.starts_with("include/config/");
}

Result<std::optional<std::string>> text_of(const std::string& path) {
  const auto status = KPKG_TRY(system::status_of(path));
  if (!status || status->type != system::FileType::regular) return std::optional<std::string>{};
  return std::optional(KPKG_TRY(system::read_file(path, largest_header)));
}

Status check_release(const Subject& subject, const kernel::Kheaders& kheaders, const std::string& place) {
  const auto text = KPKG_TRY(text_of(place + "/include/generated/utsrelease.h"));
  const auto& release = subject.kernel.release;
  if (!text || text->find(fmt::format("\"{}\"", release)) != std::string::npos) return {};
  return fail(ErrorKind::incompatible,
              fmt::format("the headers in {} are not those of kernel {}: their utsrelease.h says {}",
                          kheaders.origin, release, printable(trimmed(*text))),
              std::string(again));
}

/// Kconfig writes hexadecimal numbers with "0x" for C, and some kernels without it for make.
bool is_same(const kernel::OptionDifference& difference) {
  const auto& [key, left, right] = difference;
  return left && right && (*left == "0x" + *right || *right == "0x" + *left);
}

/// Refuses headers of a build with other structs. What else differs is left: distributions keep keys back.
Status check_configuration(const Subject& subject, const kernel::Kheaders& kheaders,
                           const std::string& place) {
  const auto text = KPKG_TRY(text_of(place + "/include/generated/autoconf.h"));
  const auto& configuration = subject.learned.configuration;
  if (!text || !configuration) return {};
  Names differing;
  for (auto& difference : kernel::differences(defines_for(*configuration), defines_in(*text))) {
    constexpr std::string_view as_module = "_MODULE";
    auto key = difference.key;
    if (key.ends_with(as_module)) key.resize(key.size() - as_module.size());
    if (lays_out_structs(key) && !is_same(difference)) differing.push_back(kernel::told(difference));
  }
  if (differing.empty()) return {};
  return fail(ErrorKind::incompatible,
              fmt::format("the headers in {} are of another build than the kernel: {} differs in {}, first "
                          "the kernel's value: {}",
                          kheaders.origin, "its configuration", counted(differing.size(), "option"),
                          differing.front()),
              std::string(again));
}

/// Moves a file to a place where another may be.
Status move_file(const std::string& from, const std::string& to) {
  KPKG_TRY(system::make_directories(to.substr(0, to.rfind('/'))));
  return system::rename_path(from, to);
}

/// Runs a program in the objects, as whoever builds there.
Status run(Kbuild& kbuild, const std::string& program, std::vector<std::string> arguments,
           std::string input = {}) {
  const auto outcome = KPKG_TRY(kbuild.run(program, std::move(arguments), std::move(input)));
  if (outcome.succeeded()) return {};
  return fail(ErrorKind::build_failed, program + " did not put the kernel's own headers in their place",
              "see " + kbuild.place().log);
}

}  // namespace

std::string without_comments(std::string_view header) {
  constexpr std::string_view start = "/*";
  constexpr std::string_view end = "*/";
  std::string text;
  for (auto open = header.find(start); open != std::string_view::npos; open = header.find(start)) {
    const auto close = header.find(end, open + start.size());
    if (close == std::string_view::npos) break;
    const auto content = header.substr(open + start.size(), close - open - start.size());
    const bool stays = content.find("SPDX") != std::string_view::npos;
    text += header.substr(0, stays ? open + 1 : open);
    header.remove_prefix(stays ? open + 1 : close + end.size());
  }
  return text.append(header);
}

Status unpack_kheaders(const Subject& subject, const kernel::Kheaders& kheaders, const std::string& place) {
  KPKG_TRY(archive::unpack_bytes(kheaders.archive, kheaders.origin, place, {.size_limit = largest_headers}));
  KPKG_TRY(check_release(subject, kheaders, place));
  return check_configuration(subject, kheaders, place);
}

Result<Graft> graft_headers(const std::string& place, const std::string& source,
                            std::string_view arch_directory) {
  Graft graft;
  std::set<std::string, std::less<>> carried;
  for (const auto& name : KPKG_TRY(headers_in(place, arch_directory))) {
    if (is_generated(name)) continue;
    carried.insert(name);
    const auto theirs = KPKG_TRY(system::read_file(place + "/" + name, largest_header));
    const auto ours = KPKG_TRY(text_of(source + "/" + name));
    const bool is_equal = ours && without_comments(*ours) == without_comments(theirs);
    if (!is_equal) graft.replaced.push_back(name);
    KPKG_TRY(is_equal ? system::remove_all(place + "/" + name)
                      : move_file(place + "/" + name, source + "/" + name));
  }
  graft.compared = carried.size();
  for (const auto& name : KPKG_TRY(headers_in(source, arch_directory))) {
    if (carried.contains(name)) continue;
    graft.removed.push_back(name);
    KPKG_TRY(system::remove_all(source + "/" + name));
  }
  return graft;
}

Status take_generated(Kbuild& kbuild, std::string_view arch_directory, const std::string& configuration) {
  const auto& objects = kbuild.place().objects;
  const std::string from = generated_headers;
  for (const auto& directory :
       {std::string("include/generated"), fmt::format("arch/{}/include/generated", arch_directory)})
    if (KPKG_TRY(system::status_of(fmt::format("{}/{}/{}", objects, from, directory))))
      KPKG_TRY(run(kbuild, "cp", {"-R", fmt::format("{}/{}/.", from, directory), directory + "/"}));
  ConfigurationFiles present;
  present.written = KPKG_TRY(text_of(objects + "/.config")).value_or("");
  present.settings = KPKG_TRY(text_of(objects + "/include/config/auto.conf")).value_or("");
  present.header = KPKG_TRY(text_of(objects + "/include/generated/autoconf.h")).value_or("");
  auto files = configuration_files(configuration, present);
  // In this order: what is younger than .config is not made of it anew.
  KPKG_TRY(run(kbuild, "tee", {".config"}, std::move(files.written)));
  KPKG_TRY(run(kbuild, "tee", {"include/config/auto.conf"}, std::move(files.settings)));
  KPKG_TRY(run(kbuild, "tee", {"include/generated/autoconf.h"}, std::move(files.header)));
  return run(kbuild, "touch", {"-c", "include/config/auto.conf.cmd", "include/config/tristate.conf"});
}

}  // namespace kpkg::tree
