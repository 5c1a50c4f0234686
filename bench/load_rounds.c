/* Who is measured when. With a bracket the first arm is measured at both ends of a round and the
 * others between, in random order; a round in which the first arm's two readings differ too much
 * was disturbed, and is made again. */
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
    POLL_BATCH = 256,
    TICK_MS = 50,
    TRIES = 3, /* at most so many rounds for each that is wanted */
};

static void expire(struct bench *b, uint64_t now) {
    uint64_t limit = (uint64_t)(b->opt.timeout_s * 1e9);
    for (unsigned i = 0; i < b->opt.conns; i++) {
        struct conn *c = &b->conns[i];
        if (c->busy && now - c->sent_at > limit) {
            drop(b, c, "timed out");
        }
    }
}

/* Starts the connections that are due; ramp 0: all of them at once. */
static unsigned start_due(struct bench *b, unsigned started, uint64_t begun, uint64_t now) {
    unsigned ramp = b->opt.ramp;
    uint64_t due = ramp ? (now - begun) * ramp / NS + 1 : b->opt.conns;
    while (started < b->opt.conns && started < due) {
        start_request(b, &b->conns[started++]);
    }
    return started;
}

static void run_until_idle(struct bench *b, uint64_t begun) {
    struct epoll_event ev[POLL_BATCH];
    uint64_t now = begun;
    uint64_t checked = begun;
    uint64_t pss_at = b->opt.pss_at_s > 0 ? begun + (uint64_t)(b->opt.pss_at_s * 1e9) : UINT64_MAX;
    unsigned started = start_due(b, 0, begun, now);
    while (b->busy || (started < b->opt.conns && now < b->stop_at)) {
        int n = epoll_wait(b->epoll, ev, POLL_BATCH, started < b->opt.conns ? 1 : TICK_MS);
        if (n < 0 && errno != EINTR) {
            die("epoll_wait");
        }
        for (int i = 0; i < n; i++) {
            on_event(b, ev[i].data.ptr, ev[i].events);
        }
        now = now_ns();
        started = start_due(b, started, begun, now);
        if (now - checked > NS) {
            expire(b, now);
            checked = now;
        }
        if (now >= pss_at) {
            b->arm->pss_mid_kb = arm_pss(b->arm);
            pss_at = UINT64_MAX;
        }
    }
}

/* One arm, one turn. Every request that was begun is waited for, or ends by its timeout. */
static void run_arm(struct bench *b, struct arm *a, struct round *r, double seconds) {
    b->arm = a;
    b->round = r;
    b->issued = 0;
    b->busy = 0;
    b->limit = b->opt.requests ? b->opt.requests : UINT64_MAX;
    b->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (b->epoll < 0) {
        die("epoll_create1");
    }
    /* Before the clock starts: some servers close idle connections between turns. */
    for (unsigned i = 0; i < b->opt.conns; i++) {
        open_conn(b, &b->conns[i]);
    }
    double cpu = arm_cpu(a);
    uint64_t begun = now_ns();
    b->stop_at = begun + (uint64_t)(seconds * 1e9);
    run_until_idle(b, begun);
    r->wall_s += (double)(now_ns() - begun) / 1e9;
    r->cpu_s += arm_cpu(a) - cpu;
    for (unsigned i = 0; i < b->opt.conns; i++) {
        close_conn(&b->conns[i]);
    }
    close(b->epoll);
}

void warm_up(struct bench *b) {
    uint64_t requests = b->opt.requests;
    b->opt.requests = 0;
    for (size_t i = 0; i < b->arm_count && b->opt.warmup_s > 0; i++) {
        struct round discard = {0};
        run_arm(b, &b->arms[i], &discard, b->opt.warmup_s);
        free_round(&discard);
    }
    b->opt.requests = requests;
}

static void shuffle(size_t *order, size_t n) {
    uint64_t seed = now_ns() | 1;
    for (size_t i = n; i > 1; i--) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        size_t k = seed % i;
        size_t swap = order[i - 1];
        order[i - 1] = order[k];
        order[k] = swap;
    }
}

static void between(struct bench *b, unsigned r) {
    size_t order[MAX_ARMS];
    size_t n = b->arm_count - 1;
    for (size_t i = 0; i < n; i++) {
        order[i] = i + 1;
    }
    shuffle(order, n);
    for (size_t i = 0; i < n; i++) {
        struct arm *a = &b->arms[order[i]];
        run_arm(b, a, &a->rounds[r], b->opt.seconds);
    }
}

static double reading(const struct bench *b, struct round *r) {
    return (double)median(b->opt.stream ? &r->relay : &r->latency);
}

/* Whether the first arm read alike at both ends. */
static bool bracketed_round(struct bench *b, unsigned r) {
    struct arm *first = &b->arms[0];
    struct round again = {0};
    run_arm(b, first, &first->rounds[r], b->opt.seconds);
    between(b, r);
    run_arm(b, first, &again, b->opt.seconds);
    double x = reading(b, &first->rounds[r]);
    double y = reading(b, &again);
    double low = x < y ? x : y;
    double high = x < y ? y : x;
    merge_round(&first->rounds[r], &again);
    free_round(&again);
    return high <= low * (1 + b->opt.bracket / 100);
}

static void forget_round(struct bench *b, unsigned r) {
    for (size_t i = 0; i < b->arm_count; i++) {
        free_round(&b->arms[i].rounds[r]);
        b->arms[i].rounds[r] = (struct round){0};
    }
}

void run_rounds(struct bench *b) {
    unsigned tries = b->opt.rounds * TRIES;
    for (unsigned r = 0; r < b->opt.rounds; r++) {
        if (b->opt.bracket <= 0) {
            /* Each round begins with another arm, so none always follows the same neighbour. */
            for (size_t i = 0; i < b->arm_count; i++) {
                struct arm *a = &b->arms[(i + r) % b->arm_count];
                run_arm(b, a, &a->rounds[r], b->opt.seconds);
            }
            continue;
        }
        while (tries-- > 0 && !bracketed_round(b, r)) {
            b->void_rounds++;
            if (tries < b->opt.rounds - r) {
                b->disturbed++; /* there is no quiet to be had: this one counts, and the report says
                                   so */
                break;
            }
            forget_round(b, r);
        }
    }
}
