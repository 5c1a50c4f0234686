/* Books last, sealed; what is removed is gone. */
#include "fixture.h"
#include "gate/book.h"
#include "gate/disguise.h"

struct world {
    struct fixture f;
    struct store *main;
    struct vault *vault;
};

static void open_vault(struct world *w) {
    struct err e = {0};
    if (!store_open(STORE_MAIN, fixture_path(&w->f, "weir.db"), &w->main, &e)) {
        fail_msg("%s", e.text);
    }
    w->vault = vault_new(w->main, w->f.seal);
    assert_true(vault_load(w->vault, &e));
}

static void close_vault(struct world *w) {
    vault_free(w->vault);
    store_close(w->main);
}

static struct str token_of(struct world *w, const char *conversation, const char *text) {
    struct book *b = vault_book(w->vault, str_of(conversation), STR("owner"));
    size_t entity = book_entity(b, TOKEN_NAME, str_of(text));
    struct str token = book_token(b, &w->f.arena, entity, str_of(text));
    vault_keep(w->vault, b);
    book_drop(b);
    return token;
}

static bool on_box(void *ctx, const struct store_value *c, size_t n) {
    struct world *w = ctx;
    assert_int_equal(n, 2);
    assert_false(str_icontains(c[1].s, STR("Nightingale")));
    w->f.label.count++;
    return true;
}

static void books_last_sealed(void **state) {
    (void)state;
    struct world w = {0};
    fixture_start(&w.f);
    open_vault(&w);
    struct str before = token_of(&w, "c1", "Nightingale");
    struct str second = token_of(&w, "c1", "Owl");
    struct str other = token_of(&w, "c2", "Nightingale");
    assert_false(str_eq(before, other));
    close_vault(&w);
    open_vault(&w);
    assert_true(str_eq(token_of(&w, "c1", "Owl"), second));
    assert_true(str_eq(token_of(&w, "c1", "Nightingale"), before));
    struct err e = {0};
    struct store_value most = sv_int(10);
    size_t items = w.f.label.count;
    assert_true(store_read(w.main, ST_VAULT_ALL, &most, 1, on_box, &w, &e));
    assert_int_equal(w.f.label.count, items + 2);
    w.f.label.count = items;
    close_vault(&w);
    fixture_end(&w.f);
}

/* What is only a way to write an original stays so: it is not looked for by itself. */
static void ways_to_write_it_last(void **state) {
    (void)state;
    struct world w = {0};
    fixture_start(&w.f);
    open_vault(&w);
    struct arena *a = &w.f.arena;
    const struct original found[] = {{TOKEN_CODE, STR("e/2.de")}};
    struct str body = STR("[\"match e\\\\/2.de\"]");
    struct book *b = vault_book(w.vault, STR("c1"), STR("owner"));
    struct disguised first;
    struct disguised again;
    struct err e = {0};
    assert_true(disguise_body(b, a, found, 1, body, DISGUISE_PLACEHOLDER, &first, &e));
    assert_string_equal(str_cstr(a, first.replaced[0].original), "e\\/2.de");
    vault_keep(w.vault, b);
    book_drop(b);
    close_vault(&w);
    open_vault(&w);
    b = vault_book(w.vault, STR("c1"), STR("owner"));
    assert_true(disguise_body(b, a, NULL, 0, body, DISGUISE_PLACEHOLDER, &again, &e));
    assert_true(str_eq(first.body, again.body));
    assert_true(b->entities[0].forms[1].escaped && !b->entities[0].forms[0].escaped);
    assert_int_equal(book_entity(b, TOKEN_CODE, STR("e\\/2.de")), 0);
    assert_false(b->entities[0].forms[1].escaped); /* found as it is, it is looked for */
    book_drop(b);
    close_vault(&w);
    fixture_end(&w.f);
}

static void what_is_removed_is_gone(void **state) {
    (void)state;
    struct world w = {0};
    fixture_start(&w.f);
    open_vault(&w);
    struct str before = token_of(&w, "c1", "Nightingale");
    struct book *b = vault_book(w.vault, STR("c1"), STR("owner"));
    struct err e = {0};
    AUTO_BUF out = {0};
    buf_init(&out, 1 << 16);
    struct jout j = jout_make(&out);
    assert_true(vault_export(w.vault, STR("c1"), &j, &e));
    assert_true(str_contains(buf_str(&out), STR("Nightingale")));
    assert_true(str_contains(buf_str(&out), before));
    assert_true(vault_remove(w.vault, STR("c1"), &e));
    book_entity(b, TOKEN_NAME, STR("Owl"));
    vault_keep(w.vault, b); /* a request that was under way */
    book_drop(b);
    assert_false(vault_export(w.vault, STR("c1"), &j, &e));
    assert_false(vault_remove(w.vault, STR("c1"), &e));
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    close_vault(&w);
    open_vault(&w);
    assert_false(vault_export(w.vault, STR("c1"), &j, &e));
    close_vault(&w);
    fixture_end(&w.f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(books_last_sealed),
                                       cmocka_unit_test(ways_to_write_it_last),
                                       cmocka_unit_test(what_is_removed_is_gone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
