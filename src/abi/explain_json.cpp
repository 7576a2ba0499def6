// SPDX-License-Identifier: GPL-2.0-or-later
#include "abi/explain_json.hpp"

#include "base/json.hpp"

namespace kpkg::abi {

Json to_json(const Explanation& explanation) {
  const auto& found = explanation.found;
  return {{"id", explanation.id},
          {"severity", name_of(explanation.severity)},
          {"errno", explanation.errno_name},
          {"findings", explanation.findings},
          {"module", found.module},
          {"symbol", found.symbol},
          {"module_value", found.module_value},
          {"kernel_value", found.kernel_value},
          {"cause", explanation.cause},
          {"remedy", explanation.remedy},
          {"lines", explanation.lines},
          {"times", explanation.times}};
}

}  // namespace kpkg::abi
