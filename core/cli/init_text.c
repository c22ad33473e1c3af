/* The files of a new directory, as text. */
#include <string.h>

#include "base/mem.h"
#include "cli/init.h"
#include "policy/configuration.h"

const char init_policy[] =
    "-- This team's policy. tocsind reloads the file when it changes. If the new policy has an error,\n"
    "-- or fails a test next to it, the previous one stays active, and the chat says why.\n"
    "-- `tocsin policy test` runs the tests. `tocsin policy show` lists all rules, including those that\n"
    "-- ship with Tocsin. To remove one: rule { name = \"volume\", off = true }\n"
    "\n"
    "-- A new error in these services opens an incident at once.\n"
    "services { important = { \"" INIT_SERVICE "\" } }\n"
    "\n"
    "-- A rule of your own: matching alerts are counted, and nobody is notified.\n"
    "rule {\n"
    "  name = \"bots\",\n"
    "  summary = \"crawlers that follow dead links\",\n"
    "  match = { type = \"NotFound\", service = \"blog\" },\n"
    "  quiet = true,\n"
    "}\n";

const char init_policy_test[] =
    "-- Tests of the policy in this directory. `tocsin policy test` runs them, and so does each load.\n"
    "test(\"a new error in the checkout is declared\", function()\n"
    "  expect(judge { service = \"" INIT_SERVICE "\", change = \"new\" }.kind, \"declare\")\n"
    "end)\n"
    "\n"
    "test(\"dead links in the blog are only counted, however many there are\", function()\n"
    "  expect(judge { service = \"blog\", type = \"NotFound\", change = \"moved\", count = 5000 }.kind, "
    "\"quiet\")\n"
    "end)\n";

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
