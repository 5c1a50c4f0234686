/* A model's slot: its state, who waits for it, its calls. */
#include "base/clock.h"
#include "base/log.h"
#include "engine/inside.h"

/* Someone waits for a model to be loaded or unloaded. */
struct load_wait {
    struct load_wait *next;
    void (*done)(void *ctx, const struct err *e_opt);
    void *ctx;
    bool unload;
};

void slot_set_state(struct engine *g, struct slot *s, enum engine_state state) {
    {
        LOCKED(&g->lock);
        s->info.state = state;
    }
    s->since_us = clock_mono_us();
    log_info("model " STR_FMT ": %s", STR_ARG(s->info.name), ENGINE_STATE_NAMES[state]);
    if (g->o.on_change) {
        g->o.on_change(g->o.ctx, s->info.name, state);
    }
}

bool slot_runs(const struct slot *s) {
    return s->proc != NULL;
}

struct slot *slot_find(struct engine *g, struct str name) {
    for (struct slot *s = g->slots; s; s = s->next) {
        if (str_ieq(s->info.name, name)) {
            return s;
        }
    }
    return NULL;
}

void slot_wait(struct slot *s, bool unload, void (*done)(void *ctx, const struct err *e_opt),
               void *ctx) {
    struct load_wait *w = calloc(1, sizeof *w);
    if (!w) {
        abort();
    }
    *w = (struct load_wait){s->loads, done, ctx, unload};
    s->loads = w;
}

void slot_tell_loads(struct slot *s, bool unload, const struct err *e_opt) {
    struct load_wait *mine = NULL;
    for (struct load_wait **at = &s->loads; *at;) {
        struct load_wait *w = *at;
        if (w->unload == unload) {
            *at = w->next;
            w->next = mine;
            mine = w;
        } else {
            at = &w->next;
        }
    }
    while (mine) {
        struct load_wait *w = mine;
        mine = w->next;
        w->done(w->ctx, e_opt);
        free(w);
    }
}

bool slot_is_load_wanted(const struct slot *s) {
    for (const struct load_wait *w = s->loads; w; w = w->next) {
        if (!w->unload) {
            return true;
        }
    }
    return false;
}

void slot_forget_loads(struct slot *s) {
    while (s->loads) {
        struct load_wait *w = s->loads;
        s->loads = w->next;
        free(w);
    }
}

void calls_fail(struct engine_call **list, const struct err *e) {
    struct engine_call *mine = *list;
    *list = NULL;
    if (mine) {
        mine->at = &mine;
    }
    while (mine) {
        call_end(mine, e);
    }
}
