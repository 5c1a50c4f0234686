/* The result as one line of JSON. */
#define _GNU_SOURCE
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

void free_round(struct round *r) {
    free(r->latency.v);
    free(r->first.v);
    free(r->relay.v);
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

uint64_t median(struct samples *s) {
    qsort(s->v, s->n, s->n ? sizeof *s->v : 1, by_value);
    return s->n ? s->v[s->n / 2] : 0;
}

static void print_percentiles(const char *name, struct samples *s) {
    static const struct {
        const char *name;
        double p;
    } rows[] = {{"p50", 0.50}, {"p90", 0.90}, {"p99", 0.99}, {"max", 1.0}};
    if (s->n == 0) {
        return;
    }
    qsort(s->v, s->n, sizeof *s->v, by_value);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t at = (size_t)(rows[i].p * (double)s->n);
        at = at < s->n ? at : s->n - 1;
        printf("\"%s_%s_us\":%.1f,", name, rows[i].name, (double)s->v[at] / 1e3);
    }
}

static void print_round(struct round *r, bool stream) {
    printf("{");
    print_percentiles("latency", &r->latency);
    print_percentiles("first", &r->first);
    print_percentiles("relay", &r->relay);
    if (stream) {
        printf("\"events\":%llu,\"events_coalesced\":%llu,\"stream_events_min\":%llu,"
               "\"stream_events_max\":%llu,",
               (unsigned long long)r->events, (unsigned long long)r->coalesced,
               (unsigned long long)r->events_min, (unsigned long long)r->events_max);
    }
    printf("\"requests\":%llu,\"errors\":%llu,\"bytes\":%llu,\"wall_s\":%.4f,\"cpu_s\":%.4f,"
           "\"rps\":%.1f,\"cpu_us_per_request\":%.2f}",
           (unsigned long long)r->requests, (unsigned long long)r->errors,
           (unsigned long long)r->bytes, r->wall_s, r->cpu_s,
           r->wall_s > 0 ? (double)r->requests / r->wall_s : 0.0,
           r->requests ? r->cpu_s * 1e6 / (double)r->requests : 0.0);
}

static void append(struct samples *to, const struct samples *from) {
    for (size_t i = 0; i < from->n; i++) {
        add_sample(to, from->v[i]);
    }
}

void merge_round(struct round *all, const struct round *r) {
    append(&all->latency, &r->latency);
    append(&all->first, &r->first);
    append(&all->relay, &r->relay);
    if (all->requests == 0 || (r->requests && r->events_min < all->events_min)) {
        all->events_min = r->events_min;
    }
    if (r->events_max > all->events_max) {
        all->events_max = r->events_max;
    }
    all->requests += r->requests;
    all->errors += r->errors;
    all->events += r->events;
    all->coalesced += r->coalesced;
    all->bytes += r->bytes;
    all->wall_s += r->wall_s;
    all->cpu_s += r->cpu_s;
}

static void print_arm(const struct bench *b, struct arm *a) {
    struct round all = {0};
    for (unsigned i = 0; i < b->opt.rounds; i++) {
        merge_round(&all, &a->rounds[i]);
    }
    printf(
        "{\"name\":\"%s\",\"pss_before_kb\":%ld,\"pss_mid_kb\":%ld,\"pss_after_kb\":%ld,\"all\":",
        a->name, a->pss_before_kb, a->pss_mid_kb, a->pss_after_kb);
    print_round(&all, b->opt.stream);
    printf(",\"rounds\":[");
    for (unsigned i = 0; i < b->opt.rounds; i++) {
        printf("%s", i ? "," : "");
        print_round(&a->rounds[i], b->opt.stream);
    }
    printf("]}");
    free_round(&all);
}

void print_report(struct bench *b) {
    printf("{\"connections\":%u,\"stream\":%s,\"rounds\":%u,\"seconds\":%g,\"requests\":%llu,"
           "\"void_rounds\":%u,\"disturbed\":%u,\"arms\":[",
           b->opt.conns, b->opt.stream ? "true" : "false", b->opt.rounds, b->opt.seconds,
           (unsigned long long)b->opt.requests, b->void_rounds, b->disturbed);
    for (size_t i = 0; i < b->arm_count; i++) {
        printf("%s", i ? "," : "");
        print_arm(b, &b->arms[i]);
    }
    printf("]}\n");
}
