/* Answers: always a text, and a card if there is something to press or to look at. */
#include <stdarg.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "base/moment.h"
#include "command/handlers.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

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
    CLEANUP_FREE char *text = xstrdup(str_text(&answer->text)),
                      *card = moments_off_json(str_text(&answer->card));
    moments_off(text); /* it is for programs, and for people at a terminal */
    json_begin_object(&j);
    json_put_text(&j, "text", text);
    json_key(&j, "card");
    json_raw(&j, card ? card : answer->card.len ? answer->card.p : "null");
    json_put_text(&j, "incident", answer->incident ? incident_name(answer->incident, name) : NULL);
    json_put_text(&j, "error", answer->code ? error_word(answer->code) : NULL);
    json_end_object(&j);
}

void answer_say(struct turn *turn, const struct place *place, const char *key, const struct answer *answer)
{
    struct place there = *place;
    if (answer->alone)
        there.to = there.asker;
    else
        rooms_answered(turn, &there, answer->incident);
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
    buttons_put(&j, request->incident, BUTTON_ON_ANSWER, NULL);
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

static void refuse(struct answer *answer, const struct error *err)
{
    answer->code = err->code;
    answer->alone = true;
    str_clear(&answer->text);
    str_clear(&answer->card);
    str_add(&answer->text, err->text);
    mend(&answer->text);
}

static struct json_out begin_not_done(struct answer *answer)
{
    struct json_out j = {&answer->card, false};
    json_begin_object(&j);
    json_put_text(&j, "title", "Not done");
    json_put_text(&j, "tone", "warn");
    json_put_text(&j, "text", str_text(&answer->text));
    return j;
}

static void put_offers(struct json_out *j, char *const *offers, size_t n, uint64_t here, instant now)
{
    json_key(j, "buttons");
    json_begin_array(j);
    for (size_t i = 0; i < n; i++) {
        CLEANUP_FREE char *label = label_of(offers[i]);
        button_put_offer(j, label, offers[i], i ? "" : "primary", here, now);
    }
    json_end_array(j);
}

void answer_refused_press(struct answer *answer, const struct error *err, const struct incident *incident)
{
    refuse(answer, err);
    if (!incident)
        return;
    answer->incident = incident->id;
    struct json_out j = begin_not_done(answer);
    buttons_put(&j, incident, BUTTON_ON_ANSWER, NULL);
    json_end_object(&j);
}

void answer_refusal(struct answer *answer, const struct error *err, char *const *offers, size_t n,
                    const struct request *request)
{
    const struct asker *asker = request->asker;
    uint64_t here = asker->here && sight_incident(request->core, asker->here, asker->person) ? asker->here : 0;
    refuse(answer, err);
    if (n == 0)
        return;
    struct json_out j = begin_not_done(answer);
    put_offers(&j, offers, n, here, request->now);
    json_end_object(&j);
}

void answer_offering(struct request *request, const char *title, const char *text, char *const *offers,
                     size_t n)
{
    struct json_out j = {&request->answer->card, false};
    str_markup(&request->answer->text, "**%s**\n", title);
    str_add(&request->answer->text, text);
    json_begin_object(&j);
    json_put_text(&j, "title", title);
    json_put_text(&j, "tone", "info");
    json_put_text(&j, "text", text);
    put_offers(&j, offers, n, 0, request->now);
    json_end_object(&j);
}

void describe_incident(const struct request *request, const struct incident *incident, struct str *out)
{
    char name[INCIDENT_NAME];
    const char *lead = incident_role(incident, "lead");
    str_markup(out, "**%s** ", incident_name(incident->id, name));
    str_add(out, incident->sort.drill ? "[drill] " : "");
    str_add(out, incident->private ? "[private] " : "");
    str_markup(out, "%s: %s", incident->title, status_name(incident->status));
    if (incident->status == STATUS_PAUSED) {
        str_add(out, " until ");
        moment_format(incident->pause.until, request->now, request->zone, out);
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
