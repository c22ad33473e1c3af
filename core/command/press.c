#include "command/press.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/zone.h"
#include "command/handlers.h"
#include "sight/query.h"
#include "sight/sight.h"

#define LOOK_BACK 500 /* events that are searched for what has changed */
#define NOTHING   "nothing was done."

void presses_finish(struct presses *presses)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&presses->notes, &i));)
        free(slot->value);
    map_finish(&presses->notes);
}

void press_read(const char *command, struct press *ret)
{
    *ret = (struct press){0};
    ret->line = button_read(command, &ret->made);
    if (ret->made.kind == BUTTON_OFFER)
        ret->key = xasprintf("\x1f%s", command);
}

void press_finish(struct press *press)
{
    free(press->line);
    free(press->key);
    *press = (struct press){0};
}

/* ---- a button of an incident's state ---- */

struct change { /* the newest move of an incident */
    struct event event;
    bool found;
};

static bool look_for_move(void *ctx, const struct event *event)
{
    struct change *change = ctx;
    if (event->type != EVENT_STATUS)
        return true;
    event_copy(&change->event, event);
    change->found = true;
    return false;
}

/* "INC-4 was …" */
static const char *moved_words(const char *verb)
{
    static const struct {
        const char *verb, *words;
    } others[] = {{"fix", "moved to fixing"},
                  {"investigate", "moved back to investigating"},
                  {"monitor", "moved to monitoring"},
                  {"ticket", "moved to a ticket"},
                  {"dissent", "reopened"}};
    const char *past = verb_past(verb);
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        if (text_equal(others[i].verb, verb))
            return others[i].words;
    }
    return past ? past : "changed";
}

static void add_person(struct core *core, const char *id, const struct asker *asker, struct str *out)
{
    const char *name = people_name(core, id);
    text_literal(people_same(core, id, asker->person) ? "you" : name ? name : id, out);
}

static void tell_change(struct core *core, const struct incident *incident, const struct asker *asker,
                        struct str *out)
{
    char name[INCIDENT_NAME];
    struct change change = {0};
    query_timeline(core, incident->id, asker->person, 0, LOOK_BACK, look_for_move, &change, NULL);
    const struct event *event = &change.event;
    str_addf(out, "%s ", incident_name(incident->id, name));
    if (!change.found || event->status != incident->status) {
        str_addf(out, "is %s by now; " NOTHING, status_phrase(incident->status));
    } else {
        str_addf(out, "was %s", moved_words(event->name));
        if (event->status == STATUS_MERGED && sight_incident(core, event->other, asker->person))
            str_addf(out, " into %s", incident_name(event->other, name));
        else if (event->status == STATUS_MERGED)
            str_add(out, " into another incident");
        if (event->by && people_get(core, event->by)) {
            str_add(out, " by ");
            add_person(core, event->by, asker, out);
        }
        str_add(out, " meanwhile; " NOTHING);
    }
    event_finish(&change.event);
}

/* The incident of a line that begins with its name, as a button's does; *ret_command: the rest of the line. */
static uint64_t named_by(const char *line, const char **ret_command)
{
    size_t n = strcspn(line, " ");
    CLEANUP_FREE char *name = xstrndup(line, n);
    *ret_command = line[n] ? line + n + 1 : "";
    return text_starts(name, "INC-") ? incident_name_parse(name) : 0;
}

static int refuse(struct answer *ret, const struct incident *incident, struct str *text)
{
    struct error err = {0};
    error_set(&err, ERR_CONFLICT, "%s", str_text(text));
    str_finish(text);
    answer_refused_press(ret, &err, incident);
    return ret->code;
}

static int refuse_hidden(struct answer *ret)
{
    struct str text = {0};
    str_add(&text, "This button was for an incident that became private; " NOTHING);
    return refuse(ret, NULL, &text);
}

static int check_state(struct core *core, const struct press *press, const struct asker *asker,
                       struct answer *ret)
{
    const char *command, *lead, *by;
    struct str text = {0};
    uint64_t id = named_by(press->line, &command);
    const struct incident *incident = id ? sight_incident(core, id, asker->person) : NULL;
    if (!id) /* its number was taken out before the button left */
        return refuse_hidden(ret);
    lead = incident ? incident_role(incident, "lead") : NULL;
    by = people_same(core, lead, asker->person) ? lead : asker->person;
    if (!incident || button_holds(incident, command, press->made.at, by))
        return 0; /* what they may not see is refused like any other line */
    lead = button_is_moved(incident, press->made.at) ? NULL : incident_role(incident, "lead");
    if (lead) {
        add_person(core, lead, asker, &text);
        str_addf(&text, " took the lead meanwhile; " NOTHING);
    } else {
        tell_change(core, incident, asker, &text);
    }
    return refuse(ret, incident, &text);
}

/* What an incident was asked for is not done to the one that it was merged into. */
static int check_merged(struct core *core, uint64_t id, const struct asker *asker, struct answer *ret)
{
    struct str text = {0};
    const struct incident *incident = id ? sight_incident(core, id, asker->person) : NULL;
    if (!incident || incident->status != STATUS_MERGED)
        return 0;
    tell_change(core, incident, asker, &text);
    return refuse(ret, incident, &text);
}

/* ---- an offered line ---- */

static duration kept_for(struct core *core)
{
    const struct core_ops *ops = core_ops(core);
    duration keep = ops->keep ? ops->keep(ops->ctx, "keep_seen") : 0;
    return keep ? MIN(keep, DAY) : DAY;
}

/* Who pressed it first, and what came of it; NULL: nobody. The caller frees it. */
static char *note_of(const struct presses *presses, struct core *core, const char *key)
{
    struct journal_doc doc;
    const char *note = map_get(&presses->notes, key);
    if (note)
        return xstrdup(note);
    if (journal_doc(core_journal(core), DOC_SEEN, key, &doc, NULL))
        return NULL;
    char *body = xstrdup(doc.body);
    journal_doc_finish(&doc);
    return body;
}

static int refuse_again(struct core *core, const char *note, const struct asker *asker, struct answer *ret)
{
    char name[INCIDENT_NAME];
    struct str text = {0};
    CLEANUP_JSON cJSON *body = NULL;
    json_parse(note, strlen(note), SIZE_MAX, JSON_DEPTH, "note", &body, NULL);
    uint64_t id = (uint64_t)json_int_or(body, "declared", 0);
    const struct incident *incident = id ? sight_incident(core, id, asker->person) : NULL;
    if (incident && status_is_open(incident->status)) {
        incident_name(id, name);
        str_addf(&text, "%s is already open for this: ", name);
        add_person(core, json_text_or(body, "by", "somebody"), asker, &text);
        str_addf(&text, " pressed the button first. Join it with `%s join`.", name);
        return refuse(ret, NULL, &text);
    }
    add_person(core, json_text_or(body, "by", "somebody"), asker, &text);
    str_add(&text, " pressed this button before, and it works once; " NOTHING);
    return refuse(ret, NULL, &text);
}

static int check_offer(struct presses *presses, struct turn *turn, const struct press *press,
                       struct asker *asker, struct answer *ret)
{
    struct core *core = turn_core(turn);
    struct str text = {0};
    CLEANUP_FREE char *note = note_of(presses, core, press->key);
    if (note)
        return refuse_again(core, note, asker, ret);
    asker->at = press->made.at;
    asker->here = press->made.here;
    if (press->made.hidden)
        return refuse_hidden(ret);
    if (turn_now(turn) - press->made.at < kept_for(core))
        return check_merged(core, press->made.here, asker, ret);
    str_add(&text, "This button is too old; " NOTHING " To do it now, type ");
    str_markup(&text, "`%s`.", press->line);
    return refuse(ret, NULL, &text);
}

int press_check(struct presses *presses, struct turn *turn, struct press *press, struct asker *asker,
                struct answer *ret)
{
    const char *command;
    switch (press->made.kind) {
    case BUTTON_OF_STATE:
        return check_state(turn_core(turn), press, asker, ret);
    case BUTTON_OFFER:
        return check_offer(presses, turn, press, asker, ret);
    default: /* a draft's, or of a card from before there were tags */
        return check_merged(turn_core(turn), named_by(press->line, &command), asker, ret);
    }
}

char *press_done(struct presses *presses, struct turn *turn, struct press *press, const struct asker *asker,
                 const struct answer *answer)
{
    if (!press->key || answer->code || answer->form.len)
        return NULL;
    CLEANUP_STR struct str note = {0};
    struct json_out j = {&note, false};
    json_begin_object(&j);
    json_put_text(&j, "by", asker->person);
    if (text_starts(press->line, "declare"))
        json_put_int(&j, "declared", (int64_t)answer->incident);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_SEEN, press->key, note.p)->at = turn_now(turn);
    free(map_put(&presses->notes, press->key, str_take(&note)));
    return steal(press->key);
}

void press_settle(struct presses *presses, const char *key)
{
    free(map_remove(&presses->notes, key));
}
