/* The last previews: what `weir-preview: ID` must match. Memory only; any thread. */
#include "hub/inner.h"

#include <stdio.h>

void previews_keep(struct hub *h, struct str id, const struct sha256 *body, struct str backend) {
    LOCKED(&h->lock);
    struct preview_kept *p = &h->previews[h->preview_next++ % PREVIEWS];
    free((char *)(uintptr_t)p->backend.ptr);
    char *copy = strndup(backend.ptr, backend.len);
    if (!copy) {
        abort();
    }
    *p = (struct preview_kept){
        .body = *body, .backend = {copy, backend.len}, .at_ms = clock_wall_ms()};
    snprintf(p->id, sizeof p->id, STR_FMT, STR_ARG(id));
}

bool previews_match(struct hub *h, struct str id, const struct sha256 *body, struct str backend,
                    struct err *e) {
    LOCKED(&h->lock);
    for (size_t i = 0; i < PREVIEWS; i++) {
        const struct preview_kept *p = &h->previews[i];
        if (p->id[0] && str_is(id, p->id)) {
            if (sha256_eq(&p->body, body) && str_eq(p->backend, backend)) {
                return true;
            }
            return err_code(e, ERR_CONFLICT, "preview_changed",
                            "This would send other bytes than the preview " STR_FMT
                            " showed; make a new preview.",
                            STR_ARG(id));
        }
    }
    return err_code(e, ERR_CONFLICT, "preview_unknown",
                    "There is no preview " STR_FMT " (any more); make a new one.", STR_ARG(id));
}
