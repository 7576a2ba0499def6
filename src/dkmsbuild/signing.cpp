// SPDX-License-Identifier: GPL-2.0-or-later
#include "dkmsbuild/signing.hpp"

#include "base/text.hpp"
#include "dkmsbuild/kernel_place.hpp"
#include "dkmsbuild/root_command.hpp"
#include "dkmsbuild/script.hpp"
#include "system/host.hpp"

#include <fmt/format.h>

namespace kpkg::dkmsbuild {
namespace {

constexpr std::string_view hash_key = "CONFIG_MODULE_SIG_HASH=";

/// The framework again, now that its files can name the kernel.
Result<dkmsconf::Framework> framework_for(const Site& site, const std::string& kernel) {
  auto request = site.framework_request;
  request.kernel = kernel;
  auto known = KPKG_TRY(dkmsconf::recalled_framework(request, site.interpreter));
  if (known) return *std::move(known);
  const auto* sandbox = KPKG_TRY(site.sandbox());
  const dkmsconf::Means means{.runner = site.workspace.runner, .sandbox = *sandbox};
  return dkmsconf::read_framework(request, site.interpreter, means);
}

/// Whether "/" is another directory than that of the first process. Source: dkms 3.4.3, after ischroot(1).
bool is_chroot(const system::Root& root) {
  if (!root.is_host()) return true;
  const auto of_first = system::read_file("/proc/1/mountinfo");
  const auto of_own = system::read_file("/proc/self/mountinfo");
  if (of_first && of_own && *of_first != *of_own) return true;
  const auto first = system::status_of("/proc/1/root/.");
  const auto own = system::status_of("/");
  if (!first || !own || !*first || !*own) return false;
  return (*first)->inode != (*own)->inode || (*first)->device != (*own)->device;
}

/// The value of the first line that begins with `key`, up to another "=", without quotes; nothing: no line.
std::optional<std::string> value_in(std::string_view text, std::string_view key) {
  for (const auto& line : lines(text)) {
    if (!line.starts_with(key)) continue;
    const auto value = line.substr(key.size());
    return replaced(value.substr(0, value.find('=')), "\"", "");
  }
  return std::nullopt;
}

bool is_file(const system::Root& root, const std::string& path) {
  const auto real = root.real_path(path);
  if (!real || !*real) return false;
  const auto status = root.status(**real);
  return status && *status && (*status)->type == system::FileType::regular;
}

bool is_program(const system::Root& root, const std::string& path) {
  const auto executable = is_executable(root, path);
  return is_file(root, path) && executable && *executable;
}

Result<system::Outcome> run(const Site& site, const std::string& program, std::vector<std::string> arguments,
                            const std::vector<std::string>& environment = {}) {
  system::Command command{.program = program,
                          .arguments = std::move(arguments),
                          .environment = system::system_environment(),
                          .cost = system::Cost::work};
  command.environment.insert(command.environment.end(), environment.begin(), environment.end());
  return site.workspace.runner.run(in_root(site.workspace.root, command));
}

/// The program in one of the root's directories of programs; nothing: it is not installed.
std::optional<std::string> program_of(const system::Root& root, const std::string& name) {
  for (const std::string directory : {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"})
    if (auto path = fmt::format("{}/{}", directory, name); is_program(root, path)) return path;
  return std::nullopt;
}

/// Ubuntu has one key for all, which a program of its own makes and enrols. False: it is not there.
Result<bool> take_ubuntus_key(const Site& site, SigningKey& key) {
  const auto& root = site.workspace.root;
  key = {"/var/lib/shim-signed/mok/MOK.priv", "/var/lib/shim-signed/mok/MOK.der"};
  if (is_file(root, key.key) && is_file(root, key.certificate)) return true;
  const auto program = program_of(root, "update-secureboot-policy");
  if (!program) {
    say_line(site.printer, "Binary update-secureboot-policy not found, modules won't be signed");
    return false;
  }
  // It makes no key where a certificate is.
  KPKG_TRY(root.remove(key.certificate));
  say_line(site.printer, "Certificate or key are missing, generating them using update-secureboot-policy...");
  KPKG_TRY(run(site, *program, {"--new-key"}, {"SHIM_NOTRIGGER=y"}));
  const auto enrolled = KPKG_TRY(run(site, *program, {"--enroll-key"}));
  site.printer.say(Stream::output, enrolled.output);
  site.printer.say(Stream::errors, enrolled.errors);
  return true;
}

/// Gentoo's Portage signs with a key of its own, or with that of the kernel.
Result<SigningKey> gentoos_key(const Site& site, const KernelPlace& place) {
  const auto& root = site.workspace.root;
  const auto portage = KPKG_TRY(root.read_if_present("/etc/portage/make.conf")).value_or("");
  const auto setting = [&](const std::string& name) {
    const auto given = system::environment_variable(name).value_or("");
    return given.empty() ? value_in(portage, name + "=").value_or("") : given;
  };
  SigningKey key{setting("MODULES_SIGN_KEY"), setting("MODULES_SIGN_CERT")};
  if (!key.key.empty()) return key;
  const auto config = KPKG_TRY(root.read_if_present(place.config));
  const auto named = config ? value_in(*config, "CONFIG_MODULE_SIG_KEY=") : std::nullopt;
  if (!named) return key;
  const auto path = named->starts_with('/') ? *named : place.source_dir + "/" + *named;
  const auto real = KPKG_TRY(root.real_path(path)).value_or(path);
  return SigningKey{real, real};
}

/// Makes a key and its certificate. False: openssl is not there.
Result<bool> make_key(const Site& site, const SigningKey& key) {
  say_line(site.printer, "Certificate or key are missing, generating self signed certificate for MOK...");
  const auto openssl = program_of(site.workspace.root, "openssl");
  if (!openssl) {
    say_line(site.printer, "openssl not found, can't generate key and certificate.");
    return false;
  }
  KPKG_TRY(run(site, *openssl,
               {"req", "-new", "-x509", "-nodes", "-days", "36500", "-subj", "/CN=DKMS module signing key",
                "-newkey", "rsa:2048", "-keyout", key.key, "-addext", "extendedKeyUsage=codeSigning",
                "-outform", "DER", "-out", key.certificate}));
  return true;
}

/// The program that signs, as the distribution has it.
std::string sign_program(const Site& site, const dkmsconf::Framework& framework, const std::string& kernel) {
  const auto& root = site.workspace.root;
  const std::string_view distribution = framework.running_distribution;
  if (!framework.sign_file.empty()) return framework.sign_file;
  std::string program;
  if (distribution.starts_with("debian"))
    program = fmt::format("/usr/lib/linux-kbuild-{}/scripts/sign-file", kernel.substr(0, kernel.rfind('.')));
  if (distribution.starts_with("ubuntu"))
    program = program_of(root, "kmodsign")
                  .value_or(fmt::format("/usr/src/linux-headers-{}/scripts/sign-file", kernel));
  if (distribution.starts_with("gentoo"))
    program = fmt::format("/usr/src/linux-{}/scripts/sign-file", kernel);
  if (is_file(root, program)) return program;
  return fmt::format("{}/{}/build/scripts/sign-file", framework.install_tree, kernel);
}

/// The hash to sign with, or why nothing is signed.
struct SigningAnswer {
  std::string hash;
  std::string refusal;
};

Result<SigningAnswer> may_sign(const Site& site, const dkmsconf::Framework& framework,
                               const KernelPlace& place) {
  if (framework.try_sign_modules == "false")
    return SigningAnswer{{}, "Module signing is disabled by policy, modules won't be signed"};
  if (framework.try_sign_modules != "true" && is_chroot(site.workspace.root))
    return SigningAnswer{{}, "Running in chroot, modules won't be signed"};
  const auto config = KPKG_TRY(site.workspace.root.read_if_present(place.config));
  if (!config)
    return SigningAnswer{{},
                         fmt::format("Kernel config {} not found, modules won't be signed", place.config)};
  const auto hash = value_in(*config, hash_key);
  if (!hash)
    return SigningAnswer{{}, "The kernel is built without module signing facility, modules won't be signed"};
  return SigningAnswer{*hash, {}};
}

}  // namespace

Result<std::optional<SigningKey>> prepare_key(const Site& site, const dkmsconf::Framework& framework,
                                              const Task& task) {
  const auto& root = site.workspace.root;
  const std::optional<SigningKey> none;
  SigningKey key{framework.mok_signing_key, framework.mok_certificate};
  const std::string_view distribution = framework.running_distribution;
  if (key.key.empty() && distribution.starts_with("ubuntu") && !KPKG_TRY(take_ubuntus_key(site, key)))
    return none;
  if (key.key.empty() && distribution.starts_with("gentoo")) {
    const auto place = KPKG_TRY(kernel_place(site, task));
    key = KPKG_TRY(gentoos_key(site, place));
  }
  if (key.key.empty()) key.key = "/var/lib/dkms/mok.key";
  say_line(site.printer, "Signing key: " + key.key);
  if (key.certificate.empty()) key.certificate = "/var/lib/dkms/mok.pub";
  say_line(site.printer, "Public certificate (MOK): " + key.certificate);
  if (!key.key.starts_with("pkcs11:") && (!is_file(root, key.key) || !is_file(root, key.certificate))) {
    if (!KPKG_TRY(make_key(site, key))) return none;
    if (!is_file(root, key.key)) {
      say_line(site.printer,
               fmt::format("Key file {} not found and can't be generated, modules won't be signed", key.key));
      return none;
    }
  }
  if (is_file(root, key.certificate)) return std::optional(key);
  say_line(site.printer,
           fmt::format("Certificate file {} not found and can't be generated, modules won't be signed",
                       key.certificate));
  return none;
}

Result<std::optional<Signing>> prepare_signing(const Site& site, const Task& task) {
  const std::optional<Signing> none;
  const auto& kernel = task.id.target.kernel;
  const auto framework = KPKG_TRY(framework_for(site, kernel));
  const auto place = KPKG_TRY(kernel_place(site, task));
  const auto answer = KPKG_TRY(may_sign(site, framework, place));
  if (!answer.refusal.empty()) {
    say_line(site.printer, answer.refusal);
    return none;
  }
  const auto program = sign_program(site, framework, kernel);
  say_line(site.printer, "Sign command: " + program);
  if (!is_program(site.workspace.root, program)) {
    say_line(site.printer, fmt::format("Binary {} not found, modules won't be signed", program));
    return none;
  }
  const auto key = KPKG_TRY(prepare_key(site, framework, task));
  return key ? std::optional(Signing{program, answer.hash, *key}) : none;
}

}  // namespace kpkg::dkmsbuild
