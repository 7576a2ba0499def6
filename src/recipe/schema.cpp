// SPDX-License-Identifier: GPL-2.0-or-later
#include "recipe/schema.hpp"

namespace kpkg::recipe {

std::string_view name_of(ValueType type) {
  switch (type) {
    case ValueType::text: return "a text";
    case ValueType::number: return "a whole number";
    case ValueType::boolean: return "true or false";
    case ValueType::text_list: return "a list of texts";
    case ValueType::steps: return "a list of argument lists";
    case ValueType::environment: return "a table of texts";
    case ValueType::table: return "a table";
    case ValueType::table_list: return "a list of tables";
  }
  return "";
}

}  // namespace kpkg::recipe
