/* Reading a GGUF file's head: what is in it, and that nothing broken gets through. */
/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "engine/gguf.h"
#include "make_gguf.h"

#include <sys/stat.h>

static struct arena arena;
static struct buf b;
static char path[64];

static int begin(void **state) {
    (void)state;
    arena = arena_make(1 << 20);
    buf_init(&b, 64 << 20);
    snprintf(path, sizeof path, "/tmp/weir-gguf-XXXXXX");
    int fd = mkstemp(path);
    return fd >= 0 ? close(fd) : -1;
}

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    buf_finish(&b);
    return unlink(path);
}

static void save(void) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_true(b.len == 0 || fwrite(b.ptr, 1, b.len, f) == b.len);
    assert_int_equal(fclose(f), 0);
}

/* From memory and from the file: both must say the same. */
static bool read_it(struct gguf *out, struct err *e) {
    struct gguf other = {0};
    struct err other_e = {0};
    *e = (struct err){0};
    bool ok = gguf_read(&arena, buf_str(&b), out, e);
    save();
    assert_int_equal(gguf_read_file(&arena, path, &other, &other_e), ok);
    if (ok) {
        assert_true(str_eq(out->architecture, other.architecture));
        assert_true(str_eq(out->title, other.title));
        assert_int_equal(out->context_tokens, other.context_tokens);
        assert_int_equal(out->tools, other.tools);
    } else {
        assert_string_equal(e->text, other_e.text);
        assert_int_equal(e->kind, ERR_INVALID);
    }
    return ok;
}

static void what_a_model_says_of_itself(void **state) {
    (void)state;
    struct gguf g = {0};
    struct err e = {0};
    put_head(&b, 3, 11);
    put_pair(&b, "general.architecture", "llama");
    put_pair(&b, "general.name", "Some Model");
    put_pair(&b, "general.size_label", "135M");
    put_text(&b, STR("llama.context_length"));
    put_number(&b, GGUF_U64, 4);
    put_number(&b, 1ULL << 40, 8); /* clipped, not wrapped */
    put_text(&b, STR("nested"));
    put_number(&b, GGUF_ARRAY, 4);
    put_number(&b, GGUF_ARRAY, 4);
    put_number(&b, 1, 8);
    put_number(&b, GGUF_U32, 4);
    put_number(&b, 3, 8);
    put_number(&b, 0, 12);
    put_texts(&b, "tokenizer.ggml.tokens", 50000, STR("a word")); /* more than one window */
    put_pair(&b, "tokenizer.chat_template", "{% if tools %}{{ tools }}{% endif %}");
    put_u32(&b, "llama.block_count", 30);
    put_u32(&b, "llama.embedding_length", 576);
    put_u32(&b, "llama.attention.head_count", 9);
    put_u32(&b, "llama.attention.head_count_kv", 3);
    assert_true(read_it(&g, &e));
    assert_true(str_is(g.architecture, "llama"));
    assert_true(str_is(g.title, "Some Model"));
    assert_true(str_is(g.size_label, "135M"));
    assert_int_equal(g.context_tokens, INT32_MAX);
    assert_true(g.has_template && g.tools);
    assert_false(g.embeddings);
    assert_int_equal(gguf_token_bytes(&g), 30 * 3 * (64 + 64) * 2);
    g.key = 128; /* said outright, it counts */
    assert_int_equal(gguf_token_bytes(&g), 30 * 3 * (128 + 64) * 2);
    g.kv_heads = 0; /* no heads shared */
    assert_int_equal(gguf_token_bytes(&g), 30 * 9 * (128 + 64) * 2);
    g.layers = INT32_MAX;
    assert_int_equal(gguf_token_bytes(&g), 0);
    assert_int_equal(gguf_token_bytes(&(struct gguf){0}), 0);
}

static void a_template_longer_than_the_window(void **state) {
    (void)state;
    struct gguf g = {0};
    struct err e = {0};
    AUTO_FREE char *text = malloc(300001);
    memset(text, 'x', 300000);
    memcpy(text + 299990, "tools", 5);
    text[300000] = 0;
    put_head(&b, 2, 3);
    put_pair(&b, "tokenizer.chat_template", text);
    put_u32(&b, "bert.pooling_type", 1);
    put_pair(&b, "general.architecture", "bert");
    assert_true(read_it(&g, &e));
    assert_true(g.tools && g.embeddings);
    assert_int_equal(g.context_tokens, 0);
}

/* Cut at any byte of the pairs it is damaged, never more than that. */
static void a_cut_file_is_told_apart(void **state) {
    (void)state;
    struct gguf g = {0};
    struct err e = {0};
    put_model(&b, "llama", 2048);
    size_t whole = b.len;
    assert_true(read_it(&g, &e));
    for (size_t n = 0; n < whole; n++) {
        b.len = n;
        AUTO_FREE char *exact = malloc(n ? n : 1); /* so that the sanitizer sees the end */
        memcpy(exact, b.ptr, n);
        assert_false(gguf_read(&arena, (struct str){exact, n}, &g, &e));
        assert_int_equal(e.kind, ERR_INVALID);
        if (n % 16 == 0) {
            assert_false(read_it(&g, &e));
        }
    }
}

static void refuse(const char *why) {
    struct gguf g = {0};
    struct err e = {0};
    assert_false(read_it(&g, &e));
    assert_non_null(strstr(e.text, why));
    buf_clear(&b);
}

static void what_is_no_model_is_refused(void **state) {
    (void)state;
    refuse("no GGUF");
    buf_add(&b, STR("<html>404 not found</html>"));
    refuse("no GGUF");
    put_head(&b, 4, 0);
    refuse("unknown version");
    put_head(&b, 1, 0);
    refuse("unknown version");
    put_head(&b, 3, UINT64_MAX);
    refuse("damaged");
    put_head(&b, 3, 0);
    refuse("architecture");
    put_head(&b, 3, 1);
    put_number(&b, UINT64_MAX, 8); /* a key of all the bytes there are */
    refuse("damaged");
    put_head(&b, 3, 1);
    put_text(&b, STR("key"));
    put_number(&b, 99, 4); /* of no type there is */
    refuse("damaged");
    for (int inner = 0; inner < 14; inner++) { /* more elements than bytes, of every type */
        put_head(&b, 3, 1);
        put_text(&b, STR("key"));
        put_number(&b, GGUF_ARRAY, 4);
        put_number(&b, (uint64_t)inner, 4);
        put_number(&b, 1ULL << 61, 8);
        put_number(&b, 0, 64);
        refuse("damaged");
    }
    put_head(&b, 3, 1);
    put_text(&b, STR("deep"));
    put_number(&b, GGUF_ARRAY, 4);
    for (int i = 0; i < 100; i++) {
        put_number(&b, GGUF_ARRAY, 4);
        put_number(&b, 1, 8);
    }
    refuse("damaged");
}

static void what_cannot_be_read(void **state) {
    (void)state;
    struct gguf g = {0};
    struct err e = {0};
    assert_false(gguf_read_file(&arena, "/no/such/file", &g, &e));
    assert_int_equal(e.kind, ERR_NOT_FOUND);
    assert_false(gguf_read_file(&arena, "/tmp", &g, &e));
    assert_int_equal(e.kind, ERR_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_a_model_says_of_itself, begin, end),
        cmocka_unit_test_setup_teardown(a_template_longer_than_the_window, begin, end),
        cmocka_unit_test_setup_teardown(a_cut_file_is_told_apart, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_model_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_read, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
