/* The small fixed answers: the status page without scripts, health, and what some clients probe
 * for. */
#include "api/inner.h"

#define HEAD                                                                                \
    "<!doctype html>\n"                                                                     \
    "<html lang=\"en\"><head><meta charset=\"utf-8\"><title>weir</title>\n"                 \
    "<meta http-equiv=\"content-security-policy\" content=\"default-src 'none'; "           \
    "style-src 'unsafe-inline'\">\n"                                                        \
    "<meta name=\"viewport\" content=\"width=device-width\">\n"                             \
    "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:42em;margin:3em auto;"        \
    "padding:0 1em;color-scheme:light dark}dt{margin-top:.8em}</style></head>\n"            \
    "<body><h1>weir is running</h1>\n"                                                      \
    "<p>Version " WEIR_VERSION ". One local endpoint for every model; nothing leaves this " \
    "computer but by a rule of your policy.</p>\n"
#define POLICY_BROKEN                                                                   \
    "<p><strong>The policy is broken, nothing leaves:</strong> <code>weir policy check" \
    "</code></p>\n"
#define CONFIG_BROKEN                                                                         \
    "<p><strong>weir.toml is not in force, the one before it is:</strong> <code>weir config " \
    "check</code></p>\n"
#define GATE_SHUT \
    "<p><strong>The gate is closed, nothing leaves:</strong> <code>weir gate open</code></p>\n"
#define CLIENTS "<dl><dt>OpenAI clients</dt><dd>base URL <code>http://"
#define MIDDLE                                            \
    "/v1</code>, any key, model <code>auto</code></dd>\n" \
    "<dt>Anthropic clients</dt><dd>base URL <code>http://"
#define TAIL                                                                                 \
    "</code></dd>\n"                                                                         \
    "<dt>What runs, what waits, what is wrong</dt><dd><code>weir status</code>, <code>weir " \
    "doctor</code>, <a href=\"/weir/v1/status\">status as JSON</a></dd>\n"                   \
    "<dt>What left and why</dt><dd><code>weir ledger</code>, <code>weir why</code></dd>\n"   \
    "<dt>What may leave</dt><dd><code>weir policy show</code></dd></dl>\n"                   \
    "</body></html>\n"

/* The name by which the page was reached, where it is one. */
static struct str host_of(const struct api_request *rq) {
    struct str host = api_header(rq, "host");
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                    || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
        if (!fine) {
            return STR("localhost");
        }
    }
    return host.len && host.len < 256 ? host : STR("localhost");
}

void serve_page(struct api_call *c, const struct visit *v) {
    struct str host = host_of(v->rq);
    struct buf *out = reply_scratch(c);
    struct hub_health is = hub_health(c->api->hub);
    buf_add(out, STR(HEAD));
    buf_add(out, is.policy_ok ? STR("") : STR(POLICY_BROKEN));
    buf_add(out, is.config_ok ? STR("") : STR(CONFIG_BROKEN));
    buf_add(out, is.gate_open ? STR("") : STR(GATE_SHUT));
    buf_add(out, STR(CLIENTS));
    buf_add(out, host);
    buf_add(out, STR(MIDDLE));
    buf_add(out, host);
    buf_add(out, STR(TAIL));
    reply_body(c, 200, "text/html; charset=utf-8", buf_str(out));
}

void serve_health(struct api_call *c, const struct visit *v) {
    (void)v;
    reply_body(c, 200, "text/plain; charset=utf-8", STR("ok\n"));
}

void serve_hello(struct api_call *c, const struct visit *v) {
    (void)v;
    reply_body(c, 200, "application/json", STR("{}"));
}
