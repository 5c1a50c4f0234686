/* Sealing what is kept at rest (XChaCha20-Poly1305, libsodium): with a key in a file of its own,
 * 0600, made at first use. It protects what is copied away without that file; not against a program
 * of the same user. A seal is immutable and may be used by any number of threads. */
#pragma once

#include "base/err.h"
#include "base/str.h"

struct seal; /* locked memory */
/* Reads the key, or makes it. A file that others may read, or that holds no key: ERR_STORAGE. */
NODISCARD bool seal_open(const char *path, struct seal **out, struct err *e);
void seal_free(struct seal *s); /* NULL is fine */
AUTO_DEFINE(seal);
/* The box is longer than the text by SEAL_BYTES. `about` is not kept; who opens must say it again.
 */
enum { SEAL_BYTES = 40 };
struct str seal_close_box(const struct seal *s, struct arena *a, struct str text, struct str about);
/* ERR_STORAGE: not this key, not this box, or about something else. */
NODISCARD bool seal_open_box(const struct seal *s, struct arena *a, struct str box,
                             struct str about, struct str *text, struct err *e);
