#pragma once

// The columns of `Tag`.
#define WHARF_TAG_COLUMNS                                                                        \
  "SELECT t.id, t.name, t.manifest_id, m.digest, m.media_type, m.is_list, m.layers_size_bytes, " \
  "       t.start_ms, t.end_ms, t.reversion, t.immutable "                                       \
  "  FROM tag t JOIN manifest m ON m.id = t.manifest_id "
