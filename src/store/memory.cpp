// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/memory.hpp"

#include "store/database.hpp"

namespace kpkg::store {

Result<std::optional<std::string>> recall(Store& store, const std::string& key) {
  return store.database().select_first<std::string>("SELECT bytes FROM memory WHERE key = ?", {key},
                                                    [](Fields& fields) { return fields.blob(); });
}

Status keep_in_mind(Store& store, const std::string& key, const std::string& bytes, std::int64_t now) {
  KPKG_TRY(store.database().change("INSERT OR REPLACE INTO memory (key, bytes, kept) VALUES (?, ?, ?)",
                                   {key, Blob{bytes}, now}));
  return {};
}

Result<std::int64_t> forget_older(Store& store, std::int64_t before) {
  return store.database().change("DELETE FROM memory WHERE kept < ?", {before});
}

}  // namespace kpkg::store
