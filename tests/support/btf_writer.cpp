// SPDX-License-Identifier: GPL-2.0-or-later
#include "support/btf_writer.hpp"

#include <algorithm>

namespace kpkg::test {
namespace {

std::uint32_t facts_of(elf::BtfKind kind, std::size_t count, bool flag = false) {
  return (flag ? 1U << 31 : 0) | static_cast<std::uint32_t>(kind) << 24 | static_cast<std::uint32_t>(count);
}

}  // namespace

BtfWriter BtfWriter::on(const BtfWriter& base) {
  BtfWriter writer;
  writer.order_ = base.order_;
  writer.next_ = base.next_;
  writer.names_start_ = base.names_start_ + base.names_.size();
  writer.names_.clear();
  return writer;
}

BtfWriter& BtfWriter::in(elf::ByteOrder order) {
  order_ = order;
  return *this;
}

void BtfWriter::put(std::string& bytes, std::uint32_t value) const {
  for (unsigned step = 0; step < 4; ++step) {
    const unsigned shift = order_ == elf::ByteOrder::little ? step * 8 : 24 - step * 8;
    bytes += static_cast<char>(value >> shift & 0xff);
  }
}

std::uint32_t BtfWriter::name(std::string_view text) {
  if (text.empty()) return 0;
  const auto offset = static_cast<std::uint32_t>(names_start_ + names_.size());
  names_ += text;
  names_ += '\0';
  return offset;
}

std::uint32_t BtfWriter::raw(std::uint32_t name, std::uint32_t facts, std::uint32_t value,
                             const std::vector<std::uint32_t>& records) {
  put(types_, name);
  put(types_, facts);
  put(types_, value);
  for (const auto record : records) put(types_, record);
  return next_++;
}

std::uint32_t BtfWriter::integer(std::string_view name, std::uint32_t size) {
  return raw(this->name(name), facts_of(elf::BtfKind::integer, 0), size, {size * 8});
}

std::uint32_t BtfWriter::pointer(std::uint32_t to) {
  return raw(0, facts_of(elf::BtfKind::pointer, 0), to);
}

std::uint32_t BtfWriter::array(std::uint32_t of, std::uint32_t count) {
  return raw(0, facts_of(elf::BtfKind::array, 0), 0, {of, 1, count});
}

std::uint32_t BtfWriter::aggregate(elf::BtfKind kind, std::string_view name, std::uint32_t size,
                                   const std::vector<MemberToWrite>& members) {
  const bool has_bits =
      std::any_of(members.begin(), members.end(), [](const auto& member) { return member.bits != 0; });
  std::vector<std::uint32_t> records;
  for (const auto& member : members) {
    records.push_back(this->name(member.name));
    records.push_back(member.type);
    records.push_back(member.bits << 24 | member.bit_offset);
  }
  return raw(this->name(name), facts_of(kind, members.size(), has_bits), size, records);
}

std::uint32_t BtfWriter::structure(std::string_view name, std::uint32_t size,
                                   const std::vector<MemberToWrite>& members) {
  return aggregate(elf::BtfKind::structure, name, size, members);
}

std::uint32_t BtfWriter::union_of(std::string_view name, std::uint32_t size,
                                  const std::vector<MemberToWrite>& members) {
  return aggregate(elf::BtfKind::union_type, name, size, members);
}

std::uint32_t BtfWriter::forward(std::string_view name) {
  return raw(this->name(name), facts_of(elf::BtfKind::forward, 0), 0);
}

std::uint32_t BtfWriter::enumeration(std::string_view name,
                                     const std::vector<std::pair<std::string, std::uint32_t>>& values) {
  std::vector<std::uint32_t> records;
  for (const auto& [key, value] : values) {
    records.push_back(this->name(key));
    records.push_back(value);
  }
  return raw(this->name(name), facts_of(elf::BtfKind::enumeration, values.size()), 4, records);
}

std::uint32_t BtfWriter::modifier(elf::BtfKind kind, std::string_view name, std::uint32_t to) {
  return raw(this->name(name), facts_of(kind, 0), to);
}

std::uint32_t BtfWriter::function(std::string_view name, const std::vector<std::uint32_t>& parameters) {
  std::vector<std::uint32_t> records;
  for (const auto parameter : parameters) {
    records.push_back(this->name("parameter"));
    records.push_back(parameter);
  }
  const auto prototype = raw(0, facts_of(elf::BtfKind::prototype, parameters.size()), 0, records);
  return raw(this->name(name), facts_of(elf::BtfKind::function, 1), prototype);
}

std::string BtfWriter::bytes() const {
  std::string bytes = order_ == elf::ByteOrder::little ? "\x9f\xeb" : "\xeb\x9f";
  bytes += '\1';
  bytes += '\0';
  put(bytes, 24);
  put(bytes, 0);
  put(bytes, static_cast<std::uint32_t>(types_.size()));
  put(bytes, static_cast<std::uint32_t>(types_.size()));
  put(bytes, static_cast<std::uint32_t>(names_.size()));
  return bytes + types_ + names_;
}

}  // namespace kpkg::test
