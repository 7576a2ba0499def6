// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "store/store.hpp"

#include <optional>
#include <string>

namespace kpkg::store {

/// What was kept under the key, or nothing. Keys contain the version of the format of their bytes.
Result<std::optional<std::string>> recall(Store& store, const std::string& key);

/// Keeps bytes that are slow to learn and could be learnt again, in place of older ones of the key.
Status keep_in_mind(Store& store, const std::string& key, const std::string& bytes, std::int64_t now);

/// Forgets what was kept before that time and yields how many keys that were.
Result<std::int64_t> forget_older(Store& store, std::int64_t before);

}  // namespace kpkg::store
