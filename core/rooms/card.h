/*
 * card - the platform-neutral message about an incident, as JSON (see include/tocsin/connector.h). Pure.
 */
#ifndef TOCSIN_ROOMS_CARD_H
#define TOCSIN_ROOMS_CARD_H

#include "base/json.h"
#include "engine/state.h"

/* Replaces the title of an incident that has become private. */
#define HIDDEN_TITLE "This incident is now visible to its members only"

struct card_context {
    instant now;
    const char *zone;
    const char *(*name_of)(void *ctx, const char *id);
    void *ctx;
    const char *public_url; /* NULL: no link */
    bool (*told)(void *ctx, const struct incident *incident,
                 uint64_t other); /* may the card name that incident? */
    /* Adds fields with card_field; NULL: none. */
    void (*more)(void *ctx, const struct incident *incident, const struct card_context *context,
                 struct json_out *fields);
    /* Adds a few lines of CommonMark below the summary; NULL: none. */
    void (*more_text)(void *ctx, const struct incident *incident, struct str *commonmark);
    bool of_page; /* it is that of a page, which says nothing of pages */
    bool
        whole; /* for an answer; else a long summary is cut, because a card that is kept up to date must fit in one message */
};

/* "[private] INC-42 checkout is slow". The caller frees. */
char *card_title(const struct incident *incident);
/* Adds a field, unless its value is empty. */
void card_field(struct json_out *fields, const char *name, const char *value);
/* The incident, with buttons for what can be done now. Kept up to date in its channel and where it is announced. */
void card_incident(const struct incident *incident, const struct card_context *context, struct str *out);
/* The distinct titles of its alert groups, at most a few: "disk is full; no route to host and 3 more". */
void card_problems(const struct incident *incident, struct str *out);
/* Replaces the announcement of an incident that has become private. */
void card_hidden(struct str *out);
/* For somebody who joins: the summary, recent events, what is owed and by whom. `recent` is newest first. */
void card_catch_up(const struct incident *incident, const struct event *recent, size_t n,
                   const struct card_context *context, struct str *out);
/* A title and a text, for answers. */
void card_plain(const char *title, const char *tone, const char *text, struct str *out);
/* The same with a picture; for what it becomes, see delivery/picture.h. */
struct card_picture {
    const char *svg, *alt; /* alt: all that it says, in words */
    int width;             /* that it is drawn with, in pixels */
};
void card_pictured(const char *title, const char *tone, const char *text, const struct card_picture *picture,
                   struct str *out);

#endif
