#pragma once
#include "store/tag_tally.h"

// The SQL that several queries on repositories share.

// The columns of `Repository`, for the caller $1 at the time $2.
#define WHARF_REPOSITORY_FIELDS \
  "SELECT r.id, r.namespace_id, n.name, r.name, r.description, r.visibility, r.kind, r.state, r.badge_token, " \
  "       n.kind = 'organization', n.tag_expiration_s, "                                                       \
  "       " WHARF_LIVE_TAGS("r.id", "$2") ", " \
  "       EXISTS (SELECT 1 FROM star s WHERE s.account_id = $1 AND s.repository_id = r.id), "                  \
  "       COALESCE((SELECT t.start_ms FROM tag t "                                                             \
  "                  WHERE t.repository_id = r.id AND t.hidden = FALSE AND t.end_ms > $2 "                     \
  "                  ORDER BY t.start_ms DESC LIMIT 1), 0), "                                                  \
  "       (SELECT CAST(COALESCE(sum(d.actions), 0) AS BIGINT) FROM repository_day d "                          \
  "         WHERE d.repository_id = r.id AND d.day > $2 / 86400000 - 7) "
#define WHARF_REPOSITORY_COLUMNS WHARF_REPOSITORY_FIELDS "  FROM repository r JOIN account n ON n.id = r.namespace_id "
