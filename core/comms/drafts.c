/* Messages to customers: shown in the incident's channels, and sent once approved. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/connector.h>

#include "base/json.h"
#include "base/markup.h"
#include "comms/alone.h"
#include "comms/comms.h"
#include "comms/diff.h"
#include "comms/lint.h"
#include "comms/posts.h"
#include "comms/progress.h"
#include "customers/customers.h"
#include "delivery/link.h"
#include "policy/messages.h"
#include "rooms/buttons.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define DRAFT_KEY "draft:" /* prefix of the key of a post that shows a draft */

/* ---- the draft's card ---- */

void comms_draft_line(const struct incident *incident, const char *verb, int64_t number, struct str *out)
{
    char name[INCIDENT_NAME];
    str_addf(out, "%s %s %" PRId64, incident->id ? incident_name(incident->id, name) : "posts", verb, number);
}

bool comms_reaches_customers(const struct core *core, const struct incident *incident)
{
    bool any = incident->sort.script != NULL;
    for (size_t i = 0; i < links(core)->n; i++)
        any |= (links(core)->v[i].can & TOCSIN_CAN_DESK) != 0;
    return any;
}

static void add_title(struct core *core, const struct incident *incident, const struct state_draft *draft,
                      struct str *out)
{
    CLEANUP_FREE char *many = audience_is_many(draft->customer) ? audience_words(draft->customer) : NULL;
    struct recipient one = {draft->customer, customers_get(core, draft->customer)};
    str_addf(out, "Message %" PRId64 " to %s", draft->number, many ? many : recipient_name(incident, &one));
    if (draft->version > 1)
        str_addf(out, ", version %" PRId64 " by %s", draft->version, approver_name(core, draft->edited_by));
    if (draft->agent)
        str_addf(out, ", written by the agent %s", draft->agent);
    if (draft->state != DRAFT_WAITING)
        str_addf(out, ", %s by %s", draft->state == DRAFT_APPROVED ? "approved" : "discarded",
                 approver_name(core, draft->settled_by));
}

/* The message, and below it what the last change was. */
static void add_text(struct core *core, const struct state_draft *draft, struct str *out)
{
    str_add(out, draft->text);
    if (!draft->before || draft->state != DRAFT_WAITING)
        return;
    str_markup(out, "\n\n---\n\n%s changed: ", approver_name(core, draft->edited_by));
    diff_words(draft->before, draft->text, out);
}

struct naming {
    struct core *core;
    struct str *out;
};

static bool add_name(void *ctx, const char *who)
{
    const struct naming *naming = ctx;
    str_addf(naming->out, "%s%s", naming->out->len ? ", " : "", approver_name(naming->core, who));
    return false;
}

static void put_count(struct json_out *j, const char *name, int64_t n)
{
    CLEANUP_FREE char *text = n > 0 ? xasprintf("%" PRId64, n) : xstrdup("");
    card_field(j, name, text);
}

/* What became of it so far, once it is sent. */
static void put_reach(const struct state_draft *draft, struct json_out *j)
{
    const struct state_reach *r = &draft->reach;
    CLEANUP_FREE char *sent = xasprintf("%" PRId64 " of %" PRId64, r->told, r->recipients);
    if (!r->recipients)
        return;
    card_field(j, "sent", sent);
    put_count(j, "failed", r->failed);
    put_count(j, "bounced", r->bounced);
    put_count(j, "wish no contact", r->unwished);
    put_count(j, "withdrawn", r->withdrawn);
    put_count(j, "answered", r->answered);
}

static void add_hints(struct core *core, const struct incident *incident, const struct state_draft *draft,
                      struct str *out)
{
    struct lint_message message = {.text = draft->text,
                                   .languages = draft->languages,
                                   .names = {incident->service, incident->team},
                                   .update_within =
                                       draft->post ? 0 : policy_update_within(core_policy(core), incident)};
    if (draft->state == DRAFT_WAITING)
        lint(&message, out);
}

/* Its words were chosen for the public, but whoever approves them must know where they go. */
static void put_post(const struct incident *incident, const struct state_draft *draft, struct json_out *j)
{
    struct post post = {0};
    if (draft->post && post_read(draft->post, &post, NULL) == 0)
        post_fields(&post, j);
    post_finish(&post);
    if (draft->post && draft->state == DRAFT_WAITING && incident->private)
        card_field(j, "careful", "the incident is private, and this post becomes public");
}

static void put_states(struct core *core, const struct incident *incident, const struct state_draft *draft,
                       struct json_out *j)
{
    CLEANUP_STR struct str names = {0};
    CLEANUP_STR struct str hints = {0};
    add_hints(core, incident, draft, &hints);
    if (!draft->endorsed && !draft->rejected && !draft->languages && !draft->one_for_all && !hints.len &&
        !draft->reach.recipients && !draft->post)
        return;
    any_approver(draft, add_name, &(struct naming){core, &names});
    json_key(j, "fields");
    json_begin_array(j);
    put_post(incident, draft, j);
    card_field(j, "approved by", str_text(&names));
    if (draft->languages)
        card_field(j, "languages", "each customer gets theirs");
    if (draft->one_for_all)
        card_field(j, "languages", "one text for all since it was changed");
    card_field(j, "look at", str_text(&hints));
    card_field(j, "rejected", draft->rejected ? draft->rejected : "");
    put_reach(draft, j);
    json_end_array(j);
}

/* `style` NULL: it asks for what the command still lacks. */
static void put_button(struct json_out *j, const struct incident *incident, const struct state_draft *draft,
                       const char *label, const char *verb, const char *style)
{
    bool approves = strcmp(verb, "approve") == 0;
    CLEANUP_STR struct str command = {0};
    comms_draft_line(incident, verb, draft->number, &command);
    if (approves && draft->version > 1)
        str_addf(&command, " %" PRId64, draft->version);
    if (style)
        button_put(j, label, command.p, style);
    else
        button_put_asking(j, label, command.p);
}

static void put_footer(struct core *core, const struct incident *incident, const struct state_draft *draft,
                       struct json_out *j)
{
    CLEANUP_STR struct str text = {0};
    if (!draft->post && !comms_reaches_customers(core, incident)) {
        str_add(&text, "No connector here reaches customers, so approving it sends nothing.");
    } else if (draft->rejected) {
        str_add(&text, draft->post ? "It is not published unless somebody changes it."
                                   : "It is not sent unless somebody changes it.");
    } else {
        str_add(&text, draft->post ? "Published on the status page when " : "Sent when ");
        comms_sent_when(core, incident, draft, &text);
        str_add(&text, ", with the button or a thumbs-up.");
        str_add(&text, incident->sort.script ? " Not really: drill." : "");
    }
    json_put_text(j, "footer", text.p);
}

static void put_buttons(struct core *core, const struct incident *incident, const struct state_draft *draft,
                        struct json_out *j)
{
    json_key(j, "buttons");
    json_begin_array(j);
    if (!draft->rejected)
        put_button(j, incident, draft, "Approve", "approve", "primary");
    put_button(j, incident, draft, "Preview", "preview", "");
    put_button(j, incident, draft, "Change", "redraft", NULL);
    if (!draft->rejected)
        put_button(j, incident, draft, "Reject", "reject", NULL);
    put_button(j, incident, draft, "Discard", "discard", "danger");
    json_end_array(j);
    put_footer(core, incident, draft, j);
}

/* Of few, it has left before anybody could press it. */
static void put_stop(const struct incident *incident, const struct state_draft *draft, struct json_out *j)
{
    if (draft->reach.recipients < MANY_FROM || draft->reach.stopped || draft_left(draft) <= 0)
        return;
    json_key(j, "buttons");
    json_begin_array(j);
    put_button(j, incident, draft, "Stop sending", "stop", "danger");
    json_end_array(j);
}

static void draft_card(struct core *core, const struct incident *incident, const struct state_draft *draft,
                       struct str *out)
{
    static const char *const tones[] = {
        [DRAFT_WAITING] = "warn", [DRAFT_APPROVED] = "ok", [DRAFT_DISCARDED] = "quiet"};
    CLEANUP_STR struct str title = {0}, text = {0};
    struct json_out j = {out, false};
    add_title(core, incident, draft, &title);
    add_text(core, draft, &text);
    json_begin_object(&j);
    json_put_text(&j, "title", title.p);
    json_put_text(&j, "tone", tones[draft->state]);
    put_states(core, incident, draft, &j);
    json_put_text(&j, "text", text.p);
    if (draft->state == DRAFT_WAITING)
        put_buttons(core, incident, draft, &j);
    else
        put_stop(incident, draft, &j);
    json_end_object(&j);
}

static void show(struct turn *turn, const struct incident *incident, const struct state_draft *draft)
{
    CLEANUP_STR struct str card = {0};
    char name[INCIDENT_NAME];
    CLEANUP_FREE char *key =
        xasprintf("%s%s/%" PRId64, incident->id ? DRAFT_KEY : ALONE_KEY,
                  incident->id ? incident_name(incident->id, name) : "alone", draft->number);
    draft_card(turn_core(turn), incident, draft, &card);
    rooms_say_incident(turn, incident->id, key, card.p, NULL);
}

/* Edits its cards: a settled draft has no buttons. */
void drafts_show(struct turn *turn, const struct incident *incident, const struct state_draft *draft)
{
    CLEANUP_STR struct str card = {0};
    draft_card(turn_core(turn), incident, draft, &card);
    for (size_t i = 0; i < incident->comms.draft_cards.n; i++) {
        const struct state_draft_card *at = &incident->comms.draft_cards.v[i];
        struct place place = {.connector = at->connector, .channel = at->channel};
        if (at->draft == draft->number)
            rooms_edit(turn, incident->id ? incident : NULL, &place, at->message, card.p);
    }
}

void drafts_follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    const struct state_draft *draft = incident_draft(incident, event->count);
    if (!draft || event->count == 0)
        return;
    if (event->type == EVENT_DRAFTED)
        show(turn, incident, draft);
    else if (event->type != EVENT_DRAFT_CARD || draft->state != DRAFT_WAITING || draft->version > 1)
        drafts_show(turn, incident, draft); /* changed now, or before its card was posted */
}

const struct state_draft *comms_shown_draft(const struct incident *incident, const char *connector,
                                            const char *message)
{
    for (size_t i = 0; incident && i < incident->comms.draft_cards.n; i++) {
        const struct state_draft_card *card = &incident->comms.draft_cards.v[i];
        if (text_equal(card->connector, connector) && text_equal(card->message, message))
            return incident_draft(incident, card->draft);
    }
    return NULL;
}

bool drafts_card(const struct action *action, const char *prefix, const cJSON *body, struct command *ret)
{
    const char *number = strchr(action->key, '/'); /* other actions have other keys */
    *ret = (struct command){.verb = "draft_card",
                            .by = BY_SYSTEM,
                            .automatic = true,
                            .name = action->connector,
                            .value = json_text_or(body, "channel", NULL),
                            .text = action->outcome.remote_id,
                            .count = number ? strtoll(number + 1, NULL, 10) : 0};
    return action->state == ACTION_DONE && strcmp(action->kind, "post") == 0 &&
           text_starts(action->key, prefix) && !text_empty(action->outcome.remote_id);
}

void drafts_outcome(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct command card;
    if (action->incident && drafts_card(action, DRAFT_KEY, body, &card))
        turn_do(turn, action->incident, &card, NULL, NULL);
}
