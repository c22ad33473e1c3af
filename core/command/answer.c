/* Answers: always a text, and a card if there is something to press or to look at. */
#include <stdarg.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/zone.h"
#include "command/handlers.h"
#include "rooms/rooms.h"

#define LABEL_BYTES 60

void answer_finish(struct answer *answer)
{
    str_finish(&answer->text);
    str_finish(&answer->card);
    str_finish(&answer->form);
    *answer = (struct answer){0};
}

void answer_encode(const struct answer *answer, struct str *out)
{
    struct json_out j = {out, false};
    char name[INCIDENT_NAME];
    json_begin_object(&j);
    json_put_text(&j, "text", str_text(&answer->text));
    json_key(&j, "card");
    json_raw(&j, answer->card.len ? answer->card.p : "null");
    json_put_text(&j, "incident", answer->incident ? incident_name(answer->incident, name) : NULL);
    json_put_text(&j, "error", answer->code ? error_word(answer->code) : NULL);
    json_end_object(&j);
}

void answer_say(struct turn *turn, const struct place *place, const char *key, const struct answer *answer)
{
    struct place there = *place;
    if (answer->alone)
        there.to = there.asker;
    rooms_say(turn, &there, answer->incident, key, answer->card.len ? answer->card.p : NULL,
              str_text(&answer->text));
}

static void mend(struct str *text)
{
    if (!text->len)
        return;
    command_mend(text->p);
    text->len = strlen(text->p);
}

void answer_line(struct request *request, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str_vmarkup(&request->answer->text, format, args);
    va_end(args);
    mend(&request->answer->text);
}

void answer_text(struct request *request, const char *commonmark)
{
    str_add(&request->answer->text, commonmark);
    mend(&request->answer->text);
}

static void add_button(struct json_out *j, const char *label, const char *command, const char *style)
{
    json_begin_object(j);
    json_put_text(j, "label", label);
    json_put_text(j, "command", command);
    json_put_text(j, "style", style);
    json_end_object(j);
}

/* The likely next steps, by status. */
static const struct step {
    unsigned statuses;
    const char *label, *command, *style;
} steps[] = {
    {1u << STATUS_TRIAGE, "Accept", "accept", "primary"},
    {1u << STATUS_TRIAGE, "Decline", "decline", "danger"},
    {1u << STATUS_INVESTIGATING, "I lead", "lead me", ""},
    {1u << STATUS_INVESTIGATING, "Fixing", "fix", "primary"},
    {1u << STATUS_FIXING, "Monitoring", "monitor", "primary"},
    {1u << STATUS_FIXING | 1u << STATUS_MONITORING | 1u << STATUS_INVESTIGATING, "Resolve", "resolve", ""},
    {1u << STATUS_PAUSED | 1u << STATUS_TICKETED, "Resume", "resume", "primary"},
    {1u << STATUS_RESOLVED | 1u << STATUS_CLOSED | 1u << STATUS_DECLINED, "Reopen", "reopen", ""},
};

static void add_steps(struct json_out *j, const struct incident *incident)
{
    char name[INCIDENT_NAME];
    incident_name(incident->id, name);
    json_key(j, "buttons");
    json_begin_array(j);
    for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
        bool taken = text_starts(steps[i].command, "lead") && incident_role(incident, "lead");
        if (!(steps[i].statuses & 1u << incident->status) || taken)
            continue;
        CLEANUP_FREE char *command = xasprintf("%s %s", name, steps[i].command);
        add_button(j, steps[i].label, command, steps[i].style);
    }
    json_end_array(j);
}

/* Adds a card with the next steps. Its title is plain text. */
static void add_card(struct request *request, const char *title, const char *words)
{
    struct answer *answer = request->answer;
    struct json_out j = {&answer->card, false};
    if (!request->incident)
        return;
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", status_is_open(request->incident->status) ? "info" : "ok");
    json_put_text_if(&j, "text", words);
    add_steps(&j, request->incident);
    json_end_object(&j);
}

void answer_next(struct request *request, const char *format, ...)
{
    va_list args;
    CLEANUP_STR struct str title = {0};
    va_start(args, format);
    str_vaddf(&title, format, args);
    va_end(args);
    va_start(args, format);
    str_vmarkup(&request->answer->text, format, args);
    va_end(args);
    add_card(request, str_text(&title), NULL);
}

void answer_quote(struct request *request, const char *title, const char *joint, const char *words)
{
    text_literal(title, &request->answer->text);
    add_card(request, title, words);
    if (words)
        str_addf(&request->answer->text, "%s%s", joint, words);
}

void answer_incident(struct request *request, const struct incident *incident)
{
    struct card_context context = request_card_context(request);
    card_incident(incident, &context, &request->answer->card);
    describe_incident(request, incident, &request->answer->text);
    request->answer->incident = incident->id;
}

void answer_titled(struct request *request, const char *title, const char *tone, const char *text)
{
    CLEANUP_FREE char *whole = xstrdup(title);
    command_mend(whole);
    card_plain(whole, tone, text, &request->answer->card);
    str_markup(&request->answer->text, "**%s**\n", whole);
    str_add(&request->answer->text, text);
}

static char *label_of(const char *line)
{
    size_t n = strlen(line);
    return n <= LABEL_BYTES ? xstrdup(line) : xasprintf("%.*s…", (int)utf8_cut(line, n, LABEL_BYTES), line);
}

void answer_refusal(struct answer *answer, const struct error *err, char *const *offers, size_t n)
{
    answer->code = err->code;
    answer->alone = true;
    str_clear(&answer->text);
    str_clear(&answer->card);
    str_add(&answer->text, err->text);
    command_mend(answer->text.p);
    answer->text.len = strlen(answer->text.p);
    if (n == 0)
        return;
    struct json_out j = {&answer->card, false};
    json_begin_object(&j);
    json_put_text(&j, "title", "Not done");
    json_put_text(&j, "tone", "warn");
    json_put_text(&j, "text", answer->text.p);
    json_key(&j, "buttons");
    json_begin_array(&j);
    for (size_t i = 0; i < n; i++) {
        CLEANUP_FREE char *label = label_of(offers[i]);
        add_button(&j, label, offers[i], i ? "" : "primary");
    }
    json_end_array(&j);
    json_end_object(&j);
}

void describe_incident(const struct request *request, const struct incident *incident, struct str *out)
{
    char name[INCIDENT_NAME];
    const char *lead = incident_role(incident, "lead");
    str_markup(out, "**%s** ", incident_name(incident->id, name));
    str_add(out, incident->drill ? "[drill] " : "");
    str_add(out, incident->private ? "[private] " : "");
    str_markup(out, "%s: %s", incident->title, status_name(incident->status));
    if (incident->status == STATUS_PAUSED) {
        str_add(out, " until ");
        when_format(incident->pause.until, request->now, request->zone, out);
    }
    if (incident->severity)
        str_markup(out, ", %s", incident->severity);
    if (incident->service)
        str_markup(out, ", %s", incident->service);
    if (lead)
        str_markup(out, ", %s leads", request_person_name(request, lead));
    if (status_is_open(incident->status)) {
        str_add(out, ", ");
        duration_format(incident_durations(incident, request->now).open, out);
    }
}
