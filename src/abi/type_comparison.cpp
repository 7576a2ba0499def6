// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_comparison.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace kpkg::abi {
namespace {

bool is_alike(const NamedType& left, const NamedType& right) {
  return left.kind == right.kind && left.size == right.size && left.layout == right.layout;
}

/// Whether two types of one name may be versions of one type; one without members may be of any.
bool may_be_versions(const NamedType& left, const NamedType& right) {
  if (left.kind != right.kind) return false;
  if (left.likeness == 0 || right.likeness == 0) return true;
  for (const std::uint32_t one : {left.likeness & 0xffff, left.likeness >> 16}) {
    for (const std::uint32_t other : {right.likeness & 0xffff, right.likeness >> 16}) {
      if (one != 0 && one == other) return true;
    }
  }
  return false;
}

/// One walk over the types of a module, from those that are the kernel's to those that they use.
class Comparison {
 public:
  Comparison(const TypeTable& kernel, const TypeTable& module)
      : kernel_(kernel), module_(module), is_reached_(module.types.size()) {}

  void reach_alike();
  void reach_named(std::string_view name);
  void reach_imports(std::span<const std::string> imports);
  std::vector<TypeDifference> differences();

 private:
  bool has_alike(const NamedType& type) const;
  const NamedType* version_of(const NamedType& type) const;
  void reach(std::size_t row) {
    if (is_reached_[row]) return;
    is_reached_[row] = true;
    to_follow_.push_back(row);
  }

  const TypeTable& kernel_;
  const TypeTable& module_;
  std::vector<bool> is_reached_;
  std::vector<std::size_t> to_follow_;
};

bool Comparison::has_alike(const NamedType& type) const {
  const auto candidates = kernel_.named(type.name);
  return std::any_of(candidates.begin(), candidates.end(),
                     [&](const NamedType& candidate) { return is_alike(type, candidate); });
}

const NamedType* Comparison::version_of(const NamedType& type) const {
  for (const auto& candidate : kernel_.named(type.name)) {
    if (may_be_versions(type, candidate)) return &candidate;
  }
  return nullptr;
}

void Comparison::reach_alike() {
  for (std::size_t row = 0; row < module_.types.size(); ++row) {
    if (has_alike(module_.types[row])) reach(row);
  }
}

void Comparison::reach_named(std::string_view name) {
  for (const auto& type : module_.named(name)) reach(static_cast<std::size_t>(&type - module_.types.data()));
}

void Comparison::reach_imports(std::span<const std::string> imports) {
  for (const auto& symbol : imports) {
    auto function = std::lower_bound(kernel_.functions.begin(), kernel_.functions.end(), symbol,
                                     [](const auto& each, const auto& name) { return each.function < name; });
    for (; function != kernel_.functions.end() && function->function == symbol; ++function) {
      for (const auto row : function->uses) reach_named(kernel_.types[row].name);
    }
  }
}

std::vector<TypeDifference> Comparison::differences() {
  std::vector<TypeDifference> found;
  while (!to_follow_.empty()) {
    const auto& type = module_.types[to_follow_.back()];
    to_follow_.pop_back();
    if (!has_alike(type)) {
      const auto* const version = version_of(type);
      if (version == nullptr) continue;  // the kernel has no such type: what it uses is not the kernel's
      found.push_back(
          {.name = type.name, .kind = type.kind, .module_size = type.size, .kernel_size = version->size});
    }
    for (const auto row : type.uses) reach(row);
  }
  std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) {
    return std::tie(left.name, left.kind, left.module_size) <
           std::tie(right.name, right.kind, right.module_size);
  });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// Rows of one name and kind, as a key that two tables share.
bool is_before(const NamedType& left, const NamedType& right) {
  return std::tie(left.name, left.kind) < std::tie(right.name, right.kind);
}

}  // namespace

std::vector<TypeDifference> differing_types(const TypeTable& kernel, const TypeTable& module,
                                            std::span<const std::string> imports) {
  Comparison comparison(kernel, module);
  comparison.reach_alike();
  comparison.reach_named("module");  // every module has one, and the kernel reads it
  comparison.reach_imports(imports);
  return comparison.differences();
}

std::vector<TypeDifference> differing_types_of_kernels(const TypeTable& left, const TypeTable& right,
                                                       const TypeTable* module) {
  std::vector<TypeDifference> found;
  auto one = left.types.begin();
  auto other = right.types.begin();
  while (one != left.types.end() || other != right.types.end()) {
    const bool only_left = other == right.types.end() || (one != left.types.end() && is_before(*one, *other));
    const bool only_right = one == left.types.end() || (!only_left && is_before(*other, *one));
    const NamedType& named = only_right ? *other : *one;
    const auto same = [&](const NamedType& each) {
      return each.name == named.name && each.kind == named.kind;
    };
    const auto one_end = std::find_if_not(one, left.types.end(), same);
    const auto other_end = std::find_if_not(other, right.types.end(), same);
    const bool is_wanted = module == nullptr || !module->named(named.name).empty();
    if (is_wanted && !std::equal(one, one_end, other, other_end, is_alike)) {
      TypeDifference difference{.name = named.name, .kind = named.kind};
      if (one != one_end) difference.module_size = one->size;
      if (other != other_end) difference.kernel_size = other->size;
      found.push_back(std::move(difference));
    }
    one = one_end;
    other = other_end;
  }
  return found;
}

}  // namespace kpkg::abi
