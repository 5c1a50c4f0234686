/* The vault for its owner: which conversations have originals, one of them in the clear, and
 * forgetting it. Worker threads. */
#include "hub/inner.h"

enum { LARGEST = 64 << 20 };

bool hub_vault(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
               struct err *e) {
    (void)q;
    (void)e;
    AUTO_BUF b = {0};
    buf_init(&b, LARGEST);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_key(&j, "conversations");
    jout_array(&j);
    vault_list(h->vault, &j);
    jout_end_array(&j);
    jout_end_object(&j);
    *out = str_dup(a, buf_str(&b));
    return true;
}

bool hub_vault_export(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    AUTO_BUF b = {0};
    buf_init(&b, LARGEST);
    struct jout j = jout_make(&b);
    TRY(vault_export(h->vault, q->id, &j, e));
    *out = str_dup(a, buf_str(&b));
    return true;
}

/* The request itself is a row of the ledger, without what is forgotten. */
bool hub_vault_remove(struct hub *h, struct arena *a, const struct hub_query *q, struct str *out,
                      struct err *e) {
    AUTO_BUF b = {0};
    buf_init(&b, 4096);
    struct jout j = jout_make(&b);
    jout_object(&j);
    jout_kstr(&j, "removed", q->id);
    jout_end_object(&j);
    *out = str_dup(a, buf_str(&b));
    TRY(vault_remove(h->vault, q->id, e));
    return ledger_note(h->gate, STR("vault"), q->caller.name, *out, e);
}
