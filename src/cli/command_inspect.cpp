// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/fingerprint_json.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/exit_status.hpp"
#include "workflow/inspect.hpp"

#include <fmt/format.h>

namespace kpkg::cli {
namespace {

using workflow::DependencyTree;
using workflow::Inspection;

std::string line(std::string_view name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("  {:<13} {}\n", name, value);
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
  auto text = fmt::format("  imports {}\n", counted(imports.size(), "symbol"));
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

std::string signature_text(const abi::Fingerprint& print) {
  if (!print.signature) return "none";
  if (!print.signature->plausible) return "damaged, or of a kind that kernels do not check";
  return fmt::format("PKCS#7, {} bytes", print.signature->signature_size);
}

std::string loaded_text(const Inspection& inspection) {
  if (!inspection.loaded) return {};
  const auto& loaded = *inspection.loaded;
  const auto same = inspection.is_loaded_build;
  auto text = line("loaded", fmt::format("{}, {}", loaded.state,
                                         !same   ? "perhaps another build"
                                         : *same ? "this build"
                                                 : "another build"));
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
  text += line("srcversion", print.srcversion.value_or("")) + line("depends", join(print.depends, ", "));
  text += line("namespaces", join(print.import_namespaces, ", "));
  if (print.layout) text += line("struct module", layout_text(*print.layout));
  text += line("signature", signature_text(print)) + line("sha256", print.digest.hex());
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
          {"permanent", loaded.is_permanent},
          {"same_build", inspection.is_loaded_build ? Json(*inspection.is_loaded_build) : Json()}};
}

Json json_of(const Inspection& inspection) {
  auto json = abi::to_json(inspection.module.fingerprint);
  json["file"] = inspection.module.file;
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
  json["loaded"] = loaded_json(inspection);
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
    Json dependents = Json::array();
    for (const auto& each : found.dependents)
      dependents.push_back({{"module", each.module}, {"direct", each.is_direct}});
    say_json(context, {{"release", kernels.front().release},
                       {"tree", tree_json(found.tree)},
                       {"dependents", std::move(dependents)}});
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
