// SPDX-License-Identifier: GPL-2.0-or-later
#include "bundle/manifest.hpp"

#include "abi/json_reader.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace kpkg::bundle {
namespace {

using abi::JsonReader;

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_word = 32;
constexpr std::size_t most_builds = 256;
constexpr std::size_t most_files = 4096;  // of one build

constexpr std::array<std::pair<FileKind, std::string_view>, 5> kinds = {{{FileKind::module, "module"},
                                                                         {FileKind::types, "types"},
                                                                         {FileKind::symvers, "symvers"},
                                                                         {FileKind::udev, "udev"},
                                                                         {FileKind::log, "log"}}};

tl::unexpected<Error> damaged(std::string_view why) {
  return fail(ErrorKind::corrupt, fmt::format("the bundle's manifest is wrong: {}", why),
              "build the bundle again");
}

Json json_of(const File& file) {
  return {{"kind", name_of(file.kind)},
          {"name", file.name},
          {"size", file.bytes.size()},
          {"sha256", crypto::sha256(file.bytes).hex()}};
}

Json json_of(const BuiltIn& tree) {
  return {
      {"path", tree.path}, {"origin", tree.origin}, {"standing", tree.standing}, {"proved_by", tree.proofs}};
}

Json json_of(const Build& build) {
  Json files = Json::array();
  for (const auto& file : build.files) files.push_back(json_of(file));
  return {{"recipe", build.recipe},       {"version", build.version},   {"text", build.text},
          {"source", build.source.hex()}, {"compiler", build.compiler}, {"command", build.command},
          {"sandbox", build.sandbox},     {"started", build.started},   {"duration", build.duration},
          {"tree", json_of(build.tree)},  {"files", std::move(files)}};
}

Result<FileKind> kind_named(std::string_view name) {
  const auto* known =
      std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.second == name; });
  if (known == kinds.end()) return damaged(fmt::format("no file is a \"{}\"", told_name(name)));
  return known->first;
}

/// Whether a file of that kind may have the name: what is installed must be what it is called.
bool fits(FileKind kind, std::string_view name) {
  if (!is_file_name(name)) return false;
  if (kind == FileKind::udev) return name.ends_with(".rules");
  if (kind != FileKind::module && kind != FileKind::types) return true;
  const auto extension = name.rfind(".ko");
  if (extension == std::string_view::npos || extension == 0) return false;
  const auto rest = name.substr(extension + 3);
  return rest.empty() || rest == ".gz" || rest == ".xz" || rest == ".zst";
}

Status read_file(const Json& json, Build& build, std::vector<FileClaim>& claims) {
  const JsonReader reader(json, "file");
  const auto kind = KPKG_TRY(kind_named(KPKG_TRY(reader.text("kind"))));
  auto name = KPKG_TRY(reader.text("name"));
  if (!fits(kind, name))
    return damaged(fmt::format("\"{}\" is no name of a {}", told_name(name), name_of(kind)));
  const bool is_known = std::any_of(build.files.begin(), build.files.end(), [&](const File& other) {
    return other.kind == kind && other.name == name;
  });
  if (is_known) return damaged(fmt::format("{} is there twice", name));
  const auto size = KPKG_TRY(reader.number("size"));
  claims.push_back({.size = size, .digest = KPKG_TRY(reader.digest("sha256"))});
  build.files.push_back({.kind = kind, .name = std::move(name), .bytes = {}});
  return {};
}

/// Names of later versions are taken as they are, but no other text: they are told and kept.
bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= longest_word &&
         std::all_of(text.begin(), text.end(), [](char character) {
           return (character >= 'a' && character <= 'z') || character == '-' || character == '_';
         });
}

Result<BuiltIn> read_tree(const Json& json) {
  const JsonReader reader(json, "tree");
  BuiltIn tree;
  tree.path = KPKG_TRY(reader.text("path"));
  tree.origin = KPKG_TRY(reader.text("origin"));
  tree.standing = KPKG_TRY(reader.text("standing"));
  tree.proofs = KPKG_TRY(reader.texts("proved_by"));
  auto words = tree.proofs;
  words.insert(words.end(), {tree.origin, tree.standing});
  for (const auto& word : words)
    if (!is_word(word)) return damaged(fmt::format("\"{}\" tells nothing of a tree", told_name(word)));
  return tree;
}

Result<Build> read_build(const Json& json, std::vector<FileClaim>& claims) {
  const JsonReader reader(json, "build");
  Build build;
  build.recipe = KPKG_TRY(reader.text("recipe"));
  build.version = KPKG_TRY(reader.text("version"));
  if (!is_file_name(build.recipe) || !is_file_name(build.version))
    return damaged(
        fmt::format("\"{}\" is no recipe and its version", told_name(build.recipe + " " + build.version)));
  build.text = KPKG_TRY(reader.text("text"));
  build.source = KPKG_TRY(reader.digest("source"));
  build.compiler = KPKG_TRY(reader.text("compiler"));
  build.command = KPKG_TRY(reader.text("command"));
  build.sandbox = KPKG_TRY(reader.text("sandbox"));
  build.started = KPKG_TRY(reader.number("started"));
  build.duration = KPKG_TRY(reader.number("duration"));
  const Json* const tree = KPKG_TRY(reader.optional_object("tree"));
  if (tree != nullptr) build.tree = KPKG_TRY(read_tree(*tree));
  const Json* const files = KPKG_TRY(reader.optional_list("files"));
  if (files == nullptr) return damaged("a build has no files");
  if (files->size() > most_files) return damaged("a build has too many files");
  for (const auto& file : *files) KPKG_TRY(read_file(file, build, claims));
  return build;
}

Result<ForKernel> read_kernel(const Json& json) {
  const JsonReader reader(json, "kernel");
  ForKernel kernel;
  kernel.release = KPKG_TRY(reader.text("release"));
  kernel.arch = KPKG_TRY(reader.text("arch"));
  kernel.build_id = KPKG_TRY(reader.optional_text("build_id"));
  kernel.banner = KPKG_TRY(reader.optional_text("banner"));
  kernel.vermagic = KPKG_TRY(reader.optional_text("vermagic"));
  // It becomes part of paths.
  if (!is_file_name(kernel.release))
    return damaged(fmt::format("\"{}\" is no kernel's release", told_name(kernel.release)));
  return kernel;
}

}  // namespace

std::string_view name_of(FileKind kind) {
  return kinds.at(static_cast<std::size_t>(kind)).second;
}

bool is_file_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name || name.front() == '.' || name.front() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char character) { return character > ' ' && character < 0x7f && character != '/'; });
}

std::string manifest_of(const Bundle& bundle) {
  Json builds = Json::array();
  for (const auto& build : bundle.builds) builds.push_back(json_of(build));
  const auto& kernel = bundle.kernel;
  return json_text({{"kernel",
                     {{"release", kernel.release},
                      {"arch", kernel.arch},
                      {"build_id", abi::json_of(kernel.build_id)},
                      {"banner", abi::json_of(kernel.banner)},
                      {"vermagic", abi::json_of(kernel.vermagic)}}},
                    {"tree_grade", bundle.tree_grade},
                    {"builds", std::move(builds)}});
}

Result<Manifest> read_manifest(std::string_view text) {
  const auto json = KPKG_TRY(parse_json(text).within("reading the bundle's manifest"));
  const JsonReader reader(json, "manifest");
  Manifest manifest;
  const Json* const kernel = KPKG_TRY(reader.optional_object("kernel"));
  if (kernel == nullptr) return damaged("it names no kernel");
  manifest.bundle.kernel = KPKG_TRY(read_kernel(*kernel));
  manifest.bundle.tree_grade = KPKG_TRY(reader.text("tree_grade"));
  const Json* const builds = KPKG_TRY(reader.optional_list("builds"));
  if (builds == nullptr || builds->empty()) return damaged("nothing was built");
  if (builds->size() > most_builds) return damaged("there are too many builds");
  for (const auto& build : *builds) {
    auto read = KPKG_TRY(read_build(build, manifest.claims));
    manifest.bundle.builds.push_back(std::move(read));
  }
  return manifest;
}

}  // namespace kpkg::bundle
