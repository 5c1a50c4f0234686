/* A token is what stands between blanks, brackets and quotes, without the punctuation at its ends.
 * What it is made of decides. */
#include "sense/terms.h"

#include "sense/source.h"

#include <limits.h>

enum {
    LONGEST_TERM = 300,
    SHORTEST_ACCOUNT = 4,
    LONGEST_UNIT = 3,
    LONGEST_FOREIGN = 90,
    SOURCE_DIGITS = 3 /* of a code in a program: fewer have its own words */
};

/* ---- tokens ---- */

static bool is_small(char c) {
    return c >= 'a' && c <= 'z';
}
static bool is_capital(char c) {
    return c >= 'A' && c <= 'Z';
}
static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
static bool is_high(char c) {
    return (unsigned char)c & 0x80;
}
static bool is_either(char c) {
    return is_small(c) || is_capital(c) || is_digit(c);
}

static bool of_token(char c) {
    return is_either(c) || is_high(c) || char_is_of(c, "_-./@:%+~#?&=");
}

static size_t begin_of_run(struct str text, size_t at) {
    while (at && of_token(text.ptr[at - 1])) {
        at--;
    }
    return at;
}

/* Of `DATABASE_URL=pg://…` the name and the value are two: where the one begins or ends that w is
 * of. */
static void part_of_setting(struct str text, const struct word *w, size_t *from, size_t *to) {
    size_t at = *from;
    while (at < *to
           && (is_either(text.ptr[at]) || text.ptr[at] == '_' || text.ptr[at] == '-'
               || text.ptr[at] == '.')) {
        at++;
    }
    if (at == *from || at >= *to || text.ptr[at] != '=') {
        return;
    }
    if (w->from > at) {
        *from = at + 1;
    } else {
        *to = at;
    }
}

/* Around w, without what only ends a sentence; no more than LONGEST_TERM to each side. The run that
 * it is of is remembered: a long one has many words. */
static struct str token_around(struct terms_token *k, struct str text, const struct word *w,
                               size_t *at) {
    if (w->to <= k->run_from || w->to > k->run_to) {
        size_t end = w->to;
        while (end < text.len && of_token(text.ptr[end])) {
            end++;
        }
        k->run_from = begin_of_run(text, w->to);
        k->run_to = end;
    }
    size_t from = k->run_from <= w->from ? k->run_from : begin_of_run(text, w->from);
    size_t to = k->run_to;
    from = w->from - from > LONGEST_TERM ? w->from - LONGEST_TERM : from;
    to = to - w->to > LONGEST_TERM ? w->to + (size_t)LONGEST_TERM : to;
    while (to > w->to && !is_either(text.ptr[to - 1]) && !is_high(text.ptr[to - 1])
           && text.ptr[to - 1] != '/') {
        to--;
    }
    while (from < w->from && !is_either(text.ptr[from]) && !is_high(text.ptr[from])
           && !char_is_of(text.ptr[from], "@/~")) {
        from++;
    }
    part_of_setting(text, w, &from, &to);
    *at = from;
    return str_sub(text, from, to);
}

/* `one`: 1, or UINT_MAX to take it out again. */
static void count_byte(struct made *m, char c, unsigned one) {
    m->small += is_small(c) ? one : 0;
    m->capital += is_capital(c) ? one : 0;
    m->digit += is_digit(c) ? one : 0;
    m->line += c == '_' ? one : 0;
    m->dot += c == '.' ? one : 0;
    m->dash += c == '-' ? one : 0;
    m->slash += c == '/' ? one : 0;
    m->mixed += (unsigned char)c >= 0xcd ? one : 0;
}

static unsigned is_inner(const char *c) {
    return is_small(c[0]) && is_capital(c[1]);
}

/* What [from, to) is made of: what was counted for the word before it mostly is in it. */
static const struct made *made_of(struct terms_token *k, struct str text, size_t from, size_t to) {
    if (from < k->from || from >= k->to || to < k->to) {
        k->made = (struct made){0};
        k->from = k->to = from;
    }
    for (; k->from < from; k->from++) {
        count_byte(&k->made, text.ptr[k->from], UINT_MAX);
        k->made.inner -= k->from + 1 < k->to ? is_inner(text.ptr + k->from) : 0;
    }
    for (; k->to < to; k->to++) {
        count_byte(&k->made, text.ptr[k->to], 1);
        k->made.inner += k->to > k->from ? is_inner(text.ptr + k->to - 1) : 0;
    }
    return &k->made;
}

/* ---- what they are ---- */

/* Where licences, standards and languages are explained to everybody, and what stands for a host in
 * examples (RFC 2606). Who puts things there is nobody, unlike on a page of many people's. */
static bool is_public(struct str s) {
    static const char *const hosts[] = {"gnu.org",
                                        "apache.org",
                                        "opensource.org",
                                        "spdx.org",
                                        "w3.org",
                                        "ietf.org",
                                        "rfc-editor.org",
                                        "iana.org",
                                        "unicode.org",
                                        "iso.org",
                                        "example.com",
                                        "example.org",
                                        "example.net",
                                        "kernel.org",
                                        "python.org",
                                        "cmake.org",
                                        "freedesktop.org",
                                        "perl.org",
                                        "debian.org",
                                        "mozilla.org",
                                        "cve.mitre.org",
                                        "nvd.nist.gov",
                                        "json-schema.org",
                                        "schema.org",
                                        "golang.org",
                                        "nodejs.org",
                                        "rust-lang.org",
                                        "creativecommons.org",
                                        "docs.aws.amazon.com",
                                        "learn.microsoft.com",
                                        "kubernetes.io"};
    ptrdiff_t scheme = str_find(s, STR("://"));
    struct str rest = scheme >= 0 ? str_sub(s, (size_t)scheme + 3, s.len) : s;
    ptrdiff_t slash = str_find_char(rest, '/');
    struct str host = slash >= 0 ? str_sub(rest, 0, (size_t)slash) : rest;
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        struct str h = str_of(hosts[i]);
        struct str end = host.len >= h.len ? str_sub(host, host.len - h.len, host.len) : host;
        if (str_ieq(end, h) && (host.len == h.len || host.ptr[host.len - h.len - 1] == '.')) {
            return true;
        }
    }
    return false;
}

static bool is_link(struct str s, const struct made *m) {
    static const char *const ends[] = {
        "com", "org", "net", "edu", "gov", "info", "biz", "io", "co", "de", "uk", "fr", "ru", "eu",
        "me",  "tv",  "ai",  "app", "dev", "cn",   "jp",  "nl", "it", "es", "in", "br", "au"};
    if ((m->slash > 1 && str_contains(s, STR("://"))) || str_istarts(s, STR("www."))) {
        return !str_contains(s, STR("://hooks.slack.com/")); /* a secret of a row of its own */
    }
    if (!m->dot) {
        return false;
    }
    ptrdiff_t slash = str_find_char(s, '/');
    struct str host = slash > 0 ? str_sub(s, 0, (size_t)slash) : s;
    size_t dot = host.len;
    while (dot && host.ptr[dot - 1] != '.') {
        dot--;
    }
    for (size_t i = 0; dot > 2 && i < ARRAY_LEN(ends); i++) {
        if (str_ieq(str_sub(host, dot, host.len), str_of(ends[i]))) {
            return true;
        }
    }
    return false;
}

/* "10mm", "3rd", "1990s", "24-hour", "2x4", "v1.2": counted, not called. */
static bool is_measure(struct str s, const struct made *m) {
    size_t digits = 0;
    while (digits < s.len && (is_digit(s.ptr[digits]) || char_is_of(s.ptr[digits], ".,:-/"))) {
        digits++;
    }
    if (digits) {
        bool word = s.ptr[digits - 1] == '-' && !m->capital;
        return word || s.len - digits <= LONGEST_UNIT;
    }
    bool version = (s.ptr[0] == 'v' || s.ptr[0] == 'V') && m->small + m->capital == 1;
    return s.len <= 2 || (version && (m->dot || s.len <= 3));
}

/* 2025-10-18T00:29:45Z */
static bool is_time(struct str s) {
    static const char form[] = "9999-99-99T99:99";
    bool time = s.len + 1 >= sizeof form;
    for (size_t i = 0; time && i + 1 < sizeof form; i++) {
        time = form[i] == '9' ? is_digit(s.ptr[i]) : s.ptr[i] == form[i];
    }
    return time;
}

/* What everybody who computes calls so. */
static bool is_standard(struct str s) {
    static const char *const known[] = {
        "utf-8",   "utf8",   "utf-16",  "utf-32",  "latin1",   "iso-8859-1",   "iso8859-1",
        "md5",     "sha1",   "sha-1",   "sha256",  "sha-256",  "sha512",       "sha-512",
        "base64",  "base32", "crc32",   "x509",    "rsa2048",  "rsa4096",      "aes256",
        "ipv4",    "ipv6",   "http2",   "http3",   "oauth2",   "x11",          "x86",
        "x86_64",  "x86-64", "amd64",   "arm64",   "aarch64",  "armv7",        "i386",
        "i686",    "win32",  "win64",   "ext4",    "mp3",      "mp4",          "h264",
        "h265",    "c99",    "c11",     "c17",     "c89",      "es6",          "python2",
        "python3", "k8s",    "i18n",    "l10n",    "gpl-2",    "gpl-3",        "lgpl-2",
        "lgpl-3",  "agpl-3", "gpl-2.0", "gpl-3.0", "lgpl-2.1", "bsd-3-clause", "bsd-2-clause",
        "usb2",    "usb3",   "mpeg2",   "mpeg4",   "jpeg2000", "apache-2.0",   "cc0"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_ieq(s, str_of(known[i]))) {
            return true;
        }
    }
    return is_time(s);
}

/* Letters and digits together, which no measure has. */
static bool is_code(struct str s, const struct made *m) {
    return m->digit && m->small + m->capital && !m->slash && !is_measure(s, m);
}

static bool is_account(struct str s, const struct made *m) {
    bool at = s.ptr[0] == '@' && m->small + m->capital > 1;
    return at || (m->line && m->small + m->capital >= SHORTEST_ACCOUNT && !m->slash);
}

/* Not `mxPathname2`, `UTF-8`, `sqlite3_open`. */
static bool counts_in_source(struct str s, const struct made *m) {
    return s.ptr[0] == '@' || (m->digit >= SOURCE_DIGITS && !m->line);
}

/* "PROB. VII", "FIG. 3": what is counted. */
static bool is_heading(const struct word *w) {
    return w[1].gap == GAP_STOP && !w[1].line
           && (w[1].shape == SHAPE_DIGITS || w[1].shape == SHAPE_INITIAL
               || w[1].shape == SHAPE_UPPER);
}

/* "GNRC", "QuickBase": built like names, and on no list. */
static bool is_coined(const struct word *w, const struct passage *p, const struct made *m) {
    if (w->flags & (WORD_IS_COMMON | WORD_CAPITAL | WORD_TITLE | WORD_ROLE | WORD_ORG_PART)) {
        return false;
    }
    bool acronym = w->shape == SHAPE_UPPER && p->capitals < 2 && w->length >= 2 && !is_heading(w);
    return acronym || (m->inner && w->length >= 4);
}

/* The name of a setting or a field, `API_KEY=`, `"user_id":`, of words that everybody uses. */
static bool is_field(struct str text, size_t from, size_t to) {
    const unsigned known = WORD_IS_COMMON | WORD_CAPITAL | WORD_TITLE | WORD_ROLE | WORD_ORG;
    size_t behind = to;
    while (behind < text.len && char_is_of(text.ptr[behind], "\"' ")) {
        behind++;
    }
    if (behind >= text.len || (text.ptr[behind] != '=' && text.ptr[behind] != ':')) {
        return false;
    }
    struct str name = str_sub(text, from, to);
    struct word w;
    bool all = true;
    for (size_t at = 0; all && word_next(name, &at, &w);) {
        all = w.flags & known && w.shape != SHAPE_DIGITS;
    }
    return all;
}

/* ---- another script ---- */

/* How far it goes. */
static size_t foreign_end(struct str text, size_t from) {
    size_t to = from;
    while (to < text.len
           && ((unsigned char)text.ptr[to] >= 0x80
               || (text.ptr[to] == ' ' && to + 1 < text.len
                   && (unsigned char)text.ptr[to + 1] >= 0xcd))) {
        to++;
    }
    return to;
}

/* ---- telling ---- */

/* Asked once for a text, when something of it may be a term. */
static bool is_of_source(struct terms *t, struct str text) {
    t->source = t->source ? t->source : source_is(text) ? 2 : 1;
    return t->source == 2;
}

static void tell(struct terms *t, struct str text, size_t from, size_t to, tagger_hit_fn on_hit,
                 void *ctx) {
    if (to - from > LONGEST_TERM) {
        return; /* nothing that a placeholder could stand for */
    }
    uint32_t hash = 0;
    for (size_t i = from; i < to; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * 0x01000193U;
    }
    unsigned known = t->count < TERMS_TOLD ? t->count : TERMS_TOLD;
    for (unsigned i = 0; i < known; i++) {
        if (t->told[i] == hash) {
            return;
        }
    }
    t->told[t->count++ % TERMS_TOLD] = hash;
    on_hit(ctx, &(struct tagger_hit){TAGGER_TERM, from, to, 50});
}

/* As books refer to each other. */
static bool is_reference(struct str word) {
    static const char *const words[] = {"Ibid", "Viz",  "Cf",    "Vol", "Fig", "Prop",
                                        "Sect", "Chap", "Exper", "Obs", "Def", "Art"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_is(word, words[i])) {
            return true;
        }
    }
    return false;
}

/* "the Senior Project Engineer", "called Silent Harvest": words of every day with capitals that no
 * sentence gave them. */
static bool is_titled(const struct word *w, const struct passage *p) {
    const unsigned never = WORD_FUNCTION | WORD_CAPITAL | WORD_TITLE | WORD_ROLE | WORD_IS_NAME;
    bool begins = w->line || w->gap == GAP_STOP || w->gap == GAP_COLON || w->gap == GAP_LINE;
    bool part = w->gap == GAP_HYPHEN || w[-1].shape == SHAPE_DIGITS; /* "5 Inches" */
    return w->shape == SHAPE_CAPITAL && p->capitals == 1 && !begins && !part && !(w->flags & never);
}

void terms_end(struct terms *t, struct str text, tagger_hit_fn on_hit, void *ctx) {
    if (!t->title_to) {
        return;
    }
    struct str title = str_sub(text, t->title_from, t->title_to);
    bool several = str_find_char(title, ' ') >= 0;
    if (!is_reference(title) && (several || !is_of_source(t, text))) {
        tell(t, text, t->title_from, t->title_to, on_hit, ctx);
        t->end = t->title_to > t->end ? t->title_to : t->end;
    }
    t->title_from = t->title_to = 0;
}

void terms_word(struct terms *t, struct str text, const struct word *w, const struct passage *p,
                tagger_hit_fn on_hit, void *ctx) {
    bool plain = !w->glued && w->shape == SHAPE_CAPITAL && !word_is_foreign(w);
    bool goes_on =
        plain && t->title_to && t->title_to + 1 == w->from && w->to - t->title_from < LONGEST_TERM;
    if (!goes_on) {
        terms_end(t, text, on_hit, ctx);
    }
    if (w->from < t->end) {
        return;
    }
    if (plain) {
        if (goes_on || is_titled(w, p)) {
            t->title_from = goes_on ? t->title_from : w->from;
            t->title_to = w->to;
        }
        return;
    }
    if (word_is_foreign(w)) {
        t->end = (uint32_t)foreign_end(text, w->from);
        if (!p->foreign && t->end - w->from <= LONGEST_FOREIGN) { /* a few words among others */
            tell(t, text, w->from, t->end, on_hit, ctx);
        }
        return;
    }
    size_t from = 0;
    struct str s = token_around(&t->token, text, w, &from);
    size_t at = from;
    const struct made *m = made_of(&t->token, text, from, from + s.len);
    bool code = !p->code && (is_account(s, m) || is_code(s, m))
                && !is_field(text, from, from + s.len)
                && (!is_of_source(t, text) || counts_in_source(s, m));
    bool mailbox = str_find_char(s, '@') > 0; /* found elsewhere */
    bool link = !mailbox && !m->mixed && is_link(s, m);
    if ((link && is_public(s)) || (m->digit && is_standard(s))) {
        t->end = (uint32_t)(at + s.len);
    } else if (link || (from >= t->end && !mailbox && !m->mixed && code)) {
        from = from > t->end ? from : t->end; /* a link's first word may have been a title */
        t->end = (uint32_t)(at + s.len);
        tell(t, text, from, t->end, on_hit, ctx);
    } else if (!p->code && is_coined(w, p, m) && !is_of_source(t, text)) {
        t->end = w->to;
        tell(t, text, w->from, w->to, on_hit, ctx);
    }
}
