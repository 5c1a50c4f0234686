/* Events of an answer with originals put back: see answer.h. */
#include "gate/answer.h"

enum { MOST_CHOICES = 128, STREAMS = 3 };
static const enum chat_event_kind KIND[STREAMS] = {EVENT_TEXT, EVENT_REASONING, EVENT_REFUSAL};

struct lane { /* one choice */
    struct restorer streams[STREAMS];
    struct arena names; /* of the open call */
    struct str tool;
    int call; /* open: its arguments are collected; -1 none */
    struct buf arguments;
};

struct veil {
    struct book *book;
    struct faces *faces;
    bool in_json;
    const struct restore_tools *tools;
    struct lane *lanes[MOST_CHOICES];
    struct restore_counts counts; /* of the calls */
    void (*on_event)(void *ctx, const struct chat_event *ev);
    void *ctx;
};

struct veil *veil_new(struct book *book, struct faces *faces_opt, bool in_json,
                      const struct restore_tools *tools_opt) {
    struct veil *v = calloc(1, sizeof *v);
    if (!v) {
        abort();
    }
    v->book = book;
    v->faces = faces_opt;
    v->in_json = in_json;
    v->tools = tools_opt;
    return v;
}

static void lane_free(struct lane *l) {
    for (size_t i = 0; l && i < STREAMS; i++) {
        restorer_finish(&l->streams[i]);
    }
    if (l) {
        arena_end(&l->names);
        buf_finish(&l->arguments);
        free(l);
    }
}

void veil_free(struct veil *v) {
    for (size_t i = 0; v && i < MOST_CHOICES; i++) {
        lane_free(v->lanes[i]);
    }
    free(v);
}

static struct lane *lane_of(struct veil *v, int choice) {
    size_t i = choice < 0 || choice >= MOST_CHOICES ? 0 : (size_t)choice;
    if (!v->lanes[i]) {
        struct lane *l = calloc(1, sizeof *l);
        if (!l) {
            abort();
        }
        for (size_t s = 0; s < STREAMS; s++) {
            restorer_init(&l->streams[s], v->book, v->faces, v->in_json && KIND[s] == EVENT_TEXT);
        }
        l->names = arena_make(SIZE_MAX);
        l->call = -1;
        buf_init(&l->arguments, SIZE_MAX);
        v->lanes[i] = l;
    }
    return v->lanes[i];
}

static void tell(struct veil *v, struct chat_event ev) {
    ev.wire = (struct str){0};
    ev.wire_event = (struct str){0};
    v->on_event(v->ctx, &ev);
}

static void tell_text(struct veil *v, enum chat_event_kind kind, int choice, const struct buf *b) {
    if (b->len) {
        tell(v, (struct chat_event){.kind = kind, .choice = choice, .text = buf_str(b)});
    }
}

/* What was held back of the other streams comes before this one goes on; -1: of all. */
static void end_streams(struct veil *v, struct lane *l, int choice, int but) {
    for (int i = 0; i < STREAMS; i++) {
        if (i != but && l->streams[i].held.len) {
            AUTO_BUF out = {0};
            buf_init(&out, SIZE_MAX);
            restorer_end(&l->streams[i], &out);
            tell_text(v, KIND[i], choice, &out);
        }
    }
}

static void end_call(struct veil *v, struct lane *l, int choice) {
    if (l->call < 0) {
        return;
    }
    struct chat_event ev = {.kind = EVENT_TOOL_ARGUMENTS, .choice = choice, .index = l->call};
    l->call = -1;
    if (l->arguments.len) {
        struct arena a = arena_make(SIZE_MAX);
        ev.text = restore_arguments(v->book, v->faces, &a, l->tool, buf_str(&l->arguments),
                                    v->tools, &v->counts);
        tell(v, ev);
        arena_end(&a);
    }
    buf_clear(&l->arguments);
    arena_end(&l->names);
    l->names = arena_make(SIZE_MAX);
}

static void take_text(struct veil *v, struct lane *l, const struct chat_event *ev, int stream) {
    end_call(v, l, ev->choice);
    end_streams(v, l, ev->choice, stream);
    AUTO_BUF out = {0};
    buf_init(&out, SIZE_MAX);
    restorer_feed(&l->streams[stream], ev->text, &out);
    tell_text(v, ev->kind, ev->choice, &out);
}

static void take_arguments(struct veil *v, struct lane *l, const struct chat_event *ev) {
    if (ev->index == l->call) {
        buf_add(&l->arguments, ev->text);
        return;
    }
    /* A piece of a call that was told already: nothing can be judged by it. */
    struct restorer r;
    restorer_init(&r, v->book, v->faces, true);
    r.outward = true;
    AUTO_BUF out = {0};
    buf_init(&out, SIZE_MAX);
    restorer_feed(&r, ev->text, &out);
    restorer_end(&r, &out);
    v->counts.kept += r.counts.kept;
    v->counts.invented += r.counts.invented;
    restorer_finish(&r);
    tell(v, *ev);
}

void veil_take(struct veil *v, const struct chat_event *ev,
               void (*on_event)(void *ctx, const struct chat_event *ev), void *ctx) {
    v->on_event = on_event;
    v->ctx = ctx;
    struct lane *l = lane_of(v, ev->choice);
    switch (ev->kind) {
    case EVENT_TEXT:
    case EVENT_REASONING:
    case EVENT_REFUSAL:
        take_text(v, l, ev, ev->kind == EVENT_TEXT ? 0 : ev->kind == EVENT_REASONING ? 1 : 2);
        break;
    case EVENT_TOOL_CALL:
        end_streams(v, l, ev->choice, -1);
        end_call(v, l, ev->choice);
        l->call = ev->index;
        l->tool = str_dup(&l->names, ev->name);
        tell(v, *ev);
        break;
    case EVENT_TOOL_ARGUMENTS:
        take_arguments(v, l, ev);
        break;
    case EVENT_SIGNATURE:
    case EVENT_REDACTED_REASONING:
    case EVENT_STOP:
    case EVENT_ERROR:
        end_streams(v, l, ev->choice, -1);
        end_call(v, l, ev->choice);
        tell(v, *ev);
        break;
    case EVENT_START:
    case EVENT_LOGPROBS:
    case EVENT_USAGE:
        tell(v, *ev);
        break;
    case EVENT_WIRE:
        break; /* the backend's own bytes, which hold placeholders */
    }
}

struct restore_counts veil_counts(const struct veil *v) {
    struct restore_counts c = v->counts;
    for (size_t i = 0; i < MOST_CHOICES; i++) {
        for (size_t s = 0; v->lanes[i] && s < STREAMS; s++) {
            const struct restore_counts *x = &v->lanes[i]->streams[s].counts;
            c.restored += x->restored;
            c.kept += x->kept;
            c.invented += x->invented;
        }
    }
    return c;
}
