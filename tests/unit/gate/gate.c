/* The hard stage: who gets a pass, what a pass is good for, and the panic switch. */
#include "fixture.h"
#include "provider.h"

static int setup(void **state) {
    struct fixture *f = malloc(sizeof *f);
    fixture_start(f);
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture_end(*state);
    free(*state);
    return 0;
}

static void add(struct fixture *f, enum level level, const char *kind) {
    label_add(&f->arena, &f->label,
              (struct item){.level = level, .kind = str_of(kind), .role = ROLE_USER});
}

static bool authorise(struct fixture *f, const struct gate_order *o, struct gate_pass *pass,
                      struct err *e) {
    memset(e, 0, sizeof *e);
    memset(pass, 0, sizeof *pass);
    return gate_authorise(f->gate, &f->arena, o, pass, e);
}

static void refused(struct fixture *f, const struct gate_order *o, const char *code) {
    struct gate_pass pass;
    struct err e;
    size_t rows = jval_len(fixture_rows(f));
    assert_false(authorise(f, o, &pass, &e));
    assert_int_equal(e.kind, ERR_FORBIDDEN);
    assert_string_equal(e.code, code);
    assert_int_equal(jval_len(fixture_rows(f)), rows);
    assert_null(pass.key);
}

static void policy_decides(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass;
    struct err e;
    assert_true(authorise(f, &o, &pass, &e)); /* open, careful: as is */
    gate_abandon(f->gate, &pass);
    add(f, LEVEL_PERSONAL, "email");
    refused(f, &o, "policy_refused"); /* only pseudonymised */
    o.transform = TRANSFORM_PSEUDONYMISE;
    refused(f, &o, "policy_refused"); /* said to be disguised, by nothing */
    struct vault *vault = vault_new(NULL, NULL);
    o.book = vault_book(vault, STR("c"), STR("owner"));
    vault_free(vault);
    struct original anna = {TOKEN_NAME, STR("Anna")};
    struct disguised d;
    o.body = STR("[\"Anna\"]");
    assert_true(disguise_body(o.book, &f->arena, &anna, 1, o.body, DISGUISE_PLACEHOLDER, &d, &e));
    refused(f, &o, "policy_refused"); /* an original is left */
    o.body = d.body;
    assert_true(authorise(f, &o, &pass, &e));
    gate_abandon(f->gate, &pass);
    o.transform = TRANSFORM_FORBIDDEN;
    refused(f, &o, "policy_refused");
    add(f, LEVEL_PRIVATE, "iban");
    o.transform = TRANSFORM_PSEUDONYMISE;
    refused(f, &o, "policy_refused");
    book_drop(o.book);
    t.zone = ZONE_HOME;
    o.transform = TRANSFORM_AS_IS;
    assert_true(authorise(f, &o, &pass, &e));
    gate_abandon(f->gate, &pass);
    add(f, LEVEL_SECRET, "api_key");
    refused(f, &o, "policy_refused");
}

static void broken_policy_refuses_all(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    struct gate_order o = fixture_order(f, &t, "{}");
    fixture_set_policy(f, "preset = \"carefull\"\n");
    refused(f, &o, "policy_refused");
    t.zone = ZONE_HOME;
    refused(f, &o, "policy_refused");
    struct policy none = {.broken = true};
    f->policy = &none;
    refused(f, &o, "policy_refused");
    f->policy = NULL;
    refused(f, &o, "policy_refused");
}

static void asking_needs_approval(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    struct gate_order o = fixture_order(f, &t, "{}");
    fixture_set_policy(
        f, "preset = \"careful\"\n[[rule]]\nname = \"ask\"\nmatch = { level = \"open\" }\n"
           "ask = \"cloud\"\n");
    refused(f, &o, "needs_approval");
    o.approved = true;
    o.approval = STR("a1");
    struct gate_pass pass;
    struct err e;
    assert_true(authorise(f, &o, &pass, &e));
    gate_abandon(f->gate, &pass);
    assert_member(jval_at(fixture_rows(f), 0), "approval", "a1");
    /* An approval never beats a deny. */
    fixture_set_policy(
        f, "preset = \"local-only\"\n[[rule]]\nname = \"no\"\nmatch = { level = \"open\" }\n"
           "deny = \"home\"\n");
    refused(f, &o, "policy_refused");
}

static void newest_policy_counts_at_send(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass;
    struct err e;
    struct call c;
    assert_true(authorise(f, &o, &pass, &e));
    fixture_set_policy(f, "preset = \"local-only\"\n");
    call_init(&c, f, &t, &pass, o.body);
    loop_post(f->loop, call_send, &c);
    call_await_end(&c);
    assert_string_equal(c.e.code, "policy_refused");
    assert_int_equal(p.connections, 0);
    assert_member(jval_at(fixture_rows(f), 0), "result", "not_sent");
    call_finish(&c);
    /* Another policy that still allows it does not stand in the way. */
    fixture_set_policy(f, "preset = \"careful\"\n");
    assert_true(authorise(f, &o, &pass, &e));
    fixture_set_policy(f, "preset = \"balanced\"\n");
    call_init(&c, f, &t, &pass, o.body);
    loop_post(f->loop, call_send, &c);
    call_await_end(&c);
    assert_int_equal(c.status, 200);
    assert_int_equal(provider_count(&p), 1);
    call_finish(&c);
    provider_stop(&p);
}

static void bad_paths_and_methods(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass;
    struct err e;
    o.path = STR("/../admin");
    assert_false(authorise(f, &o, &pass, &e));
    assert_int_equal(e.kind, ERR_INVALID);
    o.path = STR("/x");
    o.method = STR("PUT");
    assert_false(authorise(f, &o, &pass, &e));
    o.method = STR("GET");
    assert_false(authorise(f, &o, &pass, &e)); /* with a body */
    t.scripted = true;
    o.method = STR("POST");
    o.path = STR("x");
    assert_false(authorise(f, &o, &pass, &e));
    assert_int_equal(jval_len(fixture_rows(f)), 0);
}

static void key_that_cannot_be_had(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    unsetenv("WEIR_TEST_NO_KEY");
    t.key = (struct secret_ref){.source = SECRET_ENV, .env = "WEIR_TEST_NO_KEY"};
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass;
    struct err e;
    assert_false(authorise(f, &o, &pass, &e));
    assert_int_equal(e.kind, ERR_UNAUTHORIZED);
    assert_int_equal(jval_len(fixture_rows(f)), 0);
}

static void full_disk_means_no(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass;
    struct err e;
    store_fail_commits(f->ledger, true);
    assert_false(authorise(f, &o, &pass, &e));
    assert_int_equal(e.kind, ERR_STORAGE);
    store_fail_commits(f->ledger, false);
    assert_true(authorise(f, &o, &pass, &e));
    gate_note(f->gate, &pass, 200, 12, NULL);
    assert_int_equal(jval_len(fixture_rows(f)), 1);
    struct ledger_check check;
    assert_true(fixture_verify(f, &check));
    assert_int_equal(check.rows, 2);
}

/* Sends with that pass, expects a refusal of our own making. */
static void not_sent(struct fixture *f, const struct gate_target *t, struct gate_pass *pass,
                     struct str body) {
    struct call c;
    call_init(&c, f, t, pass, body);
    loop_post(f->loop, call_send, &c);
    call_await_end(&c);
    assert_true(c.failed);
    assert_int_equal(c.e.kind, ERR_BUG);
    call_finish(&c);
}

static void pass_is_for_one_body_place_and_time(void **state) {
    struct fixture *f = *state;
    struct provider p = {0};
    struct provider q = {0};
    provider_start(&p);
    provider_start(&q);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{\"a\":1}");
    struct gate_pass pass;
    struct err e;
    assert_true(authorise(f, &o, &pass, &e));
    not_sent(f, &t, &pass, STR("{\"a\":2}"));
    assert_true(authorise(f, &o, &pass, &e));
    not_sent(f, &t, &pass, STR("{\"a\":1} "));
    /* A body and a hash that were changed together. */
    assert_true(authorise(f, &o, &pass, &e));
    pass.body = sha256_of(STR("{\"a\":3}"));
    not_sent(f, &t, &pass, STR("{\"a\":3}"));
    struct gate_target moved = fixture_target(f, q.port);
    assert_true(authorise(f, &o, &pass, &e));
    not_sent(f, &moved, &pass, o.body);
    assert_true(authorise(f, &o, &pass, &e));
    pass.path = STR("/v1/files");
    not_sent(f, &t, &pass, o.body);
    moved = t;
    moved.zone = ZONE_HOME;
    assert_true(authorise(f, &o, &pass, &e));
    not_sent(f, &moved, &pass, o.body);
    assert_true(authorise(f, &o, &pass, &e));
    struct gate_pass copy = pass;
    struct call c;
    call_init(&c, f, &t, &pass, o.body);
    loop_post(f->loop, call_send, &c);
    call_await_end(&c);
    assert_int_equal(c.status, 200);
    call_finish(&c);
    copy.key = NULL;
    not_sent(f, &t, &copy, o.body);
    assert_int_equal(provider_count(&p), 1);
    assert_int_equal(q.connections, 0);
    /* Invented. */
    copy.ledger_id = 12345;
    not_sent(f, &t, &copy, o.body);
    /* Given back. */
    assert_true(authorise(f, &o, &pass, &e));
    copy = pass;
    gate_abandon(f->gate, &pass);
    copy.key = NULL;
    not_sent(f, &t, &copy, o.body);
    assert_int_equal(provider_count(&p), 1);
    const struct jval *rows = fixture_rows(f);
    for (size_t i = 0; i < jval_len(rows); i++) {
        assert_member(jval_at(rows, i), "result", i == 1 ? "ok" : "not_sent");
    }
    provider_stop(&p);
    provider_stop(&q);
}

static void scripted_has_rows_like_any_other(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    t.name = STR("demo");
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass;
    struct err e;
    assert_true(authorise(f, &o, &pass, &e));
    assert_member(jval_at(fixture_rows(f), 0), "result", "may have left");
    gate_note(f->gate, &pass, 200, 5, NULL);
    gate_account(f->gate, pass.ledger_id,
                 &(struct gate_usage){.tokens_in = 10, .tokens_out = 20, .micros = -1});
    const struct jval *row = jval_at(fixture_rows(f), 0);
    assert_member(row, "host", "scripted");
    assert_member(row, "result", "ok");
    assert_int_equal(member_int(row, "tokens_out"), 20);
    assert_true(jval_is(jval_get(row, "micros"), JNULL));
    assert_true(authorise(f, &o, &pass, &e));
    not_sent(f, &t, &pass, o.body); /* no socket for it */
    assert_true(authorise(f, &o, &pass, &e));
    struct err cancelled = {.kind = ERR_CANCELLED};
    gate_note(f->gate, &pass, 0, 0, &cancelled);
    assert_member(jval_at(fixture_rows(f), 0), "result", "cancelled");
}

static bool endless(struct provider *p, int fd, const struct provider_request *rq) {
    (void)rq;
    static const char head[] =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    provider_say(fd, head, sizeof head - 1);
    provider_await_close(p, fd);
    return false;
}

static void panic_switch_cuts_and_stays(void **state) {
    struct fixture *f = *state;
    struct provider p = {.answer = endless};
    provider_start(&p);
    struct gate_target t = fixture_target(f, p.port);
    struct gate_order o = fixture_order(f, &t, "{}");
    struct gate_pass pass;
    struct gate_pass waiting;
    struct err e;
    struct call c;
    assert_true(authorise(f, &o, &pass, &e));
    assert_true(authorise(f, &o, &waiting, &e));
    call_init(&c, f, &t, &pass, o.body);
    loop_post(f->loop, call_send, &c);
    call_await_data(&c, 5);
    assert_true(gate_shut(f->gate, true, STR("owner"), &e));
    assert_true(gate_is_shut(f->gate));
    call_await_end(&c);
    assert_int_equal(c.e.kind, ERR_FORBIDDEN);
    assert_string_equal(c.e.code, "gate_closed");
    call_finish(&c);
    /* A pass given before does not outlast it. */
    call_init(&c, f, &t, &waiting, o.body);
    loop_post(f->loop, call_send, &c);
    call_await_end(&c);
    assert_string_equal(c.e.code, "gate_closed");
    call_finish(&c);
    refused(f, &o, "gate_closed");
    assert_int_equal(provider_count(&p), 1);
    struct stat st = {0};
    assert_int_equal(stat(fixture_path(f, "gate-shut"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    fixture_close(f);
    fixture_open(f);
    assert_true(gate_is_shut(f->gate));
    refused(f, &o, "gate_closed");
    assert_true(gate_shut(f->gate, false, STR("owner"), &e));
    assert_false(gate_is_shut(f->gate));
    assert_true(authorise(f, &o, &pass, &e));
    gate_abandon(f->gate, &pass);
    fixture_close(f);
    fixture_open(f);
    assert_false(gate_is_shut(f->gate));
    const struct jval *rows = fixture_rows(f);
    assert_member(jval_at(rows, 1), "note", "gate_open");
    assert_member(jval_at(rows, 1), "who", "owner");
    provider_stop(&p);
}

static void unreadable_switch_is_shut(void **state) {
    struct fixture *f = *state;
    fixture_close(f);
    assert_int_equal(mkdir(fixture_path(f, "gate-shut"), 0700), 0);
    fixture_open(f);
    assert_true(gate_is_shut(f->gate));
    struct err e = {0};
    assert_false(gate_shut(f->gate, false, STR("owner"), &e)); /* a folder is not ours to remove */
    assert_true(gate_is_shut(f->gate));
}

static void opening_must_be_written_down_first(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    assert_true(gate_shut(f->gate, true, STR("owner"), &e));
    store_fail_commits(f->ledger, true);
    assert_false(gate_shut(f->gate, false, STR("owner"), &e));
    assert_true(gate_is_shut(f->gate));
    store_fail_commits(f->ledger, false);
    assert_true(gate_shut(f->gate, false, STR("owner"), &e));
    /* Shutting does not depend on the ledger; its row comes later. */
    store_fail_commits(f->ledger, true);
    assert_true(gate_shut(f->gate, true, STR("owner"), &e));
    assert_true(gate_is_shut(f->gate));
    store_fail_commits(f->ledger, false);
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(policy_decides),
        T(broken_policy_refuses_all),
        T(asking_needs_approval),
        T(newest_policy_counts_at_send),
        T(bad_paths_and_methods),
        T(key_that_cannot_be_had),
        T(full_disk_means_no),
        T(pass_is_for_one_body_place_and_time),
        T(scripted_has_rows_like_any_other),
        T(panic_switch_cuts_and_stays),
        T(unreadable_switch_is_shut),
        T(opening_must_be_written_down_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
