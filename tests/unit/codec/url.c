/* URLs: parts, defaults, everything that makes two readers see two different hosts. */
#include "codec/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct arena arena;

static int end(void **state) {
    (void)state;
    arena_end(&arena);
    return 0;
}

static void check(const char *text, const char *expected) {
    struct url u = {0};
    struct err e = {0};
    if (!url_parse(&arena, str_of(text), &u, &e)) {
        fail_msg("%s: %s", text, e.text);
    }
    struct str s = str_fmt(&arena, STR_FMT "|" STR_FMT "|" STR_FMT "|%d|" STR_FMT "|" STR_FMT "|%d",
                           STR_ARG(u.scheme), STR_ARG(u.user), STR_ARG(u.host), u.port,
                           STR_ARG(u.path), STR_ARG(u.query), u.ipv6);
    if (!str_is(s, expected)) {
        fail_msg("%s: " STR_FMT " is not %s", text, STR_ARG(s), expected);
    }
}

static void test_parts(void **state) {
    (void)state;
    check("https://api.example.com/v1", "https||api.example.com|443|/v1||0");
    check("HTTP://API.Example.COM", "http||api.example.com|80|/||0");
    check("http://localhost:8080/a/b?x=1&y=%20#frag", "http||localhost|8080|/a/b|x=1&y=%20|0");
    check("http://user:pw@h:1/", "http|user:pw|h|1|/||0");
    check("http://h:/p", "http||h|80|/p||0");
    check("http://h?q", "http||h|80|/|q|0");
    check("http://h#f?no", "http||h|80|/||0");
    check("http://h/?", "http||h|80|/||0");
    check("https://[2001:DB8::1]:8443/x", "https||2001:db8::1|8443|/x||1");
    check("http://[::1]", "http||::1|80|/||1");
    check("http://127.0.0.1:65535/@:!$&'()*+,;=~", "http||127.0.0.1|65535|/@:!$&'()*+,;=~||0");
    check("http://h/a%2Fb?c=d?e/f", "http||h|80|/a%2Fb|c=d?e/f|0");
}

static void test_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "ftp://h/",
                                      "file:///etc/passwd",
                                      "//h/",
                                      "h/p",
                                      "http:/h",
                                      "http:h",
                                      "http://",
                                      "http:///p",
                                      "http://:80/",
                                      "http://h:0/",
                                      "http://h:65536/",
                                      "http://h:x/",
                                      "http://h:1:2/",
                                      "http://h:+1/",
                                      "http://h h/",
                                      "http://h\\@evil/",
                                      "http://h\t/",
                                      "http://h\n/",
                                      "http://h%00/",
                                      "http://%61/",
                                      "http://h\xc3\xa4/",
                                      "http://[::1/",
                                      "http://[::1]x/",
                                      "http://[]/",
                                      "http://[1.2.3.4]/",
                                      "http://[::1%25eth0]/",
                                      "http://::1/",
                                      "http://a@b@c/",
                                      "http://h/a b",
                                      "http://h/\xc3\xa4",
                                      "http://h/%",
                                      "http://h/%4",
                                      "http://h/%zz",
                                      "http://h/a\\b",
                                      "http://h/<x>",
                                      "http://h/\"",
                                      "http://h/{x}",
                                      "http://h/?a b",
                                      "http://h/#a b",
                                      "http://h/^",
                                      " http://h/",
                                      "http://h/ ",
                                      "http://h/[x]",
                                      "http://h<>/",
                                      "http://us er@h/"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct url u = {.port = 7};
        struct err e = {0};
        if (url_parse(&arena, str_of(bad[i]), &u, &e)) {
            fail_msg("accepted: %s", bad[i]);
        }
        assert_int_equal(e.kind, ERR_INVALID);
        assert_int_equal(u.port, 7);
    }
    struct url u = {0};
    struct err e = {0};
    assert_false(url_parse(&arena, (struct str){"http://a\0b/", 11}, &u, &e));
    assert_false(url_parse(&arena, (struct str){"http://a/\0", 10}, &u, &e));
    assert_false(url_parse(&arena, (struct str){"http://[::1\0]/", 14}, &u, &e));
}

static void test_percent(void **state) {
    (void)state;
    assert_true(str_is(url_decode(&arena, STR("%41%4a%4B+%zz%4%")), "AJK+%zz%4%"));
    assert_true(str_is(url_decode(&arena, STR("")), ""));
    assert_int_equal(url_decode(&arena, STR("%00x")).len, 2);
    assert_true(str_is(url_decode(&arena, STR("%2541")), "%41"));
    AUTO_BUF b = {.max = 4096};
    char all[256];
    for (int i = 0; i < 256; i++) {
        all[i] = (char)i;
    }
    assert_true(url_encode(&b, (struct str){all, sizeof all}));
    assert_true(str_eq(url_decode(&arena, buf_str(&b)), (struct str){all, sizeof all}));
    buf_clear(&b);
    assert_true(url_encode(&b, STR("aZ09-._~ /+\xc3\xa4")));
    assert_true(str_is(buf_str(&b), "aZ09-._~%20%2F%2B%C3%A4"));
}

static void test_query(void **state) {
    (void)state;
    struct str q = STR("a=1&&b=%41%20b&c&d=&a=2&%65=x&f=y=z");
    assert_true(str_is(url_query(&arena, q, "a"), "1"));
    assert_true(str_is(url_query(&arena, q, "b"), "A b"));
    assert_true(str_is(url_query(&arena, q, "c"), ""));
    assert_non_null(url_query(&arena, q, "c").ptr);
    assert_non_null(url_query(&arena, q, "d").ptr);
    assert_true(str_is(url_query(&arena, q, "e"), "x"));
    assert_true(str_is(url_query(&arena, q, "f"), "y=z"));
    assert_null(url_query(&arena, q, "g").ptr);
    assert_null(url_query(&arena, q, "").ptr);
    assert_null(url_query(&arena, STR(""), "a").ptr);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_parts, end), cmocka_unit_test_teardown(test_refused, end),
        cmocka_unit_test_teardown(test_percent, end), cmocka_unit_test_teardown(test_query, end)};
    arena = arena_make(1 << 20);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
