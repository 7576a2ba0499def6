// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/gates.hpp"

#include "abi/json_reader.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace kpkg::abi {
namespace {

/// The words of a command line; a blank inside double quotes belongs to the word, and the quotes do not.
/// Source: linux lib/cmdline.c, next_arg().
std::vector<std::string> boot_words(std::string_view line) {
  std::vector<std::string> found;
  std::string word;
  bool is_quoted = false;
  for (const char each : std::string(line) + " ") {
    if (each == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && (each == ' ' || each == '\t' || each == '\n')) {
      if (!word.empty()) found.push_back(std::move(word));
      word.clear();
    } else {
      word += each;
    }
  }
  if (!word.empty()) found.push_back(std::move(word));
  return found;
}

/// The kernel takes these for yes; a switch without a value is one too. Source: linux lib/kstrtox.c.
bool is_yes(std::string_view value) {
  return value.empty() || value.front() == 'y' || value.front() == 'Y' || value.front() == '1' ||
         value.starts_with("on");
}

/// Whether one of the policies wants modules to be appraised.
/// Source: linux security/integrity/ima/ima_policy.c, policy_setup() and secure_boot_rules.
bool is_appraising(const std::string& policies) {
  const auto names = words(replaced(policies, "|", " "));
  return std::find(names.begin(), names.end(), "secure_boot") != names.end();
}

Json to_json(const ModprobeLine& line) {
  return {{"module", line.module}, {"command", line.command}, {"file", line.file}};
}

/// An object of names: a list of records would be four times as long.
Json json_of_built_in(const std::vector<BuiltInModule>& modules) {
  Json json = Json::object();
  for (const auto& module : modules) json[module.name] = json_of(module.has_directory);
  return json;
}

Result<ModprobeLine> modprobe_line_from_json(const Json& value) {
  const JsonReader reader(value, "modprobe line");
  KPKG_TRY(reader.check_object());
  ModprobeLine line;
  line.module = KPKG_TRY(reader.text("module"));
  line.command = KPKG_TRY(reader.text("command"));
  line.file = KPKG_TRY(reader.text("file"));
  return line;
}

Result<std::vector<BuiltInModule>> built_in_from(const JsonReader& reader) {
  std::vector<BuiltInModule> modules;
  const Json* const object = KPKG_TRY(reader.optional_object("built_in"));
  if (object == nullptr) return modules;
  const JsonReader names(*object, "built-in modules");
  for (const auto& [name, value] : object->items()) {
    const auto has_directory = KPKG_TRY(names.optional_flag(name));
    modules.push_back({.name = name, .has_directory = has_directory});
  }
  std::sort(modules.begin(), modules.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  return modules;
}

template <typename Record>
Json list_of(const std::vector<Record>& records) {
  Json list = Json::array();
  for (const Record& record : records) list.push_back(to_json(record));
  return list;
}

template <typename Record>
Result<std::vector<Record>> list_from(const JsonReader& reader, std::string_view key,
                                      Result<Record> (*read)(const Json&)) {
  std::vector<Record> records;
  const Json* const list = KPKG_TRY(reader.optional_list(key));
  if (list == nullptr) return records;
  for (const Json& value : *list) records.push_back(KPKG_TRY(read(value)));
  return records;
}

}  // namespace

Gates gates_of_command_line(std::string_view line, const SignaturePolicy& policy) {
  Gates gates{.modules_disabled = false,
              .enforces_signatures = false,
              .is_locked_down = policy.is_locked_down.value_or(false),
              .is_fips = false};
  bool has_ima_policy = false;
  bool is_lenient = false;
  for (const auto& word : boot_words(line)) {
    const auto equal = std::min(word.find('='), word.size());
    const auto key = module_key(word.substr(0, equal));
    const auto value = word.substr(std::min(equal + 1, word.size()));
    if (word == "--") break;  // the rest is for init
    if (key == "nomodule") gates.modules_disabled = is_yes(value);
    if (key == "module.sig_enforce" && is_yes(value)) gates.enforces_signatures = true;
    if (key == "lockdown" && (value == "integrity" || value == "confidentiality"))
      gates.is_locked_down = policy.can_lock_down.value_or(true);
    if (key == "fips") gates.is_fips = value == "1";
    if (key == "ima_policy") has_ima_policy = has_ima_policy || is_appraising(value);
    if (key == "ima_appraise") is_lenient = value == "off" || value == "log" || value == "fix";
    if (key == "module_blacklist") gates.boot_blacklist = split(value, ',');
    if (key == "modprobe.blacklist") {
      for (const auto& name : split(value, ','))
        gates.modprobe_lines.push_back(
            {.module = module_key(name), .command = {}, .file = "the command line"});
    }
  }
  if (has_ima_policy) gates.ima_appraises = !is_lenient;
  return gates;
}

Json to_json(const Gates& gates) {
  return {{"modules_disabled", json_of(gates.modules_disabled)},
          {"enforces_signatures", json_of(gates.enforces_signatures)},
          {"is_locked_down", json_of(gates.is_locked_down)},
          {"boot_blacklist", gates.boot_blacklist},
          {"owner_keys", list_of(gates.owner_keys)},
          {"revoked_keys", list_of(gates.revoked_keys)},
          {"is_fips", json_of(gates.is_fips)},
          {"ima_appraises", json_of(gates.ima_appraises)},
          {"modprobe_unpacks", json_of(gates.modprobe_unpacks)},
          {"kernel_unpacks", gates.kernel_unpacks},
          {"modprobe_lines", list_of(gates.modprobe_lines)},
          {"built_in", json_of_built_in(gates.built_in)}};
}

Result<Gates> gates_from_json(const Json& value) {
  const JsonReader reader(value, "gates");
  KPKG_TRY(reader.check_object());
  Gates gates;
  gates.modules_disabled = KPKG_TRY(reader.optional_flag("modules_disabled"));
  gates.enforces_signatures = KPKG_TRY(reader.optional_flag("enforces_signatures"));
  gates.is_locked_down = KPKG_TRY(reader.optional_flag("is_locked_down"));
  gates.boot_blacklist = KPKG_TRY(reader.texts("boot_blacklist"));
  gates.owner_keys = KPKG_TRY(list_from<TrustedKey>(reader, "owner_keys", trusted_key_from_json));
  gates.revoked_keys = KPKG_TRY(list_from<TrustedKey>(reader, "revoked_keys", trusted_key_from_json));
  gates.is_fips = KPKG_TRY(reader.optional_flag("is_fips"));
  gates.ima_appraises = KPKG_TRY(reader.optional_flag("ima_appraises"));
  if (KPKG_TRY(reader.optional_list("modprobe_unpacks")) != nullptr)
    gates.modprobe_unpacks = KPKG_TRY(reader.texts("modprobe_unpacks"));
  gates.kernel_unpacks = KPKG_TRY(reader.optional_text("kernel_unpacks")).value_or("");
  gates.modprobe_lines = KPKG_TRY(list_from<ModprobeLine>(reader, "modprobe_lines", modprobe_line_from_json));
  gates.built_in = KPKG_TRY(built_in_from(reader));
  return gates;
}

}  // namespace kpkg::abi
