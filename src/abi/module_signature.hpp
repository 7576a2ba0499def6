// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/json_forward.hpp"
#include "base/result.hpp"
#include "crypto/signed_message.hpp"
#include "elf/module_image.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpkg::abi {

/// The PKCS#7 message at the end of a module, and what is needed to check it without the file.
struct ModuleSignature {
  crypto::SignedMessage message = {};
  /// Of the bytes that are signed, for each signer by that signer's algorithm; an empty one: the algorithm is
  /// not known here.
  std::vector<std::string> payload_digests = {};

  bool operator==(const ModuleSignature&) const = default;
};

/// What the trailer and the message say, before any key is asked for.
enum class SignatureForm {
  absent,
  too_long,         ///< the trailer claims more bytes than the file has
  of_another_kind,  ///< the trailer says that it is no PKCS#7
  with_parameters,  ///< a field of the trailer that must be 0 is not
  message,          ///< there is a message; see its defect
};

/// The message of a file with this trailer; nothing if the trailer is not plausible.
std::optional<ModuleSignature> read_module_signature(std::string_view bytes,
                                                     const std::optional<elf::SignatureTrailer>& trailer);

/// `file_size` is that of the whole module in bytes. The order of the tests is the kernel's.
/// Source: linux kernel/module_signature.c, mod_check_sig().
SignatureForm form_of(const std::optional<elf::SignatureTrailer>& trailer, std::uint64_t file_size);

Json to_json(const ModuleSignature& signature);

/// Errors: corrupt: a field is missing or has another type; the message names it.
Result<ModuleSignature> module_signature_from_json(const Json& value);

}  // namespace kpkg::abi
