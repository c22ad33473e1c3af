/* Actions -> lines, and what the answers mean. perform() has the lock, but while it waits. */
#include <tocsin/kit/card.h>
#include <tocsin/kit/lines.h>
#include <tocsin/kit/store.h>

#include "irc.h"

#define CHANNEL_MOST 45 /* bytes of a name that may get a number: RFC 2812 has 50 */

static void refuse(struct irc_job *job, const char *why)
{
    kit_result(job->result, TOCSIN_REFUSED, "%s", why);
}

/* Sends the lines. True: the server has nothing against `target`. Else the result says what. */
static bool ask(struct irc *irc, struct irc_job *job, const char *target)
{
    int32_t code = job->result->code = irc_ask(irc, job, target);
    if (code)
        kit_result(job->result, code,
                   code == TOCSIN_RETRY ? "there is no connection to the IRC server"
                                        : "the IRC server did not answer");
    else if (*job->fault)
        kit_result(job->result, job->split ? TOCSIN_RETRY : TOCSIN_REFUSED, "%s: the server says: %s", target,
                   job->fault);
    return job->result->code == TOCSIN_DONE;
}

static void add_messages(struct irc *irc, struct irc_job *job, const char *target)
{
    size_t room = IRC_LINE - strlen("PRIVMSG  :\r\n") - strlen(target) - irc->link.prefix;
    struct kit_text text = {0};
    const cJSON *line;
    kit_body(job->body, strcmp(job->action->kind, "page") != 0, KIT_IRC, &text);
    cJSON *lines = kit_lines(kit_text_get(&text), room, (int)kit_json_int(irc->settings, "lines", 0));
    cJSON_ArrayForEach(line, lines)
    {
        irc_say(irc, job->lines, "PRIVMSG %s :%s", target, line->valuestring);
    }
    cJSON_Delete(lines);
    kit_text_finish(&text);
}

/* Sends what was added, but for what the server had passed on already when an earlier attempt was cut off. */
static void send_messages(struct irc *irc, struct irc_job *job, const char *target)
{
    int skip = strcmp(irc->cut_key, job->action->key) == 0 ? irc->cut_confirmed : 0;
    for (int i = 0; i < skip && job->lines->child; i++)
        cJSON_DeleteItemFromArray(job->lines, strncmp(job->lines->child->valuestring, "JOIN", 4) == 0);
    bool all = ask(irc, job, target);
    snprintf(irc->cut_key, sizeof(irc->cut_key), "%s", all ? "" : job->action->key);
    irc->cut_confirmed = skip + job->confirmed;
    snprintf(job->result->remote_id, sizeof(job->result->remote_id), "%s",
             *job->msgid ? job->msgid : job->action->id);
}

/* Adds a line for each nick that is known to be the person's, else for what may be one. After a WHOIS only those are known that it
   names. */
static void add_nicks(struct irc *irc, struct irc_job *job, const char *account, const char *verb,
                      const char *channel)
{
    bool kicks = strcmp(verb, "KICK") == 0, found = !*account || strpbrk(account, " ,:\r\n");
    cJSON *row;
    cJSON_ArrayForEach(row, irc->link.nicks)
    {
        if (!*account || strcasecmp(row->valuestring, account) != 0)
            continue;
        irc_say(irc, job->lines, "%s %s %s", verb, kicks ? channel : row->string,
                kicks ? row->string : channel);
        found = true;
        if (strcmp(verb, "WHOIS") == 0)
            cJSON_SetValuestring(row, "");
    }
    if (!found)
        irc_say(irc, job->lines, "%s %s %s", verb, kicks ? channel : account, kicks ? account : channel);
}

/* Writes to those nicks that are the person's now, says the server. */
static void say_to_person(struct irc *irc, struct irc_job *job, const char *account)
{
    const cJSON *row;
    add_nicks(irc, job, account, "WHOIS", "");
    if (!ask(irc, job, ""))
        return;
    cJSON_ArrayForEach(row, irc->link.nicks)
    {
        if (*account && strcasecmp(row->valuestring, account) == 0)
            add_messages(irc, job, row->string);
    }
    if (job->lines->child)
        send_messages(irc, job, "");
    else
        kit_result(job->result, TOCSIN_REFUSED, "nobody on IRC is logged in as %s now", account);
}

/* Joins a channel that we are not in, from now on; key NULL: leaves it. */
static void add_join(struct irc *irc, struct irc_job *job, const char *channel, const char *key)
{
    if (!key || !kit_json_true(irc->link.channels, channel))
        irc_say(irc, job->lines, "%s %s", key ? "JOIN" : "PART", channel);
    if (!key)
        cJSON_DeleteItemFromObjectCaseSensitive(irc->rooms, channel);
    else if (!kit_json_member(irc->rooms, channel))
        cJSON_AddStringToObject(irc->rooms, channel, key);
    kit_keep(irc->host, "rooms", irc->rooms);
}

/* Joins the channel with that name or, if another incident has it, with a number. */
static bool open_channel(struct irc *irc, struct irc_job *job, char channel[IRC_NAME])
{
    const char *name = kit_json_text(job->body, "name"), *key;
    char numbered[IRC_NAME];
    for (int i = 1, n = (int)kit_utf8_cut(name, strlen(name), CHANNEL_MOST); i < 10; i++) {
        snprintf(numbered, sizeof(numbered), i == 1 ? "%.*s" : "%.*s-%d", n, name, i);
        if (!irc_channel(numbered, channel, IRC_NAME))
            break;
        key = kit_json_text_or(irc->rooms, channel, NULL);
        if (!key || strcmp(key, job->action->key) == 0) {
            add_join(irc, job, channel, job->action->key);
            return ask(irc, job, channel);
        }
    }
    refuse(job, "there can be no channel with that name");
    return false;
}

static void do_channel(struct irc *irc, struct irc_job *job)
{
    const cJSON *row, *users = kit_json_member(job->body, "users");
    const cJSON *people = users ? users : kit_json_member(job->body, "members");
    const char *verb = strchr(job->action->kind, '.') + 1, *topic = kit_json_text(job->body, "topic");
    bool opens = strcmp(verb, "open") == 0, archives = strcmp(verb, "archive") == 0;
    char channel[IRC_NAME];
    if (opens ? !open_channel(irc, job, channel)
              : !irc_channel(kit_json_text(job->body, "channel"), channel, IRC_NAME))
        return;
    if (opens)
        irc_say(irc, job->lines, "MODE %s +n-t", channel);
    if (archives)
        add_join(irc, job, channel, NULL);
    if (*topic)
        irc_say(irc, job->lines, "TOPIC %s :%.*s", channel, (int)kit_utf8_cut(topic, strlen(topic), 300),
                topic);
    cJSON_ArrayForEach(row, people)
    {
        add_nicks(irc, job, cJSON_IsString(row) ? row->valuestring : "", "INVITE", channel);
    }
    add_nicks(irc, job, kit_json_text(job->body, "who"), "KICK", channel);
    ask(irc, job, opens || archives ? "" : channel);
    snprintf(job->result->remote_id, sizeof(job->result->remote_id), "%s", channel);
}

void irc_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result)
{
    struct irc *irc = self;
    cJSON *body = kit_json_parse(action->body, action->body_length);
    struct irc_job job = {.action = action, .body = body, .result = result, .lines = cJSON_CreateArray()};
    const char *to = kit_json_text(body, "to"), *user = kit_json_text(body, "user"),
               *place = kit_json_text(body, "channel");
    char channel[IRC_NAME];
    job.until = kit_now_ms() + action->deadline_ms;
    pthread_mutex_lock(&irc->lock);
    refuse(&job, "IRC has no such channel or action");
    if (kit_json_true(body, "private"))
        refuse(&job, "nothing keeps a channel of IRC private for certain, so members are written to directly");
    else if (strncmp(action->kind, "channel.", 8) == 0)
        do_channel(irc, &job);
    else if (strcmp(action->kind, "page") == 0 || *to || *place == '@') /* "@ana": where she talks with us */
        say_to_person(irc, &job, *to ? to : *user ? user : place + (*place == '@'));
    else if (strcmp(action->kind, "post") == 0 && irc_channel(place, channel, sizeof(channel))) {
        add_join(irc, &job, channel, "");
        add_messages(irc, &job, channel);
        send_messages(irc, &job, channel);
    }
    pthread_mutex_unlock(&irc->lock);
    cJSON_Delete(job.lines);
    cJSON_Delete(body);
}
