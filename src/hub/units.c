/* Sizes, times and money as people write them. */
#include "hub/config.h"

#include <ctype.h>
#include <math.h>

/* A number and the unit behind it, blanks between them allowed. */
static bool split(struct str s, double *number, struct str *unit) {
    s = str_trim(s);
    size_t i = 0;
    while (i < s.len && (isdigit((unsigned char)s.ptr[i]) || s.ptr[i] == '.')) {
        i++;
    }
    *unit = str_trim(str_sub(s, i, s.len));
    return i > 0 && str_to_double(str_sub(s, 0, i), number) && isfinite(*number);
}

struct unit {
    const char *name;
    double factor;
};

static bool apply(struct str s, const struct unit *units, size_t n, int64_t *out) {
    double number = 0;
    struct str unit = {0};
    if (!split(s, &number, &unit)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (str_is(unit, units[i].name)) {
            double v = number * units[i].factor;
            if (v > 9e15) {
                return false;
            }
            *out = (int64_t)llround(v);
            return true;
        }
    }
    return false;
}

bool unit_time(struct str s, int64_t *ms) {
    static const struct unit units[] = {{"ms", 1},    {"s", 1e3},    {"m", 6e4},      {"min", 6e4},
                                        {"h", 3.6e6}, {"d", 8.64e7}, {"days", 8.64e7}};
    return apply(s, units, ARRAY_LEN(units), ms);
}

bool unit_size(struct str s, int64_t *bytes) {
    static const struct unit units[] = {{"B", 1},      {"kB", 1e3},      {"KB", 1e3},
                                        {"MB", 1e6},   {"GB", 1e9},      {"TB", 1e12},
                                        {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824.0}};
    double number = 0;
    struct str unit = {0};
    if (split(s, &number, &unit) && str_is(unit, "%") && number <= 100) {
        *bytes = (int64_t)llround((double)memory_total() * number / 100);
        return true;
    }
    return apply(s, units, ARRAY_LEN(units), bytes);
}

bool unit_money(struct str s, int64_t *micros) {
    static const struct unit units[] = {{"USD", 1e6}, {"USD/month", 1e6}, {"USD / month", 1e6},
                                        {"$", 1e6},   {"$/month", 1e6},   {"$ / month", 1e6}};
    return apply(s, units, ARRAY_LEN(units), micros);
}
