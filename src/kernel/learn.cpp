// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/learn.hpp"

#include "base/text.hpp"
#include "elf/image_parameters.hpp"
#include "kernel/built_in_keys.hpp"
#include "kernel/configuration_search.hpp"
#include "kernel/identity.hpp"
#include "kernel/image.hpp"
#include "kernel/module_list.hpp"
#include "kernel/module_scan.hpp"
#include "kernel/provenance.hpp"
#include "kernel/recovered_symbols.hpp"
#include "kernel/sample.hpp"
#include "kernel/types.hpp"
#include "kernel/unpacked_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <future>
#include <memory>

namespace kpkg::kernel {
namespace {

constexpr std::uint64_t largest_symvers = 64U << 20;
constexpr std::uint64_t largest_image = 256U << 20;

/// The value that most modules have, and who differs.
template <typename Value>
struct Majority {
  std::optional<Value> value;           ///< nothing: no module has one
  std::vector<std::string> dissenters;  ///< names of the modules that have another value
};

/// What most of the modules answer to `ask`; those that answer nothing do not count. Of equal numbers the
/// first module's value is taken.
template <typename Value, typename Ask>
Majority<Value> majority(const std::vector<SampledModule>& modules, Ask ask) {
  std::vector<std::pair<Value, std::size_t>> counts;
  for (const auto& module : modules) {
    const std::optional<Value> answer = ask(module);
    if (!answer) continue;
    const auto known =
        std::find_if(counts.begin(), counts.end(), [&](const auto& count) { return count.first == *answer; });
    if (known == counts.end())
      counts.emplace_back(*answer, 1);
    else
      ++known->second;
  }
  Majority<Value> result;
  if (counts.empty()) return result;
  result.value = std::max_element(counts.begin(), counts.end(), [](const auto& left, const auto& right) {
                   return left.second < right.second;
                 })->first;
  for (const auto& module : modules) {
    const std::optional<Value> answer = ask(module);
    if (answer && *answer != *result.value) result.dissenters.push_back(module.name);
  }
  return result;
}

/// Learns one kernel, source by source. Owns what is learned so far.
class Learner {
 public:
  Learner(const system::Root& root, const Kernel& kernel) : root_(root), kernel_(kernel) {
    learned_.facts.release = kernel.release;
  }

  Result<LearnedKernel> learn() {
    KPKG_TRY(learn_from_modules());
    // The image is unpacked by one processor while another reads modules: for some kernels that is all the
    // time.
    auto unpacking = std::async(std::launch::async, [this] { return unpack(); });
    auto modules = kernel_.has_modules ? scan_modules(root_, kernel_.module_directory) : ModuleScan{};
    const auto image = unpacking.get();
    learn_from_image(image);
    KPKG_TRY(learn_identity());
    KPKG_TRY(learn_from_configuration());
    KPKG_TRY(learn_symbols(KPKG_TRY(std::move(modules)), image));
    KPKG_TRY(learn_types());
    learned_.facts.loader.refuses_missing_version = KPKG_TRY(refuses_missing_version(root_, kernel_));
    learn_signature_policy(image);
    return LearnedKernel{.learned = std::move(learned_), .image = std::move(image_)};
  }

 private:
  Status learn_from_modules();
  Result<UnpackedImage> unpack() const;
  void learn_from_image(const Result<UnpackedImage>& image);
  Status learn_identity();
  Status learn_from_configuration();
  Status learn_symbols(const ModuleScan& modules, const Result<UnpackedImage>& image);
  Result<std::optional<abi::KernelSymbols>> symbols_of_headers();
  void learn_signature_policy(const Result<UnpackedImage>& image);
  Status learn_types();

  template <typename Value, typename Ask>
  std::optional<Value> agreed(const Sample& sample, std::string_view what, Ask ask);
  void learn_layout(const Sample& sample);
  void learn_loader(const Sample& sample);
  void note(std::string text) { learned_.notes.push_back(std::move(text)); }

  const system::Root& root_;
  const Kernel& kernel_;
  Learned learned_;
  ImageFacts image_;
  bool has_signed_modules_ = false;  // of its own
};

template <typename Value, typename Ask>
std::optional<Value> Learner::agreed(const Sample& sample, std::string_view what, Ask ask) {
  const auto result = majority<Value>(sample.modules, ask);
  if (!result.dissenters.empty())
    note(fmt::format("the modules of {} disagree about {}: {} of {} sampled differ from the rest, such as {}",
                     kernel_.release, what, result.dissenters.size(), sample.modules.size(),
                     result.dissenters.front()));
  return result.value;
}

Status Learner::learn_from_modules() {
  if (!kernel_.has_modules) {
    note(fmt::format("{} has no modules of its own, so its vermagic and layout are not known",
                     kernel_.release));
    return {};
  }
  auto sample = KPKG_TRY(sample_modules(root_, kernel_.module_directory));
  learned_.notes = std::move(sample.notes);
  if (sample.modules.empty())
    note(fmt::format("no module under {}/kernel says intree=Y, so vermagic and layout of {} are not known",
                     kernel_.module_directory, kernel_.release));
  auto& facts = learned_.facts;
  facts.vermagic =
      agreed<std::string>(sample, "vermagic", [](const auto& module) { return module.fingerprint.vermagic; });
  facts.architecture = agreed<elf::Architecture>(sample, "the machine", [](const auto& module) {
    return std::optional(module.fingerprint.architecture);
  });
  facts.compression = agreed<abi::Compression>(sample, "compression", [](const auto& module) {
                        return std::optional(module.compression);
                      }).value_or(abi::Compression::none);
  learn_layout(sample);
  learn_loader(sample);
  has_signed_modules_ = std::any_of(sample.modules.begin(), sample.modules.end(), [](const auto& module) {
    return module.fingerprint.signature_message.has_value();
  });
  return {};
}

/// What the machine's code demands of modules shows in those that it takes.
void Learner::learn_loader(const Sample& sample) {
  auto& loader = learned_.facts.loader;
  loader.required_sections = agreed<std::vector<std::string>>(
      sample, "the machine's sections",
      [](const auto& module) { return std::optional(module.fingerprint.shape.arch_sections); });
  const auto has_flags = agreed<bool>(sample, "flags of exports", [](const auto& module) {
    const bool exports = !module.fingerprint.exports.empty();
    return exports ? std::optional(module.fingerprint.has_export_flags) : std::optional<bool>();
  });
  if (has_flags) loader.demands_export_flags = has_flags;
}

/// Size and offsets are counted apart: a module without exit function shows no offset of it.
void Learner::learn_layout(const Sample& sample) {
  using Number = std::optional<std::uint64_t>;
  const auto size = agreed<std::uint64_t>(sample, "the size of struct module", [](const auto& module) {
    const auto& layout = module.fingerprint.layout;
    return layout ? Number(layout->size) : Number();
  });
  const auto init =
      agreed<std::uint64_t>(sample, "the offset of init in struct module", [](const auto& module) {
        const auto& layout = module.fingerprint.layout;
        return layout ? layout->init_offset : Number();
      });
  const auto exit =
      agreed<std::uint64_t>(sample, "the offset of exit in struct module", [](const auto& module) {
        const auto& layout = module.fingerprint.layout;
        return layout ? layout->exit_offset : Number();
      });
  if (size) learned_.facts.layout = abi::Layout{*size, init, exit};
}

Result<UnpackedImage> Learner::unpack() const {
  if (!kernel_.image) return fail(ErrorKind::not_found, "there is no image of " + kernel_.release);
  auto bytes = KPKG_TRY(root_.read(*kernel_.image, largest_image));
  return unpack_image(std::move(bytes)).within("reading " + *kernel_.image);
}

/// What is not in the memory of the kernel is not known, so the texts of its loader say no as well as yes.
void Learner::learn_from_image(const Result<UnpackedImage>& image) {
  if (!image) return;
  const auto& architecture = learned_.facts.architecture;
  const auto texts = abi::loader_texts();
  image_ = image_facts(*image, architecture ? architecture->byte_order : elf::ByteOrder::little, texts);
  auto& loader = learned_.facts.loader;  // has what the modules showed
  loader = abi::merged(abi::features_of_texts(image_.texts), loader);
  const auto of_modules = architecture.value_or(elf::Architecture());
  learned_.facts.owners_of_parameters = elf::owners_of_parameters(image->bytes, of_modules);
  auto& identity = learned_.facts.identity;
  identity.banner = image_.banner;
  identity.build_id = image_.build_id;
  identity.container = image_.form;
}

/// Which kernel it is. Of an image that cannot be unpacked the header may have the banner.
Status Learner::learn_identity() {
  auto& identity = learned_.facts.identity;
  identity.image = kernel_.image;
  identity.module_directory = kernel_.module_directory;
  const auto modules = KPKG_TRY(listed_modules(root_, kernel_.module_directory));
  if (!modules.empty()) identity.modules = modules.size();
  if (kernel_.image && !identity.banner) {
    // The image is often for root alone (Ubuntu); then this is not known.
    auto image = root_.read(*kernel_.image, largest_image);
    const auto text = image ? banner(*image) : std::string_view();
    if (!text.empty()) identity.banner = std::string(text);
  }
  if (!kernel_.is_running) return {};
  const auto running = KPKG_TRY(ask_running_kernel(root_));
  learned_.image_is_running = is_same_kernel(identity, running);
  if (learned_.image_is_running == false)
    note(fmt::format("{} is not the kernel that runs, though both are called {}; it will be after a reboot",
                     kernel_.image.value_or("the image"), kernel_.release));
  return {};
}

Status Learner::learn_from_configuration() {
  // What runs says how it was configured; but not how another kernel of the same name on disk was.
  auto search =
      KPKG_TRY(find_configuration(root_, kernel_,
                                  {.asks_running = kernel_.is_running && learned_.image_is_running != false,
                                   .inside_image = image_.configuration}));
  learned_.notes.insert(learned_.notes.end(), search.notes.begin(), search.notes.end());
  if (!search.believed) return {};
  const auto& [configuration, origin] = *search.believed;
  if (!configuration.is_set("CONFIG_MODULES"))
    note(fmt::format("{} takes no modules: CONFIG_MODULES is not set in {}", kernel_.release, origin));
  auto& facts = learned_.facts;
  facts.modversions = configuration.is_set("CONFIG_MODVERSIONS");
  const auto is_set = [&options = configuration](std::string_view option) { return options.is_set(option); };
  facts.loader = abi::merged(std::move(facts.loader), abi::features_of_configuration(is_set));
  facts.signature_policy = abi::policy_of_configuration(is_set);
  abi::add_configuration(facts.btf, is_set);
  facts.identity.configuration = origin;
  const auto compiler = configuration.value("CONFIG_CC_VERSION_TEXT");
  facts.identity.compiler =
      compiler ? std::optional<std::string>(*compiler) : compiler_in(facts.identity.banner.value_or(""));
  learned_.configuration = configuration;
  return {};
}

Status Learner::learn_symbols(const ModuleScan& modules, const Result<UnpackedImage>& image) {
  // The sample may have said it already.
  if (modules.unreadable > 0 && learned_.notes.empty())
    note(fmt::format("{} of {} cannot be read, such as {}", counted(modules.unreadable, "module"),
                     kernel_.release, modules.problem));
  const auto architecture = learned_.facts.architecture.value_or(elf::Architecture());
  auto symbols = recovered_symbols(modules, image, architecture);
  auto of_headers = KPKG_TRY(symbols_of_headers());
  if (of_headers) symbols = weighed_symbols(std::move(symbols), modules, std::move(*of_headers));
  learned_.facts.symbols = std::move(symbols.symbols);
  for (auto& text : symbols.notes) note(std::move(text));
  if (!learned_.facts.symbols && (!kernel_.tree || !kernel_.tree->symvers))
    note(fmt::format("there is no Module.symvers for {} nor an image that tells its symbols",
                     kernel_.release));
  return {};
}

/// The Module.symvers of the kernel's tree; nothing if there is none that is sound.
Result<std::optional<abi::KernelSymbols>> Learner::symbols_of_headers() {
  using Answer = std::optional<abi::KernelSymbols>;
  if (!kernel_.tree || !kernel_.tree->symvers) return Answer();
  const auto& path = *kernel_.tree->symvers;
  const auto text = KPKG_TRY(root_.read(path, largest_symvers));
  auto table = abi::parse_symvers(text);
  if (!table || table->size() == 0) {
    note(table ? path + " is empty, so it tells no symbols"
               : fmt::format("{} is damaged: {}", path, table.error().text()));
    return Answer();
  }
  return Answer(
      {.table = std::move(*table), .origin = std::string(abi::origin_in_headers) + kernel_.tree->path});
}

/// What the configuration leaves open. A kernel whose own modules are signed was made to check them; and
/// Debian's, whose patch refuses symbols without versions, takes the keys of the machine's owner.
void Learner::learn_signature_policy(const Result<UnpackedImage>& image) {
  auto& policy = learned_.facts.signature_policy;
  if (!policy.checks && has_signed_modules_) policy.checks = true;
  if (!policy.trusts_owner_keys && learned_.facts.loader.refuses_missing_version.value_or(false))
    policy.trusts_owner_keys = true;
  if (policy.checks.value_or(false) && image) policy.built_in_keys = built_in_keys(image->bytes);
}

Status Learner::learn_types() {
  // An image may be for root alone; the kernel that runs tells its types to everybody.
  auto types = image_.btf;
  if (!types && kernel_.is_running && learned_.image_is_running != false)
    types = KPKG_TRY(running_types(root_));
  if (!types) return {};
  // Their table is made when it is first asked for: few modules have types to compare, and it takes longer
  // than all else that is made of an image.
  const auto read = elf::Btf::read(*types);
  if (!read) {
    note(fmt::format("the BTF of {} cannot be read: {}", kernel_.release, read.error().text()));
    return {};
  }
  auto& btf = learned_.facts.btf;
  btf.digest = crypto::sha256(*types);
  btf.bytes = SharedBytes(std::move(*types));
  return {};
}

}  // namespace

Result<LearnedKernel> learn_with_image(const system::Root& root, const Kernel& kernel) {
  return Learner(root, kernel).learn().within("learning about the kernel " + kernel.release);
}

Result<Learned> learn(const system::Root& root, const Kernel& kernel) {
  auto learned = KPKG_TRY(learn_with_image(root, kernel));
  return std::move(learned.learned);
}

}  // namespace kpkg::kernel
