/*
 * tocsin/connector.h - everything that a Tocsin connector includes.
 *
 * A connector joins Tocsin to one outside system: a chat platform, a mailbox, a support desk. It is a shared object
 * that exports one symbol, a descriptor made by TOCSIN_CONNECTOR(), and is made of a few functions that may
 * block. Tocsin loads it in a process of its own, `tocsin-runner`: a connector that crashes, hangs or leaks is
 * restarted with backoff, and the actions it had in hand are asked again with the same idempotency key.
 *
 * A connector knows nothing of incidents. What people do on its platform it passes in as events (`emit`); what
 * Tocsin wants done there arrives as actions (`perform`). Text is UTF-8; structured data is JSON text.
 *
 * Life of a connector, in this order:
 *
 *     open -- check -+- run      one thread, from open to stop; inbound; optional
 *                    +- perform  up to `parallel` threads at once
 *                    +- serve    the same threads; webhooks that the core received for this connector
 *                    +- stop     from another thread: make run() return soon
 *     close          after run() and the last perform() and serve() returned
 *
 * Memory: each side frees what it allocated. Arguments are valid for the call only, except `host`, which lives until
 * close() returns, and the strings of the descriptor, which live as long as the object is loaded.
 *
 * Compatibility: structs that cross begin with their size, and grow only at the end. A newer core loads an older
 * connector: what the connector's struct does not reach reads as zero. A connector built against a newer header than
 * the core's is loaded too as long as the ABI number is the same; it must not expect host functions beyond
 * `host->size`.
 */
#ifndef TOCSIN_CONNECTOR_H
#define TOCSIN_CONNECTOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TOCSIN_ABI 1

/* What a connector can do: `can` in the descriptor. The core asks for nothing else. */
#define TOCSIN_CAN_POST     (UINT64_C(1) << 0) /* post: put a message into a channel or before one person */
#define TOCSIN_CAN_EDIT     (UINT64_C(1) << 1) /* edit: change a message posted before */
#define TOCSIN_CAN_THREAD   (UINT64_C(1) << 2) /* messages may answer a message */
#define TOCSIN_CAN_BUTTONS  (UINT64_C(1) << 3) /* a card's buttons are shown; a press arrives as an event */
#define TOCSIN_CAN_FORMS    (UINT64_C(1) << 4) /* a command that lacks arguments may be asked for in a form */
#define TOCSIN_CAN_CHANNELS (UINT64_C(1) << 5) /* channel.open, .topic, .invite, .archive */
#define TOCSIN_CAN_PAGE     (UINT64_C(1) << 6) /* page: get one person's attention */
#define TOCSIN_CAN_DESK     (UINT64_C(1) << 7) /* reach customers: desk.* actions */
#define TOCSIN_CAN_FIND                                                                                        \
    (UINT64_C(1) << 8) /* perform looks an attempt > 1 up by its key before it sends again */
#define TOCSIN_CAN_PIN      (UINT64_C(1) << 9)  /* pin: keep a message in sight in its channel */
#define TOCSIN_CAN_BOOKMARK (UINT64_C(1) << 10) /* channel.bookmark: a link at the head of a channel */
#define TOCSIN_CAN_GROUPS                                                                                      \
    (UINT64_C(1) << 11) /* group.members: a platform's group of users follows a rotation */
#define TOCSIN_CAN_EMAILS (UINT64_C(1) << 12) /* people may be named by e-mail address where no user is known */

/* Outcome of open, check and run: 0, or one of these with a text in `error`. The text reaches the operator. */
#define TOCSIN_E_CONFIG (-1) /* the settings are wrong: not tried again until they change */
#define TOCSIN_E_AUTH   (-2) /* credentials refused, or rights missing: a person must act */
#define TOCSIN_E_FAILED (-3) /* anything else: tried again with backoff */

struct tocsin_error {
    uint32_t size;
    int32_t code;
    char text[512]; /* what is wrong and what to do; never a secret; terminated */
};

/* Types and flags of a setting. */
#define TOCSIN_SETTING_TEXT     0
#define TOCSIN_SETTING_INT      1
#define TOCSIN_SETTING_BOOL     2
#define TOCSIN_SETTING_DURATION 3 /* written "30s"; arrives as milliseconds */
#define TOCSIN_SETTING_LIST     4 /* a JSON array of text */
#define TOCSIN_SETTING_TABLE    5 /* a JSON object */
#define TOCSIN_SECRET           1 /* never shown, logged or exported */
#define TOCSIN_REQUIRED         2

struct tocsin_setting {
    const char *name; /* NULL ends the table */
    uint32_t type, flags;
    const char *fallback; /* as text; NULL: none */
    int64_t least, most;  /* range of an INT or DURATION; both 0: any */
    const char *help;     /* one line for the manual and the sample configuration */
};

/*
 * What the core offers. Every function may be called from any thread of the connector, from open() on until
 * close() returns.
 */
struct tocsin_host {
    uint32_t size, abi;
    void *ctx; /* first argument of each function */

    /* level: 0 debug, 1 info, 2 warning, 3 error. Known secrets are removed from the text. */
    void (*log)(void *ctx, int32_t level, const char *text);

    /*
     * Passes an event in: JSON, at most 256 KiB (see "Events" below). Blocks until the core has it durable, and
     * returns TOCSIN_EMITTED; acknowledge to the platform only then. TOCSIN_EMIT_RETRY: not durable, try later.
     * TOCSIN_EMIT_REFUSED: it will never be taken (malformed, too large); drop it. An event whose "id" was passed
     * before is acknowledged and not acted on again.
     */
    int32_t (*emit)(void *ctx, const char *event, size_t length);

    int32_t (*stopping)(void *ctx); /* 1 once stop() was or is about to be called */

    /*
     * A small durable store of the connector's own: cursors, ids. Keys up to 200 bytes, values up to 64 KiB.
     * get: writes at most `capacity` bytes, returns the value's full length, or -1 when there is none.
     * put: 0 once durable; value NULL removes the key; -1 when it could not be kept.
     */
    int64_t (*get)(void *ctx, const char *key, char *value, size_t capacity);
    int32_t (*put)(void *ctx, const char *key, const char *value, size_t length);
};
#define TOCSIN_EMITTED      0
#define TOCSIN_EMIT_RETRY   (-1)
#define TOCSIN_EMIT_REFUSED (-2)

/* How often the platform lets itself be asked. The core holds actions back by this, so that a connector never waits; what a
   platform refuses nevertheless is answered with TOCSIN_RETRY and its own delay. */
struct tocsin_limit {
    const char *kind;     /* of action: "post"; "*": all together. NULL ends the table */
    uint32_t per_channel; /* 1: each channel by itself; 0: the whole connector */
    uint32_t burst;       /* so many at once, at least 1 */
    int64_t refill_ms;    /* and one more each so often */
};

/* One thing to do outside; see "Actions" below. */
struct tocsin_action {
    uint32_t size;
    int32_t attempt;     /* from 1; more than 1: an earlier attempt may have reached the platform */
    int64_t deadline_ms; /* this call's time left, in milliseconds; the runner is killed some time after */
    const char *id;      /* of this action */
    const char *kind;    /* "post", "edit", ... */
    const char *key;     /* idempotency key: the same for every attempt of the same action */
    const char *body;    /* JSON object */
    size_t body_length;
    int64_t made_ms; /* since 1970, by the core's clock: no earlier attempt is older than this */
};

/* The five outcomes of an action. */
#define TOCSIN_DONE    0 /* done; remote_id says what came of it */
#define TOCSIN_RETRY   1 /* not done, try again: after retry_after_ms where the platform said so, else 0 */
#define TOCSIN_REFUSED 2 /* the platform will never do this; detail says why */
#define TOCSIN_AUTH    3 /* credentials or rights: stop asking, tell a person */
#define TOCSIN_UNKNOWN 4 /* cut after sending: it may have happened */

struct tocsin_result { /* in the host's memory, zeroed: an empty result is TOCSIN_DONE without an id */
    uint32_t size;
    int32_t code;
    int64_t retry_after_ms;
    char remote_id[256]; /* the platform's id of the message, channel, ticket; terminated */
    char detail[512];    /* for a person; never a secret; terminated */
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
    /* Appends to the response's body, 1 MiB in all. Returns 0, or -1 when it does not fit. */
    int32_t (*write)(struct tocsin_response *response, const char *bytes, size_t length);
};

struct tocsin_connector {
    uint32_t size, abi;
    uint32_t setting_size; /* sizeof(struct tocsin_setting) */
    int32_t parallel;      /* most perform() and serve() calls at once, 1 to 16; 1: serialised */
    uint64_t can;          /* TOCSIN_CAN_... */
    const char *name, *version, *summary;
    const struct tocsin_setting *settings; /* ends with a row without a name; NULL: none */

    /* settings: a JSON object, checked, with every declared name present. *ret_self is passed to all others. */
    int32_t (*open)(const struct tocsin_host *host, const char *settings, void **ret_self,
                    struct tocsin_error *error);
    /* Credentials and rights, without side effects. Optional. 0 with a text: it works, but for what the text says. */
    int32_t (*check)(void *self, struct tocsin_error *error);
    /* Inbound, until stop(). Returning earlier is a failure, and restarts the connector. Optional. */
    int32_t (*run)(void *self, struct tocsin_error *error);
    void (*serve)(void *self, const struct tocsin_request *request,
                  struct tocsin_response *response); /* optional */
    void (*perform)(void *self, const struct tocsin_action *action, struct tocsin_result *result);
    void (*stop)(void *self);  /* from another thread: wake run(), return at once. Needed where run is. */
    void (*close)(void *self); /* accepts NULL after a failed open */

    uint32_t limit_size;               /* sizeof(struct tocsin_limit) */
    const struct tocsin_limit *limits; /* ends with a row without a kind; NULL: none */
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
 * Events: JSON objects given to emit. Every one has "type" and "id" (unique on the platform: the message's or
 * delivery's id), and "user": {"id", "name", "email", "zone", "bot", "outside"} of who acts (id is needed, the rest as far as
 * known; zone as in tzdata; bot: true for a machine, which is heard in an incident's channel, and commands nothing; outside: true for somebody of another
 * organisation, who is heard, but commands nothing, and whose email is not believed). "channel" is the platform's id of
 * the place. In a text a person is written <@ID>, ID being the platform's user id, and "people": [user] tells who those
 * are, as far as known, with "gone": true for one whose account was ended or never was. "trigger", where the platform gives
 * one, lets a form be opened for who acts (see `form`).
 *
 *   message  channel, text, [message: its id], [thread: id of the message it answers], [mention: true when it
 *            addresses the bot; then text is without the mention], [named: true when it mentions the bot further on],
 *            [direct: true in a private talk with the bot],
 *            [more: what is said with the text, and never part of a command: a message that was forwarded],
 *            [via: the app that a person said it through: then it is no command], [files: [{"name","url"}]]
 *   command  channel, text: a slash command's words after the command's own name, [trigger],
 *            [about: {"text", "link"}: the message that it was asked of]
 *   press    channel, command: the text of the button pressed, [message: id of the card's message], [trigger]
 *   form     channel, command: as in the form, values: {field's name: text; a person as <@ID>}, [trigger: the form is
 *            shown again with what was filled in, when that cannot be taken]
 *   reaction channel, message, emoji: its name without colons, [removed: true]
 *   edited   channel, message, text, [more], [files], [order: a number, greater than that of an earlier edit of the message]
 *   deleted  channel, message
 *   join     channel                       leave    channel
 *   channel  channel, change: "renamed" | "archived" | "unarchived" | "removed" (the bot was, from it) | "added", [name],
 *            [private: true]; user may be left out
 *   reply    customer, text, [channel], [ticket], [message], [link]: somebody outside answered; [change: "edited" or
 *            "deleted", where they did that to what they had said, in `message`: text is what it says, or said], [order]
 *
 * Actions: kind and body. {card} is the platform-neutral message below; {text} is CommonMark.
 *
 *   post             channel, [to: user id; only this person sees it], [direct: true, with `to`: in a private talk with them,
 *                    where there are such], [thread], [asker: user id of who is answered; it goes
 *                    to them alone where the channel cannot be reached], card or text -> id of the message
 *   edit             channel, message, card or text
 *   channel.open     name ("inc-42-checkout-errors"; another near it where that is taken), topic, private,
 *                    [purpose], [members: user ids], [emails] -> id of the channel; RETRY with that id: it is there, and
 *                    what is left of it will be tried again
 *   channel.topic    channel, topic
 *   channel.invite   channel, users, [emails]
 *   channel.remove   channel, who: a user id, or an e-mail address: out of it, if in it
 *   channel.archive  channel
 *   channel.bookmark channel, title, url: replaces the one of the same title
 *   pin              channel, message
 *   desk.tell        customer, text -> id of the message; an empty id: this connector does not know where to reach
 *                    that customer
 *   page             user or email, card and text, or one of them -> id
 *   form             trigger, user, channel, form: shows it to them; their answers come as a `form` event. Too late
 *                    for the trigger: REFUSED, and nobody is told
 *   group.members    group: its id or handle, users, [emails]: exactly these are its members
 *
 * emails are asked for of connectors with TOCSIN_CAN_EMAILS only; an address that the platform does not know is
 * passed over, and said in `detail`.
 *
 * Card: {"title", "tone": "alarm" | "warn" | "ok" | "info" | "quiet", "fields": [{"name", "value"}], "text",
 *        "buttons": [{"label", "command", "style": "primary" | "danger" | "", "asks": true when the command wants more,
 *        which a form asks for: left out where there are no forms}], "footer", "room": id of the channel where it is
 *        worked, when the card stands elsewhere}; each but title optional.
 *
 * Form: {"title", "submit": the button's label, "command", ["error": what was wrong with the last answers], "fields": [{"name", "label", "kind": "line" | "text" (several
 *        lines) | "choice" | "person", "value": filled in already, "choices": [text], "hint", "optional": true}]}.
 */

#ifdef __cplusplus
}
#endif
#endif
