/*
 * slack - what the files of this connector share.
 *
 *     slack.c    settings; the descriptor; open, check, close
 *     api.c      one call of Slack's Web API, and what its answer means
 *     people.c   who a user id is; remembered for a while
 *     out.c      actions -> calls, one table; channels.c its part about channels; find.c looks up earlier attempts;
 *                answers.c where the app is not in the channel
 *     cards.c    a neutral card, a form -> Block Kit; split.c cuts long texts within Slack's limits (pure)
 *     socket.c   Socket Mode: WebSockets that Slack sends envelopes through
 *     serve.c    the same by HTTP: Events API, slash commands, interactivity; signatures
 *     in.c       what Slack sent -> events of tocsin/connector.h; words.c what a message says beside its text; text.c mrkdwn ->
 *                plain text; form.c forms
 *
 * Facts: Slack's published description of its Web API (methods, arguments, error words), and the types and code of its own
 * packages @slack/types, @slack/web-api, @slack/socket-mode and @slack/bolt.
 *
 * One struct slack serves all threads. What is constant after open needs no lock; the rest says which.
 */
#ifndef SLACK_SLACK_H
#define SLACK_SLACK_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>

#include "kit/http.h"
#include "kit/signature.h"
#include "kit/text.h"

#define SLACK_ID 32 /* bytes of an id with its end */

struct slack_people;
struct slack_names;
struct slack_sockets;
struct slack_replays;
struct slack_answers;

struct slack {
    const struct tocsin_host *host;
    struct kit_http *http;
    /* settings; constant after open. Texts owned; "" where not set */
    char *api_url;        /* ends with a slash */
    char *token;          /* xoxb-… */
    char *app_token;      /* xapp-…: Socket Mode; "" means by HTTP */
    char *signing_secret; /* of requests by HTTP */
    int64_t sockets;      /* Socket Mode connections kept open */
    int64_t pace_ms;      /* between two messages of one action: Slack's rate in a channel */
    cJSON *customers;     /* {"C0123": "acme"}: who is talked with in a shared channel; never NULL */
    /* auth.test, in open; constant after it */
    char *team, *team_url, *bot_user, *bot_id;
    char *enterprise; /* the workspaces of one organisation are one house; "" where there is but one */
    char *scopes;     /* granted, with commas; "" where Slack does not say */
    struct slack_people *people;        /* a lock of its own */
    struct slack_names *names;          /* channels by name; a lock of its own */
    struct slack_sockets *sockets_open; /* of run; a lock of its own */
    struct slack_replays *replays;      /* of serve; a lock of its own */
    struct slack_answers *answers;      /* where who asked may be answered; a lock of its own */
};

/* ---- api.c; any thread ---- */

struct slack_reply {
    enum kit_outcome outcome;
    long status;
    bool ok;                /* answered, and "ok": true */
    int64_t retry_after_ms; /* of a 429 */
    char error[80];         /* Slack's word: "channel_not_found"; "" when there is none */
    char needed[200];       /* scopes that were missing */
    cJSON *body;            /* never NULL: an empty object where there was none */
    char *scopes;           /* those of the token, as Slack tells them; NULL: it did not */
};
/*
 * Calls a method: arguments are the members of an object, which is taken over; texts go as they are, everything else as JSON,
 * all in a form, which every method takes. `token` NULL: the bot's. `once`: never sent twice by the HTTP client.
 */
void slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token, bool once,
                struct slack_reply *reply);
/* Milliseconds of a clock that nobody sets. */
int64_t slack_now_ms(void);
/* Calls of this thread, until told otherwise, end within this time together: what comes too late is NOT_SENT. 0: each its own. */
void slack_deadline(int64_t span_ms);
/* What is left for one call, in milliseconds; 0: nothing. */
int64_t slack_time_left(void);
void slack_reply_finish(struct slack_reply *reply);
/* The outcome of an action, by one table of Slack's words. */
void slack_result(const struct slack_reply *reply, struct tocsin_result *result);
/* An extra (a pin, a bookmark) that the app may not do is left out: done, and said in the log. False: it was something else. */
bool slack_left_out(struct slack *slack, const struct slack_reply *reply, struct tocsin_result *result);
/* Is this Slack's word? */
bool slack_said(const struct slack_reply *reply, const char *word);
/* What was wrong, for the operator. */
void slack_explain(const struct slack_reply *reply, char *text, size_t size);
/* {"name": value, …} of pairs of names and texts, ended by NULL; a NULL text is left out. The caller owns it. */
cJSON *slack_arguments(const char *name, ...) __attribute__((sentinel));

/* Short words over cJSON; text is "" and object NULL where there is none. */
const char *slack_text(const cJSON *object, const char *name);
const cJSON *slack_member(const cJSON *object, const char *name);

/* ---- people.c ---- */

struct slack_people *slack_people_create(void);
void slack_people_destroy(struct slack_people *people);
/* "id", "name", "email", "zone", "bot", "outside", "team", "enterprise" of a user; asked for once an hour, until the deadline of
   this thread; the caller deletes. Never NULL: the id alone, or what was known before, where Slack does not tell. */
cJSON *slack_person(struct slack *slack, const char *user);
/* Somebody who is going to be asked for: Slack is asked already. */
void slack_person_expect(struct slack *slack, const char *user);
/* By e-mail address. False: nobody has it, or Slack did not tell; *reply says which, and is the caller's. */
bool slack_person_by_email(struct slack *slack, const char *email, char user[SLACK_ID],
                           struct slack_reply *reply);

/* ---- cards.c, split.c: pure ---- */

/* A list of messages, {"text", "blocks"} each, ready to post; at least one. A card's first has its buttons and its footer,
   however long its text is. The caller deletes. */
cJSON *slack_messages_of_card(const cJSON *card);
cJSON *slack_messages_of_text(const char *commonmark);
/* A modal view for a form; `channel` is kept in it for the answer. */
cJSON *slack_view_of_form(const cJSON *form, const char *channel);
/*
 * Cuts mrkdwn into parts of at most `most` bytes: between paragraphs, else lines, else words. A link, a mention, an entity and
 * a character stay whole, and a block of code that goes on in the next part is closed and opened again. The caller deletes the
 * array of texts.
 */
cJSON *slack_split(const char *mrkdwn, size_t most);

/* ---- answers.c; any thread ---- */

struct slack_answers *slack_answers_create(void);
void slack_answers_destroy(struct slack_answers *answers);
/* Keeps the address that came with a command, a press or a shortcut, if one did. */
void slack_answers_note(struct slack *slack, const cJSON *payload);
/* Shows messages to who asked for something in that channel, to them alone. False: they did not, or too long ago. */
bool slack_answer_there(struct slack *slack, const char *channel, const char *user, const cJSON *messages);

/* ---- find.c ---- */

#define SLACK_MARK KIT_HMAC_HEX
/* What a message carries so that it can be found again. Every app in the channel reads it, a customer's too: so it tells nothing. */
void slack_mark(const struct slack *slack, const char *key, char mark[SLACK_MARK]);
/* The ts of a part that an earlier attempt of this action posted to the channel. False with reply->ok: there is none. */
bool slack_find_message(struct slack *slack, const struct tocsin_action *action, const char *channel,
                        const char *thread, int part, char ts[SLACK_ID], struct slack_reply *reply);

/* ---- channels.c: actions about channels, and channels by name ---- */

struct slack_names *slack_names_create(void);
void slack_names_destroy(struct slack_names *names);
bool slack_is_id(const char *text); /* of a channel or a user: C0123ABCD */
/* The id of a channel given by id or name ("incidents", "#incidents"). False: there is none, or Slack did not tell. */
bool slack_channel(struct slack *slack, const char *channel, char id[SLACK_ID], struct slack_reply *reply);
/* Forgets which channel a name means. False: it was not known. */
bool slack_forget_channel(struct slack *slack, const char *channel);
/* slack_call about a channel; where Slack says that the bot is not in it, or, for a message, that it is archived, this is
   mended, and the call made again. */
void slack_call_in(struct slack *slack, const char *channel, const char *method, cJSON *arguments, bool once,
                   struct slack_reply *reply);
/* Joins a public channel again that the app made and was taken out of. TOCSIN_DONE: it is there; TOCSIN_RETRY: Slack did not say;
   anything else: it is none of these, or Slack refused. */
int32_t slack_come_back(struct slack *slack, const char *channel);

typedef void slack_doer(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                        struct tocsin_result *result);
slack_doer slack_channel_open, slack_channel_topic, slack_channel_invite, slack_channel_remove,
    slack_channel_archive, slack_channel_bookmark, slack_group_members;

/* ---- out.c ---- */

void slack_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);
void slack_refuse(struct tocsin_result *result, const char *why);

/* ---- socket.c, serve.c ---- */

int32_t slack_run(void *self, struct tocsin_error *error);
void slack_stop(void *self);
void slack_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);
struct slack_sockets *slack_sockets_create(void);
void slack_sockets_destroy(struct slack_sockets *sockets);
struct slack_replays *slack_replays_create(void);
void slack_replays_destroy(struct slack_replays *replays);
/* Requests that were refused since one was well, in words. False: none. */
bool slack_serve_trouble(struct slack *slack, struct kit_text *out);

/* ---- in.c, words.c, text.c, form.c ---- */

/* application/x-www-form-urlencoded as an object of texts; of each name the first. The caller deletes; never NULL. */
cJSON *slack_form(const char *body, size_t n);

/*
 * What Slack sent, as one event, or NULL where Tocsin has no use for it, or where *ret_later: Slack must be asked something
 * first, and does not answer now. The caller deletes. `kind`: "events_api",
 * "slash_commands" or "interactive"; `id`: of the envelope or request, for what has no id of its own.
 */
cJSON *slack_event(struct slack *slack, const char *kind, const char *id, const cJSON *payload,
                   bool *ret_later);
/* Emits it; TOCSIN_EMITTED also where there is nothing to emit. `waited_ms`: since it arrived. */
int32_t slack_take(struct slack *slack, const char *kind, const char *id, const cJSON *payload,
                   int64_t waited_ms);
/* The user whose doing it is, as far as that is seen at once; "": nobody's. Borrowed. */
const char *slack_actor(const cJSON *payload);
/* What a message says beside its text, as mrkdwn: what was forwarded with it; and where it has no text, its attachments or
   blocks. */
void slack_more(const cJSON *message, struct kit_text *out);
/* Slack's mrkdwn as plain text; users that are mentioned (<@U1> stays) are added to `users`, an array of texts. */
void slack_plain(const char *mrkdwn, struct kit_text *out, cJSON *users);
/* The same for a title: of a link its words alone, where it has any. */
void slack_words(const char *mrkdwn, struct kit_text *out, cJSON *users);

#endif
