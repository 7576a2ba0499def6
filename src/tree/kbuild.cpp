// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/kbuild.hpp"

#include "base/text.hpp"
#include "build/first_error.hpp"
#include "system/file.hpp"
#include "system/file_system.hpp"
#include "system/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpkg::tree {
namespace {

using Words = std::vector<std::string>;

/// Where less is left, whatever make says is taken for its consequence; all objects together take 10 MB.
constexpr std::uint64_t enough_space = 4U << 20;

/// Fixed, so that the same source, configuration and compiler give the same tree.
Words environment_of(const std::string& temporary, const std::string& job_flags) {
  auto environment = system::system_environment();
  environment.push_back("HOME=" + temporary);
  environment.push_back("TMPDIR=" + temporary);
  environment.emplace_back("SOURCE_DATE_EPOCH=0");
  environment.emplace_back("KBUILD_BUILD_TIMESTAMP=1970-01-01");
  environment.emplace_back("KBUILD_BUILD_USER=kpkg");
  environment.emplace_back("KBUILD_BUILD_HOST=kpkg");
  environment.push_back("MAKEFLAGS=" + job_flags);
  return environment;
}

Result<std::uint64_t> size_of(const std::string& file) {
  const auto status = KPKG_TRY(system::status_of(file));
  return status ? status->size : 0;
}

}  // namespace

Result<Kbuild> Kbuild::begin(KbuildPlace place, const Means& means) {
  Kbuild kbuild(std::move(place), means);
  const auto& here = kbuild.place_;
  const bool renames = means.sandbox.strength() == system::SandboxStrength::namespaces;
  kbuild.view_ = {.binds = {{here.source, renames ? "/build/linux" : here.source, system::Access::read}},
                  .directory = here.objects,
                  .directory_inside = "/build/tree",
                  .temporary = here.temporary};
  KPKG_TRY(kbuild.check_names());
  for (const auto& directory : {here.objects, here.temporary})
    KPKG_TRY(system::give_tree(directory, means.sandbox.user().user, means.sandbox.user().group));
  kbuild.log_ = KPKG_TRY(system::create_output_file(here.log));
  return kbuild;
}

/// make cannot name files whose paths hold blanks or colons.
Status Kbuild::check_names() const {
  for (const auto& path : {place_.source, place_.objects}) {
    const auto name = means_.sandbox.inside(view_, path);
    if (name.find_first_of(" \t\n:") != std::string::npos)
      return fail(ErrorKind::unsupported, fmt::format("kbuild cannot work in \"{}\"", printable(name)),
                  "use a directory without blanks and colons, or install the package bubblewrap");
  }
  return {};
}

Result<system::Outcome> Kbuild::run_confined(system::Command command) {
  const auto too_long = fail(
      ErrorKind::build_failed,
      fmt::format("making the tree took longer than {}", duration_text(place_.timeout)), "see " + place_.log);
  const auto left = place_.timeout - effort_.duration;
  if (left.count() <= 0) return too_long;
  command.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(left);
  command.directory = means_.sandbox.inside(view_, place_.objects);
  command.cost = system::Cost::work;
  auto outcome = KPKG_TRY(means_.runner.run(KPKG_TRY(means_.sandbox.confine(command, view_))));
  effort_.duration += outcome.duration;
  effort_.cpu += outcome.cpu;
  if (outcome.interrupted) return fail(ErrorKind::interrupted, "making the tree was interrupted");
  if (outcome.timed_out) return too_long;
  return outcome;
}

Result<system::Outcome> Kbuild::try_make(Words words) {
  const auto slot = KPKG_TRY(means_.jobserver.acquire());
  Words arguments = {"-C", means_.sandbox.inside(view_, place_.source),
                     "O=" + means_.sandbox.inside(view_, place_.objects)};
  arguments.insert(arguments.end(), place_.variables.begin(), place_.variables.end());
  arguments.insert(arguments.end(), words.begin(), words.end());
  const auto temporary = means_.sandbox.inside(view_, place_.temporary);
  system::Command command{.program = "make",
                          .arguments = std::move(arguments),
                          .environment = environment_of(temporary, means_.jobserver.make_flags()),
                          .passed_descriptors = means_.jobserver.descriptors(),
                          .output = log_.get()};
  KPKG_TRY(system::write_all(log_.get(), "kpkg: " + command.text() + "\n", place_.log));
  auto outcome = KPKG_TRY(run_confined(std::move(command)));
  if (outcome.succeeded()) return outcome;
  auto full = full_disk();
  if (full) return fail(*std::move(full));
  return outcome;
}

Status Kbuild::make(Words words) {
  const auto before = KPKG_TRY(size_of(place_.log));
  const auto outcome = KPKG_TRY(try_make(std::move(words)));
  if (!outcome.succeeded()) return fail(failure(before));
  return {};
}

/// Many of kbuild's programs do not say why they could not write: dash's echo calls it an "I/O error".
std::optional<Error> Kbuild::full_disk() const {
  const auto space = system::file_system_of(place_.objects);
  if (!space || space->free_bytes >= enough_space) return std::nullopt;
  return Error{.kind = ErrorKind::no_space,
               .message = fmt::format("make failed, and {} has only {} kB left", place_.objects,
                                      space->free_bytes >> 10),
               .context = {},
               .hint = "free some space on that file system and run the command again"};
}

Error Kbuild::failure(std::uint64_t log_size_before) const {
  Error error{
      .kind = ErrorKind::build_failed, .message = "make failed", .context = {}, .hint = "see " + place_.log};
  const auto log = system::read_file(place_.log);
  if (!log) return error;
  const auto first =
      build::first_error(std::string_view(*log).substr(std::min<std::size_t>(log_size_before, log->size())));
  if (!first) return error;
  if (first->kind == build::BuildErrorKind::no_space) error.kind = ErrorKind::no_space;
  error.message = first->file.empty() ? first->text : first->file + ": " + first->text;
  // What a module's source should do is no help here: this is the kernel's own.
  if (first->kind == build::BuildErrorKind::no_space) error.hint = first->remedy;
  if (first->kind == build::BuildErrorKind::missing_header)
    error.hint = fmt::format(
        "the kernel's own tools are built with headers of libelf and OpenSSL: apt-get install libelf-dev "
        "libssl-dev; see {}",
        place_.log);
  if (first->kind == build::BuildErrorKind::missing_program)
    error.hint =
        fmt::format("install the program, perhaps one of flex, bison, bc and perl; see {}", place_.log);
  return error;
}

Result<system::Outcome> Kbuild::run(const std::string& program, Words arguments, std::string input) {
  const auto objects = means_.sandbox.inside(view_, place_.objects);
  const bool is_own = program.starts_with("./");
  return run_confined({.program = is_own ? objects + program.substr(1) : program,
                       .arguments = std::move(arguments),
                       .environment = environment_of(means_.sandbox.inside(view_, place_.temporary), ""),
                       .input = std::move(input)});
}

}  // namespace kpkg::tree
