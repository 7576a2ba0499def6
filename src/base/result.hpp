// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.hpp"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace kpkg {

/// A value, or the Error that explains why there is none.
///
/// Wraps tl::expected only because Debian 12's is not [[nodiscard]]; a dropped failure must not compile.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;

  /// This result, saying on failure what was being attempted: "reading recipe tty0tty".
  Result within(std::string attempt) && {
    if (!this->has_value()) this->error().context.push_back(std::move(attempt));
    return std::move(*this);
  }

  /// This result, saying on failure what to do now, unless the failure already says it.
  Result with_hint(std::string hint) && {
    if (!this->has_value() && this->error().hint.empty()) this->error().hint = std::move(hint);
    return std::move(*this);
  }
};

using Status = Result<void>;

/// Ends a function that returns any Result: `return fail(ErrorKind::corrupt, "note is truncated");`
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(
      Error{.kind = kind, .message = std::move(message), .context = {}, .hint = std::move(hint)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

/// Says in the code that a failure is of no consequence, and why; a release build forgets it.
template <typename T>
void drop(const Result<T>& /*result*/, std::string_view /*reason*/) {}

/// The value of a Result, or a return of its Error from the enclosing function. One per statement.
/// A GNU statement expression, because the language has no other way to return from an expression.
#define KPKG_TRY(expression)                                                                    \
  __extension__({                                                                               \
    auto kpkg_result_ = (expression);                                                           \
    if (!kpkg_result_) return ::tl::unexpected<::kpkg::Error>(std::move(kpkg_result_).error()); \
    ::kpkg::unwrap(std::move(kpkg_result_));                                                    \
  })

template <typename T>
T unwrap(Result<T>&& result) {
  return std::move(*result);
}
inline void unwrap(Result<void>&& /*result*/) {}

}  // namespace kpkg
