/* weir.toml and conf.d/ as one checked, immutable value (SURFACE.md 3). Pure but for reading the
 * files. */
#pragma once

#include "chat/chat.h"
#include "engine/engine.h"
#include "gate/gate.h"
#include "route/route.h"
#include "sense/sense.h"

struct config_model {
    struct str id;   /* the provider's own name */
    int64_t context; /* tokens, 0 unknown */
    bool images, audio, files, tools, schema;
    int64_t price_in, price_out; /* micro-dollars per million tokens; -1 unknown */
    int32_t quality;             /* 0..1000 */
};

struct config_provider {
    struct str name, preset;
    enum chat_dialect dialect;
    enum zone said;       /* as written */
    struct str zone_note; /* why it counts as another zone, "" it does not */
    const struct config_model *models;
    size_t model_count;
    bool models_given; /* by the file: bare names resolve to them */
    bool auto_ok;
    struct gate_target target; /* name, url, zone as believed … */
};

struct config_alias {
    struct str pattern, model;
};

struct config_profile {
    struct str name;
    enum route_prefer prefer;
    enum zone reach;
};

enum { CONFIG_PROFILES = 5 }; /* the built-in ones, which come first */

struct config {
    int port;
    struct str *listen, *hosts, *origins;
    size_t listen_count, host_count, origin_count;
    int64_t body_bytes;

    int64_t decisions_ms;    /* how long decisions are kept; -1: their size alone counts */
    int64_t decisions_bytes; /* how much of them is kept */
    int64_t bodies_ms;       /* how long sealed bodies are kept; 0: none are */
    struct str *detectors_off, *detectors_on; /* rows of the detectors' table */
    size_t off_count, on_count;
    struct str sense_model;    /* a local model that adds evidence, "" none */
    struct str sense_model_at; /* where that is said: "weir.toml:4:9" */
    int64_t sense_model_ms;    /* how long a request waits for it */
    struct str engine_binary;
    int64_t engine_memory; /* bytes, 0 auto */
    int64_t keep_alive_ms;
    struct str *model_dirs;
    size_t model_dir_count;
    struct str default_model;
    struct engine_set *sets;
    size_t set_count;

    struct config_provider *providers;
    size_t provider_count;
    struct config_alias *aliases;
    size_t alias_count;
    struct config_profile *profiles; /* the built-in ones, too */
    size_t profile_count;
    struct str profile;    /* what bare `auto` means */
    struct str profile_at; /* where that is said: "weir.toml:4:11" */
    bool ollama_port;      /* wanted */
    int32_t cloud_share;   /* 0..1000 */
    int64_t budget_micros; /* per month, -1 none */

    struct sha256 hash; /* of all files' texts */
    struct str *files;  /* that were read */
    size_t file_count;
    struct str
        shown; /* as `weir config show` prints it: the files' texts, keys as they are written */
};

/* Reads weir.toml and conf.d/<*.toml> below dir. No file at all is a valid configuration.
 * ERR_INVALID with file, line, column and what to write instead. Everything lives in a. */
NODISCARD bool config_read(struct arena *a, const struct places *places, struct config **out,
                           struct err *e);

const struct config_provider *config_provider(const struct config *c,
                                              struct str name); /* NULL: none */
const struct config_profile *config_profile(const struct config *c,
                                            struct str name); /* NULL: none */

/* Presets of providers; a table. */
struct provider_preset {
    const char *name;
    enum chat_dialect dialect;
    const char *url;
    const struct config_model *models;
    size_t model_count;
};
const struct provider_preset *provider_preset(struct str name); /* NULL: none */
extern const struct provider_preset PROVIDER_PRESETS[];
extern const size_t PROVIDER_PRESET_COUNT;

/* "10m", "90 s" → ms; "12 GiB", "512 MB", "60 %" (of the machine's memory) → bytes; "20 USD /
 * month" → micro-dollars. */
NODISCARD bool unit_time(struct str s, int64_t *ms);
NODISCARD bool unit_size(struct str s, int64_t *bytes);
NODISCARD bool unit_money(struct str s, int64_t *micros);
