// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/result.hpp"
#include "tree/reconstruct.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::tree {

/// What is compared between a tree that was made and the kernel that it is for. A tree with the kernel's
/// recovered symbols stamps their CRCs into every module, whatever its source was: the kernel would load such
/// a module, so the source itself has to be proved.
enum class Gate {
  symbols,   ///< CRCs of exported symbols, computed from this source (genksyms)
  types,     ///< the structs of the kernel's headers, as a module built in the tree has them (BTF)
  layout,    ///< size of struct module and places of init and exit in it
  vermagic,  ///< the text that the kernel compares first
  canary,    ///< code of the kernel's own modules, built again
};

/// The gate's stable name in JSON: "symbols".
std::string_view name_of(Gate gate);

enum class PointResult {
  equal,    ///< all that was compared
  differs,  ///< the source or the configuration is not the kernel's
  unknown,  ///< this could not be compared
};

/// "equal", "differs" or "unknown".
std::string_view name_of(PointResult result);

/// What one gate found.
struct Point {
  Gate gate = Gate::symbols;
  PointResult result = PointResult::unknown;
  std::size_t compared = 0;
  std::size_t equal = 0;
  std::vector<std::string> differing;  ///< sorted by name: "struct device: 744 bytes instead of 752"
  std::string note;                    ///< what was compared, or why nothing was

  bool operator==(const Point&) const = default;
};

/// How sure it is that a tree describes its kernel.
enum class Grade {
  exact,       ///< modules of the kernel itself came out equal to the byte
  verified,    ///< every symbol or every struct that was compared is equal
  unverified,  ///< nothing proves the source, or something contradicts it
};

/// The grade's stable name in JSON and in records: "verified".
std::string_view name_of(Grade grade);

/// Whose headers a tree has.
enum class HeaderOrigin {
  source,  ///< those of the source that its other parts are made of
  kernel,  ///< those that the kernel carries
};

struct Proof {
  Grade grade = Grade::unverified;
  std::vector<Point> points;
  Effort effort;
  HeaderOrigin headers = HeaderOrigin::source;

  /// Whether something differs that shows another source or configuration: then no flag makes the tree
  /// usable.
  bool is_contradicted() const;

  bool operator==(const Proof&) const = default;
};

/// The grade that these points are worth. Symbols or types prove a source, and nothing may differ; without
/// both, a canary does. Code that differs where symbols or types are equal says only that the compiler is
/// another build.
///
/// Symbols are computed of files in C, in which a vendor may have changed what no header tells. Where the
/// headers are the kernel's own and types prove them, symbols that differ say no more than that.
Grade grade_of(const std::vector<Point>& points, HeaderOrigin headers = HeaderOrigin::source);

/// Why a tree of that grade is not used, in one clause that names what differs or what is missing; empty for
/// one that is verified.
std::string objection(const Proof& proof);

/// Compares a tree that was made with its kernel.
///
/// Errors: build_failed: no module builds in the tree; interrupted; no_space; permission, io. That a gate
/// cannot be run is a point.
Result<Proof> prove(const Subject& subject, Reconstruction& reconstruction, const Means& means);

}  // namespace kpkg::tree
