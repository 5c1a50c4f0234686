/* Reading text around a match: characters, words, sentences. ASCII letters decide; other bytes
 * count as letters of a word. Pure, nothing is allocated. */
#pragma once

#include "base/str.h"

static inline bool is_digit(unsigned char c) {
    return c >= '0' && c <= '9';
}
static inline bool is_upper(unsigned char c) {
    return c >= 'A' && c <= 'Z';
}
static inline bool is_lower(unsigned char c) {
    return c >= 'a' && c <= 'z';
}
static inline bool is_alnum(unsigned char c) {
    return is_digit(c) || is_upper(c) || is_lower(c);
}
static inline bool is_letter(unsigned char c) {
    return is_upper(c) || is_lower(c) || c >= 0x80;
}
static inline bool is_blank(unsigned char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
static inline bool is_hex(unsigned char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
static inline unsigned char to_lower(unsigned char c) {
    return is_upper(c) ? (unsigned char)(c + 32) : c;
}
/* A blank outside of the text. */
static inline unsigned char char_at(struct str s, size_t i) {
    return i < s.len ? (unsigned char)s.ptr[i] : ' ';
}
static inline unsigned char char_before(struct str s, size_t i) {
    return i > 0 && i <= s.len ? (unsigned char)s.ptr[i - 1] : ' ';
}

/* One of `words` ("a|b c") as whole words, any case. A word that ends in * may go on. */
bool has_word(struct str s, const char *words);
/* The same in what lies up to `back` bytes before and `ahead` bytes behind. */
bool word_near(struct str whole, size_t from, size_t to, const char *words, size_t back,
               size_t ahead);
/* `s` is exactly one of the words, any case. */
bool is_one_of(struct str s, const char *words);
/* One of the pieces is somewhere in s, any case. */
bool has_piece(struct str s, const char *pieces);
/* Shannon's, hundredths of a bit per character. */
int entropy(struct str s);
/* Letters and digits of s, up to `cap`; returns how many (more than cap: too many). */
size_t digits_of(struct str s, char *out, size_t cap);
size_t alnum_of(struct str s, char *out, size_t cap);
bool all_same(const char *s, size_t n);
/* The sentence or line that holds [from, to), at most ~200 bytes to each side. */
void sentence_at(struct str whole, size_t from, size_t to, size_t *begin, size_t *end);

/* A sentence in words. */
enum { SENTENCE_WORDS = 96 };
struct sentence {
    struct str word[SENTENCE_WORDS];
    size_t at[SENTENCE_WORDS]; /* in the whole text */
    int count;
    int here, here_end; /* the words that hold the match: [here, here_end) */
};
void sentence_read(struct sentence *s, struct str whole, size_t from, size_t to);
/* The word at i is one of `words`; false outside of the sentence. */
bool sentence_is(const struct sentence *s, int i, const char *words);
