/* Host, Origin, CORS: which browsers' pages get in, and who is recognised. */
#include "fake.h"
#include "server/edge.h"

static const struct edge EDGE = {HOSTS, 1, ORIGINS, 2};

static void hosts(void **state) {
    (void)state;
    static const struct {
        const char *host;
        bool allowed;
    } rows[] = {
        {"localhost", true},
        {"localhost:9347", true},
        {"LocalHost:1", true},
        {"127.0.0.1", true},
        {"127.0.0.1:9347", true},
        {"[::1]", true},
        {"[::1]:9347", true},
        {"desk.example", true},
        {"DESK.example:80", true},
        {"10.0.0.5", true},
        {"10.0.0.5:9347", true},
        {"", false},
        {"evil.example", false},
        {"localhost.evil.example", false},
        {"evil.localhost", false},
        {"localhost:", false},
        {"localhost:99999", false},
        {"localhost:80:80", false},
        {"localhost:+80", false},
        {"::1", false},
        {"[::1", false},
        {"[::1]x", false},
        {"127.0.0.2", false},
        {"10.0.0.6", false},
        {"0.0.0.0", false},
        {"localhost,evil", false},
        {"user@localhost", false},
        {"2130706433", false},
        {":9347", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (edge_host_is_allowed(&EDGE, str_of(rows[i].host), STR("10.0.0.5")) != rows[i].allowed) {
            fail_msg("Host: %s", rows[i].host);
        }
    }
    assert_false(edge_host_is_allowed(&EDGE, STR("10.0.0.5"), STR("")));
}

static void origins(void **state) {
    (void)state;
    static const struct {
        const char *origin;
        const char *host;
        enum edge_origin kind;
    } rows[] = {
        {"http://localhost:9347", "localhost:9347", EDGE_OWN_ORIGIN},
        {"https://desk.example", "desk.example", EDGE_OWN_ORIGIN},
        {"http://127.0.0.1:9347", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"http://localhost:9348", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"http://localhost", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"https://app.example", "localhost:9347", EDGE_LISTED_ORIGIN},
        {"http://app.example", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"https://app.example.evil", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"http://localhost:3000", "localhost:9347", EDGE_LISTED_ORIGIN},
        {"null", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"null", "null", EDGE_FOREIGN_ORIGIN},
        {"", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"http://", "localhost:9347", EDGE_FOREIGN_ORIGIN},
        {"localhost:9347", "localhost:9347", EDGE_FOREIGN_ORIGIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t which = 9;
        if (edge_origin_of(&EDGE, str_of(rows[i].origin), str_of(rows[i].host), &which)
            != rows[i].kind) {
            fail_msg("Origin: %s at %s", rows[i].origin, rows[i].host);
        }
        assert_true((rows[i].kind == EDGE_LISTED_ORIGIN) == (which < 2));
    }
}

static void targets(void **state) {
    (void)state;
    static const struct {
        const char *raw, *path, *query, *authority;
    } rows[] = {
        {"/", "/", "", ""},
        {"/v1/x/", "/v1/x", "", ""},
        {"/v1/x?y=/z/", "/v1/x", "y=/z/", ""},
        {"/?", "/", "", ""},
        {"*", "*", "", ""},
        {"http://h:1/a?b", "/a", "b", "h:1"},
        {"HTTP://h", "/", "", "h"},
        {"http://h?b", NULL, NULL, NULL},
        {"http:///a", NULL, NULL, NULL},
        {"", NULL, NULL, NULL},
        {"a", NULL, NULL, NULL},
        {"/a#b", NULL, NULL, NULL},
        {"localhost:80", NULL, NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct edge_target t = {0};
        bool fine = edge_target_split(str_of(rows[i].raw), &t);
        if (fine != (rows[i].path != NULL)) {
            fail_msg("target %s", rows[i].raw);
        }
        if (fine) {
            assert_true(str_is(t.path, rows[i].path));
            assert_true(str_is(t.query, rows[i].query));
            assert_true(str_is(t.authority, rows[i].authority));
        }
    }
}

static int status_of(const char *request) {
    AUTO_ANSWER a = ask(request);
    return a.status;
}

static void the_host_is_checked_everywhere(void **state) {
    (void)state;
    assert_int_equal(status_of("GET /v1/echo HTTP/1.1\r\n\r\n"), 400);
    assert_int_equal(status_of("GET /v1/echo HTTP/1.0\r\n\r\n"), 400);
    assert_int_equal(
        status_of("GET /v1/echo HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"), 400);
    AUTO_ANSWER a = ask("GET /api/tags HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
    assert_int_equal(a.status, 403);
    assert_non_null(strstr(a.body, "\"shape\":\"ollama\""));
    assert_non_null(strstr(a.body, "host_not_allowed"));
    assert_int_equal(status_of("OPTIONS /v1/echo HTTP/1.1\r\nHost: rebound.example\r\n\r\n"), 403);
    assert_int_equal(status_of("GET /nowhere HTTP/1.1\r\nHost: rebound.example\r\n\r\n"), 403);
    assert_int_equal(
        status_of("GET http://rebound.example/v1/echo HTTP/1.1\r\nHost: localhost\r\n\r\n"), 403);
    assert_int_equal(atomic_load(&fake.served), 0);
    assert_int_equal(status_of("GET /v1/echo HTTP/1.1\r\nHost: desk.example:123\r\n\r\n"), 200);
}

static void other_origins_stay_out(void **state) {
    (void)state;
    AUTO_ANSWER a =
        ask("POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
            "Content-Length: 2\r\n\r\nhi");
    assert_int_equal(a.status, 403);
    assert_non_null(strstr(a.body, "origin_not_allowed"));
    assert_null(find_header(&a, "access-control-allow-origin"));
    assert_int_equal(status_of("GET /v1/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n"),
                     403);
    assert_int_equal(
        status_of("GET /v1/echo HTTP/1.1\r\nHost: localhost\r\n"
                  "Origin: https://app.example\r\nOrigin: https://app.example\r\n\r\n"),
        400);
    assert_int_equal(status_of("GET /v1/echo HTTP/1.1\r\nHost: localhost\r\n"
                               "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n\r\n"),
                     403);
    assert_int_equal(atomic_load(&fake.served), 0);
    /* A link to the page is no request of the other page's script. */
    assert_int_equal(status_of("GET /v1/echo HTTP/1.1\r\nHost: localhost\r\n"
                               "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n\r\n"),
                     200);
}

static void listed_origins_come_in(void **state) {
    (void)state;
    AUTO_ANSWER a =
        ask("POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n"
            "Content-Length: 2\r\n\r\nhi");
    assert_int_equal(a.status, 200);
    assert_true(header_is(&a, "access-control-allow-origin", "https://app.example"));
    assert_true(header_is(&a, "vary", "Origin"));
    assert_null(find_header(&a, "access-control-allow-credentials"));
    assert_non_null(strstr(a.body, "origin=https://app.example"));
    /* Errors too, or the page could not read them. */
    AUTO_ANSWER b =
        ask("DELETE /v1/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n\r\n");
    assert_int_equal(b.status, 405);
    assert_true(header_is(&b, "access-control-allow-origin", "https://app.example"));
    AUTO_ANSWER c =
        ask("POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n"
            "Content-Length: 99999999\r\n\r\n");
    assert_int_equal(c.status, 413);
    assert_true(header_is(&c, "access-control-allow-origin", "https://app.example"));
    /* A cache may not give this answer to the listed page. */
    AUTO_ANSWER d = ask("GET /v1/echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_true(header_is(&d, "vary", "Origin"));
    assert_null(find_header(&d, "access-control-allow-origin"));
}

static void owner_routes_are_the_pages_own(void **state) {
    (void)state;
    AUTO_ANSWER a =
        ask("GET /weir/v1/own HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n\r\n");
    assert_int_equal(a.status, 403);
    assert_null(find_header(&a, "access-control-allow-origin"));
    AUTO_ANSWER b =
        ask("OPTIONS /weir/v1/own HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n"
            "Access-Control-Request-Method: POST\r\n\r\n");
    assert_int_equal(b.status, 403);
    assert_int_equal(atomic_load(&fake.served), 0);
    AUTO_ANSWER c = ask(
        "GET /weir/v1/own HTTP/1.1\r\nHost: localhost:77\r\nOrigin: http://localhost:77\r\n\r\n");
    assert_int_equal(c.status, 200);
}

static void answers_preflights(void **state) {
    (void)state;
    AUTO_ANSWER a =
        ask("OPTIONS /v1/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n"
            "Access-Control-Request-Method: POST\r\n"
            "Access-Control-Request-Headers: authorization, x-stainless-os\r\n"
            "Access-Control-Request-Private-Network: true\r\n\r\n");
    assert_int_equal(a.status, 204);
    assert_true(header_is(&a, "access-control-allow-origin", "https://app.example"));
    assert_true(header_is(&a, "access-control-allow-methods", "GET, HEAD, POST, OPTIONS"));
    assert_true(header_is(&a, "access-control-allow-headers", "authorization, x-stainless-os"));
    assert_true(header_is(&a, "access-control-allow-private-network", "true"));
    assert_non_null(find_header(&a, "access-control-max-age"));
    assert_non_null(find_header(&a, "vary"));
    assert_null(find_header(&a, "content-length"));
    AUTO_ANSWER b =
        ask("OPTIONS /v1/echo HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
            "Access-Control-Request-Method: POST\r\n\r\n");
    assert_int_equal(b.status, 403);
    assert_null(find_header(&b, "access-control-allow-origin"));
    AUTO_ANSWER c =
        ask("OPTIONS /v1/none HTTP/1.1\r\nHost: localhost\r\nOrigin: https://app.example\r\n"
            "Access-Control-Request-Method: POST\r\n\r\n");
    assert_int_equal(c.status, 404);
}

static void knows_who_asks(void **state) {
    (void)state;
    AUTO_ANSWER a = ask("GET /v1/echo HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_non_null(strstr(a.body, "owner=0 local=1"));
    int fd = dial_unix();
    say(fd, "GET /v1/echo HTTP/1.1\r\nHost: whatever\r\n\r\n");
    AUTO_ANSWER b = hear(fd);
    assert_non_null(strstr(b.body, "owner=1 local=1"));
    say(fd, "GET /v1/echo HTTP/1.1\r\n\r\n");
    AUTO_ANSWER c = hear(fd);
    assert_int_equal(c.status, 400);
    close(fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fake_start, fake_stop)
int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),           cmocka_unit_test(origins), cmocka_unit_test(targets),
        T(the_host_is_checked_everywhere), T(other_origins_stay_out), T(listed_origins_come_in),
        T(owner_routes_are_the_pages_own), T(answers_preflights),     T(knows_who_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
