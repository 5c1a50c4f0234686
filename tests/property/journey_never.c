/* links: api */
/* Promise 3 over the whole journey, searched at random: requests in two dialects, with findings
 * planted anywhere in them, under random policies, with faults on the way. The recording provider
 * checks every body that arrives: each planted text may stand in it only if the policy in force
 * lets it go there as it is, and the body must be in the ledger already. What must be refused
 * outright (the scanner fails, the disk is full, broken UTF-8) must not arrive at all; and enough
 * must arrive, so that a weir that never sends fails as well.
 *
 * WEIR_RUNS and WEIR_SEED change how much and where to begin. */
#include "journey_world.h"

/* ---- the provider's side ---- */

static bool on_row(void *ctx, const struct store_value *columns, size_t count) {
    struct sha256 *want = ctx;
    char hex[65];
    sha256_hex(want, hex);
    if (count >= 8 && str_contains(columns[6].s, str_of(hex))) {
        memset(want, 0, sizeof *want);
        return false;
    }
    return true;
}

static bool is_in_ledger(struct world *w, struct str name, struct sha256 hash) {
    static const struct sha256 found = {{0}};
    struct err e = {0};
    struct store_value v[] = {sv_int(INT64_MAX), sv_int(0),        sv_int(INT64_MAX),
                              sv_text(name),     sv_text(STR("")), sv_text(STR("")),
                              sv_text(STR("")),  sv_text(STR("")), sv_int(20)};
    return store_read(w->weir.hub->ledger, ST_LEDGER_LIST, v, ARRAY_LEN(v), on_row, &hash, &e)
           && sha256_eq(&hash, &found);
}

/* "POST /far/v1/chat/completions" → far */
static struct str name_of(const char *head) {
    struct str name = {0};
    struct str rest = {0};
    const char *slash = strchr(head, '/');
    str_cut(str_of(slash ? slash + 1 : ""), '/', &name, &rest);
    return name;
}

static void on_received(struct provider *p, const struct provider_request *rq) {
    struct world *w = p->ctx;
    struct str name = name_of(rq->head);
    bool known = is_in_ledger(w, name, rq->hash);
    LOCKED(&w->lock);
    while (w->changing) {
        pthread_cond_wait(&w->settled, &w->lock);
    }
    w->received++;
    w->received_all++;
    if (p == &w->elsewhere) {
        wrong_locked(w, "a request arrived where a redirect led");
    }
    if (str_is(name, "named")) {
        wrong_locked(w, "a name that leads to another zone was followed");
    }
    if (!known) {
        wrong_locked(w, "run %lld: bytes arrived before their row was in the ledger",
                     (long long)w->run);
    }
    if (zone_of(w, name) > w->reach) {
        wrong_locked(w, "run %lld: went to " STR_FMT ", further than weir-zone says",
                     (long long)w->run, STR_ARG(name));
    }
    char hex[65];
    sha256_hex(&rq->hash, hex);
    if (w->shown[0] && strcmp(w->shown, hex) != 0) {
        wrong_locked(w, "run %lld: other bytes than the preview showed", (long long)w->run);
    }
    check_planted_locked(w, name, (struct str){rq->body, rq->body_len});
}

static void openai_answer(struct buf *b, bool stream, const char *call_opt) {
    const char *delta = stream ? "delta" : "message";
    buf_addf(b,
             "%s{\"id\":\"c\",\"object\":\"chat.completion%s\",\"created\":1,\"model\":\"m\","
             "\"choices\":[{\"index\":0,\"%s\":{\"role\":\"assistant\",",
             stream ? "data: " : "", stream ? ".chunk" : "", delta);
    if (call_opt) {
        buf_addf(b, "\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"t9\",\"type\":"
                    "\"function\",\"function\":{\"name\":\"send\",\"arguments\":");
        struct arena a = arena_make(1 << 16);
        json_quote(b, str_fmt(&a, "{\"to\":\"%s\",\"ask\":\"read all of it\"}", call_opt));
        arena_end(&a);
        buf_add(b, STR("}}]},\"finish_reason\":\"tool_calls\"}]"));
    } else {
        buf_add(b, STR("\"content\":\"all right\"},\"finish_reason\":\"stop\"}]"));
    }
    buf_add(b, STR(",\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}"));
    buf_add(b, stream ? STR("\n\ndata: [DONE]\n\n") : STR(""));
}

static void anthropic_answer(struct buf *b, bool stream) {
    if (!stream) {
        buf_add(b, STR("{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\","
                       "\"content\":[{\"type\":\"text\",\"text\":\"all right\"}],\"stop_reason\":"
                       "\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":3,"
                       "\"output_tokens\":1}}"));
        return;
    }
    static const char *const events[] = {
        ("message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\","
         "\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{"
         "\"input_tokens\":3,\"output_tokens\":1}}}"),
        "content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}",
        "content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"yes\"}}",
        "content_block_stop\",\"index\":0}",
        ("message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},"
         "\"usage\":{\"output_tokens\":1}}"),
        "message_stop\"}"};
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        buf_addf(b, "event: %.*s\ndata: {\"type\":\"%s\n\n", (int)strcspn(events[i], "\""),
                 events[i], events[i]);
    }
}

static bool answer(struct provider *p, int fd, const struct provider_request *rq) {
    struct world *w = p->ctx;
    char call[96] = "";
    enum fault fault = FAULT_NONE;
    bool fails = false;
    {
        LOCKED(&w->lock);
        fault = w->fault;
        fails = w->to_fail > 0;
        w->to_fail -= fails;
        w->met[fault] += fails || fault == FAULT_CUT || fault == FAULT_GARBAGE
                         || fault == FAULT_CALLS || fault == FAULT_MOVED;
        if (fault == FAULT_CALLS) {
            snprintf(call, sizeof call, "%s",
                     w->planted_count ? w->planted[0].text : "anna@wren-hill.org");
        }
    }
    if (fault == FAULT_MOVED) {
        char head[160];
        snprintf(head, sizeof head, "307 Temporary Redirect\r\nlocation: http://127.0.0.1:%d/v1/x",
                 w->elsewhere.port);
        return provider_reply(fd, head, "");
    }
    if (fails) {
        return provider_reply(fd, "503 Service Unavailable\r\nretry-after: 1", "busy");
    }
    if (fault == FAULT_GARBAGE) {
        return provider_reply(fd, "200 OK\r\ncontent-type: text/html", "<html>no</html>");
    }
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    bool stream = strstr(rq->body, "\"stream\":true") != NULL;
    if (str_is(name_of(rq->head), "claude")) {
        anthropic_answer(&b, stream);
    } else {
        openai_answer(&b, stream, call[0] ? call : NULL);
    }
    buf_add_char(&b, 0);
    if (fault == FAULT_CUT) {
        char head[] = "HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n{\"id\"";
        provider_say(fd, head, strlen(head));
        return false;
    }
    return provider_reply(fd,
                          stream ? "200 OK\r\ncontent-type: text/event-stream"
                                 : "200 OK\r\ncontent-type: application/json",
                          b.ptr);
}

/* ---- requests ---- */

static const char *const MODELS[] = {"auto",   "auto",    "auto",     "auto",    "far/m",
                                     "near/m", "house/m", "claude/m", "named/m", "auto:best"};

static void add_planted(struct world *w, struct buf *b, enum place place) {
    AUTO_BUF text = {0};
    buf_init(&text, 1 << 14);
    if (w->fault == FAULT_LOCAL && place == IN_PARTS) {
        buf_add(&text, STR("!cut\n")); /* to the scripted backend */
    }
    /* Texts of this run alone: an answer that returned would bring its label back. */
    buf_addf(&text, "The river rises in spring, says page %lld. ", (long long)w->run);
    for (size_t i = 0; i < w->planted_count; i++) {
        bool here = w->planted[i].place == place
                    || (place == IN_USER
                        && (w->planted[i].place == IN_BASE64 || w->planted[i].place == IN_PERCENT));
        if (here) {
            buf_addf(&text, "%s ", w->planted[i].form);
        }
    }
    json_quote(b, buf_str(&text));
}

static void add_openai(struct world *w, struct buf *b) {
    buf_add(b, STR("\"messages\":[{\"role\":\"system\",\"content\":"));
    add_planted(w, b, IN_SYSTEM);
    buf_add(b, STR("},{\"role\":\"user\",\"content\":"));
    add_planted(w, b, IN_USER);
    buf_add(b, STR("},{\"role\":\"assistant\",\"content\":"));
    add_planted(w, b, IN_ASSISTANT);
    buf_add(b, STR(",\"tool_calls\":[{\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":"
                   "\"look\",\"arguments\":"));
    AUTO_BUF arguments = {0};
    buf_init(&arguments, 1 << 14);
    buf_add(&arguments, STR("{\"query\":"));
    add_planted(w, &arguments, IN_ARGUMENTS);
    buf_add(&arguments, STR("}"));
    json_quote(b, buf_str(&arguments));
    buf_add(b, STR("}}]},{\"role\":\"tool\",\"tool_call_id\":\"t1\",\"content\":"));
    add_planted(w, b, IN_RESULT);
    buf_add(b, STR("},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"));
    add_planted(w, b, IN_PARTS);
    buf_add(b, STR("}]}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look\","
                   "\"description\":"));
    add_planted(w, b, IN_SCHEMA);
    buf_add(b, STR(",\"parameters\":{\"type\":\"object\",\"properties\":{}}}}]"));
}

static void add_anthropic(struct world *w, struct buf *b) {
    buf_add(b, STR("\"max_tokens\":50,\"system\":"));
    add_planted(w, b, IN_SYSTEM);
    buf_add(b, STR(",\"messages\":[{\"role\":\"user\",\"content\":"));
    add_planted(w, b, IN_USER);
    buf_add(b, STR("},{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":"));
    add_planted(w, b, IN_ASSISTANT);
    buf_add(b,
            STR("},{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"look\",\"input\":{\"query\":"));
    add_planted(w, b, IN_ARGUMENTS);
    buf_add(b, STR("}}]},{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":"
                   "\"t1\",\"content\":"));
    add_planted(w, b, IN_RESULT);
    buf_add(b, STR("},{\"type\":\"text\",\"text\":"));
    add_planted(w, b, IN_PARTS);
    buf_add(b, STR("}]}],\"tools\":[{\"name\":\"look\",\"description\":"));
    add_planted(w, b, IN_SCHEMA);
    buf_add(b, STR(",\"input_schema\":{\"type\":\"object\",\"properties\":{}}}]"));
}

static struct str make_body(struct world *w, struct arena *a, bool anthropic) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 18);
    buf_addf(&b, "{\"model\":\"%s\",\"stream\":%s,", PICK(&w->random, MODELS),
             chance(&w->random, 40) ? "true" : "false");
    if (anthropic) {
        add_anthropic(w, &b);
    } else {
        add_openai(w, &b);
    }
    buf_add(&b, STR(",\"metadata\":{\"note\":"));
    add_planted(w, &b, IN_UNKNOWN);
    buf_add(&b, STR(","));
    add_planted(w, &b, IN_KEY);
    buf_add(&b, STR(":1}}"));
    char *text = str_cstr(a, buf_str(&b));
    if (w->fault == FAULT_UTF8) {
        char *at = strstr(text, "river");
        w->spoilt = at + below(&w->random, 5);
        w->was = *w->spoilt;
        *w->spoilt = (char)0xff;
    }
    return (struct str){text, b.len};
}

/* ---- one run ---- */

static enum fault random_fault(struct world *w) {
    int sum = 0;
    for (int i = 0; i < FAULTS; i++) {
        sum += WEIGHTS[i];
    }
    int at = (int)below(&w->random, (size_t)sum);
    for (int i = 0; i < FAULTS; i++) {
        at -= WEIGHTS[i];
        if (at < 0) {
            return (enum fault)i;
        }
    }
    return FAULT_NONE;
}

/* No provider rests from failures of runs before: it would receive nothing for half a minute. */
static void wake_providers(struct world *w) {
    for (size_t i = 0; i < ARRAY_LEN(NAME); i++) {
        breaker_tell(w->weir.hub->gate->breaker, str_of(NAME[i]), BREAKER_OK, clock_mono_us());
    }
}

static void begin_run(struct world *w, int64_t number) {
    wake_providers(w);
    if (number % POLICY_RUNS == 0) {
        change_policy(w);
    }
    LOCKED(&w->lock);
    snapshot_drop(w->policies[1]);
    w->policies[1] = NULL;
    w->run = number;
    w->fault = random_fault(w);
    w->planted_count = 0;
    w->received = 0;
    w->spoilt = NULL;
    w->approved = false;
    w->reach = chance(&w->random, 15) ? (enum zone)below(&w->random, ZONES) : ZONE_CLOUD;
    w->shown[0] = 0;
    static const enum watcher_mode bad[] = {WATCHER_LIES,  WATCHER_LIES,    WATCHER_GARBAGE,
                                            WATCHER_FAILS, WATCHER_REFUSES, WATCHER_SLEEPS,
                                            WATCHER_GONE};
    w->watcher->mode = w->fault == FAULT_WATCHER ? PICK(&w->random, bad) : WATCHER_HONEST;
    w->asked_before = atomic_load(&w->watcher->asked);
    w->to_fail = w->fault == FAULT_FAILS ? 1 + (int)below(&w->random, 3) : 0;
    size_t n = chance(&w->random, 25)
                   ? 0
                   : 1 + below(&w->random, chance(&w->random, 60) ? 1 : MOST_PLANTED);
    for (size_t i = 0; i < n; i++) {
        plant(w, &w->planted[w->planted_count]);
        w->planted_count++;
    }
}

/* That switch is one for all worlds: one of them at a time. */
static pthread_mutex_t scanner_lock = PTHREAD_MUTEX_INITIALIZER;

/* The hub is this test's alone, so its limits may be moved between requests. */
static void set_fault(struct world *w, bool on) {
    struct hub *h = w->weir.hub;
    h->scan_us = on && w->fault == FAULT_LATE ? -1000000 : 30000000;
    h->scan_limits.bytes = on && w->fault == FAULT_LARGE ? 10 : SENSE_LIMITS.bytes;
    struct snapshot *now = snapshot_hold(h);
    now->config->sense_model_ms = w->watcher->mode == WATCHER_SLEEPS ? 5 : 1000;
    snapshot_drop(now);
    bool scanner = w->fault == FAULT_SCANNER || w->fault == FAULT_MEMORY;
    if (scanner && on) {
        pthread_mutex_lock(&scanner_lock);
        sense_fail_scans(w->fault == FAULT_MEMORY ? SENSE_NO_MEMORY : SENSE_FAILS);
    } else if (scanner) {
        sense_fail_scans(SENSE_FINE);
        pthread_mutex_unlock(&scanner_lock);
    }
    if (w->fault == FAULT_DISK) {
        store_fail_commits(h->ledger, on);
    }
}

static void shut(struct world *w, bool closed) {
    struct err e = {0};
    if (!gate_shut(w->weir.hub->gate, closed, STR("owner"), &e)) {
        LOCKED(&w->lock);
        wrong_locked(w, "the panic switch: %s", e.text);
    }
}

static void met(struct world *w, bool yes) {
    LOCKED(&w->lock);
    w->met[w->fault] += yes;
}

static void meanwhile(struct world *w, struct str conversation) {
    if (w->fault == FAULT_RELOAD) {
        change_policy(w);
        met(w, true);
    } else if (w->fault == FAULT_PANIC) {
        shut(w, true);
    } else if (w->fault == FAULT_RESET) {
        struct hub_caller caller = {.kind = CALLER_LOCAL, .name = STR("local")};
        struct chat_request rq = {.claims = {.conversation = conversation}};
        struct arena a = arena_make(1 << 16);
        struct err e = {0};
        met(w, memory_reset(w->weir.hub, memory_conversation(w->weir.hub, &a, &caller, &rq, NULL),
                            &e));
        arena_end(&a);
    }
}

/* Approves what the refusal names. */
static bool approve(struct world *w, const struct talk *t) {
    struct str text = buf_str(&t->answer);
    ptrdiff_t at = str_find(text, STR("weir approve "));
    if (t->status != 403 || at < 0) {
        return false;
    }
    struct str id = {0};
    struct str rest = {0};
    str_cut(str_sub(text, (size_t)at + 13, text.len), ';', &id, &rest);
    struct arena a = arena_make(1 << 20);
    struct err e = {0};
    struct str out = {0};
    struct hub_query q = {.caller = {.kind = CALLER_OWNER, .name = STR("owner")},
                          .id = id,
                          .body = json_parse(&a, STR("{\"as\":\"once\"}"), &JSON_LIMITS, &e)};
    LOCKED(&w->lock);
    w->approved = true;
    if (!hub_approve(w->weir.hub, &a, &q, &out, &e)) {
        wrong_locked(w, "an approval: %s", e.text);
    }
    arena_end(&a);
    w->approved_all++;
    return true;
}

static void add_header(struct talk *t, const char *name, struct str value) {
    t->headers[t->header_count++] = (struct http_header){str_of(name), value};
}

static void again(struct talk *first, struct arena *a, const char *path, const char *preview_opt) {
    struct talk t = {.w = first->w, .path = path, .body = first->body};
    memcpy(t.headers, first->headers, sizeof t.headers);
    t.header_count = first->header_count;
    if (preview_opt) {
        add_header(&t, "weir-preview", str_dup(a, str_of(preview_opt)));
    }
    buf_finish(&first->answer);
    *first = t;
    talk_begin(first);
    talk_await(first);
}

/* With these faults nothing leaves; without them the same request may: that counts as met. */
static void expect_nothing(struct world *w, struct talk *t, struct arena *a, const char *path) {
    {
        LOCKED(&w->lock);
        if (w->received) {
            wrong_locked(w, "run %lld: %d requests arrived in spite of: %s", (long long)w->run,
                         w->received, FAULT_NAMES[w->fault]);
        }
    }
    if (w->spoilt) {
        *w->spoilt = w->was;
    }
    again(t, a, path, NULL);
    LOCKED(&w->lock);
    w->met[w->fault] += w->received > 0;
}

/* What the answer tells about its fault. */
static void tally(struct world *w, const struct talk *t) {
    struct str text = buf_str(&t->answer);
    LOCKED(&w->lock);
    w->refused_all += t->status == 403;
    w->named_all += str_contains(text, STR("which is no address of zone"));
    w->met[w->fault] += (w->fault == FAULT_PANIC && str_contains(text, STR("gate_closed")))
                        || (w->fault == FAULT_LOCAL && t->status >= 500)
                        || (w->fault == FAULT_GONE && t->hangs_up)
                        || (w->fault == FAULT_TWICE && w->received > 1)
                        || (w->fault == FAULT_APPROVE && w->approved && w->received)
                        || (w->fault == FAULT_PREVIEW && w->shown[0] && w->received)
                        || (w->fault == FAULT_WATCHER && w->received
                            && atomic_load(&w->watcher->asked) > w->asked_before);
}

/* The talk was a preview: nothing has left, and what is sent now is what it showed. */
static void send_preview(struct world *w, struct talk *t, struct arena *a) {
    struct err e = {0};
    const struct jval *v = json_parse(a, str_dup(a, buf_str(&t->answer)), &JSON_LIMITS, &e);
    struct str id = jval_str(jval_get(v, "id"));
    {
        LOCKED(&w->lock);
        if (w->received) {
            wrong_locked(w, "run %lld: a preview sent something", (long long)w->run);
        }
        snprintf(w->shown, sizeof w->shown, STR_FMT, STR_ARG(jval_str(jval_get(v, "sha256"))));
    }
    if (chance(&w->random, 30)) {
        change_policy(w);
    }
    if (id.len) {
        again(t, a, "/v1/chat/completions", str_cstr(a, id));
    }
    LOCKED(&w->lock);
    w->previews_all += w->received;
}

static void one_run(struct world *w, int64_t number) {
    begin_run(w, number);
    struct arena a = arena_make(SIZE_MAX);
    bool preview = w->fault == FAULT_PREVIEW;
    bool anthropic = !preview && chance(&w->random, 30);
    const char *path = preview     ? "/weir/v1/preview"
                       : anthropic ? "/v1/messages"
                                   : "/v1/chat/completions";
    struct talk talks[2] = {0};
    size_t count = w->fault == FAULT_TWICE ? 2 : 1;
    /* Mostly one of its own, else one that goes on. */
    bool goes_on = w->fault == FAULT_RESET || chance(&w->random, 10);
    struct str conversation = goes_on ? str_fmt(&a, "c%lld", (long long)number / 20)
                                      : str_fmt(&a, "n%lld", (long long)number);
    struct str body = make_body(w, &a, anthropic);
    set_fault(w, true);
    for (size_t i = 0; i < count; i++) {
        talks[i] = (struct talk){.w = &w->weir,
                                 .path = path,
                                 .body = body,
                                 .hangs_up = w->fault == FAULT_GONE && chance(&w->random, 60)};
        add_header(&talks[i], "content-type", STR("application/json"));
        add_header(&talks[i], "weir-conversation", conversation);
        if (w->reach < ZONE_CLOUD) {
            add_header(&talks[i], "weir-zone", str_of(ZONE_NAMES[w->reach]));
        }
        talk_begin(&talks[i]);
    }
    meanwhile(w, conversation);
    for (size_t i = 0; i < count; i++) {
        talk_await(&talks[i]);
    }
    set_fault(w, false);
    if (w->fault == FAULT_PANIC) {
        shut(w, false);
    }
    if (preview) {
        send_preview(w, &talks[0], &a);
    } else if (w->fault == FAULT_APPROVE && approve(w, &talks[0])) {
        again(&talks[0], &a, path, NULL);
    }
    if (NEVER[w->fault]) {
        expect_nothing(w, &talks[0], &a, path);
    }
    tally(w, &talks[0]);
    for (size_t i = 0; i < count; i++) {
        buf_finish(&talks[i].answer);
    }
    arena_end(&a);
}

static void *live(void *arg) {
    struct world *w = arg;
    for (int64_t i = 0; i < w->runs && !w->failure[0]; i++) {
        one_run(w, i);
    }
    return NULL;
}

static const char CONFIG[] =
    "[route]\ncloud_share = 1\n"
    "[sense]\nmodel = \"watcher\"\nmodel_timeout = \"1s\"\n"
    "[[provider]]\nname = \"far\"\ndialect = \"openai\"\nurl = \"http://127.0.0.1:%1$d/far/v1\"\n"
    "zone = \"cloud\"\nmodels = [\"m\"]\n"
    "[[provider]]\nname = \"near\"\ndialect = \"openai\"\nurl = \"http://127.0.0.1:%1$d/near/v1\"\n"
    "zone = \"trusted\"\nmodels = [\"m\"]\n"
    "[[provider]]\nname = \"house\"\ndialect = \"openai\"\nurl = "
    "\"http://127.0.0.1:%1$d/house/v1\"\n"
    "zone = \"home\"\nvia = \"lo\"\nmodels = [\"m\"]\n"
    "[[provider]]\nname = \"claude\"\ndialect = \"anthropic\"\nurl = "
    "\"http://127.0.0.1:%1$d/claude/v1\"\nzone = \"cloud\"\nmodels = [\"m\"]\n"
    "[[provider]]\nname = \"named\"\ndialect = \"openai\"\nurl = "
    "\"http://api.localhost:%1$d/named/v1\"\nzone = \"cloud\"\nauto = false\nmodels = [\"m\"]\n"
    "[[provider]]\nname = \"script\"\ndialect = \"scripted\"\nzone = \"device\"\nauto = true\n";

static void world_start(struct world *w, int number, uint64_t seed, int64_t runs) {
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->settled, NULL);
    w->number = number;
    w->random = seed * WORLDS + (uint64_t)number;
    w->runs = (runs + WORLDS - 1) / WORLDS;
    w->provider = (struct provider){
        .answer = answer, .on_request_opt = on_received, .ctx = w, .forget = true};
    w->elsewhere = w->provider;
    provider_start(&w->provider);
    provider_start(&w->elsewhere);
    char config[2400];
    snprintf(config, sizeof config, CONFIG, w->provider.port);
    weir_start(&w->weir, config);
    w->watcher = watcher_start(w->weir.hub, (size_t)number);
    pthread_create(&w->thread, NULL, live, w);
}

static void world_end(struct world *w) {
    snapshot_drop(w->policies[0]);
    snapshot_drop(w->policies[1]);
    weir_end(&w->weir);
    provider_stop(&w->provider);
    provider_stop(&w->elsewhere);
    pthread_cond_destroy(&w->settled);
    pthread_mutex_destroy(&w->lock);
}

static void nothing_leaves_that_may_not(void **state) {
    (void)state;
    uint64_t seed = setting("WEIR_SEED", 20261124);
    int64_t runs = (int64_t)setting("WEIR_RUNS", 100000);
    log_level_set(LOG_ERROR);
    struct world *worlds = calloc(WORLDS, sizeof *worlds);
    assert_non_null(worlds);
    int64_t received = 0;
    int64_t refused = 0;
    int64_t carried = 0;
    int64_t approved = 0;
    int64_t previewed = 0;
    int64_t named = 0;
    long long asked = 0;
    long long hung_up = 0;
    int64_t met_all[FAULTS] = {0};
    for (int i = 0; i < WORLDS; i++) {
        world_start(&worlds[i], i, seed, runs);
    }
    for (int i = 0; i < WORLDS; i++) {
        pthread_join(worlds[i].thread, NULL);
    }
    for (int i = 0; i < WORLDS; i++) {
        struct world *w = &worlds[i];
        struct ledger_check check = {0};
        struct err e = {0};
        bool whole = ledger_verify(w->weir.hub->gate, &w->weir.arena, &check, &e) && check.ok;
        if (w->failure[0] || !whole) {
            fail_msg("seed %llu: %s " STR_FMT, (unsigned long long)seed, w->failure,
                     STR_ARG(check.why));
        }
        received += w->received_all;
        refused += w->refused_all;
        carried += w->carried_all;
        approved += w->approved_all;
        previewed += w->previews_all;
        named += w->named_all;
        asked += atomic_load(&w->watcher->asked);
        hung_up += atomic_load(&w->watcher->cancelled);
        for (int f = 0; f < FAULTS; f++) {
            met_all[f] += w->met[f];
        }
        world_end(w);
    }
    free(worlds);
    print_message("%lld runs: %lld bodies arrived, with %lld planted texts that may go; %lld "
                  "refused; %lld approvals; %lld sent as previewed\n",
                  (long long)runs, (long long)received, (long long)carried, (long long)refused,
                  (long long)approved, (long long)previewed);
    print_message("faults that made a difference:");
    for (int f = 1; f < FAULTS; f++) {
        print_message(" %s %lld,", FAULT_NAMES[f], (long long)met_all[f]);
    }
    print_message(" other address %lld; the local model was asked %lld times, %lld in vain\n",
                  (long long)named, asked, hung_up);
    assert_true(asked > received / 2 && hung_up > 0);
    assert_true(received > runs / 20 && carried > runs / 50 && refused > runs / 20);
    assert_true(approved > runs / 5000 && previewed > runs / 2000);
    for (int f = 1; f < FAULTS && runs >= ENOUGH; f++) {
        assert_true(met_all[f] > 0);
    }
    assert_true(runs < ENOUGH || named > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_leaves_that_may_not)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
