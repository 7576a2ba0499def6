// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsconf/plain_file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kpkg;

namespace {

bool plain(std::string_view text) {
  std::set<std::string, std::less<>> known = {"kernelver", "kernel_source_dir"};
  return dkmsconf::is_plain(text, known);
}

}  // namespace

TEST_CASE("assignments of words and quoted texts are plain") {
  CHECK(plain(""));
  CHECK(plain("# a comment with $(a command)\n\n  # another\n"));
  CHECK(plain("A=b\nB[12]=\"c d\"\nC='e f' # comment\nD=\n"));
  CHECK(plain("MAKE=\"make -C ${kernel_source_dir} K=$kernelver all\"\r\n"));
  CHECK(plain("A=x\nB=\"${A[0]}/y ${A}\"\n"));
  CHECK(plain("MAKE='make && make; (make || true)'\n"));
}

TEST_CASE("regular expressions are plain") {
  CHECK(plain("BUILD_EXCLUSIVE_KERNEL=\"^(5\\.[6-9]\\.|[6-9]\\.)\"\n"));
  CHECK(plain("BUILD_EXCLUSIVE_KERNEL='^6.*-rt$'\n"));
  CHECK(plain("BUILD_EXCLUSIVE_ARCH='(x86_64$|aarch64)'\n"));
}

TEST_CASE("what runs something is not plain") {
  CHECK_FALSE(plain("A=$(ls)\n"));
  CHECK_FALSE(plain("A=`ls`\n"));
  CHECK_FALSE(plain("A='$(ls)'\n"));
  CHECK_FALSE(plain("A=\"\\$(ls)\"\n"));
  CHECK_FALSE(plain("A='x\" ls \"'\n"));
  CHECK_FALSE(plain("A=x ls\n"));
  CHECK_FALSE(plain("A=x; ls\n"));
  CHECK_FALSE(plain("A=<(ls)\n"));
  CHECK_FALSE(plain("ls\n"));
  CHECK_FALSE(plain("A=(a b)\n"));
  CHECK_FALSE(plain("A[$i]=x\n"));
  CHECK_FALSE(plain("if true; then\nA=x\nfi\n"));
  CHECK_FALSE(plain("A=$((1+1))\n"));
  CHECK_FALSE(plain("A=\"a\nb\"\n"));
}

TEST_CASE("a command that only comes about when two values meet is not plain") {
  CHECK_FALSE(plain("A='$'\nB='${A}(ls)'\n"));
  CHECK_FALSE(plain("A='x$'\nB=\"${A}y\"\n"));
}

TEST_CASE("names of files that a shell would look for are not plain") {
  CHECK_FALSE(plain("A='x /usr/src/*'\n"));
  CHECK_FALSE(plain("A='x $kernel_source_dir/*'\n"));
  CHECK_FALSE(plain("P='*'\nA='x $P'\n"));
  CHECK_FALSE(plain("A=~/x\n"));
  CHECK(plain("A='x *.ko'\n"));
  CHECK(plain("A='/usr/src/*'\n"));
}

TEST_CASE("variables that are not known, or are never the same, are not plain") {
  CHECK_FALSE(plain("A=$HOME\n"));
  CHECK_FALSE(plain("A=${kernelver%%-*}\n"));
  CHECK_FALSE(plain("RANDOM=1\nA=$RANDOM\n"));
  CHECK_FALSE(plain("IFS=:\nA='x:/usr/src/*'\n"));
  CHECK_FALSE(plain("DKMS_DIRECTIVE_1='A=x'\n"));
}
