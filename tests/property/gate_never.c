/* links: gate */
/* Promise 3 and 4, searched at random: whatever the policy, the label and the fault, a recording
 * provider receives only what the newest policy allows, only bytes that a durable ledger row names,
 * only once, only at the configured origin; and it does receive what is allowed, so that a gate
 * that never opens fails as well.
 *
 * Several worlds (gate, stores, loop, two providers each) run side by side, one thread each.
 * WEIR_RUNS and WEIR_SEED change how much and where to begin. */
#include "../unit/gate/fixture.h"
#include "../unit/gate/provider.h"
#include "gate/answer.h"
#include "gate/book.h"
#include "gate/disguise.h"
#include "random.h"

enum { WORLDS = 4, POLICIES = 250, NAMES = 3, ENOUGH = 20000 };

enum fault {
    FAULT_NONE,
    FAULT_COMMIT,   /* the store cannot commit */
    FAULT_RELOAD,   /* another policy between pass and send */
    FAULT_BODY,     /* the body changed after the pass */
    FAULT_REUSE,    /* the pass used twice, by a copy */
    FAULT_REDIRECT, /* the provider sends us elsewhere */
    FAULT_PANIC_BEFORE,
    FAULT_PANIC_BETWEEN,
    FAULT_ADDRESS,      /* the name leads to an address of another zone, as after a DNS change */
    FAULT_OTHER_ORIGIN, /* sent to another target than authorised */
    FAULT_PATH,         /* a path that leaves base_url */
    FAULT_KEY,          /* no key to be had */
    FAULT_ABANDON,      /* given back, then sent */
    FAULT_RETRY,        /* the provider is busy, so it is sent again */
    FAULT_HEDGE,        /* the same body to another target at the same time */
    FAULT_LEFT,         /* said to be disguised, but an original is left in it */
    FAULTS
};
static const char *const FAULT_NAMES[FAULTS] = {
    "none",         "commit",        "reload",  "body",         "reuse", "redirect",
    "panic before", "panic between", "address", "other origin", "path",  "key",
    "abandon",      "retry",         "hedge",   "left"};
/* In a thousand. */
static const int WEIGHTS[FAULTS] = {210, 60, 150, 80, 60, 50, 5,  10,
                                    60,  60, 50,  25, 40, 45, 45, 50};

struct world {
    struct fixture f;
    struct provider provider, elsewhere;
    struct policy policies[POLICIES];
    struct vault *vault;
    struct book *book;
    uint64_t random;
    int64_t runs, sent_rows, received_all, allowed_all;
    int64_t met[FAULTS]; /* runs in which the fault stopped, or could have changed, a sending */
    int number;
    pthread_t thread;
    /* of the run under way; the provider's thread reads them */
    pthread_mutex_t lock;
    int64_t ledger_id;
    struct sha256 authorised;
    int received;
    char failure[512];
};

PRINTF(2, 3) static void wrong(struct world *w, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    LOCKED(&w->lock);
    if (!w->failure[0]) {
        vsnprintf(w->failure, sizeof w->failure, fmt, args);
    }
    va_end(args);
}

/* ---- random policies and labels ---- */

static const char *const TOPIC[] = {"health", "finance", "legal", "minors"};
static const char *const KIND[] = {"email", "phone", "iban", "person"};
static const char *const ROOM[] = {"client-x", "nightingale"};
static const char *const ZONE[] = {"home", "trusted", "cloud"};
static const char *const LEVEL[] = {"open", "personal", "private"};
static const char *const NAME[NAMES] = {"a", "b", "c"};

static void random_match(struct world *w, struct buf *b) {
    switch (below(&w->random, 6)) {
    case 0:
        buf_addf(b, "match = { level = \"%s\" }\n", PICK(&w->random, LEVEL));
        break;
    case 1:
        buf_addf(b, "match = { topic = \"%s\" }\n", PICK(&w->random, TOPIC));
        break;
    case 2:
        buf_addf(b, "match = { kind = [\"%s\", \"%s\"] }\n", KIND[0], PICK(&w->random, KIND));
        break;
    case 3:
        buf_addf(b, "match = { compartment = \"%s\" }\n", PICK(&w->random, ROOM));
        break;
    case 4:
        buf_addf(b, "match = { role = \"%s\" }\n", chance(&w->random, 50) ? "user" : "tool");
        break;
    default:
        buf_addf(b, "match = { topic = \"%s\", level = \"%s\" }\n", PICK(&w->random, TOPIC),
                 PICK(&w->random, LEVEL));
        break;
    }
}

static void random_rule(struct world *w, struct buf *b, int i) {
    buf_addf(b, "[[rule]]\nname = \"r%d\"\n", i);
    random_match(w, b);
    switch (below(&w->random, 6)) {
    case 0:
        buf_addf(b, "deny = \"%s\"\n", PICK(&w->random, ZONE));
        break;
    case 1:
        buf_addf(b, "ask = \"%s\"\n", PICK(&w->random, ZONE));
        break;
    case 2:
        buf_addf(b, "as = \"pseudonymise\"\n");
        break;
    case 3:
        buf_addf(b, "raise = \"%s\"\n", chance(&w->random, 30) ? "secret" : "private");
        break;
    default:
        buf_addf(b, "reach = \"%s\"\nas = \"%s\"\n", PICK(&w->random, ZONE),
                 chance(&w->random, 50) ? "as_is" : "pseudonymise");
        if (chance(&w->random, 30)) {
            buf_addf(b, "only = [\"%s\"]\n", PICK(&w->random, NAME));
        }
        break;
    }
}

static void random_policy(struct world *w, struct policy *out) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    struct err e = {0};
    buf_addf(&b, "preset = \"%s\"\n",
             chance(&w->random, 4) ? "no-such"
                                   : POLICY_PRESETS[below(&w->random, ARRAY_LEN(POLICY_PRESETS))]);
    int rules = (int)below(&w->random, 5);
    for (int i = 0; i < rules; i++) {
        random_rule(w, &b, i);
    }
    policy_read(&w->f.arena, str_dup(&w->f.arena, buf_str(&b)), "policy.toml", NULL, out, &e);
}

static struct label random_label(struct world *w, struct arena *a) {
    struct label l = label_make(a);
    size_t n = below(&w->random, 3);
    for (size_t i = 0; i < n; i++) {
        struct item it = {.level = chance(&w->random, 5)
                                       ? LEVEL_SECRET
                                       : (enum level)below(&w->random, LEVEL_SECRET),
                          .role = chance(&w->random, 70) ? ROLE_USER : ROLE_TOOL};
        if (chance(&w->random, 40)) {
            it.topic = (enum topic)(1 + below(&w->random, ARRAY_LEN(TOPIC)));
        } else if (chance(&w->random, 20)) {
            it.compartment = str_of(PICK(&w->random, ROOM));
        }
        if (chance(&w->random, 50)) {
            it.kind = str_of(PICK(&w->random, KIND));
        }
        label_add(a, &l, item_settled(it));
    }
    return l;
}

/* ---- what should happen, said without the gate ---- */

static const char *const PERSON[] = {"Anna Krause",      "Krause",          "Jörg Maß",
                                     "ada@mailbox.test", "+49 171 1234567", "Will"};

/* A text with some originals in a few spellings and places. */
static struct str random_text(struct world *w, struct arena *a) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    buf_add(&b, STR("{\"messages\":["));
    for (size_t i = 0, n = 1 + below(&w->random, 3); i < n; i++) {
        struct str who = str_of(PICK(&w->random, PERSON));
        who = chance(&w->random, 20) ? str_lower(a, who) : who;
        buf_add(&b, i ? STR(",") : STR(""));
        switch (below(&w->random, 3)) {
        case 0:
            buf_addf(&b, "{\"text\":\"Dear " STR_FMT ", \\n%d\"}", STR_ARG(who),
                     (int)below(&w->random, 1000));
            break;
        case 1:
            buf_addf(&b, "{\"" STR_FMT "\":[%d]}", STR_ARG(who), (int)below(&w->random, 1000));
            break;
        default:
            buf_addf(&b, "{\"arguments\":\"{\\\"to\\\":\\\"" STR_FMT "\\\"}\"}", STR_ARG(who));
            break;
        }
    }
    buf_add(&b, STR("]}"));
    return str_dup(a, buf_str(&b));
}

static bool holds_an_original(struct str body) {
    for (size_t i = 0; i < ARRAY_LEN(PERSON); i++) {
        if (str_contains(body, str_of(PERSON[i]))) {
            return true;
        }
    }
    return false;
}

struct told {
    struct buf text, arguments;
};

static void on_told(void *ctx, const struct chat_event *ev) {
    struct told *t = ctx;
    buf_add(ev->kind == EVENT_TOOL_ARGUMENTS ? &t->arguments : &t->text, ev->text);
}

static bool allowed(const struct policy *p, struct arena *a, const struct gate_order *o) {
    if (p->broken) {
        return false;
    }
    struct label raised = policy_raise(p, a, o->label, o->request);
    struct policy_backend backend = {o->target->name, o->target->zone};
    struct permit permit = policy_permit(p, &raised, o->request, &backend);
    return permit.transform != TRANSFORM_FORBIDDEN && o->transform != TRANSFORM_FORBIDDEN
           && o->transform >= permit.transform && (!permit.ask || o->approved);
}

/* ---- the provider's side ---- */

static bool on_found(void *ctx, const struct store_value *columns, size_t count) {
    struct sha256 *want = ctx;
    char hex[65];
    sha256_hex(want, hex);
    if (count >= 8 && str_contains(columns[6].s, str_of(hex))) {
        memset(want, 0, sizeof *want); /* found */
    }
    return false;
}

static void on_received(struct provider *p, const struct provider_request *rq) {
    struct world *w = p->ctx;
    struct err e = {0};
    pthread_mutex_lock(&w->lock);
    int64_t id = w->ledger_id;
    struct sha256 authorised = w->authorised;
    w->received++;
    pthread_mutex_unlock(&w->lock);
    if (p == &w->elsewhere) {
        wrong(w, "a request arrived at an origin that no target has");
    }
    if (id == 0 || !sha256_eq(&authorised, &rq->hash)) {
        wrong(w, "bytes arrived that no pass is out for");
    }
    struct sha256 want = rq->hash;
    struct store_value v[] = {sv_int(id)};
    if (!store_read(w->f.ledger, ST_LEDGER_GET, v, ARRAY_LEN(v), on_found, &want, &e)) {
        wrong(w, "the ledger cannot be read: %s", e.text);
    }
    static const struct sha256 found = {{0}};
    if (!sha256_eq(&want, &found)) {
        wrong(w, "bytes arrived before their row was in the ledger");
    }
}

static bool answer(struct provider *p, int fd, const struct provider_request *rq) {
    struct world *w = p->ctx;
    if (strstr(rq->head, "/busy ")) {
        return provider_reply(fd, "503 Service Unavailable", "busy");
    }
    if (strstr(rq->head, "/redirect ")) {
        char head[128];
        snprintf(head, sizeof head, "307 Temporary Redirect\r\nlocation: http://127.0.0.1:%d/v1/x",
                 w->elsewhere.port);
        return provider_reply(fd, head, "");
    }
    return provider_reply(fd, "200 OK", "ok");
}

/* ---- one run ---- */

struct run {
    struct world *w;
    struct arena arena;
    int64_t number;
    enum fault fault;
    struct gate_target target;
    struct gate_order order;
    struct label label;
    const struct policy *policy;
    struct gate_pass pass;
};

static enum fault random_fault(struct world *w) {
    int at = (int)below(&w->random, 1000);
    for (int i = 0; i < FAULTS; i++) {
        at -= WEIGHTS[i];
        if (at < 0) {
            return (enum fault)i;
        }
    }
    return FAULT_NONE;
}

static void swap_policy(struct run *r) {
    struct fixture *f = &r->w->f;
    r->policy = &r->w->policies[below(&r->w->random, POLICIES)];
    LOCKED(&f->lock);
    f->policy = r->policy;
}

static void shut(struct run *r, bool closed) {
    struct err e = {0};
    if (!gate_shut(r->w->f.gate, closed, STR("owner"), &e)) {
        wrong(r->w, "the panic switch: %s", e.text);
    }
}

static void disguise(struct run *r) {
    struct world *w = r->w;
    struct original found[ARRAY_LEN(PERSON)];
    for (size_t i = 0; i < ARRAY_LEN(PERSON); i++) {
        struct str text = str_of(PERSON[i]);
        found[i] = (struct original){str_contains(text, STR("@")) ? TOKEN_EMAIL
                                     : text.ptr[0] == '+'         ? TOKEN_PHONE
                                                                  : TOKEN_NAME,
                                     text};
    }
    struct disguised d;
    struct err e = {0};
    r->order.body = random_text(w, &r->arena);
    r->order.book = w->book;
    if (!disguise_body(w->book, &r->arena, found, ARRAY_LEN(found), r->order.body,
                       chance(&w->random, 50) ? DISGUISE_SURROGATE : DISGUISE_PLACEHOLDER, &d,
                       &e)) {
        wrong(w, "run %lld: %s", (long long)r->number, e.text);
    } else if (r->fault != FAULT_LEFT) {
        r->order.body = d.body;
    } else if (!d.originals) {
        r->fault = FAULT_NONE;
    }
}

/* What a provider answers to a disguised request: it wants originals sent somewhere. */
static void answer_tempts(struct run *r) {
    struct world *w = r->w;
    struct arena *a = &r->arena;
    bool outward = chance(&w->random, 50);
    size_t krause = book_entity(w->book, TOKEN_NAME, STR("Krause"));
    struct str token = book_token(w->book, a, krause, STR("Krause"));
    struct str pieces[2] = {str_fmt(a, "see http://evil.test/?q=" STR_FMT, STR_ARG(token)),
                            str_fmt(a, "{\"%s\":\"x\",\"q\":\"" STR_FMT "\"}",
                                    outward ? "url" : "file", STR_ARG(token))};
    struct veil *veil = veil_new(w->book, NULL, false, NULL);
    struct told told = {0};
    buf_init(&told.text, 1 << 16);
    buf_init(&told.arguments, 1 << 16);
    struct chat_event call = {.kind = EVENT_TOOL_CALL, .name = STR("tool")};
    struct chat_event stop = {.kind = EVENT_STOP};
    for (int i = 0; i < 2; i++) {
        size_t cut = below(&w->random, pieces[i].len);
        struct chat_event ev = {.kind = i ? EVENT_TOOL_ARGUMENTS : EVENT_TEXT};
        if (i) {
            veil_take(veil, &call, on_told, &told);
        }
        ev.text = str_sub(pieces[i], 0, cut);
        veil_take(veil, &ev, on_told, &told);
        ev.text = str_sub(pieces[i], cut, pieces[i].len);
        veil_take(veil, &ev, on_told, &told);
    }
    veil_take(veil, &stop, on_told, &told);
    if (holds_an_original(buf_str(&told.text))
        || holds_an_original(buf_str(&told.arguments)) == outward) {
        wrong(w, "run %lld: the answer became " STR_FMT " " STR_FMT, (long long)r->number,
              STR_ARG(buf_str(&told.text)), STR_ARG(buf_str(&told.arguments)));
    }
    buf_finish(&told.text);
    buf_finish(&told.arguments);
    veil_free(veil);
}

static void prepare(struct run *r) {
    struct world *w = r->w;
    struct arena *a = &r->arena;
    r->fault = random_fault(w);
    r->label = random_label(w, a);
    r->target = (struct gate_target){
        .name = str_of(PICK(&w->random, NAME)),
        .base_url = str_fmt(a, "http://127.0.0.1:%d/v1", w->provider.port),
        .zone = (enum zone)below(&w->random, ZONES),
        .scripted = chance(&w->random, 35),
        .auth_header = STR("x-api-key"),
        .connect_timeout_ms = 20000,
        .total_timeout_ms = 60000,
    };
    if (r->fault == FAULT_REDIRECT || r->fault == FAULT_RETRY) {
        r->target.name = str_fmt(a, "r%lld", (long long)r->number); /* its failures stay its own */
    } else if (r->fault == FAULT_ADDRESS) {
        r->target.base_url = str_fmt(a, "http://api.localhost:%d", w->provider.port);
        r->target.zone = chance(&w->random, 50) ? ZONE_CLOUD : ZONE_TRUSTED;
    } else if (r->fault == FAULT_KEY) {
        r->target.key = (struct secret_ref){.source = SECRET_ENV, .env = "WEIR_TEST_NO_SUCH_KEY"};
    }
    static const char *const outside[] = {"/../x", "@evil/", "x", "//evil/x", "/a%2e%2e/b", "/a b"};
    r->order = (struct gate_order){
        .target = &r->target,
        .path = r->fault == FAULT_PATH       ? str_of(PICK(&w->random, outside))
                : r->fault == FAULT_REDIRECT ? STR("/redirect")
                : r->fault == FAULT_RETRY    ? STR("/busy")
                                             : STR("/chat/completions"),
        .method = STR("POST"),
        .body = str_fmt(a, "{\"run\":%lld,\"pad\":\"%0*d\"}", (long long)r->number,
                        (int)below(&w->random, 300) + 1, 0),
        .decision = STR("d"),
        .caller = STR("owner"),
        .channel = STR("openai"),
        .model = STR("m"),
        .transform =
            (enum transform)(chance(&w->random, 3) ? TRANSFORM_FORBIDDEN : below(&w->random, 2)),
        .label = &r->label,
        .request = &w->f.request,
        .approved = chance(&w->random, 30),
    };
    if (r->order.transform == TRANSFORM_PSEUDONYMISE) {
        disguise(r);
    }
    swap_policy(r);
}

static bool authorise(struct run *r) {
    struct world *w = r->w;
    struct err e = {0};
    if (r->fault == FAULT_PANIC_BEFORE) {
        shut(r, true);
    }
    store_fail_commits(w->f.ledger, r->fault == FAULT_COMMIT);
    bool ok = gate_authorise(w->f.gate, &r->arena, &r->order, &r->pass, &e);
    store_fail_commits(w->f.ledger, false);
    bool open = allowed(r->policy, &r->arena, &r->order);
    bool stops = r->fault == FAULT_PANIC_BEFORE || r->fault == FAULT_COMMIT
                 || r->fault == FAULT_PATH || (r->fault == FAULT_KEY && !r->target.scripted)
                 || (r->fault == FAULT_LEFT && r->order.transform == TRANSFORM_PSEUDONYMISE);
    bool should = open && !stops;
    w->met[r->fault] += open && stops;
    if (ok && r->order.transform == TRANSFORM_PSEUDONYMISE) {
        if (holds_an_original(r->order.body)) {
            wrong(w, "run %lld: an original may leave: " STR_FMT, (long long)r->number,
                  STR_ARG(r->order.body));
        }
        answer_tempts(r);
    }
    if (r->fault == FAULT_PANIC_BEFORE) {
        shut(r, false);
    }
    if (ok != should) {
        wrong(w, "run %lld, fault %s: pass %s: %s", (long long)r->number, FAULT_NAMES[r->fault],
              ok ? "given" : "refused", e.text);
    }
    w->sent_rows += ok;
    return ok;
}

static void send_and_wait(struct run *r, const struct gate_target *t, struct gate_pass *pass,
                          struct str body) {
    struct call c;
    call_init(&c, &r->w->f, t, pass, body);
    loop_post(r->w->f.loop, call_send, &c);
    call_await_end(&c);
    call_finish(&c);
}

static void next_row(struct world *w, int64_t id) {
    LOCKED(&w->lock);
    w->ledger_id = id;
}

/* A second try needs a pass of its own. */
static int send_again(struct run *r) {
    struct err e = {0};
    send_and_wait(r, &r->target, &r->pass, r->order.body);
    swap_policy(r);
    struct gate_pass pass = {0};
    bool ok = gate_authorise(r->w->f.gate, &r->arena, &r->order, &pass, &e);
    if (ok != allowed(r->policy, &r->arena, &r->order)) {
        wrong(r->w, "run %lld: a second pass was %s: %s", (long long)r->number,
              ok ? "given" : "refused", e.text);
    }
    if (ok) {
        r->w->sent_rows++;
        next_row(r->w, pass.ledger_id);
        send_and_wait(r, &r->target, &pass, r->order.body);
    }
    return 1 + ok;
}

/* Two targets side by side: each has its own permit. */
static int send_to_two(struct run *r) {
    struct world *w = r->w;
    struct gate_target other = r->target;
    other.name = str_of(PICK(&w->random, NAME));
    other.zone = (enum zone)below(&w->random, ZONES);
    struct gate_order order = r->order;
    order.target = &other;
    struct gate_pass pass = {0};
    struct err e = {0};
    bool ok = gate_authorise(w->f.gate, &r->arena, &order, &pass, &e);
    if (ok != allowed(r->policy, &r->arena, &order)) {
        wrong(w, "run %lld: the other pass was %s: %s", (long long)r->number,
              ok ? "given" : "refused", e.text);
    }
    w->sent_rows += ok;
    struct call calls[2];
    call_init(&calls[0], &w->f, &r->target, &r->pass, r->order.body);
    call_init(&calls[1], &w->f, &other, &pass, r->order.body);
    for (int i = 0; i < 1 + ok; i++) {
        loop_post(w->f.loop, call_send, &calls[i]);
    }
    for (int i = 0; i < 1 + ok; i++) {
        call_await_end(&calls[i]);
    }
    call_finish(&calls[0]);
    call_finish(&calls[1]);
    return 1 + ok;
}

/* How many requests must have arrived. */
static int send_with_fault(struct run *r) {
    struct world *w = r->w;
    struct gate_target other = r->target;
    struct gate_pass copy = r->pass;
    copy.key = NULL;
    struct str body = r->order.body;
    bool open = true;
    w->met[r->fault] += r->fault != FAULT_RELOAD && r->fault != FAULT_LEFT;
    switch (r->fault) {
    case FAULT_RELOAD:
        swap_policy(r);
        send_and_wait(r, &r->target, &r->pass, body);
        open = allowed(r->policy, &r->arena, &r->order);
        w->met[FAULT_RELOAD] += !open;
        return open;
    case FAULT_BODY: {
        char *changed = str_cstr(&r->arena, body);
        changed[below(&w->random, body.len)] ^= 1;
        send_and_wait(r, &r->target, &r->pass, (struct str){changed, body.len});
        return 0;
    }
    case FAULT_REUSE:
        send_and_wait(r, &r->target, &r->pass, body);
        send_and_wait(r, &r->target, &copy, body);
        return 1;
    case FAULT_PANIC_BETWEEN:
        shut(r, true);
        send_and_wait(r, &r->target, &r->pass, body);
        shut(r, false);
        return 0;
    case FAULT_OTHER_ORIGIN:
        other.base_url = str_fmt(&r->arena, "http://127.0.0.1:%d/v1", w->elsewhere.port);
        send_and_wait(r, &other, &r->pass, body);
        return 0;
    case FAULT_ABANDON:
        gate_abandon(w->f.gate, &r->pass);
        send_and_wait(r, &r->target, &copy, body);
        return 0;
    case FAULT_RETRY:
        return send_again(r);
    case FAULT_HEDGE:
        return send_to_two(r);
    case FAULT_ADDRESS:
        send_and_wait(r, &r->target, &r->pass, body);
        return 0;
    default:
        send_and_wait(r, &r->target, &r->pass, body);
        return 1;
    }
}

static void expect_nothing_out(struct world *w, int64_t id, const struct sha256 *hash) {
    LOCKED(&w->lock);
    w->ledger_id = id;
    w->authorised = *hash;
    w->received = 0;
}

static void one_run(struct world *w, int64_t number) {
    static const struct sha256 none = {{0}};
    struct run r = {.w = w, .number = number, .arena = arena_make(SIZE_MAX)};
    prepare(&r);
    expect_nothing_out(w, 0, &none);
    int should = 0;
    if (authorise(&r)) {
        w->allowed_all++;
        if (r.target.scripted) {
            if (r.fault == FAULT_ABANDON) {
                gate_abandon(w->f.gate, &r.pass);
            } else {
                gate_note(w->f.gate, &r.pass, 200, 2, NULL);
            }
        } else {
            struct sha256 hash = sha256_of(r.order.body);
            expect_nothing_out(w, r.pass.ledger_id, &hash);
            should = send_with_fault(&r);
        }
    }
    pthread_mutex_lock(&w->lock);
    int received = w->received;
    pthread_mutex_unlock(&w->lock);
    w->received_all += received;
    if (received != should) {
        wrong(w, "run %lld, fault %s, zone %s: %d requests arrived, %d should have",
              (long long)number, FAULT_NAMES[r.fault], ZONE_NAMES[r.target.zone], received, should);
    }
    arena_end(&r.arena);
}

static void *live(void *arg) {
    struct world *w = arg;
    for (int64_t i = 0; i < w->runs && !w->failure[0]; i++) {
        one_run(w, i * WORLDS + w->number);
    }
    return NULL;
}

static void nothing_leaves_that_may_not(void **state) {
    (void)state;
    uint64_t seed = setting("WEIR_SEED", 20261123);
    int64_t runs = (int64_t)setting("WEIR_RUNS", 100000);
    unsetenv("WEIR_TEST_NO_SUCH_KEY");
    struct world *worlds = calloc(WORLDS, sizeof *worlds);
    for (int i = 0; i < WORLDS; i++) {
        struct world *w = &worlds[i];
        fixture_start(&w->f);
        pthread_mutex_init(&w->lock, NULL);
        w->number = i;
        w->random = seed * WORLDS + (uint64_t)i;
        w->runs = (runs + WORLDS - 1) / WORLDS;
        w->provider = (struct provider){
            .answer = answer, .on_request_opt = on_received, .ctx = w, .forget = true};
        w->elsewhere = w->provider;
        w->vault = vault_new(NULL, NULL);
        w->book = vault_book(w->vault, STR("c"), STR("owner"));
        provider_start(&w->provider);
        provider_start(&w->elsewhere);
        for (int p = 0; p < POLICIES; p++) {
            random_policy(w, &w->policies[p]);
        }
        pthread_create(&w->thread, NULL, live, w);
    }
    int64_t received = 0;
    int64_t passes = 0;
    int64_t met[FAULTS] = {0};
    for (int i = 0; i < WORLDS; i++) {
        struct world *w = &worlds[i];
        pthread_join(w->thread, NULL);
        struct ledger_check check;
        bool sound = fixture_verify(&w->f, &check);
        if (w->failure[0] || !sound) {
            fail_msg("seed %llu: %s " STR_FMT, (unsigned long long)seed, w->failure,
                     STR_ARG(check.why));
        }
        received += w->received_all;
        passes += w->allowed_all;
        for (int k = 0; k < FAULTS; k++) {
            met[k] += w->met[k];
        }
        provider_stop(&w->provider);
        provider_stop(&w->elsewhere);
        book_drop(w->book);
        vault_free(w->vault);
        fixture_end(&w->f);
        pthread_mutex_destroy(&w->lock);
    }
    free(worlds);
    print_message("%lld runs: %lld passes, %lld requests arrived\n", (long long)runs,
                  (long long)passes, (long long)received);
    print_message("faults that met a sending:");
    for (int i = 1; i < FAULTS; i++) {
        print_message(" %s %lld%s", FAULT_NAMES[i], (long long)met[i], i + 1 < FAULTS ? "," : "\n");
        assert_true(met[i] > 0 || runs < ENOUGH);
    }
    assert_true(passes > runs / 20);
    assert_true(received > runs / 50);
    assert_true(passes < runs * 3 / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_leaves_that_may_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
