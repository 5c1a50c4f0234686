/* What fits: the file, the context of every slot, and room to work. Measured beside a running
 * engine it is right within a tenth; a model's own buffers differ. */
#include "cli/fit.h"

#include "cli/simple.h"

enum { WORK_BYTES = 64 << 20, WORK_SHARE = 16 /* of the file: buffers grow with the model */ };

/* About how many bytes a model takes while it runs. */
struct fit {
    int64_t needs; /* with the context that is configured */
    int64_t most;  /* the longest context that the memory allows, at most what it was trained for */
    const char *verdict;
};

/* limit: what models may have; available: what is free now, 0 unknown. */
static struct fit fit_of(const struct jval *model, int64_t limit, int64_t available) {
    int64_t size = out_number(model, "size_bytes", 0);
    int64_t context = out_number(model, "context", 0);
    int64_t trained = out_number(model, "trained_context", 0);
    int64_t token = out_number(model, "token_bytes", 0) * out_number(model, "slots", 1);
    int64_t fixed = size + size / WORK_SHARE + WORK_BYTES;
    struct fit f = {.needs = fixed + context * token};
    int64_t room = (available > 0 && available < limit ? available : limit) - fixed;
    f.most = room < 0 ? 0 : token > 0 ? room / token : context;
    f.most = trained > 0 && f.most > trained ? trained : f.most;
    f.verdict = f.needs > limit ? "no" : available > 0 && f.needs > available ? "not now" : "yes";
    return f;
}

static void write_json(struct client *c, const struct jval *list, int64_t limit, int64_t free) {
    AUTO_BUF b = {0};
    buf_init(&b, 16 << 20);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_ki64(&j, "memory_bytes", limit);
    jout_ki64(&j, "memory_free_bytes", free);
    jout_key(&j, "models");
    jout_array(&j);
    for (struct jiter it = jval_iter(list); jiter_next(&it);) {
        if (!str_is(simple_text(it.value, "backend"), "local")) {
            continue;
        }
        struct fit f = fit_of(it.value, limit, free);
        jout_object(&j);
        jout_kstr(&j, "name", simple_text(it.value, "name"));
        jout_ki64(&j, "needs_bytes", f.needs);
        jout_ki64(&j, "context", out_number(it.value, "context", 0));
        jout_ki64(&j, "most_context", f.most);
        jout_kcstr(&j, "fits", f.verdict);
        jout_end_object(&j);
    }
    jout_end_array(&j);
    jout_end_object(&j);
    printf(STR_FMT "\n", STR_ARG(str_dup(&c->arena, buf_str(&b))));
}

int models_fit(struct client *c) {
    int code = 0;
    bool json = c->json;
    struct arena *a = &c->arena;
    c->json = false;
    const struct jval *v = client_get(c, "GET", STR("/weir/v1/models"), STR(""), &code);
    c->json = json;
    if (!v) {
        return code;
    }
    const struct jval *list = jval_get(v, "models");
    int64_t limit = out_number(v, "memory_bytes", 0);
    int64_t free = out_number(v, "memory_free_bytes", 0);
    if (json) {
        write_json(c, list, limit, free);
        return 0;
    }
    printf("models may have " STR_FMT "; " STR_FMT " are free\n", STR_ARG(out_size(a, limit)),
           STR_ARG(free ? out_size(a, free) : STR("?")));
    struct table t = {.a = a, .columns = 5};
    table_row(&t, (struct str[]){STR("MODEL"), STR("NEEDS ABOUT"), STR("CONTEXT"), STR("AT MOST"),
                                 STR("FITS")});
    for (struct jiter it = jval_iter(list); jiter_next(&it);) {
        if (!str_is(simple_text(it.value, "backend"), "local")) {
            continue;
        }
        struct fit f = fit_of(it.value, limit, free);
        table_row(&t, (struct str[]){simple_text(it.value, "name"), out_size(a, f.needs),
                                     str_fmt(a, "%lld x %lld",
                                             (long long)out_number(it.value, "slots", 1),
                                             (long long)out_number(it.value, "context", 0)),
                                     str_fmt(a, "%lld", (long long)f.most), str_of(f.verdict)});
    }
    table_print(&t, stdout);
    return 0;
}
