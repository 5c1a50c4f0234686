/* Inside load: one run's state, and what its files call of each other.
 *
 *   load.c         options           load_client.c  connections, requests, answers
 *   load_rounds.c  who is measured when              load_process.c  CPU and memory of a server
 *   load_report.c  JSON */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    MAX_ARMS = 32,
    MAX_ROUNDS = 1000,
    MAX_CONNS = 20000,
    MAX_SAMPLES = 32 << 20,
    HEAD_BYTES = 8 << 10,
    LINE_BYTES = 8 << 10, /* of a longer line the rest is skipped; the stamp is near its start */
};

#define NS 1000000000ull

struct samples {
    uint64_t *v;
    size_t n, cap;
};

/* What one arm did in one round. */
struct round {
    struct samples latency, first, relay;
    uint64_t requests, errors, events, bytes, coalesced;
    uint64_t events_min, events_max; /* per stream */
    double wall_s, cpu_s;
};

struct arm {
    char name[64], host[64], path[256];
    unsigned port;
    int pid; /* 0: no process figures */
    char *extra_headers;
    char *request;
    size_t request_len;
    bool is_alone; /* figures of the process itself, without its children */
    char *body;    /* NULL: that of the run */
    long pss_before_kb, pss_mid_kb, pss_after_kb;
    bool told; /* the first error was printed */
    struct round *rounds;
};

enum body_kind { BODY_LENGTH, BODY_CHUNKED, BODY_UNTIL_CLOSE };
enum chunk_state { CHUNK_SIZE, CHUNK_DATA, CHUNK_GAP, CHUNK_TRAILER };

struct conn {
    int fd;
    bool busy, in_body, close_after, blocked;
    uint64_t sent_at;
    size_t out_at; /* how much of the request is sent */
    int status;
    enum body_kind kind;
    enum chunk_state chunk;
    uint64_t left;  /* of the body or the chunk */
    char small[64]; /* a chunk-size or trailer line that is not complete yet */
    size_t small_len;
    char head[HEAD_BYTES];
    size_t head_len;
    char line[LINE_BYTES];
    size_t line_len;
    uint64_t stream_events;
    uint64_t read_events; /* in the current read */
};

struct options {
    unsigned conns, rounds;
    uint64_t requests; /* per round and arm; 0: no limit */
    double seconds, warmup_s, timeout_s;
    double pss_at_s; /* into each turn; 0: not read meanwhile */
    double bracket;  /* per cent; 0: rounds without */
    unsigned ramp;   /* connections started per second; 0: all at once */
    bool stream;
    const char *body_file;
    char *headers;
};

struct bench {
    struct options opt;
    struct arm arms[MAX_ARMS];
    size_t arm_count;
    /* the run under way */
    struct arm *arm;
    struct round *round;
    struct conn *conns;
    int epoll;
    uint64_t issued, limit, stop_at;
    size_t busy;
    unsigned void_rounds; /* disturbed, and not counted */
    unsigned disturbed;   /* disturbed, and counted: nothing better was to be had */
};

/* load.c */
void die(const char *what);
void *xrealloc(void *p, size_t n);
void *xcalloc(size_t n, size_t size);
uint64_t now_ns(void);
void add_sample(struct samples *s, uint64_t v);

/* load_process.c */
double arm_cpu(const struct arm *a);
long arm_pss(const struct arm *a);

/* load_client.c */
void open_conn(struct bench *b, struct conn *c);
void close_conn(struct conn *c);
void start_request(struct bench *b, struct conn *c);
void drop(struct bench *b, struct conn *c, const char *why);
void on_event(struct bench *b, struct conn *c, uint32_t events);

/* load_rounds.c */
void warm_up(struct bench *b);
void run_rounds(struct bench *b);

/* load_report.c */
void free_round(struct round *r);
void merge_round(struct round *all, const struct round *r);
uint64_t median(struct samples *s); /* sorts them */
void print_report(struct bench *b);
