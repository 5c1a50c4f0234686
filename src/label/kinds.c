/* What a finding means unless the policy's [kind] says otherwise (POLICY.md 1). */
#include "label/label.h"

const struct kind_row LABEL_KINDS[] = {
    /* secret */
    {"api_key", LEVEL_SECRET, TOPIC_NONE, "an API key or access token of a service"},
    {"password", LEVEL_SECRET, TOPIC_NONE, "a password, written as one"},
    {"private_key", LEVEL_SECRET, TOPIC_NONE, "a private key (PEM, SSH, PGP)"},
    {"token", LEVEL_SECRET, TOPIC_NONE, "a session or bearer token"},
    {"jwt", LEVEL_SECRET, TOPIC_NONE, "a signed web token"},
    {"connection_string", LEVEL_SECRET, TOPIC_NONE, "an address with user and password in it"},
    {"seed_phrase", LEVEL_SECRET, TOPIC_NONE, "a wallet's recovery words"},
    {"generic_secret", LEVEL_SECRET, TOPIC_NONE,
     "something random behind a word like secret or token"},
    /* private */
    {"health", LEVEL_PRIVATE, TOPIC_HEALTH, "a fact about somebody's health"},
    {"finance", LEVEL_PRIVATE, TOPIC_FINANCE, "a fact about somebody's money"},
    {"legal", LEVEL_PRIVATE, TOPIC_LEGAL, "a fact about somebody's legal matter"},
    {"minors", LEVEL_PRIVATE, TOPIC_MINORS, "a fact about a child"},
    {"national_id", LEVEL_PRIVATE, TOPIC_NONE, "a national identity number"},
    {"ssn", LEVEL_PRIVATE, TOPIC_NONE, "a US social security number"},
    {"drivers_license", LEVEL_PRIVATE, TOPIC_NONE, "a driving licence's number"},
    {"medical_id", LEVEL_PRIVATE, TOPIC_HEALTH, "a patient's or health insurance's number"},
    {"passport", LEVEL_PRIVATE, TOPIC_NONE, "a passport's number"},
    {"tax_id", LEVEL_PRIVATE, TOPIC_NONE, "a tax number"},
    {"card", LEVEL_PRIVATE, TOPIC_FINANCE, "a payment card's number"},
    {"iban", LEVEL_PRIVATE, TOPIC_FINANCE, "a bank account (IBAN)"},
    {"bank_account", LEVEL_PRIVATE, TOPIC_FINANCE, "a bank account"},
    {"crypto_address", LEVEL_PRIVATE, TOPIC_FINANCE, "a wallet's address"},
    {"coordinates", LEVEL_PRIVATE, TOPIC_NONE, "a precise place on the map"},
    {"unreadable", LEVEL_PRIVATE, TOPIC_NONE, "content that cannot be read as text"},
    /* personal */
    {"name", LEVEL_PERSONAL, TOPIC_NONE, "a person's name"},
    {"email", LEVEL_PERSONAL, TOPIC_NONE, "an e-mail address"},
    {"phone", LEVEL_PERSONAL, TOPIC_NONE, "a telephone number"},
    {"address", LEVEL_PERSONAL, TOPIC_NONE, "a postal address"},
    {"birth_date", LEVEL_PERSONAL, TOPIC_NONE, "a date of birth"},
    {"employer", LEVEL_PERSONAL, TOPIC_NONE, "where somebody works"},
    {"private_organisation", LEVEL_PERSONAL, TOPIC_NONE,
     "an organisation that few know, in a letter, in somebody's papers or code"},
    {"member_id", LEVEL_PERSONAL, TOPIC_NONE, "an employee's, customer's or member's number"},
    {"company_id", LEVEL_PERSONAL, TOPIC_NONE, "a company's or business's number"},
    {"plate", LEVEL_PERSONAL, TOPIC_NONE, "a vehicle's plate or chassis number"},
    {"device_id", LEVEL_PERSONAL, TOPIC_NONE, "a telephone's or SIM card's number"},
    {"ip", LEVEL_PERSONAL, TOPIC_NONE, "a public IP address"},
    {"mac", LEVEL_PERSONAL, TOPIC_NONE, "a network card's address"},
    {"handle", LEVEL_PERSONAL, TOPIC_NONE, "an account's name"},
    {"person_word", LEVEL_PERSONAL, TOPIC_NONE, "own words about a person (\"my boss\")"},
    {"third_parties", LEVEL_PERSONAL, TOPIC_THIRD_PARTIES, "a fact about somebody else"},
    {"health_mention", LEVEL_PERSONAL, TOPIC_NONE, "own health, mentioned"},
    {"finance_mention", LEVEL_PERSONAL, TOPIC_NONE, "own money, mentioned"},
    {"legal_mention", LEVEL_PERSONAL, TOPIC_NONE, "own legal matter, mentioned"},
    {"work", LEVEL_PERSONAL, TOPIC_WORK, "own work or colleagues"},
    {"internal_host", LEVEL_PERSONAL, TOPIC_NONE, "an internal host's name"},
    {"ticket", LEVEL_PERSONAL, TOPIC_NONE, "a ticket's number"},
    {"repository", LEVEL_PERSONAL, TOPIC_NONE, "a repository's address"},
    {"home_path", LEVEL_PERSONAL, TOPIC_NONE, "a path in somebody's home folder"},
    {"undecided", LEVEL_PERSONAL, TOPIC_NONE,
     "a text that the local model did not look through: one level above what else is in it"},
    /* open, unless the policy says otherwise */
    {"public_name", LEVEL_OPEN, TOPIC_NONE, "a name of public life or of a story"},
    {"organisation", LEVEL_OPEN, TOPIC_NONE, "an organisation that everybody knows, by itself"},
    {"place", LEVEL_OPEN, TOPIC_NONE, "a country, a state or a big city"},
    {"uncertain_name", LEVEL_OPEN, TOPIC_NONE,
     "perhaps a name; hidden when the request leaves disguised"},
    {"uncertain_term", LEVEL_OPEN, TOPIC_NONE,
     "perhaps known by few: a code, an account, a link; hidden when a talk leaves disguised"},
    {"example_email", LEVEL_OPEN, TOPIC_NONE,
     "a name's address at example.com, an office's; hidden when the request leaves disguised"},
    {"example_path", LEVEL_OPEN, TOPIC_NONE,
     "a home folder of manuals (/home/fred); hidden when the request leaves disguised"},
    {"code_name", LEVEL_OPEN, TOPIC_NONE,
     "a project's, a product's or a table's name; hidden when the request leaves disguised"},
    {"small_organisation", LEVEL_OPEN, TOPIC_NONE,
     "an organisation that few know; hidden when the request leaves disguised"},
    {"small_place", LEVEL_OPEN, TOPIC_NONE,
     "a place that few know; hidden when the request leaves disguised"},
};
const size_t LABEL_KIND_COUNT = ARRAY_LEN(LABEL_KINDS);

const struct kind_row *kind_find(struct str name) {
    for (size_t i = 0; i < LABEL_KIND_COUNT; i++) {
        const char *known = LABEL_KINDS[i].name;
        if (name.len && known[0] == name.ptr[0] && str_is(name, known)) {
            return &LABEL_KINDS[i];
        }
    }
    return NULL;
}
