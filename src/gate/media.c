/* Walks the strings of a body; what is base64 of a picture is decoded, cleaned and put back. */
#include "gate/media.h"

#include "codec/base64.h"
#include "codec/image.h"
#include "codec/json.h"

enum { SHORTEST = 16, HEAD = 24, LONGEST_PREFIX = 128 };

struct walk {
    struct arena *a;
    struct media *out;
    struct json_edit *edits;
    size_t count, cap;
    struct err *e;
};

static bool refuse(struct err *e, const char *why) {
    return err_code(e, ERR_FORBIDDEN, "policy_refused",
                    "A picture may hold where and when it was taken, and from this one weir cannot "
                    "take that out: %s. Send it as JPEG, PNG, WebP or GIF.",
                    why);
}

/* Where the base64 of "data:image/png;base64,…" begins; 0: it is no such address. */
static size_t after_prefix(struct str s) {
    ptrdiff_t comma =
        str_find(str_sub(s, 0, LONGEST_PREFIX < s.len ? LONGEST_PREFIX : s.len), STR(";base64,"));
    return str_istarts(s, STR("data:")) && comma > 0 ? (size_t)comma + 8 : 0;
}

static enum image_format format_of(struct arena *a, struct str base64) {
    struct str head = {0};
    size_t n = base64.len < HEAD ? base64.len / 4 * 4 : HEAD;
    return base64_decode(a, str_sub(base64, 0, n), &head) ? image_format(head) : IMAGE_OTHER;
}

static bool one(struct walk *w, struct str text, size_t from, size_t to) {
    size_t at = after_prefix(text);
    struct str base64 = str_sub(text, at, text.len);
    if (format_of(w->a, base64) == IMAGE_OTHER) {
        return !at || !str_istarts(text, STR("data:image/"))
               || refuse(w->e, "it is no JPEG, PNG, WebP or GIF");
    }
    struct str bytes = {0};
    struct image_cleaned clean = {0};
    if (!base64_decode(w->a, base64, &bytes)) {
        return refuse(w->e, "it is broken");
    }
    if (!image_clean(w->a, bytes, &clean, w->e)) {
        return refuse(w->e, "it is broken");
    }
    w->out->pictures++;
    if (!clean.removed) {
        return true;
    }
    w->out->removed += clean.removed;
    w->out->positions += clean.position;
    AUTO_BUF b = {0};
    buf_init(&b, at + clean.bytes.len / 3 * 4 + 8);
    buf_add(&b, str_sub(text, 0, at));
    base64_encode(&b, clean.bytes);
    if (b.failed) {
        return err_set(w->e, ERR_BUG, "the picture could not be rewritten");
    }
    *arena_push(w->a, w->edits, w->count, w->cap) =
        (struct json_edit){from, to, str_dup(w->a, buf_str(&b))};
    return true;
}

static size_t string_end(struct str s, size_t i) {
    while (i < s.len && s.ptr[i] != '"') {
        i += s.ptr[i] == '\\' ? 2 : 1;
    }
    return i < s.len ? i : s.len;
}

static bool on_string(struct walk *w, struct str body, size_t from, size_t to) {
    struct str text = str_sub(body, from, to);
    if (text.len < SHORTEST || str_find_char(str_sub(text, 0, HEAD), ' ') >= 0) {
        return true;
    }
    if (memchr(text.ptr, '\\', text.len)) {
        const struct jval *v =
            json_parse(w->a, str_sub(body, from - 1, to + 1), &JSON_LIMITS, w->e);
        if (!v) {
            return false;
        }
        text = jval_str(v);
    }
    return one(w, text, from, to);
}

/* What the request calls a picture must be one that can be cleaned. */
static bool all_known(struct arena *a, const struct chat_part *parts, size_t n, struct err *e) {
    for (size_t i = 0; i < n; i++) {
        const struct chat_part *p = &parts[i];
        bool inside = str_istarts(p->url, STR("data:"));
        if (p->kind == PART_IMAGE
            && (inside || (p->data.len && format_of(a, p->data) == IMAGE_OTHER))) {
            return refuse(e, "it is no JPEG, PNG, WebP or GIF");
        }
        TRY(all_known(a, p->parts, p->part_count, e));
    }
    return true;
}

bool media_clean(struct arena *a, const struct chat_request *rq, struct str body, struct media *out,
                 struct err *e) {
    *out = (struct media){.body = body};
    for (size_t i = 0; i < rq->message_count; i++) {
        TRY(all_known(a, rq->messages[i].parts, rq->messages[i].part_count, e));
    }
    struct walk w = {.a = a, .out = out, .e = e};
    for (size_t i = 0; i < body.len;) {
        const char *quote = memchr(body.ptr + i, '"', body.len - i);
        if (!quote) {
            break;
        }
        size_t from = (size_t)(quote - body.ptr) + 1;
        size_t to = string_end(body, from);
        TRY(on_string(&w, body, from, to));
        i = to + 1;
    }
    if (!w.count) {
        return true;
    }
    AUTO_BUF b = {0};
    buf_init(&b, body.len + 64 * w.count);
    if (!json_splice(&b, body, w.edits, w.count)) {
        return err_set(e, ERR_BUG, "the request could not be rewritten");
    }
    out->body = str_dup(a, buf_str(&b));
    return true;
}
