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
    struct hub *hub;
    const char *name;
    char *json;
    size_t len;
};

static void deliver(void *arg) {
    struct told *t = arg;
    for (struct hub_watch *w = t->hub->watches; w;) {
        struct hub_watch *next = w->next;
        w->on_event(w->ctx, str_of(t->name), (struct str){t->json, t->len});
        w = next;
    }
    free(t->json);
    free(t);
}

void watch_tell(struct hub *h, const char *name, struct str json) {
    struct told *t = calloc(1, sizeof *t);
    char *copy = strndup(json.ptr, json.len);
    if (!t || !copy) {
        abort();
    }
    *t = (struct told){h, name, copy, json.len};
    loop_post(h->o.loop, deliver, t);
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
