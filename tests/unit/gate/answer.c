/* An answer's events with originals put back: streams apart, calls whole, structured output. */
#include "gate/answer.h"

#include "gate/book.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct world {
    struct arena a;
    struct vault *vault;
    struct book *book;
    struct str token;
    struct buf told;
};

static int setup(void **state) {
    struct world *w = calloc(1, sizeof *w);
    w->a = arena_make(SIZE_MAX);
    w->vault = vault_new(NULL, NULL);
    w->book = vault_book(w->vault, STR("c1"), STR("owner"));
    size_t jo = book_entity(w->book, TOKEN_NAME, STR("Jo \"J\" Fox"));
    w->token = book_token(w->book, &w->a, jo, STR("Jo \"J\" Fox"));
    buf_init(&w->told, 1 << 20);
    *state = w;
    return 0;
}

static int teardown(void **state) {
    struct world *w = *state;
    book_drop(w->book);
    vault_free(w->vault);
    buf_finish(&w->told);
    arena_end(&w->a);
    free(w);
    return 0;
}

static void on_event(void *ctx, const struct chat_event *ev) {
    static const char *const names[] = {"start",   "text", "reasoning", "signature", "redacted",
                                        "refusal", "call", "arguments", "logprobs",  "usage",
                                        "stop",    "wire", "error"};
    struct world *w = ctx;
    assert_int_equal(ev->wire.len, 0);
    buf_addf(&w->told, "%s%d(" STR_FMT ")", names[ev->kind], ev->choice * 10 + ev->index,
             STR_ARG(ev->kind == EVENT_TOOL_CALL ? ev->name : ev->text));
}

static void take(struct world *w, struct veil *v, enum chat_event_kind kind, int index,
                 struct str text) {
    struct chat_event ev = {.kind = kind,
                            .index = index % 10,
                            .choice = index / 10,
                            .text = text,
                            .name = text,
                            .wire = STR("{}")};
    veil_take(v, &ev, on_event, w);
}

static void expect(struct world *w, const char *want) {
    assert_string_equal(str_cstr(&w->a, buf_str(&w->told)), want);
    buf_clear(&w->told);
}

static void streams_are_apart(void **state) {
    struct world *w = *state;
    struct veil *v = veil_new(w->book, NULL, false, NULL);
    struct str half = str_sub(w->token, 0, 7);
    struct str rest = str_sub(w->token, 7, w->token.len);
    take(w, v, EVENT_START, 0, STR(""));
    take(w, v, EVENT_REASONING, 0, half);
    take(w, v, EVENT_TEXT, 10, half);
    take(w, v, EVENT_REASONING, 0, rest);
    take(w, v, EVENT_SIGNATURE, 0, STR("sig"));
    take(w, v, EVENT_TEXT, 10, rest);
    take(w, v, EVENT_TEXT, 0, STR("NAME_1"));
    take(w, v, EVENT_WIRE, 0, STR(""));
    take(w, v, EVENT_STOP, 0, STR(""));
    expect(w, "start0()reasoning0(Jo \"J\" Fox)signature0(sig)text10(Jo \"J\" Fox)text0(NAME_1)"
              "stop0()");
    struct restore_counts n = veil_counts(v);
    assert_int_equal(n.restored, 2);
    assert_int_equal(n.kept + n.invented, 0);
    veil_free(v);
}

static void calls_are_told_whole(void **state) {
    struct world *w = *state;
    struct veil *v = veil_new(w->book, NULL, false, NULL);
    struct str note = str_fmt(&w->a, "{\"text\":\"" STR_FMT "\"}", STR_ARG(w->token));
    take(w, v, EVENT_TOOL_CALL, 0, STR("write_note"));
    for (size_t i = 0; i < note.len; i++) {
        take(w, v, EVENT_TOOL_ARGUMENTS, 0, str_sub(note, i, i + 1));
    }
    expect(w, "call0(write_note)");
    take(w, v, EVENT_TOOL_CALL, 1, STR("send_mail"));
    expect(w, "arguments0({\"text\":\"Jo \\\"J\\\" Fox\"})call1(send_mail)");
    take(w, v, EVENT_TOOL_ARGUMENTS, 1, note);
    take(w, v, EVENT_TOOL_ARGUMENTS, 0, w->token); /* late */
    take(w, v, EVENT_STOP, 0, STR(""));
    struct str want = str_fmt(&w->a, "arguments0(" STR_FMT ")arguments1(" STR_FMT ")stop0()",
                              STR_ARG(w->token), STR_ARG(note));
    expect(w, str_cstr(&w->a, want));
    struct restore_counts n = veil_counts(v);
    assert_int_equal(n.restored, 1);
    assert_int_equal(n.kept, 2);
    veil_free(v);
}

static void structured_output_stays_json(void **state) {
    struct world *w = *state;
    struct veil *v = veil_new(w->book, NULL, true, NULL);
    take(w, v, EVENT_TEXT, 0, str_fmt(&w->a, "{\"n\":\"" STR_FMT "\"}", STR_ARG(w->token)));
    take(w, v, EVENT_STOP, 0, STR(""));
    expect(w, "text0({\"n\":\"Jo \\\"J\\\" Fox\"})stop0()");
    veil_free(v);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(streams_are_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(calls_are_told_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(structured_output_stays_json, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
