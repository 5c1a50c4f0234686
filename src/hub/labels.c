/* A request's texts → evidence → label. Every string and key of the body is scanned, known field or
 * not; what a text comes from (role, tool, file) goes into its items. Worker thread, or the loop
 * for small bodies. */
#include "hub/inner.h"

struct known_call { /* tool calls of the request, to know what a result is about */
    struct str id, name, file;
};

struct walk {
    struct arena *a;
    const struct chat_request *rq;
    struct labelled *out;
    struct known_call *calls;
    size_t call_count, call_cap;
    size_t origin;  /* of what is walked now */
    bool in_source; /* in an object that says its data is base64 */
    struct text_place place;
};

static void add_text(struct walk *w, struct sense_text t) {
    struct labelled *l = w->out;
    t.segment = (uint32_t)l->count;
    t.role = l->from[w->origin].role;
    t.declared = str_is(w->place.top, "tools") || str_is(w->place.top, "functions");
    size_t n = l->count;
    *arena_push(w->a, l->places, n, l->place_cap) = w->place;
    n = l->count;
    *arena_push(w->a, l->origins, n, l->origin_cap) = w->origin;
    *arena_push(w->a, l->texts, l->count, l->cap) = t;
}

static size_t origin_of(struct walk *w, struct text_origin o) {
    struct labelled *l = w->out;
    for (size_t i = 0; i < l->from_count; i++) {
        const struct text_origin *at = &l->from[i];
        if (at->role == o.role && str_eq(at->tool, o.tool) && str_eq(at->file, o.file)) {
            return i;
        }
    }
    *arena_push(w->a, l->from, l->from_count, l->from_cap) = o;
    return l->from_count - 1;
}

static struct text_origin of_file(struct walk *w, struct text_origin o, struct str path) {
    if (path.len && (path.ptr[0] == '/' || str_starts(path, STR("~/")))) {
        o.file = path_resolve(w->a, path);
        size_t cut = o.file.len;
        while (cut > 1 && o.file.ptr[cut - 1] != '/') {
            cut--;
        }
        o.folder = str_sub(o.file, 0, cut > 1 ? cut - 1 : cut);
    }
    return o;
}

static struct str path_argument(const struct jval *args) {
    static const char *const keys[] = {"path",      "file_path",     "filePath",      "filename",
                                       "file",      "notebook_path", "absolute_path", "target_file",
                                       "directory", "dir",           "folder"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct str s = jval_str(jval_get(args, keys[i]));
        if (s.len) {
            return s;
        }
    }
    return (struct str){0};
}

static void know_calls(struct walk *w) {
    for (size_t i = 0; i < w->rq->message_count; i++) {
        const struct chat_message *m = &w->rq->messages[i];
        for (size_t k = 0; k < m->part_count; k++) {
            const struct chat_part *p = &m->parts[k];
            if (p->kind == PART_TOOL_CALL) {
                struct err e = {0};
                const struct jval *args = json_parse(w->a, p->arguments, &JSON_LIMITS, &e);
                *arena_push(w->a, w->calls, w->call_count, w->call_cap) =
                    (struct known_call){.id = p->id, .name = p->name, .file = path_argument(args)};
            }
        }
    }
}

static size_t origin_of_result(struct walk *w, struct str call_id) {
    struct text_origin o = {.role = ROLE_TOOL};
    for (size_t i = 0; i < w->call_count; i++) {
        if (str_eq(w->calls[i].id, call_id)) {
            o.tool = w->calls[i].name;
            o = of_file(w, o, w->calls[i].file);
            break;
        }
    }
    return origin_of(w, o);
}

/* What is said, as clients cut it into parts and messages. */
static bool is_said(struct str key) {
    static const char *const keys[] = {"content", "text",      "input",  "output",
                                       "system",  "arguments", "prompt", "instructions"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (str_is(key, keys[i])) {
            return true;
        }
    }
    return false;
}

static void walk(struct walk *w, const struct jval *v, struct str key) {
    switch (jval_kind(v)) {
    case JSTRING: {
        struct str text = jval_str(v);
        struct str payload = {0};
        bool opaque = opaque_is(text, key, w->in_source, &payload);
        if (opaque) {
            add_text(w, (struct sense_text){.text = text, .key = key, .opaque = true});
        }
        if (opaque && !opaque_reads_as_text(w->a, payload)) {
            return;
        }
        if (text.len && !chat_is_word(text)) {
            add_text(w, (struct sense_text){.text = text, .key = key, .flows = is_said(key)});
        }
        return;
    }
    case JNUMBER:
        if (jval_raw_number(v).len > 6) {
            add_text(w, (struct sense_text){.text = jval_raw_number(v), .key = key});
        }
        return;
    case JARRAY:
        for (struct jiter it = jval_iter(v); jiter_next(&it);) {
            walk(w, it.value, key);
        }
        return;
    case JOBJECT: {
        size_t before = w->origin;
        bool was_in_source = w->in_source;
        w->in_source = str_is(jval_str(jval_get(v, "type")), "base64");
        if (str_is(jval_str(jval_get(v, "type")), "tool_result")) {
            w->origin = origin_of_result(w, jval_str(jval_get(v, "tool_use_id")));
        }
        for (struct jiter it = jval_iter(v); jiter_next(&it);) {
            if (!chat_is_word(it.key)) {
                add_text(w, (struct sense_text){.text = it.key, .is_key = true});
            }
            walk(w, it.value, it.key);
        }
        w->origin = before;
        w->in_source = was_in_source;
        return;
    }
    default:
        return;
    }
}

static enum label_role role_of(struct str role) {
    static const struct {
        const char *name;
        enum label_role role;
    } roles[] = {{"system", ROLE_SYSTEM}, {"developer", ROLE_SYSTEM},
                 {"user", ROLE_USER},     {"assistant", ROLE_ASSISTANT},
                 {"tool", ROLE_TOOL},     {"function", ROLE_TOOL}};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
        if (str_is(role, roles[i].name)) {
            return roles[i].role;
        }
    }
    return ROLE_OTHER;
}

/* Owner's files: their text is a part of a message. */
static size_t origin_of_part(struct walk *w, size_t message, size_t part, size_t otherwise) {
    const struct chat_claims *c = &w->rq->claims;
    for (size_t i = 0; i < c->file_count; i++) {
        if (c->files[i].message == message && c->files[i].part == part) {
            return origin_of(w, of_file(w, w->out->from[otherwise], c->files[i].path));
        }
    }
    return otherwise;
}

static void walk_message(struct walk *w, const struct jval *m, size_t index) {
    struct str role = jval_str(jval_get(m, "role"));
    w->place = (struct text_place){.message = (int)index};
    struct str call = jval_str(jval_get(m, "tool_call_id"));
    size_t origin = call.len ? origin_of_result(w, call)
                             : origin_of(w, (struct text_origin){.role = role_of(role)});
    w->origin = origin;
    for (struct jiter it = jval_iter(m); jiter_next(&it);) {
        if (!chat_is_word(it.key)) {
            add_text(w, (struct sense_text){.text = it.key, .is_key = true});
        }
        if (!str_is(it.key, "content")) {
            walk(w, it.value, it.key);
        } else if (jval_is(it.value, JARRAY)) {
            size_t part = 0;
            for (struct jiter at = jval_iter(it.value); jiter_next(&at); part++) {
                w->origin = origin_of_part(w, index, part, origin);
                walk(w, at.value, it.key);
            }
            w->origin = origin;
        } else {
            w->origin = origin_of_part(w, index, 0, origin);
            walk(w, it.value, it.key);
            w->origin = origin;
        }
    }
}

static void walk_body(struct walk *w) {
    for (struct jiter top = jval_iter(w->rq->doc); jiter_next(&top);) {
        if (str_is(top.key, "weir")) {
            continue; /* taken out before anything is sent */
        }
        if (str_is(top.key, "messages") && jval_is(top.value, JARRAY)) {
            size_t i = 0;
            for (struct jiter it = jval_iter(top.value); jiter_next(&it); i++) {
                walk_message(w, it.value, i);
            }
            continue;
        }
        enum label_role role = str_is(top.key, "system") ? ROLE_SYSTEM : ROLE_OTHER;
        w->place = (struct text_place){.message = -1, .top = top.key};
        w->origin = origin_of(w, (struct text_origin){.role = role});
        if (!chat_is_word(top.key)) {
            add_text(w, (struct sense_text){.text = top.key, .is_key = true});
        }
        if (!str_is(top.key, "model")) {
            walk(w, top.value, top.key);
        }
    }
}

static struct item item_from(const struct text_origin *o, enum level level) {
    return (struct item){
        .level = level, .role = o->role, .tool = o->tool, .file = o->file, .folder = o->folder};
}

/* Of the same kind and origin as the finding before it. */
static bool is_more_of_it(const struct labelled *l, size_t i) {
    const struct evidence *ev = &l->found.evidence[i];
    return i > 0 && l->origins[ev->segment] == l->origins[ev[-1].segment]
           && str_eq(ev->kind, ev[-1].kind);
}

static enum level level_of(const struct snapshot *s, const struct evidence *ev,
                           const struct kind_row **row) {
    *row = kind_find(ev->kind);
    if (*row) {
        return policy_kind_level(&s->policy, ev->kind, (*row)->level);
    }
    /* What a rule's word raises, the policy says; a kind nobody described is private. */
    return str_starts(ev->kind, STR("rule:")) ? LEVEL_OPEN : LEVEL_PRIVATE;
}

static bool is_undecided(const struct evidence *ev) {
    return str_is(ev->kind, "undecided");
}

/* One level above what else was found in the same text, but never secret, which nobody could lower
 * again (docs/decisions/050). Where the policy says what the kind means, that counts. */
static enum level undecided_level(const struct snapshot *s, const struct labelled *l, size_t at) {
    const struct evidence *all = l->found.evidence;
    const struct kind_row *row = NULL;
    enum level most = LEVEL_OPEN;
    size_t from = at;
    while (from > 0 && all[from - 1].segment == all[at].segment) {
        from--;
    }
    for (size_t i = from; i < l->found.count && all[i].segment == all[at].segment; i++) {
        enum level level = is_undecided(&all[i]) ? LEVEL_OPEN : level_of(s, &all[i], &row);
        most = level > most ? level : most;
    }
    return policy_kind_level(&s->policy, all[at].kind,
                             most < LEVEL_PRIVATE ? most + 1 : LEVEL_PRIVATE);
}

static void add_evidence(struct hub *h, const struct snapshot *s, struct arena *a,
                         struct labelled *l) {
    bool added = false; /* the item of the finding before */
    for (size_t i = 0; i < l->found.count; i++) {
        const struct evidence *ev = &l->found.evidence[i];
        bool undecided = is_undecided(ev);
        if (added && !undecided && is_more_of_it(l, i)) {
            continue;
        }
        const struct kind_row *row = NULL;
        struct item it = item_from(&l->from[l->origins[ev->segment]], level_of(s, ev, &row));
        it.kind = ev->kind;
        it.topic = row ? row->topic : TOPIC_NONE;
        if (undecided) {
            it.level = undecided_level(s, l, i);
        }
        added = it.level == LEVEL_SECRET
                || !never_has(h, str_sub(l->texts[ev->segment].text, ev->from, ev->to));
        if (added) {
            label_add(a, &l->label, it);
        }
    }
}

/* "Treat this conversation as": the person lowers what was found, never a secret, a compartment or
 * a rule's word. */
static void treat(struct hub *h, struct arena *a, struct labelled *l) {
    enum level most = LEVEL_SECRET;
    if (!memory_treated(h, l->conversation, &most)) {
        return;
    }
    struct label lowered = label_make(a);
    lowered.integrity = l->label.integrity;
    for (size_t i = 0; i < l->label.count; i++) {
        struct item it = l->label.items[i];
        if (it.level > most && it.level != LEVEL_SECRET && !it.compartment.len) {
            it.level = most;
            it.topic = most < LEVEL_PRIVATE ? TOPIC_NONE : it.topic;
        }
        label_add(a, &lowered, it);
    }
    l->label = lowered;
}

/* A key that is bound to a project is known to be of it, as long as it claims no other. */
static struct policy_request request_of(const struct hub_job *job, const struct chat_request *rq) {
    struct str bound = job->caller.project;
    struct str project = rq->claims.project.len ? rq->claims.project : bound;
    bool is_bound = bound.len && str_eq(project, bound);
    struct policy_request p = {.project = project,
                               .conversation = rq->claims.conversation,
                               .project_known = job->caller.kind == CALLER_OWNER || is_bound,
                               .conversation_known = job->caller.kind == CALLER_OWNER,
                               .caller = job->caller.name,
                               .client = job->client};
    clock_local(clock_wall_ms(), p.date, &p.minute);
    return p;
}

void label_settle(struct hub *h, const struct snapshot *s, struct arena *a,
                  const struct chat_request *rq, const struct hub_job *job, struct labelled *l) {
    l->label = label_make(a);
    l->label.integrity = INTEGRITY_USER;
    for (size_t i = 0; i < l->from_count; i++) {
        label_add(a, &l->label, item_from(&l->from[i], LEVEL_OPEN));
        if (l->from[i].role == ROLE_TOOL) {
            l->label.integrity = INTEGRITY_TOOL;
        }
    }
    add_evidence(h, s, a, l);
    if (!job->alone) {
        memory_join(h, a, l->conversation, rq, &l->label);
        treat(h, a, l);
    }
    if (rq->claims.has_label) {
        label_add(
            a, &l->label,
            (struct item){.level = rq->claims.label, .kind = STR("claim"), .role = ROLE_OTHER});
    }
    l->raised = s->policy.broken ? l->label : policy_raise(&s->policy, a, &l->label, &l->request);
}

bool label_request(struct hub *h, const struct snapshot *s, struct arena *a,
                   const struct chat_request *rq, const struct hub_job *job, struct labelled *out,
                   struct err *e) {
    struct walk w = {.a = a, .rq = rq, .out = out};
    *out = (struct labelled){0};
    know_calls(&w);
    walk_body(&w);
    struct begun begun = {0};
    out->conversation = memory_conversation(h, a, &job->caller, rq, &begun);
    struct sense_limits limits = h->scan_limits;
    limits.deadline_us = clock_mono_us() + h->scan_us;
    struct scan_order order = {.sense = s->sense,
                               .limits = &limits,
                               .secret = h->part_key,
                               .conversation = out->conversation,
                               .begun = begun,
                               .texts = out->texts,
                               .count = out->count};
    TRY(scanned_scan(h->scanned, a, &order, &out->found, e));
    out->request = request_of(job, rq);
    label_settle(h, s, a, rq, job, out);
    return true;
}

size_t finds_of(struct arena *a, const struct labelled *l, struct find **out) {
    enum { MOST = 200 };
    size_t n = l->found.count < MOST ? l->found.count : MOST;
    *out = arena_array(a, struct find, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct evidence *ev = &l->found.evidence[i];
        const struct text_place *p = &l->places[ev->segment];
        struct str key = l->texts[ev->segment].key;
        (*out)[i] = (struct find){*ev, p->message, p->top, key};
    }
    return n;
}

void finds_write(struct jout *j, struct arena *a, const struct find *f, size_t n, bool for_owner) {
    jout_array(j);
    for (size_t i = 0; i < n; i++) {
        const struct evidence *ev = &f[i].evidence;
        bool hidden = !for_owner && str_starts(ev->kind, STR("rule:"));
        jout_object(j);
        jout_kstr(j, "kind", hidden ? STR("rule") : ev->kind);
        jout_kstr(j, "detector", ev->detector);
        jout_kstr(j, "where",
                  f[i].message >= 0 ? str_fmt(a, "messages[%d]", f[i].message) : f[i].top);
        if (f[i].key.len && !str_is(f[i].key, "content")) {
            jout_kstr(j, "key", f[i].key);
        }
        jout_ki64(j, "from", ev->from);
        jout_ki64(j, "to", ev->to);
        jout_kbool(j, "validated", ev->validated);
        jout_ki64(j, "confidence", ev->confidence);
        jout_end_object(j);
    }
    jout_end_array(j);
}

size_t evidence_counts(struct arena *a, const struct labelled *l, const struct shaped *shaped,
                       const struct gate_count **out) {
    struct gate_count *counts = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (size_t i = 0; i < l->found.count; i++) {
        size_t at = 0;
        while (at < n && !str_eq(counts[at].kind, l->found.evidence[i].kind)) {
            at++;
        }
        if (at == n) {
            *arena_push(a, counts, n, cap) = (struct gate_count){.kind = l->found.evidence[i].kind};
        }
        counts[at].n++;
    }
    const struct gate_count taken[] = {{STR("image_metadata"), shaped->metadata},
                                       {STR("image_position"), shaped->positions}};
    for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
        if (taken[i].n) {
            *arena_push(a, counts, n, cap) = taken[i];
        }
    }
    *out = counts;
    return n;
}
