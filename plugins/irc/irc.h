/*
 * irc - an IRC network as a chat: no cards, buttons, edits or threads, and still the same incidents.
 *
 *     irc.c   settings; the connection and its life; the descriptor
 *     in.c    what the server says: signing in, and what people do; who they are
 *     out.c   actions -> lines
 *     link.c  lines taken apart; lines that wait to be sent, and actions that wait for the answers
 *
 * Threads: run() owns the connection, and check() before it. perform() hands over lines and waits. One lock guards all that changes;
 * it is never held while the core stores an event.
 */
#ifndef IRC_IRC_H
#define IRC_IRC_H

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/clock.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/stream.h>

#define IRC_LINE 512 /* bytes of a line with its CR LF; tags do not count */
#define IRC_NAME 200 /* bytes of a nick, an account, a channel, a message's id */

/* ":ana!a@host PRIVMSG #inc :it is slow". Texts point into what was parsed; none is NULL. `last` is that of the params. */
struct irc_line {
    const char *tags, *nick, *user, *host, *command, *params[15], *last;
    int n; /* params; those beyond are "" */
};

struct irc_job { /* an action: what perform() wants sent for it, and what came back; perform() owns it */
    const struct tocsin_action *action;
    const cJSON *body;
    struct tocsin_result *result;
    int64_t until;        /* by kit_now_ms */
    cJSON *lines;         /* texts */
    const char *target;   /* the channel that they are about */
    int sent, confirmed;  /* lines; messages that the server has passed on for certain */
    bool over, cut;       /* all answers are there; the connection broke */
    bool split;           /* the network is, so the target cannot be had now */
    char fault[300];      /* what the server has against the target; "": nothing */
    char end[24];         /* the PONG behind the last answer */
    char msgid[IRC_NAME]; /* the network's id of the first message; "": none */
};

struct irc_link {                                                      /* begins anew with each connection */
    enum { IRC_CLOSED, IRC_SIGNING_IN, IRC_REGISTERED, IRC_UP } phase; /* up: in its channels */
    struct kit_stream stream;
    cJSON *queue;    /* texts: lines that wait for the flood limit, before those of the job */
    int64_t free_at; /* when the flood limit is as if nothing had been sent */
    int64_t heard_at, pinged_at, nick_at;
    char caps[IRC_NAME];      /* what the server agreed to, in words */
    int answers, nicks_tried; /* answers: to requests of capabilities */
    size_t prefix;            /* bytes that the server puts before our messages */
    char nick[IRC_NAME];      /* ours */
    cJSON *channels;          /* {"#inc": true, or why we are not in} */
    cJSON *nicks, *told;      /* {"ana": account, or ""}; {"ana": true}: knows that we do not know her */
};

struct irc {
    const struct tocsin_host *host;
    cJSON *settings;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int wake; /* an eventfd */
    bool running;
    unsigned long long counter; /* begins with a clock: makes ids unique over restarts */
    struct irc_link link;
    struct tocsin_error error; /* how the last connection ended */
    struct irc_job *job;       /* NULL: none */
    cJSON *rooms;           /* {"#inc-42": key of the action that opened it, or ""}; also in the host's store */
    cJSON *events;          /* that the core does not have yet */
    char cut_key[IRC_NAME]; /* of the action that was cut off last, */
    int cut_confirmed;      /* and how many of its messages had arrived */
};

/* Takes a terminated line apart. False: it is none. */
bool irc_parse(char *text, struct irc_line *ret);
bool irc_tag(const struct irc_line *line, const char *name, char *value, size_t size); /* false, and "": none */
/* "Incidents" -> "#incidents". False: it can be no name. */
bool irc_channel(const char *name, char *id, size_t size);
const char *irc_setting(const struct irc *irc, const char *name);
bool irc_is_by(const struct irc *irc, const char *identity); /* is it this that says who people are? */
__attribute__((format(printf, 3, 4))) void irc_drop(struct irc *irc, int32_t code, const char *format, ...);
/* Adds a line to a list; NULL: it goes at once. */
__attribute__((format(printf, 3, 4))) void irc_say(struct irc *irc, cJSON *list, const char *format, ...);
/* Sends the job's lines and waits. TOCSIN_DONE: the answers are there; _RETRY: nothing was sent; else _UNKNOWN. */
int32_t irc_ask(struct irc *irc, struct irc_job *job, const char *target);
void irc_sign_in(struct irc *irc);
void irc_take(struct irc *irc, const struct irc_line *line);
void irc_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

#endif
