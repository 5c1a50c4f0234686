/* One SQLite connection with its prepared statements. Private to store/. */
#pragma once

#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

enum db_step { DB_BEGIN, DB_COMMIT, DB_ROLLBACK, DB_STEPS };

struct db {
    struct sqlite3 *sqlite;
    enum store_file file;
    struct sqlite3_stmt *statements[STORE_STMTS];
    struct sqlite3_stmt *steps[DB_STEPS];
};
/* Writers create and migrate; readers open what is there. */
NODISCARD bool db_open(struct db *d, enum store_file file, const char *path, bool writer,
                       struct err *e);
void db_close(struct db *d);
NODISCARD bool db_exec(struct db *d, const char *sql, struct err *e);
/* A transaction's begin and end, prepared once. */
NODISCARD bool db_step(struct db *d, enum db_step step, struct err *e);
/* Runs a bound statement to its end; rows to on_row_opt. */
NODISCARD bool
db_run(struct db *d, enum store_stmt stmt, const struct store_value *values, size_t n,
       bool (*on_row_opt)(void *ctx, const struct store_value *columns, size_t count), void *ctx,
       struct err *e);
