// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/json.hpp"

namespace kpkg {

std::string json_text(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

Result<Json> parse_json(std::string_view text) {
  auto value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return fail(ErrorKind::corrupt, "the text is not JSON");
  return value;
}

}  // namespace kpkg
