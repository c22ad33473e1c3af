/* Command lines of agents, and their answers as Markdown. */
#include <string.h>

#include "base/markup.h"
#include "base/moment.h"
#include "command/parse.h"
#include "mcp/inside.h"
#include "people/people.h"

void mcp_values_add(struct mcp_values *values, const char *name, const char *text)
{
    *array_add(&values->names) = name;
    *array_add(&values->texts) = utf8_sanitize(text, strlen(text), COMMAND_BYTES);
}

void mcp_values_finish(struct mcp_values *values)
{
    for (size_t i = 0; i < values->texts.n; i++)
        free(values->texts.v[i]);
    array_free(&values->names);
    array_free(&values->texts);
}

static const char *value_of(const void *ctx, const char *name)
{
    const struct mcp_values *values = ctx;
    for (size_t i = 0; i < values->names.n; i++) {
        if (strcmp(values->names.v[i], name) == 0)
            return values->texts.v[i];
    }
    return NULL;
}

static void add_fields(const cJSON *card, struct str *out)
{
    const cJSON *field;
    cJSON_ArrayForEach(field, json_member(card, "fields"))
    {
        str_add(out, "- ");
        str_markup(out, "%s: %s\n", json_text_or(field, "name", ""), json_text_or(field, "value", ""));
    }
}

/* A card without its buttons. False: it cannot be read. */
static bool add_card(const char *json, struct str *out)
{
    CLEANUP_JSON cJSON *card = NULL;
    if (json_parse(json, strlen(json), SIZE_MAX, JSON_DEPTH, "card", &card, NULL))
        return false;
    str_markup(out, "**%s**\n", json_text_or(card, "title", ""));
    add_fields(card, out);
    str_add(out, json_text_or(card, "text", ""));
    const char *footer = json_text_or(card, "footer", NULL);
    if (footer)
        str_markup(out, "\n\n%s", footer);
    return true;
}

static void add_answer(const struct answer *answer, struct str *out)
{
    struct str text = {0};
    if (answer->code || !answer->card.len || !add_card(answer->card.p, &text))
        str_add(&text, str_text(&answer->text));
    moments_off(text.p);
    str_add(out, str_text(&text));
    str_finish(&text);
}

int mcp_run(struct mcp_call *call, const char *line, const struct mcp_values *values, struct str *text,
            uint64_t *ret_incident)
{
    CLEANUP_FREE char *by = xasprintf("api/%s", call->token->name);
    struct asker asker = {.person = call->person,
                          .by = call->person ? NULL : by,
                          .most = call->has,
                          .agent = call->token->name,
                          .automatic = true,
                          .value = values ? value_of : NULL,
                          .values = values};
    struct answer answer = {0};
    int rc = command_run(call->turn, &asker, line, &answer);
    add_answer(&answer, text);
    if (ret_incident)
        *ret_incident = answer.incident;
    call->code = rc;
    call->secret = answer.secret;
    call->incident = answer.incident;
    answer_finish(&answer);
    return rc;
}
