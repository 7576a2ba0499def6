// SPDX-License-Identifier: GPL-2.0-or-later
// kpkg-abi(7) is where names that are interface are told to people.
#include "abi/messages.hpp"
#include "abi/tool_errors.hpp"
#include "abi/verdict.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

using namespace kpkg;
using namespace kpkg::abi;

namespace {

std::string manual() {
  std::ifstream page(KPKG_MANUAL);
  return {std::istreambuf_iterator<char>(page), std::istreambuf_iterator<char>()};
}

std::vector<std::string_view> message_names() {
  std::vector<std::string_view> names;
  for (const auto table : messages())
    for (const auto& row : table) names.push_back(row.id);
  names.push_back(message_of_other_errno().id);
  for (const auto& error : tool_errors()) names.push_back(error.id);
  return names;
}

/// The names that docs/man/kpkg-abi.7.scd does not have in bold.
std::string without_a_place(const std::vector<std::string_view>& names) {
  const auto page = manual();
  std::vector<std::string> missing;
  for (const auto name : names)
    if (page.find("*" + std::string(name) + "*") == std::string::npos) missing.emplace_back(name);
  return join(missing, ", ");
}

}  // namespace

TEST_CASE("every decision and every finding of the judge has its place in kpkg-abi(7)") {
  CHECK(without_a_place(decision_names()) == "");
  CHECK(without_a_place(finding_names()) == "");
}

TEST_CASE("every message that can be explained has its place in kpkg-abi(7)") {
  CHECK(without_a_place(message_names()) == "");
}
