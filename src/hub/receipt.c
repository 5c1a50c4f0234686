/* The receipt: where an answer ran, why, what left, what it cost. */
#include "hub/inner.h"

#include <math.h>

int64_t receipt_cost(const struct config_model *m_opt, const struct chat_usage *u) {
    if (!m_opt || m_opt->price_in < 0 || m_opt->price_out < 0 || u->input_tokens < 0
        || u->output_tokens < 0) {
        return -1;
    }
    return (u->input_tokens * m_opt->price_in + u->output_tokens * m_opt->price_out + 500000)
           / 1000000;
}

static void add_bytes(struct buf *b, int64_t n) {
    if (n < 1000) {
        buf_addf(b, "%lld B left", (long long)n);
    } else if (n < 1000000) {
        buf_addf(b, "%.1f kB left", (double)n / 1e3);
    } else {
        buf_addf(b, "%.1f MB left", (double)n / 1e6);
    }
}

static void make_line(struct arena *a, struct hub_receipt *r) {
    AUTO_BUF b = {0};
    buf_init(&b, 1000);
    bool far = r->route.zone >= ZONE_TRUSTED;
    buf_addf(&b, "%s %s · " STR_FMT, far ? "☁" : "⌂", ZONE_NAMES[r->route.zone],
             STR_ARG(r->route.model));
    if (r->reason.len && far) {
        buf_addf(&b, " · " STR_FMT, STR_ARG(r->reason));
    }
    if (r->usage.tokens_per_second >= 0.5) {
        buf_addf(&b, " · %.0f tok/s", r->usage.tokens_per_second);
    }
    if (r->disguised) {
        buf_addf(&b, " · %lld name%s disguised", (long long)r->disguised,
                 r->disguised == 1 ? "" : "s");
    }
    if (r->kept) {
        buf_addf(&b, " · %lld kept back", (long long)r->kept);
    }
    if (r->invented) {
        buf_addf(&b, " · %lld placeholder%s unknown", (long long)r->invented,
                 r->invented == 1 ? "" : "s");
    }
    if (r->metadata) {
        buf_add(&b, r->positions ? STR(" · picture's place taken out")
                                 : STR(" · picture's metadata taken out"));
    }
    buf_add(&b, STR(" · "));
    if (r->left_bytes) {
        add_bytes(&b, r->left_bytes);
    } else {
        buf_add(&b, STR("nothing left"));
    }
    if (r->cost_micros > 0) {
        buf_addf(&b, " · $%.4f", (double)r->cost_micros / 1e6);
    }
    if (r->left_bytes) {
        buf_addf(&b, " · weir why " STR_FMT, STR_ARG(str_sub(r->route.decision, 0, 6)));
    }
    r->line = str_dup(a, buf_str(&b));
}

static void add_usage(struct jout *j, const struct chat_usage *u) {
    jout_key(j, "usage");
    jout_object(j);
    jout_ki64(j, "input_tokens", u->input_tokens);
    jout_ki64(j, "output_tokens", u->output_tokens);
    if (u->cached_tokens > 0) {
        jout_ki64(j, "cached_tokens", u->cached_tokens);
    }
    jout_end_object(j);
    if (u->tokens_per_second > 0) {
        jout_kdouble(j, "tokens_per_second", round(u->tokens_per_second * 10) / 10);
    }
}

void receipt_make(struct arena *a, struct hub_receipt *r, const struct choice *c,
                  const struct hub_job *job) {
    make_line(a, r);
    AUTO_BUF b = {0};
    buf_init(&b, 64 << 10);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "decision", r->route.decision);
    jout_kcstr(&j, "zone", ZONE_NAMES[r->route.zone]);
    jout_kstr(&j, "model", r->route.model);
    jout_kstr(&j, "asked", r->route.asked);
    jout_kcstr(&j, "reason", ROUTE_REASON_NAMES[c->result.reason]);
    jout_kstr(&j, "why", r->reason);
    jout_ki64(&j, "left_bytes", r->left_bytes);
    jout_ki64(&j, "disguised", r->disguised);
    if (r->metadata) {
        jout_ki64(&j, "image_metadata", r->metadata);
        jout_ki64(&j, "image_positions", r->positions);
    }
    if (r->disguised) {
        jout_ki64(&j, "restored", r->restored);
        jout_ki64(&j, "unresolved", r->kept);
        jout_ki64(&j, "invented", r->invented);
    }
    add_usage(&j, &r->usage);
    if (r->cost_micros >= 0) {
        jout_kdouble(&j, "cost_usd", (double)r->cost_micros / 1e6);
    }
    jout_ki64(&j, "total_ms", r->total_ms);
    jout_ki64(&j, "first_ms", r->first_ms);
    jout_kstr(&j, "caller", job->caller.name);
    jout_kstr(&j, "line", r->line);
    jout_end_object(&j);
    r->json = str_dup(a, buf_str(&b));
}
