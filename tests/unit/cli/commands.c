/* The table of commands, wrong words, options, tables and sizes: what needs no daemon. */
/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "cli/simple.h"

#include <stdlib.h>

/* What fn printed on stdout and stderr. */
static struct {
    char out[1 << 16], err[1 << 14];
    int code;
} said;

static void read_back(FILE *f, char *to, size_t size) {
    rewind(f);
    to[fread(to, 1, size - 1, f)] = 0;
    fclose(f);
}

static int no_serve(int argc, char **argv) {
    (void)argc;
    (void)argv;
    return 77;
}

/* weir WORD WORD …, its output caught in said. */
static void weir(const char *a_opt, const char *b_opt, const char *c_opt) {
    const char *argv[] = {"weir", a_opt, b_opt, c_opt, NULL};
    int argc = 1;
    while (argv[argc]) {
        argc++;
    }
    fflush(stdout);
    fflush(stderr);
    int keep[2] = {dup(1), dup(2)};
    FILE *files[2] = {tmpfile(), tmpfile()};
    dup2(fileno(files[0]), 1);
    dup2(fileno(files[1]), 2);
    said.code = cli_main(argc, (char **)(uintptr_t)argv, no_serve);
    fflush(stdout);
    fflush(stderr);
    dup2(keep[0], 1);
    dup2(keep[1], 2);
    close(keep[0]);
    close(keep[1]);
    read_back(files[0], said.out, sizeof said.out);
    read_back(files[1], said.err, sizeof said.err);
}

static bool has(const char *text, const char *part) {
    return strstr(text, part) != NULL;
}

static void every_row_is_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < CLI_COMMAND_COUNT; i++) {
        const struct cli_command *c = CLI_COMMANDS[i];
        char example[64];
        snprintf(example, sizeof example, "  weir %s", c->name);
        assert_true(c->run && strlen(c->summary) > 5 && strlen(c->summary) < 72);
        assert_true(has(c->help, example));
        weir(c->name, "--help", NULL);
        assert_int_equal(said.code, 0);
        assert_true(has(said.out, c->summary) && said.err[0] == 0);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(c->name, CLI_COMMANDS[k]->name);
        }
        weir("help", c->name, NULL);
        assert_true(has(said.out, example));
        weir("--help", NULL, NULL);
        assert_true(has(said.out, c->summary));
    }
}

static void wrong_words(void **state) {
    (void)state;
    static const char *const words[][3] = {{"leger", NULL, "`ledger`"},
                                           {"leger", "show", "`ledger`"},
                                           {"polcy", "edit", "`policy`"},
                                           {"help", "modles", "`models`"},
                                           {"xyzzyxyzzy", NULL, "no command"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        weir(words[i][0], words[i][1], NULL);
        assert_int_equal(said.code, 2);
        assert_true(has(said.err, words[i][2]) && said.out[0] == 0);
    }
    weir("version", "--jsno", NULL);
    assert_true(said.code == 2 && has(said.err, "did you mean --json"));
    weir("version", "word", NULL);
    assert_true(said.code == 2 && has(said.err, "`word`"));
    weir("ask", "--model", NULL);
    assert_true(said.code == 2 && has(said.err, "needs a value"));
}

static void what_needs_no_daemon(void **state) {
    (void)state;
    weir("version", NULL, NULL);
    assert_string_equal(said.out, "weir " WEIR_VERSION "\n");
    weir("--version", "--json", NULL);
    assert_string_equal(said.out, "{\"version\":\"" WEIR_VERSION "\"}\n");
    setenv("XDG_CONFIG_HOME", "/nowhere/config", 1);
    weir("config", "path", NULL);
    assert_string_equal(said.out, "/nowhere/config/weir/weir.toml\n");
    weir("pull", "qwen3-4b", NULL);
    assert_true(said.code == 1 && has(said.err, "not there yet"));
    weir("serve", "--port", "0");
    assert_int_equal(said.code, 77);
    weir("completion", "bash", NULL);
    assert_true(has(said.out, "policy) words='show check explain test edit reset'"));
}

static void options_in_any_order(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    bool json = false;
    struct str model = {0};
    const struct option o[] = {{"--json", NULL, &json, NULL}, {"--model", "-m", NULL, &model}};
    struct words w = {0};
    const char *argv[] = {"ask", "one",         "-m", "x",      "--json",
                          "two", "--model=y z", "--", "--json", "-"};
    assert_true(options_read(&a, ARRAY_LEN(argv), (char **)(uintptr_t)argv, o, 2, &w));
    assert_true(json && str_is(model, "y z") && w.count == 4);
    assert_true(str_is(w.list[2], "--json") && str_is(w.list[3], "-"));
    arena_end(&a);
}

static void sizes(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    static const struct {
        int64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"}, {999, "999 B"}, {1400, "1.4 kB"}, {98000000, "98 MB"}, {1234567890, "1.2 GB"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_true(str_is(out_size(&a, rows[i].bytes), rows[i].text));
    }
    arena_end(&a);
}

/* Columns are as wide as their longest cell, counted in characters. */
static void tables(void **state) {
    (void)state;
    struct arena a = arena_make(1 << 20);
    struct table t = {.a = &a, .columns = 2};
    table_row(&t, (struct str[]){STR("A"), STR("B")});
    table_row(&t, (struct str[]){STR("ää"), STR("x")});
    FILE *f = tmpfile();
    table_print(&t, f);
    char text[100];
    read_back(f, text, sizeof text);
    assert_string_equal(text, "A   B\nää  x\n");
    arena_end(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(wrong_words),
        cmocka_unit_test(what_needs_no_daemon),
        cmocka_unit_test(options_in_any_order),
        cmocka_unit_test(sizes),
        cmocka_unit_test(tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
