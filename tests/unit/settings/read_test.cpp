// SPDX-License-Identifier: GPL-2.0-or-later
#include "settings/read.hpp"
#include "system/file.hpp"
#include "system/root.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace kpkg;
using namespace kpkg::settings;

namespace {

const std::string digest(64, 'a');
const std::string commit(40, 'b');

/// A root with settings files.
class World {
 public:
  World& with(const std::string& path, std::string_view text) {
    const auto file = directory_.path() + path;
    CHECK(system::make_directories(file.substr(0, file.rfind('/'))));
    CHECK(system::write_file(file, text));
    return *this;
  }

  Result<Settings> read() const { return settings::read(*system::Root::open(directory_.path())); }

 private:
  system::TempDir directory_ = *system::TempDir::create("/tmp", "kpkg settings test-");
};

/// The mistakes of `text`, a line each, from a file called x.toml.
std::string mistakes_of(std::string_view text) {
  Settings settings;
  std::string texts;
  for (const auto& mistake : parse_into(settings, text, "x.toml")) texts += mistake.text() + "\n";
  return texts;
}

/// The mistakes of a [[kernel-source]] of these lines, which begin on line 3.
std::string mistakes_of_source(const std::string& text) {
  return mistakes_of("[[kernel-source]]\nkernel = \"6.6.*\"\n" + text);
}

}  // namespace

TEST_CASE("a root without settings files has the defaults") {
  const auto settings = World().read();

  REQUIRE(settings);
  CHECK(*settings == Settings{});
  CHECK(settings->headers.install == InstallHeaders::ask);
  CHECK(settings->mainline.is_on());
  CHECK(settings->kernel_sources.empty());
}

TEST_CASE("the settings of a root are those of its file") {
  const auto settings = World()
                            .with("/etc/kpkg/kpkg.toml",
                                  "[headers]\ninstall = \"never\"\n"
                                  "[mainline]\nurl = \"http://mirror/{major}/linux-{version}.tar.gz\"\n"
                                  "digests = \"http://mirror/{major}/sums\"\n"
                                  "[[kernel-source]]\nkernel = \"6.6.31-current-*\"\n"
                                  "git = \"https://example.org/linux\"\ncommit = \"" +
                                      commit + "\"\n")
                            .read();

  REQUIRE(settings);
  CHECK(settings->headers.install == InstallHeaders::never);
  CHECK(settings->mainline == Mainline{.url = "http://mirror/{major}/linux-{version}.tar.gz",
                                       .digests = "http://mirror/{major}/sums"});
  CHECK(settings->kernel_sources ==
        std::vector<KernelSource>{
            {.kernel = "6.6.31-current-*", .git = "https://example.org/linux", .commit = commit}});
}

TEST_CASE("a key of a later file replaces that of an earlier one and leaves the others alone") {
  const auto settings = World()
                            .with("/etc/kpkg/kpkg.toml", "[mainline]\nurl = \"\"\ndigests = \"file:///x\"\n")
                            .with("/etc/kpkg/conf.d/20.toml", "[headers]\ninstall = \"always\"\n")
                            .with("/etc/kpkg/conf.d/10.toml",
                                  "[headers]\ninstall = \"never\"\n[mainline]\nurl = \"file:///y\"\n")
                            .read();

  REQUIRE(settings);
  CHECK(settings->headers.install == InstallHeaders::always);
  CHECK(settings->mainline == Mainline{.url = "file:///y", .digests = "file:///x"});
}

TEST_CASE("sources of kernels are added in the order of the files, and other files are not read") {
  const auto table = [](const std::string& name) {
    return "[[kernel-source]]\nkernel = \"" + name + "\"\nurl = \"file:///x\"\nsha256 = \"" + digest + "\"\n";
  };
  const auto settings = World()
                            .with("/etc/kpkg/conf.d/b.toml", table("b"))
                            .with("/etc/kpkg/conf.d/a.toml", table("a"))
                            .with("/etc/kpkg/conf.d/c.toml~", "no TOML")
                            .with("/etc/kpkg/kpkg.toml", table("first"))
                            .read();

  REQUIRE(settings);
  REQUIRE(settings->kernel_sources.size() == 3);
  CHECK(settings->kernel_sources[0].kernel == "first");
  CHECK(settings->kernel_sources[1].kernel == "a");
  CHECK(settings->kernel_sources[2].kernel == "b");
}

TEST_CASE("a root with a wrong settings file is an error that names file, line and what was expected") {
  const auto settings = World()
                            .with("/etc/kpkg/kpkg.toml", "[headers]\ninstall = \"ask\"\n")
                            .with("/etc/kpkg/conf.d/own.toml", "[headers]\ninstal = \"ask\"\nzebra = 1\n")
                            .read();

  REQUIRE_FALSE(settings);
  CHECK(settings.error().kind == ErrorKind::invalid);
  CHECK(settings.error().text() ==
        "/etc/kpkg/conf.d/own.toml:2:1: unknown key \"instal\" in [headers]; did you mean \"install\"? "
        "(and 1 further mistake)");
  CHECK(settings.error().hint == "correct the file; see kpkg.toml(5)");
}

TEST_CASE("an unknown table and a key outside of its table are mistakes") {
  CHECK(mistakes_of("enabled = true\n[zebra]\n") ==
        "x.toml:1:1: unknown key \"enabled\"; expected it in [mainline]\n"
        "x.toml:2:2: unknown key \"zebra\"; expected one of headers, mainline, kernel-source\n");
}

TEST_CASE("a text that is not TOML is a mistake with its place") {
  CHECK(mistakes_of("[headers\n").starts_with("x.toml:1:9: not TOML: "));
}

TEST_CASE("values that cannot be are mistakes") {
  CHECK(
      mistakes_of("[headers]\ninstall = \"alway\"\n[mainline]\nenabled = \"no\"\n"
                  "url = \"ftp://x/{version}\"\ndigests = \"https://x/{minor}\"\n") ==
      "x.toml:2:11: \"alway\" does not fit \"install\"; did you mean \"always\"?\n"
      "x.toml:4:11: \"enabled\" is a text; expected true or false\n"
      "x.toml:5:7: \"ftp://x/{version}\" does not fit \"url\"; expected a URL with https, http or file and "
      "the placeholders {version} and {major}, or nothing\n"
      "x.toml:6:11: \"https://x/{minor}\" does not fit \"digests\"; expected a URL with https, http or file "
      "and the placeholders {version} and {major}, or nothing\n");
}

TEST_CASE("mainline is off without a tarball, without digests and where it says so") {
  CHECK_FALSE(Mainline{.url = ""}.is_on());
  CHECK_FALSE(Mainline{.digests = ""}.is_on());
  CHECK_FALSE(Mainline{.enabled = false}.is_on());
}

TEST_CASE("a source of kernels has a URL with its digest or a repository with its commit") {
  CHECK(mistakes_of_source("url = \"https://x/y.tar\"\nsha256 = \"" + digest + "\"\n") == "");
  CHECK(mistakes_of_source("git = \"https://x/y\"\ncommit = \"" + commit + "\"\n") == "");
}

TEST_CASE("a source of kernels that lacks a part is a mistake") {
  CHECK(mistakes_of_source("") ==
        "x.toml:1:1: a source that is nowhere; expected url and sha256, or git and commit\n");
  CHECK(mistakes_of_source("url = \"https://x/y.tar\"\n") ==
        "x.toml:1:1: \"sha256\" is missing beside \"url\"; expected 64 hexadecimal digits\n");
  CHECK(mistakes_of_source("git = \"https://x/y\"\n") ==
        "x.toml:1:1: \"commit\" is missing beside \"git\"; expected 40 hexadecimal digits\n");
  CHECK(mistakes_of("[[kernel-source]]\nurl = \"file:///x\"\nsha256 = \"" + digest + "\"\n") ==
        "x.toml:1:1: \"kernel\" is missing; expected a kernel release, or a pattern of it such as "
        "6.6.31-current-*\n");
}

TEST_CASE("a source of kernels that says too much is a mistake") {
  CHECK(mistakes_of_source("url = \"file:///x\"\ngit = \"file:///y\"\n") ==
        "x.toml:4:1: \"url\" and \"git\" in one source; expected url and sha256, or git and commit\n");
  CHECK(
      mistakes_of_source("git = \"file:///y\"\ncommit = \"" + commit + "\"\nsha256 = \"" + digest + "\"\n") ==
      "x.toml:5:1: \"sha256\" without \"url\"; expected it beside url only\n");
}

TEST_CASE("a pattern of releases has no slash and no blank") {
  CHECK(mistakes_of("[[kernel-source]]\nkernel = \"6.6.* 6.7.*\"\nurl = \"file:///x\"\nsha256 = \"" + digest +
                    "\"\n") ==
        "x.toml:2:10: \"6.6.* 6.7.*\" does not fit \"kernel\"; expected a kernel release, "
        "or a pattern of it such as 6.6.31-current-*\n");
}
