/* Which addresses a zone may connect to, which paths a target may be asked for, and the circuit
 * breaker. */
#include "gate/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const LOOPBACK[] = {"127.0.0.1",        "127.8.9.10",      "::1",
                                       "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1"};
static const char *const NEAR[] = {"10.0.0.7",        "172.16.0.1",      "172.31.255.255",
                                   "192.168.1.1",     "169.254.169.254", "fe80::1%eth0",
                                   "fd00::1",         "fc12::9",         "100.64.0.1",
                                   "::ffff:10.0.0.1", "fec0::1"};
static const char *const PUBLIC[] = {
    "8.8.8.8",     "172.32.0.1",  "172.15.255.255",  "11.0.0.1",       "192.169.0.1",
    "100.128.0.1", "169.253.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "223.255.255.255"};
static const char *const NOWHERE[] = {"0.0.0.0",     "255.255.255.255",
                                      "224.0.0.1",   "240.0.0.1",
                                      "::",          "ff02::1",
                                      "192.0.2.1",   "198.18.0.1",
                                      "203.0.113.5", "2001:db8::1",
                                      "2001::1",     "::ffff:0.0.0.0",
                                      "::127.0.0.1", "",
                                      "example.org", "127.1",
                                      "0x7f000001",  "1.2.3.4 ",
                                      "1.2.3"};

static void zones(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(LOOPBACK); i++) {
        assert_true(gate_address_fits(ZONE_DEVICE, LOOPBACK[i]));
        assert_true(gate_address_fits(ZONE_HOME, LOOPBACK[i]));
        assert_false(gate_address_fits(ZONE_TRUSTED, LOOPBACK[i]));
        assert_false(gate_address_fits(ZONE_CLOUD, LOOPBACK[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(NEAR); i++) {
        assert_false(gate_address_fits(ZONE_DEVICE, NEAR[i]));
        assert_true(gate_address_fits(ZONE_HOME, NEAR[i]));
        assert_false(gate_address_fits(ZONE_TRUSTED, NEAR[i]));
        assert_false(gate_address_fits(ZONE_CLOUD, NEAR[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(PUBLIC); i++) {
        assert_false(gate_address_fits(ZONE_DEVICE, PUBLIC[i]));
        assert_false(gate_address_fits(ZONE_HOME, PUBLIC[i]));
        assert_true(gate_address_fits(ZONE_TRUSTED, PUBLIC[i]));
        assert_true(gate_address_fits(ZONE_CLOUD, PUBLIC[i]));
    }
    for (size_t i = 0; i < ARRAY_LEN(NOWHERE); i++) {
        for (int z = 0; z < ZONES; z++) {
            assert_false(gate_address_fits((enum zone)z, NOWHERE[i]));
        }
    }
}

static void literal_addresses(void **state) {
    (void)state;
    assert_true(gate_address_allowed(ZONE_CLOUD, STR("127.0.0.1"), "127.0.0.1"));
    assert_true(gate_address_allowed(ZONE_CLOUD, STR("::1"), "::1"));
    assert_true(gate_address_allowed(ZONE_CLOUD, STR("localhost"), "127.0.0.1"));
    assert_true(gate_address_allowed(ZONE_CLOUD, STR("localhost"), "::1"));
    assert_true(gate_address_allowed(ZONE_TRUSTED, STR("10.0.0.7"), "10.0.0.7"));
    /* A name that resolves inwards is DNS rebinding, whatever it is called. */
    assert_false(gate_address_allowed(ZONE_CLOUD, STR("api.example.com"), "127.0.0.1"));
    assert_false(gate_address_allowed(ZONE_CLOUD, STR("api.example.com"), "10.0.0.7"));
    assert_false(gate_address_allowed(ZONE_CLOUD, STR("localhost"), "10.0.0.7"));
    assert_false(gate_address_allowed(ZONE_CLOUD, STR("localhost.example.com"), "127.0.0.1"));
    assert_false(gate_address_allowed(ZONE_CLOUD, STR("10.0.0.8"), "10.0.0.7"));
    assert_false(gate_address_allowed(ZONE_CLOUD, STR("127.0.0.1"), "127.0.0.2"));
    /* Home stays home even when the URL says otherwise. */
    assert_false(gate_address_allowed(ZONE_HOME, STR("8.8.8.8"), "8.8.8.8"));
    assert_false(gate_address_allowed(ZONE_DEVICE, STR("10.0.0.7"), "10.0.0.7"));
}

static bool place(const char *base, const char *path, const char *want_url, const char *want_host) {
    CLEANUP(arena_end) struct arena a = arena_make(1 << 20);
    struct gate_target t = {.name = STR("x"), .base_url = str_of(base), .zone = ZONE_CLOUD};
    struct gate_place out = {0};
    struct err e = {0};
    if (!gate_place_of(&a, &t, str_of(path), &out, &e)) {
        assert_int_equal(e.kind, ERR_INVALID);
        return false;
    }
    assert_true(str_is(out.url, want_url));
    assert_true(str_is(out.host, want_host));
    return true;
}

static void paths(void **state) {
    (void)state;
    const char *base = "https://api.example.com/v1";
    assert_true(place(base, "/chat/completions", "https://api.example.com/v1/chat/completions",
                      "api.example.com"));
    assert_true(place("https://api.example.com/v1/", "/models", "https://api.example.com/v1/models",
                      "api.example.com"));
    assert_true(place("https://api.example.com", "/models/x:generate?alt=sse&k=a%2fb",
                      "https://api.example.com/models/x:generate?alt=sse&k=a%2fb",
                      "api.example.com"));
    assert_true(place("http://[::1]:8080", "/a", "http://[::1]:8080/a", "::1"));
    static const char *const bad[] = {"",
                                      "chat",
                                      "@evil.example/",
                                      ".evil.example/",
                                      "//evil.example/x",
                                      "/a//b",
                                      "/../x",
                                      "/a/../b",
                                      "/a/..",
                                      "/.",
                                      "/a/.",
                                      "/a/%2e%2e/b",
                                      "/a%2Fb",
                                      "/a%5cb",
                                      "/a\\b",
                                      "/a b",
                                      "/a\r\nhost: x",
                                      "/a#b",
                                      "/a%00b",
                                      "/a%0d%0a",
                                      "/a%7f",
                                      "/a%2",
                                      "/a%zz",
                                      "/a%252e",
                                      "/\xc3\xa4",
                                      "/a?b#c",
                                      "/a?b c",
                                      "/a/"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        if (place(base, bad[i], "", "")) {
            fail_msg("accepted path %s", bad[i]);
        }
    }
    static const char *const bad_base[] = {"ftp://x",
                                           "https://u:p@api.example.com/v1",
                                           "https://x?q=1",
                                           "https://x/a?b",
                                           "https://x/v1#f",
                                           "https://x/../v1",
                                           "https://x\\@evil/",
                                           "api.example.com",
                                           ""};
    for (size_t i = 0; i < ARRAY_LEN(bad_base); i++) {
        if (place(bad_base[i], "/a", "", "")) {
            fail_msg("accepted URL %s", bad_base[i]);
        }
    }
}

static void pin_needs_tls(void **state) {
    (void)state;
    CLEANUP(arena_end) struct arena a = arena_make(1 << 20);
    struct gate_target t = {.name = STR("x"),
                            .base_url = STR("http://10.0.0.7"),
                            .zone = ZONE_HOME,
                            .pin = STR("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")};
    struct gate_place out = {0};
    struct err e = {0};
    assert_false(gate_place_of(&a, &t, STR("/x"), &out, &e));
    t.base_url = STR("https://10.0.0.7");
    assert_true(gate_place_of(&a, &t, STR("/x"), &out, &e));
}

static void breaker_opens_and_tries_once(void **state) {
    (void)state;
    struct breaker *b = breaker_new();
    struct str t = STR("openai");
    int wait_s = 0;
    int64_t now = 1000;
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        assert_true(breaker_is_up(b, t, now));
        assert_true(breaker_take(b, t, now, &wait_s));
        breaker_tell(b, t, BREAKER_FAILED, now);
    }
    assert_false(breaker_is_up(b, t, now));
    assert_false(breaker_take(b, t, now, &wait_s));
    assert_int_equal(wait_s, 30);
    assert_true(breaker_is_up(b, STR("other"), now));
    now += BREAKER_OPEN_US;
    assert_true(breaker_take(b, t, now, &wait_s));
    assert_false(breaker_take(b, t, now, &wait_s)); /* one try at a time */
    breaker_tell(b, t, BREAKER_FAILED, now);
    assert_false(breaker_is_up(b, t, now + BREAKER_OPEN_US - 1));
    now += BREAKER_OPEN_US;
    assert_true(breaker_take(b, t, now, &wait_s));
    breaker_tell(b, t, BREAKER_NEITHER, now); /* cancelled: somebody else may try */
    assert_true(breaker_take(b, t, now, &wait_s));
    breaker_tell(b, t, BREAKER_OK, now);
    assert_true(breaker_take(b, t, now, &wait_s));
    assert_true(breaker_take(b, t, now, &wait_s));
    breaker_free(b);
}

static void breaker_counts_in_a_row(void **state) {
    (void)state;
    struct breaker *b = breaker_new();
    for (int i = 0; i < 40; i++) {
        breaker_tell(b, STR("t"), i % BREAKER_FAILURES == 4 ? BREAKER_OK : BREAKER_FAILED, 5);
        assert_true(breaker_is_up(b, STR("t"), 5));
    }
    breaker_free(b);
}

static void lost_try_does_not_block_for_ever(void **state) {
    (void)state;
    struct breaker *b = breaker_new();
    int wait_s = 0;
    for (int i = 0; i < BREAKER_FAILURES; i++) {
        breaker_tell(b, STR("t"), BREAKER_FAILED, 1);
    }
    int64_t now = 1 + BREAKER_OPEN_US;
    assert_true(breaker_take(b, STR("t"), now, &wait_s));
    assert_false(breaker_take(b, STR("t"), now + BREAKER_TRY_US - 1, &wait_s));
    assert_true(breaker_take(b, STR("t"), now + BREAKER_TRY_US, &wait_s));
    breaker_free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones),
        cmocka_unit_test(literal_addresses),
        cmocka_unit_test(paths),
        cmocka_unit_test(pin_needs_tls),
        cmocka_unit_test(breaker_opens_and_tries_once),
        cmocka_unit_test(breaker_counts_in_a_row),
        cmocka_unit_test(lost_try_does_not_block_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
