/* The vault's books: in memory, and sealed in weir.db. */
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "gate/book.h"

enum { LARGEST_BOX = 64 << 20 };

struct vault {
    pthread_mutex_t lock;
    struct map *books; /* conversation → struct book, one reference each */
    struct store *store;
    const struct seal *seal;
};

struct vault *vault_new(struct store *store_opt, const struct seal *seal_opt) {
    struct vault *v = calloc(1, sizeof *v);
    if (!v) {
        abort();
    }
    pthread_mutex_init(&v->lock, NULL);
    v->books = map_new();
    v->store = store_opt && seal_opt ? store_opt : NULL;
    v->seal = seal_opt;
    return v;
}

void vault_free(struct vault *v) {
    if (!v) {
        return;
    }
    size_t at = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(v->books, &at, &key, &value)) {
        book_drop(value);
    }
    map_free(v->books);
    pthread_mutex_destroy(&v->lock);
    free(v);
}

static struct book *book_new(struct str conversation, struct str caller) {
    struct book *b = calloc(1, sizeof *b);
    if (!b) {
        abort();
    }
    b->refs = 1;
    b->arena = arena_make(SIZE_MAX);
    pthread_mutex_init(&b->lock, NULL);
    b->conversation = str_dup(&b->arena, conversation);
    b->caller = str_dup(&b->arena, caller);
    memcpy(b->tag, id_make(&b->arena, "", TOKEN_TAG).ptr, TOKEN_TAG);
    b->by_text = map_new();
    b->at_ms = clock_wall_ms();
    return b;
}

void book_drop(struct book *b) {
    if (!b || atomic_fetch_sub(&b->refs, 1) != 1) {
        return;
    }
    arena_end(&b->arena);
    map_free(b->by_text);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

static void put_locked(struct vault *v, struct book *b) {
    if (map_count(v->books) >= VAULT_BOOKS) {
        struct book *oldest = NULL;
        size_t at = 0;
        struct str key = {0};
        void *value = NULL;
        while (map_next(v->books, &at, &key, &value)) {
            struct book *x = value;
            oldest = !oldest || x->at_ms < oldest->at_ms ? x : oldest;
        }
        if (oldest) {
            map_remove(v->books, oldest->conversation);
            book_drop(oldest);
        }
    }
    book_drop(map_set(v->books, b->conversation, b));
}

struct book *vault_book(struct vault *v, struct str conversation, struct str caller) {
    LOCKED(&v->lock);
    struct book *b = map_get(v->books, conversation);
    if (!b) {
        b = book_new(conversation, caller);
        put_locked(v, b);
    }
    atomic_fetch_add(&b->refs, 1);
    return b;
}

/* ---- as JSON ---- */

static void write_faces(const struct entity *t, struct jout *j) {
    bool any = false;
    for (size_t f = 0; f < t->count; f++) {
        if (!t->forms[f].face.len) {
            continue;
        }
        if (!any) {
            jout_key(j, "surrogates");
            jout_object(j);
        }
        any = true;
        jout_key_str(j, t->forms[f].face);
        jout_str(j, t->forms[f].text);
    }
    if (any) {
        jout_end_object(j);
    }
}

static void write_escaped(const struct entity *t, struct jout *j) {
    bool any = false;
    for (size_t f = 0; f < t->count; f++) {
        if (!t->forms[f].escaped) {
            continue;
        }
        if (!any) {
            jout_key(j, "escaped");
            jout_array(j);
        }
        any = true;
        jout_str(j, t->forms[f].text);
    }
    if (any) {
        jout_end_array(j);
    }
}

static void write_locked(struct book *b, struct jout *j) {
    jout_object(j);
    jout_kstr(j, "conversation", b->conversation);
    jout_kstr(j, "caller", b->caller);
    jout_kcstr(j, "tag", b->tag);
    jout_ki64(j, "at", b->at_ms);
    jout_key(j, "originals");
    jout_array(j);
    struct arena a = arena_make(SIZE_MAX);
    for (size_t i = 0; i < b->count; i++) {
        const struct entity *t = &b->entities[i];
        jout_object(j);
        jout_kcstr(j, "type", TOKEN_NAMES[t->type]);
        jout_ki64(j, "number", t->number);
        jout_key(j, "forms");
        jout_object(j);
        for (size_t f = 0; f < t->count; f++) {
            jout_key_str(j, book_token(b, &a, i, t->forms[f].text));
            jout_str(j, t->forms[f].text);
        }
        jout_end_object(j);
        write_faces(t, j);
        write_escaped(t, j);
        jout_end_object(j);
    }
    arena_end(&a);
    jout_end_array(j);
    jout_end_object(j);
}

static bool type_from(struct str name, enum token_type *out) {
    for (size_t i = 0; i < TOKEN_TYPES; i++) {
        if (str_is(name, TOKEN_NAMES[i])) {
            *out = (enum token_type)i;
            return true;
        }
    }
    return false;
}

static void read_entity(struct book *b, const struct jval *v) {
    int64_t number = 0;
    struct entity t = {0};
    if (!type_from(jval_str(jval_get(v, "type")), &t.type)
        || !jval_i64(jval_get(v, "number"), &number) || number < 1 || number > 999999) {
        return;
    }
    t.number = (uint32_t)number;
    for (struct jiter it = jval_iter(jval_get(v, "forms")); jiter_next(&it);) {
        struct form f = {.text = str_dup(&b->arena, jval_str(it.value))};
        *arena_push(&b->arena, t.forms, t.count, t.cap) = f;
        struct str key = str_fmt(&b->arena, "%s/" STR_FMT, TOKEN_NAMES[t.type], STR_ARG(f.text));
        map_set(b->by_text, key, (void *)(uintptr_t)(b->count + 1));
    }
    for (struct jiter it = jval_iter(jval_get(v, "surrogates")); jiter_next(&it);) {
        for (size_t f = 0; f < t.count; f++) {
            if (str_eq(t.forms[f].text, jval_str(it.value))) {
                t.forms[f].face = str_dup(&b->arena, it.key);
            }
        }
    }
    for (struct jiter it = jval_iter(jval_get(v, "escaped")); jiter_next(&it);) {
        for (size_t f = 0; f < t.count; f++) {
            t.forms[f].escaped = t.forms[f].escaped || str_eq(t.forms[f].text, jval_str(it.value));
        }
    }
    b->last[t.type] = b->last[t.type] < t.number ? t.number : b->last[t.type];
    if (t.count) {
        *arena_push(&b->arena, b->entities, b->count, b->cap) = t;
    }
}

static struct book *book_read(const struct jval *v) {
    struct str tag = jval_str(jval_get(v, "tag"));
    if (tag.len != TOKEN_TAG) {
        return NULL;
    }
    struct book *b =
        book_new(jval_str(jval_get(v, "conversation")), jval_str(jval_get(v, "caller")));
    memcpy(b->tag, tag.ptr, TOKEN_TAG);
    int64_t at_ms = 0;
    b->at_ms = jval_i64(jval_get(v, "at"), &at_ms) ? at_ms : 0;
    for (struct jiter it = jval_iter(jval_get(v, "originals")); jiter_next(&it);) {
        read_entity(b, it.value);
    }
    return b;
}

/* ---- the disk ---- */

static bool on_box(void *ctx, const struct store_value *c, size_t n) {
    struct vault *v = ctx;
    struct arena a = arena_make(SIZE_MAX);
    struct str text = {0};
    struct err e = {0};
    const struct jval *doc = NULL;
    if (n >= 2 && seal_open_box(v->seal, &a, c[1].s, c[0].s, &text, &e)) {
        doc = json_parse(&a, text, &JSON_LIMITS, &e);
    }
    struct book *b = doc ? book_read(doc) : NULL;
    if (b) {
        put_locked(v, b);
    } else {
        log_warn("the vault of a conversation cannot be read: %s", e.text);
    }
    arena_end(&a);
    return true;
}

bool vault_load(struct vault *v, struct err *e) {
    if (!v->store) {
        return true;
    }
    LOCKED(&v->lock);
    struct store_value most = sv_int(VAULT_BOOKS);
    return store_read(v->store, ST_VAULT_ALL, &most, 1, on_box, v, e);
}

void vault_keep(struct vault *v, struct book *b) {
    LOCKED(&b->lock);
    if (!b->dirty || !v->store || b->gone) {
        return;
    }
    b->dirty = false;
    b->at_ms = clock_wall_ms();
    AUTO_BUF text = {0};
    buf_init(&text, LARGEST_BOX);
    struct jout j = jout_make(&text);
    write_locked(b, &j);
    if (text.failed) {
        log_warn("the vault of a conversation is too large to be kept on the disk");
        return;
    }
    struct arena a = arena_make(SIZE_MAX);
    struct store_value values[] = {
        sv_text(b->conversation), sv_int(b->at_ms),
        sv_blob(seal_close_box(v->seal, &a, buf_str(&text), b->conversation))};
    struct store_step step = {ST_VAULT_PUT, values, ARRAY_LEN(values)};
    store_write(v->store, &step, 1, NULL, NULL);
    arena_end(&a);
}

/* ---- for the owner ---- */

static void list_one(struct book *b, struct jout *j) {
    LOCKED(&b->lock);
    if (b->count) {
        jout_object(j);
        jout_kstr(j, "conversation", b->conversation);
        jout_kstr(j, "caller", b->caller);
        jout_ki64(j, "at", b->at_ms);
        jout_ki64(j, "originals", (int64_t)b->count);
        jout_end_object(j);
    }
}

void vault_list(struct vault *v, struct jout *j) {
    LOCKED(&v->lock);
    size_t at = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(v->books, &at, &key, &value)) {
        list_one(value, j);
    }
}

static void export_one(struct book *b, struct jout *j) {
    LOCKED(&b->lock);
    write_locked(b, j);
}

bool vault_export(struct vault *v, struct str conversation, struct jout *j, struct err *e) {
    LOCKED(&v->lock);
    struct book *b = map_get(v->books, conversation);
    if (!b) {
        return err_set(e, ERR_NOT_FOUND, "The vault has nothing of a conversation `" STR_FMT "`.",
                       STR_ARG(str_sub(conversation, 0, 80)));
    }
    export_one(b, j);
    return true;
}

/* What was queued for the disk by a request under way comes before the removal. */
static void close_book(struct book *b) {
    LOCKED(&b->lock);
    b->gone = true;
}

static bool take_out(struct vault *v, struct str conversation) {
    LOCKED(&v->lock);
    struct book *b = map_remove(v->books, conversation);
    if (b) {
        close_book(b);
    }
    book_drop(b);
    return b != NULL;
}

bool vault_remove(struct vault *v, struct str conversation, struct err *e) {
    if (!take_out(v, conversation)) {
        return err_set(e, ERR_NOT_FOUND, "The vault has nothing of a conversation `" STR_FMT "`.",
                       STR_ARG(str_sub(conversation, 0, 80)));
    }
    struct store_value key = sv_text(conversation);
    struct store_step step = {ST_VAULT_REMOVE, &key, 1};
    return !v->store || store_write_wait(v->store, &step, 1, e);
}

void vault_forget(struct vault *v, struct str conversation) {
    if (take_out(v, conversation) && v->store) {
        struct store_value key = sv_text(conversation);
        struct store_step step = {ST_VAULT_REMOVE, &key, 1};
        store_write(v->store, &step, 1, NULL, NULL);
    }
}
