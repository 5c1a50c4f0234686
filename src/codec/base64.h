/* Base64 (RFC 4648), standard and URL alphabets. No I/O. */
#pragma once

#include "base/buf.h"

/* Strict: one of the two alphabets, padding optional, no blanks. False: not base64. */
NODISCARD bool base64_decode(struct arena *a, struct str text, struct str *out);
bool base64_encode(struct buf *out, struct str bytes);
/* Looks like base64 of something: length ≥ min, alphabet only, right padding. */
bool base64_looks_like(struct str text, size_t min);
