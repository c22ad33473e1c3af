/* The files of a new directory, as text. */
#include <string.h>

#include "base/mem.h"
#include "cli/init.h"
#include "policy/configuration.h"

#define SERVICES_MOST 50
#define NAME_MOST     100

/* ---- the important services ---- */

/* The next of the names, which have commas or spaces between them; 0: there is none. */
static size_t next_name(const char **at)
{
    *at += strspn(*at, ", \t\n");
    return strcspn(*at, ", \t\n");
}

int init_check_important(const char *important, struct error *err)
{
    size_t count = 0, n;
    for (const char *at = important; (n = next_name(&at)); at += n) {
        bool clean = n <= NAME_MOST && utf8_valid(at, n);
        for (size_t i = 0; i < n; i++)
            clean = clean && (unsigned char)at[i] > ' ' && at[i] != 0x7f && !strchr("\"'\\@{}", at[i]);
        if (!clean)
            return error_set(err, ERR_INVALID,
                             "'%.*s' cannot be the name of a service; write --important checkout,pay*",
                             (int)utf8_cut(at, n, 40), at);
        if (++count > SERVICES_MOST)
            return error_set(err, ERR_INVALID, "name at most %d services, or patterns such as pay*",
                             SERVICES_MOST);
    }
    return count ? 0 : error_set(err, ERR_INVALID, "name the important services: --important checkout,pay*");
}

static void put_services(const char *important, struct str *out)
{
    size_t n, count = 0;
    str_add(out, "services { important = {");
    for (const char *at = important; (n = next_name(&at)); at += n)
        str_addf(out, "%s \"%.*s\"", count++ ? "," : "", (int)n, at);
    str_add(out, " } }\n");
}

/* A service that is important: the first name, with something for its wildcards. */
static void put_example(const char *important, struct str *out)
{
    size_t n = next_name(&important);
    if (n == 1 && *important == '*') {
        str_add(out, INIT_SERVICE);
        return;
    }
    for (size_t i = 0; i < n; i++)
        str_addc(out, important[i] == '*' || important[i] == '?' ? 'x' : important[i]);
}

/* ---- the policy ---- */

static const char policy_begin[] =
    "-- This team's policy. tocsind reloads the file when it changes. If the new policy has an error,\n"
    "-- or fails a test next to it, the previous one stays active, and the chat says why.\n"
    "-- `tocsin policy test` runs the tests. `tocsin policy show` lists all rules, including those that\n"
    "-- ship with Tocsin. To remove one: rule { name = \"volume\", off = true }\n"
    "\n"
    "-- Who is paged: the first of the team, and where that fails, the next. Until there is such a team, a\n"
    "-- page reaches nobody, and the chat and `tocsin check` say so.\n"
    "-- people { ana = { email = \"ana@example.com\", slack = \"U012AB3CD\" }, bo = { console = \"bo\" } }\n"
    "-- team { name = \"product-responder\", people = { \"ana\", \"bo\" } }\n"
    "-- Or, by turns, whoever is on call (docs/oncall.md): rotation { name = \"product-responder\",\n"
    "--   people = { \"ana\", \"bo\" }, start = \"2026-11-30\", handover = \"monday 09:00\", zone = \"UTC\" }\n"
    "\n"
    "-- What there is, whose it is, and what depends on what (docs/policy.md). Errors in it page its team.\n"
    "-- service { name = \"checkout\", team = \"product-responder\", tier = 1, depends_on = { \"ledger\" },\n"
    "--   runbook = \"https://wiki.example.com/checkout\" }\n"
    "\n";

static const char watch_all[] =
    "-- Which services are important? A new error in one of them opens an incident at once. Until you\n"
    "-- name them, every service is: services { important = { \"checkout\", \"pay*\" } }\n"
    "-- What opens no incident is listed by `incoming`, with the reason.\n";

static const char watch_some[] =
    "-- A new error in these services opens an incident at once. What opens none is listed by\n"
    "-- `incoming`, with the reason.\n";

static const char policy_end[] = "\n"
                                 "-- A rule of your own: matching alerts are counted, and nobody is notified.\n"
                                 "rule {\n"
                                 "  name = \"bots\",\n"
                                 "  summary = \"crawlers that follow dead links\",\n"
                                 "  match = { type = \"NotFound\", service = \"blog\" },\n"
                                 "  quiet = true,\n"
                                 "}\n";

void init_policy(const char *important, struct str *out)
{
    str_add(out, policy_begin);
    str_add(out, strcmp(important, INIT_ALL) == 0 ? watch_all : watch_some);
    put_services(important, out);
    str_add(out, policy_end);
}

void init_policy_test(const char *important, struct str *out)
{
    CLEANUP_STR struct str service = {0};
    put_example(important, &service);
    str_addf(
        out,
        "-- Tests of the policy in this directory. `tocsin policy test` runs them, and so does each load.\n"
        "test(\"a new error in an important service is declared\", function()\n"
        "  expect(judge { service = \"%s\", change = \"new\" }.kind, \"declare\")\n"
        "end)\n"
        "\n"
        "test(\"dead links in the blog are only counted, however many there are\", function()\n"
        "  expect(judge { service = \"blog\", type = \"NotFound\", change = \"moved\", count = 5000 }.kind, "
        "\"quiet\")\n"
        "end)\n",
        service.p);
}

/* ---- the configuration ---- */

static const struct setting *setting_of(const char *name)
{
    size_t n;
    const struct setting *all = configuration_settings(&n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    }
    return NULL;
}

static void put(struct str *out, const char *name, const char *value)
{
    const struct setting *setting = setting_of(name);
    str_addf(out, "\n  -- %s\n  %s = \"%s\",\n", setting ? setting->help : "", name, value);
}

/* All other settings, as comments that show the defaults. */
static void put_others(struct str *out)
{
    static const char *const written[] = {"name", "listen", "data", "policy", "sources"};
    size_t n;
    const struct setting *all = configuration_settings(&n);
    for (size_t i = 0; i < n; i++) {
        bool skip = false;
        for (size_t k = 0; k < ARRAY_SIZE(written); k++)
            skip = skip || strcmp(written[k], all[i].name) == 0;
        if (skip)
            continue;
        str_addc(out, '\n');
        config_sample(&all[i], 1, "  ", out);
    }
}

void init_configuration(const struct init_values *values, struct str *out)
{
    CLEANUP_FREE char *listen = xasprintf("127.0.0.1:%d", values->port);
    str_add(out, "-- Tocsin's configuration. tocsind reads it at start and on `tocsin reload`; `tocsin check` "
                 "checks it. Paths are\n"
                 "-- relative to this file. Secrets can be kept elsewhere: key = env(\"NAME\") or key = "
                 "file(\"/path\").\n"
                 "return {");
    put(out, "name", values->name);
    put(out, "listen", listen);
    put(out, "data", "data");
    put(out, "policy", "policy");
    str_addf(out,
             "\n  -- %s\n"
             "  sources = {\n"
             "    -- For a Sentry SDK: dsn = \"http://%s@%s/1\"\n"
             "    shop = { key = \"%s\", service = \"" INIT_SERVICE "\", environment = \"production\" },\n"
             "  },\n",
             setting_of("sources")->help, values->key, listen, values->key);
    str_addf(out,
             "\n  -- The chats: name = { settings of the connector }\n"
             "  connectors = {\n"
             "    console = { socket = \"%s\" }, -- for `tocsin chat`\n"
             "  },\n",
             values->socket);
    put_others(out);
    str_add(out, "}\n");
}
