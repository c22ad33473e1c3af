/* Signing in: capabilities, SASL, nick; then the channels. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irc.h"

static const char *const wanted[] = {"message-tags", "account-tag", "account-notify",   "extended-join",
                                     "echo-message", "batch",       "labeled-response", "sasl"};
#define WANTED (int)(sizeof(wanted) / sizeof(wanted[0]))

void irc_sign_in(struct irc *irc)
{
    struct irc_link *link = &irc->link;
    link->queue = cJSON_CreateArray();
    link->channels = cJSON_CreateObject();
    link->nicks = cJSON_CreateObject();
    link->told = cJSON_CreateObject();
    link->heard_at = link->nick_at = irc_now();
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
    bool external = *irc_setting(irc, "certificate"), logs_in = external || *irc_setting(irc, "account");
    if (strcmp(line->params[1], "ACK") == 0)
        kit_text_addf(&irc->link.caps, " %s ", line->last);
    if (++irc->link.answers != WANTED)
        return;
    if (!logs_in)
        irc_say(irc, NULL, "CAP END");
    else if (irc_has(irc, "sasl"))
        irc_say(irc, NULL, "AUTHENTICATE %s", external ? "EXTERNAL" : "PLAIN");
    else
        irc_drop(irc, TOCSIN_E_AUTH,
                 "the server knows no SASL; remove `account`, `password` and `certificate`");
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

/* Somebody has it, perhaps ourselves on a connection that the server does not know to be dead: later it is tried again. */
static void take_other_nick(struct irc *irc, const struct irc_line *line)
{
    struct irc_link *link = &irc->link;
    bool first = strcmp(link->nick, irc_setting(irc, "nick")) == 0;
    int number = first ? 0 : link->nick[strlen(link->nick) - 1] - '0';
    snprintf(link->nick, sizeof(link->nick), "%.8s%d", irc_setting(irc, "nick"),
             number + 1); /* 9 letters always fit */
    if (number == 9 || strcmp(line->command, "432") == 0)
        irc_drop(irc, TOCSIN_E_CONFIG, "the server does not let us be called %s: %s. Choose another `nick`",
                 irc_setting(irc, "nick"), line->last);
    else
        irc_say(irc, NULL, "NICK %s", link->nick);
}

static void join_all(struct irc *irc)
{
    const cJSON *room;
    cJSON_ArrayForEach(room, irc->rooms)
    {
        irc_say(irc, irc->link.queue, "JOIN %s", room->string);
    }
    irc_say(irc, irc->link.queue, "PING :tocsin-joined");
}

void irc_take_session(struct irc *irc, const struct irc_line *line)
{
    struct irc_link *link = &irc->link;
    int numeric = strspn(line->command, "0123456789") == 3 ? atoi(line->command) : 0;
    bool signing_in = link->phase == IRC_SIGNING_IN;
    if (strcmp(line->command, "PING") == 0)
        irc_say(irc, NULL, "PONG :%s", line->last);
    else if (strcmp(line->command, "ERROR") == 0)
        irc_drop(irc, TOCSIN_E_FAILED, "the server closed the connection: %s", line->last);
    else if (strcmp(line->command, "PONG") == 0 && strcmp(line->last, "tocsin-joined") == 0)
        link->phase = IRC_UP;
    else if (signing_in && strcmp(line->command, "CAP") == 0)
        take_cap(irc, line);
    else if (signing_in && strcmp(line->command, "AUTHENTICATE") == 0)
        authenticate(irc);
    else if (signing_in && numeric == 903)
        irc_say(irc, NULL, "CAP END");
    else if (signing_in && (numeric == 902 || (numeric >= 904 && numeric <= 906)))
        irc_drop(irc, TOCSIN_E_AUTH,
                 "the server refuses the login: %s. Check `account` and `password`, or `certificate`",
                 line->last);
    else if (signing_in && (numeric == 464 || numeric == 465))
        irc_drop(irc, TOCSIN_E_AUTH, "the server turns us away: %s. Check `server_password`", line->last);
    else if (signing_in && (numeric == 432 || numeric == 433 || numeric == 436 || numeric == 437))
        take_other_nick(irc, line);
    else if (signing_in && numeric == 1) {
        snprintf(link->nick, sizeof(link->nick), "%s", line->params[0]);
        link->phase = IRC_REGISTERED;
    } else if (numeric == 376 || numeric == 422)
        join_all(irc);
    else
        irc_take(irc, line);
}
