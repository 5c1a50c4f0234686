/* Keys: where they come from, never what they are. A secret is fetched when the gate writes a
 * header, kept in locked memory for at most its lifetime, and never logged, stored or shown. */
#pragma once

#include "base/err.h"
#include "base/str.h"

enum secret_source { SECRET_NONE, SECRET_COMMAND, SECRET_FILE, SECRET_ENV, SECRET_VALUE };

/* As written in weir.toml: { command = ["pass", "show", "x"] }, { file = "~/x" }, { env = "X" }. */
struct secret_ref {
    enum secret_source source;
    const char *const *command; /* NULL-terminated */
    const char *path;
    const char *env;
};

struct secret; /* locked memory */
/* Fetches it: a command without a shell within 10 s, a file that must be 0600 and the user's own.
 * Worker threads. ERR_UNAUTHORIZED with what to do; never the output. */
NODISCARD bool secret_fetch(const struct secret_ref *ref, struct secret **out, struct err *e);
NODISCARD bool secret_of_value(struct str value, struct secret **out, struct err *e);
void secret_free(struct secret *s);
/* Only gate/ calls this (make lint checks). Valid while s lives. */
struct str secret_reveal(const struct secret *s);
/* Writes a key that arrived over the owner's API into a 0600 file below dir; *path in a. */
NODISCARD bool secret_store_file(struct arena *a, struct str dir, struct str name, struct str value,
                                 struct str *path, struct err *e);

/* ---- sealing ---- */
/* What is kept at rest is sealed (XChaCha20-Poly1305, libsodium) with a key in a file of its own,
 * 0600, made at first use. It protects what is copied away without that file; not against a program
 * of the same user. A seal is immutable and may be used by any number of threads. */
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
