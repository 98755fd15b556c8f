#pragma once
#include "store/tag.h"

// Whether the time of tag `t` is over: neither the time machine nor the hour after a move holds it. An immutable tag
// that ended by itself stays, unless the configuration lets it go; one that was set again lives on in its next
// generation.
#define WHARF_TAG_DUE(now, window_s, can_expire)                                                                   \
  "(t.end_ms <= " now " - " window_s " * 1000 AND (NOT t.moved OR t.end_ms <= " now " - 3600000) AND (" can_expire \
  " OR NOT t.immutable OR t.moved))"
static_assert(wharf::store::kMovedGraceMs == 3'600'000);
