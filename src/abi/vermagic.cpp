// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/vermagic.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kpkg::abi {
namespace {

std::string_view release_of(std::string_view vermagic) {
  return vermagic.substr(0, vermagic.find(' '));
}

std::string_view rest_of(std::string_view vermagic) {
  return vermagic.substr(release_of(vermagic).size());
}

/// The words of `from` that `others` lack, each as often as it is lacking.
std::vector<std::string> lacking(std::vector<std::string> others, const std::vector<std::string>& from) {
  std::vector<std::string> result;
  for (const std::string& word : from) {
    const auto found = std::find(others.begin(), others.end(), word);
    if (found == others.end()) {
      result.push_back("'" + word + "'");
    } else {
      others.erase(found);
    }
  }
  return result;
}

}  // namespace

bool is_same_vermagic(std::string_view module, std::string_view kernel, FirstWord first_word) {
  if (first_word == FirstWord::compared) return module == kernel;
  return rest_of(module) == rest_of(kernel);
}

std::string vermagic_difference(std::string_view module, std::string_view kernel, FirstWord first_word) {
  std::vector<std::string> parts;
  if (first_word == FirstWord::compared && release_of(module) != release_of(kernel)) {
    parts.push_back(fmt::format("the release is {} instead of {}", release_of(module), release_of(kernel)));
  }
  const auto module_words = words(rest_of(module));
  const auto kernel_words = words(rest_of(kernel));
  const auto missing = lacking(module_words, kernel_words);
  const auto extra = lacking(kernel_words, module_words);
  if (!missing.empty()) parts.push_back(join(missing, ", ") + " missing");
  if (!extra.empty()) parts.push_back(join(extra, ", ") + " too much");
  if (missing.empty() && extra.empty() && rest_of(module) != rest_of(kernel)) {
    parts.emplace_back(module_words == kernel_words ? "only blanks differ" : "the order of words differs");
  }
  return join(parts, "; ");
}

bool only_release_differs(std::string_view module, std::string_view kernel) {
  return release_of(module) != release_of(kernel) && rest_of(module) == rest_of(kernel);
}

}  // namespace kpkg::abi
