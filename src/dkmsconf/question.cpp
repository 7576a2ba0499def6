// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/question.hpp"

#include "base/text.hpp"

#include <initializer_list>
#include <string_view>

namespace kpkg::dkmsconf {

std::vector<std::string> Question::arguments() const {
  std::vector<std::string> words;
  const auto say = [&](std::initializer_list<std::string_view> more) {
    words.insert(words.end(), more.begin(), more.end());
  };
  for (const auto& [name, value] : variables) say({"variable", name, value});
  for (const auto& name : kpkg::words(names)) say({"name", name});
  for (const auto& name : kpkg::words(retired)) say({"retired", name});
  for (const auto& file : files) say({"read", file, ""});
  for (const auto& directive : directives) {
    // Without "=" the name is the value as well, as it is for DKMS.
    const auto equals = directive.find('=');
    const auto value = equals == std::string::npos ? directive : directive.substr(equals + 1);
    const auto name = directive.substr(0, equals);
    say({"export", name, value});
  }
  for (const auto& comparison : comparisons) say({"compare", comparison.name, comparison.text});
  for (const auto& name : searches) say({"search", name, ""});
  if (!consulted.empty()) say({"clang", "", ""});
  return words;
}

}  // namespace kpkg::dkmsconf
