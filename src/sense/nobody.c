/* Each answer is asked for only where a name was found, and kept for the text. Only conventions
 * that are public knowledge are listed here; a name by itself is always somebody's. */
#include "sense/nobody.h"

#include "sense/published.h"
#include "sense/source.h"

#include <ctype.h>

enum {
    LOOKS = 1 << 16, /* bytes of a text */
    CAST = 2,        /* people of an example */
    TECHNICAL = 3,   /* words that say what it is of */
    AROUND = 300,    /* of a paragraph */
    BLOCK = 2000,    /* of a list of who holds rights */
    SENTENCE = 160
};

/* ---- words ---- */

static bool is_letter(char c) {
    return isalnum((unsigned char)c) || (unsigned char)c & 0x80;
}

/* Where the word stands in s as one of its own, as it is written, or in any case. */
static bool has_word(struct str s, const char *word, bool any_case) {
    size_t len = strlen(word);
    int first = any_case ? tolower((unsigned char)word[0]) : (unsigned char)word[0];
    for (size_t i = 0; i + len <= s.len; i++) {
        int c = (unsigned char)s.ptr[i];
        if ((any_case ? tolower(c) : c) != first) {
            continue;
        }
        struct str at = str_sub(s, i, i + len);
        bool same = any_case ? str_ieq(at, (struct str){word, len}) : str_is(at, word);
        if (same && (!i || !is_letter(s.ptr[i - 1]))
            && (i + len == s.len || !is_letter(s.ptr[i + len]))) {
            return true;
        }
    }
    return false;
}

static size_t count_words(struct str s, const char *const *words, size_t n, bool any_case) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        found += has_word(s, words[i], any_case);
    }
    return found;
}
#define COUNT(s, words, any_case) count_words(s, words, ARRAY_LEN(words), any_case)

static bool has_any(struct str s, const char *const *texts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (str_icontains(s, str_of(texts[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_one_of(struct str word, const char *const *words, size_t n) {
    int first = word.len ? tolower((unsigned char)word.ptr[0]) : 0;
    for (size_t i = 0; i < n; i++) {
        if (tolower((unsigned char)words[i][0]) == first && str_ieq(word, str_of(words[i]))) {
            return true;
        }
    }
    return false;
}

static bool answer(uint8_t *kept, bool (*ask)(struct str text), struct str text) {
    *kept = *kept ? *kept : ask(str_sub(text, 0, LOOKS)) ? 2 : 1;
    return *kept == 2;
}

/* ---- examples ---- */

/* Rivest, Shamir and Adleman's, 1978, and who came after them. */
static const char *const PEOPLE[] = {"Alice", "Bob",   "Carol",  "Charlie", "Dave",   "Eve",
                                     "Peggy", "Trent", "Victor", "Mallory", "Sybil",  "Trudy",
                                     "Heidi", "Oscar", "Wendy",  "Walter",  "Mallet", "Grace"};

static bool is_example(struct str text) {
    static const char *const own[] = {"I", "my", "My", "me", "our", "Our"};
    static const char *const technical[] = {
        "key",    "keys",        "encrypt", "encrypts",  "encrypted", "decrypt", "signature",
        "signed", "signs",       "nonce",   "hash",      "protocol",  "server",  "client",
        "packet", "certificate", "cipher",  "session",   "message",   "request", "channel",
        "table",  "row",         "column",  "database",  "query",     "user",    "users",
        "field",  "transaction", "token",   "interface", "file",      "process", "value"};
    bool cast = COUNT(text, PEOPLE, false) >= CAST
                && (has_word(text, "Alice", false) || has_word(text, "Bob", false));
    return cast && !COUNT(text, own, false) && COUNT(text, technical, true) >= TECHNICAL;
}

/* ---- what is published ---- */

static enum published published(struct nobody *n, struct str text) {
    n->published = n->published ? n->published : (uint8_t)(published_as(text) + 1);
    return (enum published)(n->published - 1);
}

static bool is_published(struct nobody *n, struct str text) {
    return published(n, text) != PUBLISHED_NOT || answer(&n->licence, published_with_licence, text);
}

static struct str line_before(struct str text, size_t at) {
    size_t from = at;
    while (from && at - from < SENTENCE && text.ptr[from - 1] != '\n') {
        from--;
    }
    return str_sub(text, from, at);
}

/* Where the lines without an empty one between them begin that stand before `at`. */
static size_t block_before(struct str text, size_t at) {
    size_t from = at;
    while (from && at - from < BLOCK
           && !(text.ptr[from - 1] == '\n' && from > 1 && text.ptr[from - 2] == '\n')) {
        from--;
    }
    return from;
}

/* "Copyright (c) 2004 Anna Krause", "Authors: …, Anna Krause", with a licence for everybody, in a
 * manual, or wherever in the history of a program. */
static bool is_author(struct nobody *n, struct str text, size_t from) {
    static const char *const marks[] = {"author",     "copyright",  "written by", "(c) ",
                                        "maintainer", "maintained", "bugs to",    "\xc2\xa9 "};
    if (published(n, text) == PUBLISHED_HISTORY || !is_published(n, text)) {
        return published(n, text) == PUBLISHED_HISTORY;
    }
    size_t near = from > AROUND ? from - AROUND : 0;
    size_t block = block_before(text, from);
    return has_any(str_sub(text, near, from), marks, ARRAY_LEN(marks))
           || str_icontains(str_sub(text, block, from), STR("copyright"));
}

/* A company in a manual or history, or that holds the rights. One in a contract is not, though it
 * speaks of merchantability and of the public domain as a licence does. */
static bool is_shown(struct nobody *n, struct str text, size_t from) {
    return published(n, text) != PUBLISHED_NOT || is_author(n, text, from);
}

/* Everybody who keeps a domain has these, and who reads them is not said. */
static bool is_office(struct str mail) {
    static const char *const offices[] = {"info",     "sales",      "support",    "abuse",
                                          "security", "postmaster", "hostmaster", "webmaster",
                                          "noc",      "marketing",  "owner",      "majordomo"};
    struct str user = {0};
    struct str host = {0};
    str_cut(mail, '@', &user, &host);
    return is_one_of(user, offices, ARRAY_LEN(offices)) || str_istarts(host, STR("lists."))
           || str_ends(user, STR("-request")) || str_starts(user, STR("owner-"))
           || str_starts(user, STR("bug-")) || str_starts(user, STR("bugs-"));
}

/* Whoever that is: test-user@gmail.com. */
static bool is_anybody(struct str mail) {
    static const char *const users[] = {
        "someone",   "somebody",  "user", "username",          "test",      "test-user",
        "testuser",  "test.user", "foo",  "example",           "your-name", "yourname",
        "your.name", "your_name", "name", "firstname.lastname"};
    struct str user = {0};
    struct str host = {0};
    str_cut(mail, '@', &user, &host);
    return is_one_of(user, users, ARRAY_LEN(users));
}

bool nobody_mail(struct nobody *n, struct str text, size_t from, size_t to) {
    struct str mail = str_sub(text, from, to);
    return is_office(mail) || is_anybody(mail) || is_author(n, text, from);
}

/* The paragraph around it, AROUND to each side at most. */
static struct str paragraph(struct str text, size_t from, size_t to) {
    size_t begin = from;
    while (begin && from - begin < AROUND
           && !(text.ptr[begin - 1] == '\n' && begin > 1 && text.ptr[begin - 2] == '\n')) {
        begin--;
    }
    size_t end = to;
    while (end < text.len && end - to < AROUND
           && !(text.ptr[end] == '\n' && end + 1 < text.len && text.ptr[end + 1] == '\n')) {
        end++;
    }
    return str_sub(text, begin, end);
}

/* A letter of its own at the name's end, or beside it: "Krause A", "Krause, A.", "A. Krause". */
static bool has_initial(struct str text, size_t from, size_t to) {
    size_t i = to;
    while (i < text.len && (text.ptr[i] == ',' || text.ptr[i] == ' ')) {
        i++;
    }
    bool behind = i > to && i < text.len && isupper((unsigned char)text.ptr[i])
                  && (i + 1 == text.len || !is_letter(text.ptr[i + 1]));
    bool last =
        to - from > 2 && isupper((unsigned char)text.ptr[to - 1]) && !is_letter(text.ptr[to - 2]);
    bool first =
        to - from > 2 && isupper((unsigned char)text.ptr[from]) && !is_letter(text.ptr[from + 1]);
    bool before = from > 2 && text.ptr[from - 1] == ' ' && text.ptr[from - 2] == '.'
                  && isupper((unsigned char)text.ptr[from - 3]);
    return behind || last || first || before;
}

/* As works are named: with initials, and where they came out. */
static bool is_reference(struct str text, size_t from, size_t to) {
    static const char *const marks[] = {
        "doi:", "doi.org/", "ISBN", "ISSN", "arXiv:", "Internet-Draft", "University Press"};
    static const char *const words[] = {"RFC", "Proc", "IEEE", "ACM"};
    struct str p = paragraph(text, from, to);
    return has_initial(text, from, to)
           && (has_any(p, marks, ARRAY_LEN(marks)) || COUNT(p, words, false));
}

/* ---- names of things ---- */

static struct str word_behind(struct str text, size_t at) {
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\n' || text.ptr[at] == '*')) {
        at++;
    }
    size_t to = at;
    while (to < text.len && is_letter(text.ptr[to])) {
        to++;
    }
    return str_sub(text, at, to);
}

/* "the Huffman tree", "the Julian day". */
static bool is_method(struct str text, size_t from, size_t to) {
    static const char *const things[] = {
        "theorem",  "lemma",     "algorithm", "algorithms",   "filter",   "transform",
        "tree",     "trees",     "equation",  "equations",    "checksum", "cipher",
        "curve",    "notation",  "coding",    "distribution", "sequence", "polynomial",
        "calendar", "automaton", "triple",    "dithering"};
    static const char *const days[] = {"day", "days", "date", "dates", "year", "years", "period"};
    struct str julian = STR("Julian");
    bool calendar = str_starts(str_sub(text, from, to), julian)
                    && is_one_of(word_behind(text, from + julian.len), days, ARRAY_LEN(days));
    return calendar || is_one_of(word_behind(text, to), things, ARRAY_LEN(things));
}

/* `$Id: x.c,v 1.2 2022/09/17 16:01:45 anna Exp $`; "LATIN SMALL LETTER SHARP S" */
static bool is_stamp(struct str text, size_t from, size_t to) {
    struct str behind = str_sub(text, to, to + 6);
    bool state = str_ends(str_sub(text, from, to), STR(" Exp")) || str_starts(behind, STR(" Exp "));
    return (state && str_contains(line_before(text, from), STR("$Id")))
           || str_ends(line_before(text, from), STR("LETTER "));
}

/* "locations like Kiritimati" */
static bool is_led_as_place(struct str text, size_t from) {
    static const char *const leads[] = {"locations", "places",  "cities",  "towns",  "villages",
                                        "countries", "islands", "regions", "states", "provinces"};
    static const char *const links[] = {"like ", "such as ", "including "};
    struct str before = line_before(text, from);
    for (size_t i = 0; i < ARRAY_LEN(links); i++) {
        if (!str_ends(before, str_of(links[i]))) {
            continue;
        }
        struct str lead = str_trim(str_sub(before, 0, before.len - strlen(links[i])));
        lead = lead.len && lead.ptr[lead.len - 1] == ',' ? str_sub(lead, 0, lead.len - 1) : lead;
        size_t at = lead.len;
        while (at && is_letter(lead.ptr[at - 1])) {
            at--;
        }
        return is_one_of(str_sub(lead, at, lead.len), leads, ARRAY_LEN(leads));
    }
    return false;
}

/* ---- what has a name and is nobody ---- */

/* Programs, languages and forms that everybody who computes knows. */
static bool is_software(struct str name) {
    static const char *const known[] = {
        "ansible",    "apache",   "bash",    "bsd",      "c",          "clang",       "cmake",
        "cuda",       "curl",     "cygwin",  "darwin",   "dbus",       "debian",      "django",
        "dnssec",     "docker",   "eclipse", "emacs",    "fedora",     "fortran",     "freebsd",
        "gcc",        "git",      "github",  "gitlab",   "gnome",      "gnu",         "gnutls",
        "golang",     "gradle",   "gtk",     "haskell",  "java",       "javascript",  "jenkins",
        "json",       "kafka",    "kde",     "kotlin",   "kubernetes", "latex",       "libc",
        "linux",      "llvm",     "macos",   "make",     "makefile",   "markdown",    "mariadb",
        "maven",      "mingw",    "mongodb", "msys",     "mysql",      "netbsd",      "nginx",
        "ninja",      "node",     "npm",     "openbsd",  "opencl",     "opengl",      "openmp",
        "openssh",    "openssl",  "perl",    "php",      "podman",     "posix",       "postgres",
        "postgresql", "python",   "qt",      "react",    "redis",      "rust",        "sqlite",
        "ssh",        "systemd",  "tcl",     "tex",      "tls",        "travis",      "ci",
        "autoconf",   "automake", "libtool", "texinfo",  "jython",     "cpython",     "pypy",
        "homebrew",   "meson",    "bazel",   "grafana",  "prometheus", "terraform",   "kibana",
        "rabbitmq",   "flask",    "numpy",   "pandas",   "scipy",      "pytorch",     "ffmpeg",
        "tensorflow", "webpack",  "firefox", "chromium", "wordpress",  "libreoffice", "bitbucket",
        "typescript", "ubuntu",   "unicode", "unix",     "vim",        "vulkan",      "wayland",
        "windows",    "x",        "xcode",   "xml",      "xorg",       "yaml",        "zsh"};
    size_t from = 0;
    while (from < name.len) {
        size_t to = from;
        while (to < name.len && is_letter(name.ptr[to])) {
            to++;
        }
        if (to > from && !is_one_of(str_sub(name, from, to), known, ARRAY_LEN(known))) {
            return false;
        }
        from = to + 1;
    }
    return true;
}

/* The same for what was taken for somebody: some of them are called as people are. */
static bool is_program(struct str name) {
    static const char *const people[] = {
        "c",    "x",    "ci", "darwin", "django", "eclipse", "go",    "maven", "jenkins", "travis",
        "node", "make", "qt", "docker", "vim",    "react",   "kafka", "rust",  "tex"};
    return is_software(name) && !is_one_of(name, people, ARRAY_LEN(people));
}

/* `-Wno-psabi` */
static bool is_option(struct str text, size_t from) {
    return from && text.ptr[from - 1] == '-'
           && (from == 1 || char_is_of(text.ptr[from - 2], " \n\t-'\"`"));
}

/* "_Exper._ 12", at the beginning of a paragraph: what is counted. */
static bool is_counted(struct str text, size_t from, size_t to) {
    bool begins = !from || text.ptr[from - 1] == '_' || text.ptr[from - 1] == '\n';
    size_t i = to;
    bool stop = i < text.len && text.ptr[i] == '.';
    while (i < text.len && char_is_of(text.ptr[i], "._ ")) {
        i++;
    }
    return begins && stop && i < text.len && isdigit((unsigned char)text.ptr[i]);
}

/* "8/9 Parts" */
static bool is_behind_fraction(struct str text, size_t from) {
    return from >= 4 && text.ptr[from - 1] == ' ' && isdigit((unsigned char)text.ptr[from - 2])
           && text.ptr[from - 3] == '/' && isdigit((unsigned char)text.ptr[from - 4]);
}

/* What a word that is perhaps a name is reported as. */
static enum tagger_kind uncertain_kind(struct str text, const struct tagger_hit *h) {
    bool thing = is_option(text, h->from) || is_counted(text, h->from, h->to)
                 || (h->kind == TAGGER_SMALL_PLACE && is_behind_fraction(text, h->from));
    return thing ? TAGGER_NONE : h->kind;
}

/* `INSTEAD OF` */
static bool is_loud(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        if (islower((unsigned char)name.ptr[i]) || (unsigned char)name.ptr[i] & 0x80) {
            return false;
        }
    }
    return true;
}

static enum tagger_kind organisation_kind(struct nobody *n, struct str text,
                                          const struct tagger_hit *h) {
    struct str name = str_sub(text, h->from, h->to);
    bool shown =
        is_shown(n, text, h->from) || (is_loud(name) && answer(&n->source, source_is, text));
    if (shown) {
        return TAGGER_SMALL_ORGANISATION;
    }
    return is_software(name)                 ? TAGGER_ORGANISATION
           : is_method(text, h->from, h->to) ? TAGGER_SMALL_ORGANISATION
           : is_option(text, h->from)        ? TAGGER_NONE
                                             : h->kind;
}

static bool is_loud_at(struct str text, size_t from, size_t to) {
    return to >= from + 2 && is_loud(str_sub(text, from, to))
           && isupper((unsigned char)text.ptr[from]);
}

/* "WITH CARON", "ZERO WIDTH JOINER", `MAJOR MINOR PATCH`: of a row of words in capitals. */
static bool is_in_capitals(struct str text, size_t from, size_t to) {
    size_t begin = from > 1 && text.ptr[from - 1] == ' ' ? from - 1 : from;
    while (begin < from && begin && is_letter(text.ptr[begin - 1])) {
        begin--;
    }
    size_t end = to < text.len && text.ptr[to] == ' ' ? to + 1 : to;
    while (end > to && end < text.len && is_letter(text.ptr[end])) {
        end++;
    }
    return is_loud_at(text, from, to)
           && (is_loud_at(text, begin, from) || (end > to && is_loud_at(text, to + 1, end)));
}

/* ---- all of it ---- */

static bool is_single(struct str name) {
    return str_find_char(name, ' ') < 0 && str_find_char(name, '\n') < 0;
}

/* One of the cast; in a program's example table anybody who has a first name only. */
static bool is_in_example(struct nobody *n, struct str text, struct str name) {
    bool one = is_one_of(name, PEOPLE, ARRAY_LEN(PEOPLE));
    return is_single(name) && (one || answer(&n->source, source_is, text))
           && answer(&n->example, is_example, text);
}

enum tagger_kind nobody_address(struct nobody *n, struct str text, size_t from, size_t to) {
    bool real = nobody_is_address(text, from, to) && !is_author(n, text, from); /* "2021 A. Lane" */
    return !real                           ? TAGGER_UNCERTAIN
           : nobody_foundation(text, from) ? TAGGER_SMALL_PLACE
                                           : TAGGER_ADDRESS;
}

enum tagger_kind nobody_kind(struct nobody *n, struct str text, const struct tagger_hit *h) {
    struct str name = str_sub(text, h->from, h->to);
    if (h->kind == TAGGER_ADDRESS) {
        return nobody_address(n, text, h->from, h->to);
    }
    if (h->kind == TAGGER_PRIVATE_ORGANISATION) {
        return organisation_kind(n, text, h);
    }
    if (h->kind == TAGGER_EMPLOYER && is_shown(n, text, h->from)) {
        return TAGGER_SMALL_ORGANISATION;
    }
    if (h->kind == TAGGER_TERM && published(n, text) != PUBLISHED_NOT) {
        return TAGGER_NONE; /* its links and codes are everybody's, too */
    }
    if (h->kind == TAGGER_UNCERTAIN || h->kind == TAGGER_SMALL_PLACE) {
        return uncertain_kind(text, h);
    }
    if (h->kind != TAGGER_PERSON) {
        return h->kind;
    }
    if (is_single(name) && is_led_as_place(text, h->from)) {
        return TAGGER_SMALL_PLACE;
    }
    bool word = is_single(name) && published(n, text) == PUBLISHED_MANUAL;
    bool thing = is_program(name)
                 || (is_in_capitals(text, h->from, h->to) && answer(&n->source, source_is, text));
    bool nobody = word || thing || is_method(text, h->from, h->to) || is_stamp(text, h->from, h->to)
                  || is_reference(text, h->from, h->to) || is_author(n, text, h->from)
                  || nobody_franklin(text, h->from) || is_in_example(n, text, name);
    return nobody ? TAGGER_UNCERTAIN : h->kind;
}

/* "by default", "defaults to": no debt where no money is spoken of; "type 0": no diabetes. */
static bool is_setting(struct str around, struct str word) {
    static const char *const money[] = {"loan",    "loans",    "mortgage", "debt",   "debts",
                                        "payment", "payments", "credit",   "lender", "bank",
                                        "bond",    "rent",     "owe",      "owed",   "creditors"};
    static const char *const sugar[] = {"diabetes", "diabetic", "insulin",  "sugar",   "glucose",
                                        "I",        "my",       "he",       "she",     "his",
                                        "her",      "son",      "daughter", "mother",  "father",
                                        "patient",  "wife",     "husband",  "brother", "sister"};
    return (str_istarts(word, STR("default")) && !COUNT(around, money, true))
           || (str_istarts(word, STR("type ")) && !COUNT(around, sugar, true));
}

bool nobody_is_told_of(struct nobody *n, struct str text, size_t from, size_t to) {
    static const char *const who[] = {"I",      "my",      "me",      "he",     "she",     "his",
                                      "her",    "him",     "we",      "our",    "patient", "wife",
                                      "mother", "father",  "son",     "sister", "brother", "friend",
                                      "boss",   "husband", "daughter"};
    size_t begin = from > SENTENCE ? from - SENTENCE : 0;
    struct str around = str_sub(text, begin, to + SENTENCE);
    bool name = isupper((unsigned char)text.ptr[from]) != 0; /* of an author */
    return is_setting(around, str_sub(text, from, to))
           || ((answer(&n->source, source_is, text) || (name && is_author(n, text, from)))
               && !COUNT(around, who, true));
}
