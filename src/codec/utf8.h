/* UTF-8 (RFC 3629). No I/O. */
#pragma once

#include "base/buf.h"

enum { UTF8_MOST = 4 }; /* bytes of a character */

bool utf8_is_ascii(struct str s);
bool utf8_is_valid(struct str s);
/* Length of the valid prefix in bytes. */
size_t utf8_valid_prefix(struct str s);
/* Length of the valid sequences at the front before the first ASCII byte. */
size_t utf8_valid_run(struct str s);
/* The code point at *at, which moves on; U+FFFD for a bad byte (moves one). False at the end. */
bool utf8_next(struct str s, size_t *at, uint32_t *cp);
/* Returns the bytes written; what is no character becomes U+FFFD. */
size_t utf8_write(char out[UTF8_MOST], uint32_t cp);
bool utf8_add(struct buf *out, uint32_t cp);
/* Copies s; control characters other than newline and tab come escaped (\x1b): for terminals. */
bool utf8_escape_controls(struct buf *out, struct str s);
