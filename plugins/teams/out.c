/* Actions -> calls of the Bot Connector, from one table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/signature.h>

#include "cards.h"
#include "channels.h"
#include "in.h"
#include "out.h"
#include "people.h"
#include "send.h"
#include "shown.h"
#include "tags.h"

#define SPARE_MS 2000 /* of an action's time, kept for everything but calls */
#define NEW_MS   3000 /* until a channel that Graph just made takes messages */

/* ---- posting ---- */

/* A message of a card or a text. *ret_card: the Adaptive Card without a picture, to be remembered; NULL: it is a text. */
static cJSON *message_of(const cJSON *body, bool pictured, cJSON **ret_card)
{
    const cJSON *card = kit_json_member(body, "card");
    *ret_card = NULL;
    if (!cJSON_IsObject(card))
        return teams_message_of_text(kit_json_text(body, "text"));
    char *summary = teams_summary(card);
    *ret_card = teams_card(card, NULL, false);
    cJSON *built = pictured ? teams_card(card, NULL, true) : cJSON_Duplicate(*ret_card, true);
    cJSON *message = teams_message_of_card(built, summary);
    free(summary);
    return message;
}

/* The talk with one person may be gone when they removed the app; another one is opened once. Takes the activity over. */
static bool send_to(struct teams *teams, const char *user, cJSON *activity, char message[TEAMS_ID],
                    struct teams_reply *reply)
{
    struct teams_place place;
    bool sent = false;
    for (int try = 0; try < 2 && !sent; try++) {
        if (try) {
            teams_forget_talk(teams, user);
            teams_reply_finish(reply);
        }
        if (!teams_talk(teams, user, &place, reply))
            break;
        teams_reply_finish(reply);
        sent = teams_send(teams, &place, cJSON_Duplicate(activity, true), message, NULL, reply);
        if (!sent && !teams_is_gone(reply))
            break;
    }
    cJSON_Delete(activity);
    return sent;
}

static bool is_closed_to_us(const struct teams_reply *reply)
{
    return reply->outcome == KIT_ANSWERED && (reply->status == 403 || reply->status == 404);
}

/* A channel that Graph made takes messages a little later. */
static void be_patient(struct teams *teams, const char *channel, const struct teams_reply *reply,
                       const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *room = is_closed_to_us(reply) && action->attempt <= 5 ? teams_room(teams, channel) : NULL;
    if (room && strcmp(kit_json_text(room, "kind"), "thread") != 0) {
        result->code = TOCSIN_RETRY;
        result->retry_after_ms = NEW_MS;
    }
    cJSON_Delete(room);
}

static bool post_in(struct teams *teams, const char *channel, const char *thread, cJSON *activity,
                    char message[TEAMS_ID], struct teams_reply *reply)
{
    char id[TEAMS_ID];
    struct teams_place place;
    if (!teams_channel(teams, channel, id, reply)) {
        cJSON_Delete(activity);
        return false;
    }
    teams_reply_finish(reply);
    char sent[TEAMS_ID] = "", begin[TEAMS_ID], reached[TEAMS_ID];
    teams_find(teams, id, thread, &place);
    bool begun = teams_split(place.conversation, reached, begin) && !strstr(id, ";messageid=");
    if (teams_send(teams, &place, activity, sent, NULL, reply))
        teams_join_message(begun ? begin : "", sent, message);
    return reply->ok;
}

static void finish(struct teams *teams, const char *message, const cJSON *card, struct teams_reply *reply,
                   struct tocsin_result *result)
{
    teams_result(reply, result);
    if (result->code == TOCSIN_DONE) {
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", message);
        if (card)
            teams_shown_put(teams->shown, message, card);
    }
}

/* Only a talk is for one person alone: in a channel everybody reads everything. Takes the activity over. */
static void post(struct teams *teams, const cJSON *body, cJSON *activity, char message[TEAMS_ID],
                 struct teams_reply *reply)
{
    const char *channel = kit_json_text(body, "channel"), *to = kit_json_text(body, "to"),
               *asker = kit_json_text(body, "asker"), *thread = kit_json_text(body, "thread");
    const char *alone = *to ? to : strncmp(channel, "29:", 3) == 0 ? channel : "";
    bool there = !*alone && post_in(teams, channel, thread, cJSON_Duplicate(activity, true), message, reply);
    bool closed = !*alone && !there && *asker && is_closed_to_us(reply);
    if (closed)
        teams_reply_finish(reply);
    if (*alone || closed)
        send_to(teams, closed ? asker : alone, activity, message, reply);
    else
        cJSON_Delete(activity);
}

static bool is_picture_refused(const struct teams *teams, const cJSON *body, const struct teams_reply *reply)
{
    bool pictured = kit_json_member(kit_json_member(body, "card"), "picture");
    bool refused = pictured && reply->outcome == KIT_ANSWERED && (reply->status == 413 || reply->status == 400);
    if (refused)
        kit_log(teams->host, KIT_WARNING, "a picture is left out: Teams does not take it (status %ld)",
                reply->status);
    return refused;
}

static void do_post(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *channel = kit_json_text(body, "channel");
    char message[TEAMS_ID] = "";
    struct teams_reply reply;
    cJSON *card;
    post(teams, body, message_of(body, true, &card), message, &reply);
    if (is_picture_refused(teams, body, &reply)) {
        cJSON_Delete(card);
        teams_reply_finish(&reply);
        post(teams, body, message_of(body, false, &card), message, &reply);
    }
    finish(teams, message, card, &reply, result);
    if (!*kit_json_text(body, "to") && strncmp(channel, "29:", 3) != 0 && !*kit_json_text(body, "asker"))
        be_patient(teams, channel, &reply, action, result);
    teams_reply_finish(&reply);
    cJSON_Delete(card);
}

/* ---- one person ---- */

/* The user whom an action names by id or e-mail address. */
static bool user_of(struct teams *teams, const cJSON *body, char user[TEAMS_ID], struct teams_reply *reply)
{
    const char *known = kit_json_text(body, "user");
    *reply = (struct teams_reply){.outcome = KIT_ANSWERED, .ok = true};
    if (!*known) {
        cJSON *person = teams_person_by(teams, kit_json_text(body, "email"), reply);
        snprintf(user, TEAMS_ID, "%s", kit_json_text(person, "id"));
        cJSON_Delete(person);
        return *user;
    }
    snprintf(user, TEAMS_ID, "%s", strlen(known) < TEAMS_ID ? known : "");
    return *user;
}

/* It first says why, then shows the incident, and appears in the person's feed of activities. */
static cJSON *message_of_page(const cJSON *body, cJSON **ret_card)
{
    const cJSON *card = kit_json_member(body, "card");
    const char *text = kit_json_text(body, "text");
    cJSON *message;
    *ret_card = NULL;
    if (cJSON_IsObject(card)) {
        char *summary = teams_summary(card);
        cJSON *built = teams_card(card, *text ? text : NULL, false);
        *ret_card = cJSON_Duplicate(built, true);
        message = teams_message_of_card(built, summary);
        free(summary);
    } else {
        message = teams_message_of_text(text);
    }
    cJSON *notification =
        cJSON_AddObjectToObject(cJSON_AddObjectToObject(message, "channelData"), "notification");
    cJSON_AddTrueToObject(notification, "alert");
    return message;
}

static void do_page(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    char user[TEAMS_ID], message[TEAMS_ID] = "";
    struct teams_reply reply;
    cJSON *card, *activity = message_of_page(body, &card);
    if (user_of(teams, body, user, &reply)) {
        teams_reply_finish(&reply);
        send_to(teams, user, activity, message, &reply);
    } else {
        cJSON_Delete(activity);
    }
    finish(teams, message, card, &reply, result);
    teams_reply_finish(&reply);
    cJSON_Delete(card);
}

static void do_find(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    struct teams_reply reply;
    cJSON *person = teams_person_by(teams, kit_json_text(body, "email"), &reply);
    if (person && !kit_json_true(person, "outside")) {
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", kit_json_text(person, "id"));
        kit_clean_name(kit_json_text(person, "name"), result->detail, sizeof(result->detail));
    } else if (person || reply.ok || teams_is_gone(&reply)) {
        kit_result(result, TOCSIN_REFUSED, "nobody in the team has that e-mail address");
    } else {
        teams_result(&reply, result);
    }
    teams_reply_finish(&reply);
    cJSON_Delete(person);
}

static cJSON *form_of(const struct teams *teams, const cJSON *body, bool own)
{
    char seal[KIT_HMAC_HEX];
    const cJSON *form = kit_json_member(body, "form");
    struct teams_form_origin origin = {kit_json_text(body, "channel"), seal, own};
    teams_seal(teams, kit_json_text(form, "command"), origin.channel, kit_json_text(body, "user"), own, seal);
    return teams_card_of_form(form, &origin);
}

/* Whoever pressed a button sees the form in place of the card; else it becomes a message to them alone. */
static void do_form(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    char message[TEAMS_ID] = "";
    struct teams_reply reply;
    cJSON *card = form_of(teams, body, false);
    if (teams_wait_offer(teams->shown, kit_json_text(body, "trigger"), card))
        return;
    cJSON_Delete(card);
    const char *title = kit_json_text(kit_json_member(body, "form"), "title");
    send_to(teams, kit_json_text(body, "user"), teams_message_of_card(form_of(teams, body, true), title),
            message, &reply);
    finish(teams, message, NULL, &reply, result);
    teams_reply_finish(&reply);
}

/* ---- messages that exist ---- */

/* Where a message is that is edited: for a page, in the talk with the person. */
static bool place_of(struct teams *teams, const cJSON *body, struct teams_place *place,
                     struct teams_reply *reply)
{
    char id[TEAMS_ID];
    const char *channel = kit_json_text(body, "channel");
    if (*channel && strncmp(channel, "29:", 3) != 0) {
        if (!teams_channel(teams, channel, id, reply))
            return false;
        teams_find(teams, id, "", place);
        return true;
    }
    if (*channel)
        return teams_talk(teams, channel, place, reply);
    if (!user_of(teams, body, id, reply))
        return false;
    teams_reply_finish(reply);
    return teams_talk(teams, id, place, reply);
}

static void do_edit(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    struct teams_place place;
    struct teams_reply reply;
    const char *message = kit_json_text(body, "message");
    if (place_of(teams, body, &place, &reply)) {
        cJSON *card, *activity = message_of(body, false, &card);
        teams_reply_finish(&reply);
        teams_replace(teams, &place, message, activity, &reply);
        if (reply.ok && card)
            teams_shown_put(teams->shown, message, card);
        cJSON_Delete(card);
    }
    teams_end(&reply, result);
}

static void do_delete(struct teams *teams, const struct tocsin_action *action, const cJSON *body,
                      struct tocsin_result *result)
{
    (void)action;
    struct teams_place place;
    struct teams_reply reply;
    if (place_of(teams, body, &place, &reply)) {
        teams_reply_finish(&reply);
        teams_replace(teams, &place, kit_json_text(body, "message"), NULL, &reply);
    }
    teams_end(&reply, result);
}

/* ---- the table ---- */

static const struct kind {
    const char *name;
    teams_performer *perform;
} kinds[] = {
    {"post", do_post},
    {"edit", do_edit},
    {"delete", do_delete},
    {"page", do_page},
    {"form", do_form},
    {"person.find", do_find},
    {"channel.open", teams_channel_open},
    {"channel.topic", teams_channel_topic},
    {"channel.invite", teams_channel_invite},
    {"channel.remove", teams_channel_remove},
    {"channel.archive", teams_channel_archive},
    {"group.members", teams_group_members},
};

void teams_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length);
    const struct kind *kind = NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, action->kind) == 0)
            kind = &kinds[i];
    }
    teams_deadline(action->deadline_ms > 2 * SPARE_MS ? action->deadline_ms - SPARE_MS : action->deadline_ms);
    if (kind && cJSON_IsObject(body))
        kind->perform(self, action, body, result);
    else
        kit_result(result, TOCSIN_REFUSED, "this connector does not support this kind of action");
    teams_deadline(0);
    cJSON_Delete(body);
}
