// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/compiler.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace kpkg::build {
namespace {

bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

bool is_clang(const std::string& version_text) {
  return version_text.find("clang") != std::string::npos;
}

/// "12" of "gcc-12 (Debian 12.2.0-14) 12.2.0" and "14" of "Debian clang version 14.0.6"; empty if unknown.
///
/// gcc's package name in parentheses may hold other numbers, and some append a date; clang's address comes
/// last.
std::string major_version(const std::string& version_text) {
  constexpr std::string_view mark = "version ";
  const auto version = version_text.find(mark);
  const auto closing = version_text.rfind(')');
  std::size_t begin = 0;
  if (version != std::string::npos)
    begin = version + mark.size();
  else if (closing != std::string::npos)
    begin = closing + 1;
  for (const auto& word : words(version_text.substr(begin)))
    if (is_digit(word.front())) return word.substr(0, word.find('.'));
  return {};
}

/// The first word of gcc's version text is the name it was called by. Empty for clang, which prints no name.
std::string program_of(const std::string& version_text) {
  if (is_clang(version_text)) return {};
  const auto all = words(version_text);
  return all.empty() ? std::string() : all.front();
}

/// Two builds are the same compiler if only the name they were called by differs.
std::string without_program(const std::string& version_text) {
  return version_text.substr(std::min(program_of(version_text).size(), version_text.size()));
}

bool is_plain_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char character) {
    return std::isalnum(character) != 0 ||
           std::string_view("-_.+").find(static_cast<char>(character)) != std::string_view::npos;
  });
}

std::string family_of(const KernelCompiler& kernel) {
  return kernel.is_clang ? "clang" : "gcc";
}

void add_once(std::vector<std::string>& names, std::string name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

CompilerChoice choice_of(const KernelCompiler& kernel, const Compiler& compiler, std::string note) {
  CompilerChoice choice{
      .compiler = compiler, .make_variables = {"CC=" + compiler.program}, .note = std::move(note)};
  if (kernel.is_clang && kernel.linked_by_lld) choice.make_variables.emplace_back("LLVM=1");
  return choice;
}

template <typename Condition>
const Compiler* first_where(const std::vector<Compiler>& compilers, Condition condition) {
  const auto found = std::find_if(compilers.begin(), compilers.end(), condition);
  return found == compilers.end() ? nullptr : &*found;
}

bool is_default(const std::string& program) {
  return program.ends_with("gcc") || program.ends_with("clang");
}

}  // namespace

KernelCompiler kernel_compiler(const kernel::Configuration& configuration) {
  const std::string text(configuration.value("CONFIG_CC_VERSION_TEXT").value_or(""));
  return KernelCompiler{.version_text = text,
                        .is_clang = configuration.is_set("CONFIG_CC_IS_CLANG") || is_clang(text),
                        .linked_by_lld = configuration.is_set("CONFIG_LD_IS_LLD")};
}

std::vector<std::string> compiler_names(const KernelCompiler& kernel, std::string_view prefix) {
  std::vector<std::string> names;
  const auto family = family_of(kernel);
  // clang is one program for all targets, so it has no prefix.
  const std::string start(kernel.is_clang ? std::string_view() : prefix);
  const auto own = program_of(kernel.version_text);
  if (is_plain_name(own) && own.starts_with(start)) add_once(names, own);
  const auto major = major_version(kernel.version_text);
  if (!major.empty()) add_once(names, fmt::format("{}{}-{}", start, family, major));
  add_once(names, start + family);
  return names;
}

Result<std::vector<Compiler>> installed_compilers(system::Runner& runner,
                                                  std::span<const std::string> names) {
  std::vector<Compiler> found;
  for (const auto& name : names) {
    const auto outcome = runner.run({.program = name,
                                     .arguments = {"--version"},
                                     .environment = system::system_environment(),
                                     .timeout = std::chrono::seconds(10)});
    if (!outcome && outcome.error().kind != ErrorKind::not_found) return fail(outcome.error());
    if (!outcome || !outcome->succeeded()) continue;
    const auto said = lines(outcome->output);
    if (!said.empty()) found.push_back(Compiler{name, said.front()});
  }
  return found;
}

Result<CompilerChoice> choose_compiler(const KernelCompiler& kernel, std::span<const Compiler> installed) {
  std::vector<Compiler> family;
  std::copy_if(installed.begin(), installed.end(), std::back_inserter(family),
               [&](const auto& compiler) { return is_clang(compiler.version_text) == kernel.is_clang; });
  const auto major = major_version(kernel.version_text);
  const auto suffix = major.empty() ? std::string() : "-" + major;
  if (family.empty())
    return fail(ErrorKind::not_found,
                fmt::format("the kernel was built by {}, and no {} is installed",
                            kernel.version_text.empty() ? "gcc" : kernel.version_text, family_of(kernel)),
                fmt::format("install it: apt-get install {}{}", family_of(kernel), suffix));
  if (kernel.version_text.empty())
    return choice_of(kernel, family.back(), "the kernel does not say which compiler built it");

  const auto wanted = without_program(kernel.version_text);
  if (const auto* same = first_where(
          family, [&](const auto& compiler) { return without_program(compiler.version_text) == wanted; }))
    return choice_of(kernel, *same, {});
  const auto* best = first_where(
      family, [&](const auto& compiler) { return compiler.program == program_of(kernel.version_text); });
  if (best == nullptr)
    best = first_where(family,
                       [&](const auto& compiler) { return major_version(compiler.version_text) == major; });
  if (best == nullptr)
    best = first_where(family, [](const auto& compiler) { return is_default(compiler.program); });
  if (best == nullptr) best = &family.front();
  return choice_of(
      kernel, *best,
      fmt::format("the kernel was built by {}, this module by {}", kernel.version_text, best->version_text));
}

}  // namespace kpkg::build
