// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/attestation_memory.hpp"

#include "base/json.hpp"
#include "build/compiler.hpp"
#include "crypto/digest.hpp"
#include "system/file.hpp"
#include "tree/attestation_json.hpp"
#include "tree/tree_digest.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <vector>

namespace kpkg::tree {
namespace {

/// Higher whenever the same tree is judged otherwise.
constexpr int generation = 2;

/// What a change of a tree changes: packages and people replace these as a whole.
constexpr std::array<std::string_view, 18> stamped_files = {"",
                                                            "/.config",
                                                            "/Makefile",
                                                            "/Module.symvers",
                                                            "/include/config/auto.conf",
                                                            "/include/config/kernel.release",
                                                            "/include/generated",
                                                            "/include/generated/autoconf.h",
                                                            "/include/generated/utsrelease.h",
                                                            "/include/generated/uapi/linux/version.h",
                                                            "/scripts",
                                                            "/scripts/Makefile.modfinal",
                                                            "/scripts/module.lds",
                                                            "/scripts/basic/fixdep",
                                                            "/scripts/mod/modpost",
                                                            "/scripts/genksyms/genksyms",
                                                            "/tools/objtool/objtool",
                                                            "/include/linux/module.h"};

/// The programs that building in the tree would take, as files: that one came, went or was upgraded.
std::vector<std::string> programs_of(const Subject& subject, const std::string& cross_prefix) {
  const auto& configuration = subject.learned.configuration;
  const auto wanted = build::kernel_compiler(configuration.value_or(kernel::Configuration()));
  auto names = build::compiler_names(wanted, cross_prefix);
  names.insert(names.end(), {"make", "ld", "pahole"});
  return names;
}

/// Everything that attest() asks, as one digest. Owns the hash.
class Stamp {
 public:
  void add(std::string_view text) {
    hash_.update(fmt::format("{} ", text.size()));
    hash_.update(text);
  }

  void add(const std::string& name, const std::optional<system::FileStatus>& status) {
    add(status ? fmt::format("{} {} {} {}", name, status->size, status->modified_ns, status->inode)
               : name + " is absent");
  }

  std::string finish() { return hash_.finish().hex(); }

 private:
  crypto::Sha256 hash_;
};

/// What was proved once holds as long as not one file is another.
Status add_record(Stamp& stamp, const Subject& subject, const kernel::KernelTree& tree,
                  const AttestRequest& request) {
  stamp.add(request.record ? "made by kpkg" : "packaged");
  if (!request.record) return {};
  const auto& record = *request.record;
  for (const auto& text : {record.build_id.value_or(""), record.proved_symbols, record.files})
    stamp.add(text);
  stamp.add(record.has_equal_modules ? "equal" : "");
  if (!record.files.empty()) stamp.add(KPKG_TRY(stamp_of_tree(KPKG_TRY(subject.root.host_path(tree.path)))));
  return {};
}

Result<std::string> stamp_of(const Subject& subject, const kernel::KernelTree& tree,
                             const AttestRequest& request) {
  Stamp stamp;
  const auto& facts = subject.learned.facts;
  const auto& identity = facts.identity;
  for (const auto& text : {subject.kernel.release, identity.build_id.value_or(""),
                           identity.banner.value_or(""), facts.vermagic.value_or(""), request.cross_prefix})
    stamp.add(text);
  KPKG_TRY(add_record(stamp, subject, tree, request));
  if (facts.symbols) stamp.add(facts.symbols->table.bytes());
  if (subject.learned.configuration) stamp.add(subject.learned.configuration->text());
  for (const auto& name : programs_of(subject, request.cross_prefix)) {
    const auto program = system::find_program(name);
    stamp.add(name, program ? KPKG_TRY(system::status_of(*program)) : std::nullopt);
  }
  for (const auto file : stamped_files) {
    const auto real = KPKG_TRY(subject.root.real_path(fmt::format("{}{}", tree.path, file)));
    stamp.add(std::string(file), real ? KPKG_TRY(subject.root.status(*real)) : std::nullopt);
  }
  return stamp.finish();
}

struct Kept {
  Attestation attestation;
  bool is_probed = false;
};

std::optional<Kept> recalled(const std::string& key, const std::string& stamp, kernel::Memory& memory) {
  const auto bytes = memory.recall(key);
  const auto json = bytes ? parse_json(bytes->view()) : Result<Json>(Json());
  if (!bytes || !json || !json->is_object() || json->value("stamp", "") != stamp) return std::nullopt;
  auto attestation = attestation_from_json((*json)["attestation"]);
  if (!attestation) return std::nullopt;
  return Kept{std::move(*attestation), json->value("is_probed", false)};
}

std::string key_of(const kernel::KernelTree& tree, const AttestRequest& request) {
  return fmt::format("attestation {} {} {}", generation, KPKG_VERSION,
                     request.known_as.empty() ? tree.path : request.known_as);
}

}  // namespace

Result<std::optional<Attestation>> remembered_attestation(const Subject& subject,
                                                          const kernel::KernelTree& tree,
                                                          const AttestRequest& request,
                                                          kernel::Memory& memory) {
  auto kept = recalled(key_of(tree, request), KPKG_TRY(stamp_of(subject, tree, request)), memory);
  if (!kept || (request.depth == Depth::modules && !kept->is_probed)) return std::optional<Attestation>{};
  return std::optional(std::move(kept->attestation));
}

Result<Attestation> attest_and_remember(const Subject& subject, const kernel::KernelTree& tree,
                                        const AttestRequest& request, const Means& means,
                                        kernel::Memory& memory) {
  const auto stamp = KPKG_TRY(stamp_of(subject, tree, request));
  auto attested = KPKG_TRY(attest(subject, tree, request, means));
  memory.keep(key_of(tree, request), json_text({{"stamp", stamp},
                                                {"is_probed", attested.is_probed},
                                                {"attestation", to_json(attested.attestation)}}));
  return std::move(attested.attestation);
}

}  // namespace kpkg::tree
