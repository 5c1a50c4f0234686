/* The loop, its posts, timers and signals, and the workers that answer to it. */
/* clang-format off: in this order */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
/* clang-format on */

#include "os/os.h"

#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>

/* ---- posts ---- */

struct seen {
    struct loop *loop;
    int numbers[300];
    int count;
    bool on_loop;
};
struct number {
    struct seen *seen;
    int n;
};

static void note(void *arg) {
    struct number *x = arg;
    x->seen->numbers[x->seen->count++] = x->n;
    x->seen->on_loop = loop_is_current(x->seen->loop);
}

static void stop(void *arg) {
    loop_stop(arg);
}

struct poster {
    struct seen *seen;
    struct number numbers[100];
    int from;
};

static void *post_many(void *arg) {
    struct poster *p = arg;
    for (int i = 0; i < 100; i++) {
        p->numbers[i] = (struct number){p->seen, p->from + i};
        loop_post(p->seen->loop, note, &p->numbers[i]);
    }
    return NULL;
}

static void posts_run_in_order_on_the_loop_thread(void **state) {
    (void)state;
    struct seen seen = {.loop = loop_new()};
    struct poster posters[2] = {{.seen = &seen, .from = 0}, {.seen = &seen, .from = 1000}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &posters[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_false(loop_is_current(seen.loop));
    loop_post(seen.loop, stop, seen.loop);
    loop_run(seen.loop);
    assert_int_equal(seen.count, 200);
    assert_true(seen.on_loop);
    int next[2] = {0, 1000};
    for (int i = 0; i < seen.count; i++) {
        int which = seen.numbers[i] >= 1000;
        assert_int_equal(seen.numbers[i], next[which]++);
    }
    loop_free(seen.loop);
}

static void nothing_runs_after_stop(void **state) {
    (void)state;
    struct seen seen = {.loop = loop_new()};
    struct number late = {&seen, 1};
    loop_stop(seen.loop);
    loop_post(seen.loop, note, &late);
    loop_run(seen.loop);
    assert_int_equal(seen.count, 0);
    loop_free(seen.loop);
}

/* ---- timers ---- */

struct ticks {
    struct loop *loop;
    struct timer *timer;
    int count, others;
};

static void tick(void *arg) {
    struct ticks *t = arg;
    if (++t->count == 3) {
        timer_stop(t->timer); /* inside its own fn */
        loop_stop(t->loop);
    }
}

static void other(void *arg) {
    ((struct ticks *)arg)->others++;
}

static void once_then_stop(void *arg) {
    struct ticks *t = arg;
    t->count++;
    loop_stop(t->loop);
}

static void a_repeating_timer_can_stop_itself(void **state) {
    (void)state;
    struct ticks t = {.loop = loop_new()};
    t.timer = timer_start(t.loop, 1, 1, tick, &t);
    loop_run(t.loop);
    assert_int_equal(t.count, 3);
    loop_free(t.loop);
}

static void timers_fire_once_stop_and_end_with_the_loop(void **state) {
    (void)state;
    struct ticks t = {.loop = loop_new()};
    timer_start(t.loop, 5, 0, once_then_stop, &t);
    struct timer *never = timer_start(t.loop, 1, 0, other, &t);
    timer_stop(never);
    timer_stop(NULL);
    timer_start(t.loop, 3600000, 0, other, &t); /* freed with the loop: the sanitizer looks */
    timer_start(t.loop, -5, 0, other, &t);      /* late is now */
    loop_run(t.loop);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.others, 1);
    loop_free(t.loop);
}

/* ---- signals ---- */

static void on_signal(void *arg, int signum) {
    struct ticks *t = arg;
    t->count = signum;
    loop_stop(t->loop);
}

static void raise_it(void *arg) {
    (void)arg;
    raise(SIGUSR1);
}

static void signals_come_to_the_loop(void **state) {
    (void)state;
    struct ticks t = {.loop = loop_new()};
    struct err e = {0};
    assert_true(loop_on_signal(t.loop, SIGUSR1, on_signal, &t, &e));
    loop_post(t.loop, raise_it, NULL);
    loop_run(t.loop);
    assert_int_equal(t.count, SIGUSR1);
    loop_free(t.loop);
}

static void a_signal_that_nobody_can_catch_is_an_error(void **state) {
    (void)state;
    struct loop *l = loop_new();
    struct err e = {0};
    assert_false(loop_on_signal(l, SIGKILL, on_signal, NULL, &e));
    assert_int_equal(e.kind, ERR_UNAVAILABLE);
    loop_free(l);
}

/* ---- workers ---- */

struct job {
    struct loop *loop;
    atomic_int *left;
    sem_t *started, *go;
    bool worked, worked_on_loop, done, done_on_loop;
};

static void work(void *arg) {
    struct job *j = arg;
    j->worked = true;
    j->worked_on_loop = loop_is_current(j->loop);
}

static void done(void *arg) {
    struct job *j = arg;
    j->done = true;
    j->done_on_loop = loop_is_current(j->loop);
    if (atomic_fetch_sub(j->left, 1) == 1) {
        loop_stop(j->loop);
    }
}

static void work_runs_elsewhere_and_done_on_the_loop(void **state) {
    (void)state;
    struct loop *l = loop_new();
    struct workers *w = workers_new(l, 3);
    atomic_int left = 50;
    struct job jobs[50];
    for (int i = 0; i < 50; i++) {
        jobs[i] = (struct job){.loop = l, .left = &left};
        workers_run(w, work, done, &jobs[i]);
    }
    loop_run(l);
    for (int i = 0; i < 50; i++) {
        assert_true(jobs[i].worked && jobs[i].done && jobs[i].done_on_loop);
        assert_false(jobs[i].worked_on_loop);
    }
    workers_free(w);
    loop_free(l);
}

static void block(void *arg) {
    struct job *j = arg;
    j->worked = true;
    sem_post(j->started);
    sem_wait(j->go);
}

static void only_done(void *arg) {
    ((struct job *)arg)->done = true;
}

static void *let_go(void *arg) {
    sem_post(arg);
    return NULL;
}

/* One worker is busy; what waits behind it is never worked on, but told. */
static void what_waits_at_the_end_is_dropped_after_its_done(void **state) {
    (void)state;
    struct loop *l = loop_new();
    struct workers *w = workers_new(l, 1);
    sem_t started;
    sem_t go;
    sem_init(&started, 0, 0);
    sem_init(&go, 0, 0);
    struct job busy = {.loop = l, .started = &started, .go = &go};
    workers_run(w, block, NULL, &busy);
    sem_wait(&started);
    struct job waits[3] = {{.loop = l}, {.loop = l}, {.loop = l}};
    workers_run(w, work, only_done, &waits[0]);
    workers_run(w, work, only_done, &waits[1]);
    workers_run(w, work, NULL, &waits[2]);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, let_go, &go), 0);
    workers_free(w);
    pthread_join(thread, NULL);
    assert_true(busy.worked);
    for (int i = 0; i < 2; i++) { /* the worker may have had the time to take one */
        assert_true(waits[i].done || waits[i].worked);
    }
    loop_free(l);
}

static void post_go(void *arg) {
    struct job *j = arg;
    sem_post(j->go);
}

static void stop_loop(void *arg) {
    loop_stop(arg);
}

/* Work that waits for the loop comes to its end: the loop goes on until then. */
static void the_loop_outlives_the_workers(void **state) {
    (void)state;
    struct loop *l = loop_new();
    struct workers *w = workers_new(l, 2);
    sem_t started;
    sem_t go[2];
    sem_init(&started, 0, 0);
    struct job jobs[2];
    for (int i = 0; i < 2; i++) {
        sem_init(&go[i], 0, 0);
        jobs[i] = (struct job){.loop = l, .started = &started, .go = &go[i]};
        workers_run(w, block, NULL, &jobs[i]);
        sem_wait(&started);
    }
    workers_end(w, stop_loop, l);
    for (int i = 0; i < 2; i++) {
        loop_post(l, post_go, &jobs[i]);
    }
    loop_run(l);
    workers_free(w);
    loop_free(l);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(posts_run_in_order_on_the_loop_thread),
        cmocka_unit_test(nothing_runs_after_stop),
        cmocka_unit_test(a_repeating_timer_can_stop_itself),
        cmocka_unit_test(timers_fire_once_stop_and_end_with_the_loop),
        cmocka_unit_test(signals_come_to_the_loop),
        cmocka_unit_test(a_signal_that_nobody_can_catch_is_an_error),
        cmocka_unit_test(work_runs_elsewhere_and_done_on_the_loop),
        cmocka_unit_test(what_waits_at_the_end_is_dropped_after_its_done),
        cmocka_unit_test(the_loop_outlives_the_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
