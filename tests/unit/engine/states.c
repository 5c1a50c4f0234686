/* A model's life when its process misbehaves: shell scripts in the engine's place. */
#include "fixture.h"

static void without_an_engine(void **state) {
    (void)state;
    save_model("a.gguf");
    start_engine();
    check_refused("a", ERR_UNAVAILABLE, "configured llama-server is not there");
    check_refused("none", ERR_NOT_FOUND, "no local model `none`");
    struct loading *l = loading("a", false);
    wait_for(&l->end);
    assert_true(l->failed && l->err.kind == ERR_UNAVAILABLE);
    l = loading("none", false);
    wait_for(&l->end);
    assert_true(l->failed && l->err.kind == ERR_NOT_FOUND);
    l = loading("none", true);
    wait_for(&l->end);
    assert_true(l->failed && l->err.kind == ERR_NOT_FOUND);
    l = loading("a", true); /* does not run: it is unloaded */
    wait_for(&l->end);
    assert_false(l->failed);
    assert_int_equal(count_of(":"), 0);
    struct str text = engine_isolation(fx.engine, &fx.arena);
    assert_true(str_contains(text, STR("not started yet")));
}

static void more_than_the_budget(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("exit 1");
    fx.o.memory_bytes = 1;
    start_engine();
    check_refused("a", ERR_UNAVAILABLE, "[engine] memory");
}

/* The first complaint is told, once to everybody who waits, and nothing starts in between. */
static void a_model_that_does_not_load(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("echo all fine; echo 'error: the cause of it'; echo failed to go on >&2; exit 3");
    start_engine();
    struct call calls[3];
    for (int i = 0; i < 3; i++) {
        call_init(&calls[i], "a", "/x", "{}");
    }
    struct loading *l = loading_make("a", false);
    on_loop(begin_together, &(struct together){{&calls[0], &calls[1], &calls[2]}, l});
    for (int i = 0; i < 3; i++) {
        check_fails(&calls[i], ERR_UNAVAILABLE,
                    "could not load a (exit 3): error: the cause of it");
        buf_finish(&calls[i].got);
    }
    wait_for(&l->end);
    assert_true(l->failed && strstr(l->err.text, "the cause"));
    wait_state("a:starting a:failed");
    assert_int_equal(count_of("starting"), 1);
    assert_int_equal(state_of("a"), ENGINE_FAILED);
}

static bool is_quarantined(const char *model) {
    struct engine_model m = {0};
    assert_true(engine_find(fx.engine, &fx.arena, str_of(model), &m));
    return m.quarantined;
}

static void three_crashes_and_it_rests(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("kill -9 $$");
    start_engine();
    for (int i = 0; i < 3; i++) {
        assert_false(is_quarantined("a"));
        check_refused("a", ERR_UNAVAILABLE, "signal 9");
    }
    assert_true(is_quarantined("a"));
    check_refused("a", ERR_UNAVAILABLE, "weir models load a");
    assert_int_equal(count_of("starting"), 3);
    struct loading *l = loading("a", false); /* by hand it is tried */
    wait_for(&l->end);
    assert_true(l->failed);
    assert_false(is_quarantined("a"));
    assert_int_equal(count_of("starting"), 4);
    check_refused("a", ERR_UNAVAILABLE, "signal 9");
    check_refused("a", ERR_UNAVAILABLE, "signal 9");
    assert_true(is_quarantined("a"));
    AUTO_BUF b = {.max = 8192}; /* another file under that name gets its chance */
    put_model(&b, "llama", 2048);
    buf_add(&b, STR("more than before"));
    save(str_fmt(&fx.arena, "%s/a.gguf", fx.models).ptr, buf_str(&b), 0600);
    engine_rescan(fx.engine);
    assert_false(is_quarantined("a"));
}

static void an_engine_for_another_processor_is_said_to_be_one(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("kill -ILL $$");
    start_engine();
    check_refused("a", ERR_UNAVAILABLE, "built for another processor");
}

/* Whoever hears of the end may ask again at once, or give up another call. */
static void callbacks_may_call_again_and_cancel(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("exit 3");
    start_engine();
    struct call first;
    struct call second;
    struct call third;
    call_init(&first, "a", "/x", "{}");
    call_init(&second, "a", "/x", "{}");
    call_init(&third, "a", "/x", "{}");
    first.retry = true;
    first.cancel_too = &second;
    on_loop(begin_together, &(struct together){.calls = {&first, &second, &third}});
    check_fails(&third, ERR_UNAVAILABLE, "could not load");
    wait_for(&first.end);
    assert_int_equal(first.ends, 2);
    assert_int_equal(second.ends, 0);
    assert_int_equal(count_of("starting"), 2);
    buf_finish(&first.got);
    buf_finish(&second.got);
    buf_finish(&third.got);
}

static void waiting_calls_can_be_given_up(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("exec sleep 1000");
    start_engine();
    struct call stays;
    struct call goes;
    call_init(&stays, "a", "/x", "{}");
    call_init(&goes, "a", "/x", "{}");
    on_loop(call_begin, &goes);
    on_loop(call_begin, &stays);
    wait_state("a:starting");
    on_loop(call_cancel, &goes);
    struct loading *load = loading("a", false);
    struct loading *unload = loading("a", true);
    check_fails(&stays, ERR_UNAVAILABLE, "unloaded");
    wait_for(&load->end);
    assert_true(load->failed);
    wait_for(&unload->end);
    assert_false(unload->failed);
    assert_int_equal(goes.ends, 0);
    assert_true(saw("a:starting a:draining a:stopped"));
    assert_int_equal(count_of("starting"), 1); /* and it stays unloaded */
    buf_finish(&stays.got);
    buf_finish(&goes.got);
}

static void a_process_that_will_not_end_is_killed(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("trap '' TERM; exec sleep 1000");
    start_engine();
    struct call c;
    call_init(&c, "a", "/x", "{}");
    on_loop(call_begin, &c);
    wait_state("a:starting");
    struct loading *unload = loading("a", true);
    wait_for(&unload->end);
    assert_true(saw("a:draining a:stopped"));
    buf_finish(&c.got);
}

static void the_end_of_weir_ends_everything(void **state) {
    (void)state;
    save_model("a.gguf");
    save_model("b.gguf");
    save_script("exec sleep 1000");
    start_engine();
    struct call a;
    struct call b;
    call_init(&a, "a", "/x", "{}");
    call_init(&b, "b", "/x", "{}");
    on_loop(call_begin, &a);
    on_loop(call_begin, &b);
    wait_state("a:starting");
    loop_post(fx.loop, end_on_loop, NULL);
    pthread_join(fx.thread, NULL);
    assert_int_equal(a.ends, 1);
    assert_int_equal(b.ends, 1);
    assert_non_null(strstr(b.err.text, "stopping"));
    assert_true(saw("a:starting a:draining a:stopped"));
    assert_false(saw("b:"));
    buf_finish(&a.got);
    buf_finish(&b.got);
    engine_free(fx.engine);
    fx.engine = NULL; /* end() has less to do */
}

static void begin_two(void *arg) {
    struct call *c = arg;
    call_begin(&c[0]);
    call_begin(&c[1]);
    assert_true(c[0].handle && c[1].handle); /* they exist before they are told */
}

static void nowhere_to_put_the_socket(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("exec sleep 1000");
    save(in_dir("file"), STR(""), 0600);
    fx.o.runtime_dir = str_of(in_dir("file"));
    start_engine();
    struct call c[2];
    call_init(&c[0], "a", "/x", "{}");
    call_init(&c[1], "a", "/x", "{}");
    on_loop(begin_two, c);
    for (int i = 0; i < 2; i++) {
        check_fails(&c[i], ERR_UNAVAILABLE, "cannot make the folder");
        buf_finish(&c[i].got);
    }
    check_refused("a", ERR_UNAVAILABLE, "cannot make the folder");
    assert_int_equal(count_of("starting"), 2); /* once for the two, once for the third */
}

static void a_folder_too_long_for_a_socket(void **state) {
    (void)state;
    save_model("a.gguf");
    save_script("exec sleep 1000");
    fx.o.runtime_dir = str_of(in_dir("a-folder-whose-name-is-so-long-that-no-socket-address-can-"
                                     "hold-it-because-those-have-108-bytes"));
    start_engine();
    check_refused("a", ERR_UNAVAILABLE, "XDG_RUNTIME_DIR");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_an_engine, begin, end),
        cmocka_unit_test_setup_teardown(more_than_the_budget, begin, end),
        cmocka_unit_test_setup_teardown(a_model_that_does_not_load, begin, end),
        cmocka_unit_test_setup_teardown(three_crashes_and_it_rests, begin, end),
        cmocka_unit_test_setup_teardown(an_engine_for_another_processor_is_said_to_be_one, begin,
                                        end),
        cmocka_unit_test_setup_teardown(callbacks_may_call_again_and_cancel, begin, end),
        cmocka_unit_test_setup_teardown(waiting_calls_can_be_given_up, begin, end),
        cmocka_unit_test_setup_teardown(a_process_that_will_not_end_is_killed, begin, end),
        cmocka_unit_test_setup_teardown(the_end_of_weir_ends_everything, begin, end),
        cmocka_unit_test_setup_teardown(nowhere_to_put_the_socket, begin, end),
        cmocka_unit_test_setup_teardown(a_folder_too_long_for_a_socket, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
