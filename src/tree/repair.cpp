// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/repair.hpp"

#include "abi/symvers.hpp"
#include "base/text.hpp"
#include "system/file.hpp"
#include "tree/configuration_files.hpp"
#include "tree/configuration_text.hpp"
#include "tree/host_tools.hpp"
#include "tree/linker_script.hpp"
#include "tree/private_copy.hpp"
#include "tree/record.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::tree {
namespace {

constexpr std::string_view settings_file = "include/config/auto.conf";
constexpr std::string_view header_file = "include/generated/autoconf.h";

bool is_wrong(const Attestation& attestation, Aspect aspect) {
  return std::any_of(attestation.observations.begin(), attestation.observations.end(),
                     [&](const auto& each) { return each.aspect == aspect && each.weight == Weight::wrong; });
}

/// Mends one tree in its copy. Owns what was done so far.
class Mender {
 public:
  Mender(const Subject& subject, const Inspection& tree, const Attestation& attestation, std::string copy,
         const Means& means)
      : subject_(subject), tree_(tree), attestation_(attestation), means_(means) {
    repair_.tree = {.path = std::move(copy)};
    repair_.tree.sources = tree.tree.sources;
  }

  Result<Repair> mend() {
    const auto copied = KPKG_TRY(copy_privately(subject_.root, tree_.tree.path, repair_.tree.path));
    for (const auto& link : copied) did(link);
    if (is_wrong(Aspect::configuration) || !tree_.written) KPKG_TRY(mend_configuration());
    if (is_wrong(Aspect::release)) KPKG_TRY(mend_release());
    if (is_wrong(Aspect::symbols)) KPKG_TRY(mend_symbols());
    if (is_wrong(Aspect::linker_script)) KPKG_TRY(mend_script());
    if (is_wrong(Aspect::host_tools)) KPKG_TRY(mend_tools());
    repair_.tree.symvers = KPKG_TRY(subject_.root.real_path(place("Module.symvers")));
    return std::move(repair_);
  }

 private:
  bool is_wrong(Aspect aspect) const { return tree::is_wrong(attestation_, aspect); }

  std::string place(std::string_view name) const { return fmt::format("{}/{}", repair_.tree.path, name); }
  void did(std::string what) { repair_.done.push_back(std::move(what)); }
  void leave(std::string what) { repair_.left.push_back(std::move(what)); }

  Status write(std::string_view name, std::string_view text) const {
    return replace_in_copy(subject_.root, repair_.tree.path, name, text);
  }

  /// Of the tree as it was; empty: it has no such file.
  Result<std::string> text_of(std::string_view name) const {
    const auto text = KPKG_TRY(subject_.root.read_if_present(fmt::format("{}/{}", tree_.tree.path, name)));
    return text.value_or("");
  }

  Status mend_configuration() {
    const auto kernel = configuration_text(subject_);
    if (!kernel) {
      leave(kernel.error().text());
      return {};
    }
    ConfigurationFiles present;
    present.written = KPKG_TRY(text_of(".config"));
    present.settings = KPKG_TRY(text_of(settings_file));
    present.header = KPKG_TRY(text_of(header_file));
    const auto files = configuration_files(kernel->text, present);
    KPKG_TRY(write(".config", files.written));
    if (is_wrong(Aspect::configuration)) {
      KPKG_TRY(write(settings_file, files.settings));
      KPKG_TRY(write(header_file, files.header));
    }
    did(fmt::format("the configuration is again that of {}", kernel->origin));
    return {};
  }

  Status mend_release() {
    const auto& release = subject_.kernel.release;
    KPKG_TRY(write("include/config/kernel.release", release + "\n"));
    KPKG_TRY(write("include/generated/utsrelease.h", fmt::format("#define UTS_RELEASE \"{}\"\n", release)));
    did("the release is again " + release);
    return {};
  }

  Status mend_symbols() {
    const auto& symbols = subject_.learned.facts.symbols;
    if (!symbols || !symbols->is_complete) {
      leave("what the kernel exports is not known, so Module.symvers cannot be written");
      return {};
    }
    KPKG_TRY(write("Module.symvers", abi::symvers_text(symbols->table)));
    const auto tree = KPKG_TRY(subject_.root.host_path(repair_.tree.path));
    const auto record = KPKG_TRY(record_of(subject_.learned.facts, Proof(), tree));
    KPKG_TRY(write_record(tree, record));
    did(fmt::format("Module.symvers was recovered: {} of {}", counted(symbols->table.size(), "symbol"),
                    symbols->origin));
    return {};
  }

  Status mend_script() {
    const auto made =
        KPKG_TRY(make_linker_script(subject_, repair_.tree.path, *tree_.missing_script, means_));
    made.is_done ? did(made.text) : leave(made.text);
    return {};
  }

  Status mend_tools() {
    for (const auto& tool : tree_.tools) {
      if (tool.state == ToolState::runs) continue;
      const auto made = KPKG_TRY(make_host_tool(subject_, repair_.tree.path, tool.path, means_));
      made.is_done ? did(made.text) : leave(made.text);
    }
    return {};
  }

  const Subject& subject_;
  const Inspection& tree_;
  const Attestation& attestation_;
  const Means& means_;
  Repair repair_;
};

}  // namespace

bool is_mendable(const Inspection& tree, const Attestation& attestation) {
  return !tree.symvers || !is_wrong(attestation, Aspect::symbols);
}

Result<Repair> repair(const Subject& subject, const Inspection& tree, const Attestation& attestation,
                      const std::string& destination, const Means& means) {
  return Mender(subject, tree, attestation, destination, means)
      .mend()
      .within("mending a copy of " + tree.tree.path);
}

}  // namespace kpkg::tree
