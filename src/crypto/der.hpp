// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kpkg::crypto {

// Private to crypto/: elements of DER as strictly, and as leniently, as the kernel's decoder reads them.

/// Tags by their whole byte, constructed bit included. Source: ITU-T X.690, 8.1.2.
enum class Tag : std::uint8_t {
  integer = 0x02,
  octet_string = 0x04,
  object_identifier = 0x06,
  sequence = 0x30,
  set = 0x31,
  context_0_primitive = 0x80,
  context_0 = 0xa0,
  context_1 = 0xa1,
  context_2 = 0xa2,
  context_3 = 0xa3,
};

/// One element of a constructed value.
struct DerElement {
  std::uint8_t tag = 0;
  std::string_view content;
  std::string_view whole;  ///< with its tag and length

  bool operator==(const DerElement&) const = default;
};

/// Takes the elements of `bytes` one after another. Guards the position; what is damaged is not passed.
class DerReader {
 public:
  explicit DerReader(std::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  /// The next element, whatever it is; nothing if there is none or it is damaged.
  ///
  /// Lengths of more than two bytes and of indefinite form are taken for damage.
  std::optional<DerElement> take();

  /// The next element if it has this tag; else nothing, and the reader stays where it is. For constructed
  /// tags the constructed bit of the data does not matter.
  /// Source: linux lib/asn1_decoder.c, asn1_ber_decoder().
  std::optional<DerElement> take(Tag tag);

  /// Whether the next element has this tag.
  bool is_next(Tag tag) const;

 private:
  std::string_view rest_;
};

}  // namespace kpkg::crypto
