/* From a command that lacks something to a form that asks for it, as described in tocsin/connector.h. */
#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "command/handlers.h"
#include "command/line.h"
#include "command/posting.h"

/* The kind of field for each kind of argument. */
static const char *const kinds[] = {
    [ARGUMENT_TOPIC] = "line",    [ARGUMENT_TEXT] = "text",     [ARGUMENT_WORD] = "line",
    [ARGUMENT_PERSON] = "person", [ARGUMENT_LINK] = "line",     [ARGUMENT_SEVERITY] = "choice",
    [ARGUMENT_STATUS] = "choice", [ARGUMENT_ROLE] = "choice",   [ARGUMENT_WHEN] = "line",
    [ARGUMENT_GROUP] = "line",    [ARGUMENT_SWITCH] = "choice", [ARGUMENT_INCIDENT] = "line",
    [ARGUMENT_ZONE] = "line",     [ARGUMENT_NUMBER] = "line",   [ARGUMENT_COMMAND] = "line",
};

static const char *const *choices_of(enum argument_kind kind, const struct parse_context *context)
{
    static const char *const statuses[] = {"investigating", "fixing", "monitoring", NULL};
    static const char *const switches[] = {"on", "off", NULL};
    switch (kind) {
    case ARGUMENT_SEVERITY:
        return context->severities;
    case ARGUMENT_ROLE:
        return context->roles;
    case ARGUMENT_STATUS:
        return statuses;
    case ARGUMENT_SWITCH:
        return switches;
    default:
        return NULL;
    }
}

static void put_label(struct json_out *j, const char *text)
{
    CLEANUP_FREE char *label = xstrdup(text);
    label[0] = (char)toupper((unsigned char)label[0]);
    json_put_text(j, "label", label);
}

static void put_hint(struct json_out *j, const struct argument *argument, const struct parse_context *context)
{
    CLEANUP_STR struct str hint = {0};
    if (argument->kind == ARGUMENT_TEXT && context->quote) {
        json_put_text(j, "hint", context->quote);
        return;
    }
    if (!argument->sample || argument->kind == ARGUMENT_PERSON)
        return;
    str_addf(&hint, "%s%s",
             argument->kind == ARGUMENT_WHEN ? "For example: for 2h, or " : "For example: ", argument->sample);
    json_put_text(j, "hint", hint.p);
}

static void put_field(struct json_out *j, const struct argument *argument, const char *const *choices,
                      const char *given, const struct parse_context *context)
{
    const char *answered = context->value ? context->value(context->values, argument->name) : NULL;
    const char *value = text_empty(answered) ? given : answered;
    bool line = strcmp(argument->name, "title") == 0;
    json_begin_object(j);
    json_put_text(j, "name", argument->name);
    put_label(j, argument->ask);
    json_put_text(j, "kind", line ? "line" : choices ? "choice" : kinds[argument->kind]);
    json_put_text_if(j, "value", value);
    if (choices) {
        json_key(j, "choices");
        json_begin_array(j);
        for (size_t i = 0; choices[i]; i++)
            json_text(j, choices[i]);
        json_end_array(j);
    } else {
        put_hint(j, argument, context);
    }
    json_put_bool(j, "optional", argument->optional && argument->kind != ARGUMENT_PERSON);
    json_end_object(j);
}

/* What a post says besides its text. */
static const char *const post_statuses[] = {"investigating", "identified", "monitoring",
                                            "resolved",      "postmortem", NULL};
static const struct argument post_prepared[] = {
    {"prepared", ARGUMENT_WORD, true, "or a prepared message in their place", NULL},
};
static const struct argument post_more[] = {
    {"title", ARGUMENT_TEXT, true, "what it is called, in words for the public", "Payments are slow"},
    {"status", ARGUMENT_STATUS, true, "how it stands", NULL},
    {"component", ARGUMENT_WORD, true, "which components, and how they are", "checkout=major, search=degraded"},
    {"next", ARGUMENT_WORD, true, "how soon the next word comes", "30m"},
};
static const struct argument words_more[] = {
    {"words", ARGUMENT_TEXT, false, "what the status page should say", "We are looking into it."},
};
static const struct argument maintenance_more[] = {
    {"title", ARGUMENT_TEXT, false, "what is done, in words for the public", "Database upgrade"},
    {"when", ARGUMENT_WORD, false, "from when until when", "tomorrow 22:00-23:30"},
    {"component", ARGUMENT_WORD, true, "which components", "checkout, search"},
    {"words", ARGUMENT_TEXT, false, "what customers should know", "Payments may fail for a minute."},
};

/* What the forms of some commands ask for besides their arguments. */
static const struct own_fields {
    const char *command;
    const struct argument *fields;
    size_t n;
    bool instead; /* of its arguments, which stay in the line */
} own_fields[] = {{"post", post_prepared, ARRAY_SIZE(post_prepared), false},
                  {"post", post_more, ARRAY_SIZE(post_more), false},
                  {"posts", words_more, ARRAY_SIZE(words_more), true},
                  {"posts", post_more, ARRAY_SIZE(post_more), true},
                  {"maintenance", maintenance_more, ARRAY_SIZE(maintenance_more), true}};

static bool asks_instead(const struct command_row *row)
{
    bool instead = false;
    for (size_t i = 0; i < ARRAY_SIZE(own_fields); i++)
        instead |= own_fields[i].instead && strcmp(own_fields[i].command, row->name) == 0;
    return instead;
}

/* Declaring needs only a title; the form also offers these. The other options stay in the line if they were typed. */
static const struct {
    enum declare_option option;
    struct argument argument;
} declare_more[] = {
    {OPTION_SEVERITY, {"sev", ARGUMENT_SEVERITY, true, "how bad it is", NULL}},
    {OPTION_SERVICE, {"service", ARGUMENT_WORD, true, "which service", "checkout"}},
    {OPTION_PRIVATE, {"private", ARGUMENT_SWITCH, true, "visible to members only", NULL}},
};

/* NULL: the field has no choices. */
static const char *const *own_choices(const struct argument *field, const struct parse_context *context)
{
    return field->kind == ARGUMENT_STATUS ? post_statuses : field == post_prepared ? context->messages : NULL;
}

static void put_own(struct json_out *j, const struct own_fields *own, const struct parse_context *context,
                    const struct typed_post *given)
{
    for (size_t i = 0; i < own->n; i++) {
        const char *const *choices = own_choices(&own->fields[i], context);
        if (choices || own->fields != post_prepared)
            put_field(j, &own->fields[i], choices, typed_post_value(given, own->fields[i].name), context);
    }
}

static void put_fields(struct json_out *j, const struct parsed *parsed, const struct parse_context *context,
                       const struct typed_post *given)
{
    const struct command_row *row = parsed->row;
    json_key(j, "fields");
    json_begin_array(j);
    for (size_t i = 0; i < COMMAND_ARGUMENTS && row->arguments[i].kind && !asks_instead(row); i++)
        put_field(j, &row->arguments[i], choices_of(row->arguments[i].kind, context), parsed->arguments[i],
                  context);
    for (size_t i = 0; i < ARRAY_SIZE(own_fields); i++) {
        if (strcmp(own_fields[i].command, row->name) == 0)
            put_own(j, &own_fields[i], context, given);
    }
    for (size_t i = 0; i < ARRAY_SIZE(declare_more) && has_options(row); i++) {
        const char *option = parsed->options[declare_more[i].option];
        if (!option || *option) /* a flag that was typed is not asked for again */
            put_field(j, &declare_more[i].argument, choices_of(declare_more[i].argument.kind, context), option,
                      context);
    }
    json_end_array(j);
}

/* The line that the form completes: the parts that it does not ask for. */
static void put_command(struct json_out *j, const struct parsed *parsed)
{
    CLEANUP_STR struct str command = {0};
    char name[INCIDENT_NAME];
    if (parsed->incident && parsed->row->about != ABOUT_NOTHING)
        str_addf(&command, "%s ", incident_name(parsed->incident, name));
    str_add(&command, parsed->row->name);
    str_add(&command, parsed->options[OPTION_PRIVATE] ? " --private" : "");
    str_add(&command, parsed->options[OPTION_DRILL] ? " --drill" : "");
    if (parsed->options[OPTION_TEAM])
        str_addf(&command, " --team \"%s\"", parsed->options[OPTION_TEAM]);
    if (parsed->options[OPTION_CUSTOMER])
        str_addf(&command, " --customer \"%s\"", parsed->options[OPTION_CUSTOMER]);
    if (parsed->options[OPTION_LINK])
        str_addf(&command, " --link %s", parsed->options[OPTION_LINK]);
    if (asks_instead(parsed->row) && parsed->arguments[0])
        str_addf(&command, " %s", parsed->arguments[0]);
    json_put_text(j, "command", command.p);
}

void form_of(const struct parsed *parsed, const struct parse_context *context, const char *error,
             const struct typed_post *given, struct str *out)
{
    struct json_out j = {out, false};
    char name[INCIDENT_NAME] = "";
    const char *verb = parsed->row->name, *form = parsed->row->form;
    bool about = parsed->incident && parsed->row->about != ABOUT_NOTHING;
    CLEANUP_FREE char *own = xasprintf("%c%s", toupper((unsigned char)verb[0]), verb + 1);
    CLEANUP_FREE char *title = asks_instead(parsed->row)
                                   ? xstrdup(form)
                                   : xasprintf("%s %s", form ? form : own,
                                               about ? incident_name(parsed->incident, name) : "an incident");
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "submit", asks_instead(parsed->row) ? "Draft" : form ? "Set" : own);
    json_put_text_if(&j, "error", error);
    json_put_text_if(&j, "note", context->note);
    put_command(&j, parsed);
    put_fields(&j, parsed, context, given);
    json_end_object(&j);
}
