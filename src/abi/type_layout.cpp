// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/type_layout.hpp"

#include <string_view>

namespace kpkg::abi {
namespace {

using elf::Btf;
using elf::BtfKind;
using elf::BtfType;

/// How deep types without names may be nested, and how far chains of arrays are followed. Compilers stay far
/// below.
constexpr int deepest = 64;

/// FNV-1a over words and texts: the digest is kept on disk, so it must be the same everywhere.
class Mixer {
 public:
  explicit Mixer(char kind) { add(static_cast<unsigned char>(kind)); }

  Mixer& add(std::uint64_t number) {
    for (int step = 0; step < 8; ++step) mix(static_cast<unsigned char>(number >> 8 * step));
    return *this;
  }
  Mixer& add(std::string_view text) {
    for (const char letter : text) mix(static_cast<unsigned char>(letter));
    return add(text.size());
  }
  /// Never 0.
  std::uint64_t value() const { return value_ | 1; }

 private:
  void mix(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }

  std::uint64_t value_ = 0xcbf29ce484222325;
};

std::uint32_t folded(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32 ^ value);
}

bool is_aggregate(BtfKind kind) {
  return kind == BtfKind::structure || kind == BtfKind::union_type;
}

bool is_enumeration(BtfKind kind) {
  return kind == BtfKind::enumeration || kind == BtfKind::enumeration64;
}

}  // namespace

bool is_named_definition(const Btf& btf, const BtfType& type) {
  // An enumeration without values is how pahole writes that it is only declared.
  const bool is_defined = is_aggregate(type.kind) || (is_enumeration(type.kind) && type.count != 0);
  return is_defined && !btf.name(type).empty();
}

elf::BtfMember placed_member(const Btf& btf, std::uint32_t id, const BtfType& type, std::uint16_t index) {
  auto member = btf.member(id, type, index);
  if (type.flag) return member;
  const auto inner = btf.resolved(member.type);
  const auto integer = btf.type(inner);
  if (integer.kind != BtfKind::integer) return member;
  const auto facts = btf.word(inner, integer);
  const auto bits = facts & 0xff;
  const auto offset = facts >> 16 & 0xff;
  if (offset == 0 && bits == integer.value * 8) return member;
  member.bit_offset += offset;
  member.bitfield_size = bits;
  return member;
}

std::uint32_t Layouts::of_definition(std::uint32_t id) {
  const auto type = btf_.type(id);
  return folded(is_enumeration(type.kind) ? of_values(id, type) : of_members(id, type, 0));
}

std::uint32_t Layouts::likeness(std::uint32_t id) const {
  const auto type = btf_.type(id);
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  for (std::uint16_t index = 0; index < type.count; ++index) {
    const auto name =
        is_enumeration(type.kind) ? btf_.enumerator(id, type, index).name : btf_.member(id, type, index).name;
    if (name.empty()) continue;
    const auto digest = (folded(Mixer('l').add(name).value()) & 0xffff) | 1;
    if (first == 0 || digest < first) {
      second = first;
      first = digest;
    } else if (digest != first && (second == 0 || digest < second)) {
      second = digest;
    }
  }
  return second << 16 | first;
}

std::uint64_t Layouts::of_use(std::uint32_t id, int depth) {
  if (depth > deepest) return Mixer('d').value();
  id = btf_.resolved(id);
  if (known_[id] != 0) return known_[id];
  known_[id] = Mixer('c').value();  // what a type sees that is inside itself, as only a hostile file has it
  const auto type = btf_.type(id);
  const auto made = [&]() -> std::uint64_t {
    switch (type.kind) {
      case BtfKind::pointer: return of_pointer(type.value);
      case BtfKind::array: return of_array(id, type, depth);
      case BtfKind::structure:
      case BtfKind::union_type:
        if (btf_.name(type).empty()) return of_members(id, type, depth + 1);
        return Mixer('s').add(btf_.name(type)).add(type.value).value();
      case BtfKind::integer:
      case BtfKind::floating:
      case BtfKind::enumeration:
      case BtfKind::enumeration64: return Mixer('i').add(type.value).value();
      case BtfKind::nothing:
      case BtfKind::forward:
      case BtfKind::type_definition:
      case BtfKind::volatile_type:
      case BtfKind::const_type:
      case BtfKind::restrict_type:
      case BtfKind::function:
      case BtfKind::prototype:
      case BtfKind::variable:
      case BtfKind::data_section:
      case BtfKind::declaration_tag:
      case BtfKind::type_tag: break;
    }
    return Mixer('n').value();
  }();
  known_[id] = made;
  return made;
}

/// pahole 1.24 writes an array of arrays as one array of all elements, newer ones write what the source says:
/// both lie in memory alike.
std::uint64_t Layouts::of_array(std::uint32_t id, const BtfType& type, int depth) {
  auto array = btf_.array(id, type);
  std::uint64_t count = array.count;
  for (; depth < deepest; ++depth) {
    const auto element = btf_.resolved(array.element);
    const auto inner = btf_.type(element);
    if (inner.kind != BtfKind::array) break;
    array = btf_.array(element, inner);
    count *= array.count;
  }
  return Mixer('a').add(count).add(of_use(array.element, depth + 1)).value();
}

/// One that is only declared somewhere is the same as one that is defined there.
std::uint64_t Layouts::of_pointer(std::uint32_t to) const {
  const auto target = btf_.type(btf_.resolved(to));
  const bool is_named = is_aggregate(target.kind) || target.kind == BtfKind::forward;
  return Mixer('p').add(is_named ? btf_.name(target) : std::string_view{}).value();
}

std::uint64_t Layouts::of_members(std::uint32_t id, const BtfType& type, int depth) {
  Mixer mixer(type.kind == BtfKind::union_type ? 'u' : 's');
  mixer.add(type.value);
  for (std::uint16_t index = 0; index < type.count; ++index) {
    const auto member = placed_member(btf_, id, type, index);
    mixer.add(member.name)
        .add(member.bit_offset)
        .add(member.bitfield_size)
        .add(of_use(member.type, depth + 1));
  }
  return mixer.value();
}

/// The low halves of the values: writers for kernels before 6.0 cut them.
std::uint64_t Layouts::of_values(std::uint32_t id, const BtfType& type) const {
  Mixer mixer('e');
  mixer.add(type.value);
  for (std::uint16_t index = 0; index < type.count; ++index) {
    const auto value = btf_.enumerator(id, type, index);
    mixer.add(value.name).add(value.value & 0xffffffff);
  }
  return mixer.value();
}

}  // namespace kpkg::abi
