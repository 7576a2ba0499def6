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
