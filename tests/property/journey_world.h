/* The random world of journey_never: its faults, what is planted in requests, policies, and what of
 * it may arrive where, said without the journey. */
#include "codec/base64.h"
#include "codec/url.h"
#include "gate/inside.h"
#include "journey.h"
#include "random.h"
#include "watcher.h"

enum { WORLDS = 2, POLICY_RUNS = 40, MOST_PLANTED = 5, PROVIDERS = 5, ENOUGH = 20000 };

enum fault {
    FAULT_NONE,
    FAULT_LATE,    /* the detectors do not come to an end in time */
    FAULT_LARGE,   /* more than the scanner takes: it has no room for it */
    FAULT_SCANNER, /* the scanner fails */
    FAULT_MEMORY,  /* there is no memory for it */
    FAULT_DISK,    /* the ledger's disk is full */
    FAULT_UTF8,    /* a byte that is no text */
    FAULT_GONE,    /* the client hangs up */
    FAULT_RELOAD,  /* another policy while the request is under way */
    FAULT_PANIC,   /* the switch while the request is under way */
    FAULT_TWICE,   /* the same request side by side */
    FAULT_FAILS,   /* the provider fails, so that auto chooses again */
    FAULT_CUT,     /* the provider cuts its answer */
    FAULT_GARBAGE, /* the provider answers something else */
    FAULT_CALLS,   /* the provider calls a tool with an original, and asks for more */
    FAULT_APPROVE, /* the owner approves what waits, and it is asked again */
    FAULT_RESET,   /* the conversation is reset meanwhile */
    FAULT_PREVIEW, /* previewed first, then sent as shown or not at all */
    FAULT_LOCAL,   /* the device's own model dies over it, so that auto chooses again */
    FAULT_MOVED,   /* the provider sends us elsewhere */
    FAULT_WATCHER, /* the local model that looks lies, fails, or never answers */
    FAULTS
};
static const char *const FAULT_NAMES[FAULTS] = {
    "none",      "late scan", "large",   "scanner fails", "scanner's memory",
    "disk full", "bad UTF-8", "gone",    "reload",        "panic",
    "twice",     "fails",     "cut",     "garbage",       "tool call",
    "approve",   "reset",     "preview", "local dies",    "redirect",
    "watcher"};
static const int WEIGHTS[FAULTS] = {270, 20, 20, 20, 20, 20, 20, 50, 60, 15, 60,
                                    90,  50, 30, 90, 80, 25, 90, 60, 50, 90};
/* With these nothing at all may leave. */
static const bool NEVER[FAULTS] = {
    [FAULT_LATE] = true,   [FAULT_LARGE] = true, [FAULT_SCANNER] = true,
    [FAULT_MEMORY] = true, [FAULT_DISK] = true,  [FAULT_UTF8] = true};

/* ---- what is planted ---- */

enum place {
    IN_USER,
    IN_SYSTEM,
    IN_ASSISTANT,
    IN_RESULT,
    IN_ARGUMENTS,
    IN_SCHEMA,
    IN_UNKNOWN,
    IN_BASE64,
    IN_PERCENT,
    IN_PARTS,
    IN_KEY,
    PLACES
};
static const enum label_role PLACE_ROLES[PLACES] = {
    ROLE_USER,  ROLE_SYSTEM, ROLE_ASSISTANT, ROLE_TOOL, ROLE_ASSISTANT, ROLE_OTHER,
    ROLE_OTHER, ROLE_USER,   ROLE_USER,      ROLE_USER, ROLE_OTHER};

struct planted {
    char text[96];  /* what must not leave */
    char form[200]; /* as it stands in the request */
    char core[96];  /* the part of it that tells it all */
    const char *kind;
    enum place place;
    bool marked; /* only the local model finds it */
};

struct world {
    struct weir weir;
    struct provider provider, elsewhere;
    struct watcher *watcher;
    long long asked_before; /* … of it */
    uint64_t random;
    int number;
    int64_t runs, received_all, refused_all, carried_all, approved_all, previews_all;
    int64_t met[FAULTS]; /* runs in which the fault made a difference, see met() */
    int64_t named_all;   /* names that led to another zone, refused */
    pthread_t thread;
    struct snapshot *policies[2]; /* in force, and the one before while both may be */
    pthread_mutex_t lock;         /* of what is below: the provider's threads look */
    pthread_cond_t settled;
    bool changing; /* a policy may be in force that is not among `policies` yet */
    int64_t run;
    enum fault fault;
    struct planted planted[MOST_PLANTED];
    size_t planted_count;
    bool approved;
    enum zone reach; /* what the request itself allows */
    char shown[65];  /* SHA-256 of what a preview showed; "" none */
    int received, to_fail;
    char *spoilt; /* in the body: the byte that is no text, and what it was */
    char was;
    char failure[900];
};

PRINTF(2, 3) static void wrong_locked(struct world *w, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    if (!w->failure[0]) {
        vsnprintf(w->failure, sizeof w->failure, fmt, args);
    }
    va_end(args);
}

static int iban_check(const char *digits) { /* of "DE", the check and these */
    int rest = 0;
    for (const char *c = digits; *c; c++) {
        rest = (rest * 10 + (*c - '0')) % 97;
    }
    for (const char *c = "131400"; *c; c++) {
        rest = (rest * 10 + (*c - '0')) % 97;
    }
    return 98 - rest;
}

static int luhn_check(const char *digits) { /* of fifteen */
    int sum = 0;
    for (int i = 0; digits[i]; i++) {
        int d = digits[i] - '0';
        d = i % 2 == 0 ? d * 2 : d;
        sum += d > 9 ? d - 9 : d;
    }
    return (10 - sum % 10) % 10;
}

static void plant(struct world *w, struct planted *p) {
    unsigned long long n =
        (unsigned long long)(w->run * WORLDS + w->number) * MOST_PLANTED + w->planted_count;
    char digits[32];
    p->marked = false;
    p->core[0] = 0;
    switch (below(&w->random, 10)) {
    case 9:
        p->kind = "name";
        p->marked = true;
        snprintf(p->text, sizeof p->text, WATCHER_MARK "%llu", n);
        for (char *c = p->text; *c; c++) { /* a number would have no surrogate */
            *c = *c >= '0' && *c <= '9' ? (char)(*c - '0' + 'k') : *c;
        }
        break;
    case 0:
        p->kind = "iban";
        snprintf(digits, sizeof digits, "37040044%010llu", n % 10000000000ULL);
        snprintf(p->text, sizeof p->text, "DE%02d%s", iban_check(digits), digits);
        snprintf(p->core, sizeof p->core, "%s", digits);
        break;
    case 1:
        p->kind = "card";
        snprintf(digits, sizeof digits, "41111%010llu", n % 10000000000ULL);
        snprintf(p->text, sizeof p->text, "%s%d", digits, luhn_check(digits));
        snprintf(p->core, sizeof p->core, "%s", digits);
        break;
    case 2:
        if (chance(&w->random, 50)) {
            p->kind = "phone";
            snprintf(p->text, sizeof p->text, "+49 170 %07llu", 1000000 + n % 9000000);
            break;
        }
        p->kind = "password";
        snprintf(p->text, sizeof p->text, "password: Xk9%lluQz!7w", n);
        break;
    case 3:
        p->kind = "health";
        snprintf(p->text, sizeof p->text, "I was diagnosed with asthma");
        break;
    case 4:
        p->kind = "rule:word";
        snprintf(p->text, sizeof p->text, "project Nightingale %llu", n);
        break;
    default:
        p->kind = "email";
        snprintf(p->text, sizeof p->text, "anna%llu@wren-hill.org", n);
        break;
    }
    static const enum place seen[] = {IN_USER,      IN_SYSTEM,  IN_ASSISTANT, IN_RESULT,
                                      IN_ARGUMENTS, IN_UNKNOWN, IN_PARTS};
    p->place = p->marked ? PICK(&w->random, seen) : (enum place)below(&w->random, PLACES);
    struct arena a = arena_make(1 << 16);
    struct str text = str_fmt(&a, "see %s now please", p->text);
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 12);
    if (p->place == IN_BASE64) {
        base64_encode(&b, text);
    } else if (p->place == IN_PERCENT) {
        url_encode(&b, text);
    } else {
        buf_add(&b, text);
    }
    snprintf(p->form, sizeof p->form, STR_FMT, STR_ARG(buf_str(&b)));
    arena_end(&a);
}

/* ---- the policy ---- */

static const char *const TOPIC[] = {"health", "finance"};
static const char *const KIND[] = {"email", "iban", "card", "health"};
static const char *const ZONE[] = {"home", "trusted", "cloud"};
static const char *const LEVEL[] = {"open", "personal", "private"};
static const char *const NAME[PROVIDERS] = {"far", "near", "house", "claude", "named"};

static void random_rule(struct world *w, struct buf *b, int i) {
    buf_addf(b, "[[rule]]\nname = \"r%d\"\n", i);
    switch (below(&w->random, 5)) {
    case 0:
        buf_addf(b, "match = { level = \"%s\" }\n", PICK(&w->random, LEVEL));
        break;
    case 1:
        buf_addf(b, "match = { topic = \"%s\" }\n", PICK(&w->random, TOPIC));
        break;
    case 2:
        buf_addf(b, "match = { kind = \"%s\" }\n", PICK(&w->random, KIND));
        break;
    case 3:
        buf_addf(b, "match = { role = \"%s\" }\n", chance(&w->random, 50) ? "user" : "tool");
        break;
    default:
        buf_addf(b, "match = { topic = \"%s\", level = \"%s\" }\n", PICK(&w->random, TOPIC),
                 PICK(&w->random, LEVEL));
        break;
    }
    switch (below(&w->random, 8)) {
    case 0:
        buf_addf(b, "deny = \"%s\"\n", PICK(&w->random, ZONE));
        break;
    case 1:
    case 2:
        buf_addf(b, "ask = \"%s\"\n", PICK(&w->random, ZONE));
        break;
    case 3:
        buf_addf(b, "as = \"pseudonymise\"\n");
        break;
    default:
        buf_addf(b, "reach = \"%s\"\nas = \"%s\"\n", PICK(&w->random, ZONE),
                 chance(&w->random, 60) ? "as_is" : "pseudonymise");
        if (chance(&w->random, 30)) {
            buf_addf(b, "only = [\"%s\"]\n", PICK(&w->random, NAME));
        }
        break;
    }
}

static void change_policy(struct world *w) {
    AUTO_BUF b = {0};
    struct err e = {0};
    buf_init(&b, 1 << 16);
    buf_addf(&b, "preset = \"%s\"\n",
             chance(&w->random, 4) ? "no-such"
             : chance(&w->random, 50)
                 ? "cloud-first"
                 : POLICY_PRESETS[below(&w->random, ARRAY_LEN(POLICY_PRESETS))]);
    buf_addf(&b, "[disguise]\nform = \"%s\"\n",
             chance(&w->random, 50) ? "surrogate" : "placeholder");
    if (chance(&w->random, 60)) {
        buf_addf(&b,
                 "[[rule]]\nname = \"word\"\nmatch = { words = [\"Nightingale\"] }\nraise = "
                 "\"%s\"\n",
                 chance(&w->random, 50) ? "private" : "secret");
    }
    int rules = (int)below(&w->random, 4);
    for (int i = 0; i < rules; i++) {
        random_rule(w, &b, i);
    }
    {
        LOCKED(&w->lock);
        w->changing = true;
    }
    weir_write(&w->weir, "policy.toml", buf_str(&b));
    bool ok = snapshot_load(w->weir.hub, &e);
    struct snapshot *now = snapshot_hold(w->weir.hub);
    LOCKED(&w->lock);
    if (!ok) {
        wrong_locked(w, "the configuration: %s", e.text);
    }
    w->changing = false;
    pthread_cond_broadcast(&w->settled);
    snapshot_drop(w->policies[1]);
    w->policies[1] = w->policies[0];
    w->policies[0] = now;
}

/* ---- what may arrive, said without the journey ---- */

/* What a finding of the local model counts as, when it does not do its work: one that lies may say
 * nothing of it, one that fails leaves the text undecided. */
static const char *kind_of(const struct planted *p, enum watcher_mode mode) {
    bool whole = !p->marked || mode == WATCHER_HONEST;
    return whole ? p->kind : mode == WATCHER_LIES ? "uncertain_term" : "undecided";
}

static bool may_go(const struct snapshot *s, struct arena *a, const struct planted *planted,
                   const struct policy_backend *to, const struct world *w) {
    struct planted seen = *planted;
    const struct planted *p = &seen;
    seen.kind = kind_of(planted, w->watcher->mode);
    const struct policy *policy = &s->policy;
    const struct kind_row *row = kind_find(str_of(p->kind));
    bool word = !row;
    struct item it = {.level = word ? LEVEL_OPEN
                                    : policy_kind_level(policy, str_of(p->kind), row->level),
                      .topic = word ? TOPIC_NONE : row->topic,
                      .kind = str_of(p->kind),
                      .role = PLACE_ROLES[p->place]};
    struct policy_request rq = {.caller = STR("local"), .minute = 600};
    clock_local(clock_wall_ms(), rq.date, &rq.minute);
    struct label l = label_make(a);
    label_add(a, &l, it);
    struct label raised = policy_raise(policy, a, &l, &rq);
    struct permit permit = policy_permit(policy, &raised, &rq, to);
    /* A disguise hides who it is about, not what is told; and a word only where a rule names it. */
    bool fact = str_is(str_of(p->kind), "health") || seen.kind != planted->kind
                || (word && !str_contains(policy->text, STR("name = \"word\"")));
    return permit.transform <= (fact ? TRANSFORM_PSEUDONYMISE : TRANSFORM_AS_IS)
           && (!permit.ask || w->approved);
}

static enum zone zone_of(const struct world *w, struct str name) {
    const struct config_provider *p = config_provider(w->policies[0]->config, name);
    return p ? p->target.zone : ZONE_CLOUD;
}

static void check_planted_locked(struct world *w, struct str name, struct str body) {
    struct arena a = arena_make(SIZE_MAX);
    struct policy_backend to = {.name = name, .zone = zone_of(w, name)};
    for (size_t i = 0; i < w->planted_count; i++) {
        const struct planted *p = &w->planted[i];
        bool core = p->core[0] && str_contains(body, str_of(p->core));
        if (!core && !str_contains(body, str_of(p->text)) && !str_contains(body, str_of(p->form))) {
            continue;
        }
        w->carried_all++;
        if (!may_go(w->policies[0], &a, p, &to, w)
            && !(w->policies[1] && may_go(w->policies[1], &a, p, &to, w))) {
            wrong_locked(
                w, "run %lld, fault %s: \"%s\" (%s, place %d) went to " STR_FMT " (%s)\n" STR_FMT,
                (long long)w->run, FAULT_NAMES[w->fault], p->text, p->kind, (int)p->place,
                STR_ARG(name), ZONE_NAMES[to.zone],
                STR_ARG(str_sub(w->policies[0]->policy.text, 0, 900)));
        }
    }
    arena_end(&a);
}
