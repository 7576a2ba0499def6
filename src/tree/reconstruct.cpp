// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/reconstruct.hpp"

#include "abi/symvers.hpp"
#include "archive/unpack.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "build/compiler.hpp"
#include "system/file.hpp"
#include "system/host.hpp"
#include "tree/build_salt.hpp"
#include "tree/configuration_text.hpp"
#include "tree/preconditions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace kpkg::tree {
namespace {

/// A kernel's source has 1.5 GB in 6.1 and 1.8 GB in 7.2.
constexpr std::uint64_t largest_source = 8ULL << 30;

/// The name below the objects of a configuration that tells only what is set.
constexpr const char* partial_configuration = "kernel.config";

/// What must be known of a kernel before its source is of any use.
struct Known {
  ConfigurationText text;
  SourceArchitecture architecture;
  UpstreamVersion version;
};

Result<Known> known_of(const Subject& subject) {
  auto text = KPKG_TRY(configuration_text(subject));
  const auto& configuration = *subject.learned.configuration;
  auto architecture = KPKG_TRY(check_architecture(subject, configuration, text.origin));
  KPKG_TRY(check_not_shuffled(configuration));
  KPKG_TRY(check_symbols(subject));
  const auto banner = subject.learned.facts.identity.banner.value_or("");
  auto version = KPKG_TRY(upstream_version(text.text, text.origin, banner));
  return Known{std::move(text), std::move(architecture), std::move(version)};
}

Result<build::CompilerChoice> compiler_for(const Subject& subject, const std::string& cross_prefix,
                                           system::Runner& runner) {
  const auto kernel = build::kernel_compiler(*subject.learned.configuration);
  const auto names = build::compiler_names(kernel, cross_prefix);
  const auto installed = KPKG_TRY(build::installed_compilers(runner, names).within("choosing a compiler"));
  return build::choose_compiler(kernel, installed).within("choosing a compiler");
}

/// One reconstruction from its checks to the tree beside its destination. Owns what is made on the way.
class Work {
 public:
  Work(const Subject& subject, const ReconstructionRequest& request, const Means& means)
      : subject_(subject), request_(request), means_(means) {}

  Result<Reconstruction> run();

 private:
  Status check_kernel();
  Status open_source();
  Status find_source();
  Status graft();
  Status take_own_build();
  Status choose_compiler();
  Status write_configuration();
  Status begin();
  Status configure();
  Status prepare();
  Status strip_tools();
  Status make_tree();

  std::string objects() const { return work_->path() + "/objects"; }
  const std::string& release() const { return subject_.kernel.release; }
  template <typename Action>
  Status timed(const std::string& name, Action action);

  const Subject& subject_;
  const ReconstructionRequest& request_;
  Means means_;
  Known known_;
  build::CompilerChoice compiler_;
  std::string source_;
  std::string configuration_;  // the kernel's own, with its salt
  Drift drift_;
  std::optional<Graft> graft_;
  TreeSize size_;
  std::vector<std::string> notes_;
  std::vector<Step> steps_;
  std::optional<Kbuild> kbuild_;
  std::optional<system::TempDir> staging_;
  std::optional<system::TempDir> work_;
};

/// Runs one step and notes what it took: of make all, of our own work the processor time.
template <typename Action>
Status Work::timed(const std::string& name, Action action) {
  const auto before = kbuild_ ? kbuild_->effort() : Effort{};
  const auto own = system::own_cpu_time();
  KPKG_TRY(action().within(name));
  const auto after = kbuild_ ? kbuild_->effort() : Effort{};
  steps_.push_back({name,
                    {.duration = after.duration - before.duration,
                     .cpu = after.cpu - before.cpu + system::own_cpu_time() - own}});
  return {};
}

Status Work::check_kernel() {
  known_ = KPKG_TRY(known_of(subject_));
  return check_absent(request_.destination);
}

Status Work::find_source() {
  const auto status = KPKG_TRY(system::status_of(request_.source));
  if (!status)
    return fail(ErrorKind::not_found, fmt::format("there is no {}", request_.source),
                "name the kernel's source: a directory, or an archive of one");
  if (status->type == system::FileType::regular) {
    source_ = work_->path() + "/source";
    KPKG_TRY(archive::unpack(request_.source, source_, {.strip = 1, .size_limit = largest_source}));
    return {};
  }
  source_ = KPKG_TRY(system::canonical_path(request_.source));
  return {};
}

/// The source in a copy of its own, with the headers that the kernel carries.
Status Work::graft() {
  const auto headers = objects() + "/" + generated_headers;
  KPKG_TRY(unpack_kheaders(subject_, *request_.kheaders, headers));
  const auto copy = work_->path() + "/source";
  if (source_ != copy) KPKG_TRY(system::copy_tree_by_links(source_, copy));
  source_ = copy;
  graft_ = KPKG_TRY(graft_headers(headers, source_, known_.architecture.directory));
  graft_->origin = request_.kheaders->origin;
  return {};
}

Status Work::open_source() {
  KPKG_TRY(find_source());
  const auto nearness = request_.kheaders ? Nearness::same_numbers : Nearness::same_version;
  KPKG_TRY(
      check_source_version(known_.version, KPKG_TRY(source_version(source_)), request_.source, nearness));
  KPKG_TRY(check_unconfigured(source_, known_.architecture.directory));
  return request_.kheaders ? graft() : Status{};
}

Status Work::choose_compiler() {
  compiler_ = KPKG_TRY(compiler_for(subject_, request_.cross_prefix, means_.runner));
  const auto kernel = build::kernel_compiler(*subject_.learned.configuration);
  if (!compiler_.note.empty())
    notes_.push_back(fmt::format("the kernel was built by {}, the tree is made for {}",
                                 kernel.version_text.empty() ? "an unknown compiler" : kernel.version_text,
                                 compiler_.compiler.version_text));
  return {};
}

/// What the kernel's own modules say; of a kernel that is elsewhere, what was said of them.
Result<std::optional<std::string>> build_salt_of(const Subject& subject) {
  if (subject.build_salt || subject.kernel.module_directory.empty()) return subject.build_salt;
  return salt_of_modules(subject.root, subject.kernel.module_directory);
}

Status Work::write_configuration() {
  auto text = known_.text.text;
  if (!text.empty() && text.back() != '\n') text += '\n';
  if (!subject_.learned.configuration->value("CONFIG_BUILD_SALT")) {
    const auto salt = KPKG_TRY(build_salt_of(subject_));
    const bool is_plain = salt && salt->find_first_of("\"\\\n") == std::string::npos;
    if (is_plain) text += fmt::format("CONFIG_BUILD_SALT=\"{}\"\n", *salt);
  }
  configuration_ = text;
  KPKG_TRY(system::make_directories(objects()));
  return system::write_file(objects() + "/" + (known_.text.is_whole ? ".config" : partial_configuration),
                            text);
}

Status Work::begin() {
  KPKG_TRY(system::make_directories(work_->path() + "/tmp"));
  std::vector<std::string> variables = {fmt::format("ARCH={}", known_.architecture.directory)};
  if (!request_.cross_prefix.empty()) variables.push_back("CROSS_COMPILE=" + request_.cross_prefix);
  variables.insert(variables.end(), compiler_.make_variables.begin(), compiler_.make_variables.end());
  // setlocalversion would add a suffix of its own; LINUX_VERSION_CODE stays that of the Makefile.
  variables.push_back("KERNELRELEASE=" + release());
  // Off as a variable of make alone: resolve_btfids serves no module, and takes as long as all the rest.
  // autoconf.h is made of .config and keeps the option.
  variables.emplace_back("CONFIG_DEBUG_INFO_BTF=");
  kbuild_.emplace(KPKG_TRY(Kbuild::begin({.source = source_,
                                          .objects = objects(),
                                          .temporary = work_->path() + "/tmp",
                                          .log = request_.log,
                                          .variables = std::move(variables),
                                          .timeout = request_.timeout},
                                         means_)));
  return {};
}

Status Work::configure() {
  if (known_.text.is_whole) {
    KPKG_TRY(kbuild_->make({"olddefconfig"}));
  } else {
    // Of a configuration that only tells what is set, all else is not set: defaults must not come back.
    KPKG_TRY(kbuild_->make({"allnoconfig", std::string("KCONFIG_ALLCONFIG=") + partial_configuration}));
    notes_.push_back(known_.text.origin +
                     " only tells which options are set; all others were taken for not set");
  }
  const auto made = kernel::Configuration::parse(KPKG_TRY(system::read_file(objects() + "/.config")));
  drift_ = drift_between(*subject_.learned.configuration, made);
  return graft_ ? Status{} : check_drift(drift_);
}

/// What the kernel's own build generated, where the kernel carries it; a vendor's options that this source
/// does not know come back with it.
Status Work::take_own_build() {
  if (!graft_) return {};
  KPKG_TRY(take_generated(*kbuild_, known_.architecture.directory, configuration_));
  const auto before = drift_.of_layout.size() + drift_.others.size();
  const auto made = kernel::Configuration::parse(KPKG_TRY(system::read_file(objects() + "/.config")));
  drift_ = drift_between(*subject_.learned.configuration, made);
  if (before > 0)
    notes_.push_back(fmt::format("what this source does not take over is the kernel's again: {}",
                                 counted(before, "option")));
  return {};
}

Status Work::prepare() {
  KPKG_TRY(kbuild_->make({"modules_prepare"}));
  KPKG_TRY(take_own_build());
  const auto text = KPKG_TRY(system::read_file(objects() + "/include/generated/utsrelease.h"));
  if (text.find(fmt::format("\"{}\"", release())) != std::string::npos) return {};
  return fail(ErrorKind::build_failed,
              fmt::format("the source does not take the release {}: its utsrelease.h says {}", release(),
                          printable(trimmed(text))),
              "use the kernel's source as it was released: its Makefile takes KERNELRELEASE");
}

/// The tree's own programs without what only debuggers read; they work as well with it.
Status Work::strip_tools() {
  std::vector<std::string> tools = {"--strip-unneeded"};
  for (const std::string tool :
       {"scripts/basic/fixdep", "scripts/mod/modpost", "scripts/mod/mk_elfconfig",
        "scripts/genksyms/genksyms", "scripts/kconfig/conf", "scripts/kallsyms", "scripts/sorttable",
        "scripts/sign-file", "scripts/recordmcount", "scripts/asn1_compiler", "tools/objtool/objtool"})
    if (KPKG_TRY(system::status_of(objects() + "/" + tool))) tools.push_back(tool);
  const auto stripped = kbuild_->run("strip", tools);
  if (!stripped && stripped.error().kind == ErrorKind::interrupted) return fail(stripped.error());
  drop(stripped, "a tree that is some 2 MB larger is as good");
  return {};
}

Status Work::make_tree() {
  const auto tree = staging_->path() + "/tree";
  KPKG_TRY(system::make_directories(tree));
  KPKG_TRY(
      make_header_tree({.source = source_, .objects = objects(), .architecture = known_.architecture}, tree));
  // setlocalversion has written the upstream version here; kbuild takes the kernel's release from it.
  KPKG_TRY(system::write_file(tree + "/include/config/kernel.release", release() + "\n"));
  KPKG_TRY(
      system::write_file(tree + "/Module.symvers", abi::symvers_text(subject_.learned.facts.symbols->table)));
  size_ = KPKG_TRY(size_of_tree(tree));
  return {};
}

Result<Reconstruction> Work::run() {
  KPKG_TRY(check_kernel());
  KPKG_TRY(choose_compiler());
  work_ = KPKG_TRY(system::TempDir::create(request_.work, "tree-"));
  KPKG_TRY(timed("opening the source", [&] { return open_source(); }));
  const auto beside = parent_of(request_.destination);
  drop(remove_abandoned_trees(beside), "they cost space only");
  staging_ = KPKG_TRY(system::TempDir::create(beside, tree_staging_prefix));
  KPKG_TRY(write_configuration());
  KPKG_TRY(begin());
  KPKG_TRY(timed("configuring the source", [&] { return configure(); }));
  KPKG_TRY(timed("preparing the source", [&] { return prepare(); }));
  KPKG_TRY(timed("taking the headers", [&]() -> Status {
    KPKG_TRY(strip_tools());
    return make_tree();
  }));
  auto tree = staging_->path() + "/tree";
  return Reconstruction{.tree = std::move(tree),
                        .version = known_.version,
                        .architecture = known_.architecture,
                        .compiler = compiler_.compiler.version_text,
                        .has_kernels_compiler = compiler_.note.empty(),
                        .cross_prefix = request_.cross_prefix,
                        .drift = std::move(drift_),
                        .graft = std::move(graft_),
                        .size = size_,
                        .notes = std::move(notes_),
                        .steps = std::move(steps_),
                        .kbuild = *std::move(kbuild_),
                        .staging = *std::move(staging_),
                        .work = *std::move(work_)};
}

}  // namespace

Result<Reconstruction> reconstruct(const Subject& subject, const ReconstructionRequest& request,
                                   const Means& means) {
  return Work(subject, request, means)
      .run()
      .within(fmt::format("rebuilding the tree of kernel {}", subject.kernel.release));
}

Result<UpstreamVersion> version_to_reconstruct(const Subject& subject, const std::string& cross_prefix,
                                               system::Runner& runner) {
  const auto known = [&]() -> Result<Known> {
    auto all = KPKG_TRY(known_of(subject));
    KPKG_TRY(compiler_for(subject, cross_prefix, runner));
    return all;
  }();
  if (!known)
    return Result<UpstreamVersion>(fail(known.error()))
        .within(fmt::format("rebuilding the tree of kernel {}", subject.kernel.release));
  return known->version;
}

}  // namespace kpkg::tree
