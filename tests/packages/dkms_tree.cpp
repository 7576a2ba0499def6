// SPDX-License-Identifier: GPL-2.0-or-later
// What src/dkmstree says and does, for tests that ask stock dkms about the same tree:
//
//   dkms_tree TREE SOURCES MODULES status [M [V [K [A]]]]
//   dkms_tree TREE SOURCES MODULES add|remove|put|drop|link|unlink M/V/K/A [STEPS]
//   dkms_tree TREE SOURCES MODULES pack M/V/K/A FILE
//   dkms_tree TREE SOURCES MODULES unpack M/V/K/A FILE DIRECTORY
//
// Every package has one module, of its own name. A change says how many steps it has, and performs the first
// STEPS of them or all.
#include "base/text.hpp"
#include "dkmstree/change.hpp"
#include "dkmstree/inspect.hpp"
#include "dkmstree/tarball.hpp"

#include <cstdio>
#include <string>

using namespace kpkg;
using namespace kpkg::dkmstree;

namespace {

void print_status(const system::Root& root, const Places& places, std::vector<std::string> words) {
  words.resize(9);
  const auto destinations = [&](const BuildId& id) -> std::optional<std::vector<Destination>> {
    if (!system::status_of(places.source_link_of(id.of()) + "/dkms.conf").value_or(std::nullopt))
      return std::nullopt;
    return std::vector<Destination>{{.name = id.module, .locations = {"/updates/dkms", "/kernel/test"}}};
  };
  const auto tree = read_tree(root, places);
  auto entries =
      statuses(tree, {.module = words[5], .version = words[6], .kernel = words[7], .arch = words[8]});
  inspect(root, places, tree, destinations, entries);
  for (const auto& entry : entries) std::puts(line_of(entry).c_str());
}

Result<Steps> steps_of(const Places& places, const Module& now, const std::string& verb, const BuildId& id) {
  if (verb == "add") return steps_to_add(places, now, id.of());
  if (verb == "remove") return steps_to_remove(places, now, id.of());
  if (verb == "drop") return steps_to_drop(places, now, id);
  if (verb == "link") return steps_to_link(places, now, id);
  if (verb == "unlink") return steps_to_unlink(places, now, id);
  NewBuild build{.id = id, .modules = {{id.module + ".ko", "put by kpkg\n"}}, .log = "a log\n"};
  return steps_to_put(places, now, std::move(build));
}

Status unpack(const system::Root& root, const Places& places, const BuildId& id,
              const std::vector<std::string>& words) {
  const auto tarball = KPKG_TRY(unpack_tarball(words.at(6), words.at(7)));
  for (const auto& build : tarball.builds) {
    const auto now = KPKG_TRY(read_module(root, places, id.module));
    auto read = KPKG_TRY(read_tarball_build(build, id.of()));
    const auto steps = KPKG_TRY(steps_to_put(places, now, std::move(read)));
    KPKG_TRY(perform(root, steps));
  }
  return {};
}

Status change(const system::Root& root, const Places& places, const std::vector<std::string>& words) {
  const auto parts = split(words.at(5), '/');
  const BuildId id{parts.at(0), parts.at(1), {parts.at(2), parts.at(3)}};
  const auto now = KPKG_TRY(read_module(root, places, id.module));
  if (words.at(4) == "unpack") return unpack(root, places, id, words);
  if (words.at(4) == "pack")
    return write_tarball(root, places, now, {.id = id.of(), .targets = {id.target}}, words.at(6));
  auto steps = KPKG_TRY(steps_of(places, now, words.at(4), id));
  std::printf("%zu\n", steps.size());
  if (words.size() > 6) steps.resize(std::stoul(words[6]));
  return perform(root, steps);
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments, arguments + count);
  if (words.size() < 5) return 2;
  const auto root = system::Root::open("/");
  const Places places{.dkms_tree = words[1], .source_tree = words[2], .install_tree = words[3]};
  const auto done =
      words[4] == "status" ? (print_status(*root, places, words), Status{}) : change(*root, places, words);
  if (!done) std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return done ? 0 : 1;
}
