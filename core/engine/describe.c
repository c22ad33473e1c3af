/* What a person reads of an event: one sentence each, from one table of phrases. */
#include <inttypes.h>
#include <string.h>

#include "base/zone.h"
#include "engine/event.h"
#include "engine/state.h"

struct telling {
    const struct event *event;
    instant now;
    const char *zone;
    const char *(*name_of)(void *ctx, const char *id);
    void *ctx;
    struct str *out;
};

/*
 * Phrases: $by who, $text, $name, $value, $person (value as a person's name), $until, $other, $count, $status.
 * A part in [brackets] is left out when the field it names is empty.
 */
static const char *const phrases[EVENT_TYPE_COUNT] = {
    [EVENT_DECLARED] = "$by declared it: $text[ (rule $rule)]",
    [EVENT_TITLED] = "$by called it: $text",
    [EVENT_SUMMARIZED] = "$by summed up: $text",
    [EVENT_SEVERITY] = "$by set the severity to $name",
    [EVENT_TEAM] = "$by gave it to team $name",
    [EVENT_SERVICE] = "$by set the service to $name",
    [EVENT_ROLE] = "$by made [$person ]the $name",
    [EVENT_NOTED] = "$by noted: $text",
    [EVENT_PINNED] = "$by pinned: $text",
    [EVENT_LINKED] = "$by linked $value[ ($text)]",
    [EVENT_RELATED] = "$by related it to $other",
    [EVENT_UPDATED] = "$by gave an update: $text",
    [EVENT_SAID] = "$by: $text",
    [EVENT_SAID_EDITED] = "$by changed a message to: $text",
    [EVENT_SAID_DELETED] = "$by deleted a message",
    [EVENT_CUSTOMER] = "customer $name[ ($text)] is affected",
    [EVENT_ALERT_STATE] = "alert $name[: $text][, $count so far]",
    [EVENT_MERGED_IN] = "$other was merged into it",
    [EVENT_DISSENTED] = "$by disagreed: $text",
    [EVENT_OWED] = "owed until $until: $name[ ($text)]",
    [EVENT_MISSED] = "overdue since $until: $name[ ($text)]",
    [EVENT_MET] = "done: $name",
    [EVENT_PAGED] = "$by paged $person[: $text][ (rule $rule)]",
    [EVENT_SCRIPT] = "policy: $text[ ($rule)]",
    [EVENT_DRAFTED] = "$by drafted message $count to $name: $text[ ($rule)]",
    [EVENT_APPROVED] = "$by approved message $count to $name: $text",
    [EVENT_DISCARDED] = "$by discarded message $count",
    [EVENT_TOLD] = "$name was told, on $value",
    [EVENT_REPLIED] = "$name replied: $text[ ($value)]",
    [EVENT_GROUP_SEEN] = "first seen: $text[ in $name]",
    [EVENT_GROUP_REGRESSED] = "came back[, $count so far]",
    [EVENT_GROUP_RESOLVED] = "resolved by its sender",
    [EVENT_GROUP_JUDGED] = "judged $name[: $text][ (rule $rule)][, $other]",
    [EVENT_GROUP_MUTED] = "$by muted it until $until[: $text]",
    [EVENT_GROUP_UNMUTED] = "$by unmuted it",
};

/* Phrases that depend on the flag: false, true. */
static const char *const flagged[EVENT_TYPE_COUNT][2] = {
    [EVENT_PRIVATE] = {"$by opened it to everybody", "$by made it private"},
    [EVENT_DRILL] = {"$by made it a real incident", "$by made it a drill"},
    [EVENT_MEMBER] = {"$person left", "$person joined"},
    [EVENT_CHANNEL] = {"channel [$text ]on $name is gone", "channel [$text ]on $name is in use"},
    [EVENT_ALERT] = {"alert moved away[: $text]", "alert attached[: $text][, $count so far]"},
    [EVENT_CONNECTOR] = {"connector $name has trouble[: $text]", "connector $name is back[: $text]"},
};

static void tell_person(const struct telling *t, const char *id)
{
    const char *name = t->name_of && id ? t->name_of(t->ctx, id) : NULL;
    if (id && text_starts(id, BY_APP))
        str_addf(t->out, "%s (app)", id + strlen(BY_APP));
    else if (id && text_starts(id, BY_CUSTOMER))
        str_add(t->out, id + strlen(BY_CUSTOMER));
    else
        str_add(t->out, name ? name : id ? id : "somebody");
}

static void tell_instant(const struct telling *t, instant at)
{
    when_format(at, t->now, t->zone, t->out);
}

/* Writes one field; false when it is empty, or a text that says no more than the name beside it. */
static bool tell_field(const struct telling *t, const char *field, size_t n)
{
    const struct event *e = t->event;
    const struct {
        const char *name, *text;
    } texts[] = {{"text", e->text}, {"name", e->name}, {"value", e->value}, {"rule", e->rule}};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        if (strlen(texts[i].name) == n && strncmp(texts[i].name, field, n) == 0) {
            bool gone = i == 0 && !e->text && event_kind(e->type)->must & FIELD_TEXT;
            str_add(t->out, gone ? "(deleted)" : texts[i].text);
            return gone || (!text_empty(texts[i].text) && (i > 0 || !text_equal(e->text, e->name)));
        }
    }
    char incident[INCIDENT_NAME];
    switch (*field) {
    case 'b':
        tell_person(t, e->by);
        return true;
    case 'p':
        if (e->value)
            tell_person(t, e->value);
        return e->value != NULL;
    case 'u':
        tell_instant(t, e->until);
        return e->until != 0;
    case 'o':
        str_add(t->out, e->other ? incident_name(e->other, incident) : "");
        return e->other != 0;
    case 'c':
        str_addf(t->out, "%" PRId64, e->count);
        return e->count != 0;
    default:
        return false;
    }
}

static void tell_phrase(const struct telling *t, const char *phrase)
{
    size_t mark = 0; /* where the bracket being written began */
    bool empty = false;
    for (const char *p = phrase; *p; p++) {
        if (*p == '[') {
            mark = t->out->len;
            empty = false;
        } else if (*p == ']') {
            if (empty)
                t->out->p[t->out->len = mark] = '\0';
            empty = false;
        } else if (*p == '$') {
            size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz");
            empty |= !tell_field(t, p + 1, n);
            p += n;
        } else {
            str_addc(t->out, *p);
        }
    }
}

static void tell_status(const struct telling *t)
{
    const struct event *e = t->event;
    unsigned n;
    const struct transition *table = transition_table(&n);
    const char *past = "changed";
    for (unsigned i = 0; i < n; i++) {
        if (text_equal(table[i].verb, e->name))
            past = table[i].past;
    }
    tell_person(t, e->by);
    str_addf(t->out, " %s it", past);
    tell_phrase(t, "[ until $until][ into $other][: $text][ ($value)][ (rule $rule)]");
}

void event_describe(const struct event *event, instant now, const char *zone,
                    const char *(*name_of)(void *ctx, const char *id), void *ctx, struct str *out)
{
    struct telling t = {event, now, zone, name_of, ctx, out};
    if (event->type == EVENT_STATUS)
        tell_status(&t);
    else if (flagged[event->type][0])
        tell_phrase(&t, flagged[event->type][event->flag]);
    else if (phrases[event->type])
        tell_phrase(&t, phrases[event->type]);
    else
        str_add(out, event_kind(event->type)->name);
}
