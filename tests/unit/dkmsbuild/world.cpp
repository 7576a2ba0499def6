// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.hpp"

#include "base/text.hpp"
#include "store/store.hpp"
#include "support/files.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace kpkg::test {
namespace {

constexpr std::string_view head =
    "PACKAGE_NAME=driver\nBUILT_MODULE_NAME[0]=driver\nDEST_MODULE_LOCATION[0]=/kernel/drivers/misc\n"
    "STRIP[0]=no\n";

const system::Sandbox& the_sandbox() {
  static const auto sandbox = [] {
    system::SystemRunner runner;
    auto chosen = system::Sandbox::choose(runner);
    REQUIRE_MESSAGE(chosen.has_value(), (chosen ? "" : chosen.error().text()));
    return std::move(*chosen);
  }();
  return sandbox;
}

}  // namespace

Result<system::Outcome> HalfRunner::run_observed(const system::Command& command,
                                                 const system::LineObserver& on_line) {
  if (command.program == "depmod")
    in_root.push_back("depmod " + command.arguments[0] + " " + command.arguments[1]);
  else if (command.program == "chroot")
    // chroot ROOT /bin/sh -c TEXT DIRECTORY PROGRAM ARGUMENTS
    in_root.push_back(join(std::span(command.arguments).subspan(5), " "));
  else
    return runner_.run_observed(command, on_line);
  system::Outcome outcome;
  for (const auto& [start, told] : outcomes)
    if (in_root.back().find(start) != std::string::npos) outcome = told;
  if (on_line)
    for (const auto& line : lines(outcome.output)) on_line(line);
  return outcome;
}

BuildWorld::BuildWorld()
    : directory_(*system::TempDir::create("/tmp", "kpkg-dkmsbuild-")),
      root_(*system::Root::open(directory_.path())) {
  std::filesystem::permissions(directory_.path(), std::filesystem::perms(0755));
  task.id = {"driver", "1.0", {"6.1.0-test", "x86_64"}};
  framework.running_distribution = "debian";
  framework.parallel_jobs = "2";
  file("/etc/dkms/framework.conf", "try_sign_modules=false\n");
  version("1.0");
  conf("MAKE[0]=\"cp module driver.ko\"\n");
  link("/usr/src/driver-1.0", "/var/lib/dkms/driver/1.0/source");
  link("/usr/src/linux-headers-6.1.0-test", "/lib/modules/6.1.0-test/build");
  file("/usr/src/linux-headers-6.1.0-test/.config", "CONFIG_MODULES=y\n");
  file("/usr/src/linux-headers-6.1.0-test/include/linux/module.h", "");
  file("/lib/modules/6.1.0-test/modules.dep", "kernel/other.ko:\n");
}

BuildWorld& BuildWorld::file(const std::string& path, std::string_view text) {
  test::put_file(directory_.path() + path, text);
  return *this;
}

BuildWorld& BuildWorld::script(const std::string& path, std::string_view text) {
  file(path, text);
  std::filesystem::permissions(directory_.path() + path, std::filesystem::perms(0755));
  return *this;
}

BuildWorld& BuildWorld::link(const std::string& target, const std::string& path) {
  test::put_link(target, directory_.path() + path);
  return *this;
}

BuildWorld& BuildWorld::conf(std::string_view more) {
  const auto& version = task.id.version;
  return file("/usr/src/driver-" + version + "/dkms.conf",
              std::string(head) + "PACKAGE_VERSION=" + version + "\n" + std::string(more));
}

BuildWorld& BuildWorld::version(const std::string& version) {
  ModuleBuilder module;
  module.named("driver").with_modinfo("version", version);
  return file("/usr/src/driver-" + version + "/module", module.bytes());
}

BuildWorld& BuildWorld::driver(const std::string& name, std::string_view more) {
  const auto source = "/usr/src/" + name + "-1.0";
  file(source + "/module", ModuleBuilder().named(name).bytes());
  file(source + "/dkms.conf", "PACKAGE_NAME=" + name + "\nPACKAGE_VERSION=1.0\nBUILT_MODULE_NAME[0]=" + name +
                                  "\nDEST_MODULE_LOCATION[0]=/kernel/drivers/misc\nSTRIP[0]=no\n" +
                                  std::string(more));
  return link(source, "/var/lib/dkms/" + name + "/1.0/source");
}

std::vector<ExitStatus> BuildWorld::install_together(const std::vector<std::string>& names) {
  std::vector<dkmsbuild::Task> tasks;
  for (const auto& name : names) tasks.push_back({.id = {name, "1.0", task.id.target}});
  std::vector<ExitStatus> statuses;
  with_engine([&](dkmsbuild::Engine& engine) -> Result<ExitStatus> {
    const dkmsbuild::TaskObserver observer{
        .before = [&](const dkmsbuild::Task& begun) { printer_->text += begun.id.module + "\n"; },
        .after = [&](const dkmsbuild::Task&, ExitStatus) { printer_->text += "\n"; }};
    statuses = KPKG_TRY(engine.install_together(tasks, observer));
    return 0;
  });
  return statuses;
}

template <typename Work>
ExitStatus BuildWorld::with_engine(const Work& work) {
  const system::Host host{.release = "6.1.0-other", .machine = "x86_64", .processors = 2};
  QuietObserver observer;
  const workflow::Workspace workspace{host, root_, runner, observer};
  const dkmsconf::FrameworkRequest request{
      .environment = {}, .distribution = {}, .running_kernel = "6.1.0-other", .kernel = {}};
  dkmsconf::Interpreter interpreter(root_, memory_);
  auto store = store::Store::open(root_, store::Access::write);
  REQUIRE(store.has_value());
  TextPrinter printer;
  printer_ = &printer;
  const dkmsbuild::Site site{.workspace = workspace,
                             .framework = framework,
                             .framework_request = request,
                             .interpreter = interpreter,
                             .memory = memory_,
                             .sandbox = []() -> Result<const system::Sandbox*> { return &the_sandbox(); },
                             .printer = printer,
                             .store = &*store};
  dkmsbuild::ConfReader reader(site);
  dkmsbuild::Engine engine(site, reader, choices, [&](const dkmsbuild::Task& asked) -> Result<ExitStatus> {
    added.push_back(asked.id.of().text());
    return adding_ends_with;
  });
  const auto status = work(engine);
  said = printer.text;
  REQUIRE_MESSAGE(status.has_value(), (status ? "" : status.error().text()));
  return *status;
}

std::vector<ExitStatus> BuildWorld::build_expected(const std::vector<dkmsbuild::Task>& tasks) {
  std::vector<ExitStatus> statuses;
  with_engine([&](dkmsbuild::Engine& engine) -> Result<ExitStatus> {
    KPKG_TRY(engine.expect(tasks));
    for (const auto& expected : tasks) statuses.push_back(KPKG_TRY(engine.build(expected)));
    return 0;
  });
  return statuses;
}

ExitStatus BuildWorld::build() {
  return with_engine([&](dkmsbuild::Engine& engine) { return engine.build(task); });
}

ExitStatus BuildWorld::install() {
  return with_engine([&](dkmsbuild::Engine& engine) { return engine.install(task); });
}

ExitStatus BuildWorld::uninstall() {
  return with_engine([&](dkmsbuild::Engine& engine) { return engine.uninstall(task); });
}

ExitStatus BuildWorld::unbuild() {
  return with_engine([&](dkmsbuild::Engine& engine) { return engine.unbuild(task); });
}

std::string BuildWorld::read(const std::string& path) const {
  auto text = root_.read(path);
  REQUIRE_MESSAGE(text.has_value(), (text ? "" : text.error().text()));
  return *std::move(text);
}

bool BuildWorld::has(const std::string& path) const {
  const auto status = root_.status(path);
  return status && status->has_value();
}

}  // namespace kpkg::test
