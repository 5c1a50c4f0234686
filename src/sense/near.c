/* A table of what the words of all rows begin with says at each place which of them can begin
 * there. Only a row of which a word was seen has its words looked for one by one. */
#include "sense/near.h"

enum {
    BEGINS = 3, /* signs, of which the slot is made */
    SLOTS = 2048,
    MOST_OF_ROWS = 2048,
    SLACK = 32 /* a number may begin so far before the one that was asked of before it */
};

struct near_word {
    struct str word;
    uint16_t next; /* in its slot, plus one; 0 the last */
};

static struct near_word words[NEAR_WORDS];
static size_t word_count;
static uint16_t slots[SLOTS];              /* its first word, plus one */
static uint16_t of_rows[MOST_OF_ROWS];     /* the words of each row … */
static uint16_t row_begins[MOST_ROWS + 1]; /* … from here to the next one's */

static char small(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}
static bool is_letter(char c) {
    return small(c) >= 'a' && small(c) <= 'z';
}

/* Of a key or a text: `_` and `-` part words as blanks do. */
static bool same(char in_text, char wanted) {
    char c = small(in_text);
    return c == wanted || (wanted == ' ' && (c == '_' || c == '-'));
}

static bool is_same(const char *s, struct str word) {
    size_t k = 0;
    while (k < word.len && same(s[k], word.ptr[k])) {
        k++;
    }
    return k == word.len;
}

/* ---- the table ---- */

static uint8_t folded[256]; /* signs to five bits: letters of both cases are one … */
enum { LETTER = 32 };       /* … and whether it is a letter */

/* Of the sign and those before it. */
static uint32_t roll(uint32_t before, char c) {
    return (before << 5 | (folded[(unsigned char)c] & 31)) & 0x7fff;
}

static size_t slot_of(uint32_t rolled) {
    return rolled * 0x9e3779b1U >> 21;
}
_Static_assert(SLOTS == 1 << (32 - 21), "a slot is what the shift leaves");

static size_t word_number(struct str word) {
    size_t i = 0;
    while (i < word_count && !str_eq(words[i].word, word)) {
        i++;
    }
    if (i < word_count) {
        return i;
    }
    if (word.len < BEGINS || word_count == NEAR_WORDS) {
        abort(); /* the table has a word, or more of them, than there is room for */
    }
    uint32_t rolled = 0;
    for (size_t k = 0; k < BEGINS; k++) {
        rolled = roll(rolled, word.ptr[k]);
    }
    uint16_t *slot = &slots[slot_of(rolled)];
    words[word_count++] = (struct near_word){word, *slot};
    *slot = (uint16_t)word_count;
    return i;
}

void near_open(void) {
    size_t n = 0;
    for (size_t c = 0; c < sizeof folded; c++) {
        bool letter = is_letter((char)c);
        folded[c] = (uint8_t)((c == '_' || c == '-' ? ' ' & 31 : c & 31) | (letter ? LETTER : 0));
    }
    for (size_t row = 0; row < SENSE_TABLE_COUNT; row++) {
        const char *at = SENSE_TABLE[row].near;
        at += *at == '!';
        while (*at) {
            size_t len = strcspn(at, "|");
            if (n == MOST_OF_ROWS) {
                abort();
            }
            of_rows[n++] = (uint16_t)word_number((struct str){at, len});
            at += len + (at[len] == '|');
        }
        row_begins[row + 1] = (uint16_t)n;
    }
}

/* ---- a text ---- */

void near_begin(struct near *n, struct str text, struct str key) {
    n->text = text;
    n->key = key;
    n->began = false;
    n->to = 0;
}

/* Of the words that begin in [from, to): the last place each. Within other words none begins, but
 * at `from`, where what stands before it does not count. */
static void look(struct near *n, struct str text, size_t from, size_t to) {
    if (from + BEGINS > text.len) {
        return;
    }
    to = to + BEGINS > text.len ? text.len + 1 - BEGINS : to;
    uint32_t rolled = roll(roll(0, text.ptr[from]), text.ptr[from + 1]);
    unsigned before = 0;
    for (size_t i = from; i < to; i++) {
        rolled = roll(rolled, text.ptr[i + BEGINS - 1]);
        unsigned within = before & folded[(unsigned char)text.ptr[i]] & LETTER;
        before = folded[(unsigned char)text.ptr[i]];
        if (within) {
            continue;
        }
        for (size_t w = slots[slot_of(rolled)]; w; w = words[w - 1].next) {
            struct str word = words[w - 1].word;
            if (word.len <= text.len - i && n->last[w - 1] <= i && is_same(text.ptr + i, word)) {
                n->last[w - 1] = (uint32_t)i + 1;
            }
        }
    }
}

/* The key's words are near everywhere. */
static void begin(struct near *n) {
    memset(n->last, 0, word_count * sizeof n->last[0]);
    look(n, n->key, 0, n->key.len);
    for (size_t w = 0; n->key.len && w < word_count; w++) {
        n->last[w] = n->last[w] ? UINT32_MAX : 0;
    }
    n->began = true;
}

/* Whether one of the row's words begins behind `from`, as far as was looked: up to `to` at least.
 */
static bool may_be(struct near *n, size_t row, size_t from, size_t to) {
    if (!n->began) {
        begin(n);
    }
    n->to = n->to + SLACK < from ? from - SLACK : n->to;
    if (n->to < to) {
        look(n, n->text, n->to, to);
        n->to = to;
    }
    look(n, n->text, from, from + 1);
    for (size_t i = row_begins[row]; i < row_begins[row + 1]; i++) {
        if (n->last[of_rows[i]] > from) {
            return true;
        }
    }
    return false;
}

/* Where the word stands in s, as a word of its own (a plural too); -1 nowhere. */
static ptrdiff_t word_in(struct str s, struct str word) {
    for (size_t i = 0; i + word.len <= s.len; i++) {
        if (!is_same(s.ptr + i, word)) {
            continue;
        }
        size_t end = i + word.len;
        end += end < s.len && small(s.ptr[end]) == 's';
        bool ascii = !((unsigned char)word.ptr[word.len - 1] & 0x80);
        bool apart = (!i || !is_letter(s.ptr[i - 1]) || !is_letter(word.ptr[0]))
                     && (!ascii || end >= s.len || !is_letter(s.ptr[end]));
        if (apart) {
            return (ptrdiff_t)i;
        }
    }
    return -1;
}

bool near_find(struct near *n, struct mask_hit *h) {
    size_t from = h->from > NEAR_BEFORE ? h->from - NEAR_BEFORE : 0;
    size_t to = h->to + NEAR_BEHIND < n->text.len ? h->to + NEAR_BEHIND : n->text.len;
    if (!may_be(n, h->row, from, to)) {
        return false;
    }
    struct str before = str_sub(n->text, from, h->from);
    struct str behind = str_sub(n->text, h->to, to);
    const char *line = behind.len ? memchr(behind.ptr, '\n', behind.len) : NULL;
    behind.len = line ? (size_t)(line - behind.ptr) : behind.len;
    for (size_t i = row_begins[h->row]; i < row_begins[h->row + 1]; i++) {
        struct str word = words[of_rows[i]].word;
        ptrdiff_t at = word_in(before, word);
        if (at >= 0) {
            h->lead = from + (size_t)at;
            return true;
        }
        at = word_in(behind, word);
        if (at >= 0) {
            h->end = h->to + (size_t)at + word.len;
            return true;
        }
        if (word_in(n->key, word) >= 0) {
            return true;
        }
    }
    return false;
}
