// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkms/arguments.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace kpkg::dkms {
namespace {

using dkmsconf::Remark;
using dkmsconf::Stream;

/// What scripts compare: the version of DKMS whose interface this is.
constexpr std::string_view version_line = "dkms-3.4.3\n";

constexpr std::array<std::string_view, 15> actions = {
    "remove",         "install",         "autoinstall", "uninstall", "match",     "mktarball",
    "build",          "unbuild",         "add",         "status",    "ldtarball", "generate_mok",
    "kernel_preinst", "kernel_postinst", "kernel_prerm"};

constexpr std::array<std::string_view, 3> retired_options = {"--no-initrd", "--no-clean-kernel",
                                                             "--no-prepare-kernel"};

/// An option without a value.
struct Flag {
  std::string_view word;
  bool Arguments::*place;
};

constexpr std::array<Flag, 10> flags = {{{"--binaries-only", &Arguments::wants_binaries_only},
                                         {"--source-only", &Arguments::wants_source_only},
                                         {"--force", &Arguments::is_forced},
                                         {"--force-version-override", &Arguments::overrides_versions},
                                         {"--all", &Arguments::wants_all},
                                         {"--verbose", &Arguments::is_verbose},
                                         {"--rpm_safe_upgrade", &Arguments::is_safe_upgrade},
                                         {"--symlink-modules", &Arguments::links_modules},
                                         {"--no-depmod", &Arguments::skips_depmod},
                                         {"--modprobe-on-install", &Arguments::loads_modules}}};

/// "M/V" is both; anything else a module alone, of which the version may have been given apart.
void take_module(const std::string& value, Arguments& arguments) {
  const auto slash = value.find('/');
  arguments.module = value.substr(0, slash);
  if (slash != std::string::npos) arguments.version = value.substr(slash + 1);
}

void take_kernel(const std::string& value, Arguments& arguments) {
  const auto slash = value.find('/');
  arguments.kernels.push_back(value.substr(0, slash));
  if (slash != std::string::npos) arguments.archs.push_back(value.substr(slash + 1));
}

using Taker = void (*)(const std::string& value, Arguments& arguments);

/// An option with a value: its short spelling is a whole word, its long one how a word begins.
struct Option {
  std::string_view start;
  std::string_view word;
  Taker take;
};

constexpr std::array<Option, 14> options = {
    {{"--module", "-m", take_module},
     {"", "-v", [](const std::string& value, Arguments& to) { to.version = value; }},
     {"--kernelver", "-k", take_kernel},
     {"--templatekernel", "", [](const std::string& value, Arguments& to) { to.template_kernel = value; }},
     {"", "-c", [](const std::string& value, Arguments& to) { to.conf = value; }},
     {"--dkmstree", "", [](const std::string& value, Arguments& to) { to.dkms_tree = value; }},
     {"--sourcetree", "", [](const std::string& value, Arguments& to) { to.source_tree = value; }},
     {"--installtree", "", [](const std::string& value, Arguments& to) { to.install_tree = value; }},
     {"--config", "", [](const std::string& value, Arguments& to) { to.kernel_config = value; }},
     {"--archive", "", [](const std::string& value, Arguments& to) { to.archive = value; }},
     {"--arch", "-a", [](const std::string& value, Arguments& to) { to.archs.push_back(value); }},
     {"--kernelsourcedir", "", [](const std::string& value, Arguments& to) { to.kernel_source_dir = value; }},
     {"--directive", "", [](const std::string& value, Arguments& to) { to.directives.push_back(value); }},
     {"", "-j", [](const std::string& value, Arguments& to) { to.parallel_jobs = value; }}}};

/// How a shell's `read` takes a text: one line of it, without blanks at its ends.
std::string one_line(std::string_view text) {
  return std::string(trimmed(text.substr(0, text.find('\n'))));
}

class Parser {
 public:
  Parser(const std::vector<std::string>& words, const std::string& program, const Looker& look)
      : words_(words), program_(program), look_(look) {}

  Parsed parse() {
    for (; position_ < words_.size() && !parsed_.status; ++position_) {
      const auto& word = words_[position_];
      if (!take_option(word) && !take_flag(word) && !take_special(word)) take_rest(word);
    }
    return std::move(parsed_);
  }

 private:
  void say(Remark remark) {
    if (!parsed_.arguments.is_quiet) parsed_.remarks.push_back(std::move(remark));
  }

  void end(int status) { parsed_.status = status; }

  bool take_option(const std::string& word) {
    const auto* found = std::find_if(options.begin(), options.end(), [&](const Option& option) {
      return (!option.word.empty() && word == option.word) ||
             (!option.start.empty() && word.starts_with(option.start));
    });
    if (found == options.end()) return false;
    const auto equals = word.find('=');
    std::string value;
    if (equals != std::string::npos)
      value = word.substr(equals + 1);
    else if (++position_ < words_.size())
      value = words_[position_];
    found->take(one_line(value), parsed_.arguments);
    return true;
  }

  bool take_flag(const std::string& word) {
    const auto* found =
        std::find_if(flags.begin(), flags.end(), [&](const Flag& flag) { return word == flag.word; });
    if (found == flags.end()) return false;
    parsed_.arguments.*(found->place) = true;
    return true;
  }

  bool take_special(const std::string& word) {
    if (word == "--quiet" || word == "-q") {
      parsed_.arguments.is_quiet = true;
    } else if (word == "--version" || word == "-V") {
      say({Stream::output, std::string(version_line)});
      end(0);
    } else if (word == "--help" || word == "-h") {
      say({Stream::output, usage(program_)});
      end(0);
    } else if (std::find(retired_options.begin(), retired_options.end(), word) != retired_options.end()) {
      say(dkmsconf::deprecation_remark(word));
    } else if (word != "--debug") {  // that traces DKMS's shell, and there is none here
      return false;
    }
    return true;
  }

  void take_rest(const std::string& word) {
    if (!word.starts_with('-')) return take_word(word);
    say(dkmsconf::error_remark({fmt::format("Unknown option: {}", word)}));
    say({Stream::output, usage(program_)});
    end(2);
  }

  void take_word(const std::string& word) {
    constexpr std::string_view conf = "dkms.conf";
    auto& arguments = parsed_.arguments;
    if (std::find(actions.begin(), actions.end(), word) != actions.end()) {
      if (arguments.action.empty()) {
        arguments.action = word;
        return;
      }
      say(dkmsconf::error_remark({"Cannot specify more than one action."}));
      return end(4);
    }
    const auto kind = look_(word);
    if (kind == WordKind::file && word.ends_with(conf))
      arguments.source_directory = word.substr(0, word.size() - conf.size()) + "./";
    else if (kind == WordKind::directory && look_(fmt::format("{}/{}", word, conf)) == WordKind::file)
      arguments.source_directory = word;
    else if (kind == WordKind::file)
      arguments.archive = word;
    else if (arguments.module.empty())
      take_module(word, arguments);
    else
      say(dkmsconf::warning_remark({fmt::format("I do not know how to handle {}.", word)}));
  }

  const std::vector<std::string>& words_;
  const std::string& program_;
  const Looker& look_;
  std::size_t position_ = 0;
  Parsed parsed_;
};

}  // namespace

Parsed parse_arguments(const std::vector<std::string>& words, const std::string& program,
                       const Looker& look) {
  return Parser(words, program, look).parse();
}

std::optional<dkmsconf::Refusal> contradiction_in(const Arguments& arguments) {
  const auto& [kernels, archs] = std::tie(arguments.kernels, arguments.archs);
  if (arguments.wants_binaries_only && arguments.wants_source_only)
    return dkmsconf::Refusal{
        8, dkmsconf::error_remark(
               {"You have specified both --binaries-only and --source-only.", "You cannot do this."})};
  if (kernels.size() != archs.size() && archs.size() > 1)
    return dkmsconf::Refusal{
        1, dkmsconf::error_remark(
               {"If more than one arch is specified on the command line, then there",
                "must be an equal number of kernel versions also specified (1:1 relationship)."})};
  if (!kernels.empty() && arguments.wants_all)
    return dkmsconf::Refusal{
        2, dkmsconf::error_remark(
               {"You cannot specify a kernel version and also specify", "--all on the command line."})};
  if (!archs.empty() && arguments.wants_all)
    return dkmsconf::Refusal{3, dkmsconf::error_remark({"You cannot specify an arch and also specify",
                                                        "--all on the command line."})};
  return std::nullopt;
}

std::string usage(const std::string& program) {
  return "Usage: " + program +
         " [action] [options]\n"
         "  [action]  = { add | remove | build | unbuild | install | uninstall | match |\n"
         "               autoinstall | mktarball | ldtarball | status | generate_mok |\n"
         "               kernel_preinst | kernel_postinst | kernel_prerm }\n"
         "  [options] = [-m module] [-v module-version] [-k kernel-version] [-a arch]\n"
         "              [-c dkms.conf-location] [-q] [--force] [--force-version-override] [--all]\n"
         "              [--templatekernel=kernel] [--directive='cli-directive=cli-value']\n"
         "              [--config=kernel-include/config/auto.conf-location] [--archive=tarball-location]\n"
         "              [--kernelsourcedir=source-location] [--rpm_safe_upgrade]\n"
         "              [--dkmstree path] [--sourcetree path] [--installtree path]\n"
         "              [--binaries-only] [--source-only] [--verbose]\n"
         "              [--no-depmod] [--modprobe-on-install] [-j number] [--version] [--help]\n";
}

}  // namespace kpkg::dkms
