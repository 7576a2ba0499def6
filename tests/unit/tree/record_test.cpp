// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/record.hpp"

#include "support/files.hpp"
#include "support/kernel_builder.hpp"
#include "system/file.hpp"
#include "system/temp_dir.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <string>

using namespace kpkg;
using tree::Gate;
using tree::PointResult;
using tree::StandingProof;

namespace {

const std::string build_id = "0123456789abcdef";

abi::KernelFacts a_kernel(const std::string& id = build_id) {
  auto facts = test::a_kernel().exporting("usb_submit_urb", 0x1111).facts();
  facts.identity.build_id = id;
  return facts;
}

tree::Proof proved_by(std::vector<Gate> gates) {
  tree::Proof proof{.grade = tree::Grade::exact};
  for (const auto gate : gates) proof.points.push_back({.gate = gate, .result = PointResult::equal});
  return proof;
}

/// A tree of which kpkg recorded what proved it.
struct RecordedTree {
  explicit RecordedTree(const tree::Proof& proof) {
    add("/include/linux/module.h", "struct module;\n");
    add("/Makefile", "#\n");
    REQUIRE(tree::write_record(path(), *tree::record_of(a_kernel(), proof, path())).has_value());
  }

  std::string path() const { return directory.path() + "/tree"; }

  void add(const std::string& name, const std::string& text) const { test::put_file(path() + name, text); }

  /// What holds of the record for this kernel.
  StandingProof standing(const abi::KernelFacts& kernel = a_kernel()) const {
    const auto root = *system::Root::open(directory.path());
    const auto record = tree::read_record(root, "/tree");
    REQUIRE(record.has_value());
    REQUIRE(record->has_value());
    return *tree::standing_proof(root, "/tree", **record, kernel, ::geteuid());
  }

  system::TempDir directory = *system::TempDir::create("/tmp", "kpkg-record-test-");
};

}  // namespace

TEST_CASE("what proved a tree still does for the same kernel while the tree is the same") {
  CHECK(RecordedTree(proved_by({Gate::canary})).standing() == StandingProof{.by_modules = true});
  CHECK(RecordedTree(proved_by({Gate::symbols})).standing() == StandingProof{.by_symbols = true});
  CHECK(RecordedTree(proved_by({Gate::types})).standing() == StandingProof());
}

TEST_CASE("a tree that was changed after its proof profits from nothing") {
  const RecordedTree tree(proved_by({Gate::canary, Gate::symbols}));

  tree.add("/include/linux/module.h", "struct modula;\n");

  CHECK(tree.standing() == StandingProof{.is_changed = true});
}

TEST_CASE("a file more, another mode and another target of a link are changes too") {
  const auto proof = proved_by({Gate::canary});
  const RecordedTree with_more(proof);
  const RecordedTree with_program(proof);

  with_more.add("/include/linux/more.h", "");
  std::filesystem::permissions(with_program.path() + "/Makefile", std::filesystem::perms::owner_exec,
                               std::filesystem::perm_options::add);

  CHECK(with_more.standing().is_changed);
  CHECK(with_program.standing().is_changed);
}

TEST_CASE("modules that were equal prove nothing for another build of the kernel") {
  const RecordedTree tree(proved_by({Gate::canary}));
  auto without_id = a_kernel();
  without_id.identity.build_id.reset();

  CHECK(tree.standing(a_kernel("fedcba9876543210")) == StandingProof());
  CHECK(tree.standing(without_id) == StandingProof());
}

TEST_CASE("a record that others may write is not believed to say that modules were equal") {
  const RecordedTree tree(proved_by({Gate::canary}));

  std::filesystem::permissions(tree.path() + tree::record_name, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);

  CHECK(tree.standing() == StandingProof());
}

TEST_CASE("a record of the first kpkg, which has no digest of the files, proves nothing") {
  const RecordedTree tree(proved_by({Gate::symbols}));

  tree.add(tree::record_name,
           R"({"release": "6.1", "build_id": null, "grade": "exact", "proved_symbols": "00"})");

  CHECK(tree.standing() == StandingProof());
}
