/* How fast originals are taken out of a body, and put back: an answer with a placeholder every few
 * hundred bytes, and code full of underscores, whole and in pieces as they come from a stream. MB/s
 * of the answer. */
#include "gate/restore.h"

#include "base/clock.h"
#include "gate/book.h"
#include "gate/disguise.h"

#include <stdio.h>

enum { BYTES = 8 << 20, ROUNDS = 5 };

static struct str answer(struct arena *a, struct str token, const char *filler) {
    AUTO_BUF b = {.max = SIZE_MAX / 4};
    while (b.len < BYTES) {
        for (int i = 0; i < 8; i++) {
            buf_add(&b, str_of(filler));
        }
        buf_add(&b, token);
    }
    return str_dup(a, buf_str(&b));
}

static double megabytes_per_second(struct book *book, struct str text, size_t step) {
    int64_t best = INT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        CLEANUP(restorer_finish) struct restorer r;
        AUTO_BUF out = {.max = SIZE_MAX / 4};
        restorer_init(&r, book, NULL, false);
        int64_t from = clock_mono_us();
        for (size_t at = 0; at < text.len; at += step) {
            buf_clear(&out);
            restorer_feed(&r, str_sub(text, at, at + step), &out);
        }
        restorer_end(&r, &out);
        int64_t took = clock_mono_us() - from;
        best = took < best ? took : best;
    }
    return (double)text.len / (double)(best ? best : 1);
}

/* A body of 80 KB with a name every 600 bytes, and as many originals in the vault: microseconds to
 * disguise it and to look again. */
static void disguise(struct vault *vault, size_t originals) {
    struct arena a = arena_make(SIZE_MAX);
    struct book *book = vault_book(vault, str_fmt(&a, "b%zu", originals), STR("owner"));
    struct original *found = arena_array(&a, struct original, originals);
    for (size_t i = 0; i < originals; i++) {
        found[i] = (struct original){TOKEN_NAME,
                                     str_fmt(&a, "%c%c%czu Krau%zuy", (char)('A' + i % 26),
                                             (char)('a' + i / 26 % 26), (char)('a' + i % 7), i)};
    }
    AUTO_BUF body = {.max = SIZE_MAX / 4};
    buf_add(&body, STR("{\"messages\":[\""));
    for (size_t i = 0; body.len < 80000; i++) {
        for (int k = 0; k < 8; k++) {
            buf_add(&body,
                    STR("The water runs over the weir, and what should stay behind it stays. "));
        }
        buf_add(&body, found[i % originals].text);
        buf_add(&body, STR("\\n"));
    }
    buf_add(&body, STR("\"]}"));
    int64_t best = INT64_MAX;
    int64_t looked = INT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        struct disguised d;
        struct err e = {0};
        int64_t from = clock_mono_us();
        bool ok =
            disguise_body(book, &a, found, originals, buf_str(&body), DISGUISE_PLACEHOLDER, &d, &e);
        int64_t between = clock_mono_us();
        ok = ok && !disguise_leaks(book, d.body);
        int64_t to = clock_mono_us();
        best = ok && between - from < best ? between - from : best;
        looked = ok && to - between < looked ? to - between : looked;
    }
    printf("| %zu | %lld | %lld |\n", originals, (long long)best, (long long)looked);
    book_drop(book);
    arena_end(&a);
}

int main(void) {
    static const struct {
        const char *name, *filler;
    } texts[] = {{"prose", "The water runs over the weir, and what should stay behind it stays. "},
                 {"code", "static int read_all(struct reader *my_reader, int HOW_MANY) { } "}};
    static const size_t steps[] = {64 << 10, 1400, 40};
    struct arena a = arena_make(SIZE_MAX);
    struct vault *vault = vault_new(NULL, NULL);
    struct book *book = vault_book(vault, STR("c"), STR("owner"));
    size_t anna = book_entity(book, TOKEN_NAME, STR("Anna Krause"));
    struct str token = book_token(book, &a, anna, STR("Anna Krause"));
    printf("| answer | pieces of | MB/s |\n| --- | --- | --- |\n");
    for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
        struct str text = answer(&a, token, texts[t].filler);
        for (size_t s = 0; s < ARRAY_LEN(steps); s++) {
            printf("| %s | %zu bytes | %.0f |\n", texts[t].name, steps[s],
                   megabytes_per_second(book, text, steps[s]));
        }
    }
    printf("\n| originals | 80 KB disguised, µs | looked again, µs |\n| --- | --- | --- |\n");
    static const size_t originals[] = {1, 30, 1000};
    for (size_t i = 0; i < ARRAY_LEN(originals); i++) {
        disguise(vault, originals[i]);
    }
    book_drop(book);
    vault_free(vault);
    arena_end(&a);
    return 0;
}
