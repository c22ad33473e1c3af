/*
 * What a person reads of an event: one sentence of CommonMark each, from the phrase of its row in events.def. A phrase names $by (who),
 * $past (what a transition did), $person (the value, as a person's name), $who (the data's, else the name), $audience (the name, as
 * customers), and the fields $text, $name, $value, $rule, $until, $other and $count.
 */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/moment.h"
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

static void tell_person(const struct telling *t, const char *id)
{
    const char *name = t->name_of && id ? t->name_of(t->ctx, id) : NULL;
    if (id && text_starts(id, BY_APP))
        str_markup(t->out, "%s (app)", id + strlen(BY_APP));
    else if (id && text_starts(id, BY_CUSTOMER))
        text_literal(id + strlen(BY_CUSTOMER), t->out);
    else
        text_literal(name ? name : id ? id : "somebody", t->out);
}

static bool tell_text(const struct telling *t, const char *text)
{
    text_literal(text, t->out);
    return !text_empty(text);
}

/* What people wrote, which may be CommonMark; in the other events, and from apps, a text is a value. */
static bool is_prose(const struct event *event)
{
    static const enum event_type prose[] = {EVENT_SUMMARIZED, EVENT_NOTED,    EVENT_PINNED, EVENT_UPDATED,
                                            EVENT_DRAFTED,    EVENT_APPROVED, EVENT_SAID,   EVENT_SAID_EDITED};
    if (event->by && text_starts(event->by, BY_APP))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(prose); i++) {
        if (prose[i] == event->type)
            return true;
    }
    return false;
}

/* ---- what a phrase can name; each writes it, or is false when there is nothing to write ---- */

static bool tell_by(const struct telling *t)
{
    tell_person(t, t->event->by);
    if (t->event->agent)
        str_markup(t->out, " (by the agent %s)", t->event->agent);
    return true;
}

/* A text that says no more than the name beside it says nothing. */
static bool tell_event_text(const struct telling *t)
{
    const struct event *e = t->event;
    bool gone = !e->text && event_needs(e->type) & FIELD_TEXT;
    if (!gone && is_prose(e))
        str_add(t->out, e->text);
    else
        text_literal(gone ? "(deleted)" : e->text, t->out);
    bool says = !text_empty(e->text);
    return gone || (says && !text_equal(e->text, e->name));
}

static bool tell_name(const struct telling *t)
{
    return tell_text(t, t->event->name);
}

static bool tell_who(const struct telling *t)
{
    const char *data = t->event->data;
    CLEANUP_JSON cJSON *json = NULL;
    if (data)
        json_parse(data, strlen(data), SIZE_MAX, JSON_DEPTH, "data", &json, NULL);
    return tell_text(t, json_text_or(json, "who", t->event->name));
}

static bool tell_audience(const struct telling *t)
{
    CLEANUP_FREE char *words = audience_words(t->event->name ? t->event->name : "");
    return tell_text(t, words);
}

static bool tell_value(const struct telling *t)
{
    text_address(t->event->value, t->out);
    return !text_empty(t->event->value);
}

static bool tell_rule(const struct telling *t)
{
    return tell_text(t, t->event->rule);
}

static bool tell_member(const struct telling *t)
{
    if (t->event->value)
        tell_person(t, t->event->value);
    return t->event->value != NULL;
}

static bool tell_past(const struct telling *t)
{
    const char *past = verb_past(t->event->name);
    return tell_text(t, past ? past : "changed");
}

static bool tell_until(const struct telling *t)
{
    moment_format(t->event->until, t->now, t->zone, t->out);
    return t->event->until != 0;
}

static bool tell_other(const struct telling *t)
{
    char name[INCIDENT_NAME];
    return tell_text(t, t->event->other ? incident_name(t->event->other, name) : NULL);
}

static bool tell_count(const struct telling *t)
{
    str_addf(t->out, "%" PRId64, t->event->count);
    return t->event->count != 0;
}

static bool tell_word(const struct telling *t, const char *name, size_t n)
{
    static const struct {
        const char *name;
        bool (*tell)(const struct telling *t);
    } words[] = {{"by", tell_by},       {"text", tell_event_text}, {"name", tell_name},
                 {"past", tell_past},   {"value", tell_value},     {"person", tell_member},
                 {"rule", tell_rule},   {"until", tell_until},     {"other", tell_other},
                 {"count", tell_count}, {"who", tell_who},         {"audience", tell_audience}};
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strlen(words[i].name) == n && strncmp(words[i].name, name, n) == 0)
            return words[i].tell(t);
    }
    return false;
}

/* A part in [brackets] is left out when what it names is empty. */
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
            empty |= !tell_word(t, p + 1, n);
            p += n;
        } else {
            str_addc(t->out, *p);
        }
    }
}

void event_describe(const struct event *event, instant now, const char *zone,
                    const char *(*name_of)(void *ctx, const char *id), void *ctx, struct str *out)
{
    struct telling t = {event, now, zone, name_of, ctx, out};
    const struct event_kind *kind = event_kind(event->type);
    if (kind->phrases[event->flag])
        tell_phrase(&t, kind->phrases[event->flag]);
    else
        str_add(out, kind->name);
}
