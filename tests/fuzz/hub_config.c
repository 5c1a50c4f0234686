/* Any bytes → weir.toml: what is wrong is said in one line with file and place; what is right is
 * within its bounds, and means the same when it is read again. */
#include "hub/config.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(what)                                   \
    do {                                              \
        if (!(what)) {                                \
            fprintf(stderr, "not true: %s\n", #what); \
            abort();                                  \
        }                                             \
    } while (0)

static char folder[64];

static void clean(void) {
    char path[96];
    snprintf(path, sizeof path, "%s/weir.toml", folder);
    unlink(path);
    rmdir(folder);
}

static void save(const uint8_t *data, size_t size) {
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "/tmp/weir-fuzz-XXXXXX");
        CHECK(mkdtemp(folder));
        atexit(clean);
    }
    char path[96];
    snprintf(path, sizeof path, "%s/weir.toml", folder);
    FILE *f = fopen(path, "wb");
    CHECK(f && chmod(path, 0600) == 0);
    CHECK(fwrite(data, 1, size, f) == size && fclose(f) == 0);
}

static void check_good(const struct config *c) {
    CHECK(c->file_count == 1 && c->listen_count > 0);
    CHECK(c->port >= 0 && c->port <= 65535);
    CHECK(c->cloud_share >= 0 && c->cloud_share <= 1000);
    CHECK(c->body_bytes > 0 && c->engine_memory >= 0 && c->keep_alive_ms >= 0 && c->bodies_ms >= 0);
    CHECK(c->budget_micros >= -1);
    CHECK(config_profile(c, c->profile) && config_profile(c, STR("private")));
    for (size_t i = 0; i < c->provider_count; i++) {
        const struct config_provider *p = &c->providers[i];
        CHECK(p->name.len && config_provider(c, p->name) == p);
        CHECK(p->dialect == DIALECT_SCRIPTED || p->target.base_url.len);
        /* Believed is never nearer than written. */
        CHECK(p->target.zone >= p->said);
        for (size_t m = 0; m < p->model_count; m++) {
            CHECK(p->models[m].context >= 0 && p->models[m].price_in >= -1);
        }
    }
}

static void check_bad(const struct err *e) {
    CHECK(e->kind == ERR_INVALID && e->text[0]);
    CHECK(strncmp(e->text, "weir.toml:", 10) == 0);
    CHECK(!strchr(e->text, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = arena_make(256u << 20);
    struct str dir = STR("/tmp");
    save(data, size);
    dir = str_of(folder);
    struct places places = {.config = dir, .data = dir, .state = dir, .home = dir};
    struct config *c = NULL;
    struct err e = {0};
    if (config_read(&a, &places, &c, &e)) {
        struct config *again = NULL;
        check_good(c);
        CHECK(config_read(&a, &places, &again, &e));
        CHECK(memcmp(&c->hash, &again->hash, sizeof c->hash) == 0);
        CHECK(c->provider_count == again->provider_count && str_eq(c->shown, again->shown));
    } else {
        check_bad(&e);
    }
    arena_end(&a);
    return 0;
}
