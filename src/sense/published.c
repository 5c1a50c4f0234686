/* What is published, by the form of its lines and by the phrases of its licence. Most texts are
 * not: each look ends early there. */
#include "sense/published.h"

#include <ctype.h>

enum {
    FEWEST_ENTRIES = 2,  /* of a history */
    FEWEST_OPTIONS = 4,  /* of a manual */
    FEWEST_MUSTS = 4,    /* of a specification, as RFC 2119 writes them */
    LONGEST_HEADING = 16 /* bytes */
};

static bool is_one_of(struct str line, const char *const *lines, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (line.ptr[0] == lines[i][0] && str_is(line, lines[i])) {
            return true;
        }
    }
    return false;
}

/* What was counted of a text's lines. */
struct lines {
    unsigned entries, headings, titles, options;
};

/* `2024-03-01  Anna Krause  <anna@nordwind.net>`, as GNU's histories have it. */
static bool is_dated(struct str line) {
    static const char form[] = "9999-99-99  ";
    for (size_t i = 0; i + 1 < sizeof form; i++) {
        bool digit = line.len > i && isdigit((unsigned char)line.ptr[i]);
        if (line.len <= i || (form[i] == '9' ? !digit : line.ptr[i] != form[i])) {
            return false;
        }
    }
    return str_contains(line, STR("  <"));
}

/* How often it stands there, up to `most`. */
static unsigned occurrences(struct str text, struct str what, unsigned most) {
    unsigned n = 0;
    for (ptrdiff_t at; n < most && (at = str_find(text, what)) >= 0; n++) {
        text = str_sub(text, (size_t)at + what.len, text.len);
    }
    return n;
}

/* Debian's head of a version says alone that it is a history; bugs that are closed do. */
static unsigned entries(struct str text) {
    return str_contains(text, STR("; urgency="))
               ? FEWEST_ENTRIES
               : occurrences(text, STR("loses: #"), FEWEST_ENTRIES);
}

static bool is_capital(char c) {
    return (unsigned char)(c - 'A') <= 'Z' - 'A';
}

/* Two capitals side by side. Whole blocks without branches, so that many bytes go at once. */
static bool has_capitals(struct str text) {
    enum { BLOCK = 32 };
    size_t i = 0;
    for (; i + BLOCK < text.len; i += BLOCK) {
        unsigned char any = 0;
        for (size_t k = 0; k < BLOCK; k++) {
            unsigned char a = is_capital(text.ptr[i + k]);
            unsigned char b = is_capital(text.ptr[i + k + 1]);
            any |= a & b;
        }
        if (any) {
            return true;
        }
    }
    while (i + 1 < text.len && !(is_capital(text.ptr[i]) && is_capital(text.ptr[i + 1]))) {
        i++;
    }
    return i + 1 < text.len;
}

/* Words that say what is to be, in capitals. */
static unsigned musts(struct str text) {
    static const char *const words[] = {"MUST", "SHALL", "SHOULD", "REQUIRED", "RECOMMENDED"};
    unsigned n = 0;
    size_t count = has_capitals(text) ? ARRAY_LEN(words) : 0;
    for (size_t i = 0; i < count; i++) {
        n += occurrences(text, str_of(words[i]), FEWEST_MUSTS);
    }
    return n;
}

/* `--all`, `-a`, `-a, --all`; "-milk" is an item of somebody's list. */
static bool is_option(struct str line) {
    if (line.len < 2 || line.ptr[0] != '-') {
        return false;
    }
    bool name = line.ptr[1] == '-' && line.len > 3 && islower((unsigned char)line.ptr[2]);
    bool letter =
        isalpha((unsigned char)line.ptr[1]) && (line.len == 2 || char_is_of(line.ptr[2], " ,=[<"));
    return name || letter;
}

/* Somebody speaks of own affairs in it. */
static bool is_own(struct str text) {
    static const char *const words[] = {"dear ",   " i am ",    " i have ", "i'm ",    " i was ",
                                        "my name", " my wife ", " my boss", " to me ", "regards,"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_icontains(text, str_of(words[i]))) {
            return true;
        }
    }
    return false;
}

static void count(struct lines *n, struct str line) {
    static const char *const headings[] = {"SYNOPSIS",  "OPTIONS",      "FLAGS",
                                           "SEE ALSO",  "EXIT STATUS",  "RETURN VALUE",
                                           "EXIT CODE", "GLOBAL FLAGS", "REPORTING BUGS"};
    static const char *const titles[] = {"NAME",   "DESCRIPTION", "EXAMPLES",    "AUTHOR",
                                         "BUGS",   "COPYRIGHT",   "ENVIRONMENT", "AUTHORS",
                                         "NOTES:", "EXAMPLE",     "COMMANDS",    "CAVEATS"};
    n->entries += is_dated(line) || str_starts(line, STR(" -- "));
    line = str_trim(line);
    if (!line.len) {
        return;
    }
    if (line.len <= LONGEST_HEADING && is_capital(line.ptr[0])) {
        n->headings += is_one_of(line, headings, ARRAY_LEN(headings));
        n->titles += is_one_of(line, titles, ARRAY_LEN(titles));
    }
    n->options += is_option(line);
}

enum published published_as(struct str text) {
    struct str all = str_sub(text, 0, PUBLISHED_LOOKS);
    struct str rest = all;
    struct str line = {0};
    struct lines n = {.entries = entries(all)};
    for (bool more = true; more;) {
        more = str_cut(rest, '\n', &line, &rest);
        count(&n, line);
    }
    if (n.entries >= FEWEST_ENTRIES) {
        return PUBLISHED_HISTORY;
    }
    bool manual = n.headings > 1 || (n.headings && n.titles) || n.options >= FEWEST_OPTIONS;
    return (manual || musts(all) >= FEWEST_MUSTS) && !is_own(all) ? PUBLISHED_MANUAL
                                                                  : PUBLISHED_NOT;
}

/* ---- its licence ---- */

static bool is_letter(char c) {
    return isalpha((unsigned char)c) != 0;
}

/* One of the phrases begins there, in any case. */
static bool begins(struct str at, const char *const *phrases, size_t n) {
    char first = (char)tolower((unsigned char)at.ptr[0]);
    for (size_t i = 0; i < n; i++) {
        if (phrases[i][0] == first && str_istarts(at, str_of(phrases[i]))) {
            return true;
        }
    }
    return false;
}

enum { FIRST = 0xadb28e, SECOND = 0x2dc222 };
/* A bit for each letter, capital or small. */
static uint32_t bit_of(char c) {
    return is_letter(c) ? 1U << (c & 31) : 0;
}

/* Looked for where a word begins; FIRST and SECOND are the first two letters of all phrases. */
bool published_with_licence(struct str text) {
    static const char *const phrases[] = {"public domain",
                                          "spdx-license-identifier:",
                                          "permission is hereby granted",
                                          "general public license",
                                          "apache license",
                                          "mozilla public license",
                                          "redistribution and use in source",
                                          "is free software",
                                          "merchantability",
                                          "under the same license as the",
                                          "under the same terms as",
                                          "creative commons",
                                          "was debianized by",
                                          "osi-approved",
                                          "bsd license",
                                          "mit license"};
    static const char *const lines[] = {"upstream", "license: "};
    text = str_sub(text, 0, PUBLISHED_LOOKS);
    for (size_t i = 0; i + 1 < text.len; i++) {
        bool either = bit_of(text.ptr[i]) & FIRST && bit_of(text.ptr[i + 1]) & SECOND;
        if (!either || (i && is_letter(text.ptr[i - 1]))) {
            continue;
        }
        struct str at = str_sub(text, i, text.len);
        bool line = !i || text.ptr[i - 1] == '\n';
        if (begins(at, phrases, ARRAY_LEN(phrases))
            || (line && begins(at, lines, ARRAY_LEN(lines)))) {
            return true;
        }
    }
    return false;
}
