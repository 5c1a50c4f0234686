/* Which models there are: names, places, doubles, broken files, and what a rescan changes. */
#include "engine/inside.h"
#include "fixture.h"

static void check_name(const char *file, const char *name, const char *quantisation) {
    struct str q = {0};
    struct str n = catalogue_name(&fx.arena, str_of(file), &q);
    assert_string_equal(str_cstr(&fx.arena, n), name);
    assert_string_equal(str_cstr(&fx.arena, q), quantisation);
}

static void names_are_lower_case_without_quantisation(void **state) {
    (void)state;
    check_name("SmolLM2-135M-Instruct.Q4_1.gguf", "smollm2-135m-instruct", "Q4_1");
    check_name("qwen2.5-7b-instruct-q4_k_m.GGUF", "qwen2.5-7b-instruct", "q4_k_m");
    check_name("Big-IQ2_XXS-00001-of-00004.gguf", "big", "IQ2_XXS");
    check_name("gpt-oss-20b-MXFP4.gguf", "gpt-oss-20b", "MXFP4");
    check_name("minilm.F16.gguf", "minilm", "F16");
    check_name("plain.gguf", "plain", "");
    check_name("q4.gguf", "q4", "");
    check_name(".gguf", ".gguf", "");
    check_name("model-GGUF-Q8_0.gguf", "model-gguf", "Q8_0");
}

static struct engine_model *models(size_t *n) {
    struct engine_model *v = NULL;
    *n = engine_models(fx.engine, &fx.arena, &v);
    return v;
}

static void put_in(const char *folder, const char *name) {
    struct err e = {0};
    struct str dir = path_join(&fx.arena, str_of(fx.dir), folder);
    assert_true(dir_make(dir.ptr, 0700, &e));
    AUTO_BUF b = {.max = 4096};
    put_model(&b, "llama", 2048);
    save(path_join(&fx.arena, dir, name).ptr, buf_str(&b), 0600);
}

static void every_place_is_read(void **state) {
    (void)state;
    put_in("data/models", "own.gguf");
    put_in("folder/deep/er", "zeta.Q4_0.gguf");
    put_in("home/.cache/huggingface/hub/models--a--b/snapshots/1234", "hugging.gguf");
    put_in("home/.lmstudio/models/pub/m", "studio.gguf");
    put_in("home/.ollama/models/blobs", "sha256-abc");
    put_in("folder", "mmproj-vision.gguf");        /* no model by itself */
    put_in("folder", "parts-00002-of-00002.gguf"); /* the first part stands for all */
    put_in("folder", "parts-00001-of-00002.gguf");
    put_in("folder", "notes.txt");
    struct err e = {0};
    const char *manifests = in_dir("home/.ollama/models/manifests/registry/library/llama3");
    assert_true(dir_make(manifests, 0700, &e));
    struct str manifest =
        STR("{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.license\",\"digest\":"
            "\"sha256:zzz\"},{\"mediaType\":\"application/vnd.ollama.image.model\",\"digest\":"
            "\"sha256:abc\"}]}");
    save(str_fmt(&fx.arena, "%s/latest", manifests).ptr, manifest, 0600);
    save(str_fmt(&fx.arena, "%s/broken", manifests).ptr, STR("{"), 0600);
    save(str_fmt(&fx.arena, "%s/climbs", manifests).ptr,
         STR("{\"layers\":[{\"mediaType\":\"application/vnd.ollama.image.model\",\"digest\":"
             "\"sha256:../../../../data/models/own.gguf\"}]}"),
         0600);
    fx.o.default_model = STR("studio");
    start_engine();
    size_t n = 0;
    const struct engine_model *v = models(&n);
    static const char *const want[][2] = {{"studio", "lmstudio"}, {"hugging", "huggingface"},
                                          {"llama3", "ollama"},   {"own", "weir"},
                                          {"parts", "dir"},       {"zeta", "dir"}};
    assert_int_equal(n, ARRAY_LEN(want)); /* the default first, then by name */
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(v[i].name.ptr, want[i][0]);
        assert_string_equal(v[i].source.ptr, want[i][1]);
        assert_int_equal(v[i].problem.len, 0);
        assert_int_equal(v[i].context_tokens, 2048);
        assert_string_equal(v[i].architecture.ptr, "llama");
        assert_string_equal(v[i].title.ptr, "A Model");
        assert_int_equal(v[i].state, ENGINE_STOPPED);
    }
}

static void doubles_get_their_quantisation(void **state) {
    (void)state;
    put_in("folder", "m.Q4_0.gguf");
    put_in("folder", "m.Q8_0.gguf");
    put_in("folder/sub", "m.Q8_0.gguf"); /* a third of the same name: no name left */
    assert_int_equal(symlink(str_fmt(&fx.arena, "%s/m.Q4_0.gguf", fx.models).ptr,
                             str_fmt(&fx.arena, "%s/z-link.gguf", fx.models).ptr),
                     0);
    assert_int_equal(symlink(fx.models, str_fmt(&fx.arena, "%s/loop", fx.models).ptr), 0);
    start_engine();
    size_t n = 0;
    const struct engine_model *v = models(&n);
    assert_int_equal(n, 2);
    assert_string_equal(v[0].name.ptr, "m");
    assert_string_equal(v[0].quantisation.ptr, "Q4_0");
    assert_string_equal(v[1].name.ptr, "m:q8_0");
}

static void settings_change_the_context(void **state) {
    (void)state;
    struct engine_set sets[] = {{.name = STR("A"), .context = 512},
                                {.name = STR("none"), .context = 1, .slots = 1}};
    put_in("folder", "a.gguf");
    put_in("folder", "b.gguf");
    AUTO_BUF b = {.max = 4096};
    put_model(&b, "llama", 131072);
    save(str_fmt(&fx.arena, "%s/long.gguf", fx.models).ptr, buf_str(&b), 0600);
    fx.o.sets = sets;
    fx.o.set_count = 2;
    start_engine();
    size_t n = 0;
    const struct engine_model *v = models(&n);
    assert_int_equal(n, 3);
    assert_int_equal(v[0].context_tokens, 512);
    assert_int_equal(v[1].context_tokens, 2048);
    assert_int_equal(v[2].context_tokens, 8192); /* its own is more than the default */
    assert_int_equal(v[2].trained_tokens, 131072);
}

static void broken_files_are_listed_with_their_problem(void **state) {
    (void)state;
    save(str_fmt(&fx.arena, "%s/cut.gguf", fx.models).ptr, STR("GGUF\3\0\0\0\0\0\0\0"), 0600);
    save(str_fmt(&fx.arena, "%s/page.gguf", fx.models).ptr, STR("<html>404</html>"), 0600);
    save(str_fmt(&fx.arena, "%s/empty.gguf", fx.models).ptr, STR(""), 0600);
    save_script("exit 1");
    start_engine();
    size_t n = 0;
    const struct engine_model *v = models(&n);
    assert_int_equal(n, 3);
    for (size_t i = 0; i < n; i++) {
        assert_true(str_contains(v[i].problem, v[i].path)); /* which file */
    }
    check_refused("cut", ERR_UNAVAILABLE, "damaged");
    check_refused("page", ERR_UNAVAILABLE, "no GGUF");
    struct loading *l = loading("cut", false);
    wait_for(&l->end);
    assert_true(l->failed && strstr(l->err.text, "damaged"));
    assert_int_equal(count_of("starting"), 0);
}

/* What a rescan from another thread has found is there when it returns. */
static void a_rescan_sees_what_came_and_went(void **state) {
    (void)state;
    put_in("folder", "a.gguf");
    start_engine();
    struct engine_model m = {0};
    assert_true(engine_find(fx.engine, &fx.arena, STR("A"), &m)); /* any case */
    put_in("folder", "b.gguf");
    assert_false(engine_find(fx.engine, &fx.arena, STR("b"), &m));
    engine_rescan(fx.engine);
    assert_true(engine_find(fx.engine, &fx.arena, STR("b"), &m));
    assert_int_equal(unlink(m.path.ptr), 0);
    engine_rescan(fx.engine);
    assert_false(engine_find(fx.engine, &fx.arena, STR("b"), &m));
    size_t n = 0;
    models(&n);
    assert_int_equal(n, 1);
}

static void reconfigure(void *arg) {
    engine_reconfigure(fx.engine, arg);
}

static void another_folder_and_another_binary(void **state) {
    (void)state;
    put_in("folder", "a.gguf");
    put_in("other", "b.gguf");
    start_engine();
    assert_int_equal(engine_binary(fx.engine, &fx.arena).len, 0);
    struct engine_options o = fx.o;
    struct str dirs[] = {str_of(in_dir("other"))};
    o.dirs = dirs;
    o.binary = STR("/bin/true");
    on_loop(reconfigure, &o);
    assert_string_equal(engine_binary(fx.engine, &fx.arena).ptr, "/bin/true"); /* at once */
    engine_rescan(fx.engine);
    size_t n = 0;
    const struct engine_model *v = models(&n);
    assert_int_equal(n, 1);
    assert_string_equal(v[0].name.ptr, "b");
}

static void the_binary_is_looked_for(void **state) {
    (void)state;
    put_in("folder", "a.gguf");
    fx.o.binary = STR("");
    setenv("PATH", str_fmt(&fx.arena, "%s/none:relative:/usr/bin:/bin", fx.dir).ptr, 1);
    start_engine();
    struct str found = engine_binary(fx.engine, &fx.arena);
    if (!found.len) { /* none installed */
        struct err e = {0};
        assert_true(dir_make(in_dir("data/engine"), 0700, &e));
        save(in_dir("data/engine/llama-server"), STR("#!/bin/sh\n"), 0600);
        engine_rescan(fx.engine);
        assert_int_equal(engine_binary(fx.engine, &fx.arena).len, 0); /* without a run bit */
        assert_int_equal(chmod(in_dir("data/engine/llama-server"), 0700), 0);
        engine_rescan(fx.engine);
        assert_string_equal(engine_binary(fx.engine, &fx.arena).ptr,
                            in_dir("data/engine/llama-server"));
    }
    save_script("exit 1");
    setenv("PATH", str_fmt(&fx.arena, "%s:/usr/bin:/bin", fx.dir).ptr, 1);
    engine_rescan(fx.engine);
    assert_string_equal(engine_binary(fx.engine, &fx.arena).ptr, fx.binary); /* PATH comes first */
}

static void speeds_are_smoothed(void **state) {
    (void)state;
    put_in("folder", "a.gguf");
    start_engine();
    engine_measured(fx.engine, STR("a"), 100, 40);
    engine_measured(fx.engine, STR("a"), 200, 60);
    engine_measured(fx.engine, STR("a"), -1, 0);
    engine_measured(fx.engine, STR("a"), 1e300, 1e300);
    engine_measured(fx.engine, STR("none"), 5, 5);
    struct engine_model m = {0};
    assert_true(engine_find(fx.engine, &fx.arena, STR("a"), &m));
    assert_int_equal(m.tokens_per_second, 125);
    assert_int_equal(m.first_ms, 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_lower_case_without_quantisation, begin, end),
        cmocka_unit_test_setup_teardown(every_place_is_read, begin, end),
        cmocka_unit_test_setup_teardown(doubles_get_their_quantisation, begin, end),
        cmocka_unit_test_setup_teardown(settings_change_the_context, begin, end),
        cmocka_unit_test_setup_teardown(broken_files_are_listed_with_their_problem, begin, end),
        cmocka_unit_test_setup_teardown(a_rescan_sees_what_came_and_went, begin, end),
        cmocka_unit_test_setup_teardown(another_folder_and_another_binary, begin, end),
        cmocka_unit_test_setup_teardown(the_binary_is_looked_for, begin, end),
        cmocka_unit_test_setup_teardown(speeds_are_smoothed, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
