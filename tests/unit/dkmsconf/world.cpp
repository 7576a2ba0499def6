// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.hpp"

#include "support/files.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace kpkg::test {

const system::Sandbox& the_sandbox() {
  static const auto sandbox = [] {
    system::SystemRunner runner;
    auto chosen = system::Sandbox::choose(runner);
    REQUIRE_MESSAGE(chosen.has_value(), (chosen ? "" : chosen.error().text()));
    return std::move(*chosen);
  }();
  return sandbox;
}

DkmsWorld::DkmsWorld()
    : directory_(*system::TempDir::create("/tmp", "kpkg-dkmsconf-")),
      root_(*system::Root::open(directory_.path())) {
  request = {.module = "driver", .version = "1.0", .kernel = "6.1.0-test", .arch = "x86_64"};
  framework.running_distribution = "debian";
  framework.parallel_jobs = "2";
  link("/usr/src/driver-1.0", "/var/lib/dkms/driver/1.0/source");
  link("/usr/src/linux-headers-6.1.0-test", "/lib/modules/6.1.0-test/build");
  configuration("CONFIG_PCI=y\nCONFIG_USB=m\n# CONFIG_PREEMPT_RT is not set\n");
}

DkmsWorld& DkmsWorld::file(const std::string& path, std::string_view text) {
  test::put_file(directory_.path() + path, text);
  return *this;
}

DkmsWorld& DkmsWorld::link(const std::string& target, const std::string& path) {
  test::put_link(target, directory_.path() + path);
  return *this;
}

DkmsWorld& DkmsWorld::more_conf(std::string_view text) {
  return conf(std::string(one_module) + std::string(text));
}

DkmsWorld& DkmsWorld::on_this_machine() {
  namespace fs = std::filesystem;
  const fs::path top = directory_.path();
  fs::permissions(top, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                           fs::perms::others_read | fs::perms::others_exec);
  for (const auto* link : {"var/lib/dkms/driver/1.0/source", "lib/modules/6.1.0-test/build"}) {
    const auto target = top.string() + fs::read_symlink(top / link).string();
    fs::remove(top / link);
    fs::create_symlink(target, top / link);
  }
  framework.source_tree = top / "usr/src";
  framework.dkms_tree = top / "var/lib/dkms";
  framework.install_tree = top / "lib/modules";
  root_ = *system::Root::open("/");
  return *this;
}

dkmsconf::Conf DkmsWorld::read_in(const system::Sandbox& sandbox) {
  dkmsconf::Interpreter interpreter(root_, memory);
  const dkmsconf::Means means{.runner = runner, .sandbox = sandbox, .patience = patience};
  auto conf = dkmsconf::read_conf(request, framework, interpreter, means);
  REQUIRE_MESSAGE(conf.has_value(), (conf ? "" : conf.error().text()));
  return std::move(*conf);
}

Error DkmsWorld::failure() {
  dkmsconf::Interpreter interpreter(root_, memory);
  const dkmsconf::Means means{.runner = runner, .sandbox = the_sandbox(), .patience = patience};
  const auto conf = dkmsconf::read_conf(request, framework, interpreter, means);
  REQUIRE_FALSE(conf.has_value());
  return conf.error();
}

std::optional<dkmsconf::Conf> DkmsWorld::recall() {
  dkmsconf::Interpreter interpreter(root_, memory);
  auto conf = dkmsconf::recalled_conf(request, framework, interpreter);
  REQUIRE_MESSAGE(conf.has_value(), (conf ? "" : conf.error().text()));
  return std::move(*conf);
}

bool DkmsWorld::is_of_every_kernel() {
  dkmsconf::Interpreter interpreter(root_, memory);
  const auto answer = dkmsconf::is_of_every_kernel(request, framework, interpreter);
  REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().text()));
  return *answer;
}

dkmsconf::Framework DkmsWorld::read_framework() {
  dkmsconf::Interpreter interpreter(root_, memory);
  const dkmsconf::Means means{.runner = runner, .sandbox = the_sandbox(), .patience = patience};
  auto read = dkmsconf::read_framework(framework_request, interpreter, means);
  REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().text()));
  return std::move(*read);
}

Error DkmsWorld::framework_failure() {
  dkmsconf::Interpreter interpreter(root_, memory);
  const dkmsconf::Means means{.runner = runner, .sandbox = the_sandbox(), .patience = patience};
  const auto read = dkmsconf::read_framework(framework_request, interpreter, means);
  REQUIRE_FALSE(read.has_value());
  return read.error();
}

std::optional<dkmsconf::Framework> DkmsWorld::recall_framework() {
  dkmsconf::Interpreter interpreter(root_, memory);
  auto recalled = dkmsconf::recalled_framework(framework_request, interpreter);
  REQUIRE(recalled.has_value());
  return std::move(*recalled);
}

std::string said(const dkmsconf::Conf& conf) {
  std::string text;
  for (const auto& remark : conf.remarks) text += remark.text;
  return text;
}

}  // namespace kpkg::test
