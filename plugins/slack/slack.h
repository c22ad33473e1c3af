/*
 * slack - what the files of this connector share.
 *
 *     slack.c    settings; the descriptor; open, check, close
 *     api.c      one call of Slack's Web API, and what its answer means
 *     people.c   who a user id belongs to, cached for an hour
 *     out.c      actions -> calls, from one table; channels.c has the actions on channels, find.c looks up what an earlier
 *                attempt posted, answers.c reaches people in channels that the app is not in
 *     cards.c    neutral card or form -> Block Kit; split.c cuts long texts to Slack's limits (pure)
 *     socket.c   inbound by Socket Mode: WebSockets that carry envelopes
 *     serve.c    inbound by HTTP: Events API, slash commands, interactivity; signatures
 *     in.c       what Slack sent -> events of tocsin/connector.h; attached.c reads what a message says outside its text, text.c
 *                turns mrkdwn into plain text
 *
 * Sources: Slack's published description of its Web API (methods, arguments, error codes), and the types and code of its own
 * packages @slack/types, @slack/web-api, @slack/socket-mode and @slack/bolt.
 *
 * One struct slack serves all threads. Fields that are constant after open need no lock; each of the others names its own.
 */
#ifndef SLACK_SLACK_H
#define SLACK_SLACK_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include <tocsin/connector.h>
#include <tocsin/kit/http.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/report.h>
#include <tocsin/kit/signature.h>
#include <tocsin/kit/text.h>

#define SLACK_ID 32 /* bytes of an id, terminator included */

struct slack_people;
struct slack_names;
struct slack_sockets;
struct slack_replays;
struct slack_answers;

struct slack {
    const struct tocsin_host *host;
    struct kit_http *http;
    /* settings, constant after open. The texts are owned; "" where not set */
    char *api_url;        /* ends with a slash */
    char *token;          /* xoxb-… */
    char *app_token;      /* xapp-…, for Socket Mode; "": HTTP */
    char *signing_secret; /* verifies requests by HTTP */
    int64_t sockets;      /* Socket Mode connections kept open */
    int64_t pace_ms;      /* pause between two messages of one action: Slack's rate limit for a channel */
    cJSON *customers;     /* {"C0123": "acme"}: the customer of each shared channel; never NULL */
    /* from auth.test in open; constant after it */
    char *team, *team_url, *bot_user, *bot_id;
    char *enterprise; /* workspaces of one Enterprise organisation trust each other; "": not part of one */
    char *scopes;     /* the granted ones, comma-separated; "" where Slack does not say */
    struct slack_people *people;        /* has its own lock */
    struct slack_names *names;          /* channels by name; has its own lock */
    struct slack_sockets *sockets_open; /* used by run; has its own lock */
    struct slack_replays *replays;      /* used by serve; has its own lock */
    struct slack_answers *answers;      /* response URLs; has its own lock */
};

/* ---- api.c; any thread ---- */

struct slack_reply {
    enum kit_outcome outcome;
    long status;
    bool ok;                /* Slack answered "ok": true */
    int64_t retry_after_ms; /* from a 429 */
    char error[80];         /* Slack's error code, such as "channel_not_found"; "": none */
    char needed[200];       /* missing scopes */
    cJSON *body;            /* never NULL: an empty object where there was none */
    char *scopes;           /* the token's scopes; NULL: Slack did not say */
};
/*
 * Calls a method. The arguments are the members of an object, which the call takes over. They are sent as a form, which every
 * method accepts: texts as they are, everything else as JSON. `token` NULL: the bot's. `once`: the HTTP client never sends it twice.
 */
void slack_call(struct slack *slack, const char *method, cJSON *arguments, const char *token, bool once,
                struct slack_reply *reply);
/* Milliseconds of the monotonic clock. */
int64_t slack_now_ms(void);
/* Sets a deadline for all further calls of this thread together; a call after it is NOT_SENT. 0: each call has its own timeout. */
void slack_deadline(int64_t span_ms);
/* Milliseconds that the next call may take; 0: none are left. */
int64_t slack_time_left(void);
void slack_reply_finish(struct slack_reply *reply);
/* The outcome of an action, from one table of Slack's error codes. */
void slack_result(const struct slack_reply *reply, struct tocsin_result *result);
/* Skips an extra (a pin, a bookmark) that the app may not do: the result is DONE, and the log has the reason. False: the
   failure is another one. */
bool slack_skip_extra(struct slack *slack, const struct slack_reply *reply, struct tocsin_result *result);
/* Whether the call failed with this error code. */
bool slack_said(const struct slack_reply *reply, const char *error);
/* What went wrong, for the operator. */
void slack_explain(const struct slack_reply *reply, char *text, size_t size);

/* ---- people.c ---- */

struct slack_people *slack_people_create(void);
void slack_people_destroy(struct slack_people *people);
/* "id", "name", "email", "zone", "bot", "outside", "team", "enterprise" of a user. Asks Slack at most once an hour and waits no
   longer than this thread's deadline. Never NULL: where Slack does not answer, the id and what was known before. The caller deletes. */
cJSON *slack_person(struct slack *slack, const char *user);
/* Asks Slack about somebody ahead of time. */
void slack_person_expect(struct slack *slack, const char *user);
/* Looks a person up by e-mail address. False: nobody has it, or Slack did not answer; *reply, which the caller finishes, says which. */
bool slack_person_by_email(struct slack *slack, const char *email, char user[SLACK_ID],
                           struct slack_reply *reply);

/* ---- cards.c, split.c: pure ---- */

/* An array of messages ready to post, each {"text", "blocks"}; at least one. The first message of a card has its buttons and
   footer, however long the card's text is. The caller deletes. */
cJSON *slack_messages_of_card(const cJSON *card);
cJSON *slack_messages_of_text(const char *commonmark);
/* A modal view for a form; it carries `channel` for the answer. */
cJSON *slack_view_of_form(const cJSON *form, const char *channel);
/*
 * Cuts mrkdwn into parts of at most `most` bytes: between paragraphs, else lines, else words. It never cuts inside a link, a
 * mention, an entity or a character. A code block that continues in the next part is closed and reopened. The caller deletes
 * the array of texts.
 */
cJSON *slack_split(const char *mrkdwn, size_t most);

/* ---- answers.c; any thread ---- */

struct slack_answers *slack_answers_create(void);
void slack_answers_destroy(struct slack_answers *answers);
/* Keeps the response URL of a command, a press or a shortcut, if it has one. */
void slack_answers_note(struct slack *slack, const cJSON *payload);
/* Shows messages in that channel to the one person who asked there. False: no usable response URL is kept. */
bool slack_answer_there(struct slack *slack, const char *channel, const char *user, const cJSON *messages);

/* ---- find.c ---- */

#define SLACK_MARK KIT_HMAC_HEX
/* The mark that a message carries so that it can be found again. Every app in the channel can read it, a customer's too, so it
   reveals nothing. */
void slack_mark(const struct slack *slack, const char *key, char mark[SLACK_MARK]);
/* Finds the ts of a part that an earlier attempt of this action posted. False with reply->ok: none was posted. */
bool slack_find_message(struct slack *slack, const struct tocsin_action *action, const char *channel,
                        const char *thread, int part, char ts[SLACK_ID], struct slack_reply *reply);

/* ---- channels.c: actions about channels, and channels by name ---- */

struct slack_names *slack_names_create(void);
void slack_names_destroy(struct slack_names *names);
bool slack_is_id(const char *text); /* the id of a channel or a user: C0123ABCD */
/* The id of a channel given by id or name ("incidents", "#incidents"). False: there is none, or Slack did not answer. */
bool slack_channel(struct slack *slack, const char *channel, char id[SLACK_ID], struct slack_reply *reply);
/* Forgets which channel a name stands for. False: it was not known. */
bool slack_forget_channel(struct slack *slack, const char *channel);
/* slack_call on a channel. Where the bot is not in the channel it joins and calls again; a message also unarchives the channel. */
void slack_call_in(struct slack *slack, const char *channel, const char *method, cJSON *arguments, bool once,
                   struct slack_reply *reply);
/* Rejoins a public channel that the app made and was removed from. TOCSIN_DONE: it is back; TOCSIN_RETRY: Slack did not answer;
   anything else: it is another kind of channel, or Slack refused. */
int32_t slack_rejoin(struct slack *slack, const char *channel);

typedef void slack_performer(struct slack *slack, const struct tocsin_action *action, const cJSON *body,
                             struct tocsin_result *result);
slack_performer slack_channel_open, slack_channel_topic, slack_channel_invite, slack_channel_remove,
    slack_channel_archive, slack_channel_bookmark, slack_group_members;

/* ---- out.c ---- */

void slack_perform(void *self, const struct tocsin_action *action, struct tocsin_result *result);

/* ---- socket.c, serve.c ---- */

int32_t slack_run(void *self, struct tocsin_error *error);
void slack_stop(void *self);
void slack_serve(void *self, const struct tocsin_request *request, struct tocsin_response *response);
struct slack_sockets *slack_sockets_create(void);
void slack_sockets_destroy(struct slack_sockets *sockets);
struct slack_replays *slack_replays_create(void);
void slack_replays_destroy(struct slack_replays *replays);
/* Describes the requests refused since the last good one. False: there were none. */
bool slack_serve_refused(struct slack *slack, struct kit_text *out);

/* ---- in.c, attached.c, text.c ---- */

/*
 * Turns what Slack sent into one event. NULL: Tocsin has no use for it, or *ret_later is set, because Slack must answer a
 * question first and does not now. `kind`: "events_api", "slash_commands" or "interactive". `id`: of the envelope or request,
 * for events that have no id of their own. The caller deletes.
 */
cJSON *slack_event(struct slack *slack, const char *kind, const char *id, const cJSON *payload,
                   bool *ret_later);
/* Reads what Slack sent and emits it; TOCSIN_EMITTED also when there is nothing to emit. `waited_ms`: time since it arrived. */
int32_t slack_receive(struct slack *slack, const char *kind, const char *id, const cJSON *payload,
                      int64_t waited_ms);
/* The id of the user who acted, as far as the payload says; "": nobody. Borrowed. */
const char *slack_actor(const cJSON *payload);
/* What a message says outside its text, as mrkdwn: forwarded messages and, where it has no text, its attachments or blocks. */
void slack_attached_text(const cJSON *message, struct kit_text *out);
/* mrkdwn as plain text. Mentions (<@U1>) stay, and their ids are added to `users`, an array of texts. */
void slack_plain(const char *mrkdwn, struct kit_text *out, cJSON *users);
/* The same for a title: a link with a label becomes its label alone. */
void slack_plain_title(const char *mrkdwn, struct kit_text *out, cJSON *users);

#endif
