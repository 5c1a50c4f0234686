/* The writer thread with its group commit, and the pool of readers. */
#include "store/store.h"

#include "base/clock.h"
#include "base/log.h"
#include "store/db.h"

#include <stdatomic.h>

enum { GROUP_BYTES = 8 << 20, IDLE_READERS = 4, LINGER_US = 50000, LINGER_BYTES = 1 << 20 };

struct job {
    struct job *next;
    struct store_step *steps;
    size_t count, bytes;
    void (*done)(void *ctx, bool ok, const struct err *e);
    void *ctx;
    bool ok;
    struct err err;
};

struct store {
    enum store_file file;
    char *path;
    struct db writer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct job *first, **last;
    bool closing;
    bool urgent;   /* somebody waits for what is queued */
    bool dozing;   /* the writer wakes by itself in a moment */
    size_t queued; /* bytes */
    atomic_bool fail;
    struct log_trouble trouble; /* the writer's */

    pthread_mutex_t reader_lock;
    struct db readers[IDLE_READERS];
    size_t idle;
};

/* ---- the writer ---- */

static bool run_job(struct store *s, struct job *j, struct err *e) {
    for (size_t i = 0; i < j->count; i++) {
        TRY(db_run(&s->writer, j->steps[i].stmt, j->steps[i].values, j->steps[i].count, NULL, NULL,
                   e));
    }
    return true;
}

static void roll_back(struct store *s) {
    struct err ignored = {0};
    if (!db_step(&s->writer, DB_ROLLBACK, &ignored)) {
        log_debug("rollback: %s", ignored.text); /* SQLite had rolled back by itself */
    }
}

static bool commit(struct store *s, struct err *e) {
    if (atomic_load(&s->fail)) {
        return err_set(e, ERR_STORAGE, "the disk is full (a test says so)");
    }
    return db_step(&s->writer, DB_COMMIT, e);
}

static bool is_empty(const struct job *first) {
    const struct job *j = first;
    while (j && !j->count) {
        j = j->next;
    }
    return !j;
}

/* All of the group in one transaction. */
static bool run_group(struct store *s, struct job *first, struct err *e) {
    if (is_empty(first)) {
        return true;
    }
    TRY(db_step(&s->writer, DB_BEGIN, e));
    bool ok = true;
    for (struct job *j = first; ok && j; j = j->next) {
        ok = run_job(s, j, e);
    }
    if (ok && commit(s, e)) {
        return true;
    }
    roll_back(s);
    return false;
}

/* When the group failed, each for itself: one that cannot be written does not take the others with
 * it. */
static void run_alone(struct store *s, struct job *j) {
    j->ok = db_step(&s->writer, DB_BEGIN, &j->err);
    if (!j->ok) {
        return;
    }
    j->ok = run_job(s, j, &j->err) && commit(s, &j->err);
    if (!j->ok) {
        roll_back(s);
    }
}

/* What nobody waits for may gather for a moment: one commit for many. Whoever queues it meanwhile
 * need not wake this thread. */
static void doze(struct store *s) {
    int64_t until = clock_mono_us() + LINGER_US;
    struct timespec at = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
    int rc = 0;
    s->dozing = true;
    while (!s->urgent && !s->closing && s->queued < LINGER_BYTES && rc == 0) {
        rc = pthread_cond_timedwait(&s->some, &s->lock, &at);
    }
    s->dozing = false;
}

static struct job *take_group(struct store *s) {
    LOCKED(&s->lock);
    doze(s); /* after the last group */
    if (!s->first && !s->closing) {
        while (!s->first && !s->closing) {
            pthread_cond_wait(&s->some, &s->lock);
        }
        doze(s);
    }
    s->urgent = false;
    s->queued = 0;
    struct job *group = s->first;
    size_t bytes = 0;
    struct job **at = &s->first;
    while (*at && bytes < GROUP_BYTES) {
        bytes += (*at)->bytes + 1;
        at = &(*at)->next;
    }
    struct job *rest = *at;
    *at = NULL;
    s->first = rest;
    if (!rest) {
        s->last = &s->first;
    }
    return group;
}

static void finish(struct store *s, struct job *j) {
    if (!j->ok) {
        log_trouble(&s->trouble, "%s: not stored: %s", s->path, j->err.text);
    } else if (j->count) {
        log_trouble_over(&s->trouble, "%s: stored again", s->path);
    }
    if (j->done) {
        j->done(j->ctx, j->ok, &j->err);
    }
    free(j);
}

static void *write_all(void *arg) {
    struct store *s = arg;
    for (struct job *group; (group = take_group(s));) {
        struct err e = {0};
        bool ok = run_group(s, group, &e);
        bool single = !group->next;
        for (struct job *j = group; j;) {
            struct job *next = j->next;
            j->ok = ok;
            if (!ok && single) {
                j->err = e;
            } else if (!ok) {
                run_alone(s, j);
            }
            finish(s, j);
            j = next;
        }
    }
    return NULL;
}

/* ---- open and close ---- */

bool store_open(enum store_file which, const char *path, struct store **out, struct err *e) {
    struct store *s = calloc(1, sizeof *s);
    if (!s) {
        abort();
    }
    s->file = which;
    if (!db_open(&s->writer, which, path, true, e)) {
        free(s);
        return false;
    }
    s->path = strdup(path);
    s->last = &s->first;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->reader_lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->some, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (!s->path || pthread_create(&s->thread, NULL, write_all, s) != 0) {
        abort();
    }
    *out = s;
    return true;
}

void store_close(struct store *s) {
    if (!s) {
        return;
    }
    {
        LOCKED(&s->lock);
        s->closing = true;
        pthread_cond_signal(&s->some);
    }
    pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->idle; i++) {
        db_close(&s->readers[i]);
    }
    db_close(&s->writer);
    pthread_cond_destroy(&s->some);
    pthread_mutex_destroy(&s->reader_lock);
    pthread_mutex_destroy(&s->lock);
    free(s->path);
    free(s);
}

/* ---- queueing ---- */

static size_t copied_size(const struct store_step *steps, size_t n) {
    size_t size = n * sizeof *steps;
    for (size_t i = 0; i < n; i++) {
        size += steps[i].count * sizeof steps[i].values[0];
        for (size_t k = 0; k < steps[i].count; k++) {
            size += steps[i].values[k].s.len;
        }
    }
    return size;
}

/* The job, its steps, values and texts in one block. */
static struct job *copy(const struct store_step *steps, size_t n) {
    size_t size = copied_size(steps, n);
    struct job *j = calloc(1, sizeof *j + size);
    if (!j) {
        abort();
    }
    j->count = n;
    j->bytes = size;
    j->steps = (struct store_step *)(j + 1);
    struct store_value *values = (struct store_value *)(j->steps + n);
    for (size_t i = 0; i < n; i++) {
        j->steps[i] = (struct store_step){steps[i].stmt, values, steps[i].count};
        for (size_t k = 0; k < steps[i].count; k++) {
            *values++ = steps[i].values[k];
        }
    }
    char *text = (char *)values;
    for (struct store_value *v = (struct store_value *)(j->steps + n); v < values; v++) {
        if (v->s.len) {
            memcpy(text, v->s.ptr, v->s.len);
            v->s.ptr = text;
            text += v->s.len;
        }
    }
    return j;
}

/* Signalled without the lock, which the writer takes first of all. */
static void queue(struct store *s, struct job *j, bool urgent) {
    bool wake = urgent;
    {
        LOCKED(&s->lock);
        wake = wake || (!s->first && !s->dozing);
        *s->last = j;
        s->last = &j->next;
        s->urgent = s->urgent || urgent;
        s->queued += j->bytes;
        wake = wake || s->queued >= LINGER_BYTES;
    }
    if (wake) {
        pthread_cond_signal(&s->some);
    }
}

void store_write(struct store *s, const struct store_step *steps, size_t n,
                 void (*done_opt)(void *ctx, bool ok, const struct err *e), void *ctx) {
    struct job *j = copy(steps, n);
    j->done = done_opt;
    j->ctx = ctx;
    queue(s, j, done_opt != NULL);
}

void store_later(struct store *s, void (*fn)(void *ctx, bool ok, const struct err *e), void *ctx) {
    struct job *j = copy(NULL, 0);
    j->done = fn;
    j->ctx = ctx;
    queue(s, j, false);
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool ended, ok;
    struct err err;
};

static void on_done(void *ctx, bool ok, const struct err *e) {
    struct waiting *w = ctx;
    LOCKED(&w->lock);
    w->ended = true;
    w->ok = ok;
    w->err = *e;
    pthread_cond_signal(&w->done);
}

bool store_write_wait(struct store *s, const struct store_step *steps, size_t n, struct err *e) {
    struct waiting w = {0};
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
    store_write(s, steps, n, on_done, &w);
    pthread_mutex_lock(&w.lock);
    while (!w.ended) {
        pthread_cond_wait(&w.done, &w.lock);
    }
    pthread_mutex_unlock(&w.lock);
    pthread_cond_destroy(&w.done);
    pthread_mutex_destroy(&w.lock);
    if (!w.ok) {
        *e = w.err;
    }
    return w.ok;
}

/* ---- reading ---- */

static bool borrow(struct store *s, struct db *out, struct err *e) {
    {
        LOCKED(&s->reader_lock);
        if (s->idle) {
            *out = s->readers[--s->idle];
            return true;
        }
    }
    return db_open(out, s->file, s->path, false, e);
}

static void give_back(struct store *s, struct db *d) {
    {
        LOCKED(&s->reader_lock);
        if (s->idle < IDLE_READERS) {
            s->readers[s->idle++] = *d;
            return;
        }
    }
    db_close(d);
}

bool store_read(struct store *s, enum store_stmt stmt, const struct store_value *values, size_t n,
                bool (*on_row)(void *ctx, const struct store_value *columns, size_t count),
                void *ctx, struct err *e) {
    struct db d;
    TRY(borrow(s, &d, e));
    bool ok = db_run(&d, stmt, values, n, on_row, ctx, e);
    give_back(s, &d);
    return ok;
}

void store_fail_commits(struct store *s, bool fail) {
    atomic_store(&s->fail, fail);
}
