/* What the server says: how we sign in, and what people do, as events. Who somebody is, it says: with each line (account-tag), or when
   that changes. */
#include <openssl/evp.h>
#include <stdlib.h>

#include <tocsin/kit/commonmark.h>

#include "irc.h"

#define EVENTS_MOST 500 /* that wait for the core; older ones are lost */

static bool is(const struct irc_line *line, const char *command)
{
    return strcmp(line->command, command) == 0;
}

/* "*" and "0" are no accounts. To the network, Ana and ana are the same. */
static void know(struct irc *irc, const char *nick, const char *account)
{
    char id[IRC_NAME];
    kit_clean_name(account, id, sizeof(id));
    kit_lower(id);
    kit_json_set(irc->link.nicks, nick, cJSON_CreateString(strspn(id, "*0") == strlen(id) ? "" : id));
}

/* What a line says about whoever sent it. Who joins, or writes to us alone, may have got the nick unseen. */
static void learn(struct irc *irc, const struct irc_line *line)
{
    const char *caps = irc->link.caps, *to = line->params[0];
    char account[IRC_NAME];
    if (irc_is_by(irc, "nick"))
        know(irc, line->nick, line->nick);
    else if (irc_is_by(irc, "user"))
        know(irc, line->nick, *line->user == '~' ? "" : line->user);
    else if (is(line, "ACCOUNT"))
        know(irc, line->nick, to);
    else if (irc_tag(line, "account", account, sizeof(account)) || kit_has_word(caps, "account-tag"))
        know(irc, line->nick, account);
    else if (is(line, "JOIN") || !strchr("#&+!", *to))
        know(irc, line->nick, is(line, "JOIN") && kit_has_word(caps, "extended-join") ? line->params[1] : "");
}

/* Tells somebody whom the network does not name what to do: once. Perhaps it does when it is asked. */
static void tell_unknown(struct irc *irc, const char *nick)
{
    cJSON *queue = irc->link.queue;
    if (kit_json_true(irc->link.told, nick) || cJSON_GetArraySize(queue) > 9)
        return;
    kit_json_set(irc->link.told, nick, cJSON_CreateTrue());
    irc_say(irc, queue, "WHOIS %s", nick);
    irc_say(irc, queue,
            "NOTICE %s :I do not know who you are, so I do nothing for you. Log in to your account on this "
            "network (often: /msg NickServ IDENTIFY), then say it again, in a channel.",
            nick);
}

/* Adds an event, to be filled in further. id "": a new one; text NULL: none. */
static cJSON *add(struct irc *irc, const char *type, const char *id, const char *channel, const char *nick,
                  const char *text)
{
    const char *account = kit_json_text(irc->link.nicks, nick);
    char made[IRC_NAME], name[IRC_NAME];
    snprintf(made, sizeof(made), "%llu", ++irc->counter);
    cJSON *event = kit_json_texts("type", type, "id", *id ? id : made, "channel", channel, "text", text,
                                  "message", text && *id ? id : NULL, NULL);
    snprintf(made, sizeof(made), "~%s", nick);
    snprintf(name, sizeof(name), "%s (not logged in)", nick);
    cJSON *user = kit_json_texts("id", *account ? account : made, "name", *account ? account : name, NULL);
    cJSON_AddBoolToObject(user, "outside", !*account);
    cJSON_AddItemToObject(event, "user", user);
    cJSON_AddItemToArray(irc->events, event);
    if (cJSON_GetArraySize(irc->events) > EVENTS_MOST)
        cJSON_DeleteItemFromArray(irc->events, 0);
    return event;
}

/* Questions of clients to clients (CTCP) are not answered; one of them is how people wave. What a batch brings was said before. */
static void take_message(struct irc *irc, const struct irc_line *line)
{
    const char *account = kit_json_text(irc->link.nicks, line->nick), *to = line->params[0], *said = line->last;
    char channel[IRC_NAME], id[IRC_NAME];
    bool direct = strcasecmp(to, irc->link.nick) == 0, waves = !direct && strncmp(said, "\1ACTION ", 8) == 0;
    bool there = irc_channel(to, channel, sizeof(channel)) && kit_json_true(irc->link.channels, channel);
    struct kit_text text = {0};
    if ((!direct && !there) || (*said == '\1' && !waves) || irc_tag(line, "batch", id, sizeof(id)))
        return;
    if (direct)
        snprintf(channel, sizeof(channel), "@%s", account);
    kit_text_add(&text, waves ? "* " : "");
    kit_irc_plain(said + (waves ? 8 : 0), &text);
    irc_tag(line, "msgid", id, sizeof(id));
    const char *to_us = kit_said_to(kit_text_get(&text), irc->link.nick, true);
    cJSON *event = add(irc, "message", id, channel, line->nick, to_us ? to_us : kit_text_get(&text));
    cJSON_AddBoolToObject(event, "mention", to_us != NULL);
    cJSON_AddBoolToObject(event, "direct", direct);
    if (!*account && (direct || to_us || strncasecmp(kit_text_get(&text), "!inc", 4) == 0))
        tell_unknown(irc, line->nick);
    kit_text_finish(&text);
}

/* What somebody, perhaps we, did. */
static void take_act(struct irc *irc, const struct irc_line *line)
{
    struct irc_link *link = &irc->link;
    bool gone = is(line, "PART") || is(line, "QUIT") || is(line, "KICK");
    const char *who = is(line, "KICK") ? line->params[1] : line->nick;
    bool ours = strcmp(who, link->nick) == 0;
    char channel[IRC_NAME] = "", id[3 * IRC_NAME];
    bool there = irc_channel(line->params[is(line, "INVITE")], channel, sizeof(channel));
    if (!ours)
        learn(irc, line);
    if (is(line, "PRIVMSG") && !ours) {
        take_message(irc, line);
    } else if (is(line, "JOIN") && ours) {
        kit_json_set(link->channels, channel, cJSON_CreateTrue());
        link->prefix = strlen(line->nick) + strlen(line->user) + strlen(line->host) + strlen(":!@ ");
        if (kit_has_word(link->caps, "account-notify") &&
            irc_is_by(irc, "account")) /* then it knows WHOX, too */
            irc_say(irc, link->queue, "WHO %s %%tna,42", channel);
    } else if (is(line, "JOIN") && there && *kit_json_text(link->nicks, line->nick)) {
        /* Whoever comes back after a netsplit, or with a second client, has joined before: the same id says so. */
        snprintf(id, sizeof(id), "join %s %s", channel, kit_json_text(link->nicks, line->nick));
        add(irc, "join", id, channel, line->nick, NULL);
    } else if (gone && ours) {
        kit_json_set(link->channels, channel, cJSON_CreateString(line->last));
    } else if (gone) { /* without a common channel we do not see who takes the nick next */
        cJSON_DeleteItemFromObjectCaseSensitive(link->nicks, who);
        cJSON_DeleteItemFromObjectCaseSensitive(link->told, who);
        if (strcmp(who, irc_setting(irc, "nick")) == 0)
            link->nick_at = 0; /* it may be free for us */
    } else if (is(line, "INVITE") && kit_json_member(irc->rooms, channel)) {
        irc_say(irc, link->queue, "JOIN %s", channel);
    } else if (is(line, "NICK")) {
        kit_json_set(link->nicks, line->params[0],
                     cJSON_DetachItemFromObjectCaseSensitive(link->nicks, line->nick));
        if (ours)
            snprintf(link->nick, sizeof(link->nick), "%s", line->params[0]);
    }
}

static void take(struct irc *irc, const struct irc_line *line)
{
    char channel[IRC_NAME];
    if (*line->user)
        take_act(irc, line);
    else if (is(line, "330") && irc_is_by(irc, "account")) /* of WHOIS */
        know(irc, line->params[1], line->params[2]);
    else if (is(line, "311") && irc_is_by(irc, "nick"))
        know(irc, line->params[1], line->params[1]);
    else if (is(line, "311") && irc_is_by(irc, "user"))
        know(irc, line->params[1], *line->params[2] == '~' ? "" : line->params[2]);
    else if (is(line, "354")) /* of WHO, as we ask it */
        know(irc, line->params[2], line->params[3]);
    else if (kit_has_word("403 405 437 471 473 474 475 476 477 479 489", line->command) && /* we may not join */
             irc_channel(line->params[1], channel, sizeof(channel)) &&
             !kit_json_true(irc->link.channels, channel))
        kit_json_set(irc->link.channels, channel, cJSON_CreateString(line->last));
}

static const char *const wanted[] = {"message-tags", "account-tag", "account-notify",   "extended-join",
                                     "echo-message", "batch",       "labeled-response", "sasl"};
#define WANTED (int)(sizeof(wanted) / sizeof(wanted[0]))

void irc_sign_in(struct irc *irc)
{
    struct irc_link *link = &irc->link;
    link->phase = IRC_SIGNING_IN;
    link->queue = cJSON_CreateArray();
    link->channels = cJSON_CreateObject();
    link->nicks = cJSON_CreateObject();
    link->told = cJSON_CreateObject();
    link->heard_at = link->nick_at = kit_now_ms();
    link->prefix = 140; /* until we see it */
    snprintf(link->nick, sizeof(link->nick), "%s", irc_setting(irc, "nick"));
    for (int i = 0; i < WANTED; i++)
        irc_say(irc, NULL, "CAP REQ :%s", wanted[i]);
    if (*irc_setting(irc, "server_password"))
        irc_say(irc, NULL, "PASS :%s", irc_setting(irc, "server_password"));
    irc_say(irc, NULL, "NICK %s", link->nick);
    irc_say(irc, NULL, "USER %s 0 * :Tocsin", link->nick);
}

/* Each request of a capability has an answer, unless the server knows no capabilities. */
static void take_cap(struct irc *irc, const struct irc_line *line)
{
    size_t n = strlen(irc->link.caps);
    bool external = *irc_setting(irc, "certificate");
    if (strcmp(line->params[1], "ACK") == 0)
        snprintf(irc->link.caps + n, sizeof(irc->link.caps) - n, " %s", line->last);
    if (++irc->link.answers != WANTED)
        return;
    if (!external && !*irc_setting(irc, "account"))
        irc_say(irc, NULL, "CAP END");
    else if (kit_has_word(irc->link.caps, "sasl"))
        irc_say(irc, NULL, "AUTHENTICATE %s", external ? "EXTERNAL" : "PLAIN");
    else
        irc_drop(irc, TOCSIN_E_AUTH, "the server knows no SASL; remove `account`, `password`, `certificate`");
}

static void authenticate(struct irc *irc)
{
    char plain[300], encoded[401] = "+";
    int n = snprintf(plain, sizeof(plain), "%c%s%c%s", 0, irc_setting(irc, "account"), 0,
                     irc_setting(irc, "password"));
    if (!*irc_setting(irc, "certificate"))
        EVP_EncodeBlock((unsigned char *)encoded, (unsigned char *)plain, n < 297 ? n : 297);
    irc_say(irc, NULL, "AUTHENTICATE %s", encoded);
}

void irc_take(struct irc *irc, const struct irc_line *line)
{
    struct irc_link *link = &irc->link;
    int numeric = strspn(line->command, "0123456789") == 3 ? atoi(line->command) : 0;
    bool signing_in = link->phase == IRC_SIGNING_IN;
    const cJSON *room;
    if (is(line, "PING")) {
        irc_say(irc, NULL, "PONG :%s", line->last);
    } else if (is(line, "ERROR")) {
        irc_drop(irc, TOCSIN_E_FAILED, "the server closed the connection: %s", line->last);
    } else if (is(line, "PONG") && strcmp(line->last, "tocsin-joined") == 0) {
        link->phase = IRC_UP;
    } else if (signing_in && is(line, "CAP")) {
        take_cap(irc, line);
    } else if (signing_in && is(line, "AUTHENTICATE")) {
        authenticate(irc);
    } else if (signing_in && numeric == 903) {
        irc_say(irc, NULL, "CAP END");
    } else if (signing_in && ((numeric >= 902 && numeric <= 906) || numeric == 464 || numeric == 465)) {
        irc_drop(irc, TOCSIN_E_AUTH,
                 "refused: %s. Check `account` and `password`, `certificate`, or `server_password`",
                 line->last);
    } else if (signing_in && (numeric == 432 || (numeric == 433 && link->nicks_tried == 9))) {
        irc_drop(irc, TOCSIN_E_CONFIG, "the server does not let us be called %s: %s. Choose another `nick`",
                 link->nick, line->last);
    } else if (signing_in && (numeric == 433 || numeric == 436 || numeric == 437)) {
        /* Somebody has it, perhaps ourselves on a dead connection: later it is tried again. 9 letters always fit. */
        snprintf(link->nick, sizeof(link->nick), "%.8s%d", irc_setting(irc, "nick"), ++link->nicks_tried);
        irc_say(irc, NULL, "NICK %s", link->nick);
    } else if (signing_in && numeric == 1) {
        snprintf(link->nick, sizeof(link->nick), "%s", line->params[0]);
        link->phase = IRC_REGISTERED;
    } else if (numeric == 376 || numeric == 422) {
        cJSON_ArrayForEach(room, irc->rooms)
        {
            irc_say(irc, link->queue, "JOIN %s", room->string);
        }
        irc_say(irc, link->queue, "PING :tocsin-joined");
    } else {
        take(irc, line);
    }
}
