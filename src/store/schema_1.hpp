// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>

namespace kpkg::store {

/// From nothing to version 1. Never edited once a release has it: what changes later is a new version.
inline constexpr std::string_view schema_1 = R"sql(
CREATE TABLE recipe (
  name    TEXT NOT NULL CHECK (name <> ''),
  version TEXT NOT NULL,
  digest  TEXT NOT NULL CHECK (length(digest) = 64),
  text    TEXT NOT NULL,
  used    INTEGER NOT NULL,
  PRIMARY KEY (name, version, digest)
) STRICT;

CREATE TABLE source (
  recipe   TEXT NOT NULL,
  version  TEXT NOT NULL,
  kind     TEXT NOT NULL,
  identity TEXT NOT NULL,
  digest   TEXT NOT NULL CHECK (length(digest) = 64),
  fetched  INTEGER NOT NULL,
  PRIMARY KEY (recipe, version, kind, identity, digest)
) STRICT;

CREATE TABLE wish (
  recipe    TEXT NOT NULL PRIMARY KEY CHECK (recipe <> ''),
  version   TEXT NOT NULL,
  since     INTEGER NOT NULL,
  automatic TEXT NOT NULL CHECK (automatic IN ('no', 'yes')),
  origin    TEXT NOT NULL
) STRICT;

CREATE TABLE kernel (
  release  TEXT NOT NULL,
  digest   TEXT NOT NULL CHECK (length(digest) = 64),
  build_id TEXT NOT NULL,
  facts    TEXT NOT NULL,
  seen     INTEGER NOT NULL,
  PRIMARY KEY (release, digest)
) STRICT;

CREATE TABLE build (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  key         TEXT NOT NULL CHECK (length(key) = 64),
  recipe      TEXT NOT NULL CHECK (recipe <> ''),
  version     TEXT NOT NULL,
  kernel      TEXT NOT NULL CHECK (kernel <> ''),
  started     INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  cpu_ms      INTEGER NOT NULL,
  outcome     TEXT NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'timed_out', 'interrupted')),
  command     TEXT NOT NULL,
  compiler    TEXT NOT NULL,
  sandbox     TEXT NOT NULL,
  log         TEXT NOT NULL,
  first_error TEXT NOT NULL
) STRICT;
CREATE INDEX build_by_key ON build (key, id);
CREATE INDEX build_by_pair ON build (recipe, version, kernel, id);

CREATE TABLE artifact (
  build       INTEGER NOT NULL REFERENCES build (id) ON DELETE CASCADE,
  module      TEXT NOT NULL, -- empty: another file of the build, such as its Module.symvers
  file_name   TEXT NOT NULL CHECK (file_name <> ''),
  digest      TEXT NOT NULL CHECK (length(digest) = 64),
  size        INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  srcversion  TEXT,
  PRIMARY KEY (build, file_name)
) STRICT;
CREATE INDEX artifact_by_digest ON artifact (digest, build);

-- The rowid rises with every verdict, a renewed one included: the highest is the newest.
CREATE TABLE verdict (
  artifact      TEXT NOT NULL CHECK (length(artifact) = 64),
  kernel        TEXT NOT NULL,
  kernel_facts  TEXT NOT NULL CHECK (length(kernel_facts) = 64),
  decision      TEXT NOT NULL,
  findings      TEXT NOT NULL,
  overridden_by TEXT NOT NULL,
  judged        INTEGER NOT NULL,
  PRIMARY KEY (artifact, kernel, kernel_facts)
) STRICT;

-- AUTOINCREMENT: an id is part of the names of staged files and must never come back.
CREATE TABLE change (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  kernel  TEXT NOT NULL,
  intent  TEXT NOT NULL,
  state   TEXT NOT NULL CHECK (state IN ('intended', 'applied', 'concluded', 'undone')),
  started INTEGER NOT NULL
) STRICT;
CREATE INDEX change_unfinished ON change (id) WHERE state IN ('intended', 'applied');

CREATE TABLE installed (
  path     TEXT NOT NULL PRIMARY KEY CHECK (path LIKE '/%'),
  recipe   TEXT NOT NULL CHECK (recipe <> ''),
  version  TEXT NOT NULL,
  kernel   TEXT NOT NULL,
  module   TEXT NOT NULL,
  digest   TEXT NOT NULL CHECK (length(digest) = 64),
  kind     TEXT NOT NULL CHECK (kind IN ('module', 'configuration')),
  artifact TEXT CHECK (length(artifact) = 64),
  change   INTEGER REFERENCES change (id)
) STRICT;
CREATE INDEX installed_by_pair ON installed (recipe, version, kernel);
CREATE INDEX installed_by_kernel ON installed (kernel);

CREATE TABLE load (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  module   TEXT NOT NULL,
  kernel   TEXT NOT NULL,
  outcome  TEXT NOT NULL,
  loaded   INTEGER NOT NULL,
  detail   TEXT NOT NULL,
  artifact TEXT CHECK (length(artifact) = 64)
) STRICT;
CREATE INDEX load_by_module ON load (module, kernel, id);
)sql";

}  // namespace kpkg::store
