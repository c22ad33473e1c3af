/* What people do with incidents: commands, lists, timelines, alerts, chat. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/mem.h"
#include "base/zone.h"
#include "intake/alert.h"
#include "cli/api_client.h"
#include "cli/chat.h"
#include "cli/chat_render.h"
#include "cli/subcommands.h"
#include "cli/locate.h"

#define TITLE_WIDTH   60
#define SYSTEM_SOCKET "/run/tocsin/console.sock"

/* ---- commands ---- */

/* The card if it has more than the text. Its buttons are only for the chat. */
static void print_answer(const cJSON *answer)
{
    cJSON *card = (cJSON *)(uintptr_t)json_member(answer, "card");
    if (!cJSON_GetArraySize(json_member(card, "fields"))) {
        cli_print(json_text_or(answer, "text", ""));
        return;
    }
    CLEANUP_STR struct str out = {0};
    cJSON_DeleteItemFromObjectCaseSensitive(card, "buttons");
    chat_render_card(card, cli_colour(), &out);
    fputs(out.p, stdout);
}

/* Lines to type keep their backticks, as in other errors. */
static void print_refusal(const cJSON *answer)
{
    CLEANUP_STR struct str text = {0};
    text_unescape(json_text_or(answer, "text", "refused"), &text);
    fprintf(stderr, "tocsin: %s\n", str_text(&text));
}

static int show_answer(const struct cli *cli, const cJSON *answer)
{
    bool refused = json_member(answer, "error") != NULL;
    if (cli_has(cli, "json"))
        cli_print_json(answer);
    else if (refused)
        print_refusal(answer);
    else
        print_answer(answer);
    return refused ? CLI_FAILED : CLI_OK;
}

static int run_line(struct cli *cli, const char *line)
{
    CLEANUP_JSON cJSON *answer = NULL;
    struct error err;
    if (api_command(cli, line, &answer, &err))
        return cli_fail(cli, &err);
    return show_answer(cli, answer);
}

int cli_run_inc(struct cli *cli)
{
    CLEANUP_FREE char *line = cli_text(cli);
    return run_line(cli, line);
}

int cli_run_rotation_propose(struct cli *cli)
{
    CLEANUP_FREE char *line = xasprintf("fairness %s propose", cli->argv[0]);
    return run_line(cli, line);
}

int cli_run_declare(struct cli *cli)
{
    static const char *const texts[][2] = {{"sev", "severity"}, {"team", "team"}, {"service", "service"}};
    CLEANUP_FREE char *title = cli_text(cli);
    CLEANUP_JSON cJSON *body = cJSON_CreateObject(), *answer = NULL;
    struct error err;
    cJSON_AddStringToObject(body, "title", title);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (cli_has(cli, texts[i][0]))
            cJSON_AddStringToObject(body, texts[i][1], cli_value(cli, texts[i][0]));
    }
    cJSON_AddBoolToObject(body, "private", cli_has(cli, "private"));
    cJSON_AddBoolToObject(body, "drill", cli_has(cli, "drill"));
    if (api_call(cli, "POST", "/incidents", body, &answer, &err))
        return cli_fail(cli, &err);
    if (cli_has(cli, "json"))
        return cli_print_json(answer);
    printf("%s is open: %s\n", json_text_or(answer, "name", ""),
           json_text_or(json_member(answer, "state"), "title", ""));
    return CLI_OK;
}

/* ---- reading ---- */

static char *list_path(const struct cli *cli, long limit)
{
    static const char *const filters[][2] = {{"status", "status"},
                                             {"sev", "severity"},
                                             {"team", "team"},
                                             {"service", "service"},
                                             {"before", "before"}};
    CLEANUP_STR struct str path = {0};
    str_addf(&path, "/incidents?limit=%ld", limit);
    for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
        if (!cli_has(cli, filters[i][0]))
            continue;
        CLEANUP_FREE char *value = url_part(cli_value(cli, filters[i][0]));
        str_addf(&path, "&%s=%s", filters[i][1], value);
    }
    return str_take(&path);
}

static void print_incident(const cJSON *row)
{
    const cJSON *state = json_member(row, "state");
    const char *title = json_text_or(state, "title", "");
    CLEANUP_STR struct str age = {0};
    duration_format(json_int_or(json_member(row, "durations_ms"), "open", 0), &age);
    printf("%-8s %-13s %-9s %-8s %-14s %.*s\n", json_text_or(row, "name", ""),
           json_text_or(state, "status", ""), json_text_or(state, "severity", "-"), str_text(&age),
           json_text_or(state, "service", "-"), (int)utf8_cut(title, strlen(title), TITLE_WIDTH), title);
}

/* Those of one answer, below a heading. Returns how many they are. */
static long print_incidents(const cJSON *answer, bool first)
{
    const cJSON *rows = json_member(answer, "incidents"), *row;
    if (first && cJSON_GetArraySize(rows))
        printf("%-8s %-13s %-9s %-8s %-14s %s\n", "NAME", "STATUS", "SEVERITY", "OPEN", "SERVICE", "TITLE");
    cJSON_ArrayForEach(row, rows)
    {
        print_incident(row);
    }
    return cJSON_GetArraySize(rows);
}

/* Where a filter lets few through, an answer may have fewer than were asked for, or none, though others follow. */
static int list_on(struct cli *cli, long limit, cJSON **answer, struct error *err)
{
    long n = print_incidents(*answer, true);
    for (const char *next; n < limit && (next = json_text_or(*answer, "next", NULL));) {
        CLEANUP_FREE char *path = list_path(cli, limit - n), *whole = xasprintf("%s&cursor=%s", path, next);
        cJSON_Delete(*answer);
        *answer = NULL;
        int rc = api_call(cli, "GET", whole, NULL, answer, err);
        if (rc)
            return rc;
        n += print_incidents(*answer, n == 0);
    }
    if (!n)
        puts("no incidents");
    return 0;
}

int cli_run_list(struct cli *cli)
{
    struct error err;
    long limit;
    CLEANUP_JSON cJSON *answer = NULL;
    if (cli_number(cli, "limit", 1, 500, 50, &limit, &err))
        return cli_fail(cli, &err), CLI_USAGE;
    CLEANUP_FREE char *path = list_path(cli, limit);
    if (api_call(cli, "GET", path, NULL, &answer, &err))
        return cli_fail(cli, &err);
    if (cli_has(cli, "json"))
        return cli_print_json(answer);
    if (list_on(cli, limit, &answer, &err))
        return cli_fail(cli, &err);
    if (json_member(answer, "next_before"))
        printf("… and older ones: --before %lld\n", (long long)json_int_or(answer, "next_before", 0));
    return CLI_OK;
}

int cli_run_show(struct cli *cli)
{
    struct error err;
    CLEANUP_JSON cJSON *answer = NULL;
    if (!cli_has(cli, "json")) {
        CLEANUP_FREE char *line = xasprintf("show %s", cli->argv[0]);
        return run_line(cli, line);
    }
    CLEANUP_FREE char *part = url_part(cli->argv[0]), *path = xasprintf("/incidents/%s", part);
    if (api_call(cli, "GET", path, NULL, &answer, &err))
        return cli_fail(cli, &err);
    return cli_print_json(answer);
}

static void print_event(const cJSON *event, const char *zone)
{
    instant at = 0;
    CLEANUP_STR struct str text = {0};
    instant_parse(json_text_or(event, "at", ""), &at, NULL);
    struct wall wall = zone_to_wall(at, zone);
    chat_render_text(json_text_or(event, "text", ""), cli_colour(), &text);
    printf("%04d-%02d-%02d %02d:%02d:%02d  %s", wall.year, wall.month, wall.day, wall.hour, wall.minute,
           wall.second, text.p);
}

int cli_run_timeline(struct cli *cli)
{
    struct error err;
    long limit;
    CLEANUP_JSON cJSON *answer = NULL;
    if (cli_number(cli, "limit", 1, 500, 50, &limit, &err))
        return cli_fail(cli, &err), CLI_USAGE;
    CLEANUP_FREE char *part = url_part(cli->argv[0]), *zone = cli_zone();
    CLEANUP_FREE char *path = xasprintf("/incidents/%s/timeline?limit=%ld", part, limit);
    if (api_call(cli, "GET", path, NULL, &answer, &err))
        return cli_fail(cli, &err);
    if (cli_has(cli, "json"))
        return cli_print_json(answer);
    const cJSON *events = json_member(answer, "events");
    for (int i = cJSON_GetArraySize(events); i-- > 0;) /* the API sends the newest first */
        print_event(cJSON_GetArrayItem(events, i), zone);
    return CLI_OK;
}

/* ---- alerts ---- */

/* The key of a source, from the configuration, or from the variable or file that it names; the caller frees. */
static int source_key(const struct configuration *c, const char *name, char **ret, struct error *err)
{
    const cJSON *sources = json_member(c->core, "sources");
    const cJSON *source = name ? json_member(sources, name) : sources ? sources->child : NULL;
    const cJSON *key = json_member(source, "key");
    const char *variable = json_text_or(key, "env", NULL), *file = json_text_or(key, "file", NULL);
    if (!source)
        return error_set(err, ERR_NOT_FOUND, "%s: no source '%.60s' in `sources`", c->path, name ? name : "");
    if (file)
        return read_token_file(file, ret, err);
    const char *text = variable ? getenv(variable) : cJSON_GetStringValue(key);
    if (text_empty(text))
        return error_set(err, ERR_INVALID,
                         "the key of source %s is in the environment variable %s, which is not set here",
                         source->string, variable ? variable : "");
    *ret = xstrdup(text);
    return 0;
}

static cJSON *alert_body(const struct cli *cli)
{
    static const char *const options[] = {"service", "level", "release", "customer"};
    CLEANUP_FREE char *title = cli_text(cli);
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "title", title);
    for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
        if (cli_has(cli, options[i]))
            cJSON_AddStringToObject(body, options[i], cli_value(cli, options[i]));
    }
    if (cli_has(cli, "resolved"))
        cJSON_AddStringToObject(body, "status", "resolved");
    return body;
}

/* The intake takes an unknown level as an error, so that no alert is lost. At the command line, refuse it. */
static int check_level(const struct cli *cli, struct error *err)
{
    enum alert_level none = (enum alert_level) - 1;
    const char *level = cli_value(cli, "level");
    if (!cli_has(cli, "level") || alert_level_parse(level, none) != none)
        return 0;
    return error_set(err, ERR_INVALID, "unknown level '%.40s'; use debug, info, warning, error or fatal",
                     level);
}

static int send_alert(struct cli *cli, const struct configuration *c, struct error *err)
{
    CLEANUP_FREE char *key = NULL;
    CLEANUP_JSON cJSON *body = alert_body(cli), *answer = NULL;
    CLEANUP_FREE char *own = url_of_listen(json_text_or(c->core, "listen", ""));
    CLEANUP_FREE char *url = xasprintf("%s/intake/alerts", cli_has(cli, "url") ? cli_value(cli, "url") : own);
    int rc = check_level(cli, err);
    rc = rc ? rc : source_key(c, cli_value(cli, "source"), &key, err);
    rc = rc ? rc : api_post(cli, url, key, body, &answer, err);
    if (!rc && cli_has(cli, "json"))
        cli_print_json(answer);
    else if (!rc)
        puts("sent");
    return rc;
}

int cli_run_alert(struct cli *cli)
{
    struct configuration c = {0};
    struct error err;
    int rc = load_located(cli, &c, &err);
    rc = rc ? rc : send_alert(cli, &c, &err);
    configuration_finish(&c);
    return rc ? cli_fail(cli, &err) : CLI_OK;
}

/* ---- chat ---- */

/* The chat history in the user's state directory; NULL: there is no home directory. The caller frees. */
static char *history_file(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (!home && !state)
        return NULL;
    CLEANUP_FREE char *folder = state ? xstrdup(state) : xasprintf("%s/.local/state", home);
    CLEANUP_FREE char *own = xasprintf("%s/tocsin", folder);
    CLEANUP_FREE char *above = state ? NULL : xasprintf("%s/.local", home);
    if (above)
        mkdir(above, 0700);
    mkdir(folder, 0700);
    mkdir(own, 0700);
    return xasprintf("%s/chat_history", own);
}

static int find_socket(const struct cli *cli, char **ret, struct error *err)
{
    struct configuration c = {0};
    if (cli_has(cli, "socket")) {
        *ret = xstrdup(cli_value(cli, "socket"));
        return 0;
    }
    int rc = load_located(cli, &c, err);
    if (rc && !cli_has(cli, "config") && access(SYSTEM_SOCKET, F_OK) == 0) {
        *ret = xstrdup(SYSTEM_SOCKET); /* everybody may chat, but not everybody may read the configuration */
        return 0;
    }
    if (rc)
        return rc;
    *ret = console_socket(&c);
    if (!*ret)
        rc =
            error_set(err, ERR_NOT_FOUND,
                      "%s has no console connector; add connectors = { console = { socket = \"…\" } }", c.path);
    configuration_finish(&c);
    return rc;
}

int cli_run_chat(struct cli *cli)
{
    struct error err;
    CLEANUP_FREE char *socket = NULL, *history = history_file();
    if (find_socket(cli, &socket, &err))
        return cli_fail(cli, &err);
    struct chat_options options = {.socket = socket,
                                   .user = cli_value(cli, "user"),
                                   .name = cli_value(cli, "name"),
                                   .zone = cli_value(cli, "zone"),
                                   .room = cli_value(cli, "room"),
                                   .history = history,
                                   .plain = cli_has(cli, "plain")};
    if (chat_main(&options, &err) == 0)
        return CLI_OK;
    cli->unreachable = err.code == ERR_IO;
    return cli_fail(cli, &err);
}
