// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/arguments.hpp"

#include <doctest/doctest.h>

#include <map>

namespace kpkg::dkms {
namespace {

using Words = std::vector<std::string>;

/// A file system that has what is listed.
Looker a_disk(std::map<std::string, WordKind> contents = {}) {
  return [contents = std::move(contents)](const std::string& path) {
    const auto found = contents.find(path);
    return found == contents.end() ? WordKind::nothing : found->second;
  };
}

Parsed parsed(const Words& words, const Looker& look = a_disk()) {
  return parse_arguments(words, "/usr/sbin/dkms", look);
}

Arguments arguments_of(const Words& words, const Looker& look = a_disk()) {
  return parsed(words, look).arguments;
}

std::string errors_of(const Parsed& parsed) {
  std::string text;
  for (const auto& remark : parsed.remarks)
    if (remark.stream == dkmsconf::Stream::errors) text += remark.text;
  return text;
}

std::optional<int> contradiction(const Words& words) {
  const auto refusal = contradiction_in(arguments_of(words));
  return refusal ? std::optional(refusal->status) : std::nullopt;
}

}  // namespace

TEST_CASE("a module and its version come as one word, as one option or as two") {
  const Arguments expected{.action = "build", .module = "dahdi", .version = "2.11"};

  CHECK(arguments_of({"build", "dahdi/2.11"}) == expected);
  CHECK(arguments_of({"-m", "dahdi/2.11", "build"}) == expected);
  CHECK(arguments_of({"build", "--module=dahdi/2.11"}) == expected);
  CHECK(arguments_of({"build", "-m", "dahdi", "-v", "2.11"}) == expected);
}

TEST_CASE("a version keeps the slashes behind its first one") {
  CHECK(arguments_of({"m/1/2"}).version == "1/2");
}

TEST_CASE("kernels and architectures are collected, also from one word") {
  const auto arguments = arguments_of({"-k", "6.1/x86_64", "--kernelver=6.2", "-a", "aarch64"});

  CHECK(arguments.kernels == Words{"6.1", "6.2"});
  CHECK(arguments.archs == Words{"x86_64", "aarch64"});
}

TEST_CASE("an option that takes a value is known by how its long spelling begins") {
  CHECK(arguments_of({"--kernelverse", "6.1"}).kernels == Words{"6.1"});
  CHECK(arguments_of({"--architecture=x"}).archs == Words{"x"});
  CHECK(arguments_of({"--archives=x"}).archive == "x");
  CHECK(arguments_of({"--directives", "A=b"}).directives == Words{"A=b"});
  CHECK(arguments_of({"--configuration=c"}).kernel_config == "c");
}

TEST_CASE("a short option takes no value behind an equals sign") {
  CHECK(parsed({"-k=6.1"}).status == 2);
}

TEST_CASE("a value begins behind the first equals sign and is one line without blanks at its ends") {
  CHECK(arguments_of({"--directive=A=b=c"}).directives == Words{"A=b=c"});
  CHECK(arguments_of({"-v", "  1.0\t\nmore"}).version == "1.0");
}

TEST_CASE("an option at the end has an empty value") {
  CHECK(arguments_of({"status", "-k"}).kernels == Words{""});
}

TEST_CASE("a word that is a file or a directory with a dkms.conf is one to add, before it is a name") {
  const auto disk = a_disk({{"/src/x", WordKind::directory},
                            {"/src/x/dkms.conf", WordKind::file},
                            {"/src/y", WordKind::directory},
                            {"/x.tar", WordKind::file}});

  CHECK(arguments_of({"add", "/src/x"}, disk).source_directory == "/src/x");
  CHECK(arguments_of({"add", "/src/x/dkms.conf"}, disk).source_directory == "/src/x/./");
  CHECK(arguments_of({"add", "/x.tar"}, disk).archive == "/x.tar");
  CHECK(arguments_of({"add", "/src/y"}, disk).version == "src/y");
}

TEST_CASE("a second name is told of and passed over") {
  const auto result = parsed({"status", "one/1", "two/2"});

  CHECK(result.arguments.module == "one");
  CHECK(errors_of(result) == "Warning: I do not know how to handle two/2.\n");
}

TEST_CASE("a second action ends with 4") {
  const auto result = parsed({"add", "build"});

  CHECK(result.status == 4);
  CHECK(errors_of(result) == "\nError! Cannot specify more than one action.\n");
}

TEST_CASE("an unknown option ends with 2 and shows the usage on stdout") {
  const auto result = parsed({"--frobnicate", "status"});

  CHECK(result.status == 2);
  CHECK(errors_of(result) == "\nError! Unknown option: --frobnicate\n");
  CHECK(result.remarks.back().text == usage("/usr/sbin/dkms"));
}

TEST_CASE("what is said behind -q is not printed") {
  CHECK(errors_of(parsed({"-q", "--no-initrd"})).empty());
  CHECK(errors_of(parsed({"--no-initrd", "-q"})) == "Deprecated feature: --no-initrd\n");
}

TEST_CASE("the version ends the reading of words, whatever follows") {
  const auto result = parsed({"status", "--version", "--frobnicate"});

  CHECK(result.status == 0);
  CHECK(result.remarks.front().text == "dkms-3.4.3\n");
}

TEST_CASE("an empty word is no option") {
  CHECK(arguments_of({"", "m/1"}).module == "m");
}

TEST_CASE("options that exclude each other end with the status of the first pair") {
  CHECK(contradiction({"--binaries-only", "--source-only"}) == 8);
  CHECK(contradiction({"-k", "1", "-a", "x", "-a", "y"}) == 1);
  CHECK(contradiction({"-k", "1", "--all"}) == 2);
  CHECK(contradiction({"-a", "x", "--all"}) == 3);
  CHECK(contradiction({"-k", "1", "-k", "2", "-a", "x"}) == std::nullopt);
}

}  // namespace kpkg::dkms
