/* Numbers of identity and the like by how they are written. A shape is alternatives between `|`:
 *   #n  n digits      @n  n capital letters     %n  n capitals or digits
 *   _   perhaps one of: blank - . /             anything else: itself
 * It must begin and end where a run of letters and digits does. */
#include "sense/table.h"
#include "sense/text.h"

static bool one(unsigned char kind, unsigned char c) {
    return kind == '#' ? is_digit(c) : kind == '@' ? is_upper(c) : is_digit(c) || is_upper(c);
}

/* How far one alternative goes from `at`; 0: it does not fit. */
static size_t fits(const char *shape, struct str s, size_t at) {
    size_t i = at;
    for (const char *p = shape; *p && *p != '|';) {
        unsigned char kind = (unsigned char)*p++;
        if (kind == '_') {
            unsigned char c = char_at(s, i);
            i += i < s.len && (c == ' ' || c == '-' || c == '.' || c == '/');
            continue;
        }
        if (kind != '#' && kind != '@' && kind != '%') {
            if (i >= s.len || (unsigned char)s.ptr[i] != kind) {
                return 0;
            }
            i++;
            continue;
        }
        size_t n = 0;
        while (is_digit((unsigned char)*p)) {
            n = n * 10 + (size_t)(*p++ - '0');
        }
        for (; n > 0; n--, i++) {
            if (i >= s.len || !one(kind, (unsigned char)s.ptr[i])) {
                return 0;
            }
        }
    }
    unsigned char after = char_at(s, i);
    bool ends = !is_alnum(after) && after != '_';
    bool goes_on = (after == '.' || after == '-' || after == '/') && is_digit(char_at(s, i + 1));
    return ends && !goes_on ? i : 0;
}

bool shape_matches(struct matched *m, size_t at) {
    for (const char *shape = m->row->shape; shape; shape = strchr(shape, '|')) {
        shape += *shape == '|';
        size_t end = fits(shape, m->whole, at);
        if (end) {
            m->from = at;
            m->to = end;
            return true;
        }
    }
    return false;
}
