/* Reading checked values out of TOML, with complaints that name the place and what to write. For
 * config*.c. */
#pragma once

#include "codec/toml.h"
#include "hub/config.h"

struct config_reader {
    struct arena *a;
    const char *file; /* the file being read, as complaints name it */
    bool trusted;     /* only the owner may write the file: commands, files and env count */
    struct str home;
    struct str config_dir;
    struct err *e;
};

/* Names the value's place: false. */
PRINTF(3, 4) bool config_bad(struct config_reader *r, const struct tval *v, const char *fmt, ...);
/* Every key of the table is one of keys (NULL-terminated). */
NODISCARD bool config_keys(struct config_reader *r, const struct tval *table, const char *what,
                           const char *const *keys);
/* Members of table; absent: true and *out untouched. */
NODISCARD bool config_str(struct config_reader *r, const struct tval *table, const char *key,
                          struct str *out);
NODISCARD bool config_bool(struct config_reader *r, const struct tval *table, const char *key,
                           bool *out);
NODISCARD bool config_int(struct config_reader *r, const struct tval *table, const char *key,
                          int64_t min, int64_t max, int64_t *out);
NODISCARD bool config_time(struct config_reader *r, const struct tval *table, const char *key,
                           int64_t *ms);
NODISCARD bool config_strs(struct config_reader *r, const struct tval *table, const char *key,
                           struct str **out, size_t *count);
NODISCARD bool config_zone(struct config_reader *r, const struct tval *table, const char *key,
                           enum zone *out);
NODISCARD bool config_number(struct config_reader *r, const struct tval *v, const char *what,
                             double *out);
NODISCARD bool config_table(struct config_reader *r, const struct tval *v, const char *what);

/* One [[provider]] (config_provider.c). */
NODISCARD bool config_read_provider(struct config_reader *r, const struct tval *t,
                                    struct config_provider *out);
/* A name for the Host header: no scheme, no port, no path. */
bool config_is_host(struct str s);
/* What a browser sends as Origin: "http://localhost:3000", "chrome-extension://abc". */
bool config_is_origin(struct str s);
