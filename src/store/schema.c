#include "store/schema.h"

static const char *const MAIN[] = {
    "CREATE TABLE decision(id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, record TEXT NOT NULL, "
    "outcome TEXT);"
    "CREATE INDEX decision_at ON decision(at_ms);"
    "CREATE TABLE conversation(id TEXT PRIMARY KEY, caller TEXT NOT NULL, label TEXT NOT NULL, "
    "at_ms INTEGER NOT NULL);"
    "CREATE INDEX conversation_at ON conversation(at_ms);"
    "CREATE TABLE answer_part(hash TEXT PRIMARY KEY, label TEXT NOT NULL, conversation TEXT NOT "
    "NULL, at_ms INTEGER NOT "
    "NULL);"
    "CREATE INDEX answer_part_at ON answer_part(at_ms);"
    "CREATE INDEX answer_part_conversation ON answer_part(conversation);"
    "CREATE TABLE flag(hash TEXT PRIMARY KEY, at_ms INTEGER NOT NULL);"
    "CREATE TABLE approval(id TEXT PRIMARY KEY, record TEXT NOT NULL, at_ms INTEGER NOT NULL);"
    "CREATE TABLE access_key(name TEXT PRIMARY KEY, hash TEXT NOT NULL, created_ms INTEGER NOT "
    "NULL, expires_ms INTEGER "
    "NOT NULL, project TEXT NOT NULL);"
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE spend(day TEXT NOT NULL, provider TEXT NOT NULL, micros INTEGER NOT NULL, "
    "PRIMARY KEY(day, provider));",
    "CREATE TABLE vault(conversation TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, box BLOB NOT NULL);"
    "CREATE INDEX vault_at ON vault(at_ms);",
    /* In the order they came, so that new rows go to the end; the id has the only index. Rows of
     * before hold their record as JSON text, new ones packed (docs/decisions/030). */
    "CREATE TABLE decision_packed(n INTEGER PRIMARY KEY, id TEXT NOT NULL, at_ms INTEGER NOT NULL, "
    "record BLOB NOT NULL, outcome TEXT);"
    "INSERT INTO decision_packed(id, at_ms, record, outcome) SELECT id, at_ms, record, outcome "
    "FROM "
    "decision ORDER BY at_ms, rowid;"
    "DROP TABLE decision;"
    "ALTER TABLE decision_packed RENAME TO decision;"
    "CREATE UNIQUE INDEX decision_id ON decision(id);",
};

static const char *const LEDGER[] = {
    "CREATE TABLE ledger(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, ref "
    "INTEGER NOT NULL, "
    "target TEXT NOT NULL, decision TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL);"
    "CREATE INDEX ledger_ref ON ledger(ref);"
    "CREATE INDEX ledger_decision ON ledger(decision);",
    "CREATE TABLE sealed(id INTEGER PRIMARY KEY, at INTEGER NOT NULL, box BLOB NOT NULL);"
    "CREATE INDEX sealed_at ON sealed(at);"
    "CREATE INDEX ledger_at ON ledger(at);",
};

static const char *const HEAD[] = {
    "CREATE TABLE head(one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL, hash TEXT "
    "NOT NULL);",
};

const struct store_schema STORE_SCHEMAS[STORE_HEAD + 1] = {
    [STORE_MAIN] = {MAIN, ARRAY_LEN(MAIN)},
    [STORE_LEDGER] = {LEDGER, ARRAY_LEN(LEDGER)},
    [STORE_HEAD] = {HEAD, ARRAY_LEN(HEAD)},
};
