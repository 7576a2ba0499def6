// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/polish.hpp"

#include "base/text.hpp"
#include "dkmsbuild/root_command.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <utility>

namespace kpkg::dkmsbuild {
namespace {

/// One module on its way from the build to the tree.
class Polisher {
 public:
  Polisher(const Site& site, const Workplace& workplace, const dkmsconf::ConfModule& module,
           const Polish& polish)
      : site_(site), workplace_(workplace), module_(module), polish_(polish) {}

  Result<dkmstree::BuildFile> run(std::string_view bytes, const std::string& told_path) {
    KPKG_TRY(system::make_directories(workplace_.own() + "/finished"));
    KPKG_TRY(system::write_file(host_file(), bytes));
    if (module_.is_stripped) KPKG_TRY(strip());
    if (polish_.signing) KPKG_TRY(sign(told_path));
    const auto suffix = KPKG_TRY(compress());
    auto finished = KPKG_TRY(system::read_file(host_file() + suffix, largest_module));
    KPKG_TRY(system::remove_all(host_file() + suffix));
    return dkmstree::BuildFile{fmt::format("{}.ko{}", module_.installed_name, suffix), std::move(finished)};
  }

 private:
  std::string name() const { return "/finished/" + module_.built_name + ".ko"; }
  std::string host_file() const { return workplace_.own() + name(); }

  system::Command command(std::string program, std::vector<std::string> arguments) const {
    return {.program = std::move(program),
            .arguments = std::move(arguments),
            .environment = system::system_environment(),
            .cost = system::Cost::work};
  }

  /// Runs it; how it ended is of no consequence to DKMS. What it says appears.
  Result<bool> succeeds(const system::Command& command) const {
    const auto outcome = site_.workspace.runner.run(command);
    if (!outcome && outcome.error().kind == ErrorKind::not_found) {
      say_warning(site_.printer, {outcome.error().text()});
      return false;
    }
    if (!outcome) return fail(outcome.error());
    if (outcome->interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
    site_.printer.say(Stream::output, outcome->output);
    site_.printer.say(Stream::errors, outcome->errors);
    return outcome->succeeded();
  }

  Status strip() const {
    const auto* program = polish_.compiler == "clang" ? "llvm-strip" : "strip";
    KPKG_TRY(succeeds(command(program, {"-g", host_file()})));
    return {};
  }

  /// A module that could not be signed is used as it is.
  Status sign(const std::string& told_path) const {
    say_line(site_.printer, "Signing module " + told_path);
    const auto& signing = *polish_.signing;
    auto sign = command(signing.program, {signing.hash, signing.key.key, signing.key.certificate,
                                          workplace_.own_in_root() + name()});
    sign.environment = caller_environment(site_);  // KBUILD_SIGN_PIN, and what a pkcs11: key takes
    const auto outcome = KPKG_TRY(site_.workspace.runner.run(in_root(site_.workspace.root, std::move(sign))));
    if (outcome.interrupted) return fail(ErrorKind::interrupted, "kpkg was asked to stop");
    if (outcome.succeeded()) return {};
    const auto said = outcome.output + outcome.errors;
    say_warning(site_.printer, {fmt::format("Failed to sign module '{}'!", told_path),
                                said.substr(0, said.find_last_not_of('\n') + 1)});
    return {};
  }

  /// What the compression added to the file's name; empty: the file is as it was.
  Result<std::string> compress() const {
    const auto& framework = site_.framework;
    std::string program;
    std::string options;
    if (polish_.suffix == ".gz") std::tie(program, options) = std::pair("gzip", framework.compress_gzip_opts);
    if (polish_.suffix == ".xz") std::tie(program, options) = std::pair("xz", framework.compress_xz_opts);
    if (polish_.suffix == ".zst")
      std::tie(program, options) = std::pair("zstd", framework.compress_zstd_opts);
    if (program.empty()) return std::string();
    auto arguments = words(options);
    arguments.insert(arguments.end(), {"-f", host_file()});
    if (!KPKG_TRY(succeeds(command(program, std::move(arguments))))) return std::string();
    return polish_.suffix;
  }

  const Site& site_;
  const Workplace& workplace_;
  const dkmsconf::ConfModule& module_;
  const Polish& polish_;
};

}  // namespace

Result<std::optional<std::string>> built_bytes(const Workplace& workplace, const std::string& path) {
  const auto root = KPKG_TRY(system::Root::open(workplace.source()));
  const auto real = KPKG_TRY(root.real_path(path));
  const auto status = KPKG_TRY(root.status(real.value_or(path)));
  if (!status || status->type != system::FileType::regular) return std::optional<std::string>();
  return root.read_if_present(*real, largest_module);
}

std::string built_file(const dkmsconf::ConfModule& module) {
  return fmt::format("/{}{}.ko", module.built_location, module.built_name);
}

Result<std::optional<dkmstree::BuildFile>> polished(const Site& site, const Workplace& workplace,
                                                    const dkmsconf::ConfModule& module, const Polish& polish,
                                                    const std::string& build_place) {
  const auto file = built_file(module);
  const auto bytes = KPKG_TRY(built_bytes(workplace, file));
  if (!bytes) {
    say_warning(site.printer, {fmt::format("{}{} has disappeared", build_place, file)});
    return std::optional<dkmstree::BuildFile>();
  }
  auto finished = KPKG_TRY(Polisher(site, workplace, module, polish).run(*bytes, build_place + file));
  return std::optional(std::move(finished));
}

}  // namespace kpkg::dkmsbuild
