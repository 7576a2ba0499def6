// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint_json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "cli/tree_json.hpp"
#include "workflow/inspect.hpp"
#include "workflow/tree_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace kpkg::cli {
namespace {

using workflow::DependencyTree;
using workflow::Inspection;

std::string line(std::string_view name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("  {:<13} {}\n", name, value);
}

std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

/// The build-id behind the name "GNU" of its note, which is how the kernel shows it.
std::string build_id_of(const std::string& note) {
  constexpr std::string_view name("GNU\0", 4);
  const auto place = note.find(name);
  return place == std::string::npos ? "" : to_hex(bytes_of(note).subspan(place + name.size()));
}

std::string crc_text(const auto& crc) {
  return crc ? fmt::format("0x{:08x}", *crc) : std::string("no CRC");
}

std::string provider_text(const Inspection& inspection, std::size_t index) {
  if (!inspection.knows_symbols) return {};
  const auto& provider = inspection.providers[index];
  if (!provider) return " from nobody";
  return fmt::format(" from {}{}", provider->owner, provider->gpl_only ? ", GPL-only" : "") +
         (provider->name_space.empty() ? std::string() : ", namespace " + provider->name_space);
}

std::string imports_text(const Inspection& inspection) {
  const auto& imports = inspection.module.fingerprint.imports;
  const auto restricted = std::count_if(inspection.providers.begin(), inspection.providers.end(),
                                        [](const auto& provider) { return provider && provider->gpl_only; });
  auto text = fmt::format("  imports {}{}\n", counted(imports.size(), "symbol"),
                          inspection.knows_symbols ? fmt::format(", {} of them GPL-only", restricted) : "");
  if (!inspection.knows_symbols)
    text += inspection.release.empty()
                ? "    who exports them is not known: no kernel is at hand\n"
                : fmt::format("    who exports them is not known: kernel {} does not tell its symbols\n",
                              inspection.release);
  for (std::size_t i = 0; i < imports.size(); ++i)
    text += fmt::format("    {} {}{}{}\n", imports[i].symbol, crc_text(imports[i].crc),
                        imports[i].weak ? " weak" : "", provider_text(inspection, i));
  return text;
}

std::string exports_text(const abi::Fingerprint& print) {
  auto text = fmt::format("  exports {}\n", counted(print.exports.size(), "symbol"));
  for (const auto& offered : print.exports)
    text += fmt::format("    {} {}{}{}\n", offered.symbol, crc_text(offered.crc),
                        offered.gpl_only ? " GPL-only" : "",
                        offered.name_space.empty() ? std::string() : " namespace " + offered.name_space);
  return text;
}

std::string layout_text(const abi::Layout& layout) {
  const auto offset = [](const std::optional<std::uint64_t>& value) {
    return value ? fmt::format("0x{:x}", *value) : std::string("none");
  };
  return fmt::format("{} bytes, init at {}, exit at {}", layout.size, offset(layout.init_offset),
                     offset(layout.exit_offset));
}

/// Who signed it, by what: the signer is a key, or a certificate by its issuer and number.
std::string signers_text(const abi::Fingerprint& print) {
  if (!print.signature_message) return {};
  std::string text;
  for (const auto& signer : print.signature_message->message.signers) {
    const auto who = signer.key_id.empty() ? fmt::format("{}, serial {}", told_name(signer.issuer_name),
                                                         to_hex(bytes_of(signer.serial)))
                                           : "the key " + to_hex(bytes_of(signer.key_id));
    text += line("signed by", fmt::format("{}, with {} and {}", who, signer.digest, signer.algorithm));
  }
  return text;
}

/// What the kernel makes of it; empty: nobody knows.
std::string opinion_text(const abi::SignatureCheckResult& signature) {
  switch (signature.outcome) {
    case abi::SignatureOutcome::absent: return "";
    case abi::SignatureOutcome::good: return "right: the kernel has the key, from " + signature.key;
    case abi::SignatureOutcome::unsupported: return "the kernel cannot check it: " + signature.detail;
    case abi::SignatureOutcome::of_unknown_key: return "the kernel has no such key";
    case abi::SignatureOutcome::wrong: return "wrong: the file was changed after it was signed";
    case abi::SignatureOutcome::with_parameters: return "refused: its trailer has fields that must be 0";
    case abi::SignatureOutcome::not_of_data: return "refused: it is that of a program";
    case abi::SignatureOutcome::with_attributes: return "refused: it has signed attributes";
    case abi::SignatureOutcome::damaged:
    case abi::SignatureOutcome::of_unread_version: return "refused: " + signature.detail;
    case abi::SignatureOutcome::revoked: return "refused: " + signature.detail;
    case abi::SignatureOutcome::unchecked:
    case abi::SignatureOutcome::may_be_wrong: return "not checked: " + signature.detail;
  }
  return "";
}

std::string signature_text(const Inspection& inspection) {
  const auto& print = inspection.module.fingerprint;
  auto text = line("signature", !print.signature ? std::string("none")
                                : !print.signature->plausible
                                    ? "damaged, or of a kind that kernels do not check"
                                    : fmt::format("PKCS#7, {} bytes", print.signature->signature_size));
  text += signers_text(print);
  return text + (inspection.signature ? line("kernel says", opinion_text(*inspection.signature)) : "");
}

/// The modules that need it themselves; those that need it through others stand in the tree.
std::string dependents_text(const Inspection& inspection) {
  std::vector<std::string> names;
  for (const auto& each : inspection.dependents)
    if (each.is_direct) names.push_back(each.module);
  return line("needed by", join(names, ", "));
}

std::string loaded_text(const Inspection& inspection) {
  if (!inspection.loaded) return {};
  const auto& loaded = *inspection.loaded;
  const auto same = inspection.is_loaded_build;
  auto text = line("loaded", fmt::format("{}, {}", loaded.state,
                                         !same   ? "perhaps another build"
                                         : *same ? "this build"
                                                 : "another build"));
  if (same == false)
    text += line("its version", loaded.srcversion.value_or("")) +
            line("its build-id", build_id_of(loaded.build_id_note));
  text += line("users", loaded.users ? std::to_string(*loaded.users) : "not counted: it cannot be unloaded");
  text += line("held by", join(loaded.holders, ", ")) + line("its taints", loaded.taint);
  return text + line("unloading", loaded.is_permanent ? "impossible: it has no exit function" : "");
}

std::string parameters_text(const Inspection& inspection) {
  std::string text;
  for (const auto& parameter : inspection.parameters)
    text += line("parameter", parameter.name + (parameter.type.empty() ? "" : " (" + parameter.type + ")") +
                                  (parameter.description.empty() ? "" : ": " + parameter.description));
  return text;
}

std::string inspection_text(const Inspection& inspection) {
  const auto& print = inspection.module.fingerprint;
  auto text = fmt::format("{}\n", inspection.module.file);
  text += line("name", print.name) + line("version", print.version.value_or("")) +
          line("vermagic", print.vermagic.value_or(""));
  text += line("machine", elf::machine_name(print.architecture.machine)) +
          line("license", print.license.value_or(""));
  text += line("srcversion", print.srcversion.value_or("")) + line("depends", join(print.depends, ", ")) +
          dependents_text(inspection);
  text += line("namespaces", join(print.import_namespaces, ", "));
  if (print.layout) text += line("struct module", layout_text(*print.layout));
  text += line("compression", inspection.module.compression);
  if (inspection.tree) text += line("built in", workflow::told(*inspection.tree));
  text += signature_text(inspection) + line("sha256", print.digest.hex());
  for (const auto& taint : inspection.taints)
    text += line("taints with", fmt::format("{}: {}", taint.letter, taint.reason));
  text += loaded_text(inspection) + parameters_text(inspection);
  return printable(text + imports_text(inspection) + exports_text(print));
}

Json loaded_json(const Inspection& inspection) {
  if (!inspection.loaded) return {};
  const auto& loaded = *inspection.loaded;
  return {{"state", loaded.state},
          {"users", loaded.users ? Json(*loaded.users) : Json()},
          {"holders", loaded.holders},
          {"taint", loaded.taint},
          {"srcversion", loaded.srcversion ? Json(*loaded.srcversion) : Json()},
          {"build_id", build_id_of(loaded.build_id_note)},
          {"permanent", loaded.is_permanent},
          {"same_build", inspection.is_loaded_build ? Json(*inspection.is_loaded_build) : Json()}};
}

Json signature_json(const Inspection& inspection) {
  if (!inspection.signature) return {};
  const auto& signature = *inspection.signature;
  return {{"outcome", abi::name_of(signature.outcome)},
          {"signer", signature.signer},
          {"key", signature.key},
          {"detail", signature.detail}};
}

Json dependents_json(const std::vector<workflow::Dependent>& dependents) {
  Json json = Json::array();
  for (const auto& each : dependents) json.push_back({{"module", each.module}, {"direct", each.is_direct}});
  return json;
}

Json json_of(const Inspection& inspection) {
  auto json = abi::to_json(inspection.module.fingerprint);
  json["file"] = inspection.module.file;
  json["compression"] = inspection.module.compression;
  json["release"] = inspection.release.empty() ? Json() : Json(inspection.release);
  for (std::size_t i = 0; i < inspection.providers.size(); ++i) {
    const auto& provider = inspection.providers[i];
    json["imports"][i]["owner"] = provider ? Json(provider->owner) : Json();
    json["imports"][i]["gpl_only"] = provider ? Json(provider->gpl_only) : Json();
    json["imports"][i]["name_space"] = provider ? Json(provider->name_space) : Json();
  }
  json["parameters"] = Json::array();
  for (const auto& parameter : inspection.parameters)
    json["parameters"].push_back(
        {{"name", parameter.name}, {"type", parameter.type}, {"description", parameter.description}});
  json["taints"] = Json::array();
  for (const auto& taint : inspection.taints)
    json["taints"].push_back({{"letter", std::string(1, taint.letter)}, {"reason", taint.reason}});
  json["tree"] = inspection.tree ? json_of_tree(*inspection.tree) : Json();
  json["loaded"] = loaded_json(inspection);
  json["signature_check"] = signature_json(inspection);
  json["dependents"] = dependents_json(inspection.dependents);
  return json;
}

std::string tree_text(const DependencyTree& tree, std::size_t level) {
  auto text = std::string(2 * level, ' ') + tree.module;
  if (!tree.is_installed) text += ": not installed";
  text += tree.is_repeated ? " (see above)\n" : "\n";
  for (const auto& needed : tree.needs) text += tree_text(needed, level + 1);
  return text;
}

Json tree_json(const DependencyTree& tree) {
  Json needs = Json::array();
  for (const auto& needed : tree.needs) needs.push_back(tree_json(needed));
  return {{"module", tree.module},
          {"installed", tree.is_installed},
          {"repeated", tree.is_repeated},
          {"needs", std::move(needs)}};
}

Result<int> say_tree(const Context& context, const Inspection& inspection) {
  const auto kernels = KPKG_TRY(kernels_of(context));
  const auto found =
      KPKG_TRY(workflow::dependencies(context.workspace, kernels.front(), inspection.module.fingerprint));
  if (context.arguments.json) {
    say_json(context, {{"release", kernels.front().release},
                       {"tree", tree_json(found.tree)},
                       {"dependents", dependents_json(found.dependents)}});
    return success_status;
  }
  auto text = tree_text(found.tree, 0);
  text += fmt::format("needed by {}\n", counted(found.dependents.size(), "module"));
  for (const auto& each : found.dependents)
    text += each.is_direct ? "  " + each.module + "\n" : "  (" + each.module + ")\n";
  context.terminal.say(printable(text));
  return success_status;
}

}  // namespace

Result<int> run_inspect(const Context& context) {
  const auto inspection = KPKG_TRY(
      workflow::inspect(context.workspace, context.arguments.names.front(), context.arguments.kernels));
  if (context.arguments.tree) return say_tree(context, inspection);
  if (context.arguments.json)
    say_json(context, json_of(inspection));
  else
    context.terminal.say(inspection_text(inspection));
  return success_status;
}

}  // namespace kpkg::cli
