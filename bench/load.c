/* load: measures servers side by side.
 *
 * A closed-loop client on one thread. Several arms (servers) take turns in short rounds, so that
 * whatever disturbs the machine hits all of them alike; figures are kept per round, so that ratios
 * can be taken inside a round. Event delays compare the stamp that mock puts into each event with
 * this machine's clock, so only loopback addresses are accepted. */
#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void die(const char *what) {
    perror(what);
    exit(1);
}

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "load: %s: %s\n", what, detail);
    exit(2);
}

void *xrealloc(void *p, size_t n) {
    p = realloc(p, n);
    if (!p) {
        die("out of memory");
    }
    return p;
}

void *xcalloc(size_t n, size_t size) {
    void *p = calloc(n, size);
    if (!p) {
        die("out of memory");
    }
    return p;
}

uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * NS + (uint64_t)t.tv_nsec;
}

void add_sample(struct samples *s, uint64_t v) {
    if (s->n == MAX_SAMPLES) {
        return;
    }
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 4096;
        s->v = xrealloc(s->v, s->cap * sizeof *s->v);
    }
    s->v[s->n++] = v;
}

static void usage(void) {
    fprintf(
        stderr,
        "usage: load --arm NAME=http://127.0.0.1:PORT/PATH[:PID] [--arm ...]\n"
        "            [--arm-header NAME='Key: value'] [--arm-body NAME=FILE] [--arm-alone NAME]\n"
        "            [--header 'Key: value'] [--body FILE] [--connections 1] [--ramp 0] "
        "[--stream]\n"
        "            [--rounds 1] [--bracket 0] [--seconds 1] [--requests 0] [--warmup-seconds 0]\n"
        "            [--timeout 30] [--pss-at 0]\n"
        "Seconds and requests are per arm and round; the first to be reached ends the turn.\n"
        "--bracket P: the first arm is measured at both ends of a round, and the round made again\n"
        "when the two differ by more than P per cent. --ramp N: connections started per second.\n"
        "--pss-at S: memory is read S seconds into each turn, too.\n"
        "Prints one line of JSON. CPU and PSS are those of PID and all its descendants, or of PID\n"
        "alone with --arm-alone.\n");
    exit(2);
}

static double number(const char *text, double min, double max) {
    char *end;
    double v = strtod(text, &end);
    if (end == text || *end || !(v >= min && v <= max)) {
        fail("not a number in range", text);
    }
    return v;
}

static void append_text(char **to, const char *a, const char *b) {
    char *out = NULL;
    if (asprintf(&out, "%s%s%s", *to ? *to : "", a, b) < 0) {
        die("asprintf");
    }
    free(*to);
    *to = out;
}

static struct arm *find_arm(struct bench *b, const char *name, size_t len) {
    for (size_t i = 0; i < b->arm_count; i++) {
        if (strlen(b->arms[i].name) == len && memcmp(b->arms[i].name, name, len) == 0) {
            return &b->arms[i];
        }
    }
    return NULL;
}

static void parse_url(struct arm *a, const char *url) {
    int used = 0;
    if (sscanf(url, "http://%63[^:/]:%u%n", a->host, &a->port, &used) != 2 || url[used] != '/') {
        fail("an arm's URL is http://127.0.0.1:PORT/PATH", url);
    }
    if (strcmp(a->host, "localhost") == 0) {
        memcpy(a->host, "127.0.0.1", sizeof "127.0.0.1");
    }
    struct in_addr in;
    if (inet_pton(AF_INET, a->host, &in) != 1 || (ntohl(in.s_addr) >> 24) != 127
        || a->port > 65535) {
        fail("only 127.0.0.0/8 can be measured", url);
    }
    if (snprintf(a->path, sizeof a->path, "%s", url + used) >= (int)sizeof a->path) {
        fail("path too long", url);
    }
    char *colon = strrchr(a->path, ':');
    if (colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1)) {
        a->pid = (int)strtol(colon + 1, NULL, 10);
        *colon = 0;
    }
}

static void add_arm(struct bench *b, const char *text) {
    const char *eq = strchr(text, '=');
    if (!eq || b->arm_count == MAX_ARMS) {
        fail("an arm is NAME=URL[:PID], at most 32 of them", text);
    }
    struct arm *a = &b->arms[b->arm_count];
    if (eq == text || (size_t)(eq - text) >= sizeof a->name
        || strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
               != (size_t)(eq - text)) {
        fail("a name has letters, digits, dash, dot and underscore", text);
    }
    memcpy(a->name, text, (size_t)(eq - text));
    parse_url(a, eq + 1);
    b->arm_count++;
}

static char *read_file(const char *path) {
    FILE *f = fopen(path, "r");
    char *data = NULL;
    size_t size = 0;
    if (!f || getdelim(&data, &size, EOF, f) < 0) {
        die(path);
    }
    fclose(f);
    return data;
}

/* "NAME=rest" of an option about an arm that was given before; "NAME" alone gives "". */
static struct arm *named_arm(struct bench *b, const char *text, const char **rest) {
    size_t n = strcspn(text, "=");
    struct arm *a = find_arm(b, text, n);
    if (!a) {
        fail("no arm of that name was given before", text);
    }
    *rest = text + n + (text[n] == '=');
    return a;
}

static void add_arm_header(struct bench *b, const char *text) {
    const char *header = NULL;
    struct arm *a = named_arm(b, text, &header);
    append_text(&a->extra_headers, header, "\r\n");
}

static void add_arm_body(struct bench *b, const char *text) {
    const char *path = NULL;
    struct arm *a = named_arm(b, text, &path);
    free(a->body);
    a->body = read_file(path);
}

static void set_alone(struct bench *b, const char *text) {
    const char *rest = NULL;
    named_arm(b, text, &rest)->is_alone = true;
}

static void build_request(struct arm *a, const struct options *o, const char *body) {
    int n = asprintf(&a->request,
                     "POST %s HTTP/1.1\r\nHost: %s:%u\r\nContent-Type: application/json\r\n"
                     "Accept: %s\r\nContent-Length: %zu\r\n%s%s\r\n%s",
                     a->path, a->host, a->port,
                     o->stream ? "text/event-stream" : "application/json", strlen(body),
                     o->headers ? o->headers : "", a->extra_headers ? a->extra_headers : "", body);
    if (n < 0) {
        die("asprintf");
    }
    a->request_len = (size_t)n;
}

static void parse_options(struct bench *b, int argc, char **argv) {
    static const struct option names[] = {
        {"arm", required_argument, NULL, 'a'},
        {"arm-header", required_argument, NULL, 'A'},
        {"header", required_argument, NULL, 'H'},
        {"body", required_argument, NULL, 'b'},
        {"connections", required_argument, NULL, 'c'},
        {"stream", no_argument, NULL, 'x'},
        {"rounds", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 's'},
        {"requests", required_argument, NULL, 'n'},
        {"timeout", required_argument, NULL, 't'},
        {"warmup-seconds", required_argument, NULL, 'w'},
        {"arm-body", required_argument, NULL, 'B'},
        {"arm-alone", required_argument, NULL, 'l'},
        {"pss-at", required_argument, NULL, 'p'},
        {"bracket", required_argument, NULL, 'k'},
        {"ramp", required_argument, NULL, 'm'},
        {0},
    };
    struct options *o = &b->opt;
    int ch;
    while ((ch = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (ch) {
        case 'a':
            add_arm(b, optarg);
            break;
        case 'A':
            add_arm_header(b, optarg);
            break;
        case 'B':
            add_arm_body(b, optarg);
            break;
        case 'l':
            set_alone(b, optarg);
            break;
        case 'k':
            o->bracket = number(optarg, 0, 1000);
            break;
        case 'm':
            o->ramp = (unsigned)number(optarg, 0, 1000000);
            break;
        case 'p':
            o->pss_at_s = number(optarg, 0, 3600);
            break;
        case 'H':
            append_text(&o->headers, optarg, "\r\n");
            break;
        case 'b':
            o->body_file = optarg;
            break;
        case 'c':
            o->conns = (unsigned)number(optarg, 1, MAX_CONNS);
            break;
        case 'x':
            o->stream = true;
            break;
        case 'r':
            o->rounds = (unsigned)number(optarg, 1, MAX_ROUNDS);
            break;
        case 's':
            o->seconds = number(optarg, 0.001, 3600);
            break;
        case 'n':
            o->requests = (uint64_t)number(optarg, 0, 1e9);
            break;
        case 't':
            o->timeout_s = number(optarg, 0.1, 600);
            break;
        case 'w':
            o->warmup_s = number(optarg, 0, 600);
            break;
        default:
            usage();
        }
    }
    if (optind != argc || b->arm_count == 0) {
        usage();
    }
}

static void prepare(struct bench *b) {
    const struct options *o = &b->opt;
    char *body =
        o->body_file
            ? read_file(o->body_file)
            : strdup(
                o->stream
                    ? "{\"model\":\"mock\",\"stream\":true,"
                      "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
                    : "{\"model\":\"mock\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
    for (size_t i = 0; i < b->arm_count; i++) {
        build_request(&b->arms[i], o, b->arms[i].body ? b->arms[i].body : body);
        b->arms[i].rounds = xcalloc(o->rounds, sizeof(struct round));
        b->arms[i].pss_before_kb = arm_pss(&b->arms[i]);
    }
    b->conns = xcalloc(o->conns, sizeof *b->conns);
    free(body);
}

int main(int argc, char **argv) {
    static struct bench b = {.opt = {.conns = 1, .rounds = 1, .seconds = 1, .timeout_s = 30}};
    parse_options(&b, argc, argv);
    prepare(&b);
    warm_up(&b);
    run_rounds(&b);
    for (size_t i = 0; i < b.arm_count; i++) {
        b.arms[i].pss_after_kb = arm_pss(&b.arms[i]);
    }
    print_report(&b);
    return 0;
}
