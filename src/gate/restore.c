/* The restorer: see restore.h. Underscores are rare, and each placeholder has two: they are what is
 * looked for. */
#include "gate/restore.h"

#include "base/eight.h"
#include "gate/surrogate.h"

#include <ctype.h>

enum { LONGEST_TYPE = 7 };

void restorer_init(struct restorer *r, struct book *book, struct faces *faces_opt, bool in_json) {
    *r = (struct restorer){.book = book, .faces = faces_opt, .in_json = in_json};
    buf_init(&r->held, SIZE_MAX);
}

void restorer_finish(struct restorer *r) {
    buf_finish(&r->held);
}

/* ---- addresses ---- */

static bool ends_run(char c) {
    static const bool ends[256] = {
        [' '] = true,  ['\t'] = true, ['\n'] = true, ['\v'] = true, ['\f'] = true,
        ['\r'] = true, ['"'] = true,  ['<'] = true,  ['>'] = true,  ['`'] = true};
    return ends[(unsigned char)c];
}

/* What was given out last decides whether what follows is inside of an address. */
static void follow_run(struct restorer *r, struct str piece) {
    size_t from = piece.len;
    while (from > 0 && !ends_run(piece.ptr[from - 1])) {
        from--;
    }
    if (from > 0) {
        r->in_address = false;
        r->run[0] = r->run[1] = 0;
    }
    for (size_t i = from; i < piece.len && !r->in_address; i++) {
        r->in_address = piece.ptr[i] == '/' && r->run[1] == '/' && r->run[0] == ':';
        r->run[0] = r->run[1];
        r->run[1] = piece.ptr[i];
    }
}

/* ---- a tag where no placeholder is ---- */

/* Where the tag stands in the text from `at` on; the text's length: nowhere. Its first two letters
 * are looked for at eight places at once: pieces are short, and memmem takes long to begin. */
static size_t find_tag(const char tag[TOKEN_TAG], struct str text, size_t at) {
    for (; at + 9 <= text.len; at += 8) {
        uint64_t both = eight_equal(eight_at(text.ptr + at), (unsigned char)tag[0])
                        & eight_equal(eight_at(text.ptr + at + 1), (unsigned char)tag[1]);
        for (; both; both &= both - 1) {
            size_t i = at + (unsigned)__builtin_ctzll(both) / 8;
            if (i + TOKEN_TAG <= text.len && memcmp(text.ptr + i, tag, TOKEN_TAG) == 0) {
                return i;
            }
        }
    }
    while (at + TOKEN_TAG <= text.len && memcmp(text.ptr + at, tag, TOKEN_TAG) != 0) {
        at++;
    }
    return at + TOKEN_TAG <= text.len ? at : text.len;
}

static void look_for_tag(struct restorer *r, struct str piece) {
    const char *tag = r->book->tag;
    for (size_t at = 0; (at = find_tag(tag, piece, at)) < piece.len; at += TOKEN_TAG) {
        r->counts.invented++;
    }
    /* Across the pieces: at most the last bytes given out and the first of these. */
    char joint[2 * TOKEN_TAG];
    size_t n = r->tail_len;
    memcpy(joint, r->tail, n);
    size_t more = piece.len < TOKEN_TAG - 1 ? piece.len : TOKEN_TAG - 1;
    memcpy(joint + n, piece.ptr ? piece.ptr : "", more);
    r->counts.invented += n && find_tag(tag, (struct str){joint, n + more}, 0) < n + more;
    if (piece.len >= TOKEN_TAG - 1) {
        r->tail_len = TOKEN_TAG - 1;
        memcpy(r->tail, piece.ptr + piece.len - r->tail_len, r->tail_len);
    } else {
        size_t keep = n + more < TOKEN_TAG - 1 ? n + more : TOKEN_TAG - 1;
        memcpy(r->tail, joint + n + more - keep, keep);
        r->tail_len = keep;
    }
}

static void give(struct restorer *r, struct str piece, struct buf *out) {
    if (piece.len) {
        look_for_tag(r, piece);
        follow_run(r, piece);
        buf_add(out, piece);
    }
}

static void give_original(struct restorer *r, struct str original, struct buf *out) {
    r->tail_len = 0;
    follow_run(r, original);
    if (!r->in_json) {
        buf_add(out, original);
        return;
    }
    AUTO_BUF quoted = {0};
    buf_init(&quoted, SIZE_MAX);
    json_quote(&quoted, original);
    buf_add(out, str_sub(buf_str(&quoted), 1, quoted.len - 1));
}

/* ---- placeholders ---- */

/* The original of what is written, if there is one and it may be put back here. */
static void give_one(struct restorer *r, struct str written, struct str original, struct buf *out) {
    if (original.ptr && !r->outward && (r->inward || !r->in_address)) {
        r->counts.restored++;
        give_original(r, original, out);
    } else {
        r->counts.kept += original.ptr != NULL;
        r->counts.invented += !original.ptr;
        follow_run(r, written);
        r->tail_len = 0;
        buf_add(out, written);
    }
}

static void give_token(struct restorer *r, struct str written, const struct token *t,
                       struct buf *out) {
    struct arena a = arena_make(SIZE_MAX);
    struct str original = book_original(r->book, &a, t);
    give_one(r, written, original, out);
    arena_end(&a);
}

/* The word in capitals that ends at `to`, not further back than `least`. */
static size_t word_start(struct str text, size_t least, size_t to) {
    size_t from = to;
    while (from > least && to - from < LONGEST_TYPE && text.ptr[from - 1] >= 'A'
           && text.ptr[from - 1] <= 'Z') {
        from--;
    }
    return from;
}

/* A type's name may stand behind other capitals ("XNAME_1_…"): the longest that fits counts. */
static bool token_around(struct str text, size_t least, size_t underscore, size_t *from,
                         struct token *t, bool *open) {
    *open = false;
    for (*from = word_start(text, least, underscore); *from < underscore; ++*from) {
        struct str rest = str_sub(text, *from, text.len);
        if (token_read(rest, t)) {
            return true;
        }
        if (rest.len < TOKEN_LONGEST && token_may_begin(rest)) {
            *open = true;
            return false;
        }
    }
    return false;
}

/* Where the end of the text may be the beginning of a placeholder: of its first word. */
static size_t held_from(struct str text, size_t least) {
    size_t from = text.len > LONGEST_TYPE + least ? text.len - LONGEST_TYPE : least;
    for (; from < text.len; from++) {
        char c = text.ptr[from];
        if (c >= 'A' && c <= 'Z' && token_may_begin(str_sub(text, from, text.len))) {
            return from;
        }
    }
    return text.len;
}

/* Gives out all of text but what must wait; returns where that begins. */
static size_t run_through(struct restorer *r, struct str text, bool last, struct buf *out) {
    size_t done = 0;
    size_t at = 0;
    while (at < text.len) {
        const char *hit = memchr(text.ptr + at, '_', text.len - at);
        if (!hit) {
            break;
        }
        size_t underscore = (size_t)(hit - text.ptr);
        size_t from = 0;
        struct token t = {0};
        bool open = false;
        bool behind_word =
            underscore > done && text.ptr[underscore - 1] >= 'A' && text.ptr[underscore - 1] <= 'Z';
        bool numbered =
            underscore + 1 == text.len || isdigit((unsigned char)text.ptr[underscore + 1]);
        if (behind_word && numbered && token_around(text, done, underscore, &from, &t, &open)) {
            give(r, str_sub(text, done, from), out);
            give_token(r, str_sub(text, from, from + t.len), &t, out);
            done = at = from + t.len;
        } else if (open && !last) {
            give(r, str_sub(text, done, from), out);
            return from;
        } else {
            at = underscore + 1;
        }
    }
    size_t to = last ? text.len : held_from(text, done);
    give(r, str_sub(text, done, to), out);
    return to;
}

/* ---- surrogates ---- */

/* From where on the text must wait: a surrogate may go on behind it, or a word does, of which the
 * next piece should not seem to be the beginning. */
static size_t face_held_from(const struct restorer *r, struct str text) {
    enum { LONGEST = 600 };
    size_t least = text.len > LONGEST ? text.len - LONGEST : 0;
    size_t word = text.len;
    while (word > least
           && (isalnum((unsigned char)text.ptr[word - 1])
               || (unsigned char)text.ptr[word - 1] >= 0x80 || text.ptr[word - 1] == '\\'
               || text.ptr[word - 1] == '%')) {
        word--;
    }
    size_t from = least;
    while (from < word && !matcher_may_begin(&r->faces->matcher, text, from)) {
        from++;
    }
    return from;
}

/* The same as run_through, with surrogates between the placeholders. */
static size_t run_faces(struct restorer *r, struct str text, bool last, struct buf *out) {
    struct arena a = arena_make(SIZE_MAX);
    size_t end = last ? text.len : face_held_from(r, text);
    struct hits hits = {0};
    matcher_find(&r->faces->matcher, &a, text, &hits);
    size_t done = 0;
    for (size_t i = 0; i < hits.count && hits.v[i].from < end; i++) {
        const struct hit *h = &hits.v[i];
        run_through(r, str_sub(text, done, h->from), true, out);
        give_one(r, str_sub(text, h->from, h->to), faces_original(r->faces, &a, h), out);
        done = h->to;
    }
    arena_end(&a);
    end = end < done ? done : end;
    return done + run_through(r, str_sub(text, done, end), last && end == text.len, out);
}

static size_t run(struct restorer *r, struct str text, bool last, struct buf *out) {
    return r->faces ? run_faces(r, text, last, out) : run_through(r, text, last, out);
}

void restorer_feed(struct restorer *r, struct str piece, struct buf *out) {
    if (!r->held.len) {
        size_t from = run(r, piece, false, out);
        buf_add(&r->held, str_sub(piece, from, piece.len));
        return;
    }
    buf_add(&r->held, piece);
    size_t from = run(r, buf_str(&r->held), false, out);
    buf_drop(&r->held, from);
}

void restorer_end(struct restorer *r, struct buf *out) {
    run(r, buf_str(&r->held), true, out);
    buf_clear(&r->held);
}

struct str restore_arguments(struct book *b, struct faces *faces_opt, struct arena *a,
                             struct str tool, struct str arguments, const struct restore_tools *t,
                             struct restore_counts *counts) {
    struct restorer r;
    restorer_init(&r, b, faces_opt, true);
    r.outward = restore_reaches_outward(tool, arguments, t);
    r.inward = !r.outward;
    AUTO_BUF out = {0};
    buf_init(&out, SIZE_MAX);
    restorer_feed(&r, arguments, &out);
    restorer_end(&r, &out);
    counts->restored += r.counts.restored;
    counts->kept += r.counts.kept;
    counts->invented += r.counts.invented;
    restorer_finish(&r);
    return str_dup(a, buf_str(&out));
}
