/* links: gate */
/* The process is killed anywhere between a request and its answer: after the pass was given and
 * before the bytes go, while they go, while rows are written. Whatever arrived at the provider has
 * its row in the ledger all the same, and the chain of rows is whole.
 *
 * The one that is killed is this program again, as a process of its own. WEIR_CRASHES and WEIR_SEED
 * change how often and where to begin. */
#include "../unit/gate/fixture.h"
#include "../unit/gate/provider.h"
#include "random.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

enum { SENDS = 200, SENDERS = 3 };

/* ---- the process that is killed ---- */

struct sender {
    struct fixture *f;
    int port, number;
    uint64_t random;
    bool dies; /* by its own hand, between pass and send */
    pthread_t thread;
};

static void *send_many(void *arg) {
    struct sender *s = arg;
    struct fixture *f = s->f;
    struct arena a = arena_make(SIZE_MAX);
    struct gate_target t = {.name = STR("openai"),
                            .base_url = str_fmt(&a, "http://127.0.0.1:%d/v1", s->port),
                            .zone = ZONE_CLOUD,
                            .connect_timeout_ms = 20000,
                            .total_timeout_ms = 60000};
    size_t dies_at = random_next(&s->random) % SENDS;
    for (size_t i = 0; i < SENDS; i++) {
        struct gate_order o = fixture_order(f, &t, "");
        o.body = str_fmt(&a, "{\"sender\":%d,\"n\":%zu,\"r\":%llu}", s->number, i,
                         (unsigned long long)random_next(&s->random));
        struct gate_pass pass = {0};
        struct err e = {0};
        if (!gate_authorise(f->gate, &a, &o, &pass, &e)) {
            fprintf(stderr, "a pass was refused: %s\n", e.text);
            exit(1);
        }
        if (s->dies && i == dies_at) {
            raise(SIGKILL);
        }
        struct call c;
        call_init(&c, f, &t, &pass, o.body);
        loop_post(f->loop, call_send, &c);
        call_await_end(&c);
        call_finish(&c);
    }
    arena_end(&a);
    return NULL;
}

static void open_in(struct fixture *f, const char *dir) {
    memset(f, 0, sizeof *f);
    f->arena = arena_make(SIZE_MAX);
    pthread_mutex_init(&f->lock, NULL);
    snprintf(f->dir, sizeof f->dir, "%s", dir);
    f->label = label_make(&f->arena);
    f->request =
        (struct policy_request){.caller = STR("owner"), .date = "2026-11-23", .minute = 600};
    fixture_set_policy(f, "preset = \"careful\"\n");
    fixture_open(f);
}

static void close_it(struct fixture *f) {
    fixture_close(f);
    pthread_mutex_destroy(&f->lock);
    arena_end(&f->arena);
}

static int be_killed(char **argv) {
    struct fixture f;
    struct sender senders[SENDERS];
    uint64_t random = strtoull(argv[3], NULL, 10);
    int killer =
        (int)(random_next(&random) % (2 * SENDERS)); /* in half of the cases from outside */
    open_in(&f, argv[1]);
    for (int i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.f = &f,
                                     .port = (int)strtol(argv[2], NULL, 10),
                                     .number = i,
                                     .random = random_next(&random),
                                     .dies = i == killer};
        pthread_create(&senders[i].thread, NULL, send_many, &senders[i]);
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(senders[i].thread, NULL);
    }
    close_it(&f);
    return 0;
}

/* ---- the one that looks ---- */

struct round {
    pthread_mutex_t lock;
    pid_t pid;
    size_t kill_at, seen;
};

/* Kills in the middle of a request: its bytes have come, its answer has not gone. */
static void on_received(struct provider *p, const struct provider_request *rq) {
    (void)rq;
    struct round *r = p->ctx;
    LOCKED(&r->lock);
    r->seen++;
    if (r->seen == r->kill_at && r->pid > 0) {
        kill(r->pid, SIGKILL);
    }
}

struct look {
    struct provider *provider;
    bool *found;
    size_t sends;
};

static bool on_row(void *ctx, const struct store_value *columns, size_t count) {
    struct look *l = ctx;
    if (count < 8 || !str_is(columns[2].s, "send")) {
        return true;
    }
    l->sends++;
    for (size_t i = 0; i < l->provider->count; i++) {
        char hex[65];
        sha256_hex(&l->provider->records[i].hash, hex);
        l->found[i] = l->found[i] || str_contains(columns[6].s, str_of(hex));
    }
    return true;
}

static void all_that_arrived_has_its_row(struct fixture *f, struct provider *p, uint64_t seed) {
    struct look l = {.provider = p, .found = calloc(p->count + 1, sizeof(bool))};
    struct err e = {0};
    struct ledger_check check = {0};
    assert_non_null(l.found);
    if (!fixture_verify(f, &check)) {
        fail_msg("seed %llu: the chain is broken: " STR_FMT, (unsigned long long)seed,
                 STR_ARG(check.why));
    }
    assert_true(store_read(f->ledger, ST_LEDGER_ALL, NULL, 0, on_row, &l, &e));
    for (size_t i = 0; i < p->count; i++) {
        if (!l.found[i]) {
            fail_msg("seed %llu: bytes arrived that no row names", (unsigned long long)seed);
        }
    }
    assert_true(l.sends >= p->count);
    free(l.found);
}

static void one_crash(const char *dir, uint64_t seed, size_t *arrived, size_t *killed) {
    uint64_t random = seed;
    struct round r = {.kill_at = 1 + random_next(&random) % (SENDS / 2)};
    struct provider p = {.on_request_opt = on_received, .ctx = &r};
    pthread_mutex_init(&r.lock, NULL);
    provider_start(&p);
    char port[16];
    char text[32];
    snprintf(port, sizeof port, "%d", p.port);
    snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
    char self[] = "/proc/self/exe";
    char where[80];
    snprintf(where, sizeof where, "%s", dir);
    char *argv[] = {self, where, port, text, NULL};
    pid_t pid = 0;
    {
        LOCKED(&r.lock);
        assert_int_equal(posix_spawn(&pid, self, NULL, NULL, argv, environ), 0);
        r.pid = pid;
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    {
        LOCKED(&r.lock);
        r.pid = 0;
    }
    assert_true(WIFSIGNALED(status) || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    *killed += WIFSIGNALED(status);
    provider_stop_serving(&p);
    struct fixture f;
    open_in(&f, dir);
    all_that_arrived_has_its_row(&f, &p, seed);
    close_it(&f);
    *arrived += p.count;
    provider_forget(&p);
    pthread_mutex_destroy(&r.lock);
}

static void a_crash_leaves_a_row_for_all_that_arrived(void **state) {
    (void)state;
    uint64_t seed = setting("WEIR_SEED", 20261124);
    uint64_t crashes = setting("WEIR_CRASHES", 40);
    size_t arrived = 0;
    size_t killed = 0;
    for (uint64_t i = 0; i < crashes; i++) {
        struct fixture f;
        fixture_start(&f); /* makes the folder */
        fixture_close(&f);
        one_crash(f.dir, seed + i, &arrived, &killed);
        fixture_open(&f);
        fixture_end(&f);
    }
    print_message("%llu processes, %zu killed; %zu bodies arrived\n", (unsigned long long)crashes,
                  killed, arrived);
    assert_true(killed == crashes && arrived > crashes);
}

int main(int argc, char **argv) {
    if (argc == 4) {
        return be_killed(argv);
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_crash_leaves_a_row_for_all_that_arrived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
