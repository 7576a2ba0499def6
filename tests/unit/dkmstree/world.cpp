// SPDX-License-Identifier: GPL-2.0-or-later
#include "unit/dkmstree/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace kpkg::dkmstree::world {
namespace {

namespace fs = std::filesystem;

/// What the module of a version is when it was built for a kernel.
std::string module_bytes(const BuildId& id) {
  return "the module of " + id.text();
}

Destinations one_module() {
  return [](const BuildId& id) {
    return std::vector<Destination>{{.name = id.module, .locations = {"/updates/dkms", "/kernel/net"}}};
  };
}

enum class Within { no, yes };

/// Performs the first `count` steps and then, within, a part of the next one: one file of what it would
/// remove is gone.
void perform_part(const World& world, const Steps& steps, std::size_t count, Within within) {
  REQUIRE(dkmstree::perform(world.root(),
                            Steps(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(count))));
  if (within == Within::no || steps[count].kind != Step::Kind::remove_tree) return;
  const auto path = world.root().host_path(steps[count].path).value();
  if (!fs::is_directory(fs::symlink_status(path))) return;
  for (const auto& entry : fs::directory_iterator(path)) {
    fs::remove_all(entry);
    return;
  }
}

}  // namespace

World::World() {
  directory("/usr/lib/modules").directory("/usr/src").directory("/var/lib/dkms").link("usr/lib", "/lib");
}

World& World::file(const std::string& path, std::string_view bytes) {
  directory(fs::path(path).parent_path().string());
  std::ofstream(host(path), std::ios::binary) << bytes;
  return *this;
}

World& World::directory(const std::string& path) {
  fs::create_directories(host(path));
  return *this;
}

World& World::link(const std::string& target, const std::string& path) {
  directory(fs::path(path).parent_path().string());
  fs::create_symlink(target, host(path));
  return *this;
}

World& World::gone(const std::string& path) {
  REQUIRE(fs::remove_all(host(path)) > 0);
  return *this;
}

World& World::added(const std::string& module, const std::string& version) {
  const auto source = "/usr/src/" + module + "-" + version;
  file(source + "/dkms.conf").directory("/var/lib/dkms/" + module + "/" + version + "/build");
  return link(source, "/var/lib/dkms/" + module + "/" + version + "/source");
}

World& World::built(const std::string& module, const std::string& version, const Target& target) {
  const BuildId id{module, version, target};
  file(places.directory_of(id) + "/module/" + module + ".ko", module_bytes(id));
  return file(places.directory_of(id) + "/log/make.log").directory("/usr/lib/modules/" + target.kernel);
}

World& World::installed(const std::string& module, const std::string& version, const Target& target) {
  const BuildId id{module, version, target};
  built(module, version, target);
  file("/usr/lib/modules/" + target.kernel + "/updates/dkms/" + module + ".ko", module_bytes(id));
  return link(installed_target(id), places.installed_link_of(module, target));
}

Module World::module(const std::string& name) const {
  return read_module(root_, places, name).value();
}

Lines World::status(const Filter& filter) const {
  const auto now = tree();
  auto entries = statuses(now, filter);
  inspect(root_, places, now, one_module(), entries);
  Lines lines;
  for (const auto& entry : entries) lines.push_back(line_of(entry));
  return lines;
}

Lines World::paths() const {
  Lines paths;
  const auto top = host("/var/lib/dkms");
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    auto path = entry.path().string().substr(top.size() + 1);
    if (entry.is_symlink()) path += " -> " + fs::read_symlink(entry).string();
    paths.push_back(std::move(path));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

void World::perform(const Result<Steps>& steps) const {
  REQUIRE(steps);
  const auto performed = dkmstree::perform(root_, *steps);
  REQUIRE_MESSAGE(performed, (performed ? "" : performed.error().text()));
}

NewBuild a_build(const std::string& module, const std::string& version, const Target& target,
                 const std::string& bytes) {
  return {.id = {module, version, target},
          .modules = {{module + ".ko", bytes}},
          .symvers = "0x1234\tf\tm\tEXPORT_SYMBOL\n",
          .log = "it went well\n",
          .dependencies = {{"spl", "2.1"}}};
}

Result<Steps> adding(const World& world) {
  return steps_to_add(world.places, world.module("a"), a1);
}

Result<Steps> removing(const World& world) {
  return steps_to_remove(world.places, world.module("a"), a1);
}

Result<Steps> putting(const World& world) {
  return steps_to_put(world.places, world.module("a"), a_build("a", "1", old_kernel, "new bytes"));
}

Result<Steps> dropping(const World& world) {
  return steps_to_drop(world.places, world.module("a"), a1_old);
}

Result<Steps> linking(const World& world) {
  return steps_to_link(world.places, world.module("a"), a1_old);
}

Result<Steps> unlinking(const World& world) {
  return steps_to_unlink(world.places, world.module("a"), a1_old);
}

void with_source(World& world) {
  world.file("/usr/src/a-1/dkms.conf");
}

void with_version(World& world) {
  world.added("a", "1");
}

void with_build(World& world) {
  world.added("a", "1").built("a", "1", old_kernel);
}

void with_installed(World& world) {
  world.added("a", "1").installed("a", "1", old_kernel);
}

int survive(const std::string& module, const std::function<void(World&)>& make, const Change& change) {
  World whole;
  make(whole);
  const auto before = whole.status();
  const auto steps = change(whole).value();
  whole.perform(steps);
  const auto after = whole.status();
  REQUIRE(before != after);
  REQUIRE(whole.module(module).left_overs.empty());
  int stops = 0;
  for (std::size_t count = 0; count < steps.size(); ++count) {
    for (const auto within : {Within::no, Within::yes}) {
      CAPTURE(count);
      World world;
      make(world);
      perform_part(world, steps, count, within);
      const auto stopped = world.status();
      CHECK((stopped == before || stopped == after));
      world.perform(stopped == before ? change(world) : steps_to_sweep(world.module(module)));
      CHECK(world.status() == after);
      CHECK(world.module(module).left_overs.empty());
      ++stops;
    }
  }
  return stops;
}

}  // namespace kpkg::dkmstree::world
