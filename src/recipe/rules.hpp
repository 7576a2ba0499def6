// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "recipe/recipe.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::recipe {

/// How the text of one kind of value is read.
template <typename Value>
struct Rule {
  std::string_view expected;                                 ///< the form, as a person is told it
  std::optional<Value> (*read)(std::string_view) = nullptr;  ///< nothing: the text does not fit
  std::optional<std::string> (*meant)(std::string_view) =
      nullptr;  ///< what a text that does not fit most likely means
};

/// The names of other recipes in the ${symvers.NAME} of an argument.
std::vector<std::string> symvers_in(std::string_view argument);

/// The readers of the rules below.
namespace reading {
std::optional<std::string> name(std::string_view text);
std::optional<std::string> version(std::string_view text);
std::optional<std::string> any(std::string_view text);
std::optional<std::string> license(std::string_view text);
std::optional<std::string> url(std::string_view text);
std::optional<std::string> web_url(std::string_view text);
std::optional<std::string> sha256(std::string_view text);
std::optional<std::string> git_id(std::string_view text);
std::optional<std::string> relative_path(std::string_view text);
std::optional<std::string> build_directory(std::string_view text);
std::optional<std::string> object_path(std::string_view text);
std::optional<std::string> device(std::string_view text);
std::optional<std::string> module_name(std::string_view text);
std::optional<std::string> options(std::string_view text);
std::optional<std::string> argument(std::string_view text);
std::optional<std::string> environment_name(std::string_view text);
std::optional<std::string> kernel_version(std::string_view text);
std::optional<std::string> arch(std::string_view text);
std::optional<VersionRange> range(std::string_view text);
std::optional<ConfigCondition> config(std::string_view text);
std::optional<Probe> probe(std::string_view text);
std::optional<DistributionCondition> distribution(std::string_view text);
std::optional<Dependency> dependency(std::string_view text);
std::optional<OnLoadFailure> on_load_failure(std::string_view text);

std::optional<std::string> meant_arch(std::string_view text);
std::optional<std::string> meant_argument(std::string_view text);
std::optional<std::string> meant_on_load_failure(std::string_view text);
}  // namespace reading

/// One rule for each kind of text in a recipe.
namespace rules {
using Text = Rule<std::string>;

inline constexpr Text name = {"lower-case letters, digits and +._- after a letter or digit, at most 100",
                              reading::name};
inline constexpr Text version = {"letters, digits and +.:~^_- after a letter or digit, at most 100",
                                 reading::version};
inline constexpr Text line = {"a text that is not empty", reading::any};
inline constexpr Text license = {"an SPDX expression such as GPL-2.0-or-later", reading::license};
inline constexpr Text url = {"a URL with https, http or file", reading::url};
inline constexpr Text web_url = {"a URL with https or http", reading::web_url};
inline constexpr Text sha256 = {"64 hexadecimal digits", reading::sha256};
inline constexpr Text git_id = {"40 hexadecimal digits", reading::git_id};
inline constexpr Text relative_path = {"a relative path that does not leave its directory",
                                       reading::relative_path};
inline constexpr Text build_directory = {"a relative path inside the source tree, without blanks and colons",
                                         reading::build_directory};
inline constexpr Text object_path = {"a relative path inside the build directory that ends in .ko",
                                     reading::object_path};
inline constexpr Text device = {"a path below /dev", reading::device};
inline constexpr Text module_name = {"letters, digits, _ and - but not - first, at most 55",
                                     reading::module_name};
inline constexpr Text options = {"module parameters on one line, without a backslash at the end",
                                 reading::options};
inline constexpr Text argument = {
    "only the placeholders ${tree} ${release} ${arch} ${jobs} ${source} ${symvers.NAME}", reading::argument,
    reading::meant_argument};
inline constexpr Text environment_name = {"letters, digits and _, not a digit first",
                                          reading::environment_name};
inline constexpr Text kernel_version = {"numbers with points such as 3.10", reading::kernel_version};
inline constexpr Text arch = {
    "x86_64 (amd64), i386, arm64, arm (armhf), riscv (riscv64), powerpc (ppc64el) or s390 (s390x)",
    reading::arch, reading::meant_arch};
inline constexpr Rule<VersionRange> range = {"bounds such as >=6.4 <6.12", reading::range};
inline constexpr Rule<ConfigCondition> config = {"CONFIG_NAME, or !CONFIG_NAME if it must be off",
                                                 reading::config};
inline constexpr Rule<Probe> probe = {"symbol:NAME or member:struct NAME.MEMBER", reading::probe};
inline constexpr Rule<DistributionCondition> distribution = {
    "an ID of os-release, with bounds if wanted, such as debian>=12", reading::distribution};
inline constexpr Rule<Dependency> dependency = {
    "the name of a recipe, with bounds if wanted: name >= version", reading::dependency};
inline constexpr Rule<OnLoadFailure> on_load_failure = {"undo or keep", reading::on_load_failure,
                                                        reading::meant_on_load_failure};
}  // namespace rules

}  // namespace kpkg::recipe
