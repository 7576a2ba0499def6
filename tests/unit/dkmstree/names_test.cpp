// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmstree/names.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using namespace kpkg::dkmstree;

namespace {

std::string refusal(const Status& status) {
  return status ? "" : status.error().message;
}

}  // namespace

TEST_CASE("the names of Debian's packages and kernels may be kept in the tree") {
  CHECK(check(VersionId{"west-chamber", "20100405+svn20111107.r124"}));
  CHECK(check(VersionId{"xtrx", "0.0.1+git20190320.5ae3a3e-3.2"}));
  CHECK(check(BuildId{"nvidia-current", "535.1~bpo", {"6.12.20-current-sunxi64", "aarch64"}}));
}

TEST_CASE("names that lead elsewhere are refused") {
  CHECK(refusal(check(VersionId{"../etc", "1"})) == "the module name \"../etc\" has a slash");
  CHECK(refusal(check(VersionId{"dahdi", ".."})) == "the module version \"..\" begins with a dot");
  CHECK(refusal(check(BuildId{"dahdi", "1", {"6.1/..", "x86_64"}})) == "the kernel \"6.1/..\" has a slash");
  CHECK(refusal(check(BuildId{"dahdi", "1", {"6.1", ""}})) == "the architecture is empty");
}

TEST_CASE("names under which DKMS would find something else, or nothing, are refused") {
  CHECK(refusal(check(VersionId{"dahdi", "kernel-6.1-x86_64"})).find("for something else") !=
        std::string::npos);
  CHECK(refusal(check(VersionId{"dahdi", "original_module"})).find("for something else") !=
        std::string::npos);
  CHECK(refusal(check(VersionId{".dahdi", "1"})).find("begins with a dot") != std::string::npos);
  CHECK(refusal(check(VersionId{"dahdi", "1\n2"})).find("has control characters") != std::string::npos);
  CHECK(refusal(check(VersionId{"dahdi", "1 "})).find("ends with a blank") != std::string::npos);
  CHECK(refusal(check(BuildId{"dahdi", "1", {"build", "x86_64"}})).find("does not begin") !=
        std::string::npos);
}
