// SPDX-License-Identifier: GPL-2.0-or-later
#include "elf/btf.hpp"

#include "base/assert.hpp"
#include "elf/damage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace kpkg::elf {
namespace {

constexpr std::uint16_t magic = 0xeb9f;
constexpr std::size_t smallest_header = 24;
constexpr std::size_t head_size = 12;

/// No kernel takes more types or bytes of names. Source: linux include/uapi/linux/btf.h, BTF_MAX_TYPE,
/// BTF_MAX_NAME_OFFSET.
constexpr std::uint32_t most_types = 0x7fffff;
constexpr std::uint32_t most_names = 0xffffff;

/// Names longer than any identifier that a kernel takes are cut, or a hostile table could let every type read
/// one name of megabytes. Source: linux include/linux/kallsyms.h, KSYM_NAME_LEN.
constexpr std::size_t longest_name = 512;

tl::unexpected<Error> damaged_btf(std::string message) {
  return fail(ErrorKind::corrupt, "BTF: " + std::move(message), "build or install the file again");
}

/// Bytes of one record behind the head of a type, and whether there are `count` of them.
struct Records {
  std::size_t size = 0;
  bool are_counted = false;
};

Records records_of(BtfKind kind) {
  switch (kind) {
    case BtfKind::integer:
    case BtfKind::variable:
    case BtfKind::declaration_tag: return {4, false};
    case BtfKind::array: return {12, false};
    case BtfKind::structure:
    case BtfKind::union_type:
    case BtfKind::data_section:
    case BtfKind::enumeration64: return {12, true};
    case BtfKind::enumeration:
    case BtfKind::prototype: return {8, true};
    case BtfKind::nothing:
    case BtfKind::pointer:
    case BtfKind::forward:
    case BtfKind::type_definition:
    case BtfKind::volatile_type:
    case BtfKind::const_type:
    case BtfKind::restrict_type:
    case BtfKind::function:
    case BtfKind::floating:
    case BtfKind::type_tag: break;
  }
  return {};
}

std::size_t size_of_records(const BtfType& type) {
  const auto records = records_of(type.kind);
  return records.are_counted ? records.size * type.count : records.size;
}

/// Whether `value` is the number of a type.
bool refers(BtfKind kind) {
  switch (kind) {
    case BtfKind::pointer:
    case BtfKind::type_definition:
    case BtfKind::volatile_type:
    case BtfKind::const_type:
    case BtfKind::restrict_type:
    case BtfKind::function:
    case BtfKind::prototype:
    case BtfKind::variable:
    case BtfKind::declaration_tag:
    case BtfKind::type_tag: return true;
    case BtfKind::nothing:
    case BtfKind::integer:
    case BtfKind::array:
    case BtfKind::structure:
    case BtfKind::union_type:
    case BtfKind::enumeration:
    case BtfKind::forward:
    case BtfKind::data_section:
    case BtfKind::floating:
    case BtfKind::enumeration64: break;
  }
  return false;
}

bool is_modifier(BtfKind kind) {
  return kind == BtfKind::type_definition || kind == BtfKind::volatile_type || kind == BtfKind::const_type ||
         kind == BtfKind::restrict_type || kind == BtfKind::type_tag;
}

}  // namespace

Result<Btf> Btf::read(std::string_view bytes, const Btf* base) {
  Btf btf;
  btf.bytes_ = bytes;
  btf.base_ = base;
  KPKG_TRY(btf.read_header());
  KPKG_TRY(btf.read_types());
  for (std::uint32_t id = btf.first_; id < btf.size(); ++id) KPKG_TRY(btf.check(id));
  return btf;
}

Result<Btf> Btf::read_known(std::string_view bytes) {
  Btf btf;
  btf.bytes_ = bytes;
  KPKG_TRY(btf.read_header());
  KPKG_TRY(btf.read_types());
  return btf;
}

Status Btf::read_header() {
  if (bytes_.size() < smallest_header)
    return damaged_btf(fmt::format("{} bytes are no header", bytes_.size()));
  const auto first = static_cast<unsigned char>(bytes_[0]);
  const auto second = static_cast<unsigned char>(bytes_[1]);
  const bool is_little = (second << 8 | first) == magic;
  if (!is_little && (first << 8 | second) != magic)
    return damaged_btf(fmt::format("the magic is {:02x}{:02x}", first, second));
  order_ = is_little ? ByteOrder::little : ByteOrder::big;
  if (bytes_[2] != 1) return damaged_btf(fmt::format("version {} is not known", int{bytes_[2]}));
  if (bytes_[3] != 0) return damaged_btf(fmt::format("flags {:#x} are not known", int{bytes_[3]}));
  const std::uint64_t header_size = number(4);
  const std::uint64_t types = number(8);
  const std::uint64_t types_size = number(12);
  const std::uint64_t names = number(16);
  const std::uint64_t names_size = number(20);
  if (header_size < smallest_header || !fits(header_size + types, types_size, bytes_.size()) ||
      !fits(header_size + names, names_size, bytes_.size()) || names_size > most_names + 1ULL)
    return damaged_btf(
        fmt::format("types ({} bytes at {}) or names ({} bytes at {}) lie outside the {} bytes", types_size,
                    types, names_size, names, bytes_.size()));
  types_start_ = header_size + types;
  types_end_ = types_start_ + types_size;
  names_ = bytes_.substr(header_size + names, names_size);
  if (base_ != nullptr) {
    first_ = base_->size();
    names_start_ = base_->names_size();
    if (base_->order_ != order_) return damaged_btf("its byte order is not that of its base");
  }
  if (base_ == nullptr && (names_.empty() || names_.front() != '\0'))
    return damaged_btf("the names do not begin with an empty one: it is only the part of a module");
  if (!names_.empty() && names_.back() != '\0') return damaged_btf("the last name does not end");
  return {};
}

Status Btf::read_types() {
  // Most types take no more; a kernel has 100,000 of them.
  offsets_.reserve((types_end_ - types_start_) / (2 * head_size));
  std::size_t offset = types_start_;
  while (offset < types_end_) {
    if (types_end_ - offset < head_size)
      return damaged_btf(fmt::format("type {} ends outside the types", size()));
    const auto kind = number(offset + 4) >> 24 & 0x1f;
    if (kind == 0 || kind > static_cast<std::uint32_t>(BtfKind::enumeration64))
      return fail(kind == 0 ? ErrorKind::corrupt : ErrorKind::unsupported,
                  fmt::format("BTF: type {} is of kind {}", size(), kind));
    const auto type = head(offset);
    if (types_end_ - type.records < size_of_records(type))
      return damaged_btf(fmt::format("the records of type {} end outside the types", size()));
    if (size() >= most_types) return damaged_btf("there are too many types");
    offsets_.push_back(static_cast<std::uint32_t>(offset));
    offset = type.records + size_of_records(type);
  }
  return {};
}

Status Btf::check(std::uint32_t id) const {
  const auto type = this->type(id);
  KPKG_TRY(check_name(id, type.name));
  if (refers(type.kind)) KPKG_TRY(check_type(id, type.value));
  return check_records(id, type);
}

Status Btf::check_name(std::uint32_t id, std::uint32_t offset) const {
  // 0 is no name, also where there are no names at all.
  if (offset != 0 && offset >= names_size())
    return damaged_btf(
        fmt::format("a name of type {} is at {} of {} bytes of names", id, offset, names_size()));
  return {};
}

Status Btf::check_type(std::uint32_t id, std::uint32_t other) const {
  if (other >= size()) return damaged_btf(fmt::format("type {} refers to type {} of {}", id, other, size()));
  return {};
}

Status Btf::check_records(std::uint32_t id, const BtfType& type) const {
  const auto records = records_of(type.kind);
  if (type.kind == BtfKind::array) {
    KPKG_TRY(check_type(id, number(type.records)));
    return check_type(id, number(type.records + 4));
  }
  if (!records.are_counted) return {};
  const bool has_types = type.kind != BtfKind::enumeration && type.kind != BtfKind::enumeration64;
  const bool has_names = type.kind != BtfKind::data_section;
  for (std::size_t index = 0; index < type.count; ++index) {
    const auto record = type.records + index * records.size;
    if (has_names) KPKG_TRY(check_name(id, number(record)));
    if (has_types) KPKG_TRY(check_type(id, number(has_names ? record + 4 : record)));
  }
  return {};
}

const Btf& Btf::owner_of(std::uint32_t id) const {
  KPKG_ASSERT(id < size());
  const Btf* owner = this;
  while (id < owner->first_ && owner->base_ != nullptr) owner = owner->base_;
  return *owner;
}

std::uint32_t Btf::number(std::size_t offset) const {
  KPKG_ASSERT(fits(offset, 4, bytes_.size()));
  unsigned char raw[4];
  std::memcpy(raw, bytes_.data() + offset, sizeof raw);
  if (order_ == ByteOrder::big) std::reverse(raw, raw + 4);
  return static_cast<std::uint32_t>(raw[3]) << 24 | static_cast<std::uint32_t>(raw[2]) << 16 |
         static_cast<std::uint32_t>(raw[1]) << 8 | raw[0];
}

BtfType Btf::head(std::size_t offset) const {
  const auto facts = number(offset + 4);
  return {.kind = static_cast<BtfKind>(facts >> 24 & 0x1f),
          .flag = facts >> 31 != 0,
          .count = static_cast<std::uint16_t>(facts),
          .name = number(offset),
          .value = number(offset + 8),
          .records = offset + head_size};
}

BtfType Btf::type(std::uint32_t id) const {
  if (id == 0 || id >= size()) return {};
  const Btf& owner = owner_of(id);
  return owner.head(owner.offsets_[id - owner.first_]);
}

std::string_view Btf::name_at(std::uint32_t offset) const {
  if (offset == 0 || offset >= names_size()) return {};
  const Btf* owner = this;
  while (offset < owner->names_start_) owner = owner->base_;
  const auto rest = owner->names_.substr(offset - owner->names_start_, longest_name);
  return rest.substr(0, rest.find('\0'));
}

BtfMember Btf::member(std::uint32_t id, const BtfType& type, std::uint16_t index) const {
  const Btf& owner = owner_of(id);
  const auto record = type.records + std::size_t{index} * 12;
  const auto place = owner.number(record + 8);
  return {.name = name_at(owner.number(record)),
          .type = owner.number(record + 4),
          .bit_offset = type.flag ? place & 0xffffff : place,
          .bitfield_size = type.flag ? place >> 24 : 0};
}

BtfValue Btf::enumerator(std::uint32_t id, const BtfType& type, std::uint16_t index) const {
  const Btf& owner = owner_of(id);
  const bool is_wide = type.kind == BtfKind::enumeration64;
  const auto record = type.records + std::size_t{index} * (is_wide ? 12 : 8);
  const auto low = owner.number(record + 4);
  const auto high = is_wide ? std::uint64_t{owner.number(record + 8)} << 32 : 0;
  const auto narrow = static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(low)});
  return {.name = name_at(owner.number(record)), .value = is_wide ? high | low : narrow};
}

BtfParameter Btf::parameter(std::uint32_t id, const BtfType& type, std::uint16_t index) const {
  const Btf& owner = owner_of(id);
  const auto record = type.records + std::size_t{index} * 8;
  return {.name = name_at(owner.number(record)), .type = owner.number(record + 4)};
}

BtfArray Btf::array(std::uint32_t id, const BtfType& type) const {
  const Btf& owner = owner_of(id);
  return {.element = owner.number(type.records),
          .index = owner.number(type.records + 4),
          .count = owner.number(type.records + 8)};
}

std::uint32_t Btf::word(std::uint32_t id, const BtfType& type) const {
  return owner_of(id).number(type.records);
}

std::uint32_t Btf::resolved(std::uint32_t id) const {
  // Compilers make chains of a few; kernels follow 32.
  for (int step = 0; step < 64; ++step) {
    const auto type = this->type(id);
    if (!is_modifier(type.kind)) return id;
    id = type.value;
  }
  return 0;
}

}  // namespace kpkg::elf
