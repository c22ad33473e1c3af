/*
 * tocsin/connector.h - the one header that a Tocsin connector includes.
 *
 * A connector joins Tocsin to one outside system: a chat platform, a mailbox, a support desk. It is a shared object
 * that exports one symbol, a descriptor made by TOCSIN_CONNECTOR(), and consists of a few functions that may block.
 * Tocsin loads it in a process of its own, `tocsin-runner`. A connector that crashes, hangs or leaks is restarted with
 * backoff, and the actions that it had in progress are requested again with the same idempotency key.
 *
 * A connector knows nothing about incidents. It passes in what people do on its platform as events (`emit`), and
 * receives what Tocsin wants done there as actions (`perform`). Text is UTF-8; structured data is JSON text.
 *
 * The life of a connector, in this order:
 *
 *     open -- check -+- run      one thread, from open to stop; inbound; optional
 *                    +- perform  up to `parallel` threads at once
 *                    +- serve    the same threads; webhooks that the core received for this connector
 *                    +- stop     from another thread: make run() return soon
 *     close          after run() and the last perform() and serve() have returned
 *
 * Memory: each side frees what it allocated. Arguments are valid during the call only, except `host`, which lives until
 * close() returns, and the strings of the descriptor, which live as long as the object is loaded.
 *
 * Compatibility: structs that cross the boundary begin with their size and grow only at the end. A newer core loads an
 * older connector and reads the fields that its struct lacks as zero. A connector built with a newer header than the
 * core's loads too, as long as the ABI number is the same; it must not use host functions beyond `host->size`.
 */
#ifndef TOCSIN_CONNECTOR_H
#define TOCSIN_CONNECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOCSIN_ABI 1

/* What a connector can do: `can` in the descriptor. The core never requests anything else. */
#define TOCSIN_CAN_POST     (UINT64_C(1) << 0) /* post: a message in a channel, or one that a single person sees */
#define TOCSIN_CAN_EDIT     (UINT64_C(1) << 1) /* edit: change an earlier message */
#define TOCSIN_CAN_THREAD   (UINT64_C(1) << 2) /* messages may reply to a message */
#define TOCSIN_CAN_BUTTONS  (UINT64_C(1) << 3) /* cards show buttons; a press arrives as an event */
#define TOCSIN_CAN_FORMS    (UINT64_C(1) << 4) /* a form may ask for the arguments that a command lacks */
#define TOCSIN_CAN_CHANNELS (UINT64_C(1) << 5) /* channel.open, .topic, .invite, .archive */
#define TOCSIN_CAN_PAGE     (UINT64_C(1) << 6) /* page: get one person's attention */
#define TOCSIN_CAN_DESK     (UINT64_C(1) << 7) /* reach customers: desk.* actions */
#define TOCSIN_CAN_FIND                                                                                        \
    (UINT64_C(1) << 8) /* when attempt > 1, perform looks the action up by its key before it sends again */
#define TOCSIN_CAN_PIN      (UINT64_C(1) << 9)  /* pin: pin a message in its channel */
#define TOCSIN_CAN_BOOKMARK (UINT64_C(1) << 10) /* channel.bookmark: a link at the top of a channel */
#define TOCSIN_CAN_GROUPS   (UINT64_C(1) << 11) /* group.members: the platform's user group follows a rotation */
#define TOCSIN_CAN_EMAILS                                                                                      \
    (UINT64_C(1) << 12) /* e-mail addresses may stand for people whose user id is unknown */
#define TOCSIN_CAN_EDIT_PAGE (UINT64_C(1) << 13) /* edit: also what a page posted, by its user or email */
#define TOCSIN_CAN_TIMES                                                                                       \
    (UINT64_C(1) << 14) /* texts may have times that each reader sees in their own zone: see "Actions" */
#define TOCSIN_CAN_LOOKUP (UINT64_C(1) << 15) /* person.find: who has an e-mail address */
#define TOCSIN_CAN_DESK_FIND                                                                                   \
    (UINT64_C(1) << 16) /* desk.find: who a customer is on the platform, by name, domain or e-mail address */
#define TOCSIN_CAN_DELETE (UINT64_C(1) << 17) /* delete: remove an earlier message of ours */
#define TOCSIN_CAN_LOCAL                                                                                       \
    (UINT64_C(1) << 18) /* people use it on this machine only: it is no chat that reaches the others */
#define TOCSIN_CAN_TICKETS                                                                                     \
    (UINT64_C(1) << 19) /* ticket.*: a desk's or a tracker's tickets about an incident; see "Tickets" */
#define TOCSIN_CAN_RECEIPTS                                                                                    \
    (UINT64_C(1) << 20) /* `page` events tell what becomes of a page; page.end ends it. See "Pages" */
#define TOCSIN_CAN_CALL     (UINT64_C(1) << 21) /* page with `call`: it rings until somebody answers */
#define TOCSIN_CAN_MAILS    (UINT64_C(1) << 22) /* subscriber.tell to an e-mail address, whoever's it is */
#define TOCSIN_CAN_HOOKS    (UINT64_C(1) << 23) /* subscriber.tell to an https address, whoever's it is */
#define TOCSIN_CAN_PICTURES (UINT64_C(1) << 24) /* the card of a `post` may have a picture: see "Card" */

/* Outcome of open, check and run: 0, or one of these with a text in `error`. The operator sees the text. */
#define TOCSIN_E_CONFIG (-1) /* the settings are wrong: not tried again until they change */
#define TOCSIN_E_AUTH   (-2) /* credentials were refused or permissions are missing: a person must act */
#define TOCSIN_E_FAILED (-3) /* anything else: tried again with backoff */

struct tocsin_error {
    uint32_t size;
    int32_t code;
    char text[512]; /* what is wrong and what to do; never a secret; NUL-terminated */
};

/* Types and flags of a setting. */
#define TOCSIN_SETTING_TEXT     0
#define TOCSIN_SETTING_INT      1
#define TOCSIN_SETTING_BOOL     2
#define TOCSIN_SETTING_DURATION 3 /* written "30s"; arrives as milliseconds */
#define TOCSIN_SETTING_LIST     4 /* a JSON array of text */
#define TOCSIN_SETTING_TABLE    5 /* a JSON object */
#define TOCSIN_SECRET           1 /* its value is never shown, logged or exported */
#define TOCSIN_REQUIRED         2
#define TOCSIN_LINKS                                                                                           \
    4 /* a TEXT: the address of the web pages of tickets; links that begin with it lead to them */
/* A TEXT that is a path. Where the kernel allows it, a connector reaches no other files but those of the system. */
#define TOCSIN_READS  8  /* a file or folder that it only reads */
#define TOCSIN_FILE   16 /* a file of its own, made if it is missing */
#define TOCSIN_FOLDER 32 /* a folder of its own, made if it is missing */
#define TOCSIN_SOCKET                                                                                          \
    64 /* a socket that it listens on, made by open(); one that a dead process left is removed before */

struct tocsin_setting {
    const char *name; /* NULL ends the table */
    uint32_t type, flags;
    const char *fallback; /* as text; NULL: none */
    int64_t least, most;  /* range of an INT or DURATION; both 0: any value */
    const char *help;     /* one line for the manual and the sample configuration */
};

/*
 * What the core offers. Every function may be called from any thread of the connector, from the start of open() until
 * close() returns.
 */
struct tocsin_host {
    uint32_t size, abi;
    void *ctx; /* first argument of each function */

    /* level: 0 debug, 1 info, 2 warning, 3 error. Known secrets are removed from the text. */
    void (*log)(void *ctx, int32_t level, const char *text);

    /*
     * Passes an event in: JSON, at most 256 KiB (see "Events" below). Blocks until the core has stored it durably, and
     * returns TOCSIN_EMITTED; acknowledge it to the platform only then. TOCSIN_EMIT_RETRY: not stored; try again later.
     * TOCSIN_EMIT_REFUSED: it will never be accepted (malformed, too large); drop it. An event whose "id" the core has
     * seen before is acknowledged but not acted on again.
     */
    int32_t (*emit)(void *ctx, const char *event, size_t length);

    int32_t (*stopping)(void *ctx); /* 1 once stop() has been called or is about to be */

    /*
     * A small durable store for this connector: cursors, ids. Keys up to 200 bytes, values up to 64 KiB.
     * get: writes at most `capacity` bytes and returns the value's full length, or -1 when the key has no value.
     * put: returns 0 once the value is durable, -1 when it could not be stored. A NULL value removes the key.
     */
    int64_t (*get)(void *ctx, const char *key, char *value, size_t capacity);
    int32_t (*put)(void *ctx, const char *key, const char *value, size_t length);

    /*
     * keep: like put, but it does not wait. The value is stored together with what this thread reports next: the event that it
     * emits, or the outcome of the action that it performs. Both become durable, or neither does. If emit returns anything but
     * TOCSIN_EMITTED, or if the action is requested again, nothing was stored: keep the value again. Returns 0; -1 if the key
     * or the value is invalid, or if this thread keeps more than about 400 KiB at once.
     */
    int32_t (*keep)(void *ctx, const char *key, const char *value, size_t length);

    /*
     * Says that the platform cannot be reached, and why (never a secret), or with NULL that it can again: for a connection that
     * run() holds. The connector is then shown as unreachable instead of running, and people are told. Outcomes of actions need no
     * such report: the core notices by itself when none succeeds.
     */
    void (*health)(void *ctx, const char *why);
};
#define TOCSIN_EMITTED      0
#define TOCSIN_EMIT_RETRY   (-1)
#define TOCSIN_EMIT_REFUSED (-2)

/* A rate limit of the platform. The core holds actions back accordingly, so that a connector never has to wait. Where the
   platform still refuses, return TOCSIN_RETRY with the delay it gave. */
struct tocsin_limit {
    const char *kind;     /* the kind of action: "post"; "*": all kinds together; NULL ends the table */
    uint32_t per_channel; /* 1: for each channel separately; 0: for the whole connector */
    uint32_t burst;       /* this many at once; at least 1 */
    int64_t refill_ms;    /* then one more every so many milliseconds */
};

/* One thing to do on the platform; see "Actions" below. */
struct tocsin_action {
    uint32_t size;
    int32_t attempt; /* from 1; more than 1: an earlier attempt may have reached the platform */
    int64_t
        deadline_ms;  /* how long this call may take, in milliseconds; the runner is killed some time later */
    const char *id;   /* of this action */
    const char *kind; /* "post", "edit", ... */
    const char *key;  /* idempotency key: the same for every attempt at the same action */
    const char *body; /* JSON object */
    size_t body_length;
    int64_t
        made_ms; /* when the core made the action, by its clock, since 1970: every attempt is later than this */
};

/* The five outcomes of an action. */
#define TOCSIN_DONE    0 /* done; remote_id is the id of the result */
#define TOCSIN_RETRY   1 /* not done; try again after retry_after_ms, or 0 where the platform gave no delay */
#define TOCSIN_REFUSED 2 /* the platform will never do this; detail says why */
#define TOCSIN_AUTH    3 /* bad credentials or missing permissions: stop, and tell a person */
#define TOCSIN_UNKNOWN 4 /* the connection broke after sending: it may have happened */

struct tocsin_result { /* in the host's memory, zeroed: an untouched result means TOCSIN_DONE without an id */
    uint32_t size;
    int32_t code;
    int64_t retry_after_ms;
    char remote_id[256]; /* the platform's id of the message, channel or ticket; NUL-terminated */
    char detail[512];    /* for a person; never a secret; NUL-terminated */

    /*
     * For actions that ask (desk.find): appends to the answer, a JSON object of up to 64 KiB, which counts if the code is
     * TOCSIN_DONE. Returns 0, or -1 when it does not fit. `ctx` is the host's.
     */
    void *ctx;
    int32_t (*answer)(struct tocsin_result *result, const char *bytes, size_t length);
};

/* A webhook that the core received under /connector/NAME/... */
struct tocsin_header {
    const char *name, *value; /* name in lower case */
};
struct tocsin_request {
    uint32_t size;
    uint32_t header_count;
    const char *method, *path, *query; /* path after /connector/NAME, beginning with / */
    const struct tocsin_header *headers;
    const char *body;
    size_t body_length;
    int64_t received_ms; /* since 1970, by the core's clock */
};
struct tocsin_response {
    uint32_t size;
    int32_t status; /* the HTTP status; 500 unless set */
    char content_type[96];
    void *ctx;
    /* Appends to the body of the response, up to 1 MiB in all. Returns 0, or -1 when it does not fit. */
    int32_t (*write)(struct tocsin_response *response, const char *bytes, size_t length);
};

struct tocsin_connector {
    uint32_t size, abi;
    uint32_t setting_size; /* sizeof(struct tocsin_setting) */
    int32_t parallel;      /* how many perform() and serve() calls may run at once, 1 to 16; 1: serialised */
    uint64_t can;          /* TOCSIN_CAN_... */
    const char *name, *version, *summary;
    const struct tocsin_setting *settings; /* ends with a row without a name; NULL: none */

    /* settings: a JSON object, checked, with every declared name present. *ret_self is passed to every other function. */
    int32_t (*open)(const struct tocsin_host *host, const char *settings, void **ret_self,
                    struct tocsin_error *error);
    /* Checks credentials and permissions, without side effects. Optional. 0 with a text: it works, with the restriction in the
       text. */
    int32_t (*check)(void *self, struct tocsin_error *error);
    /* Receives from the platform until stop(). Returning earlier is a failure, and restarts the connector. Optional. */
    int32_t (*run)(void *self, struct tocsin_error *error);
    void (*serve)(void *self, const struct tocsin_request *request,
                  struct tocsin_response *response); /* optional */
    void (*perform)(void *self, const struct tocsin_action *action, struct tocsin_result *result);
    void (*stop)(void *self);  /* from another thread: wake run(), return at once; required with run */
    void (*close)(void *self); /* only after a successful open; accept NULL all the same */

    uint32_t limit_size;               /* sizeof(struct tocsin_limit) */
    const struct tocsin_limit *limits; /* ends with a row without a kind; NULL: none */

    /*
     * Can messages be posted in that channel, named as the configuration names it ("incidents")? Without side effects. Optional;
     * called after check() has succeeded, with the channel for announcements. 0, or TOCSIN_E_AUTH (a person must act) or
     * TOCSIN_E_FAILED (not known now). `tocsin check` calls open(), check(), this and close() in a process of its own while another
     * may be running, so open() must not take anything that the other one has.
     */
    int32_t (*check_channel)(void *self, const char *channel, struct tocsin_error *error);
};

/*
 * TOCSIN_CONNECTOR(.name = "irc", .version = "1.0", .summary = "...", .parallel = 1, .can = ..., .open = ..., ...);
 * once in the shared object, at file level.
 */
#define TOCSIN_SYMBOL "tocsin_connector_entry"
#if defined(__GNUC__)
#define TOCSIN_EXPORT __attribute__((visibility("default")))
#else
#define TOCSIN_EXPORT
#endif
#define TOCSIN_CONNECTOR(...)                                                                                  \
    extern TOCSIN_EXPORT const struct tocsin_connector tocsin_connector_entry;                                 \
    const struct tocsin_connector tocsin_connector_entry = {.size = sizeof(struct tocsin_connector),           \
                                                            .abi = TOCSIN_ABI,                                 \
                                                            .setting_size = sizeof(struct tocsin_setting),     \
                                                            .limit_size = sizeof(struct tocsin_limit),         \
                                                            __VA_ARGS__}

/*
 * Events are JSON objects for emit. Members in [brackets] are optional. Every event has
 *
 *   "type"     one of those below
 *   "id"       unique on the platform: the id of the message or delivery
 *   "user"     the acting person: {"id", "name", "email", "zone", "bot", "outside"}. Only id is required. email is an address
 *              that the platform has verified, or an administrator of ours gave them: it makes them the person who has it on
 *              other platforms, with all that this one may see. Leave out what they could have typed themselves. zone is a name
 *              from tzdata. bot: true for a machine: what it says in an incident's channel is kept, but it cannot use
 *              commands. outside: true for a member of another organisation: what they say is kept, they cannot use
 *              commands, and their email is not trusted.
 *   "channel"  the platform's id of the place
 *   "people"   [user]: the people named in the text, as far as known, with "gone": true where the account was closed
 *              or never existed. In a text a person is written <@ID>, ID being the platform's user id.
 *   "trigger"  where the platform has one: allows a form to be opened for the acting person (see the action `form`)
 *
 *   message  channel, text, [message: its id], [thread: id of the message it replies to], [answers: id of
 *            the message that it was written under, where a thread has several], [mention: true when it
 *            addresses the bot; text then leaves the mention out], [named: true when it mentions the bot later on],
 *            [direct: true in a direct message to the bot],
 *            [commonmark: the text as CommonMark, where they formatted it; without it, text is literal],
 *            [more: further text that is never part of a command, such as a forwarded message],
 *            [via: the app that a person sent it through; such a message is never a command],
 *            [files: [{"name","url","path","size": bytes}]; each may lack all but name. path: where the connector keeps it],
 *            [incident: "INC-42", where it answers a message about that incident and the channel has several: it then counts as
 *            said there, unless the incident is private]
 *   command  channel, text: the words after the name of the slash command, [trigger],
 *            [about: {"text", "link"}: the message on which it was used]
 *   press    channel, command: that of the pressed button, unchanged, [message: id of the card's message], [trigger]
 *   form     channel, command: as in the form, values: {name of the field: text; a person as <@ID>}, [trigger: lets the
 *            form be shown again with its answers, when they cannot be accepted]
 *   reaction channel, message, emoji: its name without colons, [removed: true]
 *   edited   channel, message, text, [commonmark], [more], [files], [order: a number that grows with each edit of the message]
 *   deleted  channel, message
 *   join     channel                       leave    channel
 *   channel  channel, change: "renamed" | "archived" | "unarchived" | "removed" (the bot was, from the channel) | "added",
 *            [name], [private: true]; user may be left out
 *   reply    somebody outside answered, or wrote first: text (their new words only), customer (its key) or address (theirs, by
 *            which the core finds the customer), [channel], [ticket], [message], [link], [name: of the writer],
 *            [place: the channel as people know it, "#ext-acme"],
 *            [incident: "INC-42", when it answers a message about that incident], [files],
 *            [unverified: true when the writer is not known to belong to the customer, or may be somebody else],
 *            [automatic: true when a machine answered, such as an out-of-office; pass each on once a day],
 *            [agent: true when somebody of the desk answered the customer publicly; name is then the agent's, customer or address
 *            whom they answered],
 *            [change: "edited" or "deleted": they changed their earlier words, in `message`; text is the new text, or the
 *            deleted one], [order], [title: of the ticket],
 *            [organisation: the writer's, as the platform names it]
 *   ticket   a ticket that ticket.create made or ticket.follow named has changed, by whomever: the members of a ticket, see
 *            "Tickets"; user may be left out. Others may be reported, too, and are ignored
 *   page     what became of a page: see "Pages"; user may be left out
 *   bounce   address: where a message of ours did not arrive; permanent: true, or false while it is still tried,
 *            [text: what the platform said, literal], [message: the remote id of our message], [customer], [incident],
 *            [subscriber: true when it was one of subscriber.tell]
 *   unsubscribe  address: whose owner wants no more of our messages, [customer], [incident]
 *
 * Actions: kind, then the members of the body. `card` is the platform-neutral message below; `text` is CommonMark.
 *
 * For a connector with TOCSIN_CAN_TIMES, a link to time:SECONDS (since 1970) in a text is a moment, as in
 * [Tue 24 Nov 09:00 UTC](time:1732438800): show it in each reader's own zone; the kit does so for Slack. The others get its text.
 *
 *   post             channel, [to: user id; only this person sees it], [direct: true, with `to`: as a direct message,
 *                    where the platform has them], [thread], [asker: user id of the person who gets an answer; it goes
 *                    to them alone when the channel cannot be reached], card or text -> id of the message
 *   edit             channel, message, card or text. With TOCSIN_CAN_EDIT_PAGE also: user or email in place of the channel, and
 *                    the message that a page to them posted. DONE, too, when the message or its channel no longer exists
 *   delete           channel, message: one that an earlier post made. DONE, too, when it no longer exists
 *   channel.open     name ("inc-42-checkout-errors"; a similar one if that is taken), topic, private,
 *                    [purpose], [members: user ids], [emails] -> id of the channel; RETRY with that id: the channel
 *                    exists, and the rest will be tried again
 *   channel.topic    channel, topic
 *   channel.invite   channel, users, [emails]
 *   channel.remove   channel, who: a user id or an e-mail address; removes them if they are in it
 *   channel.archive  channel
 *   channel.bookmark channel, title, url: replaces the one with the same title
 *   pin              channel, message. DONE, too, when one of them no longer exists
 *   desk.tell        customer (its key), text, [name: the customer's], [address: where to reach them on this platform;
 *                    without it the connector looks the customer up in its settings], [subject], [incident: "INC-42"],
 *                    [thread: remote id of the first message of this conversation], [previous: of the latest one],
 *                    [bulk: true when the same text goes to many], [internal: true for a note in the ticket of `thread` that only
 *                    the desk's own people read; never send it to the customer] -> id of the message; an empty id: this
 *                    connector does not know how to reach that customer
 *   desk.find        email, domain or name: one of them, as somebody typed it; key: the customer's key, which may be their
 *                    external id on the platform; most: at most so many matches. Finds requesters, contacts, organisations or
 *                    shared channels, whatever desk.tell can write to -> the answer {"matches": [{"address": where to reach them,
 *                    as in desk.tell, "name", ["email"], ["kind": what it is: "channel", "contact", "organisation"]}], ["more":
 *                    true when there are others]}, the best one first. Nobody: no matches, which is DONE, too
 *   subscriber.tell  to whoever subscribed to a status page. With TOCSIN_CAN_MAILS: email, subject, text, [unsubscribe: an https address
 *                    that takes a POST (RFC 8058)]. With TOCSIN_CAN_HOOKS: url, secret, payload: an object, which is posted as it is
 *                    and signed with the secret (Standard Webhooks), [old_secret: which signs, too], [id: of the message, as it is
 *                    sent], [anywhere: true, also in private networks]. REFUSED: they take nothing there; what is wrong with one
 *                    of them says nothing about the connector. [insist: true: anything but success, and 410, is RETRY, and the
 *                    detail says "503 in 20 ms"] -> id
 *   ticket.create    title, text, incident: "INC-42", [link: of the incident], [parent: true for the desk's own ticket about the incident,
 *                    which those of customers join: a problem, a tracker, a parent; without it, work for engineers] -> the
 *                    ticket's id. No customer is told
 *   ticket.follow    ticket: its id, or link: as somebody copied it; [parent: the id of a ticket of ticket.create that it joins].
 *                    From now on its changes are `ticket` events -> its id. REFUSED: there is no such ticket
 *   ticket.comment   ticket, text: on a desk a note that only its own people read; never send it to the customer -> id
 *   ticket.state     ticket, state: "open" or "done". DONE, too, when it is so already -> nothing
 *   page             user or email, card or text or both, [code: with TOCSIN_CAN_RECEIPTS, the word by which a reply names this page],
 *                    [call: true to ring them, with TOCSIN_CAN_CALL] -> id
 *   page.end         user or email, message: the id of a page that needs no answer any more: stop ringing, take it back or say so, as
 *                    the platform can; text: who has it, "Acknowledged by Bo". DONE, too, when there is nothing to end
 *   person.find      email -> user id of the person with that address, and their name in `detail`. REFUSED: there is nobody
 *   form             trigger, user, channel, form: shows it to the user, whose answers come as a `form` event. When
 *                    the trigger has expired: REFUSED, and nobody is told
 *   group.members    group: its id or handle, users, [emails]: makes exactly these its members
 *
 * Tickets (TOCSIN_CAN_TICKETS): whatever a desk or a tracker has one of for each matter, such as a conversation or an issue. Its members
 * are
 *
 *   ticket   its id: one word, as the actions name it
 *   link     where the desk's people see it
 *   title    its subject
 *   state    "open", or "done" when nothing more is expected of anybody
 *   status   the platform's own word for it, such as "pending"
 *   [address: where desk.tell reaches its requester], [name: theirs], [organisation: theirs], [kind: "parent" for a ticket that others
 *   may join]
 *
 * ticket.create and ticket.follow give them as their answer, and desk.tell, too, for the ticket that the message is in. `thread` in
 * desk.tell may be a ticket's id: the message then goes to its requester, in it. With TOCSIN_CAN_POST, a ticket is also a channel, whose
 * id is the ticket's: an agent's note that begins with "!inc" is a `message` there, with [link] and [title] of the ticket, and a post
 * there is a note like that of ticket.comment. Somebody who is no agent of the desk never speaks in such a channel.
 *
 * Pages (TOCSIN_CAN_RECEIPTS): a page is done when the platform has taken it, and that says little. What becomes of it is a `page` event:
 *
 *   message  the id that the page was given
 *   state    "delivered" to their device, "seen" by them, "acknowledged" (they answered: by a key, a button, a reply that names the code),
 *            or "failed": it does not reach them
 *   [how: "a key", "a reply", …, when it was acknowledged], [text: why it failed, literal]
 *
 * States may come twice and in any order; the core keeps the furthest one. A connector reports "acknowledged" only for whom it knows to be
 * the page's receiver: a key pressed in the call, a one-time address, or a reply from their number with the code, since numbers are forged.
 *
 * Only connectors with TOCSIN_CAN_EMAILS are given emails. They skip an address that the platform does not know, and
 * report it in `detail`.
 *
 * Card: {"title", "tone": "alarm" | "warn" | "ok" | "info" | "quiet", "fields": [{"name", "value", ["text"]}], "text",
 *        "buttons": [{"label", "command", "style": "primary" | "danger" | "", "asks": true when the command needs more
 *        and a form asks for it; leave such a button out where there are no forms}], "footer", "footer_text", "room": id of the
 *        channel where people work on it, when the card is shown elsewhere, "picture": {"png": its bytes in base 64, at most
 *        256 KiB, "width", "height": in pixels, at most 2,000, "alt": what it says, in words}}; all but title are optional. Only "text" and
 *        "footer_text" are CommonMark. The title, the fields' names and values, the buttons' labels and the footer are plain
 *        text, partly from machines and strangers: show their characters as they are, never as markup (kit_escape in
 *        kit/commonmark.h). A field's "text" says the same as its value, and "footer_text" the same as the footer: use
 *        them, where they are there, for the moments in them.
 *        Only a connector with TOCSIN_CAN_PICTURES is given a picture, in a `post`; for the others its words stand at the end of "text".
 *        It says nothing that its words do not: where the platform does not take it, show "alt", which is plain text, and never fail for it.
 *
 * Form: {"title", "submit": the button's label, "command", ["error": what was wrong with the last answers],
 *        ["note": what helps with the answers, above the fields], "fields":
 *        [{"name", "label", "kind": "line" | "text" (several lines) | "choice" | "person", "value": filled in already,
 *        "choices": [text], "hint", "optional": true}]}. "error" and "note" are CommonMark.
 */

#ifdef __cplusplus
}
#endif
#endif
