/* The vocabulary that policy, route and gate share: zones, levels, topics, integrity, evidence,
 * items, labels and their join (POLICY.md 1). Pure; everything lives in the caller's arena. */
#pragma once

#include "base/str.h"

/* How far a backend is from the person. */
enum zone { ZONE_DEVICE, ZONE_HOME, ZONE_TRUSTED, ZONE_CLOUD, ZONES };
enum level { LEVEL_OPEN, LEVEL_PERSONAL, LEVEL_PRIVATE, LEVEL_SECRET, LEVELS };
enum topic {
    TOPIC_NONE,
    TOPIC_HEALTH,
    TOPIC_FINANCE,
    TOPIC_LEGAL,
    TOPIC_MINORS,
    TOPIC_WORK,
    TOPIC_THIRD_PARTIES,
    TOPICS
};
/* Lower is less trustworthy. Joining takes the lowest. */
enum integrity { INTEGRITY_WEB, INTEGRITY_TOOL, INTEGRITY_MODEL, INTEGRITY_FILE, INTEGRITY_USER };
enum label_role { ROLE_SYSTEM, ROLE_USER, ROLE_ASSISTANT, ROLE_TOOL, ROLE_OTHER, LABEL_ROLES };

extern const char *const ZONE_NAMES[ZONES];   /* device home trusted cloud */
extern const char *const LEVEL_NAMES[LEVELS]; /* open personal private secret */
extern const char
    *const TOPIC_NAMES[TOPICS]; /* "" health finance legal minors work third_parties */
extern const char *const ROLE_NAMES[LABEL_ROLES];
extern const char *const INTEGRITY_NAMES[INTEGRITY_USER + 1];

NODISCARD bool zone_from(struct str name, enum zone *out);
NODISCARD bool level_from(struct str name, enum level *out);
NODISCARD bool topic_from(struct str name, enum topic *out);
NODISCARD bool role_from(struct str name, enum label_role *out);

/* Why a label: never the value itself. */
struct evidence {
    struct str kind;     /* "email", "iban", "rule:<name>" … */
    struct str detector; /* id of the table's row */
    uint32_t segment;    /* index into the request's segments */
    uint32_t from, to;   /* byte range in that segment's decoded text */
    bool validated;      /* a checksum or a parser agreed */
    uint8_t confidence;  /* per cent */
    bool split;          /* only a piece: it goes on in another segment */
};

/* One level, at most one topic or compartment, the kind behind it, and where it comes from. */
struct item {
    enum level level;
    enum topic topic;
    struct str compartment; /* "" none; at least private when set */
    struct str kind;        /* "" none */
    struct str folder;      /* resolved absolute path, "" unknown */
    struct str file;        /* resolved absolute path, "" unknown */
    struct str tool;        /* "" unknown */
    enum label_role role;
};
bool item_eq(const struct item *a, const struct item *b);
/* A compartment is at least private. */
struct item item_settled(struct item i);

struct label {
    struct item *items;
    size_t count, cap;
    enum integrity integrity;
    uint32_t *index; /* of large labels, for label_add alone; NULL is fine */
    size_t slots;
};
/* Holds just the item `open`. */
struct label label_make(struct arena *a);
/* Set union; an item that is there already changes nothing. Texts are not copied. */
void label_add(struct arena *a, struct label *l, struct item i);
void label_join(struct arena *a, struct label *into, const struct label *from);
enum level label_level(const struct label *l); /* the highest */
/* "private (health: fever), personal (email)" for people; no values. */
struct str label_text(struct arena *a, const struct label *l);

/* Every kind of evidence weir knows, with what it means unless the policy's [kind] says otherwise.
 */
struct kind_row {
    const char *name; /* "email" */
    enum level level;
    enum topic topic;
    const char *about; /* one line for people */
};
extern const struct kind_row LABEL_KINDS[];
extern const size_t LABEL_KIND_COUNT;
const struct kind_row *kind_find(struct str name); /* NULL: unknown */
