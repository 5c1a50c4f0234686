/* Labels that outlive their request (POLICY.md 1): what a conversation has seen, and what the
 * model's answers were made from. The tables in memory are what counts; weir.db only brings them
 * back after a restart. Any thread. */
#include "hub/inner.h"

#include <stdio.h>

enum {
    SHORTEST_PART =
        16, /* shorter ones would make strangers' "yes" private; the conversation covers them */
    REFRESH_MS = 60000, /* a row that says nothing new is written again all the same */
};

struct kept {
    struct arena arena;
    int refs;
    bool treated;
    enum level treat;      /* the person's word for the conversation */
    int64_t stored_ms;     /* when it was last written */
    uint64_t conversation; /* of an answer's parts */
    struct label label;
};

struct ring { /* keys in the order they came, for letting the oldest go */
    char (*keys)[72];
    size_t from, count, cap;
};

struct memory {
    pthread_mutex_t lock;
    struct map *conversations; /* id → kept */
    struct map *parts;         /* hex of the keyed hash → kept */
    struct ring conversation_ring, part_ring;
};

struct memory *memory_new(void) {
    struct memory *m = calloc(1, sizeof *m);
    if (!m) {
        abort();
    }
    pthread_mutex_init(&m->lock, NULL);
    m->conversations = map_new();
    m->parts = map_new();
    return m;
}

static void drop(struct kept *k) {
    if (k && --k->refs == 0) {
        arena_end(&k->arena);
        free(k);
    }
}

static void drop_all(struct map *m) {
    size_t at = 0;
    void *value = NULL;
    struct str key = {0};
    while (map_next(m, &at, &key, &value)) {
        drop(value);
    }
    map_free(m);
}

void memory_free(struct memory *m) {
    if (!m) {
        return;
    }
    drop_all(m->conversations);
    drop_all(m->parts);
    free(m->conversation_ring.keys);
    free(m->part_ring.keys);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

static struct kept *kept_new(void) {
    struct kept *k = calloc(1, sizeof *k);
    if (!k) {
        abort();
    }
    k->arena = arena_make(1 << 20);
    k->label = label_make(&k->arena);
    k->refs = 1;
    return k;
}

/* True: there is more in it than before. */
static bool copy_items(struct arena *a, struct label *into, const struct label *from) {
    bool more = from->integrity < into->integrity;
    for (size_t i = 0; i < from->count; i++) {
        struct item it = from->items[i];
        bool there = false;
        for (size_t k = 0; k < into->count && !there; k++) {
            there = item_eq(&into->items[k], &it);
        }
        if (!there) {
            it.compartment = str_dup(a, it.compartment);
            it.kind = str_dup(a, it.kind);
            it.folder = str_dup(a, it.folder);
            it.file = str_dup(a, it.file);
            it.tool = str_dup(a, it.tool);
            label_add(a, into, it);
            more = true;
        }
    }
    if (from->integrity < into->integrity) {
        into->integrity = from->integrity;
    }
    return more;
}

/* The oldest makes room when `most` are there. */
static void ring_add(struct ring *r, struct map *m, struct str key, size_t most) {
    if (!r->keys) {
        r->cap = most;
        r->keys = calloc(most, sizeof *r->keys);
        if (!r->keys) {
            abort();
        }
    }
    if (r->count == r->cap) {
        drop(map_remove(m, str_of(r->keys[r->from])));
        r->from = (r->from + 1) % r->cap;
        r->count--;
    }
    snprintf(r->keys[(r->from + r->count) % r->cap], sizeof r->keys[0], STR_FMT, STR_ARG(key));
    r->count++;
}

static struct kept *put_conversation(struct memory *m, struct str id, const struct label *l,
                                     bool *more) {
    struct kept *k = map_get(m->conversations, id);
    *more = !k;
    if (!k) {
        k = kept_new();
        ring_add(&m->conversation_ring, m->conversations, id, MEMORY_CONVERSATIONS);
        drop(map_set(m->conversations, id, k));
    }
    *more = copy_items(&k->arena, &k->label, l) || *more;
    return k;
}

/* True: that part was not known, or not with all of this label. */
static bool put_part(struct memory *m, struct str key, struct kept *k) {
    struct kept *before = map_get(m->parts, key);
    if (before) { /* the same words from another request: both labels */
        return copy_items(&before->arena, &before->label, &k->label);
    }
    k->refs++;
    ring_add(&m->part_ring, m->parts, key, MEMORY_PARTS);
    drop(map_set(m->parts, key, k));
    return true;
}

/* ---- after a restart ---- */

static bool on_conversation(void *ctx, const struct store_value *c, size_t n) {
    struct memory *m = ctx;
    struct arena a = arena_make(4 << 20);
    struct label l = label_make(&a);
    struct err e = {0};
    const struct jval *v = n >= 2 ? json_parse(&a, c[1].s, &JSON_LIMITS, &e) : NULL;
    if (v) {
        items_read(&a, jval_get(v, "items"), &l);
        bool more = false;
        struct kept *k = put_conversation(m, c[0].s, &l, &more);
        k->treated = level_from(jval_str(jval_get(v, "treat")), &k->treat);
    }
    arena_end(&a);
    return true;
}

static void conversation_json(struct buf *out, const struct kept *k) {
    struct jout j = jout_make(out);
    jout_object(&j);
    if (k->treated) {
        jout_kcstr(&j, "treat", LEVEL_NAMES[k->treat]);
    }
    jout_key(&j, "items");
    items_write(&j, &k->label);
    jout_end_object(&j);
}

static bool on_part(void *ctx, const struct store_value *c, size_t n) {
    struct memory *m = ctx;
    struct kept *k = kept_new();
    struct err e = {0};
    k->conversation = n >= 3 ? hash_table(c[2].s) : 0;
    const struct jval *items = n >= 3 ? json_parse(&k->arena, c[1].s, &JSON_LIMITS, &e) : NULL;
    if (items) {
        items_read(&k->arena, items, &k->label);
        put_part(m, c[0].s, k);
    }
    drop(k);
    return true;
}

bool memory_load(struct hub *h, struct err *e) {
    struct memory *m = h->memory;
    LOCKED(&m->lock);
    struct store_value most = sv_int(MEMORY_CONVERSATIONS);
    TRY(store_read(h->main, ST_CONVERSATION_ALL, &most, 1, on_conversation, m, e));
    most = sv_int(MEMORY_PARTS);
    return store_read(h->main, ST_ANSWER_PART_ALL, &most, 1, on_part, m, e);
}

/* ---- each request ---- */

struct str memory_conversation(struct hub *h, struct arena *a, const struct hub_caller *caller,
                               const struct chat_request *rq, struct begun *begun_opt) {
    bool claimed = rq->claims.conversation.len;
    struct str begun = rq->claims.conversation;
    for (size_t i = 0; !claimed && i < rq->message_count; i++) {
        if (rq->messages[i].role == CHAT_USER) {
            begun = chat_message_text(a, &rq->messages[i]);
            break;
        }
    }
    struct str of = caller->name;
    char *all = arena_array(a, char, of.len + 2 + begun.len); /* name, NUL, which, what */
    memcpy(all, of.ptr ? of.ptr : "", of.len);
    all[of.len + 1] = claimed ? 'c' : 'u';
    memcpy(all + of.len + 2, begun.ptr ? begun.ptr : "", begun.len);
    struct keyed_hash hash = hash_keyed(h->part_key, (struct str){all, of.len + 2 + begun.len});
    if (begun_opt) {
        *begun_opt = (struct begun){claimed ? (struct str){0} : begun, hash};
    }
    char text[KEYED_HEX];
    keyed_hex(&hash, text);
    return str_fmt(a, "c%.16s", text);
}

static void part_key(struct hub *h, struct str text, char key[KEYED_HEX]) {
    struct keyed_hash hash = hash_keyed(h->part_key, text);
    keyed_hex(&hash, key);
}

static struct str part_text(struct arena *a, const struct chat_part *p) {
    if (p->kind == PART_TOOL_CALL) {
        return chat_canonical_arguments(a, p->arguments);
    }
    return p->kind == PART_TEXT || p->kind == PART_REASONING || p->kind == PART_REFUSAL
               ? p->text
               : (struct str){0};
}

static void join_parts(struct hub *h, struct arena *a, const struct chat_part *parts, size_t n,
                       struct label *into) {
    for (size_t i = 0; i < n; i++) {
        struct str text = part_text(a, &parts[i]);
        if (text.len >= SHORTEST_PART) {
            char key[KEYED_HEX];
            part_key(h, text, key);
            struct kept *k = map_get(h->memory->parts, str_of(key));
            if (k) {
                copy_items(a, into, &k->label);
            }
        }
        join_parts(h, a, parts[i].parts, parts[i].part_count, into);
    }
}

void memory_join(struct hub *h, struct arena *a, struct str conversation,
                 const struct chat_request *rq, struct label *into) {
    LOCKED(&h->memory->lock);
    struct kept *k = map_get(h->memory->conversations, conversation);
    if (k) {
        copy_items(a, into, &k->label);
    }
    if (map_count(h->memory->parts)) {
        for (size_t i = 0; i < rq->message_count; i++) {
            join_parts(h, a, rq->messages[i].parts, rq->messages[i].part_count, into);
        }
    }
}

static bool is_plain(const struct label *l) {
    for (size_t i = 0; i < l->count; i++) {
        const struct item *it = &l->items[i];
        if (it->level != LEVEL_OPEN || it->topic || it->compartment.len || it->kind.len
            || it->folder.len || it->tool.len) {
            return false;
        }
    }
    return true;
}

/* What is to be written of one request. */
struct writing {
    struct hub *hub;
    struct arena arena;
    struct str conversation;
    struct store_value now_ms;
    struct store_step *steps;
    size_t count;
};

static void write_step(struct writing *w, enum store_stmt stmt, struct str first, struct str second,
                       struct str third) {
    struct store_value *v = arena_array(&w->arena, struct store_value, 4);
    v[0] = sv_text(first);
    v[1] = sv_text(second);
    v[2] = sv_text(third);
    v[3] = w->now_ms;
    w->steps[w->count++] = (struct store_step){stmt, v, 4};
}

static void keep_conversation(struct writing *w, struct str caller, const struct label *l) {
    bool more = false;
    struct kept *k = put_conversation(w->hub->memory, w->conversation, l, &more);
    if (!more && w->now_ms.i - k->stored_ms < REFRESH_MS) {
        return;
    }
    AUTO_BUF json = {0};
    buf_init(&json, 16 << 20);
    conversation_json(&json, k);
    k->stored_ms = w->now_ms.i;
    write_step(w, ST_CONVERSATION_PUT, w->conversation, caller, str_dup(&w->arena, buf_str(&json)));
}

static void keep_parts(struct writing *w, const struct label *l, const struct chat_part *parts,
                       size_t n) {
    AUTO_BUF json = {0};
    buf_init(&json, 16 << 20);
    struct jout j = jout_make(&json);
    struct kept *answer = kept_new();
    answer->conversation = hash_table(w->conversation);
    copy_items(&answer->arena, &answer->label, l);
    items_write(&j, l);
    for (size_t i = 0; i < n; i++) {
        struct str text = part_text(&w->arena, &parts[i]);
        if (text.len < SHORTEST_PART) {
            continue;
        }
        char *key = arena_alloc(&w->arena, KEYED_HEX);
        part_key(w->hub, text, key);
        if (put_part(w->hub->memory, str_of(key), answer)) {
            write_step(w, ST_ANSWER_PART_PUT, str_of(key), str_dup(&w->arena, buf_str(&json)),
                       w->conversation);
        }
    }
    drop(answer);
}

void memory_keep(struct hub *h, struct str conversation, struct str caller,
                 const struct label *whole, const struct chat_part *parts, size_t part_count) {
    if (is_plain(whole)) {
        return;
    }
    struct writing w = {.hub = h,
                        .arena = arena_make(64 << 20),
                        .conversation = conversation,
                        .now_ms = sv_int(clock_wall_ms())};
    w.steps = arena_array(&w.arena, struct store_step, part_count + 1);
    struct label decided = items_decided(&w.arena, whole);
    const struct label *l = &decided;
    if (!is_plain(l)) {
        LOCKED(&h->memory->lock);
        keep_conversation(&w, caller, l);
        if (part_count) {
            keep_parts(&w, l, parts, part_count);
        }
        if (w.count) {
            store_write(h->main, w.steps, w.count, NULL, NULL);
        }
    }
    arena_end(&w.arena);
}

bool memory_has(struct hub *h, struct str conversation) {
    LOCKED(&h->memory->lock);
    return map_get(h->memory->conversations, conversation) != NULL;
}

/* What its answers were made from is forgotten with it. */
static void forget_parts(struct memory *m, struct str conversation) {
    struct arena a = arena_make(SIZE_MAX);
    uint64_t id = hash_table(conversation);
    struct str *keys = NULL;
    size_t count = 0;
    size_t cap = 0;
    size_t at = 0;
    struct str key = {0};
    void *value = NULL;
    while (map_next(m->parts, &at, &key, &value)) {
        const struct kept *k = value;
        if (k->conversation == id) {
            *arena_push(&a, keys, count, cap) = str_dup(&a, key);
        }
    }
    for (size_t i = 0; i < count; i++) {
        drop(map_remove(m->parts, keys[i]));
    }
    arena_end(&a);
}

bool memory_reset(struct hub *h, struct str conversation, struct err *e) {
    scanned_drop(h->scanned, conversation);
    scanned_drop(h->looks, conversation);
    LOCKED(&h->memory->lock);
    struct kept *k = map_get(h->memory->conversations, conversation);
    if (!k) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no labelled conversation `" STR_FMT "`: `weir label show` lists "
                       "them",
                       STR_ARG(conversation));
    }
    drop(map_set(h->memory->conversations, conversation, kept_new()));
    forget_parts(h->memory, conversation);
    struct store_value v = sv_text(conversation);
    struct store_step steps[] = {{ST_CONVERSATION_RESET, &v, 1}, {ST_ANSWER_PART_RESET, &v, 1}};
    return store_write_wait(h->main, steps, ARRAY_LEN(steps), e);
}

void memory_list(struct hub *h, struct jout *j) {
    LOCKED(&h->memory->lock);
    jout_array(j);
    size_t at = 0;
    void *value = NULL;
    struct str key = {0};
    struct arena a = arena_make(16 << 20);
    while (map_next(h->memory->conversations, &at, &key, &value)) {
        const struct kept *k = value;
        if (k->label.count > 1) {
            jout_object(j);
            jout_kstr(j, "id", key);
            jout_kstr(j, "label", label_text(&a, &k->label));
            jout_kcstr(j, "treat", k->treated ? LEVEL_NAMES[k->treat] : NULL);
            jout_end_object(j);
        }
    }
    arena_end(&a);
    jout_end_array(j);
}

bool memory_treat(struct hub *h, struct str conversation, enum level level, struct err *e) {
    LOCKED(&h->memory->lock);
    struct kept *k = map_get(h->memory->conversations, conversation);
    if (!k) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no labelled conversation `" STR_FMT "`: `weir label show` lists "
                       "them",
                       STR_ARG(conversation));
    }
    k->treated = true;
    k->treat = level;
    AUTO_BUF json = {0};
    buf_init(&json, 16 << 20);
    conversation_json(&json, k);
    struct store_value v[] = {sv_text(conversation), sv_text(STR("owner")), sv_text(buf_str(&json)),
                              sv_int(clock_wall_ms())};
    struct store_step step = {ST_CONVERSATION_PUT, v, ARRAY_LEN(v)};
    return store_write_wait(h->main, &step, 1, e);
}

bool memory_treated(struct hub *h, struct str conversation, enum level *out) {
    LOCKED(&h->memory->lock);
    const struct kept *k = map_get(h->memory->conversations, conversation);
    if (k && k->treated) {
        *out = k->treat;
        return true;
    }
    return false;
}
