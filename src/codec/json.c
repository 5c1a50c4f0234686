/* The tree of a JSON document: one copy of the text and one array of values, both in the arena. The
 * parser works in that copy, so a string's pointer also says where in the document it was written.
 * No locks: a parsed document is read-only, any number of threads may read it. */
#include "codec/json.h"

#include "base/eight.h"
#include "base/hash.h"

#include <math.h>
#include <yyjson.h>

const struct json_limits JSON_LIMITS = {64u << 20, 128};

enum {
    DEPTH_MOST = 1024, /* whatever the limits say */
    FEW_KEYS = 16      /* up to here comparing each with each beats hashing */
};

/* jval is the library's value under another name. */
static yyjson_val *val(const struct jval *v) {
    return (yyjson_val *)(uintptr_t)v;
}

static const struct jval *jval(const yyjson_val *v) {
    return (const struct jval *)v;
}

static struct str text_of(const yyjson_val *v) {
    return (struct str){v->uni.str, unsafe_yyjson_get_len(val(jval(v)))};
}

/* ---- parsing ---- */

static bool fail_at(struct err *e, enum err_kind kind, struct str text, size_t offset,
                    const char *what) {
    size_t line = 1;
    size_t column = 1;
    offset = offset > text.len ? text.len : offset;
    for (size_t i = 0; i < offset; i++) {
        if (text.ptr[i] == '\n') {
            line++;
            column = 1;
        } else {
            column += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
        }
    }
    return err_set(e, kind, "bad JSON at byte %zu (line %zu, column %zu): %s", offset, line, column,
                   what);
}

/* No value begins but at the front or behind one of these. Those inside strings count too. */
static size_t most_values(struct str text) {
    size_t n = 1;
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t x = eight_at(text.ptr + i);
        uint64_t opens = eight_equal(x | EIGHT(0x20), '{'); /* "[" is 0x20 less */
        n += eight_count(eight_equal(x, ',') | eight_equal(x, ':') | opens);
    }
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        n += (c == ',') + (c == ':') + (c == '[') + (c == '{');
    }
    return n;
}

/* The parser asks for memory by guessing from the text's length and then adding half: far more than
 * it uses. It gets one piece for most_values(), which no document can outgrow. */
static void *room_malloc(void *ctx, size_t size) {
    (void)size;
    return ctx;
}

static void *room_realloc(void *ctx, void *ptr, size_t old_size, size_t size) {
    (void)ptr;
    (void)old_size;
    (void)size;
    return ctx;
}

static void room_free(void *ctx, void *ptr) {
    (void)ctx;
    (void)ptr;
}

/* The first key that occurred before; NULL: none did. */
static const yyjson_val *repeated_few(yyjson_val *object) {
    struct str keys[FEW_KEYS];
    size_t n = 0;
    size_t i = 0;
    size_t max = 0;
    yyjson_val *key = NULL;
    yyjson_val *value = NULL;
    yyjson_obj_foreach(object, i, max, key, value) {
        keys[n] = text_of(key);
        for (size_t k = 0; k < n; k++) {
            if (str_eq(keys[k], keys[n])) {
                return key;
            }
        }
        n++;
    }
    return NULL;
}

/* The same with a table; the hash is keyed, so that nobody can choose keys that collide. */
static const yyjson_val *repeated_many(yyjson_val *object) {
    size_t cap = 64;
    while (cap < unsafe_yyjson_get_len(object) * 2) {
        cap *= 2;
    }
    AUTO_FREE const yyjson_val **table = calloc(cap, sizeof *table);
    if (!table) {
        abort();
    }
    size_t i = 0;
    size_t max = 0;
    yyjson_val *key = NULL;
    yyjson_val *value = NULL;
    yyjson_obj_foreach(object, i, max, key, value) {
        size_t at = hash_table(text_of(key)) & (cap - 1);
        while (table[at]) {
            if (str_eq(text_of(table[at]), text_of(key))) {
                return key;
            }
            at = (at + 1) & (cap - 1);
        }
        table[at] = key;
    }
    return NULL;
}

static const yyjson_val *repeated(yyjson_val *object) {
    return unsafe_yyjson_get_len(object) <= FEW_KEYS ? repeated_few(object) : repeated_many(object);
}

/* Where the nesting goes past `most` in a text that is valid JSON. */
static size_t too_deep_at(struct str text, size_t most) {
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\') {
            i++;
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == '[' || c == '{') && ++depth > most) {
            return i;
        } else if (!in_string && (c == ']' || c == '}')) {
            depth--;
        }
    }
    return text.len;
}

/* Depth and duplicate keys. All values lie in one array, parents before children. */
static bool check_tree(yyjson_doc *doc, const char *copy, struct str text, size_t most,
                       struct err *e) {
    yyjson_val *ends[DEPTH_MOST];
    size_t depth = 0;
    yyjson_val *end = unsafe_yyjson_get_next(doc->root);
    for (yyjson_val *v = doc->root; v < end; v++) {
        while (depth > 0 && v >= ends[depth - 1]) {
            depth--;
        }
        if (!unsafe_yyjson_is_ctn(v)) {
            continue;
        }
        if (depth >= most) {
            return fail_at(e, ERR_TOO_LARGE, text, too_deep_at(text, most), "nested too deeply");
        }
        ends[depth++] = unsafe_yyjson_get_next(v);
        const yyjson_val *again = yyjson_is_obj(v) ? repeated(v) : NULL;
        if (again) {
            size_t offset = (size_t)(again->uni.str - copy) - 1;
            return fail_at(e, ERR_INVALID, text, offset, "this key occurs twice in its object");
        }
    }
    return true;
}

const struct jval *json_parse(struct arena *a, struct str text, const struct json_limits *l,
                              struct err *e) {
    if (text.len > l->bytes) {
        err_set(e, ERR_TOO_LARGE, "the JSON document has %zu bytes; %zu are allowed", text.len,
                l->bytes);
        return NULL;
    }
    if (text.len == 0) {
        err_set(e, ERR_INVALID, "bad JSON at byte 0 (line 1, column 1): the document is empty");
        return NULL;
    }
    size_t header =
        (sizeof(yyjson_doc) - 1) / sizeof(yyjson_val) + 1; /* lies in front of the values */
    char *copy = arena_try(a, text.len + YYJSON_PADDING_SIZE);
    void *room = copy ? arena_try(a, (header + most_values(text)) * sizeof(yyjson_val)) : NULL;
    if (!room) {
        err_set(e, ERR_TOO_LARGE, "the JSON document needs more memory than its request may use");
        return NULL;
    }
    memcpy(copy, text.ptr, text.len);
    yyjson_alc alc = {room_malloc, room_realloc, room_free, room};
    yyjson_read_err why = {0};
    yyjson_doc *doc = yyjson_read_opts(copy, text.len,
                                       YYJSON_READ_INSITU | YYJSON_READ_NUMBER_AS_RAW, &alc, &why);
    if (!doc) {
        bool is_memory = why.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION;
        fail_at(e, is_memory ? ERR_BUG : ERR_INVALID, text, why.pos, why.msg ? why.msg : "unknown");
        return NULL;
    }
    size_t most = l->depth < DEPTH_MOST ? l->depth : DEPTH_MOST;
    return check_tree(doc, copy, text, most, e) ? jval(doc->root) : NULL;
}

/* ---- reading ---- */

enum jkind jval_kind(const struct jval *v) {
    switch (v ? unsafe_yyjson_get_type(val(v)) : YYJSON_TYPE_NULL) {
    case YYJSON_TYPE_BOOL:
        return JBOOL;
    case YYJSON_TYPE_RAW:
        return JNUMBER;
    case YYJSON_TYPE_STR:
        return JSTRING;
    case YYJSON_TYPE_ARR:
        return JARRAY;
    case YYJSON_TYPE_OBJ:
        return JOBJECT;
    default:
        return JNULL;
    }
}

bool jval_is(const struct jval *v, enum jkind kind) {
    return v && jval_kind(v) == kind;
}

const struct jval *jval_get(const struct jval *v, const char *key) {
    return jval_get_str(v, str_of(key));
}

const struct jval *jval_get_str(const struct jval *v, struct str key) {
    return jval(yyjson_obj_getn(val(v), key.ptr ? key.ptr : "", key.len));
}

size_t jval_len(const struct jval *v) {
    return jval_is(v, JARRAY) || jval_is(v, JOBJECT) ? unsafe_yyjson_get_len(val(v)) : 0;
}

const struct jval *jval_at(const struct jval *v, size_t i) {
    return jval(yyjson_arr_get(val(v), i));
}

struct jiter jval_iter(const struct jval *v) {
    struct jiter it = {.left_ = jval_len(v), .object_ = jval_is(v, JOBJECT)};
    if (it.left_ > 0) {
        it.next_ = jval(unsafe_yyjson_get_first(val(v)));
    }
    return it;
}

bool jiter_next(struct jiter *it) {
    if (it->left_ == 0) {
        return false;
    }
    yyjson_val *v = val(it->next_);
    it->left_--;
    if (it->object_) {
        it->key = text_of(v);
        v++;
    }
    it->value = jval(v);
    it->next_ = jval(unsafe_yyjson_get_next(v));
    return true;
}

struct str jval_str(const struct jval *v) {
    return jval_str_or(v, "");
}

struct str jval_str_or(const struct jval *v, const char *otherwise) {
    return jval_is(v, JSTRING) ? text_of(val(v)) : str_of(otherwise);
}

struct str jval_raw_number(const struct jval *v) {
    return jval_is(v, JNUMBER) ? text_of(val(v)) : STR("");
}

bool jval_bool(const struct jval *v, bool otherwise) {
    return jval_is(v, JBOOL) ? unsafe_yyjson_get_bool(val(v)) : otherwise;
}

/* ---- numbers ---- */

/* [+-]digits, clamped far beyond any exponent that matters. */
static int64_t exponent_of(struct str s) {
    int64_t v = 0;
    size_t i = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-');
    for (; i < s.len; i++) {
        v = v < INT64_MAX / 16 ? v * 10 + (s.ptr[i] - '0') : v;
    }
    return s.len && s.ptr[0] == '-' ? -v : v;
}

/* The number as ±digits × 10^exponent, without zeros at either end of the digits. */
struct decimal {
    bool minus;
    struct str whole;
    struct str fraction;
    int64_t exponent;
};

static struct decimal decimal_of(struct str raw) {
    struct decimal d = {.minus = raw.len && raw.ptr[0] == '-'};
    raw = str_sub(raw, d.minus, raw.len);
    size_t e = 0;
    while (e < raw.len && raw.ptr[e] != 'e' && raw.ptr[e] != 'E') {
        e++;
    }
    d.exponent = exponent_of(str_sub(raw, e + 1, raw.len));
    str_cut(str_sub(raw, 0, e), '.', &d.whole, &d.fraction);
    while (d.fraction.len && d.fraction.ptr[d.fraction.len - 1] == '0') {
        d.fraction.len--;
    }
    while (d.fraction.len == 0 && d.whole.len && d.whole.ptr[d.whole.len - 1] == '0') {
        d.whole.len--;
        d.exponent++;
    }
    d.exponent -= (int64_t)d.fraction.len;
    return d;
}

static bool add_digits(uint64_t *v, struct str digits) {
    for (size_t i = 0; i < digits.len; i++) {
        if (__builtin_mul_overflow(*v, 10, v)
            || __builtin_add_overflow(*v, (uint64_t)(digits.ptr[i] - '0'), v)) {
            return false;
        }
    }
    return true;
}

bool jval_i64(const struct jval *v, int64_t *out) {
    if (!jval_is(v, JNUMBER)) {
        return false;
    }
    struct decimal d = decimal_of(text_of(val(v)));
    uint64_t n = 0;
    if (!add_digits(&n, d.whole) || !add_digits(&n, d.fraction)) {
        return false;
    }
    if (n != 0 && d.exponent < 0) {
        return false;
    }
    for (int64_t i = 0; n != 0 && i < d.exponent; i++) {
        if (__builtin_mul_overflow(n, 10, &n)) {
            return false;
        }
    }
    if (n > (uint64_t)INT64_MAX + d.minus) {
        return false;
    }
    *out = d.minus ? (int64_t)(0 - n) : (int64_t)n;
    return true;
}

bool jval_double(const struct jval *v, double *out) {
    yyjson_val number = {0};
    if (!jval_is(v, JNUMBER)
        || !yyjson_read_number(val(v)->uni.str, &number, YYJSON_READ_NOFLAG, NULL, NULL)) {
        return false; /* beyond a double's range */
    }
    *out = yyjson_get_num(&number);
    return true;
}

void jout_double(struct jout *j, double v) {
    char memory[512];
    yyjson_alc alc;
    yyjson_val number = {0};
    if (!isfinite(v)) {
        jout_null(j);
        return;
    }
    unsafe_yyjson_set_real(&number, v);
    yyjson_alc_pool_init(&alc, memory, sizeof memory);
    size_t len = 0;
    char *text = yyjson_val_write_opts(&number, YYJSON_WRITE_NOFLAG, &alc, &len, NULL);
    jout_raw(j, (struct str){text, text ? len : 0});
}

/* ---- printing ---- */

struct str jval_print(struct arena *a, const struct jval *v) {
    if (!v) {
        return STR("null");
    }
    size_t len = 0;
    AUTO_FREE char *text = yyjson_val_write_opts(val(v), YYJSON_WRITE_NOFLAG, NULL, &len, NULL);
    if (!text) {
        abort(); /* a parsed value can always be printed: the memory is at its end */
    }
    return str_dup(a, (struct str){text, len});
}
