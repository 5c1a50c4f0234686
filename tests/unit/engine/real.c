/* The real engine with a real small model (scripts/fetch puts them into build/fetched; otherwise
 * WEIR_TEST_ENGINE names a llama-server and WEIR_TEST_MODELS a folder): it answers, streams, is
 * given up, is killed in the middle, swaps, rests. */
#include "fixture.h"

static const char *real_model; /* its file */

static const char *fetched(const char *variable, const char *otherwise) {
    const char *set = getenv(variable);
    return set && *set ? set : otherwise;
}

static const char *first_model(const char *folder) {
    static char path[4096];
    path[0] = 0;
    DIR *d = opendir(folder);
    for (struct dirent *at; d && (at = readdir(d));) {
        if (str_ends(str_of(at->d_name), STR(".gguf"))) {
            snprintf(path, sizeof path, "%s/%s", folder, at->d_name);
        }
    }
    if (d) {
        closedir(d);
    }
    return path[0] ? path : NULL;
}

static void link_model(const char *name) {
    assert_int_equal(symlink(real_model, str_fmt(&fx.arena, "%s/%s", fx.models, name).ptr), 0);
}

static int begin_real(void **state) {
    if (begin(state) != 0) {
        return -1;
    }
    const char *engine =
        fetched("WEIR_TEST_ENGINE", WEIR_SOURCE "/build/fetched/engine/llama-server");
    real_model = first_model(fetched("WEIR_TEST_MODELS", WEIR_SOURCE "/build/fetched/models"));
    if (access(engine, X_OK) != 0 || !real_model) {
        print_error("no engine or no model: scripts/fetch gets them\n");
        return -1;
    }
    fx.o.binary = str_of(engine);
    link_model("small.gguf");
    return 0;
}

#define CHAT "/v1/chat/completions"
#define ASK(more)                                                                       \
    "{\"messages\":[{\"role\":\"user\",\"content\":\"Count from one to a hundred.\"}]," \
    "\"temperature\":0," more "}"
#define SHORT ASK("\"max_tokens\":8")
#define STREAM ASK("\"max_tokens\":24,\"stream\":true,\"ignore_eos\":true")
#define ENDLESS ASK("\"max_tokens\":3500,\"stream\":true,\"ignore_eos\":true")

static void ask(struct call *c, const char *model, const char *body) {
    call_init(c, model, CHAT, body);
    on_loop(call_begin, c);
}

static void check_answers(struct call *c) {
    wait_for(&c->end);
    if (c->failed) {
        fail_msg("%s", c->err.text);
    }
    assert_int_equal(c->ends, 1);
    assert_int_equal(c->heads, 1);
    assert_int_equal(c->status, 200);
    assert_true(str_contains(buf_str(&c->got), STR("\"choices\"")));
    buf_finish(&c->got);
}

/* The engine's pid: the process that has our folder in its words; 0 none. */
static pid_t engine_pid(void) {
    pid_t pid = 0;
    DIR *d = opendir("/proc");
    assert_non_null(d);
    for (struct dirent *at; (at = readdir(d));) {
        uint64_t n = 0;
        char path[300];
        char words[4096];
        snprintf(path, sizeof path, "/proc/%s/cmdline", at->d_name);
        FILE *f =
            str_to_u64(str_of(at->d_name), &n) && (pid_t)n != getpid() ? fopen(path, "rb") : NULL;
        if (f) {
            struct str all = {words, fread(words, 1, sizeof words, f)};
            pid = str_contains(all, str_of(fx.dir)) ? (pid_t)n : pid;
            fclose(f);
        }
    }
    closedir(d);
    return pid;
}

static size_t got_of(struct call *c) {
    LOCKED(&fx.lock);
    return c->got.len;
}

static void check_alone(pid_t pid) {
    char path[64];
    char ours[64] = {0};
    char theirs[64] = {0};
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    assert_true(readlink("/proc/self/ns/net", ours, sizeof ours - 1) > 0);
    assert_true(readlink(path, theirs, sizeof theirs - 1) > 0);
    bool says = str_contains(engine_isolation(fx.engine, &fx.arena), STR("no network of its own"));
    assert_int_equal(says, strcmp(ours, theirs) != 0);
    struct stat st = {0};
    assert_int_equal(stat(in_dir("run/engine"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
}

static void it_answers_and_streams(void **state) {
    (void)state;
    start_engine();
    struct call c;
    ask(&c, "small", SHORT);
    check_answers(&c);
    assert_int_equal(state_of("small"), ENGINE_READY);
    check_alone(engine_pid());

    ask(&c, "small", STREAM);
    wait_for(&c.end);
    assert_false(c.failed);
    int pieces = 0;
    while (sem_trywait(&c.data) == 0) {
        pieces++;
    }
    assert_true(pieces > 1); /* as it comes, not at the end */
    assert_true(str_ends(str_trim(buf_str(&c.got)), STR("data: [DONE]")));
    buf_finish(&c.got);

    ask(&c, "small", "{ this is no JSON"); /* the engine's refusal is an answer */
    wait_for(&c.end);
    assert_false(c.failed);
    assert_true(c.status >= 400 && c.got.len > 0);
    buf_finish(&c.got);
    assert_int_equal(count_of("starting"), 1);
}

static void calls_wait_while_it_loads(void **state) {
    (void)state;
    start_engine();
    struct call c[4];
    for (int i = 0; i < 4; i++) {
        ask(&c[i], "small", SHORT);
    }
    assert_int_not_equal(state_of("small"), ENGINE_READY);
    for (int i = 0; i < 4; i++) {
        check_answers(&c[i]);
    }
    assert_int_equal(count_of("starting"), 1);
}

static void a_stream_can_be_given_up(void **state) {
    (void)state;
    start_engine();
    struct call c[2];
    for (int i = 0; i < 2; i++) { /* as many as there are slots */
        ask(&c[i], "small", ENDLESS);
        wait_for(&c[i].data);
    }
    size_t had[2];
    for (int i = 0; i < 2; i++) {
        on_loop(call_cancel, &c[i]);
        had[i] = got_of(&c[i]);
    }
    struct call next; /* gets a slot only because those were freed */
    ask(&next, "small", SHORT);
    check_answers(&next);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(c[i].ends, 0);
        assert_int_equal(got_of(&c[i]), had[i]); /* no callback follows */
        buf_finish(&c[i].got);
    }
    assert_int_equal(count_of("starting"), 1);
}

static void a_paused_stream_stands_still(void **state) {
    (void)state;
    start_engine();
    struct call c;
    ask(&c, "small", STREAM);
    wait_for(&c.data);
    on_loop(call_pause, &c);
    size_t had = got_of(&c);
    struct call other;
    ask(&other, "small", STREAM);
    check_answers(&other);
    assert_int_equal(got_of(&c), had);
    assert_int_equal(c.ends, 0);
    on_loop(call_resume, &c);
    check_answers(&c);
}

static void killed_in_the_middle(void **state) {
    (void)state;
    start_engine();
    struct call c[2];
    for (int i = 0; i < 2; i++) {
        ask(&c[i], "small", ENDLESS);
        wait_for(&c[i].data);
    }
    c[1].retry = true; /* asks again from within on_end, before the process is known to be gone */
    c[1].body = SHORT;
    pid_t first = engine_pid();
    assert_true(first > 0);
    assert_int_equal(kill(first, SIGKILL), 0);
    wait_for(&c[0].end);
    assert_true(c[0].failed);
    assert_int_equal(c[0].err.kind, ERR_UPSTREAM);
    assert_int_equal(c[0].ends, 1);
    wait_for(&c[1].end);
    if (c[1].failed) {
        fail_msg("%s", c[1].err.text);
    }
    assert_int_equal(c[1].ends, 2);
    assert_true(saw("small:ready small:failed small:starting small:ready"));
    assert_true(engine_pid() != first);
    for (int i = 0; i < 2; i++) {
        buf_finish(&c[i].got);
    }
}

static void killed_while_it_rests(void **state) {
    (void)state;
    start_engine();
    struct loading *l = loading("small", false);
    wait_for(&l->end);
    assert_false(l->failed);
    for (int i = 0; i < 2; i++) { /* the third would be one too many: nothing was measured */
        assert_int_equal(kill(engine_pid(), SIGKILL), 0);
        struct call c;
        ask(&c, "small", SHORT);
        check_answers(&c);
    }
    engine_measured(fx.engine, STR("small"), 50, 10); /* it answers: the count begins again */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kill(engine_pid(), SIGKILL), 0);
        struct call c;
        ask(&c, "small", SHORT);
        check_answers(&c);
    }
}

static void copy(const char *name, size_t most) {
    FILE *in = fopen(real_model, "rb");
    FILE *out = fopen(str_fmt(&fx.arena, "%s/%s", fx.models, name).ptr, "wb");
    assert_non_null(in);
    assert_non_null(out);
    AUTO_FREE char *bytes = malloc(1 << 20);
    for (size_t n; most && (n = fread(bytes, 1, most < 1 << 20 ? most : 1 << 20, in)) > 0;) {
        assert_int_equal(fwrite(bytes, 1, n, out), n);
        most -= n;
    }
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void a_cut_model_says_so(void **state) {
    (void)state;
    copy("cut.gguf", 40 << 20); /* its head is whole: only the engine can tell */
    start_engine();
    struct engine_model m = {0};
    assert_true(engine_find(fx.engine, &fx.arena, STR("cut"), &m));
    assert_int_equal(m.problem.len, 0);
    struct call c;
    ask(&c, "cut", SHORT);
    check_fails(&c, ERR_UNAVAILABLE, "could not load cut");
    if (!strstr(c.err.text, "corrupted or incomplete") && !strstr(c.err.text, "file bounds")) {
        fail_msg("the cause is missing: %s", c.err.text);
    }
    buf_finish(&c.got);
    ask(&c, "small", SHORT); /* the others are not hurt */
    check_answers(&c);
}

static void one_model_at_a_time(void **state) {
    (void)state;
    copy("other.gguf", SIZE_MAX);
    start_engine();
    struct call long_one;
    struct call small;
    struct call other;
    ask(&long_one, "small", STREAM);
    wait_for(&long_one.data);
    ask(&other, "other", SHORT);
    ask(&small, "small", SHORT);
    check_answers(&long_one); /* is not cut off */
    check_answers(&other);
    check_answers(&small);
    wait_state("small:ready small:draining small:stopped other:starting other:ready "
               "other:draining other:stopped small:starting small:ready");
    struct loading *l = loading("other", false);
    wait_for(&l->end);
    assert_false(l->failed);
    assert_int_equal(state_of("other"), ENGINE_READY);
    assert_int_equal(state_of("small"), ENGINE_STOPPED);
    assert_true(engine_pid() > 0);
}

static void it_rests_when_nobody_asks(void **state) {
    (void)state;
    fx.o.keep_alive_ms = 1;
    start_engine();
    struct call c;
    for (int i = 0; i < 2; i++) {
        ask(&c, "small", SHORT);
        check_answers(&c);
        wait_state(i ? "stopped small:starting small:ready small:draining small:stopped"
                     : "small:starting small:ready small:draining small:stopped");
        assert_int_equal(engine_pid(), 0);
    }
}

static void unloaded_by_hand(void **state) {
    (void)state;
    start_engine();
    struct call c;
    ask(&c, "small", ENDLESS);
    wait_for(&c.data);
    struct loading *l = loading("small", true);
    check_fails(&c, ERR_UNAVAILABLE, "unloaded");
    wait_for(&l->end);
    assert_false(l->failed);
    assert_int_equal(state_of("small"), ENGINE_STOPPED);
    assert_int_equal(engine_pid(), 0);
    buf_finish(&c.got);
}

static void the_end_of_weir_ends_a_stream(void **state) {
    (void)state;
    start_engine();
    struct call c;
    ask(&c, "small", ENDLESS);
    wait_for(&c.data);
    loop_post(fx.loop, end_on_loop, NULL);
    check_fails(&c, ERR_UNAVAILABLE, "stopping");
    pthread_join(fx.thread, NULL);
    assert_int_equal(engine_pid(), 0);
    buf_finish(&c.got);
    engine_free(fx.engine);
    fx.engine = NULL; /* end() has less to do */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_answers_and_streams, begin_real, end),
        cmocka_unit_test_setup_teardown(calls_wait_while_it_loads, begin_real, end),
        cmocka_unit_test_setup_teardown(a_stream_can_be_given_up, begin_real, end),
        cmocka_unit_test_setup_teardown(a_paused_stream_stands_still, begin_real, end),
        cmocka_unit_test_setup_teardown(killed_in_the_middle, begin_real, end),
        cmocka_unit_test_setup_teardown(killed_while_it_rests, begin_real, end),
        cmocka_unit_test_setup_teardown(a_cut_model_says_so, begin_real, end),
        cmocka_unit_test_setup_teardown(one_model_at_a_time, begin_real, end),
        cmocka_unit_test_setup_teardown(it_rests_when_nobody_asks, begin_real, end),
        cmocka_unit_test_setup_teardown(unloaded_by_hand, begin_real, end),
        cmocka_unit_test_setup_teardown(the_end_of_weir_ends_a_stream, begin_real, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
