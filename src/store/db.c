/* Opening, migrating and running statements. */
#include "store/db.h"

#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

enum { MOST_COLUMNS = 16, BUSY_MS = 10000 };

static const struct {
    enum store_file file;
    const char *sql;
} STATEMENTS[STORE_STMTS] = {
#define STORE_STMT(name, file, sql) {file, sql},
#include "store/statements.def"
#undef STORE_STMT
};

/* What to do next, by what went wrong. */
static bool failed(struct db *d, const char *what, struct err *e) {
    int code = d->sqlite ? sqlite3_errcode(d->sqlite) : SQLITE_CANTOPEN;
    const char *advice =
        code == SQLITE_FULL       ? ": the disk is full; make room"
        : code == SQLITE_READONLY ? ": it cannot be written; check its owner and mode"
        : code == SQLITE_CANTOPEN || code == SQLITE_IOERR ? ": check disk and folder"
        : code == SQLITE_CORRUPT || code == SQLITE_NOTADB
            ? ": the file is damaged; move it away and put back a copy"
            : "";
    return err_set(e, ERR_STORAGE, "%s: %s%s", what,
                   d->sqlite ? sqlite3_errmsg(d->sqlite) : "no memory", advice);
}

bool db_exec(struct db *d, const char *sql, struct err *e) {
    return sqlite3_exec(d->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK || failed(d, "the store", e);
}

static bool version(struct db *d, int *out, struct err *e) {
    sqlite3_stmt *s = NULL;
    bool ok = sqlite3_prepare_v2(d->sqlite, "PRAGMA user_version", -1, &s, NULL) == SQLITE_OK
              && sqlite3_step(s) == SQLITE_ROW;
    if (ok) {
        *out = sqlite3_column_int(s, 0);
    }
    sqlite3_finalize(s);
    return ok || failed(d, "the store", e);
}

/* All steps in one transaction: it is forward, or as it was. */
static bool migrate(struct db *d, const char *path, struct err *e) {
    const struct store_schema *schema = &STORE_SCHEMAS[d->file];
    int at = 0;
    TRY(version(d, &at, e));
    if (at > schema->count) {
        return err_set(
            e, ERR_STORAGE,
            "%s was written by a newer weir (schema %d, this one knows %d): use that one", path, at,
            schema->count);
    }
    if (at == schema->count) {
        return true;
    }
    TRY(db_exec(d, "BEGIN IMMEDIATE", e));
    bool ok = true;
    for (int i = at; ok && i < schema->count; i++) {
        ok = db_exec(d, schema->steps[i], e);
    }
    char pragma[64];
    snprintf(pragma, sizeof pragma, "PRAGMA user_version = %d", schema->count);
    ok = ok && db_exec(d, pragma, e) && db_exec(d, "COMMIT", e);
    if (!ok) {
        struct err ignored = {0};
        (void)!db_exec(d, "ROLLBACK", &ignored);
    }
    return ok;
}

static bool make_private(const char *path, struct err *e) {
    AUTO_CLOSE int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || fchmod(fd, 0600) != 0) {
        return err_set(e, ERR_STORAGE, "cannot write %s: %m", path);
    }
    return true;
}

bool db_open(struct db *d, enum store_file file, const char *path, bool writer, struct err *e) {
    *d = (struct db){.file = file};
    if (writer) {
        TRY(make_private(path, e));
    }
    int flags = (writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE)
                | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &d->sqlite, flags, NULL) != SQLITE_OK) {
        failed(d, path, e);
        db_close(d);
        return false;
    }
    sqlite3_busy_timeout(d->sqlite, BUSY_MS);
    /* The ledger's promise needs FULL; the rest may lose its last moments in a power cut, never its
     * shape. */
    const char *setup = !writer ? "PRAGMA query_only = 1"
                        : file == STORE_LEDGER
                            ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"
                            : "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
    if (!db_exec(d, setup, e) || (writer && !migrate(d, path, e))) {
        err_while(e, "%s", path);
        db_close(d);
        return false;
    }
    return true;
}

void db_close(struct db *d) {
    for (size_t i = 0; i < STORE_STMTS; i++) {
        sqlite3_finalize(d->statements[i]);
    }
    for (size_t i = 0; i < DB_STEPS; i++) {
        sqlite3_finalize(d->steps[i]);
    }
    sqlite3_close(d->sqlite);
    *d = (struct db){0};
}

bool db_step(struct db *d, enum db_step step, struct err *e) {
    static const char *const sql[DB_STEPS] = {"BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};
    sqlite3_stmt **s = &d->steps[step];
    if (!*s
        && sqlite3_prepare_v3(d->sqlite, sql[step], -1, SQLITE_PREPARE_PERSISTENT, s, NULL)
               != SQLITE_OK) {
        return failed(d, "the store", e);
    }
    bool ok = sqlite3_step(*s) == SQLITE_DONE || failed(d, "the store", e);
    sqlite3_reset(*s);
    return ok;
}

static bool prepare(struct db *d, enum store_stmt stmt, struct err *e) {
    if (STATEMENTS[stmt].file != d->file) {
        return err_set(e, ERR_BUG, "the statement %d belongs to another store", (int)stmt);
    }
    return d->statements[stmt]
           || sqlite3_prepare_v3(d->sqlite, STATEMENTS[stmt].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                 &d->statements[stmt], NULL)
                  == SQLITE_OK
           || failed(d, "the store", e);
}

static int bind(sqlite3_stmt *s, int at, const struct store_value *v) {
    const char *ptr = v->s.ptr ? v->s.ptr : "";
    switch (v->kind) {
    case SV_INT:
        return sqlite3_bind_int64(s, at, v->i);
    case SV_TEXT:
        return sqlite3_bind_text64(s, at, ptr, v->s.len, SQLITE_STATIC, SQLITE_UTF8);
    case SV_BLOB:
        return sqlite3_bind_blob64(s, at, ptr, v->s.len, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(s, at);
    }
}

static size_t columns_of(sqlite3_stmt *s, struct store_value *out) {
    int n = sqlite3_column_count(s);
    for (int i = 0; i < n && i < MOST_COLUMNS; i++) {
        switch (sqlite3_column_type(s, i)) {
        case SQLITE_INTEGER:
            out[i] = sv_int(sqlite3_column_int64(s, i));
            break;
        case SQLITE_NULL:
            out[i] = sv_null();
            break;
        default: {
            bool is_blob = sqlite3_column_type(s, i) == SQLITE_BLOB;
            const void *ptr = sqlite3_column_blob(s, i);
            struct str bytes = {ptr, (size_t)sqlite3_column_bytes(s, i)};
            out[i] = is_blob ? sv_blob(bytes) : sv_text(bytes);
            break;
        }
        }
    }
    return (size_t)n;
}

bool db_run(struct db *d, enum store_stmt stmt, const struct store_value *values, size_t n,
            bool (*on_row_opt)(void *ctx, const struct store_value *columns, size_t count),
            void *ctx, struct err *e) {
    TRY(prepare(d, stmt, e));
    sqlite3_stmt *s = d->statements[stmt];
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        ok = bind(s, (int)i + 1, &values[i]) == SQLITE_OK;
    }
    int rc = SQLITE_DONE;
    while (ok && (rc = sqlite3_step(s)) == SQLITE_ROW) {
        struct store_value columns[MOST_COLUMNS];
        size_t count = columns_of(s, columns);
        if (on_row_opt && !on_row_opt(ctx, columns, count)) {
            rc = SQLITE_DONE;
            break;
        }
    }
    ok = ok && rc == SQLITE_DONE;
    if (!ok) {
        failed(d, "the store", e);
    }
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return ok;
}
