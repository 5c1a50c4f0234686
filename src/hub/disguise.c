/* What of a request is disguised, and doing it to the body that is about to leave. Worker thread,
 * or the loop for small bodies. */
#include "hub/inner.h"

/* More than open, or may not go there as it is. */
static bool is_hidden(const struct snapshot *s, const struct labelled *l, struct str kind,
                      const struct policy_backend *to) {
    for (size_t i = 0; i < l->raised.count; i++) {
        const struct item *it = &l->raised.items[i];
        if (str_eq(it->kind, kind)
            && (it->level > LEVEL_OPEN
                || policy_item_permit(&s->policy, it, &l->request, to).transform
                       > TRANSFORM_AS_IS)) {
            return true;
        }
    }
    return false;
}

static bool has_tools(const struct labelled *l) {
    bool found = false;
    for (size_t i = 0; i < l->count && !found; i++) {
        found = l->texts[i].declared;
    }
    return found;
}

/* What the person said is never to be flagged stays as it is, secrets excepted. */
static bool counts(struct hub *h, const struct snapshot *s, const struct labelled *l,
                   const struct evidence *ev, enum disguise_kind how, struct str text,
                   const struct policy_backend *to) {
    const struct kind_row *row = kind_find(ev->kind);
    bool is_rule = str_starts(ev->kind, STR("rule:"));
    enum level level = row       ? policy_kind_level(&s->policy, ev->kind, row->level)
                       : is_rule ? LEVEL_OPEN
                                 : LEVEL_PRIVATE;
    return level == LEVEL_SECRET
           || ((level > LEVEL_OPEN || how == DISGUISE_BESIDE
                || (how == DISGUISE_TALK && !has_tools(l)) || is_hidden(s, l, ev->kind, to))
               && !never_has(h, text));
}

bool disguise_find(struct hub *h, const struct snapshot *s, struct arena *a,
                   const struct labelled *l, const struct policy_backend *to, struct original **out,
                   size_t *count) {
    struct original *found = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (size_t i = 0; i < l->found.count; i++) {
        const struct evidence *ev = &l->found.evidence[i];
        struct str text = str_sub(l->texts[ev->segment].text, ev->from, ev->to);
        enum token_type type = TOKEN_TERM;
        enum disguise_kind how = disguise_kind(ev->kind, &type);
        if (how == DISGUISE_NOT || !counts(h, s, l, ev, how, text, to)) {
            continue;
        }
        struct original o = {0};
        if (ev->split || how == DISGUISE_NEVER || !disguise_original(type, text, &o)) {
            return false;
        }
        *arena_push(a, found, n, cap) = o;
    }
    *out = found;
    *count = n;
    /* So many findings that some were only counted. */
    return l->found.count < SENSE_LIMITS.evidence;
}

bool journey_disguise(struct hub *h, const struct snapshot *s, struct arena *a,
                      const struct labelled *l, const struct policy_backend *to, struct str caller,
                      struct shaped *shaped, struct err *e) {
    struct original *found = NULL;
    size_t n = 0;
    if (!disguise_find(h, s, a, l, to, &found, &n)) {
        return err_code(e, ERR_FORBIDDEN, "policy_refused",
                        "This request may leave only disguised, and it cannot be disguised.");
    }
    shaped->book = vault_book(h->vault, l->conversation, caller);
    enum disguise_form form = s->policy.surrogates ? DISGUISE_SURROGATE : DISGUISE_PLACEHOLDER;
    if (!disguise_body(shaped->book, a, found, n, shaped->body.bytes, form, &shaped->disguised,
                       e)) {
        book_drop(TAKE(shaped->book));
        return false;
    }
    shaped->body.bytes = shaped->disguised.body;
    vault_keep(h->vault, shaped->book);
    return true;
}

void disguise_write(struct jout *j, const struct disguised *d, bool for_owner) {
    jout_array(j);
    for (size_t i = 0; i < d->count; i++) {
        jout_object(j);
        jout_kcstr(j, "type", TOKEN_NAMES[d->replaced[i].type]);
        jout_kstr(j, "placeholder", d->replaced[i].token);
        if (for_owner) {
            jout_kstr(j, "original", d->replaced[i].original);
        }
        jout_end_object(j);
    }
    jout_end_array(j);
}
