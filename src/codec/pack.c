/* 7 bits a byte, lowest first, the sign in the lowest bit; a text has its length before it. A word
 * is 0 and a text the first time, then its number counted from 1. */
#include "codec/pack.h"

enum { LONGEST = 10 }; /* bytes of a 64-bit integer */

void pack_to(struct pack *p, struct buf *out) {
    p->out = out;
    p->memory = NULL;
    p->in = (struct str){0};
    p->failed = false;
    p->word_count = 0;
    p->word_last = 0;
}

void pack_from(struct pack *p, struct arena *a, struct str bytes) {
    pack_to(p, NULL);
    p->memory = a;
    p->in = bytes;
}

static void put(struct pack *p, uint64_t v) {
    for (; v >= 0x80; v >>= 7) {
        buf_add_char(p->out, (char)(v | 0x80));
    }
    p->failed |= !buf_add_char(p->out, (char)v);
}

static uint64_t get(struct pack *p) {
    uint64_t v = 0;
    for (size_t i = 0; i < LONGEST && i < p->in.len; i++) {
        unsigned char c = (unsigned char)p->in.ptr[i];
        v |= (uint64_t)(c & 0x7f) << (7 * i);
        if (c < 0x80) {
            p->in = str_sub(p->in, i + 1, p->in.len);
            return v;
        }
    }
    p->failed = true;
    p->in.len = 0;
    return 0;
}

void pack_i64(struct pack *p, int64_t *v) {
    if (p->out) {
        put(p, (uint64_t)*v << 1 ^ (uint64_t)(*v >> 63));
    } else {
        uint64_t bits = get(p);
        *v = (int64_t)(bits >> 1 ^ (0 - (bits & 1)));
    }
}

void pack_bool(struct pack *p, bool *v) {
    if (p->out) {
        put(p, *v);
    } else {
        *v = get(p) != 0;
    }
}

void pack_str(struct pack *p, struct str *s) {
    if (p->out) {
        put(p, s->len);
        p->failed |= !buf_add(p->out, *s);
        return;
    }
    uint64_t len = get(p);
    p->failed |= len > p->in.len;
    *s = str_sub(p->in, 0, p->failed ? 0 : len);
    p->in = str_sub(p->in, s->len, p->in.len);
}

/* By address first: most words are constants of the program, or of one configuration. */
static bool is_word(const struct pack *p, size_t i, struct str s) {
    return p->words[i].ptr == s.ptr && p->words[i].len == s.len;
}

static size_t known_word(const struct pack *p, struct str s) {
    if (p->word_count && is_word(p, p->word_last, s)) {
        return p->word_last + 1;
    }
    for (size_t i = 0; i < p->word_count; i++) {
        if (is_word(p, i, s)) {
            return i + 1;
        }
    }
    for (size_t i = 0; i < p->word_count; i++) {
        if (str_eq(p->words[i], s)) {
            return i + 1;
        }
    }
    return 0;
}

static void know_word(struct pack *p, struct str s) {
    if (p->word_count < PACK_WORDS) {
        p->words[p->word_count++] = s;
    }
}

void pack_word(struct pack *p, struct str *s) {
    if (p->out) {
        size_t number = known_word(p, *s);
        put(p, number);
        if (number) {
            p->word_last = number - 1;
        } else {
            pack_str(p, s);
            know_word(p, *s);
        }
        return;
    }
    uint64_t number = get(p);
    if (!number) {
        pack_str(p, s);
        know_word(p, *s);
    } else if (number <= p->word_count) {
        *s = p->words[number - 1];
    } else {
        p->failed = true;
        *s = (struct str){0};
    }
}

void pack_name(struct pack *p, int *v, const char *const *names, int n) {
    struct str s = p->out ? str_of(names[*v]) : (struct str){0};
    pack_word(p, &s);
    if (p->out) {
        return;
    }
    int i = 0;
    while (i < n && !str_is(s, names[i])) {
        i++;
    }
    p->failed |= i == n;
    *v = i == n ? 0 : i;
}

void pack_count(struct pack *p, size_t *n) {
    if (p->out) {
        put(p, *n);
        return;
    }
    uint64_t count = get(p);
    p->failed |= count > p->in.len;
    *n = p->failed ? 0 : count;
}
