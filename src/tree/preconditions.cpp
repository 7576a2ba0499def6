// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree/preconditions.hpp"

#include "system/file.hpp"

#include <fmt/format.h>

#include <array>

namespace kpkg::tree {

Status check_unconfigured(const std::string& source, std::string_view arch_directory) {
  const std::array<std::string, 3> traces = {".config", "include/config",
                                             fmt::format("arch/{}/include/generated", arch_directory)};
  for (const auto& trace : traces) {
    if (!KPKG_TRY(system::status_of(source + "/" + trace))) continue;
    return fail(ErrorKind::invalid, fmt::format("{} was already configured: it has {}", source, trace),
                "unpack the source anew, or run make mrproper in a copy of it");
  }
  return {};
}

Result<SourceArchitecture> check_architecture(const Subject& subject,
                                              const kernel::Configuration& configuration,
                                              const std::string& origin) {
  const auto* const found = architecture_of(configuration);
  if (found == nullptr)
    return fail(ErrorKind::unsupported,
                fmt::format("{} is for a machine that kpkg knows no sources of", origin),
                "use the kernel's own header package");
  const auto& machine = subject.learned.facts.architecture;
  if (!machine || machine->machine == found->machine) return *found;
  return fail(ErrorKind::incompatible,
              fmt::format("{} is for {}, but kernel {} is for {}", origin, elf::machine_name(found->machine),
                          subject.kernel.release, elf::machine_name(machine->machine)),
              "bring the configuration of this very kernel");
}

Status check_not_shuffled(const kernel::Configuration& configuration) {
  constexpr std::array<std::string_view, 4> options = {"CONFIG_RANDSTRUCT", "CONFIG_RANDSTRUCT_FULL",
                                                       "CONFIG_RANDSTRUCT_PERFORMANCE",
                                                       "CONFIG_GCC_PLUGIN_RANDSTRUCT"};
  for (const auto option : options) {
    if (!configuration.is_set(option)) continue;
    return fail(
        ErrorKind::unsupported,
        fmt::format("the kernel sets {}: its structs are shuffled by a seed that only its builder has",
                    option),
        "use the kernel's own header package, which has the seed");
  }
  return {};
}

Status check_symbols(const Subject& subject) {
  const auto& symbols = subject.learned.facts.symbols;
  if (symbols && symbols->is_complete && symbols->table.size() > 0) return {};
  const auto image = subject.kernel.image
                         ? fmt::format("its image {} cannot be read as a whole", *subject.kernel.image)
                         : std::string("it has no image here");
  return fail(ErrorKind::corrupt,
              fmt::format("what kernel {} exports is not known: {}", subject.kernel.release, image),
              fmt::format("install the kernel's package again; kpkg kernel show -k {} has the details",
                          subject.kernel.release));
}

Status check_absent(const std::string& destination) {
  if (!KPKG_TRY(system::status_of(destination))) return {};
  return fail(ErrorKind::conflict, destination + " exists already", "name one that does not exist yet");
}

}  // namespace kpkg::tree
