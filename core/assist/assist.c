/* What people read of a proposal. */
#include "assist/assist.h"

#include <inttypes.h>
#include <string.h>

#include "assist/facts.h"
#include "assist/inside.h"
#include "base/markup.h"
#include "base/moment.h"
#include "people/people.h"

char *assist_line(const struct incident *incident, const struct assist_record *record)
{
    char name[INCIDENT_NAME];
    return xasprintf("%s assist accept %" PRIu64, incident_name(incident->id, name), record->number);
}

void assist_literal(const char *text, struct str *out)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        CLEANUP_FREE char *line = xstrndup(p, n);
        text_literal(line, out);
        p += n;
        if (*p)
            str_addc(out, *p++);
    }
}

/* ---- the proposal ---- */

static void write_open(const struct core *core, uint64_t incident, const struct assist_record *record,
                       struct str *out)
{
    if (assist_is_asked(core, incident, record->person))
        str_markup(out, "%s has not answered yet.", record->model);
    else
        str_markup(out,
                   "The answer of %s got lost, as when Tocsin is restarted meanwhile. Ask again: `assist %s`.",
                   record->model, record->kind->name);
}

void assist_write(const struct core *core, const struct incident *incident, const struct assist_record *record,
                  struct str *out)
{
    CLEANUP_FREE char *line = assist_line(incident, record);
    if (record->state == ASSIST_ASKED) {
        write_open(core, incident->id, record, out);
        return;
    }
    if (record->state == ASSIST_FAILED) {
        str_markup(out, "%s proposed nothing: %s.", record->model, record->text);
        return;
    }
    assist_literal(record->text, out);
    if (record->state == ASSIST_ACCEPTED)
        str_add(out, "\n\nYou accepted it.");
    else
        str_markup(out,
                   "\n\n%s proposes this, and it may be wrong. Nothing was changed: `%s` passes it to `%s`. To "
                   "change it "
                   "first, type that command yourself. `assist sent` shows what was sent.",
                   record->model, line, record->kind->command);
}

/* ---- what was sent ---- */

static void write_facts(struct core *core, const struct facts_wanted *wanted, const wire_facts *facts,
                        struct str *out)
{
    for (size_t i = 0; i < facts->n; i++) {
        const struct wire_fact *fact = &facts->v[i];
        str_addf(out, "\n- %s: ", assist_field_name(fact->field));
        if (facts_hold(core, wanted, fact))
            text_literal(fact->text, out);
        else
            str_add(out, "(edited, deleted or made private since)");
    }
}

void assist_write_sent(struct core *core, const struct incident *incident, const struct assist_record *record,
                       const char *viewer, struct str *out)
{
    const struct facts_wanted wanted = {incident, viewer, 0, record->at};
    CLEANUP_STR struct str instructions = {0};
    const char *asker = people_name(core, record->person);
    wire_instructions(record->kind, &instructions);
    str_markup(out, "To %s at %s, for %s, asked by %s: %" PRId64 " bytes", record->model, record->host,
               record->kind->what, asker ? asker : record->person, record->bytes);
    if (record->tokens)
        str_addf(out, ", %" PRId64 " tokens with the answer", record->tokens);
    str_add(out, ".\n\nIt is told: ");
    text_literal(instructions.p, out);
    str_add(out, "\n\nThe facts:");
    write_facts(core, &wanted, &record->facts, out);
}

/* ---- accepted ---- */

int assist_accept(struct turn *turn, const struct incident *incident, const char *person, const char *by,
                  struct error *err)
{
    CLEANUP_RECORD struct assist_record record = {0};
    if (!assist_last(turn_core(turn), incident->id, person, &record))
        return error_set(err, ERR_NOT_FOUND, "There is no proposal.");
    const struct command command = {
        .verb = "assist_accepted", .by = by, .name = record.kind->name, .value = record.model};
    int rc = turn_do(turn, incident->id, &command, NULL, err);
    if (rc)
        return rc;
    record.state = ASSIST_ACCEPTED;
    assist_keep(turn, incident->id, person, &record);
    return 0;
}
