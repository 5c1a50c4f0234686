/* The last previews: what `weir-preview: ID` must match. A preview is good for fifteen minutes, for
 * its caller, and while configuration, policy and gate are what they were. Memory only; any
 * thread. */
#include "hub/inner.h"

#include <stdarg.h>
#include <stdio.h>

enum { GOOD_MS = 15 * 60 * 1000 };

static char *copy(struct str s) {
    char *text = strndup(s.ptr ? s.ptr : "", s.len);
    if (!text) {
        abort();
    }
    return text;
}

void previews_finish(struct preview_kept *p) {
    free(p->caller);
    free(p->model);
    *p = (struct preview_kept){0};
}

void previews_keep(struct hub *h, const struct preview_made *m) {
    LOCKED(&h->lock);
    struct preview_kept *p = &h->previews[h->preview_next++ % PREVIEWS];
    previews_finish(p);
    *p = (struct preview_kept){.body = m->body,
                               .caller = copy(m->caller),
                               .model = copy(m->model),
                               .leaves = m->leaves,
                               .at_ms = m->at_ms};
    snprintf(p->id, sizeof p->id, STR_FMT, STR_ARG(m->id));
    snprintf(p->config, sizeof p->config, "%s", m->snap->config_hash);
    snprintf(p->policy, sizeof p->policy, "%s", m->snap->policy_hash);
}

static const struct preview_kept *find_locked(const struct hub *h, struct str id) {
    for (size_t i = 0; i < PREVIEWS; i++) {
        if (h->previews[i].id[0] && str_is(id, h->previews[i].id)) {
            return &h->previews[i];
        }
    }
    return NULL;
}

PRINTF(4, 5)
static bool refuse(struct err *e, const char *code, struct str id, const char *fmt, ...) {
    char why[160];
    va_list args;
    va_start(args, fmt);
    vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    return err_code(e, ERR_CONFLICT, code,
                    "The preview " STR_FMT " cannot be sent: %s; make a new one.",
                    STR_ARG(str_sub(id, 0, 40)), why);
}

bool previews_pin(struct hub *h, struct arena *a, const struct snapshot *s, struct str id,
                  struct str caller, int64_t now_ms, struct str *model, struct err *e) {
    LOCKED(&h->lock);
    const struct preview_kept *p = find_locked(h, id);
    if (!p) {
        return refuse(e, "preview_unknown", id, "there is no such preview (any more)");
    }
    /* What the owner looked at, the owner's own programs may send. */
    bool owners = str_is(STR("owner"), p->caller) && str_is(caller, "local");
    if (!owners && !str_is(caller, p->caller)) {
        return refuse(e, "preview_of_another", id, "another caller made it");
    }
    if (now_ms - p->at_ms >= GOOD_MS || now_ms < p->at_ms) {
        return refuse(e, "preview_expired", id, "it is older than 15 minutes");
    }
    if (!str_is(str_of(s->config_hash), p->config)) {
        return refuse(e, "preview_changed", id, "the configuration has changed since");
    }
    if (!str_is(str_of(s->policy_hash), p->policy) || s->policy.broken) {
        return refuse(e, "preview_changed", id, "the policy has changed since");
    }
    if (p->leaves && gate_is_shut(h->gate)) {
        return refuse(e, "preview_changed", id, "the gate has been closed since");
    }
    *model = str_dup(a, str_of(p->model));
    return true;
}

bool previews_match(struct hub *h, struct str id, const struct sha256 *body, struct err *e) {
    LOCKED(&h->lock);
    const struct preview_kept *p = find_locked(h, id);
    return (p && sha256_eq(&p->body, body))
           || refuse(e, "preview_changed", id, "this request would send other bytes");
}

bool previews_explain(struct str id, struct err *e) {
    char why[sizeof e->text];
    snprintf(why, sizeof why, "%s", e->text);
    return refuse(e, "preview_changed", id, "now it is refused: %s", why);
}
