/* The files of a fresh directory, as text. */
#include <string.h>

#include "base/mem.h"
#include "cli/init.h"
#include "policy/configuration.h"

const char init_policy[] =
    "-- This team's policy. The file is read anew when it changes; one that is wrong, or fails a test beside "
    "it, is not\n"
    "-- used, and the chat says why. `tocsin policy test` runs the tests, `tocsin policy show` lists all "
    "rules, those that\n"
    "-- ship with Tocsin included; any of them can be taken away: rule { name = \"volume\", off = true }\n"
    "\n"
    "-- In these services an error that nobody has seen before is worth a look at once.\n"
    "services { important = { \"" INIT_SERVICE "\" } }\n"
    "\n"
    "-- A rule of your own: an alert that matches is counted, and nobody is told.\n"
    "rule {\n"
    "  name = \"bots\",\n"
    "  summary = \"crawlers that follow dead links\",\n"
    "  match = { type = \"NotFound\", service = \"blog\" },\n"
    "  quiet = true,\n"
    "}\n";

const char init_policy_test[] =
    "-- Tests of this folder's policy: run by `tocsin policy test`, and before each load.\n"
    "test(\"a new error in the checkout is declared\", function()\n"
    "  expect(judge { service = \"" INIT_SERVICE "\", change = \"new\" }.kind, \"declare\")\n"
    "end)\n"
    "\n"
    "test(\"dead links in the blog are not, however many\", function()\n"
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

/* Everything else, as comments that show what holds without them. */
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
    str_add(out, "-- Tocsin's configuration, read at start and by `tocsin reload`; `tocsin check` checks it. "
                 "Paths are relative "
                 "to this file.\n"
                 "-- Secrets may stand elsewhere: key = env(\"NAME\") or key = file(\"/path\").\n"
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
             "\n  -- Where people talk: name = { settings of the connector }\n"
             "  connectors = {\n"
             "    console = { socket = \"%s\" }, -- for `tocsin chat`\n"
             "  },\n",
             values->socket);
    put_others(out);
    str_add(out, "}\n");
}
