/* links: gate */
/* Random texts, findings and cuts: what is disguised and put back is what it was, no original is in
 * the body that would leave, and everything else keeps its bytes. WEIR_RUNS and WEIR_SEED change
 * how much and where to begin. */
#include "gate/book.h"
#include "gate/disguise.h"
#include "gate/restore.h"
#include "random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static uint64_t seed;

static const struct {
    enum token_type type;
    const char *text;
} WHO[] = {{TOKEN_NAME, "Anna Krause"},
           {TOKEN_NAME, "Krause"},
           {TOKEN_NAME, "Jörg-Ärmel Maß"},
           {TOKEN_NAME, "Will"},
           {TOKEN_NAME, "Li Wei"},
           {TOKEN_NAME, "O'Brien \"Bo\""},
           {TOKEN_NAME, "Иван Петров"},
           {TOKEN_EMAIL, "ada@mailbox.test"},
           {TOKEN_PHONE, "+49 171 1234567"},
           {TOKEN_IP, "203.0.113.77"},
           {TOKEN_ADDRESS, "Gasse 1\n1010 Wien"},
           {TOKEN_HANDLE, "name"},
           {TOKEN_USER, "krause"},
           {TOKEN_TERM, "NGL-"},
           {TOKEN_CODE, "e/2.de"},
           {TOKEN_CODE, "krause/x Anna"},
           {TOKEN_CARD, "4111 1111 1111 1111"}};
static const char *const FILL[] = {" ",
                                   "'s ",
                                   "s ",
                                   "\n",
                                   "\\",
                                   "\"",
                                   "NAME_1_",
                                   "NAME",
                                   "_",
                                   "will ",
                                   "anna ",
                                   "KRAUSE, ",
                                   "krauses ",
                                   "the Annas ",
                                   "/home/krause/src",
                                   "C:\\Users\\krause\\x ",
                                   "ä",
                                   "🙂",
                                   "{\"a\": \"b\"}",
                                   "x",
                                   "1",
                                   "éanna",
                                   "anna_krause",
                                   "Ostrander ",
                                   "solveig ",
                                   "Birch Row",
                                   "YXKULL's ",
                                   "e\\/2.de ",
                                   "e\\/2.de|anna\\nAnna\\tKrause",
                                   "\\u0041nna \\\\u0041nna",
                                   "%20Anna%20Krause",
                                   "\\nKrause",
                                   "\\x20anna",
                                   "Anna\\u0020Krause",
                                   "{\"a\": \"Anna\\u0020Krause e\\/2.de\"}",

                                   "Anna\n  Krause"};

static struct str random_text(struct arena *a) {
    AUTO_BUF b = {0};
    buf_init(&b, 1 << 16);
    for (size_t i = 0, n = 1 + below(&seed, 12); i < n; i++) {
        buf_add(&b, below(&seed, 3) ? str_of(PICK(&seed, FILL)) : str_of(PICK(&seed, WHO).text));
    }
    return str_dup(a, buf_str(&b));
}

/* A text as JSON, once or twice. */
static struct str quoted(struct arena *a, struct str text, int times) {
    for (int i = 0; i < times; i++) {
        AUTO_BUF b = {0};
        buf_init(&b, 1 << 20);
        json_quote(&b, text);
        text = str_dup(a, buf_str(&b));
    }
    return text;
}

static struct str restored(struct arena *a, struct book *b, struct faces *faces_opt,
                           struct str text, bool in_json) {
    struct restorer r;
    restorer_init(&r, b, faces_opt, in_json);
    AUTO_BUF out = {0};
    buf_init(&out, 1 << 20);
    for (size_t at = 0; at < text.len;) {
        size_t n = 1 + below(&seed, below(&seed, 4) ? 9 : 200);
        restorer_feed(&r, str_sub(text, at, at + n), &out);
        at += n;
    }
    restorer_end(&r, &out);
    restorer_finish(&r);
    return str_dup(a, buf_str(&out));
}

/* What JSON says comes back, not how it was spelled. */
static bool is_json(struct arena *a, struct str text) {
    struct err e = {0};
    return json_parse(a, text, &JSON_LIMITS, &e) != NULL;
}

static void expect_same(long run, struct str text, struct str left, struct str back) {
    if (!str_eq(back, text)) {
        fail_msg("run %ld:\n" STR_FMT "\n" STR_FMT "\n" STR_FMT, run, STR_ARG(text), STR_ARG(left),
                 STR_ARG(back));
    }
}

static void one_run(long run) {
    struct arena a = arena_make(SIZE_MAX);
    struct vault *vault = vault_new(NULL, NULL);
    struct book *book = vault_book(vault, STR("c"), STR("owner"));
    struct original found[4];
    size_t n = 1 + below(&seed, ARRAY_LEN(found));
    for (size_t i = 0; i < n; i++) {
        size_t who = below(&seed, ARRAY_LEN(WHO));
        found[i] = (struct original){WHO[who].type, str_of(WHO[who].text)};
    }
    enum disguise_form form = below(&seed, 2) ? DISGUISE_SURROGATE : DISGUISE_PLACEHOLDER;
    for (int turn = 0; turn < 2; turn++) {
        struct str text = random_text(&a);
        int times = 1 + (int)below(&seed, 2);
        struct str body = str_fmt(&a, "{\"t\":" STR_FMT "}", STR_ARG(quoted(&a, text, times)));
        struct disguised d;
        struct err e = {0};
        if (!disguise_body(book, &a, found, n, body, form, &d, &e)) {
            fail_msg("run %ld: %s", run, e.text);
        }
        const struct jval *v = json_parse(&a, d.body, &JSON_LIMITS, &e);
        if (!v || disguise_leaks(book, d.body)) {
            fail_msg("run %ld: leaks, or no JSON: " STR_FMT, run, STR_ARG(d.body));
        }
        struct str out = jval_str(jval_get(v, "t"));
        struct str back = restored(&a, book, d.faces, out, times == 2);
        if (times == 2) {
            back = jval_str(json_parse(&a, back, &JSON_LIMITS, &e));
        } else if (!is_json(&a, text)) { /* the model writes it into a tool's arguments */
            struct str arguments = restored(&a, book, d.faces, quoted(&a, out, 1), true);
            expect_same(run, text, out, jval_str(json_parse(&a, arguments, &JSON_LIMITS, &e)));
        }
        if (times == 2 || !is_json(&a, text)) {
            expect_same(run, text, out, back);
        }
    }
    book_drop(book);
    vault_free(vault);
    arena_end(&a);
}

static void what_is_disguised_comes_back(void **state) {
    (void)state;
    uint64_t runs = setting("WEIR_RUNS", 50000);
    seed = setting("WEIR_SEED", 20261123);
    for (uint64_t i = 0; i < runs; i++) {
        one_run((long)i);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_disguised_comes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
