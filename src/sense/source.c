/* A line is a program's by how it begins, by how it ends, or by signs within that no sentence has.
 * Lines that could be either do not count. */
#include "sense/source.h"

#include <ctype.h>

enum { FEWEST_LINES = 3 };

static bool is_of_name(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* `POSTGRES_PASSWORD: x`, `  image: x`, `"a": 1`, `name = value`: but not "Dear Sir: …", "Name: …".
 */
static bool is_setting(struct str line) {
    size_t i = 0;
    while (i < line.len && char_is_of(line.ptr[i], "-\"' ")) {
        i++;
    }
    size_t from = i;
    bool mark = false;
    bool small = true;
    for (; i < line.len && is_of_name(line.ptr[i]); i++) {
        mark = mark || line.ptr[i] == '_' || line.ptr[i] == '.';
        small = small && !isupper((unsigned char)line.ptr[i]);
    }
    bool quoted = i < line.len && i > from && (line.ptr[i] == '"' || line.ptr[i] == '\'');
    i += quoted;
    while (i < line.len && line.ptr[i] == ' ') {
        i++;
    }
    if (i == from || i >= line.len || (line.ptr[i] != ':' && line.ptr[i] != '=')) {
        return false;
    }
    struct str value = str_trim(str_sub(line, i + 1, line.len));
    return mark || quoted || line.ptr[i] == '=' || (small && str_find_char(value, ' ') < 0);
}

static bool begins_so(struct str line) {
    static const char *const begins[] = {
        "//", "/*", "**", "*/", "#include", "#define", "#!",    "#if",  "#e",     "--", "$ ",
        "</", "<?", "@",  "{",  "}",        "import ", "from ", "def ", "class ", "| "};
    size_t n = char_is_of(line.ptr[0], "/*#-$<@{}ifdc|") ? ARRAY_LEN(begins) : 0;
    for (size_t i = 0; i < n; i++) {
        if (begins[i][0] == line.ptr[0] && str_starts(line, str_of(begins[i]))) {
            return true;
        }
    }
    return false;
}

/* Whether BLOCK bytes and the one behind them have what has_signs or is_table looks for: two signs
 * or two blanks side by side, or an equals sign. No branches, so that many bytes go at once. */
enum { BLOCK = 32 };
static unsigned char is_sign(unsigned char c) {
    unsigned char low = (unsigned char)(c - '!') <= '/' - '!';
    unsigned char high = (unsigned char)(c - ':') <= '>' - ':';
    unsigned char bar = c == '|';
    return low | high | bar;
}
static bool is_odd_block(const char *s) {
    unsigned char odd = 0;
    for (int i = 0; i < BLOCK; i++) {
        unsigned char a = (unsigned char)s[i];
        unsigned char b = (unsigned char)s[i + 1];
        unsigned char blank_a = a == ' ';
        unsigned char blank_b = b == ' ';
        unsigned char equals = a == '=';
        odd |= (is_sign(a) & is_sign(b)) | (blank_a & blank_b) | equals;
    }
    return odd;
}

/* False: has_signs and is_table have nothing to find in the line. */
static bool is_odd(struct str line) {
    if (line.len <= BLOCK) {
        return true;
    }
    size_t last = line.len - BLOCK - 1;
    bool odd = is_odd_block(line.ptr + last);
    for (size_t i = 0; i < last && !odd; i += BLOCK) {
        odd = is_odd_block(line.ptr + i);
    }
    return odd;
}

/* Two signs side by side that no sentence has, or an equals sign between blanks. */
static bool has_signs(struct str line) {
    static const char pairs[] = "() -> :: == != && || => </ /* */ \") ";
    static const bool first[256] = {
        ['('] = true, ['-'] = true, [':'] = true, ['='] = true, ['!'] = true, ['&'] = true,
        ['|'] = true, ['<'] = true, ['/'] = true, ['*'] = true, ['"'] = true};
    for (size_t i = 0; i + 1 < line.len; i++) {
        char c = line.ptr[i];
        char next = line.ptr[i + 1];
        if (!first[(unsigned char)c]) {
            continue;
        }
        for (size_t k = 0; k + 1 < sizeof pairs; k += 3) {
            if (pairs[k] == c && pairs[k + 1] == next) {
                return true;
            }
        }
        if (c == '=' && next == ' ' && i && line.ptr[i - 1] == ' ') {
            return true;
        }
    }
    return false;
}

/* `-H 'x: y'`, `--all`; a list's `- item` has a blank. */
static bool is_option(struct str line) {
    return line.len > 1 && line.ptr[0] == '-'
           && (line.ptr[1] == '-' || isalpha((unsigned char)line.ptr[1]));
}

/* Cells with room between them. */
static bool is_table(struct str line) {
    size_t cells = 0;
    for (size_t i = 2; i < line.len; i++) {
        cells += line.ptr[i] != ' ' && line.ptr[i - 1] == ' ' && line.ptr[i - 2] == ' ';
    }
    return cells >= 2;
}

/* `HostName db-04.nordwind.net`, `IdentityFile ~/.ssh/id`. */
static bool is_pair(struct str line) {
    ptrdiff_t blank = str_find_char(line, ' ');
    struct str value = blank > 0 ? str_sub(line, (size_t)blank + 1, line.len) : STR("");
    bool mark = false;
    for (size_t i = 1; i + 1 < value.len; i++) {
        char c = value.ptr[i];
        mark = mark || c == '.' || c == '/' || c == '_';
        if (c == ' ') {
            return false;
        }
    }
    return mark;
}

/* A comment of a configuration, or a heading: either. */
static bool is_neither(struct str line) {
    return !line.len || str_starts(line, STR("# "));
}

static bool is_machine(struct str line) {
    char last = line.ptr[line.len - 1];
    return char_is_of(last, ";{}\\") || begins_so(line) || is_setting(line) || is_option(line)
           || is_pair(line) || (is_odd(line) && (has_signs(line) || is_table(line)));
}

static size_t count_lines(struct str text) {
    size_t n = 1;
    for (ptrdiff_t at = 0; (at = str_find_char(text, '\n')) >= 0; n++) {
        text = str_sub(text, (size_t)at + 1, text.len);
    }
    return n;
}

/* Once the lines that are left cannot turn it any more, it is decided. */
bool source_is(struct str text) {
    struct str all = str_sub(text, 0, SOURCE_LOOKS);
    struct str rest = all;
    struct str line = {0};
    size_t lines = 0;
    size_t machine = 0;
    size_t stars = 0; /* lines of a comment, or items of a list */
    for (size_t left = count_lines(rest); left && lines <= 2 * (machine + stars) + left; left--) {
        str_cut(rest, '\n', &line, &rest);
        line = str_trim(line);
        if (!is_neither(line)) {
            bool star = line.ptr[0] == '*' && (line.len == 1 || line.ptr[1] == ' ');
            lines++;
            stars += star;
            machine += !star && is_machine(line);
        }
    }
    bool comment = stars && (str_contains(all, STR("/*")) || str_contains(all, STR("*/")));
    return lines >= FEWEST_LINES && 2 * (machine + (comment ? stars : 0)) >= lines;
}
