// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/debug_types.hpp"

#include "support/btf_writer.hpp"

#include <doctest/doctest.h>

using namespace kpkg;

namespace {

/// Stands for pahole.
class Pahole : public system::Runner {
 public:
  explicit Pahole(Result<system::Outcome> answer) : answer_(std::move(answer)) {}

  Result<system::Outcome> run_observed(const system::Command& command,
                                       const system::LineObserver& /*on_line*/) override {
    asked = command.text();
    return answer_;
  }

  std::string asked;

 private:
  Result<system::Outcome> answer_;
};

std::string some_btf() {
  test::BtfWriter writer;
  writer.structure("device", 8, {});
  return writer.bytes();
}

}  // namespace

TEST_CASE("the types of a module are what pahole writes of its debug information") {
  Pahole pahole(system::Outcome{.output = some_btf()});

  const auto types = build::debug_types("/built/x.ko", pahole);

  REQUIRE(types);
  REQUIRE(types->table != nullptr);
  CHECK(types->table->types.size() == 1);
  CHECK(pahole.asked == "pahole --btf_encode_detached=/dev/stdout /built/x.ko");
}

TEST_CASE("without pahole, and where it cannot do it, nothing is known of the types") {
  Pahole absent(fail(ErrorKind::not_found, "no program pahole"));
  Pahole failing(system::Outcome{.status = 1, .output = some_btf()});
  Pahole chatting(system::Outcome{.output = "no BTF"});

  CHECK(build::debug_types("/x.ko", absent).value() == abi::ModuleTypes{});
  CHECK(build::debug_types("/x.ko", failing).value() == abi::ModuleTypes{});
  CHECK(build::debug_types("/x.ko", chatting).value() == abi::ModuleTypes{});
}

TEST_CASE("that the user stopped pahole is told") {
  Pahole stopped(system::Outcome{.interrupted = true});

  CHECK(build::debug_types("/x.ko", stopped).error().kind == ErrorKind::interrupted);
}
