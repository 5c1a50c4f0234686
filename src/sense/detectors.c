/* The table of detectors seen from outside: its rows as `weir detectors` prints them, rows by their
 * ids, and those that have no pattern. */
#include "base/hash.h"
#include "sense/inside.h"

#include <pthread.h>

static struct detector *all_faces;
static struct plain_rows plain;

size_t detector_row_called(struct str id) {
    size_t i = 0;
    while (i < SENSE_TABLE_COUNT && !str_is(id, SENSE_TABLE[i].face.id)) {
        i++;
    }
    return i < SENSE_TABLE_COUNT ? i : SIZE_MAX;
}

static void find_plain(void) {
    static const char *const names[TAGGER_KINDS] = {
        [TAGGER_NONE] = "",
        [TAGGER_PERSON] = "name",
        [TAGGER_ORGANISATION] = "organisation",
        [TAGGER_PLACE] = "place",
        [TAGGER_PUBLIC] = "public-name",
        [TAGGER_EMPLOYER] = "employer",
        [TAGGER_PRIVATE_ORGANISATION] = "private-organisation",
        [TAGGER_UNCERTAIN] = "uncertain-name",
        [TAGGER_SMALL_ORGANISATION] = "small-organisation",
        [TAGGER_SMALL_PLACE] = "small-place",
        [TAGGER_ADDRESS] = "address-block",
        [TAGGER_EXAMPLE_MAIL] = "example-mail",
        [TAGGER_TERM] = "term"};
    static const char *const topics[FIELDS][2] = {/* mentioned, told */
                                                  [FIELD_HEALTH] = {"health-mention", "health"},
                                                  [FIELD_FINANCE] = {"finance-mention", "finance"},
                                                  [FIELD_LEGAL] = {"legal-mention", "legal"},
                                                  [FIELD_MINORS] = {"", "minors"},
                                                  [FIELD_WORK] = {"", "work"},
                                                  [FIELD_THIRD] = {"", "third-parties"},
                                                  [FIELD_PERSON] = {"person-word", ""}};
    for (size_t i = 0; i < TAGGER_KINDS; i++) {
        plain.names[i] = detector_row_called(str_of(names[i]));
    }
    for (size_t i = 0; i < FIELDS; i++) {
        plain.topics[i][0] = detector_row_called(str_of(topics[i][0]));
        plain.topics[i][1] = detector_row_called(str_of(topics[i][1]));
    }
    plain.password_key = detector_row_called(STR("password-key"));
}

static void make_faces(void) {
    find_plain();
    all_faces = calloc(SENSE_TABLE_COUNT, sizeof *all_faces);
    if (!all_faces) {
        abort();
    }
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        all_faces[i] = SENSE_TABLE[i].face;
        all_faces[i].validated = SENSE_TABLE[i].validate != NULL;
        all_faces[i].pattern = *SENSE_TABLE[i].pattern || *SENSE_TABLE[i].masks;
        all_faces[i].asked = SENSE_TABLE[i].asked;
        all_faces[i].model = SENSE_TABLE[i].model;
    }
}

const struct detector *sense_detectors(size_t *count) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_faces);
    *count = SENSE_TABLE_COUNT;
    return all_faces;
}

const struct plain_rows *detectors_plain(void) {
    size_t count = 0;
    sense_detectors(&count);
    return &plain;
}

uint64_t detectors_version(void) {
    uint64_t v = 1;
    for (size_t i = 0; i < SENSE_TABLE_COUNT; i++) {
        const char *says[] = {SENSE_TABLE[i].pattern, SENSE_TABLE[i].masks, SENSE_TABLE[i].near};
        for (size_t k = 0; k < ARRAY_LEN(says); k++) {
            struct sha256 h = sha256_of(str_of(says[k]));
            uint64_t part = 0;
            memcpy(&part, h.bytes, sizeof part);
            v = v * 1099511628211ULL + part;
        }
    }
    return v;
}

bool sense_row_exists(struct str id, struct err *e) {
    if (detector_row_called(id) != SIZE_MAX) {
        return true;
    }
    const char **ids = calloc(SENSE_TABLE_COUNT, sizeof *ids);
    for (size_t i = 0; ids && i < SENSE_TABLE_COUNT; i++) {
        ids[i] = SENSE_TABLE[i].face.id;
    }
    const char *near = ids ? str_nearest(id, ids, SENSE_TABLE_COUNT) : NULL;
    free((void *)ids);
    return err_set(e, ERR_INVALID,
                   "there is no detector `" STR_FMT "`%s%s%s; `weir detectors` lists them",
                   STR_ARG(id), near ? ", did you mean `" : "", near ? near : "", near ? "`" : "");
}
