/* What lasts: the only place that speaks SQL. A store is one SQLite file (WAL) with one writer
 * thread that groups what waits into one commit, and a pool of readers. Statements are named in
 * store/statements.def; other modules bind values to a name and never see SQL.
 *
 * Any thread but the loop may wait; the loop uses store_write with a callback. */
#pragma once

#include "base/err.h"
#include "base/str.h"
#include "os/os.h"

enum store_file { STORE_MAIN, STORE_LEDGER, STORE_HEAD }; /* weir.db, ledger.db, ledger-head.db */

enum store_stmt {
#define STORE_STMT(name, file, sql) ST_##name,
#include "store/statements.def"
#undef STORE_STMT
    STORE_STMTS
};

enum store_kind { SV_NULL, SV_INT, SV_TEXT, SV_BLOB };
struct store_value {
    enum store_kind kind;
    int64_t i;
    struct str s; /* TEXT, BLOB */
};
static inline struct store_value sv_null(void) {
    return (struct store_value){.kind = SV_NULL};
}
static inline struct store_value sv_int(int64_t i) {
    return (struct store_value){.kind = SV_INT, .i = i};
}
static inline struct store_value sv_text(struct str s) {
    return (struct store_value){.kind = SV_TEXT, .s = s};
}
static inline struct store_value sv_blob(struct str s) {
    return (struct store_value){.kind = SV_BLOB, .s = s};
}

struct store;
/* Opens or creates the file (0600), migrates it forward in one transaction, starts the writer. A
 * failed migration leaves the file as it was. A file from a newer weir is refused. ERR_STORAGE. */
NODISCARD bool store_open(enum store_file which, const char *path, struct store **out,
                          struct err *e);
void store_close(struct store *s); /* writes what waits; NULL is fine */

struct store_step {
    enum store_stmt stmt;
    const struct store_value *values;
    size_t count;
};
/* Queues one atomic group of steps. Values are copied. done_opt runs on the writer thread after the
 * commit is durable (ok) or failed (e). Any thread, never waits. */
void store_write(struct store *s, const struct store_step *steps, size_t n,
                 void (*done_opt)(void *ctx, bool ok, const struct err *e), void *ctx);
/* fn runs on the writer thread after a moment: what is queued until then can go together. */
void store_later(struct store *s, void (*fn)(void *ctx, bool ok, const struct err *e), void *ctx);
/* As store_write, and waits until durable. Not on the loop thread. */
NODISCARD bool store_write_wait(struct store *s, const struct store_step *steps, size_t n,
                                struct err *e);

/* Calls on_row for each row; columns are valid during the call; on_row returns false to stop. */
NODISCARD bool
store_read(struct store *s, enum store_stmt stmt, const struct store_value *values, size_t n,
           bool (*on_row)(void *ctx, const struct store_value *columns, size_t count), void *ctx,
           struct err *e);
/* Test seam: the next commits fail as if the disk were full. */
void store_fail_commits(struct store *s, bool fail);
