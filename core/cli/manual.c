/* Manual pages from their templates. The lists come from the tables that the program itself uses. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/help.h"
#include "policy/configuration.h"

/* Escapes text for roff, so that nothing in it is a request, and dashes can be copied. */
static void put_text(struct str *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if ((p == text || p[-1] == '\n') && (*p == '.' || *p == '\''))
            str_add(out, "\\&");
        if (*p == '\\')
            str_add(out, "\\e");
        else if (*p == '-')
            str_add(out, "\\-");
        else if (*p != '`')
            str_addc(out, *p);
    }
}

/* The one line of help about a command, as a sentence. */
static void put_sentence(struct str *out, const char *help)
{
    str_addc(out, (char)toupper((unsigned char)help[0]));
    put_text(out, help + 1);
    str_add(out, ".\n");
}

static void put_options(struct str *out, const struct cli_option *options)
{
    for (; options && options->name; options++) {
        str_add(out, ".TP\n.B \\-\\-");
        put_text(out, options->name);
        if (options->argument)
            str_addf(out, " \\fI%s\\fR", options->argument);
        str_addc(out, '\n');
        put_text(out, options->help);
        str_add(out, ".\n");
    }
}

static void put_globals(const struct cli_table *table, struct str *out)
{
    put_options(out, table->options);
}

static void put_commands(const struct cli_table *table, struct str *out)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct cli_command *c = &table->commands[i];
        if (c->hidden)
            continue;
        str_addf(out, ".SS tocsin %s %s\n", c->name, c->arguments);
        put_sentence(out, c->help);
        if (c->more) {
            put_text(out, c->more);
            str_addc(out, '\n');
        }
        put_options(out, c->options);
    }
}

static void put_setting(struct str *out, const struct setting *s)
{
    CLEANUP_STR struct str line = {0};
    config_manual(s, 1, &line);
    const char *type = strchr(line.p, '('), *text = strstr(line.p, "): ");
    str_addf(out, ".TP\n.B %s\n", s->name);
    if (type && text)
        put_text(out, text + 3);
    if (type && text) {
        CLEANUP_FREE char *kind = xstrndup(type, (size_t)(text + 1 - type));
        put_text(out, kind);
        str_addc(out, '\n');
    }
}

static void put_settings(const struct cli_table *table, struct str *out)
{
    (void)table;
    size_t n;
    const struct setting *all = configuration_settings(&n);
    for (size_t i = 0; i < n; i++)
        put_setting(out, &all[i]);
}

/* The names of the settings that a reload applies, or of those that need a restart. */
static void put_names(struct str *out, bool live)
{
    size_t n, named = 0;
    const struct setting *all = configuration_settings(&n);
    str_add(out, ".B ");
    for (size_t i = 0; i < n; i++) {
        if (live == ((all[i].flags & SETTING_LIVE) != 0))
            str_addf(out, "%s%s", named++ ? ", " : "", all[i].name);
    }
    str_addc(out, '\n');
}

static void put_live(const struct cli_table *table, struct str *out)
{
    (void)table;
    put_names(out, true);
}

static void put_restart(const struct cli_table *table, struct str *out)
{
    (void)table;
    put_names(out, false);
}

static void put_version(const struct cli_table *table, struct str *out)
{
    (void)table;
    str_add(out, ".\\\" " TOCSIN_VERSION "\n");
}

static const struct {
    const char *word;
    void (*put)(const struct cli_table *table, struct str *out);
} fills[] = {{"@commands@", put_commands}, {"@live@", put_live},         {"@options@", put_globals},
             {"@restart@", put_restart},   {"@settings@", put_settings}, {"@version@", put_version}};

static bool fill(const struct cli_table *table, const char *line, size_t n, struct str *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(fills); i++) {
        if (strlen(fills[i].word) == n && memcmp(fills[i].word, line, n) == 0) {
            fills[i].put(table, out);
            return true;
        }
    }
    return false;
}

void cli_manual(const struct cli_table *table, const char *template_text, struct str *out)
{
    for (const char *line = template_text; *line;) {
        size_t n = strcspn(line, "\n");
        if (!fill(table, line, n, out)) {
            str_addn(out, line, n);
            str_addc(out, '\n');
        }
        line += n + (line[n] == '\n');
    }
}

int cli_run_manual(struct cli *cli)
{
    CLEANUP_STR struct str text = {0}, out = {0};
    char bytes[4096];
    for (size_t n; (n = fread(bytes, 1, sizeof(bytes), stdin)) > 0;)
        str_addn(&text, bytes, n);
    cli_manual(cli->table, str_text(&text), &out);
    fputs(str_text(&out), stdout);
    return CLI_OK;
}
