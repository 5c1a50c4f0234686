/* The table of the routes below /weir/v1 (SURFACE.md 5). Beyond status, route, preview and scan
 * they are the owner's. */
#include "api/inner.h"

/* clang-format off */
#define ALL(method, path, query) {ROW(method, "/weir/v1/" path, SHAPE_OWN, AUTH_CALLER, serve_query), .fn = query}
#define DRY(path, query) \
    {ROW("POST", "/weir/v1/" path, SHAPE_OWN, AUTH_CALLER, serve_query), .fn = query, .has_claims = true}
#define OWNER(method, path, query) {ROW(method, "/weir/v1/" path, SHAPE_OWN, AUTH_OWNER, serve_query), .fn = query}
#define OWNER_TEXT(method, path, query) \
    {ROW(method, "/weir/v1/" path, SHAPE_OWN, AUTH_OWNER, serve_query), .fn = query, .text_body = true}
#define LATER(method, path) {ROW(method, "/weir/v1/" path, SHAPE_OWN, AUTH_OWNER, serve_not_yet)}

const struct api_route API_OWN_ROUTES[] = {
    ALL("GET", "status", hub_status),
    DRY("route", hub_route_explain),
    DRY("preview", hub_preview),
    DRY("scan", hub_scan),

    {ROW("GET", "/weir/v1/events", SHAPE_OWN, AUTH_OWNER, serve_events)},
    OWNER("GET", "doctor", hub_doctor),
    OWNER("GET", "log", hub_log),
    OWNER("GET", "config", hub_config),

    OWNER("GET", "decisions", hub_decisions),
    OWNER("POST", "decisions/*/replay", hub_replay),
    OWNER("POST", "decisions/*/outcome", hub_outcome),
    OWNER("GET", "decisions/*", hub_decision),

    OWNER("GET", "ledger", hub_ledger),
    OWNER("POST", "ledger/verify", hub_ledger_verify),
    OWNER("GET", "ledger/export", hub_ledger_export),
    OWNER("GET", "ledger/*", hub_ledger_row),

    OWNER("GET", "policy", hub_policy),
    OWNER_TEXT("PUT", "policy", hub_policy_put),
    OWNER_TEXT("POST", "policy/check", hub_policy_check),
    OWNER_TEXT("POST", "policy/explain", hub_policy_explain),
    OWNER_TEXT("POST", "policy/test", hub_policy_test),

    OWNER("GET", "approvals", hub_approvals),
    OWNER("POST", "approvals/*", hub_approve),

    OWNER("GET", "models", hub_models_list),
    OWNER("POST", "models/*/load", hub_model_load),
    OWNER("POST", "models/*/unload", hub_model_unload),
    OWNER("DELETE", "models/*", hub_model_remove),
    OWNER("GET", "engines", hub_engines),

    OWNER("GET", "providers", hub_providers),
    OWNER("POST", "providers", hub_provider_add),
    OWNER("POST", "providers/*/test", hub_provider_test),
    OWNER("DELETE", "providers/*", hub_provider_remove),

    OWNER("GET", "keys", hub_keys),
    OWNER("POST", "keys", hub_key_add),
    OWNER("DELETE", "keys/*", hub_key_revoke),

    OWNER("GET", "detectors", hub_detectors),
    OWNER("GET", "labels", hub_labels),
    OWNER("POST", "labels", hub_label_change),

    OWNER("GET", "vault", hub_vault),
    OWNER("GET", "vault/*", hub_vault_export),
    OWNER("DELETE", "vault/*", hub_vault_remove),

    LATER("POST", "session"),
    LATER("POST", "models/pull"),
    LATER("POST", "models/*/bench"),
    LATER("GET", "conversations"),
    LATER("POST", "conversations"),
    LATER("GET", "conversations/*"),
    LATER("PATCH", "conversations/*"),
    LATER("DELETE", "conversations/*"),
    LATER("GET", "search"),

    OWNER("POST", "gate/close", hub_gate_close),
    OWNER("POST", "gate/open", hub_gate_open),
};
/* clang-format on */
const size_t API_OWN_ROUTE_COUNT = ARRAY_LEN(API_OWN_ROUTES);
