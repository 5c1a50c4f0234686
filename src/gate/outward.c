/* Does a tool call reach outward? Then a name in it would be sent somewhere by somebody else's
 * wish, and placeholders stay. By the tool's name, by parameters that are addresses or recipients,
 * and by commands that name an address or a program of the network. */
#include "gate/restore.h"

#include <ctype.h>

enum { DEEPEST = 16 }; /* levels of arguments; deeper ones reach outward */

static bool any_glob(const struct str *patterns, size_t n, struct str name) {
    for (size_t i = 0; i < n; i++) {
        if (str_glob(patterns[i], name)) {
            return true;
        }
    }
    return false;
}

/* One of the words, whole: bounded by anything but letters and digits, or by a change of case. */
static bool names_word(struct str text, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct str word = str_of(words[i]);
        for (size_t at = 0; at + word.len <= text.len; at++) {
            if (!str_ieq(str_sub(text, at, at + word.len), word)) {
                continue;
            }
            char before = at ? text.ptr[at - 1] : ' ';
            char after = at + word.len < text.len ? text.ptr[at + word.len] : ' ';
            bool begins =
                !isalnum((unsigned char)before)
                || (islower((unsigned char)before) && isupper((unsigned char)text.ptr[at]));
            bool ends = !isalnum((unsigned char)after)
                        || (islower((unsigned char)text.ptr[at + word.len - 1])
                            && isupper((unsigned char)after));
            if (begins && ends) {
                return true;
            }
        }
    }
    return false;
}

static bool is_outward_tool(struct str name) {
    static const char *const words[] = {
        "web",     "http",   "https",  "fetch",    "websearch", "webfetch", "browser", "browse",
        "url",     "send",   "email",  "mail",     "smtp",      "sms",      "post",    "tweet",
        "publish", "upload", "share",  "webhook",  "slack",     "message",  "notify",  "invite",
        "request", "crawl",  "scrape", "navigate", "curl",      "download"};
    return names_word(name, words, ARRAY_LEN(words));
}

static bool is_outward_key(struct str key) {
    static const char *const words[] = {
        "url", "urls",      "uri",        "href", "link",     "endpoint", "webhook", "to",    "cc",
        "bcc", "recipient", "recipients", "host", "hostname", "domain",   "server",  "remote"};
    return names_word(key, words, ARRAY_LEN(words));
}

static bool is_command_key(struct str key) {
    static const char *const words[] = {"command", "cmd",  "commands", "script", "code",
                                        "shell",   "bash", "args",     "argv",   "program",
                                        "exec",    "run",  "input",    "query",  "sql"};
    return names_word(key, words, ARRAY_LEN(words));
}

/* Does a character end a word of a command, or stand before one? A control character parts words
 * for any program that takes it at all. */
static bool is_edge(char c, const char *others) {
    return c == ' ' || iscntrl((unsigned char)c) || char_is_of(c, others);
}

/* Is this the word after a program, options and their values left out: "-C dir push"? */
static bool has_verb(struct str rest, struct str verb) {
    bool after_option = false;
    for (size_t at = 0; at < rest.len && !char_is_of(rest.ptr[at], "\n|;&");) {
        if (is_edge(rest.ptr[at], "'\"`,")) {
            at++;
            continue;
        }
        size_t to = at;
        while (to < rest.len && !is_edge(rest.ptr[to], "|;&)`\"',")) {
            to++;
        }
        struct str word = str_sub(rest, at, to);
        bool is_option = str_starts(word, STR("-"));
        if (str_ieq(word, verb)) {
            return true;
        }
        if (!is_option && !after_option) {
            return false;
        }
        after_option = is_option;
        at = to > at ? to : at + 1;
    }
    return false;
}

/* A program's name where a command may stand: "mail x" and "/usr/bin/curl", not "mail/inbox"; with
 * a verb, that this is what it is to do. */
static bool runs_program(struct str text, struct str name, struct str verb) {
    for (size_t at = 0; at + name.len <= text.len; at++) {
        size_t to = at + name.len;
        if (str_ieq(str_sub(text, at, to), name)) {
            char before = at ? text.ptr[at - 1] : ' ';
            char after = to < text.len ? text.ptr[to] : ' ';
            if (is_edge(before, "|;&(`\"'/\\{=") && is_edge(after, "|;&)`\"',.")
                && (!verb.len || has_verb(str_sub(text, to, text.len), verb))) {
                return true;
            }
        }
    }
    return false;
}

/* Programs of the network, and what makes one of others. */
static const struct {
    const char *name, *verb;
} PROGRAMS[] = {
    {"curl", ""},
    {"wget", ""},
    {"aria2c", ""},
    {"http", ""},
    {"https", ""},
    {"xh", ""},
    {"lynx", ""},
    {"w3m", ""},
    {"links", ""},
    {"nc", ""},
    {"ncat", ""},
    {"netcat", ""},
    {"socat", ""},
    {"telnet", ""},
    {"openssl", "s_client"},
    {"ssh", ""},
    {"scp", ""},
    {"sftp", ""},
    {"mosh", ""},
    {"rsync", ""},
    {"rclone", ""},
    {"ftp", ""},
    {"lftp", ""},
    {"tftp", ""},
    {"ping", ""},
    {"traceroute", ""},
    {"tracert", ""},
    {"nmap", ""},
    {"dig", ""},
    {"drill", ""},
    {"host", ""},
    {"nslookup", ""},
    {"whois", ""},
    {"resolvectl", ""},
    {"getent", "hosts"},
    {"getent", "ahosts"},
    {"mail", ""},
    {"mailx", ""},
    {"sendmail", ""},
    {"mutt", ""},
    {"msmtp", ""},
    {"git", "push"},
    {"git", "fetch"},
    {"git", "clone"},
    {"git", "pull"},
    {"git", "remote"},
    {"git", "ls-remote"},
    {"git", "send-email"},
    {"gh", ""},
    {"glab", ""},
    {"npm", "publish"},
    {"twine", ""},
    {"cargo", "publish"},
    {"docker", "push"},
    {"docker", "login"},
    {"aws", ""},
    {"gcloud", ""},
    {"az", ""},
    {"kubectl", ""},
    {"iwr", ""},
    {"irm", ""},
    {"invoke-webrequest", ""},
    {"invoke-restmethod", ""},
    {"start-bitstransfer", ""},
    {"bitsadmin", ""},
    {"certutil", "-urlcache"},
};

static bool is_command_that_leaves(struct str text) {
    static const char *const libraries[] = {"urllib",  "urlopen", "requests", "httpx",
                                            "aiohttp", "socket",  "fetch",    "axios",
                                            "smtplib", "ftplib",  "paramiko", "xmlhttprequest"};
    for (size_t i = 0; i < ARRAY_LEN(PROGRAMS); i++) {
        if (runs_program(text, str_of(PROGRAMS[i].name), str_of(PROGRAMS[i].verb))) {
            return true;
        }
    }
    return str_contains(text, STR("://")) || str_contains(text, STR("/dev/tcp"))
           || str_contains(text, STR("/dev/udp"))
           || names_word(text, libraries, ARRAY_LEN(libraries));
}

/* "https://…", and nothing else. */
static bool is_address(struct str text) {
    text = str_trim(text);
    ptrdiff_t scheme = str_find(text, STR("://"));
    for (ptrdiff_t i = 0; i < scheme; i++) {
        scheme =
            isalnum((unsigned char)text.ptr[i]) || char_is_of(text.ptr[i], "+.-") ? scheme : -1;
    }
    return (scheme > 0 && scheme < 12 && str_find_char(text, ' ') < 0)
           || str_istarts(text, STR("www.")) || str_istarts(text, STR("mailto:"));
}

static bool value_reaches(struct str key, const struct jval *v, int depth) {
    switch (jval_kind(v)) {
    case JSTRING:
        return jval_str(v).len && (is_outward_key(key) || is_address(jval_str(v)));
    case JARRAY:
    case JOBJECT:
        for (struct jiter it = jval_iter(v); jiter_next(&it);) {
            if (depth >= DEEPEST || value_reaches(it.key.len ? it.key : key, it.value, depth + 1)) {
                return true;
            }
        }
        return false;
    default:
        return false;
    }
}

/* The words of a command, wherever they stand: "git push", ["git", "push"], or a program here and
 * its arguments there. */
static void add_command(struct buf *b, struct str key, const struct jval *v, int depth) {
    if (jval_kind(v) == JSTRING && is_command_key(key)) {
        buf_add(b, b->len ? STR(" ") : STR(""));
        buf_add(b, jval_str(v));
    }
    if (depth < DEEPEST && (jval_kind(v) == JARRAY || jval_kind(v) == JOBJECT)) {
        for (struct jiter it = jval_iter(v); jiter_next(&it);) {
            add_command(b, it.key.len ? it.key : key, it.value, depth + 1);
        }
    }
}

static bool command_leaves(const struct jval *v, size_t most) {
    AUTO_BUF b = {0};
    buf_init(&b, most);
    add_command(&b, STR("input"), v, 0);
    return b.failed || is_command_that_leaves(buf_str(&b));
}

bool restore_reaches_outward(struct str tool, struct str arguments, const struct restore_tools *t) {
    if (t && any_glob(t->outward, t->outward_count, tool)) {
        return true;
    }
    if (t && any_glob(t->inward, t->inward_count, tool)) {
        return false;
    }
    if (is_outward_tool(tool)) {
        return true;
    }
    struct arena a = arena_make(SIZE_MAX);
    struct err e = {0};
    const struct jval *v = json_parse(&a, arguments, &JSON_LIMITS, &e);
    /* What cannot be read cannot be judged. */
    bool reaches =
        !v || value_reaches(STR("input"), v, 0) || command_leaves(v, 2 * arguments.len + 64);
    arena_end(&a);
    return reaches;
}
