/* Actions -> lines, and what the answers mean. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/card.h>
#include <tocsin/kit/lines.h>

#include "irc.h"

#define CHANNEL_MOST 45 /* bytes of a name that may get a number: RFC 2812 has 50 */

struct act {
    struct irc *irc;
    const struct tocsin_action *action;
    const cJSON *body;
    struct tocsin_result *result;
    struct irc_job job;
    int64_t end; /* by irc_now */
};

static const char *text_of(const struct act *act, const char *name)
{
    return kit_json_text(act->body, name);
}

static const char *at(const cJSON *texts, int i)
{
    return i < cJSON_GetArraySize(texts) ? cJSON_GetArrayItem(texts, i)->valuestring : "";
}

static void begin(struct act *act)
{
    cJSON_Delete(act->job.lines);
    cJSON_Delete(act->job.replies);
    act->job = (struct irc_job){.lines = cJSON_CreateArray()};
}

/* Sends the lines. True: the server has nothing against `target`. Else the result says what. */
static bool ask(struct act *act, const char *target)
{
    static const char *const words[] = {[TOCSIN_DONE] = "",
                                        [TOCSIN_RETRY] = "there is no connection to the IRC server",
                                        [TOCSIN_UNKNOWN] = "the IRC server did not answer"};
    const cJSON *row;
    int32_t code = irc_ask(act->irc, &act->job, act->end - irc_now());
    kit_result(act->result, code, "%s", words[code]);
    cJSON_ArrayForEach(row, act->job.replies)
    {
        bool split = strcmp(at(row, 0), "437") == 0; /* the network is */
        if (code == TOCSIN_DONE && *at(row, 0) == '4' && strcasecmp(at(row, 2), target) == 0)
            kit_result(act->result, split ? TOCSIN_RETRY : TOCSIN_REFUSED, "%s: the server says: %s", target,
                       at(row, cJSON_GetArraySize(row) - 1));
    }
    return act->result->code == TOCSIN_DONE;
}

/* ---- messages ---- */

static void add_messages(struct act *act, const char *target)
{
    struct irc *irc = act->irc;
    struct kit_text text = {0};
    const cJSON *line;
    const char *words = text_of(act, "text");
    size_t room = IRC_LINE - strlen("PRIVMSG  :\r\n") - strlen(target) - irc->link.prefix;
    int skip = act->action->attempt > 1 && strcmp(irc->cut_key, act->action->key) == 0 ? irc->cut_confirmed : 0;
    kit_card(kit_json_member(act->body, "card"), strcmp(act->action->kind, "page") != 0, KIT_IRC, &text);
    kit_commonmark(words, strlen(words), KIT_IRC, &text);
    cJSON *lines = kit_lines(kit_text_get(&text), room, (int)kit_json_int(irc->settings, "lines", 0));
    cJSON_ArrayForEach(line, lines)
    {
        if (skip-- <= 0)
            irc_say(irc, act->job.lines, "PRIVMSG %s :%s", target, line->valuestring);
    }
    cJSON_Delete(lines);
    kit_text_finish(&text);
}

/* Sends them. If the connection breaks meanwhile, the next attempt goes on behind those that the server had passed on. */
static void send_messages(struct act *act, const char *target)
{
    struct irc *irc = act->irc;
    bool all = ask(act, target);
    snprintf(irc->cut_key, sizeof(irc->cut_key), "%s", all ? "" : act->action->key);
    irc->cut_confirmed = act->job.confirmed;
    snprintf(act->result->remote_id, sizeof(act->result->remote_id), "%s",
             *act->job.msgid ? act->job.msgid : act->action->id);
}

/* Adds a line for each nick that is known to be the person's, else for what may be one. */
static void add_nicks(struct act *act, const char *account, const char *verb, const char *channel)
{
    const cJSON *row;
    bool kicks = strcmp(verb, "KICK") == 0, found = false;
    pthread_mutex_lock(&act->irc->lock);
    cJSON_ArrayForEach(row, act->irc->link.nicks)
    {
        if (strcasecmp(row->valuestring, account) != 0)
            continue;
        irc_say(act->irc, act->job.lines, "%s %s %s", verb, kicks ? channel : row->string,
                kicks ? row->string : channel);
        found = true;
    }
    pthread_mutex_unlock(&act->irc->lock);
    if (!found && *account && !strpbrk(account, " ,:\r\n"))
        irc_say(act->irc, act->job.lines, "%s %s %s", verb, kicks ? channel : account,
                kicks ? account : channel);
}

/* Writes to those nicks that are the person's now, says the server. */
static void say_to_person(struct act *act, const char *account)
{
    const char *numeric = irc_is_by(act->irc, "account") ? "330" : "311"; /* nick and account; nick and user */
    const cJSON *row;
    add_nicks(act, account, "WHOIS", "");
    if (!ask(act, ""))
        return;
    cJSON *replies = act->job.replies;
    act->job.replies = NULL;
    begin(act);
    cJSON_ArrayForEach(row, replies)
    {
        if (strcmp(at(row, 0), numeric) == 0 &&
            strcasecmp(at(row, irc_is_by(act->irc, "nick") ? 2 : 3), account) == 0)
            add_messages(act, at(row, 2));
    }
    if (act->job.lines->child)
        send_messages(act, "");
    else
        kit_result(act->result, TOCSIN_REFUSED, "nobody on IRC is logged in as %s now", account);
    cJSON_Delete(replies);
}

/* ---- channels ---- */

/* Joins it first where we are not in it, and from now on. */
static void add_join(struct act *act, const char *channel, const char *key)
{
    struct irc *irc = act->irc;
    pthread_mutex_lock(&irc->lock);
    if (!kit_json_true(irc->link.channels, channel))
        irc_say(irc, act->job.lines, "JOIN %s", channel);
    if (!kit_json_member(irc->rooms, channel))
        cJSON_AddStringToObject(irc->rooms, channel, key);
    pthread_mutex_unlock(&irc->lock);
}

/* With the outcome; without one that is left. */
static void keep_rooms(struct irc *irc, const char *left)
{
    pthread_mutex_lock(&irc->lock);
    cJSON_DeleteItemFromObjectCaseSensitive(irc->rooms, left);
    char *text = cJSON_PrintUnformatted(irc->rooms);
    pthread_mutex_unlock(&irc->lock);
    irc->host->keep(irc->host->ctx, "rooms", text, strlen(text));
    cJSON_free(text);
}

/* Whoever makes a channel is its operator; in one that was there before, we are not. */
static bool is_made(const struct act *act)
{
    const cJSON *row;
    char us[IRC_NAME + 1];
    bool made = false;
    snprintf(us, sizeof(us), "@%s", act->irc->link.nick);
    cJSON_ArrayForEach(row, act->job.replies)
    {
        made |= strcmp(at(row, 0), "353") == 0 && strstr(at(row, 4), us);
    }
    return made;
}

/* Joins the channel with that name, or with a number, if nobody else has it. */
static bool open_channel(struct act *act, char channel[IRC_NAME])
{
    const char *name = text_of(act, "name"), *key;
    char numbered[IRC_NAME];
    for (int i = 1, n = (int)kit_utf8_cut(name, strlen(name), CHANNEL_MOST); i < 10; i++) {
        snprintf(numbered, sizeof(numbered), i == 1 ? "%.*s" : "%.*s-%d", n, name, i);
        if (!irc_channel(numbered, channel, IRC_NAME))
            return false;
        key = kit_json_text_or(act->irc->rooms, channel, NULL);
        if (key && strcmp(key, act->action->key) != 0)
            continue;
        begin(act);
        add_join(act, channel, act->action->key);
        if (!ask(act, channel) || key || is_made(act))
            return act->result->code == TOCSIN_DONE;
        begin(act);
        irc_say(act->irc, act->job.lines, "PART %s", channel);
        ask(act, "");
        keep_rooms(act->irc, channel);
    }
    return false;
}

static void do_channel(struct act *act)
{
    const cJSON *row, *users = kit_json_member(act->body, "users");
    const cJSON *people = users ? users : kit_json_member(act->body, "members");
    const char *verb = strchr(act->action->kind, '.') + 1, *topic = text_of(act, "topic");
    bool opens = strcmp(verb, "open") == 0, archives = strcmp(verb, "archive") == 0;
    char channel[IRC_NAME];
    if (opens && kit_json_true(act->body, "private")) {
        kit_result(act->result, TOCSIN_REFUSED,
                   "nothing keeps a channel of IRC private for certain; members are written to directly");
        return;
    }
    if (opens ? !open_channel(act, channel) : !irc_channel(text_of(act, "channel"), channel, sizeof(channel))) {
        if (act->result->code == TOCSIN_DONE)
            kit_result(act->result, TOCSIN_REFUSED, "there can be no channel with that name");
        return;
    }
    begin(act);
    if (opens || archives)
        irc_say(act->irc, act->job.lines, opens ? "MODE %s +n-t" : "PART %s", channel);
    if (*topic)
        irc_say(act->irc, act->job.lines, "TOPIC %s :%.*s", channel,
                (int)kit_utf8_cut(topic, strlen(topic), 300), topic);
    cJSON_ArrayForEach(row, people)
    {
        add_nicks(act, cJSON_IsString(row) ? row->valuestring : "", "INVITE", channel);
    }
    add_nicks(act, text_of(act, "who"), "KICK", channel);
    ask(act, opens || archives ? "" : channel);
    snprintf(act->result->remote_id, sizeof(act->result->remote_id), "%s", channel);
    keep_rooms(act->irc, archives ? channel : "");
}

static void do_post(struct act *act)
{
    const char *to = text_of(act, "to"), *place = text_of(act, "channel");
    char channel[IRC_NAME];
    if (*to || *place == '@') { /* "@ana": where she talks with us directly */
        say_to_person(act, *to ? to : place + 1);
    } else if (irc_channel(place, channel, sizeof(channel))) {
        add_join(act, channel, "");
        add_messages(act, channel);
        send_messages(act, channel);
        keep_rooms(act->irc, "");
    } else {
        kit_result(act->result, TOCSIN_REFUSED, "that is no name of an IRC channel");
    }
}

void irc_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    cJSON *body = kit_json_parse(action->body, action->body_length);
    struct act act = {self, action, body, result, {0}, irc_now() + action->deadline_ms};
    begin(&act);
    if (strcmp(action->kind, "post") == 0)
        do_post(&act);
    else if (strcmp(action->kind, "page") == 0)
        say_to_person(&act, kit_json_text(body, "user"));
    else if (strncmp(action->kind, "channel.", 8) == 0)
        do_channel(&act);
    else
        kit_result(result, TOCSIN_REFUSED, "IRC has no %s", action->kind);
    cJSON_Delete(act.job.lines);
    cJSON_Delete(act.job.replies);
    cJSON_Delete(body);
}
