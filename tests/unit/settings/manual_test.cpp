// SPDX-License-Identifier: GPL-2.0-or-later
// kpkg.toml(5) is where the settings are told to people.
#include "base/text.hpp"
#include "settings/read.hpp"
#include "system/file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;
using namespace kpkg::settings;

namespace {

std::string the_page() {
  return *system::read_file(KPKG_MANUAL);
}

/// The keys of the format that the page does not name in bold, each on a line with its table. Those of tables
/// it names with their brackets.
std::string keys_missing_in(const std::string& page) {
  const auto text = replaced(replaced(page, "[", ""), "]", "");
  std::string missing;
  for (const auto& table : schema()) {
    for (const auto& key : table.keys) {
      if (text.find("*" + std::string(key.name) + "*") == std::string::npos)
        missing += std::string(table.name) + " " + std::string(key.name) + "\n";
    }
  }
  return missing;
}

/// What stands between the first pair of ``` lines of the page.
std::string the_example() {
  const auto page = the_page();
  const std::string fence = "\n```\n";
  const auto start = page.find(fence) + fence.size();
  return page.substr(start, page.find(fence, start) + 1 - start);
}

}  // namespace

TEST_CASE("kpkg.toml(5) explains every key") {
  CHECK(keys_missing_in(the_page()) == "");
}

TEST_CASE("the example of kpkg.toml(5) has no mistake") {
  Settings settings;

  CHECK(parse_into(settings, the_example(), "kpkg.toml(5)").empty());
  CHECK(settings.kernel_sources.size() == 2);
}

TEST_CASE("kpkg.toml(5) tells the default URLs") {
  CHECK(the_page().find(Mainline{}.url) != std::string::npos);
  CHECK(the_page().find(Mainline{}.digests) != std::string::npos);
}
