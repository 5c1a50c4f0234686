/* Surrogates: what stands for an original and looks like one. The lists hold names that few bear;
 * numbers keep their shape, and their checksum where everybody knows it; addresses of the network
 * are of the ranges that documentation uses. What has no such form gets a placeholder instead. */
#include "gate/surrogate.h"

#include "base/id.h"

#include <ctype.h>

enum { TRIES = 24 };

static const char *const WOMEN[] = {
    "Adelind",  "Brunilde", "Calista", "Delfina",  "Edwige",  "Fiorenza",   "Gunilla", "Henrike",
    "Isaura",   "Jorunn",   "Kerstin", "Ludmilla", "Mirabel", "Nerys",      "Odalys",  "Petronella",
    "Ragnhild", "Solveig",  "Tordis",  "Ulrikke",  "Viveca",  "Wilhelmina", "Ximena",  "Zenobia"};
static const char *const MEN[] = {
    "Alarich", "Bertil",  "Corwin",  "Dagfinn",  "Eskil",    "Florentin", "Gislebert", "Hjalmar",
    "Ingvar",  "Joachim", "Kasimir", "Leofric",  "Manfried", "Njal",      "Osvaldo",   "Ruprecht",
    "Sigurd",  "Torvald", "Ulfried", "Valerian", "Wendelin", "Xaverius",  "Yorick",    "Zoltan"};
static const char *const FAMILIES[] = {
    "Abendroth",    "Birkeland",   "Castelnau", "Drachenfels", "Ekelund",    "Fairweather",
    "Grimsrud",     "Haverkamp",   "Isbrandt",  "Juelsgaard",  "Kettlewell", "Lindqvist",
    "Merriweather", "Nordahl",     "Ostrander", "Pennington",  "Quistgaard", "Rosendahl",
    "Skarsgard",    "Thistlewood", "Uddenberg", "Vandermeer",  "Westerlund", "Yxkull",
    "Zimmerli",     "Aldersley",   "Bramwell",  "Copperfield", "Dunsmore",   "Ellingham",
    "Falkenrath",   "Goldthwait",  "Holmqvist", "Ingersoll",   "Jarnefelt",  "Karlsbad"};
static const char *const COMPANIES[] = {
    "Alderbrook", "Brightmoor", "Calderstone", "Dunmarsh", "Eldergate", "Fennimore",
    "Greyholm",   "Halvorne",   "Kestrelby",   "Larkspur", "Millhaven", "Norvale",
    "Oakhollow",  "Quillmark",  "Ravensmoor",  "Silverby", "Tanbrook",  "Wexmere"};
static const char *const TOWNS[] = {"Aldermoor",  "Birchwater", "Coldbrook",  "Dovercliff",
                                    "Eastmarsh",  "Fernhollow", "Gorsefield", "Hazelmere",
                                    "Kingsfold",  "Longmeadow", "Netherfold", "Otterbourne",
                                    "Ravenglass", "Stonehaven", "Thornbury",  "Westermoor"};
static const char *const STREETS[] = {"Alder Lane",     "Birch Row",   "Chandler Street",
                                      "Dairy Road",     "Elm Terrace", "Foundry Lane",
                                      "Granary Street", "Harbour Row"};
static size_t below(size_t n) {
    return (size_t)(id_random_u64() % n);
}

#define PICK(list) str_of((list)[below(ARRAY_LEN(list))])

/* ---- words ---- */

static bool is_of_word(unsigned char c) {
    return isalpha(c) || c >= 0x80 || c == '\'';
}

bool surrogate_word(struct str text, size_t *at, struct str *word) {
    while (*at < text.len && !is_of_word((unsigned char)text.ptr[*at])) {
        ++*at;
    }
    size_t from = *at;
    while (*at < text.len && is_of_word((unsigned char)text.ptr[*at])) {
        ++*at;
    }
    *word = str_sub(text, from, *at);
    return word->len > 0;
}

static bool is_small(struct str s) {
    return s.len && islower((unsigned char)s.ptr[0]);
}

static bool is_loud(struct str s) {
    size_t letters = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (islower((unsigned char)s.ptr[i])) {
            return false;
        }
        letters += isupper((unsigned char)s.ptr[i]) != 0;
    }
    return letters > 1;
}

struct str surrogate_cased(struct arena *a, struct str s, struct str like, struct str plain) {
    if (is_loud(like) && !is_loud(plain)) {
        char *out = str_cstr(a, s);
        for (size_t i = 0; i < s.len; i++) {
            out[i] = (char)toupper((unsigned char)out[i]);
        }
        return (struct str){out, s.len};
    }
    return is_small(like) && !is_small(plain) ? str_lower(a, s) : s;
}

/* ---- names ---- */

/* What one of the names so far made of a word. */
static struct str known_word(const struct book *b, size_t entity, struct str word) {
    const struct entity *t = &b->entities[entity];
    for (size_t f = 0; f < t->count; f++) {
        struct str text = t->forms[f].text;
        struct str face = t->forms[f].face;
        struct str w = {0};
        struct str of = {0};
        for (size_t i = 0, k = 0; face.len && surrogate_word(text, &i, &w);) {
            if (!surrogate_word(face, &k, &of)) {
                break;
            }
            if (str_ieq(w, word) && w.len > 1) {
                return of;
            }
            if (word.len == 1 && isalpha((unsigned char)word.ptr[0])
                && str_ieq(str_sub(w, 0, 1), word)) {
                return str_sub(of, 0, 1); /* "A. Krause" */
            }
        }
    }
    return (struct str){0};
}

static bool is_in_a_face(const struct book *b, struct str word) {
    for (size_t i = 0; i < b->count; i++) {
        for (size_t f = 0; f < b->entities[i].count; f++) {
            if (str_icontains(b->entities[i].forms[f].face, word)) {
                return true;
            }
        }
    }
    return false;
}

static struct str new_word(const struct book *b, struct str word, bool is_last) {
    static const char ends[] = "aeyAEY";
    bool woman = word.len && char_is_of(word.ptr[word.len - 1], ends);
    struct str s = {0};
    for (int i = 0; i < TRIES; i++) {
        s = is_last ? PICK(FAMILIES) : woman ? PICK(WOMEN) : PICK(MEN);
        if (!is_in_a_face(b, s)) {
            return s;
        }
    }
    return (struct str){0};
}

/* What stands between a name's words stays: a number would, and tell what it told. */
static bool has_digit(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (isdigit((unsigned char)s.ptr[i])) {
            return true;
        }
    }
    return false;
}

static bool make_name(const struct book *b, struct arena *a, size_t entity, struct str name,
                      struct buf *out) {
    if (has_digit(name)) {
        return false;
    }
    size_t last = 0; /* where the last word begins */
    struct str word = {0};
    for (size_t at = 0; surrogate_word(name, &at, &word);) {
        last = (size_t)(word.ptr - name.ptr);
    }
    size_t done = 0;
    for (size_t at = 0; surrogate_word(name, &at, &word);) {
        size_t from = (size_t)(word.ptr - name.ptr);
        buf_add(out, str_sub(name, done, from));
        done = at;
        struct str of = known_word(b, entity, word);
        if (!of.len) {
            of = new_word(b, word, from == last);
            of = word.len == 1 ? str_sub(of, 0, 1) : of;
        }
        if (!of.len) {
            return false; /* the lists are used up */
        }
        struct str cased = surrogate_cased(a, of, word, STR("Name"));
        buf_add(out, match_is_title(word) ? word : cased);
    }
    buf_add(out, str_sub(name, done, name.len));
    return done > 0;
}

/* A mailbox is called like whoever it is of. */
static bool make_mail(const struct book *b, struct arena *a, struct str mail, struct buf *out) {
    static const char *const ends[] = {"example.com", "example.org", "example.net"};
    struct str box = {0};
    struct str host = {0};
    if (!str_cut(mail, '@', &box, &host)) {
        return false;
    }
    size_t done = 0;
    struct str word = {0};
    for (size_t at = 0; surrogate_word(box, &at, &word);) {
        size_t from = (size_t)(word.ptr - box.ptr);
        buf_add(out, str_sub(box, done, from));
        done = at;
        struct str of = {0};
        for (size_t i = 0; i < b->count && !of.len; i++) {
            of = b->entities[i].type == TOKEN_NAME ? known_word(b, i, word) : of;
        }
        of = of.len ? of : new_word(b, word, true);
        if (!of.len) {
            return false;
        }
        buf_add(out, str_lower(a, of));
    }
    for (; done < box.len; done++) {
        char c = box.ptr[done];
        buf_add_char(out, isdigit((unsigned char)c) ? (char)('0' + below(10)) : c);
    }
    buf_addf(out, "@%s", ends[below(ARRAY_LEN(ends))]);
    return true;
}

/* ---- the network, and what is called something ---- */

static bool make_ip(struct str s, struct buf *out) {
    static const char *const nets[] = {"192.0.2", "198.51.100", "203.0.113"};
    if (str_find_char(s, '/') >= 0) {
        return false;
    }
    if (str_find_char(s, ':') >= 0) {
        buf_addf(out, "2001:db8:%zx::%zx", 1 + below(0xfffe), 1 + below(0xfffe));
    } else {
        buf_addf(out, "%s.%zu", nets[below(ARRAY_LEN(nets))], 1 + below(254));
    }
    return true;
}

static bool make_company(struct str s, struct buf *out) {
    static const char *const forms[] = {" GmbH", " Inc.", " Inc", " Ltd.", " Ltd", " LLC",
                                        " AG",   " Corp", " SE",  " S.A.", " plc", " Group"};
    buf_add(out, PICK(COMPANIES));
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (str_ends(s, str_of(forms[i]))) {
            buf_add(out, str_of(forms[i]));
            break;
        }
    }
    return true;
}

static bool make_host(struct str s, struct buf *out) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!islower((unsigned char)c) && !isdigit((unsigned char)c) && c != '.' && c != '-') {
            return false; /* a repository's address, a URL */
        }
    }
    buf_addf(out, "node%zu.example.net", 10 + below(990));
    return true;
}

static bool make(const struct book *b, struct arena *a, size_t entity, struct str s,
                 struct buf *out) {
    switch (b->entities[entity].type) {
    case TOKEN_NAME:
        return make_name(b, a, entity, s, out);
    case TOKEN_EMAIL:
        return make_mail(b, a, s, out);
    case TOKEN_PHONE:
        return alike_phone(s, out);
    case TOKEN_ADDRESS:
        buf_addf(out, "%zu %s, %s", 2 + below(180), STREETS[below(ARRAY_LEN(STREETS))],
                 TOWNS[below(ARRAY_LEN(TOWNS))]);
        return true;
    case TOKEN_DATE:
        return alike_date(s, out);
    case TOKEN_ORG:
        return make_company(s, out);
    case TOKEN_PLACE:
        if (isalpha((unsigned char)s.ptr[0])) {
            buf_add(out, PICK(TOWNS));
            return true;
        }
        return alike_coordinates(s, out);
    case TOKEN_IP:
        return make_ip(s, out);
    case TOKEN_MAC:
        return alike_text(s, 0, true, out);
    case TOKEN_HOST:
        return make_host(s, out);
    case TOKEN_HANDLE:
    case TOKEN_USER:
        buf_add(out, str_sub(s, 0, s.ptr[0] == '@'));
        buf_add(out, str_lower(a, PICK(FAMILIES)));
        buf_addf(out, "%zu", 10 + below(90));
        return true;
    case TOKEN_CARD:
        return alike_card(s, out);
    case TOKEN_IBAN:
        return alike_iban(s, out);
    case TOKEN_WALLET:
        return alike_text(s, str_starts(s, STR("0x")) ? 2 : 1, str_starts(s, STR("0x")), out);
    case TOKEN_PLATE:
    case TOKEN_ID:
    case TOKEN_ACCOUNT:
        return alike_text(s, 0, false, out);
    case TOKEN_CODE:
    case TOKEN_TERM:
    case TOKEN_SECRET:
    case TOKEN_TYPES:
        break;
    }
    return false;
}

/* ---- one for a spelling ---- */

static bool is_taken(const struct book *b, struct str face) {
    for (size_t i = 0; i < b->count; i++) {
        for (size_t f = 0; f < b->entities[i].count; f++) {
            if (str_ieq(b->entities[i].forms[f].face, face)) {
                return true;
            }
        }
    }
    return false;
}

/* What stands alike in a text, in JSON and in JSON inside of JSON. */
static bool is_plain(struct str face) {
    for (size_t i = 0; i < face.len; i++) {
        unsigned char c = (unsigned char)face.ptr[i];
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') {
            return false;
        }
    }
    return true;
}

/* Where words begin and end stays where it was. */
static bool has_edges_of(struct str face, struct str text) {
    unsigned char first = (unsigned char)text.ptr[0];
    unsigned char last = (unsigned char)text.ptr[text.len - 1];
    return (isalnum((unsigned char)face.ptr[0]) != 0) == (isalnum(first) || first >= 0x80)
           && (isalnum((unsigned char)face.ptr[face.len - 1]) != 0)
                  == (isalnum(last) || last >= 0x80);
}

struct str surrogate_make(const struct book *b, struct arena *a, size_t entity, struct str text) {
    for (int i = 0; i < TRIES && text.len; i++) {
        AUTO_BUF out = {0};
        buf_init(&out, 4096);
        if (!make(b, a, entity, text, &out)) {
            break;
        }
        struct str face = buf_str(&out);
        if (!out.failed && face.ptr && face.len && is_plain(face) && has_edges_of(face, text)
            && !str_icontains(face, text) && !is_taken(b, face)) {
            return str_dup(a, face);
        }
    }
    return (struct str){0};
}

/* ---- back again ---- */

struct faces *faces_make(struct arena *a, const struct disguised *d) {
    struct faces *f = arena_new(a, struct faces);
    struct book *b = &f->shell;
    for (size_t i = 0; i < d->count; i++) {
        const struct replaced *r = &d->replaced[i];
        if (!r->is_face) {
            continue;
        }
        struct entity *t = arena_push(a, b->entities, b->count, b->cap);
        *t = (struct entity){.type = r->type == TOKEN_USER ? TOKEN_HANDLE : r->type};
        *arena_push(a, t->forms, t->count, t->cap) =
            (struct form){.text = r->token, .face = r->original};
    }
    matcher_make(&f->matcher, a, b);
    return b->count ? f : NULL;
}

struct str faces_original(const struct faces *f, struct arena *a, const struct hit *h) {
    const struct form *form = &f->shell.entities[h->entity].forms[0];
    if (str_ieq(form->text, h->text) || f->shell.entities[h->entity].type != TOKEN_NAME) {
        return surrogate_cased(a, form->face, h->text, form->text);
    }
    struct str word = {0};
    struct str of = {0};
    for (size_t i = 0, k = 0; surrogate_word(form->text, &i, &word);) {
        if (!surrogate_word(form->face, &k, &of)) {
            break;
        }
        if (str_ieq(word, h->text)) {
            return surrogate_cased(a, of, h->text, word);
        }
    }
    return surrogate_cased(a, form->face, h->text, form->text);
}
