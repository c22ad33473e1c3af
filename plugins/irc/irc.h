/*
 * irc - an IRC network as a chat: no cards, buttons, edits or threads, and still the same incidents.
 *
 *     line.c     a line of the protocol, taken apart (pure)
 *     link.c     lines that wait to be sent; actions wait here for the server's answers
 *     in.c       what people do -> events, and who they are
 *     session.c  signing in: capabilities, SASL, nick, channels
 *     out.c      actions -> lines, and what the answers mean
 *     serve.c    the connection: bytes, flood limit, silence, reconnecting
 *     irc.c      settings; open, close; the descriptor
 *
 * Threads: run() owns the connection, and check() before it. perform() hands over lines and waits. One lock guards all that changes;
 * it is held while a line is taken, never while the core stores an event.
 */
#ifndef IRC_IRC_H
#define IRC_IRC_H

#include <curl/curl.h>
#include <pthread.h>
#include <stdint.h>

#include <tocsin/connector.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>

#define IRC_LINE 512 /* bytes of a line with its CR LF; tags do not count */
#define IRC_NAME 200 /* bytes of a nick, an account, a channel, a message's id */

struct
    irc_line { /* ":ana!a@host PRIVMSG #inc :it is slow". Texts point into what was parsed, and are never NULL */
    const char *tags, *nick, *user, *host, *command, *params[15],
        *last; /* last: of the params; those beyond n are "" */
    int n;
};

struct irc_job {            /* what perform() wants sent, and what came back; perform() owns it */
    cJSON *lines, *replies; /* texts; and arrays: a numeric, then its parameters */
    int sent, confirmed;    /* lines; messages that the server has passed on for certain */
    bool over, cut;         /* all answers are there; the connection broke */
    char end[24];           /* the PONG behind the last answer */
    char msgid[IRC_NAME];   /* the network's id of the first message; "": none */
};

enum irc_phase { IRC_SIGNING_IN, IRC_REGISTERED, IRC_UP }; /* up: in its channels */

struct irc_link { /* begins anew with each connection */
    CURL *curl;   /* NULL: there is none */
    curl_socket_t fd;
    struct kit_text in, out, caps; /* caps: the capabilities that the server agreed to */
    cJSON *queue;                  /* texts: lines that wait for the flood limit, before those of the job */
    int64_t heard_at, pinged_at, nick_at,
        free_at; /* free_at: when the flood limit is as if nothing had been sent */
    enum irc_phase phase;
    int answers;         /* to requests of capabilities */
    size_t prefix;       /* bytes that the server puts before our messages */
    char nick[IRC_NAME]; /* ours */
    cJSON *channels, *nicks,
        *told; /* {"#inc": true, or why we are not in}; {"ana": account, or ""}; {"ana": true} */
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
    int32_t code;           /* TOCSIN_E_…: how the last connection ended */
    char why[400];          /* the same in words */
    struct irc_job *job;    /* NULL: none */
    cJSON *rooms;           /* {"#inc-42": key of the action that opened it, or ""}; also in the host's store */
    cJSON *events;          /* that the core does not have yet */
    char cut_key[IRC_NAME]; /* of the action that was cut off last, */
    int cut_confirmed;      /* and how many of its messages had arrived */
};

bool irc_parse(char *text, struct irc_line *ret); /* a terminated line without its CR LF; false: it is none */
bool irc_tag(const struct irc_line *line, const char *name, char *value,
             size_t size); /* false, and "": no such tag */
bool irc_channel(const char *name, char *id,
                 size_t size); /* "Incidents" -> "#incidents"; false: it can be no name */
void irc_plain(const char *text, struct kit_text *out); /* adds what somebody wrote, without styles */

int64_t irc_now(void); /* milliseconds of a clock that never jumps */
const char *irc_setting(const struct irc *irc, const char *name);
bool irc_has(const struct irc *irc, const char *capability);
bool irc_is_by(const struct irc *irc,
               const char *identity); /* what says who people are: "account", "user" or "nick" */
__attribute__((format(printf, 3, 4))) void irc_drop(struct irc *irc, int32_t code, const char *format, ...);
/* Adds a line to a list; NULL: it goes at once. */
__attribute__((format(printf, 3, 4))) void irc_say(struct irc *irc, cJSON *list, const char *format, ...);
/* Sends the job's lines and waits. TOCSIN_DONE: the answers are there; _RETRY: nothing was sent; else _UNKNOWN. */
int32_t irc_ask(struct irc *irc, struct irc_job *job, int64_t most_ms);

void irc_take(struct irc *irc, const struct irc_line *line);
void irc_emit(struct irc *irc); /* without the lock */
void irc_sign_in(struct irc *irc);
void irc_take_session(struct irc *irc, const struct irc_line *line);
void irc_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);
int32_t irc_check(void *self, struct tocsin_error *error);
int32_t irc_check_channel(void *self, const char *channel, struct tocsin_error *error);
int32_t irc_run(void *self, struct tocsin_error *error);

#endif
