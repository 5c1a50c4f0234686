/* The catalogue in memory: models found on the disk, taken over by the loop; the engine's program.
 */
#include "base/clock.h"
#include "engine/inside.h"

#include <sys/stat.h>

enum { DEFAULT_CONTEXT = 8192, TAKE_MS = 2000 };

static void copy_found(struct engine *g, struct slot *s, const struct found *f) {
    struct arena old = s->arena;
    struct str socket = s->socket;
    struct arena *a = &s->arena;
    s->arena = arena_make(1 << 20);
    struct engine_model *m = &s->info;
    if (m->modified_s != f->modified_s || m->size_bytes != f->size_bytes) {
        m->quarantined = false; /* another file: it gets its chance */
        s->crashes = 0;
    }
    m->name = str_dup(a, f->name);
    m->path = str_dup(a, f->path);
    m->source = str_dup(a, f->source);
    m->architecture = str_dup(a, f->architecture);
    m->quantisation = str_dup(a, f->quantisation);
    m->title = str_dup(a, f->title);
    m->size_label = str_dup(a, f->size_label);
    m->problem = str_dup(a, f->problem);
    m->size_bytes = f->size_bytes;
    m->trained_tokens = f->trained_tokens;
    m->modified_s = f->modified_s;
    m->tools = f->tools;
    m->embeddings = f->embeddings;
    s->socket = str_dup(a, socket);
    s->gone = false;
    s->context = f->trained_tokens > 0 && f->trained_tokens < DEFAULT_CONTEXT
                     ? (int)f->trained_tokens
                     : DEFAULT_CONTEXT;
    s->slots = 2;
    m->sampling = sampling_of(m->name);
    for (size_t i = 0; i < g->o.set_count; i++) {
        if (str_ieq(g->o.sets[i].name, m->name)) {
            s->context = g->o.sets[i].context > 0 ? (int)g->o.sets[i].context : s->context;
            s->slots = g->o.sets[i].slots > 0 ? g->o.sets[i].slots : s->slots;
            sampling_merge(&m->sampling, &g->o.sets[i].sampling);
        }
    }
    m->context_tokens = s->context;
    m->token_bytes = f->token_bytes;
    m->slots = s->slots;
    arena_end(&old);
}

static struct slot *slot_new(struct engine *g) {
    struct slot *s = calloc(1, sizeof *s);
    if (!s) {
        abort();
    }
    s->arena = arena_make(1 << 20);
    s->g = g;
    struct slot **at = &g->slots;
    while (*at) {
        at = &(*at)->next;
    }
    *at = s;
    return s;
}

static bool is_program(const char *path) {
    struct stat st = {0};
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

/* As weir.toml says, else in PATH, else where `make run` put it. */
static struct str look_for_binary(const struct engine *g, struct arena *a) {
    if (g->o.binary.len) {
        struct str file = str_dup(a, g->o.binary);
        return is_program(file.ptr) ? file : (struct str){0};
    }
    const char *path = getenv("PATH");
    struct str rest = str_of(path ? path : "");
    while (rest.len) {
        struct str dir = {0};
        str_cut(rest, ':', &dir, &rest);
        struct str file = path_join(a, dir, "llama-server");
        if (dir.len && dir.ptr[0] == '/' && is_program(file.ptr)) {
            return file;
        }
    }
    struct str own = path_join(a, g->o.data_dir, "engine/llama-server");
    return is_program(own.ptr) ? own : (struct str){0};
}

void models_find_binary(struct engine *g) {
    struct arena a = arena_make(1 << 20);
    struct str found = look_for_binary(g, &a);
    if (!str_eq(found, g->binary)) {
        g->binary = str_dup(&g->arena, found);
    }
    arena_end(&a);
}

/* A model's data changes only while nothing runs it. */
static void take_found(struct engine *g, const struct found *f, size_t n) {
    LOCKED(&g->lock);
    models_find_binary(g);
    for (struct slot *s = g->slots; s; s = s->next) {
        s->gone = true;
    }
    for (size_t i = 0; i < n; i++) {
        struct slot *s = slot_find(g, f[i].name);
        s = s ? s : slot_new(g);
        s->gone = false;
        s->stale = slot_runs(s) || s->waiting || s->active;
        if (!s->stale) {
            copy_found(g, s, &f[i]);
        }
    }
}

/* Read by one thread, taken over by the loop; whoever of the two is last frees it. */
struct rescan {
    struct rescan *next, **at; /* those on their way: weir may end before the loop takes them */
    struct engine *g;
    struct arena arena;
    struct found *found;
    size_t count;
    int holders;
    bool taken;
};

static void scan(void *arg) {
    struct rescan *r = arg;
    struct catalogue_options o;
    {
        LOCKED(&r->g->lock); /* texts stay in the engine's arena */
        o = (struct catalogue_options){r->g->o.data_dir, r->g->o.home, r->g->o.dirs,
                                       r->g->o.dir_count};
    }
    r->count = catalogue_scan(&r->arena, &o, &r->found);
}

static void rescan_drop(struct rescan *r) {
    {
        LOCKED(&r->g->lock);
        if (--r->holders > 0) {
            return;
        }
        *r->at = r->next;
        if (r->next) {
            r->next->at = r->at;
        }
    }
    arena_end(&r->arena);
    free(r);
}

static void rescan_take(void *arg) {
    struct rescan *r = arg;
    take_found(r->g, r->found, r->count);
    {
        LOCKED(&r->g->lock);
        r->taken = true;
        pthread_cond_broadcast(&r->g->taken);
    }
    rescan_drop(r);
}

static struct rescan *rescan_new(struct engine *g, int holders) {
    struct rescan *r = calloc(1, sizeof *r);
    if (!r) {
        abort();
    }
    *r = (struct rescan){.g = g, .arena = arena_make(256 << 20), .holders = holders};
    LOCKED(&g->lock);
    r->next = g->rescans;
    r->at = &g->rescans;
    if (r->next) {
        r->next->at = &r->next;
    }
    g->rescans = r;
    return r;
}

void models_first(struct engine *g) {
    struct rescan *r = rescan_new(g, 1);
    scan(r);
    rescan_take(r);
}

void models_drop_rescans(struct engine *g) {
    while (g->rescans) {
        g->rescans->holders = 1;
        rescan_drop(g->rescans);
    }
}

/* The loop never reads files: it sends a worker. Any other thread reads, hands over and waits, but
 * not for ever: the loop may be at its end. */
void engine_rescan(struct engine *g) {
    if (loop_is_current(g->o.loop)) {
        workers_run(g->o.workers, scan, rescan_take, rescan_new(g, 1));
        return;
    }
    struct rescan *r = rescan_new(g, 2);
    scan(r);
    loop_post(g->o.loop, rescan_take, r);
    int64_t until_us = clock_mono_us() + TAKE_MS * 1000LL;
    struct timespec until = {.tv_sec = until_us / 1000000, .tv_nsec = until_us % 1000000 * 1000};
    {
        LOCKED(&g->lock);
        while (!r->taken
               && pthread_cond_clockwait(&g->taken, &g->lock, CLOCK_MONOTONIC, &until) == 0) {
        }
    }
    rescan_drop(r);
}

static struct engine_model copy_model(struct arena *a, const struct engine_model *from) {
    struct engine_model m = *from;
    struct str *texts[] = {&m.name,         &m.path,  &m.source,     &m.architecture,
                           &m.quantisation, &m.title, &m.size_label, &m.problem};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *texts[i] = str_dup(a, *texts[i]);
    }
    return m;
}

static int by_name(const void *a, const void *b) {
    return str_cmp(((const struct engine_model *)a)->name, ((const struct engine_model *)b)->name);
}

size_t engine_models(struct engine *g, struct arena *a, struct engine_model **out) {
    LOCKED(&g->lock);
    struct engine_model *v = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (const struct slot *s = g->slots; s; s = s->next) {
        if (!s->gone) {
            *arena_push(a, v, n, cap) = copy_model(a, &s->info);
        }
    }
    if (n) {
        qsort(v, n, sizeof *v, by_name);
    }
    for (size_t i = 1; i < n; i++) { /* the default model first */
        if (str_ieq(v[i].name, g->o.default_model)) {
            struct engine_model m = v[i];
            memmove(v + 1, v, i * sizeof *v);
            v[0] = m;
            break;
        }
    }
    *out = v;
    return n;
}

bool engine_find(struct engine *g, struct arena *a, struct str name, struct engine_model *out) {
    LOCKED(&g->lock);
    struct slot *s = slot_find(g, name);
    if (!s || s->gone) {
        return false;
    }
    *out = copy_model(a, &s->info);
    return true;
}
