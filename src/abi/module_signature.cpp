// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/module_signature.hpp"

#include "abi/bytes_json.hpp"
#include "abi/json_reader.hpp"
#include "crypto/certificate.hpp"

namespace kpkg::abi {
namespace {

constexpr std::uint64_t marker_size = 28;
constexpr std::uint64_t trailer_size = 12;
constexpr std::uint8_t pkcs7 = 2;

Json to_json(const crypto::SignerInfo& signer) {
  return {{"issuer", json_of_bytes(signer.issuer)},
          {"serial", json_of_bytes(signer.serial)},
          {"key_id", json_of_bytes(signer.key_id)},
          {"issuer_name", signer.issuer_name},
          {"digest", signer.digest},
          {"algorithm", signer.algorithm},
          {"signature", json_of_bytes(signer.signature)},
          {"has_attributes", signer.has_attributes}};
}

Result<crypto::SignerInfo> signer_from_json(const Json& value) {
  const JsonReader reader(value, "signer");
  KPKG_TRY(reader.check_object());
  crypto::SignerInfo signer;
  signer.issuer = KPKG_TRY(bytes_from(reader, "issuer"));
  signer.serial = KPKG_TRY(bytes_from(reader, "serial"));
  signer.key_id = KPKG_TRY(bytes_from(reader, "key_id"));
  signer.issuer_name = KPKG_TRY(reader.text("issuer_name"));
  signer.digest = KPKG_TRY(reader.text("digest"));
  signer.algorithm = KPKG_TRY(reader.text("algorithm"));
  signer.signature = KPKG_TRY(bytes_from(reader, "signature"));
  signer.has_attributes = KPKG_TRY(reader.flag("has_attributes"));
  return signer;
}

Result<crypto::MessageDefect> defect_from(const JsonReader& reader) {
  using crypto::MessageDefect;
  const auto name = KPKG_TRY(reader.text("defect"));
  for (const auto each : {MessageDefect::none, MessageDefect::damaged, MessageDefect::unsupported,
                          MessageDefect::unknown_algorithm}) {
    if (name_of(each) == name) return each;
  }
  return reader.wrong("defect", "a defect that this kpkg knows");
}

}  // namespace

std::optional<ModuleSignature> read_module_signature(std::string_view bytes,
                                                     const std::optional<elf::SignatureTrailer>& trailer) {
  if (!trailer || !trailer->plausible) return std::nullopt;
  bytes.remove_suffix(marker_size + trailer_size);
  const auto payload = bytes.substr(0, bytes.size() - trailer->signature_size);
  ModuleSignature signature{.message = crypto::read_signed_message(bytes.substr(payload.size())),
                            .payload_digests = {}};
  for (const auto& signer : signature.message.signers)
    signature.payload_digests.push_back(crypto::digest_by(signer.digest, payload).value_or(""));
  return signature;
}

SignatureForm form_of(const std::optional<elf::SignatureTrailer>& trailer, std::uint64_t file_size) {
  if (!trailer) return SignatureForm::absent;
  if (file_size <= marker_size + trailer_size) return SignatureForm::too_long;
  if (trailer->signature_size >= file_size - marker_size - trailer_size) return SignatureForm::too_long;
  if (trailer->id_type != pkcs7) return SignatureForm::of_another_kind;
  // An empty signature passes here and fails as a message.
  if (!trailer->plausible && trailer->signature_size > 0) return SignatureForm::with_parameters;
  return SignatureForm::message;
}

Json to_json(const ModuleSignature& signature) {
  Json signers = Json::array();
  for (const auto& signer : signature.message.signers) signers.push_back(to_json(signer));
  return {{"defect", name_of(signature.message.defect)},
          {"problem", signature.message.problem},
          {"kernel_says", signature.message.kernel_says},
          {"is_of_data", signature.message.is_of_data},
          {"certificates", json_of_bytes(signature.message.certificates)},
          {"signers", std::move(signers)},
          {"payload_digests", json_of_bytes(signature.payload_digests)}};
}

Result<ModuleSignature> module_signature_from_json(const Json& value) {
  const JsonReader reader(value, "signature message");
  KPKG_TRY(reader.check_object());
  ModuleSignature signature;
  signature.message.defect = KPKG_TRY(defect_from(reader));
  signature.message.problem = KPKG_TRY(reader.text("problem"));
  signature.message.kernel_says = KPKG_TRY(reader.text("kernel_says"));
  signature.message.is_of_data = KPKG_TRY(reader.flag("is_of_data"));
  signature.message.certificates = KPKG_TRY(bytes_list_from(reader, "certificates"));
  signature.payload_digests = KPKG_TRY(bytes_list_from(reader, "payload_digests"));
  const Json* const signers = KPKG_TRY(reader.optional_list("signers"));
  if (signers == nullptr) return reader.wrong("signers", "a list");
  for (const Json& each : *signers) signature.message.signers.push_back(KPKG_TRY(signer_from_json(each)));
  if (signature.payload_digests.size() != signature.message.signers.size())
    return reader.wrong("payload_digests", "one for each signer");
  return signature;
}

}  // namespace kpkg::abi
