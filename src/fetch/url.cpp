// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/url.hpp"

#include <algorithm>

namespace kpkg::fetch {
namespace {

constexpr std::string_view mark = "://";

/// Where user, password, host and port begin and end.
struct Authority {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Authority authority_of(std::string_view url) {
  const auto found = url.find(mark);
  if (found == std::string_view::npos) return {};
  const auto begin = found + mark.size();
  return {begin, std::min(url.find_first_of("/?#", begin), url.size())};
}

}  // namespace

std::string scheme_of(std::string_view url) {
  const auto found = url.find(mark);
  if (found == std::string_view::npos) return {};
  std::string scheme(url.substr(0, found));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(), [](char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
  });
  return scheme;
}

std::string host_of(std::string_view url) {
  const auto [begin, end] = authority_of(url);
  auto host = url.substr(begin, end - begin);
  if (const auto at = host.rfind('@'); at != std::string_view::npos) host.remove_prefix(at + 1);
  if (host.starts_with('[')) return std::string(host.substr(0, host.find(']') + 1));
  return std::string(host.substr(0, host.find(':')));
}

bool is_clean_url(std::string_view url) {
  return std::all_of(url.begin(), url.end(), [](char character) {
    const auto code = static_cast<unsigned char>(character);
    return code > 0x20 && code < 0x7F && character != '"' && character != '<' && character != '>' &&
           character != '\\' && character != '^' && character != '`' && character != '{' && character != '}';
  });
}

std::string without_credentials(std::string_view url) {
  const auto [begin, end] = authority_of(url);
  const auto at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(url);
  return std::string(url.substr(0, begin)) + std::string(url.substr(at + 1));
}

}  // namespace kpkg::fetch
