// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetch/transfer.hpp"

#include "base/json.hpp"

#include <vector>

namespace kpkg::fetch {
namespace {

// What is absent or of another type is empty: both ends are of one build.

std::string text_in(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::uint64_t> number_in(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

std::chrono::seconds seconds_in(const Json& object, std::string_view key) {
  return std::chrono::seconds(number_in(object, key).value_or(0));
}

Json json_of(const Progress& progress) {
  Json object = {{"received", progress.received}};
  if (progress.total) object["total"] = *progress.total;
  return object;
}

Json json_of(const Error& error) {
  return {{"kind", name_of(error.kind)},
          {"message", error.message},
          {"context", error.context},
          {"hint", error.hint}};
}

std::optional<Error> error_in(const Json& object) {
  const auto kind = error_kind_of(text_in(object, "kind"));
  if (!kind) return std::nullopt;
  Error error{
      .kind = *kind, .message = text_in(object, "message"), .context = {}, .hint = text_in(object, "hint")};
  const auto context = object.find("context");
  if (context == object.end()) return error;
  for (const auto& attempt : *context)
    if (attempt.is_string()) error.context.push_back(attempt.get<std::string>());
  return error;
}

}  // namespace

std::string text_of(const TransferRequest& request) {
  return json_text({{"url", request.url},
                    {"descriptor", request.descriptor},
                    {"destination", request.destination},
                    {"size_limit", request.size_limit},
                    {"connect_timeout_s", request.connect_timeout.count()},
                    {"stall_timeout_s", request.stall_timeout.count()},
                    {"authorities", request.authorities}});
}

Result<TransferRequest> parse_transfer_request(std::string_view text) {
  const auto object = KPKG_TRY(parse_json(text));
  const auto descriptor = number_in(object, "descriptor");
  TransferRequest request{.url = text_in(object, "url"),
                          .descriptor = static_cast<int>(descriptor.value_or(0)),
                          .destination = text_in(object, "destination"),
                          .size_limit = number_in(object, "size_limit").value_or(0),
                          .connect_timeout = seconds_in(object, "connect_timeout_s"),
                          .stall_timeout = seconds_in(object, "stall_timeout_s"),
                          .authorities = text_in(object, "authorities")};
  if (request.url.empty() || !descriptor) return fail(ErrorKind::corrupt, "the text is no request");
  return request;
}

std::string text_of(const TransferLine& line) {
  Json object = Json::object();
  if (line.progress) object["progress"] = json_of(*line.progress);
  if (line.failure) object["failure"] = json_of(*line.failure);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

TransferLine parse_transfer_line(std::string_view text) {
  const auto object = parse_json(text);
  TransferLine line;
  if (!object) return line;
  if (const auto progress = object->find("progress"); progress != object->end())
    line.progress = Progress{.received = number_in(*progress, "received").value_or(0),
                             .total = number_in(*progress, "total")};
  if (const auto failure = object->find("failure"); failure != object->end())
    line.failure = error_in(*failure);
  return line;
}

}  // namespace kpkg::fetch
