/* The table of detectors, from its definition file. */
#include "sense/table.h"

#define DETECTOR(id_, kind_, validator_, confidence_, anywhere_, pattern_, about_, fires_, not_)  \
    {.face = {.id = (id_), .kind = (kind_), .about = (about_), .fires = (fires_), .not = (not_)}, \
     .validate = (validator_),                                                                    \
     .confidence = (confidence_),                                                                 \
     .anywhere = (anywhere_) != 0,                                                                \
     .asked = (anywhere_) == 2,                                                                   \
     .pattern = (pattern_)},
const struct detector_row SENSE_TABLE[] = {
#include "sense/detectors.def"
};
const size_t SENSE_TABLE_COUNT = ARRAY_LEN(SENSE_TABLE);
_Static_assert(ARRAY_LEN(SENSE_TABLE) <= MOST_ROWS, "spot.c has no room for the rows");
