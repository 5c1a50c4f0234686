/* Hang-ups, half-closed clients, slow clients, limits, start and stop. */
#include "fake.h"
#include "server/peer.h"

#define HOLD "POST /v1/hold HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
#define STREAM "POST /v1/stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
#define ECHO "GET /v1/echo HTTP/1.1\r\nHost: localhost\r\n\r\n"

static int (*const DIALS[])(void) = {dial, dial_unix};

/* The client closes while it waits: the api hears of it without a single event or write. */
static void a_hang_up_cancels(void **state) {
    (void)state;
    static const char *const REQUESTS[] = {HOLD, STREAM};
    for (size_t i = 0; i < ARRAY_LEN(DIALS); i++) {
        for (size_t k = 0; k < ARRAY_LEN(REQUESTS); k++) {
            int fd = DIALS[i]();
            say(fd, REQUESTS[k]);
            await(&fake.called);
            close(fd);
            await(&fake.gone);
        }
    }
    AUTO_ANSWER a = ask(ECHO);
    assert_int_equal(a.status, 200);
}

static void a_reset_cancels(void **state) {
    (void)state;
    struct linger hard = {.l_onoff = 1};
    int fd = dial();
    say(fd, HOLD);
    await(&fake.called);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(fd);
    await(&fake.gone);
}

static void a_half_closed_client_gets_its_answer(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(DIALS); i++) {
        int fd = DIALS[i]();
        say(fd, HOLD);
        shutdown(fd, SHUT_WR);
        await(&fake.called);
        AUTO_ANSWER probe = ask(ECHO); /* the loop has turned since */
        assert_int_equal(probe.status, 200);
        fake_answer();
        AUTO_ANSWER a = hear(fd);
        assert_string_equal(a.body, "held\n");
        assert_true(header_is(&a, "connection", "close"));
        assert_true(is_closed(fd));
        close(fd);

        fd = DIALS[i]();
        say(fd, STREAM);
        shutdown(fd, SHUT_WR);
        await(&fake.called);
        fake_emit("data: 1\n\n");
        fake_emit("data: 2\n\n");
        fake_end();
        AUTO_ANSWER b = hear(fd);
        assert_string_equal(b.body, "data: 1\n\ndata: 2\n\n");
        assert_false(b.was_cut);
        close(fd);
    }
    assert_int_equal(sem_trywait(&fake.gone), -1);
}

static void a_half_closed_client_gets_all_answers(void **state) {
    (void)state;
    AUTO_BUF rest;
    buf_init(&rest, 1 << 20);
    int fd = dial();
    say(fd, HOLD ECHO ECHO);
    shutdown(fd, SHUT_WR);
    await(&fake.called);
    fake_answer();
    for (int i = 0; i < 3; i++) {
        struct answer a = hear_method(fd, false, &rest);
        assert_int_equal(a.status, 200);
        answer_drop(&a);
    }
    assert_true(is_closed(fd));
    close(fd);
}

/* First half-closed, then gone: nothing arrives on the wire, the second look finds it. */
static void a_half_closed_client_may_leave(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(DIALS); i++) {
        int fd = DIALS[i]();
        say(fd, HOLD);
        shutdown(fd, SHUT_WR);
        await(&fake.called);
        close(fd);
        await(&fake.gone);
    }
}

static void a_flooding_client_may_leave(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(DIALS); i++) {
        int fd = DIALS[i]();
        say(fd, HOLD);
        await(&fake.called);
        char junk[4096];
        memset(junk, '\n', sizeof junk);
        while (send(fd, junk, sizeof junk, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
        }
        close(fd);
        await(&fake.gone);
    }
}

static int start_impatient(void **state) {
    (void)state;
    fake_prepare();
    struct server_options o = fake_options();
    o.head_timeout_ms = 20;
    o.body_timeout_ms = 20;
    o.idle_timeout_ms = 300;
    o.stall_timeout_ms = 20;
    fake_start_with(&o);
    return 0;
}

static void slow_heads_and_bodies_time_out(void **state) {
    (void)state;
    int fd = dial();
    say(fd, "GET /api/chat HTTP/1.1\r\nHost: loc");
    AUTO_ANSWER a = hear(fd);
    assert_int_equal(a.status, 408);
    assert_non_null(strstr(a.body, "ollama"));
    assert_true(is_closed(fd));
    close(fd);
    fd = dial();
    say(fd, "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab");
    AUTO_ANSWER b = hear(fd);
    assert_int_equal(b.status, 408);
    assert_true(header_is(&b, "connection", "close"));
    close(fd);
    assert_int_equal(atomic_load(&fake.served), 0);
}

static void idle_connections_are_closed(void **state) {
    (void)state;
    int fd = dial();
    assert_true(is_closed(fd)); /* silently: no 408 to a client that has not asked */
    close(fd);
    fd = dial();
    say(fd, ECHO);
    AUTO_ANSWER a = hear(fd);
    assert_int_equal(a.status, 200);
    assert_true(is_closed(fd));
    close(fd);
}

static void who_waits_for_an_answer_is_not_idle(void **state) {
    (void)state;
    int held = dial();
    say(held, HOLD);
    await(&fake.called);
    int idle = dial(); /* closed when all the timeouts have run out */
    assert_true(is_closed(idle));
    fake_answer();
    AUTO_ANSWER a = hear(held);
    assert_int_equal(a.status, 200);
    close(held);
    close(idle);
}

static struct str megabyte(void) {
    static char bytes[1 << 20];
    memset(bytes, 'm', sizeof bytes);
    return (struct str){bytes, sizeof bytes};
}

static void a_stalled_reader_is_cut(void **state) {
    (void)state;
    int fd = dial();
    say(fd, STREAM);
    await(&fake.called);
    size_t all = 0;
    do {
        fake_emit_str(megabyte());
        all += 1 << 20;
    } while (fake.queued == 0 && all < 100u << 20);
    assert_true(fake.queued > 0);
    await(&fake.gone);
    close(fd);
}

static void a_full_queue_drains(void **state) {
    (void)state;
    int fd = dial();
    say(fd, STREAM);
    await(&fake.called);
    size_t all = 0;
    do {
        fake_emit_str(megabyte());
        all += 1 << 20;
    } while (fake.queued < API_HIGH_WATER && all < 100u << 20);
    assert_true(fake.queued >= API_HIGH_WATER);
    assert_int_equal(sem_trywait(&fake.drained), -1);
    AUTO_ANSWER a = {.text = calloc(1, 1)};
    while (a.len < all) {
        assert_true(more(fd, &a));
    }
    await(&fake.drained);
    fake_end();
    while (!strstr(a.text + a.len - 5, "0\r\n\r\n")) {
        assert_true(more(fd, &a));
    }
    close(fd);
}

static int start_small(void **state) {
    (void)state;
    fake_prepare();
    struct server_options o = fake_options();
    o.connections = 2;
    fake_start_with(&o);
    return 0;
}

static void too_many_are_turned_away(void **state) {
    (void)state;
    int a = dial();
    say(a, HOLD);
    await(&fake.called);
    int b = dial();
    say(b, HOLD);
    await(&fake.called);
    int c = dial();
    AUTO_ANSWER no = hear(c);
    assert_int_equal(no.status, 503);
    close(c);
    fake_answer(); /* the newest: b */
    AUTO_ANSWER held = hear(b);
    assert_int_equal(held.status, 200);
    /* b is idle now and makes room. */
    c = dial();
    say(c, ECHO);
    AUTO_ANSWER yes = hear(c);
    assert_int_equal(yes.status, 200);
    assert_true(is_closed(b));
    close(a);
    await(&fake.gone);
    close(b);
    close(c);
}

/* ---- start and stop ---- */

static void stops_gracefully(void **state) {
    (void)state;
    static int64_t grace = 20000;
    assert_int_equal(fake_start(state), 0);
    int idle = dial();
    say(idle, ECHO);
    AUTO_ANSWER first = hear(idle);
    assert_int_equal(first.status, 200);
    int held = dial();
    say(held, HOLD);
    await(&fake.called);
    loop_post(fake.loop, do_stop, &grace);
    assert_true(is_closed(idle)); /* at once */
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)fake.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), -1);
    assert_int_equal(access(fake.unix_path, F_OK), -1);
    fake_answer();
    AUTO_ANSWER a = hear(held);
    assert_int_equal(a.status, 200);
    assert_true(header_is(&a, "connection", "close"));
    close(held);
    await(&fake.done);
    pthread_join(fake.thread, NULL);
    fake_clean();
    close(fd);
    close(idle);
}

/* Who only watches does not hold up the end. */
static void stops_without_waiting_for_watchers(void **state) {
    (void)state;
    static int64_t grace = 3600000;
    assert_int_equal(fake_start(state), 0);
    int watcher = dial();
    say(watcher, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await(&fake.called);
    fake_emit("data: 1\n\n");
    loop_post(fake.loop, do_stop, &grace);
    await(&fake.gone);
    await(&fake.done);
    pthread_join(fake.thread, NULL);
    fake_clean();
    close(watcher);
}

static void stops_in_time(void **state) {
    (void)state;
    static int64_t grace = 10;
    assert_int_equal(fake_start(state), 0);
    int held = dial();
    say(held, HOLD);
    await(&fake.called);
    loop_post(fake.loop, do_stop, &grace);
    await(&fake.gone);
    await(&fake.done);
    assert_true(is_closed(held));
    pthread_join(fake.thread, NULL);
    fake_clean();
    close(held);
}

static void is_freed_without_a_stop(void **state) {
    (void)state;
    fake_prepare();
    struct server_options o = fake_options();
    struct err e = {0};
    assert_true(server_new(&o, &fake.server, &e));
    fake_clean();
    assert_int_equal(access(fake.unix_path, F_OK), -1);
}

static void the_socket_file_is_the_owners(void **state) {
    (void)state;
    struct stat st = {0};
    assert_int_equal(stat(fake.unix_path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void stale_sockets_are_replaced(void **state) {
    (void)state;
    fake_prepare();
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    memcpy(a.sun_path, fake.unix_path, strlen(fake.unix_path));
    int old = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(old, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(old, 1), 0);
    struct server_options o = fake_options();
    struct err e = {0};
    assert_false(server_new(&o, &fake.server, &e)); /* somebody answers */
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.text, fake.unix_path));
    close(old); /* now nobody does */
    fake_start_with(&o);
    int fd = dial_unix();
    say(fd, ECHO);
    AUTO_ANSWER answer = hear(fd);
    assert_int_equal(answer.status, 200);
    close(fd);
    assert_int_equal(fake_stop(state), 0);
}

static void other_files_are_left_alone(void **state) {
    (void)state;
    fake_prepare();
    FILE *f = fopen(fake.unix_path, "w");
    assert_non_null(f);
    fclose(f);
    struct server_options o = fake_options();
    struct err e = {0};
    assert_false(server_new(&o, &fake.server, &e));
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_int_equal(access(fake.unix_path, F_OK), 0);
    fake_clean();
}

static void a_taken_port_is_named(void **state) {
    (void)state;
    struct server_options o = fake_options();
    struct server *other = NULL;
    struct err e = {0};
    char port[16];
    snprintf(port, sizeof port, "%d", fake.port);
    o.unix_path = NULL;
    o.port = fake.port;
    assert_false(server_new(&o, &other, &e));
    assert_int_equal(e.kind, ERR_CONFLICT);
    assert_non_null(strstr(e.text, port));
    assert_non_null(strstr(e.text, "--port"));
    struct str bad = STR("not-an-address");
    o.listen = &bad;
    o.listen_count = 1;
    assert_false(server_new(&o, &other, &e));
    assert_int_equal(e.kind, ERR_INVALID);
}

static void both_families_have_the_port(void **state) {
    (void)state;
    struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)fake.port)};
    a.sin6_addr = in6addr_loopback;
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0 && errno == EADDRNOTAVAIL) {
        close(fd);
        skip(); /* a system without ::1 */
    }
    set_deadline(fd);
    say(fd, "GET /v1/echo HTTP/1.1\r\nHost: [::1]\r\n\r\n");
    AUTO_ANSWER answer = hear(fd);
    assert_non_null(strstr(answer.body, "local=1"));
    say(fd, HOLD);
    await(&fake.called);
    close(fd);
    await(&fake.gone);
}

static void reads_the_kernels_table(void **state) {
    (void)state;
    struct str table = STR("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
                           "retrnsmt   uid  timeout inode\n"
                           "   0: 0100007F:2483 00000000:0000 0A 00000000:00000000 00:00000000 "
                           "00000000  1000        0 31 1 0\n"
                           "   1: 0100007F:C350 0100007F:2483 01 00000000:00000000 00:00000000 "
                           "00000000  1001        0 77 1 0\n"
                           "   2: 0100007F:C351 0100007F:2483 05 00000000:00000000 00:00000000 "
                           "00000000     0        0 0 1 0\n");
    struct peer_socket s = {0};
    assert_true(peer_find_in_table(table, STR("0100007F:C350"), STR("0100007F:2483"), &s));
    assert_int_equal(s.uid, 1001);
    assert_int_equal(s.inode, 77);
    assert_true(peer_find_in_table(table, STR("0100007F:C351"), STR("0100007F:2483"), &s));
    assert_int_equal(s.inode, 0);
    assert_false(peer_find_in_table(table, STR("0100007F:2483"), STR("0100007F:C350"), &s));
}

/* Both ways of asking agree, about the connection of the test itself. */
static void looks_at_peers(void **state) {
    (void)state;
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(listener, 8), 0);
    getsockname(listener, (struct sockaddr *)&a, &len);
    for (int netlink = 0; netlink < 2; netlink++) {
        struct peer_lookup l;
        struct peer_facts facts = {0};
        peer_lookup_init(&l);
        l.has_no_netlink = !netlink;
        int client = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(client, (struct sockaddr *)&a, sizeof a), 0);
        int end = accept(listener, NULL, NULL);
        assert_true(peer_look(&l, end, &facts));
        assert_int_equal(facts.kind, PEER_LOOPBACK);
        assert_true(facts.is_same_user);
        assert_string_equal(facts.local_ip, "127.0.0.1");
        assert_int_equal(peer_presence(&l, end, facts.kind), PEER_THERE);
        shutdown(client, SHUT_WR);
        assert_int_equal(peer_presence(&l, end, facts.kind), PEER_THERE);
        close(client);
        assert_int_equal(peer_presence(&l, end, facts.kind), PEER_GONE);
        close(end);
        peer_lookup_finish(&l);
    }
    close(listener);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fake_start, fake_stop)
#define SLOW(f) cmocka_unit_test_setup_teardown(f, start_impatient, fake_stop)
int main(void) {
    const struct CMUnitTest tests[] = {
        T(a_hang_up_cancels),
        T(a_reset_cancels),
        T(a_half_closed_client_gets_its_answer),
        T(a_half_closed_client_gets_all_answers),
        T(a_half_closed_client_may_leave),
        T(a_flooding_client_may_leave),
        SLOW(slow_heads_and_bodies_time_out),
        SLOW(idle_connections_are_closed),
        SLOW(who_waits_for_an_answer_is_not_idle),
        SLOW(a_stalled_reader_is_cut),
        T(a_full_queue_drains),
        cmocka_unit_test_setup_teardown(too_many_are_turned_away, start_small, fake_stop),
        cmocka_unit_test(stops_gracefully),
        cmocka_unit_test(stops_without_waiting_for_watchers),
        cmocka_unit_test(stops_in_time),
        cmocka_unit_test(is_freed_without_a_stop),
        T(the_socket_file_is_the_owners),
        cmocka_unit_test(stale_sockets_are_replaced),
        cmocka_unit_test(other_files_are_left_alone),
        T(a_taken_port_is_named),
        T(both_families_have_the_port),
        cmocka_unit_test(reads_the_kernels_table),
        cmocka_unit_test(looks_at_peers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
