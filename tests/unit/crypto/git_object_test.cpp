// SPDX-License-Identifier: GPL-2.0-or-later
#include "crypto/git_object.hpp"

#include <doctest/doctest.h>

using namespace kpkg;
using crypto::GitEntry;
using crypto::GitMode;

namespace {

GitEntry an_entry(GitMode mode, std::string name, std::string_view id) {
  return {mode, std::move(name), *crypto::GitId::parse(id)};
}

/// A tree that git 2.39 made; `git ls-tree` showed these ids.
std::vector<GitEntry> a_tree_of_git() {
  return {an_entry(GitMode::file, "lib.c", "587be6b4c3f93f93c489c0111bba5596147a26cb"),
          an_entry(GitMode::executable, "run", "1a2485251c33a70432394c93fb89330ef214bfc9"),
          an_entry(GitMode::directory, "lib", "c49897f29f9819a0ab6850d7e22443508a1a29d5"),
          an_entry(GitMode::link, "link", "fbb007385af7b6ad346feb12ceffab48b5e67b49"),
          an_entry(GitMode::directory, "lib-x", "533d93e7f0076246366dd840eb9da8b6c845d961")};
}

}  // namespace

TEST_CASE("a blob has the id that the book on git shows for it") {
  CHECK(crypto::git_blob_id("what is up, doc?").hex() == "bd9dbf5aae1a3862dd1526723246b20206e5fc37");
  CHECK(crypto::git_blob_id("").hex() == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
}

TEST_CASE("a blob with a NUL counts to its end") {
  CHECK(crypto::git_blob_id(std::string_view("a\0b", 3)) != crypto::git_blob_id("a"));
}

TEST_CASE("the empty tree has the id that git gives it") {
  CHECK(crypto::git_tree_id({}).hex() == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}

TEST_CASE("a directory sorts as if its name ended in a slash, in whatever order the entries come") {
  CHECK(crypto::git_tree_id(a_tree_of_git()).hex() == "1bf406405197263092e526cc76ca0dc98c141cd0");
}

TEST_CASE("the mode of an entry is part of the tree's id") {
  auto entries = a_tree_of_git();
  entries[0].mode = GitMode::executable;

  CHECK(crypto::git_tree_id(entries) != crypto::git_tree_id(a_tree_of_git()));
}

TEST_CASE("an id is read in either case and from exactly 40 digits") {
  const std::string digits = "1bf406405197263092e526cc76ca0dc98c141cd0";

  CHECK(crypto::GitId::parse("1BF406405197263092E526CC76CA0DC98C141CD0")->hex() == digits);
  CHECK(crypto::GitId::parse(digits.substr(1)).error().kind == ErrorKind::invalid);
  CHECK(crypto::GitId::parse(digits + "0").error().kind == ErrorKind::invalid);
  CHECK(crypto::GitId::parse("-" + digits.substr(1)).error().kind == ErrorKind::invalid);
  CHECK(crypto::GitId::parse("zz" + digits.substr(2)).error().kind == ErrorKind::invalid);
}
