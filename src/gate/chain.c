/* Appending to the ledger's hash chain.
 *
 *   body(n)  canonical JSON of row n          hash(0) = 32 zero bytes
 *   hash(n) = SHA-256(hash(n-1) || body(n))   ids count from 1 without gaps
 *
 * A row's place is fixed when its group goes to the store, and at most one group is on its way. So
 * a group that fails leaves no gap: the next one is chained to the last row that is really there.
 * Rows that come while a group is under way form the next group, which makes the store's group
 * commit ours as well. Rows that nobody waits for (outcomes, usage) stay back for a moment, and go
 * with the next row that somebody does wait for: one sync of the disk for both. After each group
 * the head and the count go to a second store, without waiting; it can only be behind the ledger,
 * never ahead, unless somebody cut it. */
#include "base/clock.h"
#include "base/log.h"
#include "gate/inside.h"

enum { GROUP = 256, KEPT_ROWS = 8192 };

struct queued {
    struct queued *next;
    chain_done_fn *done_opt;
    void *ctx;
    struct chain_row row; /* texts are owned */
    int64_t id;           /* where it was put when it was last tried */
    char hash[65];
};
struct chain {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct store *rows, *head_opt;
    int64_t count; /* durable rows */
    struct sha256 head;
    struct queued *first, **last; /* waiting */
    size_t waiting;
    struct log_trouble lost; /* rows */
    size_t waiters;          /* of them rows that somebody waits for */
    bool nudged;             /* the store will call on_nudge */
    struct queued *flight;   /* the group on its way */
    int64_t flight_count;
    struct sha256 flight_head;
    bool stale, reading; /* the last group failed: what is on disk must be read again */
};

const struct sha256 CHAIN_START = {{0}};

struct sha256 chain_hash(const struct sha256 *before, struct str body) {
    CLEANUP(arena_end) struct arena a = arena_make(SIZE_MAX);
    char *both = arena_alloc(&a, sizeof before->bytes + body.len);
    memcpy(both, before->bytes, sizeof before->bytes);
    if (body.len) {
        memcpy(both + sizeof before->bytes, body.ptr, body.len);
    }
    return sha256_of((struct str){both, sizeof before->bytes + body.len});
}

/* ---- rows in memory ---- */

static struct str copy(char **at, struct str s) {
    struct str out = {*at, s.len};
    if (s.len) {
        memcpy(*at, s.ptr, s.len);
    }
    *at += s.len;
    return out;
}

static struct queued *queued_new(const struct chain_row *r, chain_done_fn *done_opt, void *ctx) {
    struct queued *q =
        calloc(1, sizeof *q + r->target.len + r->decision.len + r->body.len + r->box.len);
    if (!q) {
        abort();
    }
    char *at = (char *)(q + 1);
    q->done_opt = done_opt;
    q->ctx = ctx;
    q->row = *r;
    q->row.target = copy(&at, r->target);
    q->row.decision = copy(&at, r->decision);
    q->row.body = copy(&at, r->body);
    q->row.box = copy(&at, r->box);
    return q;
}

static void push_locked(struct chain *c, struct queued *q) {
    q->next = NULL;
    *c->last = q;
    c->last = &q->next;
    c->waiting++;
    c->waiters += q->done_opt != NULL;
}

static struct queued *pop_locked(struct chain *c) {
    struct queued *q = c->first;
    if (q) {
        c->first = q->next;
        c->waiting--;
        c->waiters -= q->done_opt != NULL;
        if (!c->first) {
            c->last = &c->first;
        }
        q->next = NULL;
    }
    return q;
}

/* ---- groups ---- */

static void on_written(void *ctx, bool ok, const struct err *e);
static void go_on_locked(struct chain *c);

static void submit_locked(struct chain *c) {
    if (c->flight || c->stale || !c->first) {
        return;
    }
    enum { COLUMNS = 8 };
    CLEANUP(arena_end) struct arena a = arena_make(SIZE_MAX);
    size_t n = c->waiting < GROUP ? c->waiting : GROUP;
    size_t step_count = 0;
    struct store_step *steps = arena_array(&a, struct store_step, 2 * n);
    struct store_value *values = arena_array(&a, struct store_value, 2 * n * COLUMNS);
    struct queued **end = &c->flight;
    c->flight_count = c->count;
    c->flight_head = c->head;
    for (size_t i = 0; i < n; i++) {
        struct queued *q = pop_locked(c);
        *end = q;
        end = &q->next;
        q->id = ++c->flight_count;
        c->flight_head = chain_hash(&c->flight_head, q->row.body);
        sha256_hex(&c->flight_head, q->hash);
        struct store_value *v = values + step_count * COLUMNS;
        v[0] = sv_int(q->id);
        v[1] = sv_int(q->row.at_ms);
        v[2] = sv_text(str_of(q->row.kind));
        v[3] = sv_int(q->row.ref);
        v[4] = sv_text(q->row.target);
        v[5] = sv_text(q->row.decision);
        v[6] = sv_text(q->row.body);
        v[7] = sv_text(str_of(q->hash));
        steps[step_count++] = (struct store_step){ST_LEDGER_ADD, v, COLUMNS};
        if (q->row.box.len) {
            v += COLUMNS;
            v[0] = sv_int(q->id);
            v[1] = sv_int(q->row.at_ms);
            v[2] = sv_blob(q->row.box);
            steps[step_count++] = (struct store_step){ST_SEALED_ADD, v, 3};
        }
    }
    store_write(c->rows, steps, step_count, on_written, c);
}

static void remember_head_locked(struct chain *c) {
    if (!c->head_opt) {
        return;
    }
    char hex[65];
    sha256_hex(&c->head, hex);
    struct store_value v[] = {sv_int(c->count), sv_text(str_of(hex))};
    struct store_step step = {ST_HEAD_SET, v, ARRAY_LEN(v)};
    store_write(c->head_opt, &step, 1, NULL, NULL);
}

static void tell(const struct queued *q, const struct err *e_opt) {
    if (!q->done_opt) {
        return;
    }
    struct err e = {0};
    if (e_opt) {
        e = *e_opt;
        e.kind = ERR_STORAGE;
        e.code = NULL;
        (void)!err_while(&e, "the ledger cannot take the row");
    }
    q->done_opt(q->ctx, e_opt ? 0 : q->id, &e);
}

/* Rows that nobody waits for go back to the front of the queue; the others are told. */
static void flight_failed_locked(struct chain *c, const struct err *e) {
    struct queued *back = NULL;
    struct queued **end = &back;
    size_t kept = 0;
    struct queued *next = NULL;
    for (struct queued *q = c->flight; q; q = next) {
        next = q->next;
        if (!q->done_opt && c->waiting + kept < KEPT_ROWS) {
            *end = q;
            end = &q->next;
            kept++;
            continue;
        }
        if (!q->done_opt) {
            log_trouble(&c->lost, "ledger: a row of kind %s is lost: %s", q->row.kind, e->text);
        }
        tell(q, e);
        free(q);
    }
    *end = c->first;
    if (back && !c->first) {
        c->last = end;
    }
    c->first = back;
    c->waiting += kept;
    c->flight = NULL;
    c->stale = true;
}

static void on_written(void *ctx, bool ok, const struct err *e) {
    struct chain *c = ctx;
    LOCKED(&c->lock);
    if (!ok) {
        flight_failed_locked(c, e);
    } else {
        log_trouble_over(&c->lost, "ledger: no row is lost any more");
        c->count = c->flight_count;
        c->head = c->flight_head;
        struct queued *next = NULL;
        for (struct queued *q = c->flight; q; q = next) {
            next = q->next;
            tell(q, NULL);
            free(q);
        }
        c->flight = NULL;
        remember_head_locked(c);
    }
    go_on_locked(c);
    pthread_cond_broadcast(&c->changed);
}

/* ---- what is on disk ---- */

struct last {
    int64_t count;
    struct sha256 head;
    bool found, bad;
};

static bool on_last(void *ctx, const struct store_value *columns, size_t count) {
    struct last *last = ctx;
    last->found = true;
    last->bad = count < 2 || !sha256_from_hex(columns[1].s, &last->head);
    last->count = count < 2 ? 0 : columns[0].i;
    return false;
}

static bool read_last(struct store *s, enum store_stmt stmt, struct last *out, struct err *e) {
    *out = (struct last){0};
    TRY(store_read(s, stmt, NULL, 0, on_last, out, e));
    return !out->bad || err_set(e, ERR_STORAGE, "the ledger's last row has no readable hash");
}

/* Drops rows whose group was reported as failed and is on disk all the same. */
static void forget_written_locked(struct chain *c, int64_t count) {
    for (struct queued *q = c->first; q && q->id && q->id <= count; q = c->first) {
        pop_locked(c);
        free(q);
    }
    for (struct queued *q = c->first; q; q = q->next) {
        q->id = 0;
    }
}

/* After a failed group: one thread reads, the others wait. Holds the lock, but not while reading.
 */
static void refresh_locked(struct chain *c) {
    c->reading = true;
    struct last last = {0};
    struct err e = {0};
    pthread_mutex_unlock(&c->lock);
    bool ok = read_last(c->rows, ST_LEDGER_LAST, &last, &e);
    pthread_mutex_lock(&c->lock);
    c->reading = false;
    if (ok) {
        forget_written_locked(c, last.count);
        c->count = last.count;
        c->head = last.head;
        c->stale = false;
        remember_head_locked(c);
        submit_locked(c);
    } else {
        c->flight = c->first; /* none of them can be written now */
        c->first = NULL;
        c->last = &c->first;
        c->waiting = 0;
        c->waiters = 0;
        flight_failed_locked(c, &e);
    }
    pthread_cond_broadcast(&c->changed);
}

/* ---- when to submit ---- */

static void on_nudge(void *ctx, bool ok, const struct err *e) {
    (void)ok;
    (void)e;
    struct chain *c = ctx;
    LOCKED(&c->lock);
    c->nudged = false;
    if (c->stale && !c->reading && c->waiters) {
        refresh_locked(c);
    } else {
        submit_locked(c);
    }
    pthread_cond_broadcast(&c->changed);
}

/* At once when somebody waits, or when there is enough for a group. What is on disk after a failed
 * group is read on the store's thread, not on this one. */
static void go_on_locked(struct chain *c) {
    if (c->stale) {
        if (c->waiters && !c->reading) {
            c->nudged = true;
            store_write(c->rows, NULL, 0, on_nudge, c);
        }
    } else if (c->waiters || c->waiting >= GROUP) {
        submit_locked(c);
    } else if (c->first && !c->nudged) {
        c->nudged = true;
        store_later(c->rows, on_nudge, c);
    }
}

/* ---- appending ---- */

void chain_append_then(struct chain *c, const struct chain_row *r, chain_done_fn *done, void *ctx) {
    struct queued *q = queued_new(r, done, ctx);
    LOCKED(&c->lock);
    push_locked(c, q);
    go_on_locked(c);
}

struct waiter {
    bool done;
    int64_t id;
    struct err e;
};

static void on_waited(void *ctx, int64_t id, const struct err *e) {
    struct waiter *w = ctx;
    *w = (struct waiter){true, id, *e};
}

bool chain_append_wait(struct chain *c, const struct chain_row *r, int64_t *id, struct err *e) {
    struct waiter w = {0};
    struct queued *q = queued_new(r, on_waited, &w);
    LOCKED(&c->lock);
    push_locked(c, q);
    submit_locked(c);
    while (!w.done) {
        if (c->stale && !c->flight && !c->reading) {
            refresh_locked(c);
        } else {
            pthread_cond_wait(&c->changed, &c->lock);
        }
    }
    *id = w.id;
    if (!w.id) {
        *e = w.e;
    }
    return w.id != 0;
}

void chain_append(struct chain *c, const struct chain_row *r) {
    struct queued *q = queued_new(r, NULL, NULL);
    LOCKED(&c->lock);
    push_locked(c, q);
    go_on_locked(c);
}

void chain_settle(struct chain *c) {
    LOCKED(&c->lock);
    bool tried = false;
    while (c->flight || c->reading || c->first) {
        if (c->stale && !c->flight && !c->reading) {
            if (tried) {
                return; /* still cannot be written */
            }
            tried = true;
            refresh_locked(c);
        } else {
            submit_locked(c);
            pthread_cond_wait(&c->changed, &c->lock);
        }
    }
}

void chain_head(struct chain *c, int64_t *count, struct sha256 *head) {
    LOCKED(&c->lock);
    *count = c->count;
    *head = c->head;
}

/* ---- opening ---- */

/* The second store knows of rows that are gone: that knowledge goes into the chain itself, before
 * the next head would overwrite it. */
static bool note_missing(struct chain *c, int64_t have, const struct last *second, struct err *e) {
    log_error("ledger: %lld rows, but there were %lld: its end is missing", (long long)have,
              (long long)second->count);
    AUTO_BUF b = {0};
    buf_init(&b, 4096);
    int64_t now = clock_wall_ms();
    char hex[65];
    sha256_hex(&second->head, hex);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kcstr(&j, "kind", "tail_missing");
    jout_ki64(&j, "at", now);
    jout_ki64(&j, "rows", second->count);
    jout_kcstr(&j, "head", hex);
    jout_end_object(&j);
    struct chain_row row = {.kind = "tail_missing", .at_ms = now, .body = buf_str(&b)};
    int64_t id = 0;
    return chain_append_wait(c, &row, &id, e);
}

bool chain_open(struct store *rows, struct store *head_opt, struct chain **out, struct err *e) {
    struct last last = {0};
    struct last second = {0};
    TRY(read_last(rows, ST_LEDGER_LAST, &last, e));
    if (head_opt) {
        TRY(read_last(head_opt, ST_HEAD_GET, &second, e));
    }
    if (head_opt && !second.found && last.count) {
        log_warn("ledger: ledger-head.db knows no head: rows that were cut off at the end before "
                 "now would not show");
    }
    struct chain *c = calloc(1, sizeof *c);
    if (!c) {
        abort();
    }
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    c->rows = rows;
    c->head_opt = head_opt;
    c->count = last.count;
    c->head = last.head;
    c->last = &c->first;
    if (second.found && second.count > last.count && !note_missing(c, last.count, &second, e)) {
        chain_close(c);
        return false;
    }
    *out = c;
    return true;
}

void chain_close(struct chain *c) {
    if (!c) {
        return;
    }
    chain_settle(c);
    struct err ignored = {0};
    (void)!store_write_wait(c->rows, NULL, 0, &ignored); /* behind a nudge that is on its way */
    for (struct queued *q = pop_locked(c); q; q = pop_locked(c)) {
        log_error("ledger: a row of kind %s could not be written", q->row.kind);
        free(q);
    }
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
