/* Actions -> calls of Slack's Web API, from one table. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cards.h"
#include "channels.h"
#include "out.h"
#include "people.h"
#include "picture.h"

#define SPARE_MS 2000 /* of an action's time, kept for everything but calls */

/* `file`: of the card's picture; "": it is told in words. */
static cJSON *messages_of(const cJSON *body, const char *file)
{
    const cJSON *card = kit_json_member(body, "card");
    return cJSON_IsObject(card) ? slack_messages_of_card(card, file)
                                : slack_messages_of_text(kit_json_text(body, "text"));
}

/* ---- posting ---- */

struct posting {
    struct slack *slack;
    const struct tocsin_action *action;
    const char *channel, *thread, *user; /* user: only this person sees it; "": everybody */
    bool once;                           /* better never than twice */
    bool changes;                        /* it may be edited or deleted as a whole */
    struct slack_reply reply;
    char first[SLACK_ID], ts[SLACK_ID]; /* the ts of the first part and of the latest */
};

static cJSON *arguments_of(const struct posting *p, const cJSON *message, int part)
{
    cJSON *arguments = cJSON_Duplicate(message, true), *metadata = cJSON_CreateObject();
    char mark[SLACK_MARK];
    slack_mark(p->slack, p->action->key, mark);
    cJSON *payload = kit_json_texts("key", mark, NULL);
    cJSON_AddNumberToObject(payload, "part", part);
    cJSON_AddStringToObject(metadata, "event_type", "tocsin");
    cJSON_AddItemToObject(metadata, "event_payload", payload);
    cJSON_AddStringToObject(arguments, "channel", p->channel);
    if (*p->thread)
        cJSON_AddStringToObject(arguments, "thread_ts", p->thread);
    if (*p->user) { /* ephemeral messages cannot be looked up, so they need no mark */
        cJSON_AddStringToObject(arguments, "user", p->user);
        cJSON_Delete(metadata);
        return arguments;
    }
    cJSON_AddItemToObject(arguments, "metadata", metadata);
    cJSON_AddFalseToObject(arguments, "unfurl_links");
    cJSON_AddFalseToObject(arguments, "unfurl_media");
    return arguments;
}

/* The app may not read the channel. What must not be posted twice then waits for a person; everything else is posted again. */
static bool may_post_blind(struct posting *p)
{
    struct tocsin_result looked = {.size = sizeof(looked)};
    slack_result(&p->reply, &looked);
    if (looked.code != TOCSIN_REFUSED || slack_said(&p->reply, "not_in_channel"))
        return looked.code == TOCSIN_REFUSED;
    kit_log(p->slack->host, KIT_WARNING, "%s may have been posted already, but Slack does not let us check: %s",
            p->action->kind, looked.detail);
    return !p->once;
}

/* Whether an earlier attempt posted the part. If not, *ret_go: whether to post it now. */
static bool is_there(struct posting *p, int part, bool *ret_go)
{
    *ret_go = true;
    if (p->action->attempt <= 1 || *p->user)
        return false;
    if (slack_find_message(p->slack, p->action, p->channel, p->thread, part, p->ts, &p->reply))
        return true;
    *ret_go = p->reply.ok || may_post_blind(p);
    if (*ret_go)
        slack_reply_finish(&p->reply);
    else if (p->once)
        p->reply.outcome = KIT_CUT; /* unknown whether it was posted */
    return false;
}

/* Posts one part, unless an earlier attempt did. */
static bool post_part(struct posting *p, const cJSON *message, int part)
{
    bool go;
    if (is_there(p, part, &go) || !go)
        return go;
    cJSON *arguments = arguments_of(p, message, part);
    if (*p->user) /* the app does not join a channel to answer one person */
        slack_call(p->slack, "chat.postEphemeral", arguments, NULL, true, &p->reply);
    else
        slack_call_in(p->slack, p->channel, "chat.postMessage", arguments, true, &p->reply);
    if (p->reply.ok)
        kit_clean_name(kit_json_text(p->reply.body, "ts"), p->ts, sizeof(p->ts));
    return p->reply.ok;
}

/* Adds the ts of each part but the first to `further`. */
static bool post_each(struct posting *p, const cJSON *messages, cJSON *further)
{
    const cJSON *message;
    int part = 0;
    cJSON_ArrayForEach(message, messages)
    {
        if (part) {
            slack_reply_finish(&p->reply);
            slack_pace(p->slack);
        }
        if (!post_part(p, message, part))
            return false;
        if (part++ == 0)
            kit_clean_name(p->ts, p->first, sizeof(p->first));
        else
            cJSON_AddItemToArray(further, cJSON_CreateString(p->ts));
    }
    return true;
}

/* Posts all parts, in order. The caller finishes p->reply. */
static bool post_all(struct posting *p, const cJSON *messages)
{
    cJSON *further = cJSON_CreateArray();
    bool done = post_each(p, messages, further);
    if (done && p->changes && !*p->user && further->child)
        slack_parts_keep(p->slack, p->channel, p->first, further);
    cJSON_Delete(further);
    return done;
}

static bool is_closed_to_us(const struct slack_reply *reply)
{
    return slack_said(reply, "channel_not_found") || slack_said(reply, "not_in_channel") ||
           slack_said(reply, "user_not_in_channel") || slack_said(reply, "is_archived");
}

/* Opens the direct message channel with one person. */
static bool open_direct(struct slack *slack, const char *user, char channel[SLACK_ID],
                        struct slack_reply *reply)
{
    slack_call(slack, "conversations.open", kit_json_texts("users", user, NULL), NULL, false, reply);
    const char *id = kit_json_text(kit_json_member(reply->body, "channel"), "id");
    if (reply->ok)
        kit_clean_name(id, channel, SLACK_ID);
    reply->ok = reply->ok && *id;
    return reply->ok;
}

static bool post_directly(struct posting *p, const char *user, const cJSON *messages)
{
    char channel[SLACK_ID];
    slack_reply_finish(&p->reply);
    if (!open_direct(p->slack, user, channel, &p->reply))
        return false;
    slack_reply_finish(&p->reply);
    p->channel = channel;
    p->thread = p->user = "";
    bool done = post_all(p, messages);
    p->channel = "";
    return done;
}

static void finish(struct posting *p, struct tocsin_result *result)
{
    slack_result(&p->reply, result);
    if (result->code == TOCSIN_RETRY && *p->first && !*p->user)
        result->code = TOCSIN_UNKNOWN; /* the first parts were posted; the next attempt looks them up */
    if (result->code == TOCSIN_DONE && !*p->user)
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", p->first);
    slack_reply_finish(&p->reply);
}

/* A remembered name may belong to another channel by now; then it is looked up again, once. */
static bool post_in(struct posting *p, const char *channel, const cJSON *messages)
{
    char id[SLACK_ID];
    for (int try = 0;; try++) {
        if (!slack_channel(p->slack, channel, id, &p->reply))
            return false;
        slack_reply_finish(&p->reply);
        p->channel = id;
        bool done = post_all(p, messages);
        p->channel = "";
        if (done || try || !is_closed_to_us(&p->reply) || !slack_forget_channel(p->slack, channel))
            return done;
        slack_reply_finish(&p->reply);
    }
}

/* Reaches the asker where the app cannot post: in that channel by response URL, else by direct message. */
static void post_alone(struct posting *p, const char *channel, const char *user, const cJSON *messages)
{
    if (slack_answer_there(p->slack, channel, user, messages)) {
        slack_reply_finish(&p->reply);
        p->reply = (struct slack_reply){.ok = true};
        p->user = user;
    } else {
        post_directly(p, user, messages);
    }
}

/*
 * A direct talk is for one person anyway, so what is said there stays: an ephemeral message would be gone with the next start of
 * their client. In a channel that the app is not in, an answer is for the asker alone.
 */
static void post_somehow(struct posting *p, const cJSON *body, const cJSON *messages)
{
    const char *channel = kit_json_text(body, "channel"), *to = kit_json_text(body, "to"),
               *asker = kit_json_text(body, "asker");
    if (*to && kit_json_true(body, "direct"))
        post_directly(p, to, messages);
    else if (*asker && !*to && !slack_is_inside(p->slack, channel))
        post_alone(p, channel, asker, messages);
    else if (!post_in(p, channel, messages) && *(*to ? to : asker) && is_closed_to_us(&p->reply))
        post_alone(p, channel, *to ? to : asker, messages);
}

/* Slack may refuse a picture late. */
static bool is_picture_refused(const struct posting *p, const char *file)
{
    bool refused = *file && slack_said(&p->reply, "invalid_blocks");
    if (refused)
        kit_log(p->slack->host, KIT_WARNING,
                "a picture is left out: Slack took its bytes, and does not show it");
    return refused;
}

static void do_post(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *channel = kit_json_text(body, "channel");
    bool talk = slack_is_id(channel) && *channel == 'D';
    char file[SLACK_ID];
    slack_picture(slack, action, kit_json_member(body, "card"), file);
    struct posting p = {.slack = slack,
                        .action = action,
                        .thread = kit_json_text(body, "thread"),
                        .user = talk ? "" : kit_json_text(body, "to"),
                        .changes = true};
    cJSON *messages = messages_of(body, file);
    post_somehow(&p, body, messages);
    if (is_picture_refused(&p, file)) {
        cJSON_Delete(messages);
        messages = messages_of(body, "");
        slack_reply_finish(&p.reply);
        post_somehow(&p, body, messages);
    }
    finish(&p, result);
    if (*file && result->code == TOCSIN_DONE)
        slack_picture_forget(slack, action);
    cJSON_Delete(messages);
}

static bool person_of(struct slack *slack, const cJSON *body, char user[SLACK_ID], struct slack_reply *reply)
{
    const char *known = kit_json_text(body, "user"), *email = kit_json_text(body, "email");
    if (!*known)
        return slack_person_by_email(slack, email, user, reply);
    kit_clean_name(known, user, SLACK_ID);
    *reply = (struct slack_reply){.ok = true};
    return true;
}

/* A page first says why, then shows the incident. */
static cJSON *messages_of_page(const cJSON *body)
{
    const cJSON *card = kit_json_member(body, "card");
    const char *text = kit_json_text(body, "text");
    cJSON *messages = *text || !card ? slack_messages_of_text(text) : cJSON_CreateArray();
    cJSON *more = card ? slack_messages_of_card(card, "") : cJSON_CreateArray();
    while (cJSON_GetArraySize(more))
        cJSON_AddItemToArray(messages, cJSON_DetachItemFromArray(more, 0));
    cJSON_Delete(more);
    return messages;
}

static void do_page(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    char user[SLACK_ID];
    struct posting p = {.slack = slack, .action = action, .channel = "", .thread = "", .user = ""};
    cJSON *messages = messages_of_page(body);
    if (person_of(slack, body, user, &p.reply))
        post_directly(&p, user, messages);
    finish(&p, result);
    cJSON_Delete(messages);
}

/* ---- the rest ---- */

static void do_find(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    char user[SLACK_ID];
    struct slack_reply reply;
    if (slack_person_by_email(slack, kit_json_text(body, "email"), user, &reply)) {
        const cJSON *found = kit_json_member(reply.body, "user");
        const char *name = kit_json_text(kit_json_member(found, "profile"), "real_name");
        snprintf(result->remote_id, sizeof(result->remote_id), "%s", user);
        kit_clean_name(*name ? name : kit_json_text(found, "name"), result->detail, sizeof(result->detail));
    } else {
        slack_result(&reply, result);
    }
    slack_reply_finish(&reply);
}

/* The channel of a message that is edited: for a page, that of the direct messages with the person. */
static bool channel_of_edit(struct slack *slack, const cJSON *body, char channel[SLACK_ID],
                            struct slack_reply *reply)
{
    char user[SLACK_ID];
    const char *named = kit_json_text(body, "channel");
    if (*named)
        return slack_channel(slack, named, channel, reply);
    if (!person_of(slack, body, user, reply))
        return false;
    slack_reply_finish(reply);
    return open_direct(slack, user, channel, reply);
}

/* Changes all parts of a message; the first one last, since it is what a later attempt goes by. */
static void change(struct slack *slack, const char *channel, const char *first, const cJSON *messages,
                   struct slack_reply *reply)
{
    slack_reply_finish(reply);
    if (!slack_parts_change(slack, channel, first, messages, reply))
        return;
    slack_reply_finish(reply);
    slack_change(slack, channel, first, messages ? messages->child : NULL, reply);
}

static void finish_change(struct slack_reply *reply, struct tocsin_result *result)
{
    slack_result(reply, result);
    if (slack_is_gone(reply))
        *result = (struct tocsin_result){
            .size = result->size, .code = TOCSIN_DONE, .detail = "the message or its channel no longer exists"};
    slack_reply_finish(reply);
}

/* What is longer than what was posted is left out behind it. */
static void do_edit(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    (void)action;
    char channel[SLACK_ID];
    struct slack_reply reply;
    cJSON *messages = messages_of(body, "");
    if (channel_of_edit(slack, body, channel, &reply))
        change(slack, channel, kit_json_text(body, "message"), messages, &reply);
    cJSON_Delete(messages);
    finish_change(&reply, result);
}

static void do_delete(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                      struct tocsin_result *result)
{
    (void)action;
    char channel[SLACK_ID];
    struct slack_reply reply;
    if (slack_channel(slack, kit_json_text(body, "channel"), channel, &reply))
        change(slack, channel, kit_json_text(body, "message"), NULL, &reply);
    finish_change(&reply, result);
}

static void do_pin(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                   struct tocsin_result *result)
{
    (void)action;
    struct slack_reply reply;
    slack_call(slack, "pins.add",
               kit_json_texts("channel", kit_json_text(body, "channel"), "timestamp",
                              kit_json_text(body, "message"), NULL),
               NULL, false, &reply);
    slack_result(&reply, result);
    if (!slack_skip_extra(slack, &reply, result) &&
        (slack_said(&reply, "already_pinned") || slack_is_gone(&reply)))
        result->code = TOCSIN_DONE;
    slack_reply_finish(&reply);
}

static void do_form(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    struct slack_reply reply;
    cJSON *arguments = kit_json_texts("trigger_id", kit_json_text(body, "trigger"), NULL);
    cJSON_AddItemToObject(arguments, "view",
                          slack_view_of_form(kit_json_member(body, "form"), kit_json_text(body, "channel")));
    slack_call(slack, "views.open", arguments, NULL, true, &reply);
    slack_result(&reply, result);
    if (action->attempt > 1 && slack_said(&reply, "exchanged_trigger_id")) /* the earlier attempt showed it */
        result->code = TOCSIN_DONE;
    slack_reply_finish(&reply);
}

static const char *channel_of_customer(const struct slack *slack, const char *customer)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, slack->customers)
    {
        if (strcasecmp(cJSON_GetStringValue(row), customer) == 0)
            return row->string;
    }
    return NULL;
}

static void do_tell(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                    struct tocsin_result *result)
{
    const char *mapped = channel_of_customer(slack, kit_json_text(body, "customer"));
    const char *channel = kit_json_text_or(body, "address", mapped);
    struct posting p = {
        .slack = slack, .action = action, .channel = "", .thread = "", .user = "", .once = true};
    if (!channel)
        return; /* done without an id: this connector does not have the customer */
    cJSON *messages = slack_messages_of_text(kit_json_text(body, "text"));
    post_in(&p, channel, messages);
    finish(&p, result);
    cJSON_Delete(messages);
}

static const struct kind {
    const char *name;
    slack_performer *perform;
} kinds[] = {
    {"post", do_post},
    {"edit", do_edit},
    {"delete", do_delete},
    {"pin", do_pin},
    {"page", do_page},
    {"form", do_form},
    {"desk.tell", do_tell},
    {"desk.find", slack_find_customer},
    {"person.find", do_find},
    {"channel.open", slack_channel_open},
    {"channel.topic", slack_channel_topic},
    {"channel.invite", slack_channel_invite},
    {"channel.remove", slack_channel_remove},
    {"channel.archive", slack_channel_archive},
    {"channel.bookmark", slack_channel_bookmark},
    {"group.members", slack_group_members},
};

void slack_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length);
    const struct kind *kind = NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, action->kind) == 0)
            kind = &kinds[i];
    }
    slack_deadline(action->deadline_ms > 2 * SPARE_MS ? action->deadline_ms - SPARE_MS : action->deadline_ms);
    if (kind && body)
        kind->perform(self, action, body, result);
    else
        kit_result(result, TOCSIN_REFUSED, "this connector does not support this kind of action");
    slack_deadline(0);
    cJSON_Delete(body);
}
