/* The owner's events (GET /weir/v1/events). Watches live on the loop thread; telling is for any
 * thread. */
#include "hub/inner.h"

struct hub_watch {
    struct hub *hub;
    struct hub_watch *next;
    void (*on_event)(void *ctx, struct str name, struct str json);
    void *ctx;
};

struct told {
    struct told *next;
    const char *name;
    char *json;
    size_t len;
};

static struct told *take_told(struct hub *h) {
    LOCKED(&h->lock);
    struct told *all = h->told;
    h->told = NULL;
    h->last_told = &h->told;
    return all;
}

static void deliver(void *hub) {
    struct hub *h = hub;
    for (struct told *t = take_told(h); t;) {
        for (struct hub_watch *w = h->watches; w;) {
            struct hub_watch *next = w->next;
            w->on_event(w->ctx, str_of(t->name), (struct str){t->json, t->len});
            w = next;
        }
        struct told *next = t->next;
        free(t->json);
        free(t);
        t = next;
    }
}

void watch_init(struct hub *h) {
    h->last_told = &h->told;
}

void watch_finish(struct hub *h) {
    h->watches = NULL;
    deliver(h); /* what was told after the loop's end is told nobody */
}

void watch_tell(struct hub *h, const char *name, struct str json) {
    struct told *t = calloc(1, sizeof *t);
    char *copy = strndup(json.ptr, json.len);
    if (!t || !copy) {
        abort();
    }
    *t = (struct told){NULL, name, copy, json.len};
    {
        LOCKED(&h->lock);
        *h->last_told = t;
        h->last_told = &t->next;
    }
    loop_post(h->o.loop, deliver, h);
}

struct hub_watch *hub_watch_events(struct hub *h,
                                   void (*on_event)(void *ctx, struct str name, struct str json),
                                   void *ctx) {
    struct hub_watch *w = calloc(1, sizeof *w);
    if (!w) {
        abort();
    }
    *w = (struct hub_watch){h, h->watches, on_event, ctx};
    h->watches = w;
    return w;
}

void hub_unwatch(struct hub_watch *w) {
    for (struct hub_watch **at = &w->hub->watches; *at; at = &(*at)->next) {
        if (*at == w) {
            *at = w->next;
            break;
        }
    }
    free(w);
}
