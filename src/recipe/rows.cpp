// SPDX-License-Identifier: GPL-2.0-or-later
// The format itself, one row a key. What a key means for a person is told at length in kpkg-recipe(5).
#include "recipe/row.hpp"

#include <array>

namespace kpkg::recipe {
namespace {

constexpr auto required = Presence::required;
constexpr auto optional = Presence::optional;

constexpr std::array source_rows = {
    row<&Source::url, rules::url>("url", optional, "an archive to fetch"),
    row<&Source::git, rules::url>("git", optional, "a git repository to fetch one commit of"),
    row<&Source::apt, rules::name>("apt", optional, "a package of the distribution to unpack"),
    row<&Source::path, rules::line>("path", optional, "a directory of this machine"),
    row<&Source::sha256, rules::sha256>("sha256", optional, "the digest of the archive"),
    row<&Source::mirrors, rules::url>("mirrors", optional, "other URLs of the same archive"),
    row<&Source::commit, rules::git_id>("commit", optional, "the commit"),
    row<&Source::tree, rules::git_id>("tree", optional, "the git tree id of what is unpacked"),
    row<&Source::into, rules::relative_path>("into", optional, "the directory that this source becomes"),
    row<&Source::strip>("strip", optional, "leading directories to drop from names in the archive"),
};

constexpr std::array condition_rows = {
    row<&Condition::kernel, rules::range>("kernel", optional, "versions of the kernel"),
    row<&Condition::arch, rules::arch>("arch", optional, "architectures of the kernel"),
    row<&Condition::distribution, rules::distribution>("distribution", optional, "the distribution"),
    row<&Condition::config, rules::config>("config", optional, "what the kernel's configuration must say"),
    row<&Condition::probe, rules::probe>("probe", optional, "what must exist in the kernel's code"),
};

constexpr std::array build_rows = {
    row<&Build::directory, rules::build_directory>("directory", optional, "where the build runs"),
    row<&Build::steps, rules::argument>("steps", optional, "programs to run instead of kbuild"),
    row<&Build::environment, rules::argument>("environment", optional, "variables of the steps"),
    row<&Build::needs, rules::name>("needs", optional, "packages that the build demands"),
};

constexpr std::array module_rows = {
    row<&Module::name, rules::module_name>("name", required, "the module's name"),
    row<&Module::path, rules::object_path>("path", optional, "where the build leaves it"),
    row<&Module::install_name, rules::module_name>("install_name", optional, "its name once installed"),
    row<&Module::optional>("optional", optional, "whether a build without it is good"),
    row<&Module::options, rules::options>("options", optional, "parameters that it is loaded with"),
    row<&Module::softdep_pre, rules::module_name>("softdep_pre", optional, "modules to load before it"),
    row<&Module::softdep_post, rules::module_name>("softdep_post", optional, "modules to load after it"),
    row<&Module::blacklist, rules::module_name>("blacklist", optional, "modules not to load by alias"),
};

constexpr std::array patch_rows = {
    row<&Patch::file, rules::relative_path>("file", required, "the patch, beside the recipe"),
    row<&Patch::sha256, rules::sha256>("sha256", optional, "its digest"),
    row<&Patch::strip>("strip", optional, "leading directories to drop from its names"),
    row<&Patch::when>("when", optional, "when it applies"),
};

constexpr std::array kernel_rows = {
    row<&KernelRequirements::min, rules::kernel_version>("min", optional, "the oldest kernel"),
    row<&KernelRequirements::config, rules::config>("config", optional, "what its configuration must say"),
};

constexpr std::array firmware_rows = {
    row<&Firmware::file, rules::relative_path>("file", required, "a file of the source tree"),
    row<&Firmware::as, rules::relative_path>("as", optional, "its name below /lib/firmware"),
};

constexpr std::array install_rows = {
    row<&Install::load>("load", optional, "whether to load the modules at boot"),
    row<&Install::udev, rules::relative_path>("udev", optional, "udev rules of the source tree"),
    row<&Install::initramfs>("initramfs", optional, "whether the initramfs gets the modules"),
    row<&Install::critical>("critical", optional, "whether the machine depends on it"),
    row<&Install::on_load_failure, rules::on_load_failure>("on_load_failure", optional,
                                                           "what to do when it does not start"),
    row<&Install::replaces_intree, rules::module_name>("replaces_intree", optional,
                                                       "modules of the kernel that it shadows"),
    row<&Install::firmware>("firmware", optional, "files for the firmware loader"),
};

constexpr std::array variant_rows = {
    row<&Variant::when>("when", required, "when this variant is taken"),
    row<&Variant::sources>("source", optional, "sources instead of the recipe's"),
    row<&Variant::patches>("patches", optional, "patches instead of the recipe's"),
    row<&Variant::build>("build", optional, "a build instead of the recipe's"),
    row<&Variant::modules>("module", optional, "modules instead of the recipe's"),
};

constexpr std::array test_rows = {
    row<&Test::device, rules::device>("device", optional, "a node that exists once it is loaded"),
};

constexpr std::array recipe_rows = {
    row<&Recipe::format>("format", required, "the version of this format, 1"),
    row<&Recipe::name, rules::name>("name", required, "the recipe's name"),
    row<&Recipe::version, rules::version>("version", optional, "the version of the sources"),
    row<&Recipe::summary, rules::line>("summary", required, "what it is, in one line"),
    row<&Recipe::license, rules::license>("license", optional, "the licence of the sources"),
    row<&Recipe::homepage, rules::web_url>("homepage", optional, "where people read more"),
    row<&Recipe::depends, rules::dependency>("depends", optional, "recipes to build first"),
    row<&Recipe::sources>("source", required, "where the sources come from"),
    row<&Recipe::build>("build", optional, "how they are built"),
    row<&Recipe::modules>("module", required, "what the build yields"),
    row<&Recipe::patches>("patches", optional, "changes to the sources"),
    row<&Recipe::kernel>("kernel", optional, "what a kernel must be"),
    row<&Recipe::install>("install", optional, "what installing means"),
    row<&Recipe::variants>("variant", optional, "what is different for some kernels"),
    row<&Recipe::test>("test", optional, "how to see that it works"),
};

}  // namespace

template <>
Rows<Recipe> rows_of<Recipe>() {
  return {"", recipe_rows, schema};
}

template <>
Rows<Source> rows_of<Source>() {
  return {"[[source]]", source_rows, schema};
}

template <>
Rows<Build> rows_of<Build>() {
  return {"[build]", build_rows, schema};
}

template <>
Rows<Module> rows_of<Module>() {
  return {"[[module]]", module_rows, schema};
}

template <>
Rows<Patch> rows_of<Patch>() {
  return {"patches", patch_rows, schema};
}

template <>
Rows<Condition> rows_of<Condition>() {
  return {"when", condition_rows, schema};
}

template <>
Rows<KernelRequirements> rows_of<KernelRequirements>() {
  return {"[kernel]", kernel_rows, schema};
}

template <>
Rows<Install> rows_of<Install>() {
  return {"[install]", install_rows, schema};
}

template <>
Rows<Firmware> rows_of<Firmware>() {
  return {"firmware", firmware_rows, schema};
}

template <>
Rows<Variant> rows_of<Variant>() {
  return {"[[variant]]", variant_rows, schema};
}

template <>
Rows<Test> rows_of<Test>() {
  return {"[test]", test_rows, schema};
}

std::vector<TableSchema> schema() {
  return {described<Recipe>(),
          described<Source>(),
          described<Build>(),
          described<Module>(),
          described<Patch>(),
          described<Condition>(),
          described<KernelRequirements>(),
          described<Install>(),
          described<Firmware>(),
          described<Variant>(),
          described<Test>()};
}

}  // namespace kpkg::recipe
