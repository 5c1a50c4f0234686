/* `weir policy explain` and `weir policy test`: what the policy says of a text, of a label, of a
 * caller. Nothing is sent. Worker threads. */
#include "codec/toml.h"
#include "hub/inner.h"

/* The policy in force, or the one that the body brings to be tried. Give back with drop(). */
struct trial {
    struct snapshot *held;
    const struct snapshot *snap;
    struct snapshot own;
};

static bool begin(struct hub *h, struct arena *a, const struct hub_query *q, struct trial *t,
                  struct err *e) {
    struct str text = jval_str(jval_get(q->body, "policy"));
    t->held = snapshot_hold(h);
    t->snap = t->held;
    if (text.len) {
        t->own.config = t->held->config;
        t->snap = &t->own;
        return policy_trial(h, a, text, &t->own, e);
    }
    return true;
}

static void drop(struct trial *t) {
    sense_free(t->own.sense);
    snapshot_drop(t->held);
}

/* ---- explain ---- */

static void write_steps(struct jout *j, struct arena *a, const struct policy *p,
                        const struct item *it, const struct policy_request *rq,
                        const struct policy_backend *b) {
    struct trace_step *steps = NULL;
    size_t n = policy_trace(a, p, it, rq, b, &steps);
    jout_key(j, "steps");
    jout_array(j);
    for (size_t i = 0; i < n; i++) {
        jout_object(j);
        jout_kcstr(j, "kind", TRACE_NAMES[steps[i].kind]);
        jout_kstr(j, "rule", steps[i].rule);
        jout_kcstr(j, "transform", TRANSFORM_NAMES[steps[i].transform]);
        jout_end_object(j);
    }
    jout_end_array(j);
}

struct explain {
    struct jout *j;
    struct arena *a;
    const struct policy *policy;
    const struct label *label;
    const struct policy_request *rq;
    const struct item *item_opt; /* that alone, with its steps */
};

static void write_permit(struct explain *x, struct str backend, enum zone zone) {
    struct policy_backend b = {.name = backend, .zone = zone};
    struct permit p = x->item_opt ? policy_item_permit(x->policy, x->item_opt, x->rq, &b)
                                  : policy_permit(x->policy, x->label, x->rq, &b);
    struct jout *j = x->j;
    jout_object(j);
    jout_kstr(j, "backend", backend);
    jout_kcstr(j, "zone", ZONE_NAMES[zone]);
    jout_kcstr(j, "transform", TRANSFORM_NAMES[p.transform]);
    jout_kbool(j, "ask", p.ask);
    jout_kstr(j, "rule", p.rule);
    jout_kstr(j, "ask_rule", p.ask_rule);
    jout_kcstr(j, "level", LEVEL_NAMES[p.item.level]);
    jout_kcstr(j, "topic", TOPIC_NAMES[p.item.topic]);
    jout_kstr(j, "kind", p.item.kind);
    if (x->item_opt) {
        write_steps(j, x->a, x->policy, x->item_opt, x->rq, &b);
    }
    jout_end_object(j);
}

/* Every provider, and for each zone one that is not configured. */
static void write_permits(struct explain *x, const struct config *config) {
    jout_key(x->j, "permits");
    jout_array(x->j);
    for (size_t i = 0; i < config->provider_count; i++) {
        write_permit(x, config->providers[i].name, config->providers[i].target.zone);
    }
    for (int z = ZONE_HOME; z < ZONES; z++) {
        write_permit(x, STR("(any other)"), (enum zone)z);
    }
    jout_end_array(x->j);
}

static void write_items(struct explain *x, const struct config *config) {
    jout_key(x->j, "items");
    jout_array(x->j);
    for (size_t i = 0; i < x->label->count; i++) {
        struct item *it = &x->label->items[i];
        struct label one = {.items = it, .count = 1};
        jout_object(x->j);
        jout_kstr(x->j, "label", label_text(x->a, &one));
        jout_kcstr(x->j, "role", ROLE_NAMES[it->role]);
        jout_kstr(x->j, "kind", it->kind);
        jout_kstr(x->j, "raised_by", policy_raised_by(x->policy, x->label, it, x->rq));
        x->item_opt = it;
        write_permits(x, config);
        jout_end_object(x->j);
    }
    x->item_opt = NULL;
    jout_end_array(x->j);
}

static bool explain(struct hub *h, const struct snapshot *s, struct arena *a,
                    const struct hub_query *q, struct buf *b, struct err *e) {
    struct dry d = {.trial = true};
    TRY(journey_dry(h, s, a, q, &d, e));
    struct jout j = jout_make(b);
    struct explain x = {.j = &j,
                        .a = a,
                        .policy = &s->policy,
                        .label = &d.labelled.raised,
                        .rq = &d.labelled.request};
    jout_object(&j);
    jout_kbool(&j, "policy_ok", !s->policy.broken);
    jout_kstr(&j, "why", s->policy.why);
    jout_kstr(&j, "label", label_text(a, x.label));
    write_items(&x, s->config);
    write_permits(&x, s->config);
    jout_end_object(&j);
    return true;
}

bool hub_policy_explain(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                        struct err *e) {
    struct trial t = {0};
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    bool ok = begin(h, a, q, &t, e) && explain(h, t.snap, a, q, &b, e);
    drop(&t);
    *out = str_dup(a, buf_str(&b));
    return ok;
}

/* ---- test: cases, as TOML ([[case]]), as JSON ({"cases": [...]}), or as TOML in JSON beside a
 * policy to be tried ({"text": "[[case]] …", "policy": "…"}) ---- */

static const struct member CASE_KEYS[] = {
    {"name", JSTRING},   {"text", JSTRING},    {"label", JSTRING},        {"items", JARRAY},
    {"caller", JSTRING}, {"project", JSTRING}, {"conversation", JSTRING}, {"client", JSTRING},
    {"date", JSTRING},   {"time", JSTRING},    {"to", JSTRING},           {"expect", JSTRING},
    {"rule", JSTRING}};
static const struct member ITEM_KEYS[] = {
    {"level", JSTRING}, {"topic", JSTRING},  {"kind", JSTRING}, {"compartment", JSTRING},
    {"role", JSTRING},  {"folder", JSTRING}, {"file", JSTRING}, {"tool", JSTRING}};
static const char *const EXPECTED[] = {"as_is", "pseudonymise", "forbidden", "ask"};

static void write_toml(struct jout *j, const struct tval *v) {
    switch (v->kind) {
    case TTABLE:
        jout_object(j);
        for (size_t i = 0; i < v->count; i++) {
            jout_key_str(j, v->items[i].key);
            write_toml(j, &v->items[i]);
        }
        jout_end_object(j);
        return;
    case TARRAY:
        jout_array(j);
        for (size_t i = 0; i < v->count; i++) {
            write_toml(j, &v->items[i]);
        }
        jout_end_array(j);
        return;
    case TINTEGER:
        jout_i64(j, v->integer);
        return;
    case TFLOAT:
        jout_double(j, v->number);
        return;
    case TBOOL:
        jout_bool(j, v->boolean);
        return;
    case TSTRING:
    case TDATE:
    case TTIME:
    case TDATETIME:
        jout_str(j, v->string);
        return;
    }
}

static bool cases_of(struct arena *a, const struct hub_query *q, const struct jval **out,
                     struct err *e) {
    static const char how[] =
        "The cases are written [[case]] text = \"…\" to = \"cloud\" expect = \"forbidden\", or as "
        "JSON {\"cases\": [{…}]}; `weir policy --help` says more";
    static const struct member members[] = {
        {"cases", JARRAY}, {"text", JSTRING}, {"policy", JSTRING}};
    TRY(members_check(q->body, members, ARRAY_LEN(members), e));
    *out = jval_get(q->body, "cases");
    struct str text = q->body ? jval_str(jval_get(q->body, "text")) : q->body_text;
    if (!*out && str_trim(text).len) {
        const struct tval *t = NULL;
        TRY(toml_parse(a, text, "cases", &t, e));
        const struct tval *cases = tval_get(t, "case");
        AUTO_BUF b = {0};
        buf_init(&b, 64 << 20);
        struct jout j = jout_make(&b);
        if (cases && t->count == 1) {
            write_toml(&j, cases);
            *out = json_parse(a, str_dup(a, buf_str(&b)), &JSON_LIMITS, e);
        }
    }
    return (jval_is(*out, JARRAY) && jval_len(*out) > 0) || err_set(e, ERR_INVALID, "%s", how);
}

/* A case that means something else than its writer thinks is worse than none. */
static bool check_case(const struct jval *v, struct err *e) {
    if (!jval_is(v, JOBJECT)) {
        return err_set(e, ERR_INVALID, "a case is a table of its own");
    }
    TRY(members_check(v, CASE_KEYS, ARRAY_LEN(CASE_KEYS), e));
    struct str expect = jval_str(jval_get(v, "expect"));
    for (size_t i = 0; i < ARRAY_LEN(EXPECTED); i++) {
        if (str_is(expect, EXPECTED[i])) {
            return true;
        }
    }
    return err_set(e, ERR_INVALID, "`expect` is as_is, pseudonymise, forbidden or ask");
}

/* "22:15" */
static bool read_minute(struct str s, int *out) {
    bool form = s.len == 5 && s.ptr[2] == ':';
    for (size_t i = 0; form && i < 5; i++) {
        form = i == 2 || (s.ptr[i] >= '0' && s.ptr[i] <= '9');
    }
    if (!form) {
        return false;
    }
    int hours = (s.ptr[0] - '0') * 10 + s.ptr[1] - '0';
    int minutes = (s.ptr[3] - '0') * 10 + s.ptr[4] - '0';
    *out = hours * 60 + minutes;
    return hours < 24 && minutes < 60;
}

static bool is_day(struct str s) {
    int64_t ms = 0;
    return s.len == 10 && clock_from_text(s, false, &ms);
}

static bool case_caller(const struct hub_query *q, const struct jval *v, struct hub_caller *out,
                        struct err *e) {
    struct str name = jval_str(jval_get(v, "caller"));
    *out = q->caller;
    if (name.len) {
        bool key = str_starts(name, STR("key:"));
        if (!key && !str_is(name, "owner") && !str_is(name, "local")) {
            return err_set(e, ERR_INVALID, "`caller` is owner, local or key:NAME");
        }
        out->name = name;
        out->kind = key ? CALLER_KEY : str_is(name, "owner") ? CALLER_OWNER : CALLER_LOCAL;
    }
    return true;
}

/* What is misspelt must not pass for something else. */
static bool check_items(const struct jval *v, struct err *e) {
    for (struct jiter at = jval_iter(v); jiter_next(&at);) {
        TRY(members_check(at.value, ITEM_KEYS, ARRAY_LEN(ITEM_KEYS), e));
        struct str topic = jval_str(jval_get(at.value, "topic"));
        struct str kind = jval_str(jval_get(at.value, "kind"));
        struct str role = jval_str(jval_get(at.value, "role"));
        enum level level = LEVEL_OPEN;
        enum topic t = TOPIC_NONE;
        enum label_role r = ROLE_OTHER;
        if (!level_from(jval_str(jval_get(at.value, "level")), &level)) {
            return err_set(e, ERR_INVALID,
                           "an item's `level` is open, personal, private or secret");
        }
        if ((topic.len && !topic_from(topic, &t)) || (role.len && !role_from(role, &r))
            || (kind.len && !kind_find(kind) && !str_starts(kind, STR("rule:")))) {
            return err_set(e, ERR_INVALID, "an item has a topic, role or kind that is none");
        }
    }
    return true;
}

/* The label that the case is about: its text's, and what it says itself. */
static bool case_label(struct hub *h, const struct snapshot *s, struct arena *a,
                       const struct hub_query *q, const struct jval *v, struct labelled *out,
                       struct err *e) {
    struct hub_query one = {.body = v};
    TRY(case_caller(q, v, &one.caller, e) && check_items(jval_get(v, "items"), e));
    bool plain = !jval_get(v, "text");
    if (plain) { /* only what is said of it */
        AUTO_BUF b = {0};
        buf_init(&b, 1 << 20);
        struct jout j = jout_make(&b);
        jout_object(&j);
        jout_kcstr(&j, "text", "");
        for (struct jiter it = jval_iter(v); jiter_next(&it);) {
            jout_key_str(&j, it.key);
            jout_raw(&j, jval_print(a, it.value));
        }
        jout_end_object(&j);
        one.body = json_parse(a, str_dup(a, buf_str(&b)), &JSON_LIMITS, e);
    }
    struct dry d = {.alone = true};
    TRY(one.body && journey_dry(h, s, a, &one, &d, e));
    *out = d.labelled;
    items_read(a, jval_get(v, "items"), &out->label);
    struct policy_request *rq = &out->request;
    rq->client = jval_str(jval_get(v, "client"));
    struct str date = jval_str(jval_get(v, "date"));
    struct str time = jval_str(jval_get(v, "time"));
    if ((date.len && !is_day(date)) || (time.len && !read_minute(time, &rq->minute))) {
        return err_set(e, ERR_INVALID, "`date` is like 2027-06-30, `time` like \"22:15\"");
    }
    if (date.len) {
        memcpy(rq->date, date.ptr, 10);
    }
    out->raised = s->policy.broken ? out->label : policy_raise(&s->policy, a, &out->label, rq);
    return true;
}

static bool case_backend(const struct snapshot *s, const struct jval *v, struct policy_backend *out,
                         struct err *e) {
    struct str to = jval_str(jval_get(v, "to"));
    const struct config_provider *p = config_provider(s->config, to);
    *out = (struct policy_backend){.name = to, .zone = ZONE_CLOUD};
    if (p) {
        out->zone = p->target.zone;
        return true;
    }
    out->name = STR("");
    return !to.len || zone_from(to, &out->zone)
           || err_set(
               e, ERR_INVALID,
               "`to` is device, home, trusted, cloud or the name of a provider, not `" STR_FMT "`",
               STR_ARG(str_sub(to, 0, 40)));
}

static bool is_as_expected(const struct jval *v, const struct permit *p) {
    struct str expect = jval_str(jval_get(v, "expect"));
    struct str rule = jval_str(jval_get(v, "rule"));
    bool asks = p->ask && p->transform != TRANSFORM_FORBIDDEN;
    bool same = asks ? str_is(expect, "ask") : str_is(expect, TRANSFORM_NAMES[p->transform]);
    return same && (!rule.len || str_eq(rule, p->rule) || (asks && str_eq(rule, p->ask_rule)));
}

static bool run_case(struct hub *h, const struct snapshot *s, struct arena *a,
                     const struct hub_query *q, const struct jval *v, struct jout *j, bool *passed,
                     struct err *e) {
    struct labelled l = {0};
    struct policy_backend to = {0};
    TRY(check_case(v, e));
    TRY(case_label(h, s, a, q, v, &l, e));
    TRY(case_backend(s, v, &to, e));
    struct permit p = policy_permit(&s->policy, &l.raised, &l.request, &to);
    *passed = is_as_expected(v, &p);
    jout_object(j);
    jout_kbool(j, "ok", *passed);
    jout_kstr(j, "name", jval_str(jval_get(v, "name")));
    jout_kstr(j, "expect", jval_str(jval_get(v, "expect")));
    jout_kcstr(j, "is", TRANSFORM_NAMES[p.transform]);
    jout_kbool(j, "ask", p.ask && p.transform != TRANSFORM_FORBIDDEN);
    jout_kstr(j, "rule", p.rule);
    jout_kstr(j, "ask_rule", p.ask_rule);
    jout_kstr(j, "label", label_text(a, &l.raised));
    jout_end_object(j);
    return true;
}

static bool run_cases(struct hub *h, const struct snapshot *s, struct arena *a,
                      const struct hub_query *q, struct buf *b, struct err *e) {
    const struct jval *cases = NULL;
    TRY(cases_of(a, q, &cases, e));
    struct jout j = jout_make(b);
    int64_t failed = 0;
    int number = 0;
    jout_object(&j);
    jout_key(&j, "cases");
    jout_array(&j);
    for (struct jiter it = jval_iter(cases); jiter_next(&it);) {
        bool passed = false;
        number++;
        if (!run_case(h, s, a, q, it.value, &j, &passed, e)) {
            return err_while(e, "case %d", number);
        }
        failed += !passed;
    }
    jout_end_array(&j);
    jout_ki64(&j, "failed", failed);
    jout_end_object(&j);
    return true;
}

bool hub_policy_test(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                     struct err *e) {
    struct trial t = {0};
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 20);
    bool ok = begin(h, a, q, &t, e) && run_cases(h, t.snap, a, q, &b, e);
    drop(&t);
    *out = str_dup(a, buf_str(&b));
    return ok;
}
