// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/overview.hpp"

#include "base/text.hpp"
#include "store/database.hpp"
#include "store/tree_columns.hpp"

#include <algorithm>

namespace kpkg::store {
namespace {

constexpr std::string_view query = R"sql(
  WITH pair AS (
    SELECT recipe, version, kernel FROM build
    UNION SELECT recipe, version, kernel FROM installed WHERE kernel <> ''
    UNION SELECT recipe, version, '' FROM wish
    WHERE NOT EXISTS (SELECT 1 FROM build b WHERE b.recipe = wish.recipe AND b.version = wish.version)
      AND NOT EXISTS (SELECT 1 FROM installed i
                      WHERE i.recipe = wish.recipe AND i.version = wish.version AND i.kernel <> '')
  )
  SELECT pair.recipe, pair.version, pair.kernel,
         EXISTS (SELECT 1 FROM wish w WHERE w.recipe = pair.recipe AND w.version = pair.version),
         ifnull(build.id, 0), ifnull(build.outcome, ''), ifnull(build.started, 0), ifnull(build.first_error, ''),
         (SELECT count(*) FROM installed i
          WHERE i.recipe = pair.recipe AND i.version = pair.version AND i.kernel = pair.kernel
            AND i.kind = 'module'),
         ifnull((SELECT group_concat(v.decision) FROM artifact a JOIN verdict v ON v.rowid = (
                   SELECT max(n.rowid) FROM verdict n WHERE n.artifact = a.digest AND n.kernel = pair.kernel)
                 WHERE a.build = build.id), ''),
         ifnull((SELECT max(v.overridden_by) FROM artifact a JOIN verdict v ON v.rowid = (
                   SELECT max(n.rowid) FROM verdict n WHERE n.artifact = a.digest AND n.kernel = pair.kernel)
                 WHERE a.build = build.id), ''),
         ifnull((SELECT l.outcome FROM installed i JOIN load l ON l.module = i.module AND l.kernel = i.kernel
                 WHERE i.recipe = pair.recipe AND i.version = pair.version AND i.kernel = pair.kernel
                 ORDER BY l.id DESC LIMIT 1), ''),
         ifnull(made.tree, ''), ifnull(made.tree_origin, 'unknown'), ifnull(made.tree_standing, 'unknown'),
         ifnull(made.tree_proofs, ''),
         ifnull((SELECT max(i.allowed_by) FROM installed i
                 WHERE i.recipe = pair.recipe AND i.version = pair.version AND i.kernel = pair.kernel), '')
  FROM pair
  LEFT JOIN build ON build.id = (
    SELECT max(b.id) FROM build b
    WHERE b.recipe = pair.recipe AND b.version = pair.version AND b.kernel = pair.kernel)
  LEFT JOIN build made ON made.id = ifnull((
    SELECT max(a.build) FROM installed i JOIN artifact a ON a.digest = i.artifact JOIN build b ON b.id = a.build
    WHERE i.recipe = pair.recipe AND i.version = pair.version AND i.kernel = pair.kernel
      AND b.recipe = pair.recipe AND b.kernel = pair.kernel), build.id)
  ORDER BY pair.recipe, pair.version, pair.kernel)sql";

/// The worst of a list such as "loads,refused"; the values of Decision rise with their badness.
std::optional<abi::Decision> worst_of(const std::string& names) {
  std::optional<abi::Decision> worst;
  for (const auto& name : split(names, ',')) worst = std::max(worst, abi::decision_named(name));
  return worst;
}

OverviewLine read_line(Fields& fields) {
  OverviewLine line;
  line.recipe = fields.text();
  line.version = fields.text();
  line.kernel = fields.text();
  line.is_wanted = fields.integer() != 0;
  line.build = fields.integer();
  line.outcome = build_outcome_named(fields.text());
  line.built = fields.integer();
  line.first_error = fields.text();
  line.installed_modules = fields.integer();
  line.decision = worst_of(fields.text());
  line.overridden_by = fields.text();
  line.last_load = fields.text();
  line.tree = read_tree(fields);
  line.allowed_by = fields.text();
  return line;
}

}  // namespace

Result<std::vector<OverviewLine>> overview(Store& store) {
  return store.database().select(query, {}, read_line);
}

}  // namespace kpkg::store
