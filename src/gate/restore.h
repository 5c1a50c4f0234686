/* Putting originals back into an answer, as its pieces come. Only what may still become a
 * placeholder is held back. Placeholders inside of an address with "://" stay: showing a picture or
 * a link would send them out. One thread at a time. */
#pragma once

#include "base/buf.h"
#include "gate/vault.h"

struct restore_counts {
    int64_t restored, kept, invented; /* put back; left on purpose; not of this conversation */
};

struct restorer {
    struct book *book;   /* not owned */
    struct faces *faces; /* surrogates of this request, NULL none; not owned */
    bool in_json;        /* what is put back is escaped as in a JSON string */
    bool inward;         /* a call that does not reach outward: addresses in it are only text */
    bool outward;        /* nothing is put back */
    bool in_address;     /* the run of text under way holds "://" */
    char run[2];         /* its last bytes */
    char tail[16];       /* of what was given out: a tag may lie across pieces */
    size_t tail_len;
    struct buf held; /* what may become a placeholder */
    struct restore_counts counts;
};
void restorer_init(struct restorer *r, struct book *book, struct faces *faces_opt, bool in_json);
void restorer_finish(struct restorer *r);
/* Adds to out what can be told now. */
void restorer_feed(struct restorer *r, struct str piece, struct buf *out);
void restorer_end(struct restorer *r, struct buf *out);

/* What the policy says of tools, by patterns of their names; outward wins. */
struct restore_tools {
    const struct str *outward, *inward;
    size_t outward_count, inward_count;
};
/* Does this call reach outward? Arguments that are no JSON do. */
bool restore_reaches_outward(struct str tool, struct str arguments,
                             const struct restore_tools *tools_opt);
/* A call's arguments, whole (JSON), with originals put back unless the call reaches outward. */
struct str restore_arguments(struct book *b, struct faces *faces_opt, struct arena *a,
                             struct str tool, struct str arguments,
                             const struct restore_tools *tools_opt, struct restore_counts *counts);
