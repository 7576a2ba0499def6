// SPDX-License-Identifier: GPL-2.0-or-later
#include "source_world.hpp"

#include "archive/archives.hpp"
#include "crypto/digest.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kpkg::test {

Result<system::Outcome> PackageScript::run_observed(const system::Command& command,
                                                    const system::LineObserver& on_line) {
  constexpr std::array<std::string_view, 5> scripted = {"apt-get", "apt-cache", "apt-config", "dpkg-query",
                                                        "gpgv"};
  const bool is_scripted = std::find(scripted.begin(), scripted.end(), command.program) != scripted.end();
  if (is_scripted) return packages.run_observed(command, on_line);
  return programs_.run_observed(command, on_line);
}

SourceWorld::SourceWorld() {
  set("[mainline]\nenabled = false\n");
  owned("/boot/vmlinuz-9.9-kpkg", "linux-image-9.9-kpkg", "9.9.9-2");
}

void SourceWorld::set(const std::string& text) const {
  add("/etc/kpkg/kpkg.toml", text);
}

void SourceWorld::add(const std::string& path, std::string_view bytes) const {
  REQUIRE(tree.root.make_directories(path.substr(0, path.rfind('/'))).has_value());
  REQUIRE(tree.root.write(path, bytes).has_value());
}

std::string SourceWorld::file(const std::string& name, std::string_view bytes) const {
  const auto path = tree.directory.path() + "/" + name;
  REQUIRE(system::write_file(path, bytes).has_value());
  return path;
}

void SourceWorld::owned(const std::string& path, const std::string& name, const std::string& version) {
  runner.packages.on("--search -- " + path, {.output = fmt::format("{}: {}\n", name, path)})
      .on("-- " + name, {.output = fmt::format("installed {}\n", version)});
}

void SourceWorld::offered(const std::string& name, const std::string& version, const std::string& bytes) {
  const auto brings = [=](const system::Command& command) {
    const auto path = fmt::format("{}/{}_{}_all.deb", command.directory, name, version);
    REQUIRE(system::write_file(path, bytes).has_value());
  };
  runner.packages.on(fmt::format("{}={}", name, version), {}, brings)
      .on(fmt::format("{}:all={}", name, version),
          {.output = "SHA256: " + crypto::sha256(bytes).hex() + "\n"});
}

std::vector<std::string> SourceWorld::downloads() const {
  std::vector<std::string> asked;
  for (const auto& command : runner.packages.commands)
    if (command.program == "apt-get" && command.text().find(" download ") != std::string::npos)
      asked.push_back(command.arguments.back());
  return asked;
}

workflow::Target SourceWorld::target() const {
  workflow::Target target{.kernel = tree.kernel, .facts = tree.learned.facts};
  target.configuration = tree.learned.configuration;
  target.arch = "x86_64";
  return target;
}

Result<workflow::KernelSourceSearch> SourceWorld::search(const workflow::KernelSourceRequest& request) {
  return workflow::obtain_kernel_source(workspace, target(), request);
}

std::string SourceWorld::steps(const workflow::KernelSourceRequest& request) {
  const auto found = search(request);
  if (!found) return "failed: " + found.error().text() + "\n";
  std::string text;
  for (const auto& step : found->steps)
    text += fmt::format("{} {}{}{}\n", workflow::name_of(step.origin), step.place, step.is_taken ? "" : ": ",
                        step.text);
  return text;
}

std::string a_source(const std::string& version) {
  const auto dot = version.rfind('.');
  const auto first = version.find('.');
  return archive_test::a_tar(
      {archive_test::a_directory("linux-" + version),
       archive_test::a_file("linux-" + version + "/Makefile",
                            fmt::format("VERSION = {}\nPATCHLEVEL = {}\nSUBLEVEL = {}\nEXTRAVERSION =\n",
                                        version.substr(0, first), version.substr(first + 1, dot - first - 1),
                                        version.substr(dot + 1)))});
}

std::string a_source_package(const std::string& name, const std::string& bytes) {
  return archive_test::a_deb("data.tar",
                             archive_test::a_tar({archive_test::a_file("./usr/share/doc/x/copyright"),
                                                  archive_test::a_file("./usr/src/" + name, bytes)}));
}

std::string a_kernel_source(const std::string& file, std::string_view bytes) {
  return fmt::format("[[kernel-source]]\nkernel = \"9.9-*\"\nurl = \"file://{}\"\nsha256 = \"{}\"\n", file,
                     crypto::sha256(bytes).hex());
}

}  // namespace kpkg::test
