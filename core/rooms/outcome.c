/* Records the outcome of an action in its incident: a new channel, a posted card, an expired form, a failure. */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/markup.h"
#include "delivery/link.h"
#include "delivery/words.h"
#include "rooms/cards.h"
#include "rooms/channels.h"
#include "rooms/inside.h"
#include "rooms/rooms.h"

#define DEAF_KEY DEAD_KEY "deaf:" /* prefix of the key of a message that a room takes none */

/* ---- done ---- */

static struct command command_for_result(const struct action *action, const char *remote_id, const cJSON *body)
{
    struct command command = {.by = BY_SYSTEM,
                              .automatic = true,
                              .name = action->connector,
                              .value = json_text_or(body, "channel", NULL),
                              .text = remote_id};
    if (strcmp(action->kind, "channel.open") == 0) {
        command.verb = "channel";
        command.value = remote_id;
        command.text = NULL;
        command.flag = true;
        command.count = json_bool_or(body, "private", false);
    } else if (strcmp(action->kind, "post") == 0 && text_starts(action->key, CARD_KEY)) {
        command.verb = "card";
    }
    return command;
}

static void follow_done(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct command command = command_for_result(action, action->outcome.remote_id, body);
    if (!command.verb || !action->incident || text_empty(action->outcome.remote_id))
        return;
    turn_do(turn, action->incident, &command, NULL, NULL);
    const struct incident *incident = turn_incident(turn, action->incident);
    if (!incident)
        return;
    if (strcmp(command.verb, "card") == 0) {
        cards_posted(turn, incident, action, body);
        channels_pin(turn, incident, action->connector, command.value, action->outcome.remote_id);
    } else {
        channels_opened(turn, incident, action->connector, action->outcome.remote_id,
                        json_text_or(body, "topic", NULL));
    }
}

/* The channel exists, though it is not set up completely: messages in it count from now on. */
static void follow_begun(struct turn *turn, const struct action *action, const char *remote_id,
                         const cJSON *body)
{
    struct command command = command_for_result(action, remote_id, body);
    if (action->incident && !text_empty(remote_id) && strcmp(action->kind, "channel.open") == 0)
        turn_do(turn, action->incident, &command, NULL, NULL);
}

/* ---- failed ---- */

/* The form came too late: its text says what to type instead. */
static void tell_late_form(struct turn *turn, const struct action *action, const cJSON *body)
{
    CLEANUP_FREE char *key = xasprintf("%s:late", action->key);
    struct place place = {.connector = action->connector,
                          .channel = json_text_or(body, "channel", NULL),
                          .to = json_text_or(body, "user", NULL)};
    rooms_say(turn, &place, 0, key, NULL, json_text_or(body, "text", ""));
    outbox_drop(core_outbox(turn_core(turn)), action->id, turn_batch(turn), NULL);
}

/* "Slack could not open a channel: …", and what to type. announced: the channel of an announcement; NULL: it is none. */
static char *explain_failure(const struct action *action, const char *announced)
{
    struct str text = {0};
    words_begin_with(action->connector, &text);
    if (action->state == ACTION_UNCERTAIN) {
        str_addf(&text, " may or may not have %s", words_done(action->kind));
        words_add_reason(action->outcome.detail, "there was no answer", &text);
        str_addf(&text,
                 " Check there, then `actions again %" PRIu64 "` to retry or `actions drop %" PRIu64
                 "` to leave it.",
                 action->id, action->id);
    } else {
        if (announced)
            str_markup(&text, " could not announce this in '%s'", announced);
        else
            str_addf(&text, " could not %s", words_to_do(action->kind));
        words_add_reason(action->outcome.detail, "it gave no reason", &text);
        str_addf(&text, " Retry with `actions again %" PRIu64 "`.", action->id);
    }
    return str_take(&text);
}

bool outcome_is_announcement(const struct core *core, const struct action *action, const cJSON *body)
{
    return action && strcmp(action->kind, "post") == 0 && !json_member(body, "to") &&
           !json_member(body, "asker") &&
           text_equal(json_text_or(body, "channel", NULL), core_settings(core)->announce);
}

/* What was announced about no incident is told where announcements work. Its words are not repeated there: what they are about may have
   become private since. */
static void tell_elsewhere(struct turn *turn, const struct action *action, const char *key)
{
    CLEANUP_STR struct str text = {0};
    words_begin_with(action->connector, &text);
    str_markup(&text, " could not post in %s", core_settings(turn_core(turn))->announce);
    words_add_reason(action->outcome.detail, "it gave no reason", &text);
    if (!text_starts(action->key, DEAD_KEY))
        str_addf(&text, " `why %" PRIu64 "` shows what it should have said.", action->id);
    rooms_say_elsewhere(turn, action->connector, key, text.p);
}

static void journal_dead(struct turn *turn, const struct action *action)
{
    struct event event = {.type = EVENT_ACTION_DEAD,
                          .at = turn_now(turn),
                          .by = xasprintf("connector/%s", action->connector),
                          .name = xstrdup(action->connector),
                          .value = xasprintf("%" PRIu64, action->id),
                          .other = action->incident,
                          .text = xasprintf("%s: %s", action->kind,
                                            action->outcome.detail ? action->outcome.detail : "given up")};
    turn_tell(turn, &event);
}

/* What reports a failure failed, too: the room takes nothing, so nobody reads there that it does not. Once a day for each room. */
static void tell_deaf_room(struct turn *turn, const struct action *action)
{
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    CLEANUP_FREE char *key = xasprintf(DEAF_KEY "%s:%s:%" PRId64, incident_name(action->incident, name),
                                       action->connector, turn_now(turn) / DAY);
    if (!action->incident || text_starts(action->key, DEAF_KEY))
        return;
    words_begin_with(action->connector, &text);
    str_add(&text, " takes no messages in the incident's room");
    words_add_reason(action->outcome.detail, "it gave no reason", &text);
    str_add(&text, " People there see nothing of it until that is fixed.");
    rooms_say_loudly(turn, action->incident, key, text.p);
}

static void tell_dead(struct turn *turn, const struct action *action, const cJSON *body)
{
    struct core *core = turn_core(turn);
    bool announcement = action->state == ACTION_DEAD && outcome_is_announcement(core, action, body);
    CLEANUP_FREE char *text = explain_failure(action, announcement ? core_settings(core)->announce : NULL);
    CLEANUP_FREE char *key = xasprintf(DEAD_KEY "%" PRIu64 "/%d", action->id, action->attempts);
    journal_dead(turn, action);
    if (announcement)
        link_set_unannounced(core, action->connector,
                             action->outcome.detail ? action->outcome.detail : "it gave no reason");
    /* An action that waited for a failed one needs no message of its own; pages, and messages to customers, have theirs. */
    bool told_elsewhere = strcmp(action->kind, "page") == 0 ||
                          (strcmp(action->kind, "desk.tell") == 0 &&
                           (action->state == ACTION_DEAD || json_bool_or(body, "bulk", false)));
    if (text_starts(action->key, DEAD_KEY))
        tell_deaf_room(turn, action);
    told_elsewhere = told_elsewhere || (text_starts(action->kind, "ticket.") && action->state == ACTION_DEAD);
    if (action->reference.key || told_elsewhere || text_starts(action->key, DEAD_KEY))
        return;
    bool group =
        strcmp(action->kind, "group.members") == 0; /* of no incident, and nobody waits for its outcome */
    if (action->incident || group)
        rooms_say_incident(turn, action->incident, key, NULL, text);
    else if (announcement)
        tell_elsewhere(turn, action, key);
}

/* What an action found out. False: it was none that asks, or is not over. */
static bool follow_answer(struct turn *turn, const struct action *action, const char *answer, const cJSON *body)
{
    bool person = text_equal(action->kind, "person.find"), customer = text_equal(action->kind, "desk.find");
    if (person && action->state == ACTION_DONE)
        find_done(turn, action, body);
    else if (person && action->state == ACTION_DEAD)
        find_failed(turn, action, body);
    else if (customer && action->state == ACTION_DONE)
        matches_found(turn, action, body, answer);
    else if (customer && action->state == ACTION_DEAD)
        matches_failed(turn, action, body);
    else
        return false;
    return true;
}

void rooms_outcome(struct turn *turn, const struct action *action, const struct outbox_outcome *reported,
                   const cJSON *body)
{
    if (lanes[action->lane].apart)
        return; /* whoever subscribed is named nowhere */
    if (action->state == ACTION_DONE && outcome_is_announcement(turn_core(turn), action, body))
        link_set_unannounced(turn_core(turn), action->connector, NULL);
    if (follow_answer(turn, action, reported->answer, body))
        return;
    if (action->state == ACTION_DONE)
        follow_done(turn, action, body);
    else if (action->state == ACTION_WAITING)
        follow_begun(turn, action, reported->remote_id, body);
    else if (strcmp(action->kind, "form") == 0 && action->state == ACTION_DEAD)
        tell_late_form(turn, action, body);
    else if (action->state == ACTION_DEAD || action->state == ACTION_UNCERTAIN)
        tell_dead(turn, action, body);
}

/* Sends the replacement text, so that nobody waits in vain. */
void rooms_withheld(struct turn *turn, const struct action *action, const char *instead)
{
    CLEANUP_JSON cJSON *body = NULL;
    CLEANUP_FREE char *key = xasprintf("instead:%" PRIu64, action->id);
    if (!instead || json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        return;
    struct place place = {.connector = action->connector,
                          .channel = json_text_or(body, "channel", NULL),
                          .thread = json_text_or(body, "thread", NULL),
                          .to = json_text_or(body, "to", json_text_or(body, "asker", NULL))};
    rooms_say(turn, &place, 0, key, NULL, instead);
}
