/* Evidence of texts by the texts' hashes: a ring of bytes in which the newest entry is written over
 * the oldest. Its memory is asked for once, and costs nothing before it is written to. Not locked.
 * Private to hub/scanned.c.
 *
 *   │ newest, head ► │ (free) │ ► tail, oldest … entries … │ end (the rest is too small) │
 */
#pragma once

#include "base/hash.h"
#include "sense/sense.h"

struct scan_log;
struct scan_log *scan_log_new(void); /* aborts without memory */
void scan_log_free(struct scan_log *l);

/* Keeps a copy of a text's evidence, in place of what was kept under the hash before; names:
 * that the text gives (struct tagger_known), NULL with a count of 0. What is very long is not kept.
 */
void scan_log_put(struct scan_log *l, const struct keyed_hash *hash, uint64_t conversation,
                  const struct sense_result *r, const uint32_t *names, size_t name_count);

/* What is kept under the hash, with the texts of kinds and detectors copied into the arena, as of
 * `segment`; names (room for TAGGER_KNOWN) and their count. *old: it is of the older half, and goes
 * soon unless it is put again. False: nothing is. */
bool scan_log_get(const struct scan_log *l, const struct keyed_hash *hash, struct arena *a,
                  uint32_t segment, struct sense_result *out, uint32_t *names, size_t *name_count,
                  bool *old);

/* What the conversation brought is no longer found. */
void scan_log_drop(struct scan_log *l, uint64_t conversation);
/* Of all entries that can be found. */
size_t scan_log_bytes(const struct scan_log *l);
