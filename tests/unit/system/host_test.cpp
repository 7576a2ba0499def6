// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/host.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>

using namespace kpkg;

namespace {

/// One variable of this process for a while, which must not have had it.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

bool has(const system::Host& host, const std::string& proxy) {
  return std::find(host.proxies.begin(), host.proxies.end(), proxy) != host.proxies.end();
}

}  // namespace

TEST_CASE("the proxies that kpkg was given are known, however their names are written, and nothing else") {
  const Variable lower("https_proxy", "http://proxy:3128");
  const Variable upper("ALL_PROXY", "socks5://proxy");
  const Variable other("SECRET_PROXY", "x");

  const auto host = system::observe_host().value();

  CHECK(has(host, "https_proxy=http://proxy:3128"));
  CHECK(has(host, "ALL_PROXY=socks5://proxy"));
  CHECK_FALSE(has(host, "SECRET_PROXY=x"));
}
