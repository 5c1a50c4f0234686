/* The table of detectors, from its definition files. */
#include "sense/table.h"

#define ROW(id_, kind_, validator_, confidence_, about_, fires_, not_)                           \
    .face = {.id = (id_), .kind = (kind_), .about = (about_), .fires = (fires_), .not = (not_)}, \
    .validate = (validator_), .confidence = (confidence_)
#define DETECTOR(id_, kind_, validator_, confidence_, anywhere_, pattern_, about_, fires_, not_) \
    {ROW(id_, kind_, validator_, confidence_, about_, fires_, not_),                             \
     .anywhere = (anywhere_) != 0,                                                               \
     .asked = (anywhere_) == 2,                                                                  \
     .pattern = (pattern_),                                                                      \
     .masks = "",                                                                                \
     .near = ""},
#define NUMBER(id_, kind_, validator_, confidence_, masks_, near_, about_, fires_, not_) \
    {ROW(id_, kind_, validator_, confidence_, about_, fires_, not_), .pattern = "",      \
     .masks = (masks_), .near = (near_)},
#define MODEL(word_, id_, kind_, validator_, confidence_, about_, fires_, not_)                  \
    {ROW(id_, kind_, validator_, confidence_, about_, fires_, not_), .pattern = "", .masks = "", \
     .near = "", .model = true},
const struct detector_row SENSE_TABLE[] = {
#include "sense/detectors.def"
#include "sense/model.def"
#include "sense/numbers.def"
};
const size_t SENSE_TABLE_COUNT = ARRAY_LEN(SENSE_TABLE);
_Static_assert(ARRAY_LEN(SENSE_TABLE) <= MOST_ROWS, "spot.c has no room for the rows");
