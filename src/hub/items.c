/* Items of a label as JSON and back: for decision records, approvals and what conversations keep.
 */
#include "hub/inner.h"

void items_write(struct jout *j, const struct label *l) {
    jout_array(j);
    for (size_t i = 0; i < l->count; i++) {
        const struct item *it = &l->items[i];
        jout_object(j);
        jout_kcstr(j, "level", LEVEL_NAMES[it->level]);
        if (it->topic) {
            jout_kcstr(j, "topic", TOPIC_NAMES[it->topic]);
        }
        if (it->compartment.len) {
            jout_kstr(j, "compartment", it->compartment);
        }
        if (it->kind.len) {
            jout_kstr(j, "kind", it->kind);
        }
        if (it->folder.len) {
            jout_kstr(j, "folder", it->folder);
        }
        if (it->file.len) {
            jout_kstr(j, "file", it->file);
        }
        if (it->tool.len) {
            jout_kstr(j, "tool", it->tool);
        }
        jout_kcstr(j, "role", ROLE_NAMES[it->role]);
        jout_end_object(j);
    }
    jout_end_array(j);
}

struct label items_for(struct arena *a, const struct label *l, bool for_owner) {
    if (for_owner) {
        return *l;
    }
    struct label out = label_make(a);
    for (size_t i = 0; i < l->count; i++) {
        struct item it = l->items[i];
        it.compartment = (struct str){0};
        if (str_starts(it.kind, STR("rule:"))) {
            it.kind = STR("rule");
        }
        label_add(a, &out, it);
    }
    return out;
}

/* A level that cannot be read counts as the highest: a damaged record must not open anything. */
void items_read(struct arena *a, const struct jval *v, struct label *into) {
    for (struct jiter at = jval_iter(v); jiter_next(&at);) {
        struct item it = {.level = LEVEL_SECRET, .role = ROLE_OTHER};
        if (!level_from(jval_str(jval_get(at.value, "level")), &it.level)) {
            it.level = LEVEL_SECRET;
        }
        if (!topic_from(jval_str(jval_get(at.value, "topic")), &it.topic)) {
            it.topic = TOPIC_NONE;
        }
        if (!role_from(jval_str(jval_get(at.value, "role")), &it.role)) {
            it.role = ROLE_OTHER;
        }
        it.compartment = str_dup(a, jval_str(jval_get(at.value, "compartment")));
        it.kind = str_dup(a, jval_str(jval_get(at.value, "kind")));
        it.folder = str_dup(a, jval_str(jval_get(at.value, "folder")));
        it.file = str_dup(a, jval_str(jval_get(at.value, "file")));
        it.tool = str_dup(a, jval_str(jval_get(at.value, "tool")));
        label_add(a, into, it);
    }
}

static bool is_undecided(const struct item *it) {
    return str_is(it->kind, "undecided");
}

struct label items_decided(struct arena *a, const struct label *l) {
    size_t n = 0;
    while (n < l->count && !is_undecided(&l->items[n])) {
        n++;
    }
    if (n == l->count) {
        return *l; /* of nearly all requests */
    }
    struct label out = label_make(a);
    out.integrity = l->integrity;
    for (size_t i = 0; i < l->count; i++) {
        if (!is_undecided(&l->items[i])) {
            label_add(a, &out, l->items[i]);
        }
    }
    return out;
}
