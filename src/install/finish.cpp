// SPDX-License-Identifier: GPL-2.0-or-later
#include "install/finish.hpp"

#include "archive/compression.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "build/debug_types.hpp"
#include "system/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace kpkg::install {
namespace {

constexpr std::uint64_t largest_module = 64U << 20;  // bytes

/// The GNU name of the binutils for a machine.
struct Target {
  elf::Architecture architecture;
  std::string_view triplet;
};

// Source: Debian's multiarch tuples, dpkg-architecture(1); e_machine of the ELF gABI.
constexpr auto elf32 = elf::ElfClass::elf32;
constexpr auto elf64 = elf::ElfClass::elf64;
constexpr auto little = elf::ByteOrder::little;
constexpr auto big = elf::ByteOrder::big;
constexpr std::array<Target, 11> targets = {{
    {{62, elf64, little}, "x86_64-linux-gnu"},
    {{3, elf32, little}, "i686-linux-gnu"},
    {{183, elf64, little}, "aarch64-linux-gnu"},
    {{40, elf32, little}, "arm-linux-gnueabihf"},
    {{243, elf64, little}, "riscv64-linux-gnu"},
    {{21, elf64, little}, "powerpc64le-linux-gnu"},
    {{21, elf64, big}, "powerpc64-linux-gnu"},
    {{22, elf64, big}, "s390x-linux-gnu"},
    {{258, elf64, little}, "loongarch64-linux-gnu"},
    {{8, elf64, little}, "mips64el-linux-gnuabi64"},
    {{8, elf32, little}, "mipsel-linux-gnu"},
}};

/// Programs that may be able to strip for the machine, the surest first. The plain name is the host's own,
/// or one for many machines; it says itself when it does not know the format.
std::vector<std::string> strip_programs(const elf::Architecture& architecture) {
  std::vector<std::string> programs;
  for (const auto& target : targets) {
    if (target.architecture == architecture) programs.push_back(fmt::format("{}-strip", target.triplet));
  }
  programs.emplace_back("strip");
  return programs;
}

/// The compressor's command line without the file; the file is replaced, as kbuild does.
struct Compressor {
  std::string program;
  std::vector<std::string> arguments;
  std::string suffix;
};

std::optional<Compressor> compressor_of(abi::Compression compression) {
  switch (compression) {
    case abi::Compression::none: return std::nullopt;
    // -n: without the name and time that would make the same module differ.
    case abi::Compression::gz: return Compressor{"gzip", {"-n", "-f"}, ".gz"};
    // CRC32, because the kernel's decoder knows no other check but none (linux lib/xz/xz_dec_stream.c), and
    // the dictionary that kbuild takes. One thread, kbuild's default up to xz 5.4: more of them cut the file
    // into blocks, and its bytes would depend on the number of processors.
    case abi::Compression::xz:
      return Compressor{"xz", {"--check=crc32", "--lzma2=dict=1MiB", "--threads=1", "-f"}, ".xz"};
    case abi::Compression::zst: return Compressor{"zstd", {"-T0", "--rm", "-f", "-q"}, ".zst"};
  }
  return std::nullopt;
}

system::Command command(const std::string& program, std::vector<std::string> arguments) {
  return {.program = program,
          .arguments = std::move(arguments),
          .environment = system::system_environment(),
          .cost = system::Cost::work};
}

/// "tty0tty" of "/build/tty0tty.ko".
Result<std::string> module_name(const std::string& file) {
  auto name = last_of(file);
  if (!name.ends_with(".ko") || name.size() == 3)
    return fail(ErrorKind::usage, file + " is not named like a module", "name a file that ends in .ko");
  name.remove_suffix(3);
  return std::string(name);
}

/// The request with paths that mean the same to the programs, which run in another working directory.
///
/// Refuses to write over what the caller gave only to be read.
Result<FinishRequest> settled(FinishRequest request) {
  const auto slash = request.module_file.find_last_of('/');
  const auto from = slash == std::string::npos ? "." : request.module_file.substr(0, slash + 1);
  const auto source = KPKG_TRY(system::canonical_path(from));
  request.directory = KPKG_TRY(system::canonical_path(request.directory));
  if (source == request.directory)
    return fail(ErrorKind::usage,
                fmt::format("{} is to be finished in its own directory", request.module_file),
                "name another directory for the finished module");
  request.module_file = KPKG_TRY(system::canonical_path(request.module_file));
  return request;
}

/// One module on its way from the compiler to the disk. Owns the notes made on the way.
class Finisher {
 public:
  Finisher(const FinishRequest& request, system::Runner& runner, std::string name)
      : request_(request), runner_(runner), name_(std::move(name)), file_(path_with("")) {}

  Result<FinishedModule> finish();

 private:
  std::string path_with(const std::string& suffix) const {
    return fmt::format("{}/{}.ko{}", request_.directory, name_, suffix);
  }
  Status clear() const;
  Result<abi::ModuleTypes> types_of(const std::string& built);
  Status strip(const abi::Fingerprint& built);
  Result<bool> strip_with(const std::string& program);
  Status copy() const { return system::copy_tree(request_.module_file, file_); }
  Status compress();
  void note(std::string text) { notes_.push_back(std::move(text)); }

  const FinishRequest& request_;
  system::Runner& runner_;
  std::string name_;
  std::string file_;  ///< as far as it is finished
  std::vector<std::string> notes_;
};

/// Removes what an interrupted run left under the names that are used here.
Status Finisher::clear() const {
  for (const auto* suffix : {"", ".gz", ".xz", ".zst"}) KPKG_TRY(system::remove_all(path_with(suffix)));
  return {};
}

Result<abi::ModuleTypes> Finisher::types_of(const std::string& built) {
  if (!build::has_debug_information(built)) return abi::ModuleTypes{};
  return build::debug_types(request_.module_file, runner_);
}

Status Finisher::strip(const abi::Fingerprint& built) {
  if (built.signature) {
    note(name_ + " is signed and was not stripped, which would break the signature");
    return copy();
  }
  for (const auto& program : strip_programs(built.architecture)) {
    const bool is_done = KPKG_TRY(strip_with(program));
    if (is_done) return {};
  }
  note(fmt::format("{} was not stripped: no strip for {} is installed", name_,
                   elf::machine_name(built.architecture.machine)));
  return copy();
}

/// Whether the program is there and could do it.
/// Errors: io, no_space: it knows the format and failed all the same.
Result<bool> Finisher::strip_with(const std::string& program) {
  const auto outcome = runner_.run(command(program, {"--strip-debug", "-o", file_, request_.module_file}));
  if (!outcome && outcome.error().kind == ErrorKind::not_found) return false;
  const auto ended = KPKG_TRY(std::move(outcome));
  if (ended.succeeded()) return true;
  KPKG_TRY(system::remove_all(file_));
  // GNU: "Unable to recognise the format of the input file", "file format not recognized".
  const bool is_foreign = ended.errors.find("recogni") != std::string::npos;
  if (is_foreign && !ended.interrupted && !ended.timed_out) return false;
  if (ended.interrupted) return fail(ErrorKind::interrupted, "stripping " + name_ + " was interrupted");
  return fail(ErrorKind::io, fmt::format("{} cannot strip {}: {}", program, request_.module_file,
                                         printable(trimmed(ended.errors))));
}

Status Finisher::compress() {
  const auto compressor = compressor_of(request_.compression);
  if (!compressor) return {};
  auto arguments = compressor->arguments;
  arguments.push_back(file_);
  KPKG_TRY(system::run_successfully(runner_, command(compressor->program, std::move(arguments)))
               .within("compressing " + name_));
  file_ += compressor->suffix;
  return {};
}

Result<FinishedModule> Finisher::finish() {
  KPKG_TRY(clear());
  const auto built = KPKG_TRY(system::read_file(request_.module_file, largest_module));
  // Before debug information is stripped: it says which structures the module was built with.
  auto types = KPKG_TRY(types_of(built));
  KPKG_TRY(strip(KPKG_TRY(abi::fingerprint(built).within("reading " + request_.module_file))));
  KPKG_TRY(compress());
  const auto bytes = KPKG_TRY(system::read_file(file_, largest_module));
  const auto plain = KPKG_TRY(archive::decompress(bytes, largest_module).within("reading back " + file_));
  auto fingerprint = KPKG_TRY(abi::fingerprint(plain).within("reading back " + file_));
  fingerprint.types.table = std::move(types.table);
  fingerprint.types.btf = std::move(types.btf);
  return FinishedModule{
      .name = name_,
      .file_name = std::string(last_of(file_)),
      .file = file_,
      .size = bytes.size(),
      .digest = crypto::sha256(bytes),
      .fingerprint = std::move(fingerprint),
      .notes = std::move(notes_),
  };
}

}  // namespace

Result<FinishedModule> finish(const FinishRequest& request, system::Runner& runner) {
  auto name = KPKG_TRY(module_name(request.module_file));
  KPKG_TRY(system::make_directories(request.directory));
  const auto place = KPKG_TRY(settled(request));
  return Finisher(place, runner, std::move(name))
      .finish()
      .within(fmt::format("finishing {}", last_of(request.module_file)));
}

}  // namespace kpkg::install
