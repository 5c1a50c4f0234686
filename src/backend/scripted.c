/* The scripted backend (SURFACE.md 6): the last user message is the script. */
#include "backend/inner.h"

#include <ctype.h>

enum { MOST_BYTES = 1 << 20, MOST_MS = 60000, MOST_REPEATS = 1 << 20, RESULT_CHARS = 200 };

struct plan {
    struct arena *a;
    struct scripted_step *steps;
    size_t count, cap;
    size_t bytes;
    int64_t ms, pace_ms;
    int calls;
    int64_t words_out;
    int64_t usage_in, usage_out; /* -1: counted */
    bool full;                   /* 1 MiB or 60 s are reached */
    bool ended;                  /* !fail, !cut */
    struct err *e;
};

static void add(struct plan *p, int64_t wait_ms, struct chat_event ev, bool cut) {
    size_t size = ev.text.len + ev.name.len;
    if (p->full || p->ended) {
        return;
    }
    if (p->bytes + size > MOST_BYTES || p->ms + wait_ms > MOST_MS) {
        p->full = true;
        return;
    }
    p->bytes += size;
    p->ms += wait_ms;
    *arena_push(p->a, p->steps, p->count, p->cap) = (struct scripted_step){wait_ms, ev, cut};
}

static int64_t count_words(struct str s) {
    int64_t n = 0;
    bool inside = false;
    for (size_t i = 0; i < s.len; i++) {
        bool blank = isspace((unsigned char)s.ptr[i]) != 0;
        n += !blank && !inside;
        inside = !blank;
    }
    return n;
}

/* Word by word, as a model would: each with the blanks behind it. */
static void say(struct plan *p, enum chat_event_kind kind, struct str text) {
    p->words_out += count_words(text);
    size_t from = 0;
    while (from < text.len && !p->full) {
        size_t to = from;
        while (to < text.len && !isspace((unsigned char)text.ptr[to])) {
            to++;
        }
        while (to < text.len && isspace((unsigned char)text.ptr[to])) {
            to++;
        }
        add(p, p->pace_ms, (struct chat_event){.kind = kind, .text = str_sub(text, from, to)},
            false);
        from = to;
    }
}

static bool wrong(struct plan *p, struct str line, const char *how) {
    return err_set(p->e, ERR_INVALID, "script: `" STR_FMT "`: write %s",
                   STR_ARG(str_sub(line, 0, 60)), how);
}

/* ---- commands ---- */

static bool do_say(struct plan *p, struct str line, struct str rest) {
    (void)line;
    say(p, EVENT_TEXT, rest);
    return true;
}

static bool do_think(struct plan *p, struct str line, struct str rest) {
    (void)line;
    say(p, EVENT_REASONING, rest);
    return true;
}

static bool do_call(struct plan *p, struct str line, struct str rest) {
    struct str name = {0};
    struct str arguments = {0};
    struct err why = {0};
    str_cut(str_trim(rest), ' ', &name, &arguments);
    arguments = str_trim(arguments).len ? str_trim(arguments) : STR("{}");
    if (!name.len || !json_parse(p->a, arguments, &JSON_LIMITS, &why)) {
        return wrong(p, line, "!call NAME {\"json\":\"arguments\"}");
    }
    struct str id = str_fmt(p->a, "call_%d", p->calls);
    add(p, p->pace_ms,
        (struct chat_event){.kind = EVENT_TOOL_CALL, .index = p->calls, .id = id, .name = name},
        false);
    add(p, p->pace_ms,
        (struct chat_event){.kind = EVENT_TOOL_ARGUMENTS, .index = p->calls, .text = arguments},
        false);
    p->calls++;
    return true;
}

static bool do_repeat(struct plan *p, struct str line, struct str rest) {
    struct str count = {0};
    struct str text = {0};
    uint64_t n = 0;
    str_cut(rest, ' ', &count, &text);
    if (!str_to_u64(count, &n) || n > MOST_REPEATS || !text.len) {
        return wrong(p, line, "!repeat N TEXT");
    }
    int64_t words = count_words(text);
    for (uint64_t i = 0; i < n && !p->full; i++) {
        p->words_out += words;
        add(p, p->pace_ms, (struct chat_event){.kind = EVENT_TEXT, .text = text}, false);
    }
    return true;
}

static bool time_of(struct str s, int64_t *ms) {
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}};
    s = str_trim(s);
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        struct str unit = str_of(units[i].unit);
        double v = 0;
        if (str_ends(s, unit) && str_to_double(str_trim(str_sub(s, 0, s.len - unit.len)), &v)
            && v >= 0 && v <= MOST_MS) {
            *ms = (int64_t)(v * units[i].factor);
            return true;
        }
    }
    return false;
}

static bool do_pace(struct plan *p, struct str line, struct str rest) {
    return time_of(rest, &p->pace_ms) || wrong(p, line, "!pace 20ms");
}

static bool do_wait(struct plan *p, struct str line, struct str rest) {
    int64_t ms = 0;
    if (!time_of(rest, &ms)) {
        return wrong(p, line, "!wait 2s");
    }
    add(p, ms, (struct chat_event){.kind = EVENT_WIRE}, false);
    return true;
}

static bool do_fail(struct plan *p, struct str line, struct str rest) {
    struct str status = {0};
    struct str text = {0};
    uint64_t n = 0;
    str_cut(str_trim(rest), ' ', &status, &text);
    if (!str_to_u64(status, &n) || n < 400 || n > 599) {
        return wrong(p, line, "!fail 429 [text]");
    }
    struct chat_event ev = {.kind = EVENT_ERROR};
    backend_error(&ev.err, (int)n, NULL, text.len ? text : STR("the script says so"), 0);
    add(p, p->pace_ms, ev, false);
    p->ended = true;
    return true;
}

static bool do_cut(struct plan *p, struct str line, struct str rest) {
    (void)line;
    (void)rest;
    add(p, p->pace_ms, (struct chat_event){.kind = EVENT_WIRE}, true);
    p->ended = true;
    return true;
}

static bool do_usage(struct plan *p, struct str line, struct str rest) {
    struct str in = {0};
    struct str out = {0};
    str_cut(str_trim(rest), ' ', &in, &out);
    return (str_to_i64(in, &p->usage_in) && str_to_i64(str_trim(out), &p->usage_out)
            && p->usage_in >= 0 && p->usage_out >= 0)
           || wrong(p, line, "!usage IN OUT");
}

static const struct {
    const char *name;
    bool (*run)(struct plan *p, struct str line, struct str rest);
} COMMANDS[] = {{"!say", do_say},       {"!think", do_think}, {"!call", do_call},
                {"!repeat", do_repeat}, {"!pace", do_pace},   {"!wait", do_wait},
                {"!fail", do_fail},     {"!cut", do_cut},     {"!usage", do_usage}};

static bool run_command(struct plan *p, struct str line) {
    struct str word = {0};
    struct str rest = {0};
    str_cut(line, ' ', &word, &rest);
    for (size_t i = 0; i < ARRAY_LEN(COMMANDS); i++) {
        if (str_is(word, COMMANDS[i].name)) {
            return COMMANDS[i].run(p, line, rest);
        }
    }
    return wrong(p, line, "!say, !think, !call, !repeat, !pace, !wait, !fail, !cut or !usage");
}

static bool run_script(struct plan *p, struct str script) {
    bool plain_before = false;
    while (script.len && !p->ended) {
        struct str line = {0};
        bool more = str_cut(script, '\n', &line, &script);
        if (line.len && line.ptr[line.len - 1] == '\r') {
            line.len--;
        }
        if (str_starts(line, STR("!"))) {
            TRY(run_command(p, line));
            plain_before = false;
            continue;
        }
        if (plain_before) {
            say(p, EVENT_TEXT, STR("\n"));
        }
        say(p, EVENT_TEXT, line);
        plain_before = true;
        if (!more) {
            break;
        }
    }
    return true;
}

/* ---- the whole ---- */

static int64_t words_of_parts(const struct chat_part *parts, size_t n) {
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += count_words(parts[i].text) + words_of_parts(parts[i].parts, parts[i].part_count);
    }
    return sum;
}

int64_t scripted_count(const struct chat_request *rq) {
    int64_t sum = 0;
    for (size_t i = 0; i < rq->message_count; i++) {
        sum += words_of_parts(rq->messages[i].parts, rq->messages[i].part_count);
    }
    return sum;
}

/* The last message's tool result, as text; ptr NULL: it holds none. */
static struct str last_result(struct arena *a, const struct chat_request *rq) {
    if (!rq->message_count) {
        return (struct str){0};
    }
    const struct chat_message *m = &rq->messages[rq->message_count - 1];
    for (size_t i = m->part_count; i > 0; i--) {
        const struct chat_part *p = &m->parts[i - 1];
        if (p->kind == PART_TOOL_RESULT) {
            struct chat_message inner = {.parts = p->parts, .part_count = p->part_count};
            struct str text = p->part_count ? chat_message_text(a, &inner) : p->text;
            return text.ptr ? text : STR("");
        }
    }
    return (struct str){0};
}

/* The first characters, not bytes. */
static struct str first_characters(struct str s, size_t n) {
    size_t at = 0;
    while (at < s.len && n > 0) {
        at++;
        while (at < s.len && ((unsigned char)s.ptr[at] & 0xc0) == 0x80) {
            at++;
        }
        n--;
    }
    return str_sub(s, 0, at);
}

bool scripted_plan(struct arena *a, const struct chat_request *rq, struct scripted_step **out,
                   size_t *count, struct err *e) {
    struct plan p = {.a = a, .usage_in = -1, .usage_out = -1, .e = e};
    struct str result = last_result(a, rq);
    const struct chat_message *user = chat_last_user(rq);
    if (result.ptr) {
        say(&p, EVENT_TEXT,
            str_fmt(a, "result: " STR_FMT, STR_ARG(first_characters(result, RESULT_CHARS))));
    } else if (user) {
        TRY(run_script(&p, chat_message_text(a, user)));
    }
    if (!p.ended) {
        enum chat_stop stop = p.full ? STOP_LENGTH : p.calls ? STOP_TOOL : STOP_END;
        struct chat_usage u = {.input_tokens = p.usage_in >= 0 ? p.usage_in : scripted_count(rq),
                               .output_tokens = p.usage_out >= 0 ? p.usage_out : p.words_out};
        *arena_push(a, p.steps, p.count, p.cap) =
            (struct scripted_step){0, {.kind = EVENT_STOP, .stop = stop}, false};
        *arena_push(a, p.steps, p.count, p.cap) =
            (struct scripted_step){0, {.kind = EVENT_USAGE, .usage = u}, false};
    }
    *out = p.steps;
    *count = p.count;
    return true;
}
