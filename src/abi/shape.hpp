// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json_forward.hpp"
#include "base/result.hpp"
#include "elf/module_image.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kpkg::abi {

/// How the file of a module is made: what a loader looks at besides versions and symbols.
struct Shape {
  bool is_readable = true;  ///< false: nothing is known but the first defects and perhaps the machine
  std::vector<elf::Defect> defects = {};
  std::vector<elf::RelocationUse> relocations = {};  ///< each kind once
  std::vector<std::string> arch_sections = {};       ///< those of possible_required_sections that it has
  std::vector<std::string> export_tables = {};  ///< "__ksymtab", "__ksymtab_gpl", …; not the empty ones
  std::string inner_name = {};                  ///< inside struct module; empty: not found there
  bool hides_modinfo = false;                   ///< .modinfo is not allocated: only kernels since 6.4 find it
  bool is_nameless = false;                     ///< there are zeros where the name should be
  std::uint64_t per_cpu_size = 0;               ///< bytes of .data..percpu
  bool is_staging = false;                      ///< modinfo staging
  bool is_test = false;                         ///< modinfo test
  bool is_livepatch = false;                    ///< modinfo livepatch

  bool operator==(const Shape&) const = default;
};

Shape shape_of(const elf::ModuleImage& image);

Json to_json(const Shape& shape);

/// Errors: corrupt: a field has another type, or names what is not known; the message names it.
Result<Shape> shape_from_json(const Json& value);

}  // namespace kpkg::abi
