/* Time of a whole decision: a chat request's body with a prompt of 2 KB is read, scanned, labelled,
 * permitted by the policy `careful` and routed, with one local and one cloud backend to choose
 * from. Each prompt is another part of the file, so that nothing is remembered. Nothing is sent. */
#include "api/inner.h"
#include "base/clock.h"
#include "hub/inner.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 4000, PROMPT = 2048 };

static const char CONFIG[] =
    "[server]\nport = 0\n[[provider]]\nname = \"cloud\"\ndialect = \"openai\"\n"
    "url = \"http://127.0.0.1:9/v1\"\nzone = \"cloud\"\nauto = true\nmodels = [\"m\"]\n"
    "[[provider]]\nname = \"script\"\ndialect = \"scripted\"\nzone = \"device\"\nauto = true\n";

/* Every allocation of the process is counted, those of libraries too. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
static _Thread_local int64_t allocations;

void *malloc(size_t size) {
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
    allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size) {
    allocations++;
    return __libc_realloc(p, size);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static bool decide(struct hub *h, struct arena *a, struct str body, struct err *e) {
    struct hub_caller caller = {.kind = CALLER_OWNER, .name = STR("owner")};
    struct hub_job job = {.arena = a,
                          .body = body,
                          .caller = caller,
                          .channel = STR("openai"),
                          .dry = true,
                          .dialect = DIALECT_OPENAI};
    struct chat_request rq = {.body = body, .dialect = DIALECT_OPENAI};
    struct labelled labelled = {0};
    struct choice choice = {0};
    struct snapshot *s = snapshot_hold(h);
    bool ok = api_read_chat(a, body, &rq, e) && label_request(h, s, a, &rq, &job, &labelled, e)
              && choose(h, s, a, &rq, &job, &labelled, NULL, 0, &choice, e)
              && choice.result.chosen >= 0;
    snapshot_drop(s);
    return ok;
}

static bool measure(struct hub *h, struct str text, struct err *e) {
    static int64_t took[ROUNDS];
    int64_t allocated = 0;
    size_t step = (text.len - PROMPT) / (ROUNDS + 1);
    for (int i = -ROUNDS / 10; i < ROUNDS; i++) {
        struct api_memory memory = {.arena = arena_make(64UL << 20)};
        struct arena *a = &memory.arena;
        AUTO_BUF b = {.max = 1 << 20};
        size_t from = i < 0 ? (size_t)-i : (size_t)i * step;
        buf_add(&b, STR("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":"));
        json_quote(&b, str_sub(text, from, from + PROMPT));
        buf_add(&b, STR("}]}"));
        int64_t before = allocations;
        int64_t t0 = now_ns();
        bool ok = decide(h, a, buf_str(&b), e);
        arena_end(a);
        took[i < 0 ? 0 : i] = now_ns() - t0;
        allocated += i < 0 ? 0 : allocations - before;
        if (!ok) {
            return false;
        }
    }
    qsort(took, ROUNDS, sizeof took[0], by_size);
    printf("| what | p50, µs | p99, µs | allocations |\n| --- | --- | --- | --- |\n"
           "| decision | %.1f | %.1f | %.3f |\n",
           (double)took[ROUNDS / 2] / 1e3, (double)took[ROUNDS * 99 / 100] / 1e3,
           (double)allocated / ROUNDS);
    return true;
}

static void on_stopped(void *ctx) {
    loop_stop(ctx);
}

/* Makes a hub in the folder, and measures with it. */
static bool run(const char *folder, struct str text, struct err *e) {
    struct arena a = arena_make(1 << 20);
    struct str dir = str_of(folder);
    struct places places = {.config = path_join(&a, dir, "config"),
                            .data = path_join(&a, dir, "data"),
                            .state = path_join(&a, dir, "state"),
                            .cache = path_join(&a, dir, "cache"),
                            .runtime = path_join(&a, dir, "run"),
                            .home = path_join(&a, dir, "home")};
    struct loop *loop = loop_new();
    struct workers *workers = workers_new(loop, 1);
    struct hub_options o = {.loop = loop,
                            .workers = workers,
                            .places = places,
                            .started_us = clock_mono_us(),
                            .read = api_read_chat};
    struct hub *h = NULL;
    bool ok = places_make(&places, e)
              && file_write(path_join(&a, places.config, "weir.toml").ptr, str_of(CONFIG), 0600, e)
              && hub_new(&o, &h, e) && measure(h, text, e);
    if (h) {
        hub_stop(h, on_stopped, loop);
        loop_run(loop);
    }
    workers_free(workers);
    hub_free(h);
    loop_free(loop);
    arena_end(&a);
    return ok;
}

int main(int argc, char **argv) {
    static char bytes[1 << 20];
    char folder[] = "/tmp/weir-decide-XXXXXX";
    struct err e = {0};
    FILE *f = argc == 2 ? fopen(argv[1], "r") : NULL;
    size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
    if (f) {
        fclose(f);
    }
    if (n < 2 * PROMPT || !mkdtemp(folder)) {
        fprintf(stderr, "usage: bench_decide FILE (of some hundred KB)\n");
        return 1;
    }
    bool ok = run(folder, (struct str){bytes, n}, &e);
    if (!ok) {
        fprintf(stderr, "%s\n", e.text[0] ? e.text : "nothing was chosen");
    }
    struct arena a = arena_make(1 << 20);
    const char *const argv_rm[] = {"rm", "-rf", folder, NULL};
    struct str out = {0};
    ok = proc_capture(&a, argv_rm, 10000, 4096, &out, &e) && ok;
    arena_end(&a);
    return ok ? 0 : 1;
}
