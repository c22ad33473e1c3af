/*
 * buttons - what can be pressed, as data: which buttons an incident has in which status, and what a press of an older one may
 * still do. Pure.
 *
 * A button does what its label said when it was shown, or nothing. So its command ends with a tag that says for what it was
 * made: " @~s" and the instant at which the incident entered its status, or " @~o", the instant at which a line was
 * offered and the incident of the channel, if any: "@~o1795446382123.INC-4". Connectors pass the command back unchanged; only a press (command/press.h) reads the tag. What people type has none.
 */
#ifndef TOCSIN_ROOMS_BUTTONS_H
#define TOCSIN_ROOMS_BUTTONS_H

#include "rooms/card.h"

enum button_place {
    BUTTON_ON_CARD = 1,   /* which is kept up to date */
    BUTTON_ON_ANSWER = 2, /* the next steps */
};

enum button_kind {
    BUTTON_PLAIN,    /* no tag: the line is run as if it were typed */
    BUTTON_OF_STATE, /* of the table below */
    BUTTON_OFFER,    /* a whole line that was offered: it is run once */
};

struct button_made { /* for what a button was made */
    enum button_kind kind;
    instant at;
    uint64_t here; /* of an offer: the channel's incident; 0: none */
    bool hidden;   /* that number was taken out of the button before it left */
};

/* Writes "buttons": those of the incident in its status and, with a context, of the merges into it that can be undone. */
void buttons_put(struct json_out *j, const struct incident *incident, enum button_place place,
                 const struct card_context *context);
/* Writes one button. `style`: "primary", "danger" or "". */
void button_put(struct json_out *j, const char *label, const char *command, const char *style);
/* Writes one whose command lacks something: a form asks for it. */
void button_put_asking(struct json_out *j, const char *label, const char *command);
/* Writes one that runs the line once, as in a channel of the incident `here` (0: none). */
void button_put_offer(struct json_out *j, const char *label, const char *line, const char *style, uint64_t here,
                      instant now);

/* The command without its tag, which goes to *ret. The caller frees it. */
char *button_read(const char *command, struct button_made *ret);
/* Did the incident move to another status since `made`? */
bool button_is_moved(const struct incident *incident, instant made);
/* May `by` still press the button with this command ("accept", "lead me") that was made at `made`? */
bool button_holds(const struct incident *incident, const char *command, instant made, const char *by);

#endif
