// SPDX-License-Identifier: GPL-2.0-or-later
// The program kpkg-kmod: has libkmod insert or remove one module, and prints what happens line by line.
// Private to kpkg; install/kmod.cpp is what calls it and reads its lines.
#include "install/kmod.hpp"

#include "base/text.hpp"
#include "system/console.hpp"

#include <fmt/format.h>
#include <libkmod.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

using namespace kpkg;
namespace kmod_line = install::kmod_line;

namespace {

using Context = std::unique_ptr<kmod_ctx, decltype(&kmod_unref)>;
using Module = std::unique_ptr<kmod_module, decltype(&kmod_module_unref)>;
using Modules = std::unique_ptr<kmod_list, decltype(&kmod_module_unref_list)>;

/// At once: whoever inserts a module may not live to say more.
void say(std::string_view kind, std::string_view text) {
  drop(system::print(fmt::format("{}{}\n", kind, printable(text))), "the end of the pipe says it too");
}

void say_words(std::string_view text) {
  for (const auto& line : lines(trimmed(text))) say(kmod_line::word, line);
}

/// `negative_errno` as libkmod returns it.
int failed(int negative_errno) {
  const int number = -negative_errno;
  const char* const name = ::strerrorname_np(number);
  say(kmod_line::failed, fmt::format("{} {}", name == nullptr ? std::to_string(number) : name,
                                     std::generic_category().message(number)));
  return 1;
}

__attribute__((format(printf, 6, 0))) void log(void* /*data*/, int /*priority*/, const char* /*file*/,
                                               int /*line*/, const char* /*function*/, const char* format,
                                               va_list values) {
  std::array<char, 1024> text{};
  std::vsnprintf(text.data(), text.size(), format, values);
  say_words(text.data());
}

void tell_step(kmod_module* module, bool is_command, const char* options) {
  const char* const path = is_command ? nullptr : kmod_module_get_path(module);
  if (is_command)
    say(kmod_line::step, fmt::format("install {}", kmod_module_get_install_commands(module)));
  else
    say(kmod_line::step, fmt::format("insmod {} {}", path == nullptr ? "" : path, options));
}

/// A command that modprobe.d names instead of a module: the administrator's words for a shell, as modprobe
/// takes them, with what it prints kept apart from our lines. Source: modprobe.d(5), "install".
int run_install(kmod_module* module, const char* words, void* /*data*/) {
  const std::string name = kmod_module_get_name(module);
  system::Command command;
  command.program = "/bin/sh";
  command.arguments = {"-c", words};
  command.environment = system::system_environment();
  command.environment.push_back("MODPROBE_MODULE=" + name);
  system::SystemRunner runner;
  const auto outcome = runner.run(command);
  if (outcome) {
    say_words(outcome->output);
    say_words(outcome->errors);
    if (outcome->succeeded()) return 0;
  }
  const auto how = outcome ? fmt::format("retcode {}", outcome->status) : outcome.error().text();
  say(kmod_line::word, fmt::format("Error running install command '{}' for module {}: {}", words, name, how));
  return -EINVAL;
}

int insert(kmod_ctx* context, const char* name) {
  kmod_list* found = nullptr;
  const int status = kmod_module_new_from_lookup(context, name, &found);
  const Modules modules(found, kmod_module_unref_list);
  if (status < 0) return failed(status);
  if (found == nullptr) {
    say(kmod_line::word, fmt::format("Module {} not found in directory {}", name, kmod_get_dirname(context)));
    return failed(-ENOENT);
  }
  const kmod_list* entry = nullptr;
  kmod_list_foreach(entry, found) {
    const Module module(kmod_module_get_module(entry), kmod_module_unref);
    const int inserted = kmod_module_probe_insert_module(module.get(), KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY,
                                                         nullptr, run_install, nullptr, tell_step);
    if (inserted < 0) return failed(inserted);
    if (inserted > 0)
      say(kmod_line::word, fmt::format("{} is blacklisted", kmod_module_get_name(module.get())));
  }
  return 0;
}

int remove(kmod_ctx* context, const char* name) {
  kmod_module* found = nullptr;
  const int status = kmod_module_new_from_name(context, name, &found);
  if (status < 0) return failed(status);
  const Module module(found, kmod_module_unref);
  const int removed = kmod_module_remove_module(module.get(), KMOD_REMOVE_NOLOG);
  return removed < 0 ? failed(removed) : 0;
}

}  // namespace

int main(int count, char** values) {
  system::open_standard_streams();
  const std::vector<std::string> words(values + std::min(count, 1), values + count);
  if (words.size() != 2 || (words[0] != "insert" && words[0] != "remove")) {
    system::print_error("usage: kpkg-kmod insert|remove NAME\n");
    return 64;
  }
  const Context context(kmod_new(nullptr, nullptr), kmod_unref);
  if (context == nullptr) return failed(-ENOMEM);
  kmod_set_log_fn(context.get(), log, nullptr);
  const int status = words[0] == "insert" ? insert(context.get(), words[1].c_str())
                                          : remove(context.get(), words[1].c_str());
  if (status == 0) say(kmod_line::done, "");
  return status;
}
