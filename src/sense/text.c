/* Reading text around a match. */
#include "sense/text.h"

#include <math.h>

static bool same(const char *text, const char *word, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (to_lower((unsigned char)text[i]) != (unsigned char)word[i]) {
            return false;
        }
    }
    return true;
}

/* Steps through "a|b|c". */
static bool next_word(const char **words, const char **word, size_t *n) {
    if (!**words) {
        return false;
    }
    *word = *words;
    while (**words && **words != '|') {
        (*words)++;
    }
    *n = (size_t)(*words - *word);
    if (**words) {
        (*words)++;
    }
    return true;
}

static bool word_in(struct str s, const char *word, size_t n, bool open_end) {
    for (size_t i = 0; i + n <= s.len; i++) {
        if (to_lower((unsigned char)s.ptr[i]) != (unsigned char)word[0]
            || !same(s.ptr + i, word, n)) {
            continue;
        }
        unsigned char before = i ? (unsigned char)s.ptr[i - 1] : ' ';
        unsigned char after = i + n < s.len ? (unsigned char)s.ptr[i + n] : ' ';
        bool starts = !is_letter((unsigned char)word[0]) || !(is_letter(before) || is_digit(before));
        bool ends = open_end || !is_letter((unsigned char)word[n - 1]) || !is_letter(after);
        if (starts && ends) {
            return true;
        }
    }
    return false;
}

bool has_word(struct str s, const char *words) {
    const char *word = NULL;
    size_t n = 0;
    while (next_word(&words, &word, &n)) {
        bool open_end = n > 1 && word[n - 1] == '*';
        if (word_in(s, word, open_end ? n - 1 : n, open_end)) {
            return true;
        }
    }
    return false;
}

bool word_near(struct str whole, size_t from, size_t to, const char *words, size_t back,
               size_t ahead) {
    size_t begin = from > back ? from - back : 0;
    return has_word(str_sub(whole, begin, from), words)
           || (ahead && has_word(str_sub(whole, to, to + ahead), words));
}

bool is_one_of(struct str s, const char *words) {
    const char *word = NULL;
    size_t n = 0;
    while (next_word(&words, &word, &n)) {
        if (n == s.len && same(s.ptr, word, n)) {
            return true;
        }
    }
    return false;
}

bool has_piece(struct str s, const char *pieces) {
    const char *word = NULL;
    size_t n = 0;
    while (next_word(&pieces, &word, &n)) {
        for (size_t i = 0; i + n <= s.len; i++) {
            if (same(s.ptr + i, word, n)) {
                return true;
            }
        }
    }
    return false;
}

int entropy(struct str s) {
    unsigned counts[256] = {0};
    double bits = 0;
    for (size_t i = 0; i < s.len; i++) {
        counts[(unsigned char)s.ptr[i]]++;
    }
    for (size_t i = 0; i < 256; i++) {
        if (counts[i]) {
            double p = (double)counts[i] / (double)s.len;
            bits -= p * log2(p);
        }
    }
    return (int)(bits * 100);
}

static size_t only(struct str s, char *out, size_t cap, bool letters) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (letters ? is_alnum(c) : is_digit(c)) {
            if (n == cap) {
                return cap + 1;
            }
            out[n++] = (char)c;
        }
    }
    return n;
}

size_t digits_of(struct str s, char *out, size_t cap) {
    return only(s, out, cap, false);
}

size_t alnum_of(struct str s, char *out, size_t cap) {
    return only(s, out, cap, true);
}

bool all_same(const char *s, size_t n) {
    for (size_t i = 1; i < n; i++) {
        if (s[i] != s[0]) {
            return false;
        }
    }
    return true;
}

/* A full stop ends a sentence when a blank follows. */
static bool is_stop(struct str s, size_t i) {
    unsigned char c = (unsigned char)s.ptr[i];
    return c == '\n' || ((c == '.' || c == '!' || c == '?') && is_blank(char_at(s, i + 1)));
}

void sentence_at(struct str whole, size_t from, size_t to, size_t *begin, size_t *end) {
    enum { FAR = 200 };
    size_t least = from > FAR ? from - FAR : 0;
    while (from > least && !is_stop(whole, from - 1)) {
        from--;
    }
    size_t most = to + FAR < whole.len ? to + FAR : whole.len;
    while (to < most && !is_stop(whole, to)) {
        to++;
    }
    *begin = from;
    *end = to;
}

/* A letter of a word: also apostrophes within, straight or typographic. */
static size_t word_step(struct str s, size_t i, size_t end) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c == 0xe2 && i + 2 < end && (unsigned char)s.ptr[i + 1] == 0x80) {
        return (unsigned char)s.ptr[i + 2] == 0x99 ? 3 : 0; /* ’ is one, dashes and quotes end */
    }
    return is_letter(c) || is_digit(c) || c == '\'' || c == '-' ? 1 : 0;
}

void sentence_read(struct sentence *s, struct str whole, size_t from, size_t to) {
    size_t begin = 0;
    size_t end = 0;
    sentence_at(whole, from, to, &begin, &end);
    s->count = 0;
    s->here = s->here_end = 0;
    for (size_t i = begin; i < end && s->count < SENTENCE_WORDS;) {
        size_t step = word_step(whole, i, end);
        if (!step) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < end && (step = word_step(whole, i, end)) != 0) {
            i += step;
        }
        if (start < to && i > from) {
            s->here = s->here_end > s->here ? s->here : s->count;
            s->here_end = s->count + 1;
        }
        s->at[s->count] = start;
        s->word[s->count++] = str_sub(whole, start, i);
    }
}

bool sentence_is(const struct sentence *s, int i, const char *words) {
    return i >= 0 && i < s->count && is_one_of(s->word[i], words);
}
