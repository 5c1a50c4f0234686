/* Callers and their access keys (DESIGN.md 10). A key is shown once and kept as its SHA-256. Any
 * thread. */
#include "hub/inner.h"

static const char PREFIX[] = "weir_";

static bool on_key(void *ctx, const struct store_value *c, size_t n) {
    struct hub *h = ctx;
    struct sha256 hash = {0};
    if (n < 5 || !sha256_from_hex(c[1].s, &hash)) {
        return true;
    }
    struct hub_key *grown = arena_array(&h->key_arena, struct hub_key, h->key_count + 1);
    if (h->key_count) {
        memcpy(grown, h->keys, h->key_count * sizeof *grown);
    }
    h->keys = grown;
    h->keys[h->key_count++] = (struct hub_key){.name = str_dup(&h->key_arena, c[0].s),
                                               .hash = hash,
                                               .created_ms = c[2].i,
                                               .expires_ms = c[3].i,
                                               .project = str_dup(&h->key_arena, c[4].s)};
    return true;
}

bool keys_load(struct hub *h, struct err *e) {
    LOCKED(&h->lock);
    arena_end(&h->key_arena);
    h->key_arena = arena_make(4 << 20);
    h->keys = NULL;
    h->key_count = 0;
    return store_read(h->main, ST_KEY_ALL, NULL, 0, on_key, h, e);
}

static bool unauthorized(struct err *e, const char *text) {
    return err_code(e, ERR_UNAUTHORIZED, "invalid_api_key", "%s", text);
}

bool hub_authenticate(struct hub *h, struct arena *a, bool peer_is_owner, bool peer_is_local,
                      struct str key, struct hub_caller *out, struct err *e) {
    if (peer_is_owner) {
        *out = (struct hub_caller){.kind = CALLER_OWNER, .name = STR("owner")};
        return true;
    }
    struct sha256 hash = {{0}};
    if (key.len) {
        hash = sha256_of(key);
    }
    LOCKED(&h->lock);
    for (size_t i = 0; key.len && i < h->key_count; i++) {
        const struct hub_key *k = &h->keys[i];
        if (sha256_eq(&k->hash, &hash)) {
            if (k->expires_ms && clock_wall_ms() >= k->expires_ms) {
                return unauthorized(
                    e,
                    "This access key has run out; the owner makes a new one with `weir keys add`.");
            }
            *out = (struct hub_caller){.kind = CALLER_KEY,
                                       .name = str_fmt(a, "key:" STR_FMT, STR_ARG(k->name)),
                                       .project = str_dup(a, k->project)};
            return true;
        }
    }
    if (key.len && (h->key_count || str_starts(key, STR("weir_")))) {
        return unauthorized(
            e, "Incorrect API key provided: weir does not know it. The owner lists the keys with "
               "`weir keys`; without any key this computer's own user needs none.");
    }
    if (!peer_is_local) {
        return unauthorized(
            e, "An access key is needed here: the owner makes one with `weir keys add NAME`.");
    }
    *out = (struct hub_caller){.kind = CALLER_LOCAL, .name = STR("local")};
    return true;
}

bool hub_keys(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
              struct err *e) {
    (void)q;
    (void)e;
    AUTO_BUF b = {0};
    buf_init(&b, 4 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "keys");
    jout_array(&j);
    {
        LOCKED(&h->lock);
        for (size_t i = 0; i < h->key_count; i++) {
            jout_object(&j);
            jout_kstr(&j, "name", h->keys[i].name);
            jout_kstr(&j, "created", clock_rfc3339(a, h->keys[i].created_ms));
            jout_kstr(&j, "project", h->keys[i].project);
            if (h->keys[i].expires_ms) {
                jout_kstr(&j, "expires", clock_rfc3339(a, h->keys[i].expires_ms));
            }
            jout_end_object(&j);
        }
    }
    jout_end_array(&j);
    jout_end_object(&j);
    *out = str_dup(a, buf_str(&b));
    return true;
}

static bool name_is_fine(struct str s) {
    bool fine = s.len > 0 && s.len <= 40;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        fine = fine
               && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                   || c == '-' || c == '_' || c == '.');
    }
    return fine;
}

static bool key_exists(struct hub *h, struct str name) {
    LOCKED(&h->lock);
    for (size_t i = 0; i < h->key_count; i++) {
        if (str_eq(h->keys[i].name, name)) {
            return true;
        }
    }
    return false;
}

bool hub_key_add(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                 struct err *e) {
    static const struct member members[] = {
        {"name", JSTRING}, {"project", JSTRING}, {"days", JNUMBER}};
    TRY(members_check(q->body, members, ARRAY_LEN(members), e));
    struct str name = jval_str(jval_get(q->body, "name"));
    struct str project = jval_str(jval_get(q->body, "project"));
    int64_t days = 0;
    if (project.len > 200) {
        return err_set(e, ERR_INVALID, "A project's name has at most 200 bytes");
    }
    if (!name_is_fine(name)) {
        return err_set(e, ERR_INVALID,
                       "A key's name has letters, digits, '-', '_' and '.', at most 40");
    }
    if (jval_get(q->body, "days")
        && (!jval_i64(jval_get(q->body, "days"), &days) || days < 1 || days > 3650)) {
        return err_set(e, ERR_INVALID, "`days` is a whole number from 1 to 3650");
    }
    if (key_exists(h, name)) {
        return err_set(e, ERR_CONFLICT, "There is a key called `" STR_FMT "` already.",
                       STR_ARG(name));
    }
    struct str key = id_make(a, PREFIX, 40);
    struct sha256 hash = sha256_of(key);
    char hex[65];
    sha256_hex(&hash, hex);
    int64_t now = clock_wall_ms();
    struct store_value v[] = {sv_text(name), sv_text(str_of(hex)), sv_int(now),
                              sv_int(days ? now + days * 86400000 : 0), sv_text(project)};
    struct store_step step = {ST_KEY_PUT, v, ARRAY_LEN(v)};
    TRY(store_write_wait(h->main, &step, 1, e));
    TRY(keys_load(h, e));
    *out = str_fmt(a, "{\"name\":\"" STR_FMT "\",\"key\":\"" STR_FMT "\"}", STR_ARG(name),
                   STR_ARG(key));
    return true;
}

bool hub_key_revoke(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                    struct err *e) {
    if (!key_exists(h, q->id)) {
        return err_set(e, ERR_NOT_FOUND,
                       "There is no key called `" STR_FMT "`; `weir keys` lists them.",
                       STR_ARG(q->id));
    }
    struct snapshot *s = snapshot_hold(h);
    struct str full = str_fmt(a, "key:" STR_FMT, STR_ARG(q->id));
    struct str rule = str_dup(a, policy_rule_naming(&s->policy, full));
    snapshot_drop(s);
    if (rule.len) {
        return err_set(e, ERR_CONFLICT,
                       "The rule \"" STR_FMT "\" of policy.toml names `" STR_FMT
                       "`: change the rule first.",
                       STR_ARG(rule), STR_ARG(full));
    }
    struct store_value v = sv_text(q->id);
    struct store_step step = {ST_KEY_DELETE, &v, 1};
    TRY(store_write_wait(h->main, &step, 1, e));
    TRY(keys_load(h, e));
    *out = str_fmt(a, "{\"revoked\":\"" STR_FMT "\"}", STR_ARG(q->id));
    return true;
}
