/* Server-sent events. sse_feed finds where events end and watches their size; sse_next reads one.
 * `pending` holds what came: [0, at) was given out, [at, block_from) are whole events, the rest is
 * unfinished. One thread at a time. */
#include "codec/sse.h"

void sse_init(struct sse *s, size_t max_event_bytes) {
    *s = (struct sse){.max_event = max_event_bytes};
    buf_init(&s->pending, SIZE_MAX / 4);
    buf_init(&s->data, SIZE_MAX / 4);
}

void sse_finish(struct sse *s) {
    size_t max = s->max_event;
    buf_finish(&s->pending);
    buf_finish(&s->data);
    sse_init(s, max);
}

/* Offset of the first LF or CR at or behind `from`; s.len when there is none. */
static size_t line_end(struct str s, size_t from) {
    struct str rest = str_sub(s, from, s.len);
    ptrdiff_t lf = str_find_char(rest, '\n');
    rest = lf < 0 ? rest : str_sub(rest, 0, (size_t)lf);
    ptrdiff_t cr = str_find_char(rest, '\r');
    return from + (cr < 0 ? rest.len : (size_t)cr);
}

/* Where the line behind the end at `end` begins. */
static size_t line_after(struct str s, size_t end) {
    return end + (s.ptr[end] == '\r' && end + 1 < s.len && s.ptr[end + 1] == '\n' ? 2 : 1);
}

static bool is_too_long(const struct sse *s, size_t to, struct err *e) {
    if (to - s->block_from <= s->max_event) {
        return false;
    }
    err_set(e, ERR_TOO_LARGE, "an event is longer than %zu bytes", s->max_event);
    return true;
}

/* False: it may still turn out to be there. */
static bool drop_bom(struct sse *s) {
    struct str all = buf_str(&s->pending);
    struct str bom = STR("\xef\xbb\xbf");
    if (all.len < bom.len && str_starts(bom, all)) {
        return false;
    }
    if (str_starts(all, bom)) {
        s->at = s->block_from = s->line_from = s->scanned = bom.len;
    }
    s->started = true;
    return true;
}

static void skip_lf(struct sse *s, struct str all) {
    if (s->line_from < all.len) {
        s->after_cr = false;
        if (all.ptr[s->line_from] == '\n') {
            s->is_crlf = s->block_from != s->line_from;
            s->block_from += !s->is_crlf;
            s->scanned = ++s->line_from;
        }
    }
}

static bool find_events(struct sse *s, struct err *e) {
    struct str all = buf_str(&s->pending);
    if (s->after_cr) {
        skip_lf(s, all);
    }
    while (true) {
        size_t end = line_end(all, s->scanned);
        bool is_last_cr = end + 1 == all.len && all.ptr[end] == '\r';
        if (end == all.len || (is_last_cr && s->is_crlf)) {
            /* where lines end in CRLF the LF is awaited, so that `raw` keeps it; elsewhere it may
             * never come */
            s->scanned = end;
            return !is_too_long(s, all.len, e);
        }
        size_t next = line_after(all, end);
        bool is_blank = end == s->line_from;
        bool is_idle = s->block_from == s->line_from && all.ptr[s->line_from] == ':';
        if (is_too_long(s, end + 1, e)) { /* a LF behind a CR is not counted: it may come later */
            return false;
        }
        s->is_crlf = next - end == 2 && !is_blank;
        s->after_cr = is_last_cr;
        s->line_from = s->scanned = next;
        if (is_blank || is_idle) {
            s->block_from = next;
        }
    }
}

bool sse_feed(struct sse *s, struct str bytes, struct err *e) {
    buf_drop(&s->pending, s->at);
    s->block_from -= s->at;
    s->line_from -= s->at;
    s->scanned -= s->at;
    s->at = 0;
    if (!buf_add(&s->pending, bytes)) {
        return err_set(e, ERR_TOO_LARGE, "no memory for an event");
    }
    if (!s->started && !drop_bom(s)) {
        return true;
    }
    return find_events(s, e);
}

static void add_data(struct sse *s, struct sse_event *ev, size_t lines, struct str value) {
    if (lines == 0) {
        ev->data = value;
        return;
    }
    if (lines == 1) {
        buf_clear(&s->data);
        buf_add(&s->data, ev->data);
    }
    buf_add_char(&s->data, '\n');
    buf_add(&s->data, value);
    ev->data = buf_str(&s->data);
}

bool sse_next(struct sse *s, struct sse_event *out) {
    struct str all = str_sub(buf_str(&s->pending), 0, s->block_from);
    struct sse_event ev = {STR(""), STR(""), STR("")};
    size_t from = s->at;
    size_t lines = 0;
    while (s->at < all.len) {
        size_t end = line_end(all, s->at);
        struct str line = str_sub(all, s->at, end);
        size_t begin = s->at;
        s->at = line_after(all, end);
        if (line.len == 0) {
            if (lines > 0) {
                ev.raw = str_sub(all, from, s->at);
                *out = ev;
                return true;
            }
            ev.event = STR("");
            from = s->at;
            continue;
        }
        struct str name = {0};
        struct str value = {0};
        if (!str_cut(line, ':', &name, &value)) {
            value = STR("");
        }
        value = str_starts(value, STR(" ")) ? str_sub(value, 1, value.len) : value;
        if (name.len == 0) {
            from =
                from == begin ? s->at : from; /* a comment; before the event it is not part of it */
        } else if (str_is(name, "data")) {
            add_data(s, &ev, lines++, value);
        } else if (str_is(name, "event")) {
            ev.event = value;
        }
    }
    return false;
}

bool sse_write(struct buf *out, const char *event_opt, struct str data) {
    if (event_opt) {
        struct str name = str_of(event_opt);
        if (line_end(name, 0) != name.len) {
            return false;
        }
        buf_add(out, STR("event: "));
        buf_add(out, name);
        buf_add_char(out, '\n');
    }
    size_t at = 0;
    bool has_more = true;
    while (has_more) {
        size_t end = line_end(data, at);
        buf_add(out, STR("data: "));
        buf_add(out, str_sub(data, at, end));
        buf_add_char(out, '\n');
        has_more = end < data.len;
        at = has_more ? line_after(data, end) : end;
    }
    return buf_add_char(out, '\n');
}
