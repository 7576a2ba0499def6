// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/configuration_files.hpp"

#include "tree/inspection.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

const std::string kernel_text =
    "# Linux/x86 6.1.192 Kernel Configuration\nCONFIG_MODULES=y\nCONFIG_USB=m\nCONFIG_HZ=250\n"
    "CONFIG_ADDRESS=10\nCONFIG_CC_VERSION_TEXT=\"gcc-12 (Debian) 12\"\n# CONFIG_DEBUG_RWSEMS is not set\n";

}  // namespace

TEST_CASE("a tree gets its kernel's configuration again, and keeps its keys") {
  const auto files = tree::configuration_files(
      kernel_text,
      {.written = {}, .settings = "CONFIG_DEBUG_RWSEMS=y\nCONFIG_BUILD_SALT=salt\n", .header = {}});

  CHECK(files.written == kernel_text + "CONFIG_BUILD_SALT=\"salt\"\n");
  CHECK(files.settings.find("RWSEMS") == std::string::npos);
  CHECK(files.header.find("#define CONFIG_BUILD_SALT \"salt\"\n") != std::string::npos);
  CHECK(files.header.find("#define CONFIG_USB_MODULE 1\n") != std::string::npos);
}

TEST_CASE("texts stand in auto.conf as they did there, with quotes or without") {
  const auto older = tree::configuration_files(kernel_text, {.settings = "CONFIG_X=\"a b\"\n"});
  const auto newer = tree::configuration_files(kernel_text, {.settings = "CONFIG_X=a b\n"});

  CHECK(older.settings.find("CONFIG_CC_VERSION_TEXT=\"gcc-12 (Debian) 12\"\n") != std::string::npos);
  CHECK(newer.settings.find("CONFIG_CC_VERSION_TEXT=gcc-12 (Debian) 12\n") != std::string::npos);
}

TEST_CASE("a number that was hexadecimal for C stays so") {
  const auto files = tree::configuration_files(kernel_text, {.header = "#define CONFIG_ADDRESS 0x10\n"});

  CHECK(files.header.find("#define CONFIG_ADDRESS 0x10\n") != std::string::npos);
  CHECK(files.settings.find("CONFIG_ADDRESS=10\n") != std::string::npos);
}

TEST_CASE("a salt of hexadecimal digits is a text and gets its quotes again") {
  const auto files = tree::configuration_files(kernel_text, {.settings = "CONFIG_BUILD_SALT=deadbeef\n"});

  CHECK(files.written == kernel_text + "CONFIG_BUILD_SALT=\"deadbeef\"\n");
  CHECK(files.header.find("#define CONFIG_BUILD_SALT \"deadbeef\"\n") != std::string::npos);
  CHECK(files.settings.find("CONFIG_BUILD_SALT=deadbeef\n") != std::string::npos);
}

TEST_CASE("quotes and backslashes of a text are escaped where it has quotes, and nowhere else") {
  const std::string line = "CONFIG_LINE=\"a \\\"b\\\" \\\\\"\n";  // of the text: a "b" backslash
  const auto told = tree::configuration_files(kernel_text + line, {.settings = "CONFIG_X=a b\n"});
  const auto kept = tree::configuration_files(kernel_text, {.settings = "CONFIG_BUILD_SALT=a \"b\" \\\n"});

  CHECK(told.settings.find("CONFIG_LINE=a \"b\" \\\n") != std::string::npos);
  CHECK(told.header.find("#define CONFIG_LINE \"a \\\"b\\\" \\\\\"\n") != std::string::npos);
  CHECK(kept.written == kernel_text + "CONFIG_BUILD_SALT=\"a \\\"b\\\" \\\\\"\n");
}

TEST_CASE("an option that is set to n is not set") {
  const auto files = tree::configuration_files(kernel_text + "CONFIG_OFF=n\n", {});

  CHECK(files.settings.find("CONFIG_OFF") == std::string::npos);
  CHECK(files.header.find("CONFIG_OFF") == std::string::npos);
}
