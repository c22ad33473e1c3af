/* The command `assist`: asks a language model, and passes what it proposed to the ordinary command, once a person says so. */
#include "assist/assist.h"

#include <string.h>

#include "access/access.h"
#include "base/markup.h"
#include "command/handlers.h"

/* What is asked for a message is for all; `tell` by hand says another customer. */
#define AUDIENCE "all"

/* ---- asking ---- */

static int ask(struct request *request, const struct assist_kind *kind, struct error *err)
{
    const struct assist_question question = {request->incident, kind, request->asker->person, request->by,
                                             request->asker->where};
    int rc = assist_ask(request->turn, &question, err);
    if (rc && err)
        return error_markup(err, rc, "%s", err->text);
    if (request->asker->where)
        answer_line(request, "I am asking %s for %s. You alone read what it proposes.",
                    assist_model(request->core), kind->what);
    else
        answer_line(request, "I am asking %s for %s. `assist` shows what it proposes.",
                    assist_model(request->core), kind->what);
    return rc;
}

/* ---- showing ---- */

static void answer_none(struct request *request)
{
    answer_line(
        request,
        "You have asked %s nothing about this incident. `assist summary`, `assist title`, `assist draft` and "
        "`assist cause` ask.",
        assist_model(request->core));
}

static int show(struct request *request, struct error *err)
{
    CLEANUP_RECORD struct assist_record record = {0};
    CLEANUP_STR struct str text = {0};
    int rc = assist_allows(request->core, request->incident, err);
    bool any = assist_last(request->core, request->incident->id, request->asker->person, &record);
    if (!any)
        return rc ? rc : (answer_none(request), 0);
    CLEANUP_FREE char *line = assist_line(request->incident, &record);
    CLEANUP_FREE char *title = xasprintf("For %s", record.kind->what);
    assist_write(request->core, request->incident, &record, &text);
    answer_offering(request, title, text.p, &line, record.state == ASSIST_PROPOSED);
    return 0;
}

static int show_sent(struct request *request, struct error *err)
{
    CLEANUP_RECORD struct assist_record record = {0};
    CLEANUP_STR struct str text = {0};
    char name[INCIDENT_NAME];
    request_incident_name(request, name);
    if (!assist_last_of_all(request->core, request->incident->id, request->asker->person, &record))
        return error_set(err, ERR_NOT_FOUND, "Nothing of %s was sent to a model, or it is no longer kept.",
                         name);
    CLEANUP_FREE char *title = xasprintf("What was sent of %s last", name);
    assist_write_sent(request->core, request->incident, &record, request->asker->person, &text);
    answer_titled(request, title, "info", text.p);
    return 0;
}

/* ---- accepting ---- */

/* Runs the command as if a form had brought the text: no line is made of it, so nothing in it is an option or another command. */
static int pass_on(struct request *request, const struct assist_record *record, struct error *err)
{
    CLEANUP_STR struct str literal = {0};
    struct parsed parsed = {.row = command_find(record->kind->command, NULL),
                            .incident = request->incident->id};
    struct request inner = *request;
    assist_literal(record->text, &literal);
    for (size_t i = 0; i < COMMAND_ARGUMENTS; i++) {
        if (parsed.row->arguments[i].kind == ARGUMENT_WORD)
            parsed.arguments[i] = xstrdup(AUDIENCE);
        if (parsed.row->arguments[i].kind == ARGUMENT_TEXT)
            parsed.arguments[i] = xstrdup(record->kind->value ? record->text : str_text(&literal));
    }
    inner.parsed = &parsed;
    inner.row = parsed.row;
    int rc = request_access(&inner, command_needs(inner.row), err);
    rc = rc ? rc : request->dispatch(&inner, err);
    parsed_finish(&parsed);
    return rc;
}

static int check_accept(const struct request *request, const struct assist_record *record, bool any,
                        const char *number, struct error *err)
{
    if (!any || record->state == ASSIST_ASKED || record->state == ASSIST_FAILED)
        return error_set(err, ERR_NOT_FOUND,
                         "There is no proposal to accept. `assist` shows what came of yours.");
    if (record->state == ASSIST_ACCEPTED)
        return error_set(err, ERR_CONFLICT, "You have accepted that already.");
    if (!number || strtoull(number, NULL, 10) != record->number) {
        CLEANUP_FREE char *line = assist_line(request->incident, record);
        return error_markup(
            err, ERR_CONFLICT,
            "Say which proposal you accept, as you read it: the latest is `%s`, and `assist` shows it.", line);
    }
    return 0;
}

static int accept(struct request *request, struct error *err)
{
    CLEANUP_RECORD struct assist_record record = {0};
    const char *person = request->asker->person;
    bool any = assist_last(request->core, request->incident->id, person, &record);
    int rc = check_accept(request, &record, any, request_argument(request, ARGUMENT_NUMBER), err);
    rc = rc ? rc : pass_on(request, &record, err);
    return rc ? rc : assist_accept(request->turn, request->incident, person, request->by, err);
}

int run_assist(struct request *request, struct error *err)
{
    const char *what = request_argument(request, ARGUMENT_WORD);
    const struct assist_kind *kind = assist_kind_find(what);
    if (what && text_equal_nocase(what, "accept"))
        return accept(request, err);
    request->answer->alone = true;
    if (!what)
        return show(request, err);
    if (text_equal_nocase(what, "sent"))
        return show_sent(request, err);
    if (!kind)
        return error_markup(
            err, ERR_INVALID,
            "'%.40s' is nothing to ask for. Type `assist summary`, `assist title`, `assist draft`, "
            "`assist cause`, `assist sent` or `assist`.",
            what);
    return ask(request, kind, err);
}
