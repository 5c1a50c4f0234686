/* What a program is made of or writes, and what people write. */
#include "sense/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void programs_and_what_they_write_are_source(void **state) {
    (void)state;
    static const char *const texts[] = {
        "int read_all(struct reader *r) {\n    r->at = 0;\n    return fill(r);\n}\n",
        "/*\n** The next one is called before the first.\n** It returns nothing.\n*/\nint x;\n",
        "/**\n * What comes next is called\n * before the first one.\n */\nint x;\n",
        "services:\n  db:\n    image: postgres:15\n    environment:\n      DB_USER: app\n",
        "Host staging\n  HostName db-04.nordwind.net\n  IdentityFile ~/.ssh/id\n  Port 22\n",
        "curl -X POST \\\n  -H 'Content-Type: application/json' \\\n  --data x\n",
        "{\"a\": 1,\n \"b\": 2}\n{\"a\": 3}\n",
        "NAME      STATE     AGE   NODE\nweb-1     Running   3d    n1\nweb-2     Running   9d\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!source_is(str_of(texts[i]))) {
            fail_msg("%s", texts[i]);
        }
    }
}

static void what_people_write_is_none(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "x = 1;",
        "Dear Sir:\nI write to you about my order.\nIt is late.\nYours, Anna",
        "Name: Anna Krause\nPhone: 030 90182\nCity: Oberammergau\nNotes: none so far\n",
        "Anna Krause\n  Lindenweg 4\n  Suite 501\n  Oberammergau\n",
        "* milk and bread\n* two of the blue ones\n* something for Anna\n",
        "- milk and bread\n- two of the blue ones\n- something for Anna\n",
        "Why does this fail?\nI tried it twice and read what it says.\nIt is here:\nint x = 1;\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (source_is(str_of(texts[i]))) {
            fail_msg("%s", texts[i]);
        }
    }
}

/* A zero byte, which a client may send, is no sign of a program. */
static void zeros_are_no_signs(void **state) {
    (void)state;
    assert_false(source_is(STR("My knee hurts\0\nand the doctor said\0\nthat I rest it\0\n")));
    assert_false(source_is(STR("Anna wrote\0x\nBeate wrote\0x\nClara wrote\0x\n")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_and_what_they_write_are_source),
        cmocka_unit_test(zeros_are_no_signs),
        cmocka_unit_test(what_people_write_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
