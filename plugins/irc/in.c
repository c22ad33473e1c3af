/* What people do -> events. Who somebody is, the network says: with each line (account-tag), or when it changes. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "irc.h"

#define EVENTS_MOST 500 /* that wait for the core */

static void put(cJSON *object, const char *name, cJSON *value)
{
    cJSON_DeleteItemFromObjectCaseSensitive(object, name);
    cJSON_AddItemToObject(object, name, value);
}

static bool is(const struct irc_line *line, const char *command)
{
    return strcmp(line->command, command) == 0;
}

/* ---- who is who ---- */

/* "*" and "0" are no accounts. To the network, Ana and ana are the same. */
static void know(struct irc *irc, const char *nick, const char *account)
{
    char id[IRC_NAME];
    kit_clean_name(account, id, sizeof(id));
    for (char *p = id; *p; p++)
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p | 0x20 : *p);
    put(irc->link.nicks, nick, cJSON_CreateString(strspn(id, "*0") == strlen(id) ? "" : id));
}

/* What a line says about whoever sent it. */
static void learn(struct irc *irc, const struct irc_line *line)
{
    char account[IRC_NAME];
    bool tagged = irc_tag(line, "account", account, sizeof(account)) || irc_has(irc, "account-tag");
    if (irc_is_by(irc, "nick"))
        know(irc, line->nick, line->nick);
    else if (irc_is_by(irc, "user"))
        know(irc, line->nick, *line->user == '~' ? "" : line->user);
    else if (is(line, "ACCOUNT"))
        know(irc, line->nick, line->params[0]);
    else if (tagged)
        know(irc, line->nick, account);
    else if (is(line, "JOIN") || !strchr("#&+!", *line->params[0])) /* the nick may have changed hands unseen */
        know(irc, line->nick, is(line, "JOIN") && irc_has(irc, "extended-join") ? line->params[1] : "");
}

/* Tells somebody whom the network does not name what to do: once. Perhaps it does when it is asked. */
static void tell_unknown(struct irc *irc, const char *nick)
{
    cJSON *queue = irc->link.queue;
    if (kit_json_true(irc->link.told, nick) || cJSON_GetArraySize(queue) > 9)
        return;
    put(irc->link.told, nick, cJSON_CreateTrue());
    irc_say(irc, queue, "WHOIS %s", nick);
    irc_say(
        irc, queue,
        "NOTICE %s :I do not know who you are, so I do nothing for you. Log in to your account on this network "
        "(often: /msg NickServ IDENTIFY), then say it again, in a channel.",
        nick);
}

/* ---- events ---- */

/* Adds an event, to be filled in further. id "": a new one. */
static cJSON *add(struct irc *irc, const char *type, const char *id, const char *channel, const char *nick)
{
    char made[IRC_NAME + 2], name[IRC_NAME + 20];
    const char *account = kit_json_text(irc->link.nicks, nick);
    snprintf(made, sizeof(made), "%llu", ++irc->counter);
    cJSON *event = kit_json_texts("type", type, "id", *id ? id : made, "channel", channel, NULL);
    snprintf(made, sizeof(made), "~%s", nick);
    snprintf(name, sizeof(name), "%s (not logged in)", nick);
    cJSON *user = kit_json_texts("id", *account ? account : made, "name", *account ? account : name, NULL);
    cJSON_AddBoolToObject(user, "outside", !*account);
    cJSON_AddItemToObject(event, "user", user);
    cJSON_AddItemToArray(irc->events, event);
    if (cJSON_GetArraySize(irc->events) > EVENTS_MOST) {
        kit_log(irc->host, KIT_WARNING, "Tocsin takes no events, so the oldest of %d is lost", EVENTS_MOST);
        cJSON_DeleteItemFromArray(irc->events, 0);
    }
    return event;
}

void irc_emit(struct irc *irc)
{
    while (irc->events->child &&
           kit_emit(irc->host, cJSON_Duplicate(irc->events->child, true)) != TOCSIN_EMIT_RETRY)
        cJSON_DeleteItemFromArray(irc->events, 0);
}

/* "tocsin: accept", "@tocsin accept": what is said to us. NULL: we are not addressed. */
static const char *said_to_us(const struct irc *irc, const char *text)
{
    size_t n = strlen(irc->link.nick);
    const char *name = text + (*text == '@'), *end = name + n;
    bool named = strncasecmp(name, irc->link.nick, n) == 0 && *end && strchr(name > text ? " ,:" : ",:", *end);
    return named ? end + strspn(end, " ,:") : NULL;
}

/* Questions of clients to clients (CTCP) are not answered; one of them is how people wave. What a batch brings was said before. */
static void take_message(struct irc *irc, const struct irc_line *line)
{
    char channel[IRC_NAME + 2], id[IRC_NAME];
    bool direct = strcasecmp(line->params[0], irc->link.nick) == 0,
         waves = strncmp(line->last, "\1ACTION ", 8) == 0;
    const char *account = kit_json_text(irc->link.nicks, line->nick);
    struct kit_text text = {0};
    snprintf(channel, sizeof(channel), "@%s", account);
    if (!direct &&
        (!irc_channel(line->params[0], channel, IRC_NAME) || !kit_json_true(irc->link.channels, channel)))
        return;
    if ((*line->last == '\1' && (direct || !waves)) || irc_tag(line, "batch", id, sizeof(id)))
        return;
    kit_text_add(&text, waves ? "* " : "");
    irc_plain(line->last + (waves ? 8 : 0), &text);
    irc_tag(line, "msgid", id, sizeof(id));
    const char *to_us = said_to_us(irc, kit_text_get(&text));
    cJSON *event = add(irc, "message", id, channel, line->nick);
    cJSON_AddStringToObject(event, "text", to_us ? to_us : kit_text_get(&text));
    cJSON_AddBoolToObject(event, "mention", to_us != NULL);
    cJSON_AddBoolToObject(event, "direct", direct);
    if (*id)
        cJSON_AddStringToObject(event, "message", id);
    if (!*account && (direct || to_us || strncasecmp(kit_text_get(&text), "!inc", 4) == 0))
        tell_unknown(irc, line->nick);
    kit_text_finish(&text);
}

/* Whoever comes back after a netsplit, or with a second client, has joined before: the same id says so. */
static void take_join(struct irc *irc, const struct irc_line *line, const char *channel)
{
    const char *account = kit_json_text(irc->link.nicks, line->nick);
    char id[2 * IRC_NAME];
    if (strcmp(line->nick, irc->link.nick) == 0) {
        put(irc->link.channels, channel, cJSON_CreateTrue());
        irc->link.prefix =
            strlen(line->nick) + strlen(line->user) + strlen(line->host) + 4; /* ":nick!user@host " */
        if (irc_has(irc, "account-notify"))                                   /* then it knows WHOX, too */
            irc_say(irc, irc->link.queue, "WHO %s %%tna,42", channel);
    } else if (*account) {
        snprintf(id, sizeof(id), "join %s %s", channel, account);
        add(irc, "join", id, channel, line->nick);
    }
}

/* What somebody, perhaps we, did. */
static void take_act(struct irc *irc, const struct irc_line *line)
{
    const char *gone = is(line, "KICK")                       ? line->params[1]
                       : is(line, "PART") || is(line, "QUIT") ? line->nick
                                                              : NULL;
    bool ours = strcmp(gone ? gone : line->nick, irc->link.nick) == 0;
    char channel[IRC_NAME] = "";
    bool there = irc_channel(line->params[is(line, "INVITE")], channel, sizeof(channel));
    if (!ours)
        learn(irc, line);
    if (is(line, "PRIVMSG") && !ours) {
        take_message(irc, line);
    } else if (is(line, "JOIN") && there) {
        take_join(irc, line, channel);
    } else if (gone && ours) {
        put(irc->link.channels, channel, cJSON_CreateString(line->last));
    } else if (gone) { /* without a common channel we do not see who takes the nick next */
        cJSON_DeleteItemFromObjectCaseSensitive(irc->link.nicks, gone);
        cJSON_DeleteItemFromObjectCaseSensitive(irc->link.told, gone);
        irc->link.nick_at =
            strcmp(gone, irc_setting(irc, "nick")) == 0 ? 0 : irc->link.nick_at; /* it may be free */
    } else if (is(line, "INVITE") && kit_json_member(irc->rooms, channel)) {
        irc_say(irc, irc->link.queue, "JOIN %s", channel);
    } else if (is(line, "NICK")) {
        put(irc->link.nicks, line->params[0],
            cJSON_DetachItemFromObjectCaseSensitive(irc->link.nicks, line->nick));
        if (ours)
            snprintf(irc->link.nick, sizeof(irc->link.nick), "%s", line->params[0]);
    }
}

void irc_take(struct irc *irc, const struct irc_line *line)
{
    static const char kept_out[] = "403 405 437 471 473 474 475 476 477 479 489";
    char channel[IRC_NAME];
    if (*line->user)
        take_act(irc, line);
    else if (is(line, "330") && irc_is_by(irc, "account")) /* of WHOIS */
        know(irc, line->params[1], line->params[2]);
    else if (is(line, "354")) /* of WHO, as we ask it */
        know(irc, line->params[2], line->params[3]);
    else if (strlen(line->command) == 3 && strstr(kept_out, line->command) &&
             irc_channel(line->params[1], channel, sizeof(channel)) &&
             !kit_json_true(irc->link.channels, channel))
        put(irc->link.channels, channel, cJSON_CreateString(line->last));
}
