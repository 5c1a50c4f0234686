/* Decides again from a record: permits from the recorded items under the recorded policy, then the
 * same choice. */
#include "hub/inner.h"

static int64_t num(const struct jval *o, const char *key) {
    int64_t v = 0;
    return jval_i64(jval_get(o, key), &v) ? v : 0;
}
static bool flag(const struct jval *o, const char *key) {
    return jval_bool(jval_get(o, key), false);
}
static int32_t num32(const struct jval *o, const char *key) {
    return (int32_t)num(o, key);
}

static struct features read_features(const struct jval *f) {
    return (struct features){.input_tokens = num(f, "input_tokens"),
                             .last_chars = num(f, "last_chars"),
                             .max_tokens = num(f, "max_tokens"),
                             .turns = num32(f, "turns"),
                             .code = num32(f, "code"),
                             .maths = num32(f, "maths"),
                             .reasoning = num32(f, "reasoning"),
                             .writing = num32(f, "writing"),
                             .simple = num32(f, "simple"),
                             .non_english = num32(f, "non_english"),
                             .images = flag(f, "images"),
                             .audio = flag(f, "audio"),
                             .files = flag(f, "files"),
                             .tools = flag(f, "tools"),
                             .forced_tool = flag(f, "forced_tool"),
                             .schema = flag(f, "schema"),
                             .in_tool_loop = flag(f, "in_tool_loop")};
}

static enum zone zone_at(const struct jval *o, const char *key) {
    enum zone z = ZONE_DEVICE;
    return zone_from(jval_str(jval_get(o, key)), &z) ? z : ZONE_CLOUD;
}

static struct route_wish read_wish(const struct jval *w) {
    struct route_wish out = {.profile = jval_str(jval_get(w, "profile")),
                             .cloud_share = num32(w, "cloud_share"),
                             .reach = zone_at(w, "reach"),
                             .named = flag(w, "named"),
                             .model = jval_str(jval_get(w, "model")),
                             .budget_left = num(w, "budget_left")};
    for (size_t i = 0; i < ARRAY_LEN(ROUTE_PREFER_NAMES); i++) {
        if (str_is(jval_str(jval_get(w, "prefer")), ROUTE_PREFER_NAMES[i])) {
            out.prefer = (int32_t)i;
        }
    }
    return out;
}

static struct candidate read_candidate(const struct jval *c) {
    struct candidate d = {.name = jval_str(jval_get(c, "name")),
                          .backend = jval_str(jval_get(c, "backend")),
                          .zone = zone_at(c, "zone"),
                          .auto_ok = flag(c, "auto_ok"),
                          .ask = flag(c, "ask"),
                          .approved = flag(c, "approved"),
                          .can_transform = flag(c, "can_transform"),
                          .context_tokens = num(c, "context_tokens"),
                          .images = flag(c, "images"),
                          .audio = flag(c, "audio"),
                          .files = jval_bool(jval_get(c, "files"), true), /* once not looked at */
                          .tools = flag(c, "tools"),
                          .schema = flag(c, "schema"),
                          .quality = num32(c, "quality"),
                          .price_in = num(c, "price_in"),
                          .price_out = num(c, "price_out"),
                          .tokens_per_second = num32(c, "tokens_per_second"),
                          .first_ms = num32(c, "first_ms"),
                          .warm = flag(c, "warm"),
                          .sticky = flag(c, "sticky")};
    struct str state = jval_str(jval_get(c, "state"));
    d.state = str_is(state, "ready")      ? CANDIDATE_READY
              : str_is(state, "loadable") ? CANDIDATE_LOADABLE
                                          : CANDIDATE_DOWN;
    struct str transform = jval_str(jval_get(c, "transform"));
    d.transform = str_is(transform, "as_is")          ? TRANSFORM_AS_IS
                  : str_is(transform, "pseudonymise") ? TRANSFORM_PSEUDONYMISE
                                                      : TRANSFORM_FORBIDDEN;
    return d;
}

/* The policy that the record names: the one in force, or one kept by its hash. */
static bool on_policy(void *ctx, const struct store_value *c, size_t n) {
    struct buf *b = ctx;
    return n && buf_add(b, c[0].s);
}

static bool policy_of(struct hub *h, struct arena *a, struct str hash, struct policy *out) {
    AUTO_BUF text = {0};
    buf_init(&text, 4 << 20);
    struct err e = {0};
    struct str name = str_fmt(a, "policy:" STR_FMT, STR_ARG(hash));
    struct store_value v = sv_text(name);
    struct policy_names names = {.home = h->o.places.home};
    return store_read(h->main, ST_SETTING_GET, &v, 1, on_policy, &text, &e) && text.len
           && policy_read(a, str_dup(a, buf_str(&text)), "policy.toml", &names, out, &e);
}

struct replay {
    size_t count;
    size_t permits_equal;
    struct route_result result;
};

static struct policy_request request_of(const struct jval *d) {
    struct str caller = jval_str(jval_get(d, "caller"));
    struct policy_request rq = {.project = jval_str(jval_get(d, "project")),
                                .conversation = jval_str(jval_get(d, "conversation")),
                                .project_known = flag(d, "project_known"),
                                .conversation_known = str_is(caller, "owner"),
                                .caller = caller,
                                .client = jval_str(jval_get(d, "client")),
                                .minute = num32(d, "minute")};
    struct str date = jval_str(jval_get(d, "date"));
    if (date.len == 10) {
        memcpy(rq.date, date.ptr, 10);
    }
    return rq;
}

static void run(struct arena *a, const struct jval *d, const struct policy *p_opt,
                struct replay *r) {
    struct label l = label_make(a);
    items_read(a, jval_get(d, "items"), &l);
    struct policy_request rq = request_of(d);
    const struct jval *list = jval_get(d, "candidates");
    r->count = jval_len(list);
    struct candidate *c = arena_array(a, struct candidate, r->count + 1);
    size_t i = 0;
    for (struct jiter it = jval_iter(list); jiter_next(&it); i++) {
        c[i] = read_candidate(it.value);
        if (p_opt) {
            struct policy_backend b = {.name = c[i].backend, .zone = c[i].zone};
            struct permit permit = policy_permit(p_opt, &l, &rq, &b);
            r->permits_equal += permit.transform == c[i].transform && permit.ask == c[i].ask;
            c[i].transform = permit.transform;
            c[i].ask = permit.ask;
        }
    }
    struct features f = read_features(jval_get(d, "features"));
    struct route_wish w = read_wish(jval_get(d, "wish"));
    r->result = route_choose(a, &f, c, r->count, &w);
}

bool record_replay(struct hub *h, struct arena *a, struct str record, struct str *out,
                   struct err *e) {
    const struct jval *d = json_parse(a, record, &JSON_LIMITS, e);
    if (!d) {
        return false;
    }
    struct policy policy = {0};
    bool broken = flag(d, "policy_broken");
    bool has_policy = broken || policy_of(h, a, jval_str(jval_get(d, "policy")), &policy);
    policy.broken = policy.broken || broken;
    struct replay r = {0};
    run(a, d, has_policy ? &policy : NULL, &r);
    struct str was = jval_str(jval_get(jval_get(d, "chosen"), "name"));
    struct str now = {0};
    if (r.result.chosen >= 0) {
        now =
            jval_str(jval_get(jval_at(jval_get(d, "candidates"), (size_t)r.result.chosen), "name"));
    }
    bool same_reason = str_is(jval_str(jval_get(d, "reason")), ROUTE_REASON_NAMES[r.result.reason]);
    bool same = str_eq(was, now) && same_reason && (!has_policy || r.permits_equal == r.count);
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 10);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "id", jval_str(jval_get(d, "id")));
    jout_kbool(&j, "same", same);
    jout_kstr(&j, "was", was);
    jout_kstr(&j, "now", now);
    jout_kcstr(&j, "reason", ROUTE_REASON_NAMES[r.result.reason]);
    jout_kbool(&j, "permits_checked", has_policy);
    jout_ki64(&j, "candidates", (int64_t)r.count);
    jout_kstr(&j, "policy", jval_str(jval_get(d, "policy")));
    jout_kstr(&j, "config", jval_str(jval_get(d, "config")));
    jout_end_object(&j);
    *out = str_dup(a, buf_str(&b));
    return true;
}
