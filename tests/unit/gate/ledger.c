/* The hash chain: what is written, that every change to it is seen, and that a failing disk leaves
 * no gap. */
#include "fixture.h"

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

static int64_t send_one(struct fixture *f, const char *decision, const char *body) {
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    struct gate_order o = fixture_order(f, &t, body);
    o.decision = str_of(decision);
    struct gate_pass pass = {0};
    struct err e = {0};
    if (!gate_authorise(f->gate, &f->arena, &o, &pass, &e)) {
        fail_msg("%s", e.text);
    }
    gate_note(f->gate, &pass, 200, 10, NULL);
    return pass.ledger_id;
}

/* Changes a store behind weir's back, with another program. */
static void tamper(struct fixture *f, const char *file, const char *sql) {
    const char *const argv[] = {"sqlite3", fixture_path(f, file), sql, NULL};
    struct str out = {0};
    struct err e = {0};
    if (!proc_capture(&f->arena, argv, 10000, 1 << 16, &out, &e)) {
        fail_msg("sqlite3: %s", e.text);
    }
}

static void rows_hold_what_was_said(void **state) {
    struct fixture *f = *state;
    clock_fake(1700000000123);
    label_add(&f->arena, &f->label,
              (struct item){.level = LEVEL_PERSONAL, .kind = STR("phone"), .role = ROLE_USER});
    label_add(&f->arena, &f->label,
              (struct item){.level = LEVEL_PERSONAL, .kind = STR("email"), .role = ROLE_USER});
    label_add(&f->arena, &f->label,
              (struct item){.level = LEVEL_PERSONAL, .kind = STR("email"), .role = ROLE_TOOL});
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    struct gate_order o = fixture_order(f, &t, "hello");
    static const struct gate_count counts[] = {{STR_INIT("phone"), 1}, {STR_INIT("email"), 2}};
    static const struct ledger_filter all = {0};
    struct vault *vault = vault_new(NULL, NULL);
    o.transform = TRANSFORM_PSEUDONYMISE;
    o.book = vault_book(vault, STR("c"), STR("owner"));
    o.client = STR("curl/8");
    o.disguised = 3;
    o.counts = counts;
    o.count_count = ARRAY_LEN(counts);
    struct gate_pass pass = {0};
    struct err e = {0};
    assert_true(gate_authorise(f->gate, &f->arena, &o, &pass, &e));
    assert_int_equal(pass.ledger_id, 1);
    book_drop(o.book);
    vault_free(vault);
    struct str json = {0};
    assert_true(ledger_export(f->gate, &f->arena, &all, false, &json, &e));
    struct str head = {0};
    struct str rest = {0};
    assert_true(str_cut(json, '\n', &head, &rest));
    assert_int_equal(rest.len, 0);
    static const char body[] =
        "{\"kind\":\"send\",\"at\":1700000000123,\"decision\":\"d1\",\"caller\":\"owner\","
        "\"client\":\"curl/"
        "8\",\"channel\":\"openai\",\"target\":\"openai\",\"host\":\"scripted\",\"zone\":\"cloud\","
        "\"model\":\"gpt-5.2\",\"method\":\"POST\",\"path\":\"/chat/completions\",\"bytes\":5,"
        "\"sha256\":\"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\","
        "\"permit\":\"pseudonymise\",\"transform\":\"pseudonymise\",\"disguised\":3,"
        "\"rule\":\"careful: personal\",\"ask_rule\":\"\",\"approval\":\"\",\"level\":\"personal\","
        "\"labels\":[\"open\",\"personal\"],\"counts\":{\"email\":2,\"phone\":1}}}";
    ptrdiff_t at = str_find(head, str_of(body));
    assert_true(at > 0);
    /* Anybody can compute the first hash from the export alone. */
    ptrdiff_t from = str_find(head, STR("\"body\":")) + 7;
    struct str hashed = str_sub(head, (size_t)from, head.len - 1);
    char bytes[8192] = {0};
    memcpy(bytes + 32, hashed.ptr, hashed.len);
    struct sha256 h = sha256_of((struct str){bytes, 32 + hashed.len});
    char hex[65];
    sha256_hex(&h, hex);
    assert_true(str_contains(head, str_fmt(&f->arena, "\"hash\":\"%s\"", hex)));
    clock_fake(0);
    gate_abandon(f->gate, &pass);
}

static void lists_and_filters(void **state) {
    struct fixture *f = *state;
    for (int i = 0; i < 5; i++) {
        send_one(f, i % 2 ? "odd" : "even", "x");
    }
    struct err e = {0};
    assert_true(ledger_note(f->gate, STR("approval"), STR("owner"), STR("{\"id\": \"a1\"}"), &e));
    assert_true(ledger_note(f->gate, STR("policy"), STR("owner"), STR("not json"), &e));
    const struct jval *all = fixture_rows(f);
    assert_int_equal(jval_len(all), 7);
    assert_member(jval_at(all, 0), "note", "policy");
    assert_member(jval_at(all, 0), "detail", "not json");
    assert_member(jval_get(jval_at(all, 1), "detail"), "id", "a1");
    assert_member(jval_at(all, 2), "decision", "even");
    assert_member(jval_at(all, 2), "result", "ok");
    struct ledger_filter filter = {.limit = 1, .decision = STR("odd")};
    struct str json = {0};
    assert_true(ledger_list(f->gate, &f->arena, &filter, &json, &e));
    const struct jval *odd = json_parse(&f->arena, json, &JSON_LIMITS, &e);
    assert_int_equal(jval_len(odd), 1);
    int64_t id = member_int(jval_at(odd, 0), "id");
    filter.before_id = id;
    assert_true(ledger_list(f->gate, &f->arena, &filter, &json, &e));
    odd = json_parse(&f->arena, json, &JSON_LIMITS, &e);
    assert_int_equal(jval_len(odd), 1);
    assert_true(member_int(jval_at(odd, 0), "id") < id);
    filter = (struct ledger_filter){.target = STR("nobody")};
    assert_true(ledger_list(f->gate, &f->arena, &filter, &json, &e));
    assert_true(str_is(json, "[]"));
    filter = (struct ledger_filter){.until_ms = 1000};
    assert_true(ledger_list(f->gate, &f->arena, &filter, &json, &e));
    assert_true(str_is(json, "[]"));
    assert_true(ledger_get(f->gate, &f->arena, id, &json, &e));
    assert_member(json_parse(&f->arena, json, &JSON_LIMITS, &e), "decision", "odd");
    assert_false(ledger_get(f->gate, &f->arena, 999, &json, &e));
    assert_int_equal(e.kind, ERR_NOT_FOUND);
}

static size_t count_with(struct fixture *f, const struct ledger_filter *filter) {
    struct str json = {0};
    struct err e = {0};
    assert_true(ledger_list(f->gate, &f->arena, filter, &json, &e));
    return jval_len(json_parse(&f->arena, json, &JSON_LIMITS, &e));
}

static void filters_by_zone_caller_and_rule(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    fixture_set_policy(f, "preset = \"balanced\"\n[[rule]]\nname = \"ask first\"\n"
                          "match = { caller = \"key:a\" }\nask = \"cloud\"\n");
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    for (int i = 0; i < 6; i++) {
        t.zone = i % 3 ? ZONE_CLOUD : ZONE_HOME;
        struct gate_order o = fixture_order(f, &t, "x");
        f->request.caller = i % 2 ? STR("key:a") : STR("owner");
        o.caller = f->request.caller;
        o.approved = true;
        struct gate_pass pass = {0};
        assert_true(gate_authorise(f->gate, &f->arena, &o, &pass, &e));
        gate_note(f->gate, &pass, 200, 2, NULL);
    }
    assert_true(ledger_note(f->gate, STR("approval"), STR("owner"), STR(""), &e));
    assert_int_equal(count_with(f, &(struct ledger_filter){0}), 7);
    assert_int_equal(count_with(f, &(struct ledger_filter){.zone = STR("home")}), 2);
    assert_int_equal(count_with(f, &(struct ledger_filter){.caller = STR("key:a")}), 3);
    assert_int_equal(count_with(f, &(struct ledger_filter){.caller = STR("owner")}), 4);
    assert_int_equal(count_with(f, &(struct ledger_filter){.rule = STR("ask first")}), 2);
    assert_int_equal(count_with(f, &(struct ledger_filter){.rule = STR("balanced: open")}), 6);
    assert_int_equal(
        count_with(f, &(struct ledger_filter){.zone = STR("cloud"), .caller = STR("key:a")}), 2);
    assert_int_equal(count_with(f, &(struct ledger_filter){.since_ms = INT64_MAX}), 0);
    struct str json = {0};
    struct ledger_filter home = {.zone = STR("home")};
    assert_true(ledger_export(f->gate, &f->arena, &home, false, &json, &e));
    size_t lines = 0;
    for (size_t i = 0; i < json.len; i++) {
        lines += json.ptr[i] == '\n';
    }
    assert_int_equal(lines, 4); /* two sends with their outcomes */
}

static void a_kept_body_is_sealed_and_forgotten(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    struct gate_order o = fixture_order(f, &t, "the secret words of this body");
    struct gate_pass pass = {0};
    struct gate_pass plain = {0};
    struct str body = {0};
    clock_fake(5000);
    assert_true(gate_authorise(f->gate, &f->arena, &o, &plain, &e));
    o.keep_body = true;
    assert_true(gate_authorise(f->gate, &f->arena, &o, &pass, &e));
    gate_note(f->gate, &plain, 200, 2, NULL);
    gate_note(f->gate, &pass, 200, 2, NULL);
    assert_true(ledger_body(f->gate, &f->arena, pass.ledger_id, &body, &e));
    assert_true(str_eq(body, o.body));
    assert_false(ledger_body(f->gate, &f->arena, plain.ledger_id, &body, &e));
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    ledger_forget_bodies(f->gate, 5000);
    assert_true(ledger_body(f->gate, &f->arena, pass.ledger_id, &body, &e));
    ledger_forget_bodies(f->gate, 5001);
    assert_false(ledger_body(f->gate, &f->arena, pass.ledger_id, &body, &e));
    struct ledger_check check = {0};
    assert_true(fixture_verify(f, &check)); /* the chain does not need it */
    clock_fake(0);
}

static void csv_is_safe_in_a_spreadsheet(void **state) {
    struct fixture *f = *state;
    struct err e = {0};
    assert_true(ledger_note(f->gate, STR("=1+1"), STR("a\"b,c\nd"), STR(""), &e));
    struct str csv = {0};
    assert_true(ledger_export(f->gate, &f->arena, &(struct ledger_filter){0}, true, &csv, &e));
    assert_true(str_starts(csv, STR("id,kind,at,")));
    assert_true(str_contains(csv, STR(",\"'=1+1\",\"a\"\"b,c\nd\",")));
}

static void whole_chain_verifies(void **state) {
    struct fixture *f = *state;
    struct ledger_check check;
    assert_true(fixture_verify(f, &check));
    assert_int_equal(check.rows, 0);
    for (int i = 0; i < 20; i++) {
        send_one(f, "d", "x");
    }
    assert_true(fixture_verify(f, &check));
    assert_int_equal(check.rows, 40);
    assert_int_equal(check.first_broken, 0);
    assert_int_equal(check.head.len, 64);
    struct str head = check.head;
    fixture_close(f);
    fixture_open(f);
    assert_true(fixture_verify(f, &check));
    assert_true(str_eq(check.head, head));
    send_one(f, "d", "x");
    assert_true(fixture_verify(f, &check));
    assert_int_equal(check.rows, 42);
}

static void every_change_is_seen(void **state) {
    struct fixture *f = *state;
    static const struct {
        const char *sql;
        int64_t broken;
    } rows[] = {
        {"update ledger set body=replace(body,'cloud','home') where id=3", 3},
        {"update ledger set body=body||' ' where id=1", 1},
        {"update ledger set hash=substr(hash,33)||substr(hash,1,32) where id=5", 5},
        {"update ledger set hash=upper(hash) where id=6; update ledger set hash='' where id=6", 6},
        {"update ledger set at=at+1 where id=4", 4},
        {"update ledger set target='other' where id=3", 3},
        {"update ledger set decision='other' where id=3", 3},
        {"update ledger set target='other' where id=2", 2},
        {"update ledger set kind='note' where id=2", 2},
        {"update ledger set ref=3 where id=2", 2},
        {"delete from ledger where id=1", 1},
        {"delete from ledger where id=4", 4},
        {"delete from ledger where id=8", 8},
        {"delete from ledger where id>5", 6},
        {"delete from ledger", 1},
        {"update ledger set id=id+1 where id=8", 8},
        {"insert into ledger(id,at,kind,ref,target,decision,body,hash) select 9,at,kind,ref,target,"
         "decision,body,hash from ledger where id=7",
         9},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct ledger_check check;
        for (int n = 0; n < 4; n++) {
            send_one(f, "d", "x");
        }
        assert_true(fixture_verify(f, &check));
        assert_int_equal(check.rows, 8);
        tamper(f, "ledger.db", rows[i].sql);
        assert_false(fixture_verify(f, &check));
        if (check.first_broken != rows[i].broken) {
            fail_msg("%s: row %lld: " STR_FMT, rows[i].sql, (long long)check.first_broken,
                     STR_ARG(check.why));
        }
        assert_true(check.why.len > 0);
        teardown(state);
        setup(state);
        f = *state;
    }
}

/* The end is cut while weir does not run: only the second store knows. */
static void cut_tail_is_seen_after_a_restart(void **state) {
    struct fixture *f = *state;
    for (int n = 0; n < 4; n++) {
        send_one(f, "d", "x");
    }
    fixture_close(f);
    tamper(f, "ledger.db", "delete from ledger where id>5");
    fixture_open(f);
    struct ledger_check check;
    assert_false(fixture_verify(f, &check));
    assert_int_equal(check.first_broken, 6);
    /* And it stays seen, however much is written after it. */
    for (int n = 0; n < 4; n++) {
        send_one(f, "d", "x");
    }
    fixture_close(f);
    fixture_open(f);
    assert_false(fixture_verify(f, &check));
    assert_int_equal(check.first_broken, 6);
}

/* A chain that was computed anew from the start is in order by itself. */
static void rewritten_chain_is_seen(void **state) {
    struct fixture *f = *state;
    send_one(f, "d", "x");
    struct str out = {0};
    struct err e = {0};
    assert_true(ledger_export(f->gate, &f->arena, &(struct ledger_filter){0}, false, &out, &e));
    fixture_close(f);
    const char *other = "{\"kind\":\"note\",\"at\":5}";
    struct sha256 h = chain_hash(&CHAIN_START, str_of(other));
    char hex1[65];
    char hex2[65];
    sha256_hex(&h, hex1);
    h = chain_hash(&h, str_of(other));
    sha256_hex(&h, hex2);
    tamper(
        f, "ledger.db",
        str_cstr(
            &f->arena,
            str_fmt(&f->arena,
                    "update ledger set body='%s',kind='note',at=5,ref=0,target='',decision='';"
                    "update ledger set hash='%s' where id=1;update ledger set hash='%s' where id=2",
                    other, hex1, hex2)));
    fixture_open(f);
    struct ledger_check check;
    assert_false(fixture_verify(f, &check));
    assert_int_equal(check.first_broken, 2);
}

static void failing_disk_leaves_no_gap(void **state) {
    struct fixture *f = *state;
    struct gate_target t = fixture_target(f, 9);
    t.scripted = true;
    struct gate_order o = fixture_order(f, &t, "x");
    struct gate_pass pass = {0};
    struct err e = {0};
    assert_true(gate_authorise(f->gate, &f->arena, &o, &pass, &e));
    store_fail_commits(f->ledger, true);
    gate_note(f->gate, &pass, 200, 1, NULL); /* cannot be written now: kept */
    gate_account(f->gate, pass.ledger_id,
                 &(struct gate_usage){.tokens_in = 1, .tokens_out = 2, .micros = 3});
    struct gate_pass second = {0};
    for (int i = 0; i < 3; i++) {
        assert_false(gate_authorise(f->gate, &f->arena, &o, &second, &e));
        assert_int_equal(e.kind, ERR_STORAGE);
    }
    assert_member(jval_at(fixture_rows(f), 0), "result", "may have left");
    store_fail_commits(f->ledger, false);
    send_one(f, "d", "x");
    const struct jval *rows = fixture_rows(f);
    assert_int_equal(jval_len(rows), 2);
    assert_member(jval_at(rows, 1), "result", "ok");
    assert_int_equal(member_int(jval_at(rows, 1), "micros"), 3);
    struct ledger_check check;
    assert_true(fixture_verify(f, &check));
    assert_int_equal(check.rows, 5);
}

/* ---- without waiting ---- */

enum { ASKED = 600 };
struct asked {
    struct fixture *f;
    struct arena arena;
    struct gate_pass pass;
    int told, given, with_storage_err;
};
static pthread_mutex_t asked_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t asked_told = PTHREAD_COND_INITIALIZER;

static void on_asked(void *ctx, bool ok, const struct err *e) {
    struct asked *k = ctx;
    if (ok) {
        gate_note(k->f->gate, &k->pass, 200, 1, NULL);
    }
    LOCKED(&asked_lock);
    k->told++;
    k->given += ok;
    k->with_storage_err += !ok && e->kind == ERR_STORAGE;
    pthread_cond_signal(&asked_told);
}

static void everybody_who_asked_is_told_once(void **state) {
    struct fixture *f = *state;
    struct asked *all = calloc(ASKED, sizeof *all);
    assert_non_null(all);
    for (int i = 0; i < ASKED; i++) {
        struct gate_target t = {.name = STR("t"), .zone = ZONE_CLOUD, .scripted = true};
        struct gate_order o = {.target = &t,
                               .path = STR("/x"),
                               .method = STR("POST"),
                               .body = STR("b"),
                               .label = &f->label,
                               .request = &f->request};
        all[i].f = f;
        all[i].arena = arena_make(1 << 20);
        gate_authorise_then(f->gate, &all[i].arena, &o, &all[i].pass, on_asked, &all[i]);
        if (i % 100 == 40) {
            store_fail_commits(f->ledger, true);
        } else if (i % 100 == 70) {
            store_fail_commits(f->ledger, false);
        }
    }
    int given = 0;
    for (int i = 0; i < ASKED; i++) {
        pthread_mutex_lock(&asked_lock);
        while (!all[i].told) {
            pthread_cond_wait(&asked_told, &asked_lock);
        }
        assert_int_equal(all[i].told, 1);
        assert_int_equal(all[i].given + all[i].with_storage_err, 1);
        given += all[i].given;
        pthread_mutex_unlock(&asked_lock);
        arena_end(&all[i].arena);
    }
    free(all);
    struct ledger_check check;
    assert_true(fixture_verify(f, &check));
    assert_int_equal(check.rows, 2 * given);
}

enum { THREADS = 8, EACH = 200 };

static void *many(void *arg) {
    struct fixture *f = arg;
    for (int i = 0; i < EACH; i++) {
        CLEANUP(arena_end) struct arena a = arena_make(1 << 20);
        struct gate_target t = {.name = STR("t"), .zone = ZONE_CLOUD, .scripted = true};
        struct gate_order o = {.target = &t,
                               .path = STR("/x"),
                               .method = STR("POST"),
                               .body = STR("b"),
                               .label = &f->label,
                               .request = &f->request};
        struct gate_pass pass = {0};
        struct err e = {0};
        if (gate_authorise(f->gate, &a, &o, &pass, &e)) {
            gate_note(f->gate, &pass, 200, 1, NULL);
        }
        if (i % 50 == 25) {
            store_fail_commits(f->ledger, true);
        } else if (i % 50 == 30) {
            store_fail_commits(f->ledger, false);
        }
    }
    return NULL;
}

static void many_threads_one_chain(void **state) {
    struct fixture *f = *state;
    pthread_t t[THREADS];
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&t[i], NULL, many, f);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(t[i], NULL);
    }
    store_fail_commits(f->ledger, false);
    send_one(f, "last", "x");
    struct ledger_check check;
    if (!fixture_verify(f, &check)) {
        fail_msg(STR_FMT, STR_ARG(check.why));
    }
    assert_true(check.rows > THREADS);
    const struct jval *rows = fixture_rows(f);
    for (size_t i = 0; i < jval_len(rows); i++) {
        assert_member(jval_at(rows, i), "result", "ok");
    }
}

int main(void) {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(rows_hold_what_was_said),
        T(lists_and_filters),
        T(filters_by_zone_caller_and_rule),
        T(a_kept_body_is_sealed_and_forgotten),
        T(csv_is_safe_in_a_spreadsheet),
        T(whole_chain_verifies),
        T(every_change_is_seen),
        T(cut_tail_is_seen_after_a_restart),
        T(rewritten_chain_is_seen),
        T(failing_disk_leaves_no_gap),
        T(everybody_who_asked_is_told_once),
        T(many_threads_one_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
