/*
 * desk - what connectors to support desks and trackers have in common: who was found, whose ticket is whose, a ticket as the core
 * knows it, and marks by which a message is found again.
 *
 * Any thread. Arguments are borrowed for the call unless noted.
 */
#ifndef TOCSIN_KIT_DESK_H
#define TOCSIN_KIT_DESK_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include <tocsin/connector.h>
#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- desk.find: who was found ---- */

/* Matches, in the order in which they are added: add the best ones first. */
struct kit_matches {
    cJSON *list;
    size_t most; /* what is added beyond is only counted as more */
    bool more;
};

/* `body`: that of the action. */
struct kit_matches kit_matches_begin(const cJSON *body);
/* Adds one, unless its address (in any case) is there already or empty. `name`: NULL or "": the address. `email`, `kind`: NULL or "":
   none. */
void kit_matches_add(struct kit_matches *matches, const char *address, const char *name, const char *email,
                     const char *kind);
/* Answers the action with them, unless it has failed, and frees them. */
void kit_matches_answer(struct kit_matches *matches, struct tocsin_result *result);

/* How a search compares. */
enum kit_way {
    KIT_SAME,   /* the same text */
    KIT_DOMAIN, /* a mail address of that domain */
    KIT_PART,   /* the text is in it */
};
/* Does a value that was found fit what somebody looked for, in any case? Some platforms find more than they were asked for. Pure. */
bool kit_fits(enum kit_way way, const char *value, const char *what);

/* ---- whose ticket it is ---- */

/* Keeps the customer and the incident of a ticket, with what this thread reports next (host->keep). NULL leaves what is known. A
   ticket that has been kept is one that Tocsin follows. */
void kit_ticket_keep(const struct tocsin_host *host, const char *ticket, const char *customer,
                     const char *incident);
/* {"customer", "incident"}, each only if known. NULL: it was never kept. The caller deletes. */
cJSON *kit_ticket_kept(const struct tocsin_host *host, const char *ticket);

/* ---- a ticket, as "Tickets" in tocsin/connector.h says ---- */

struct kit_ticket {
    const char *id, *link, *title, *status;    /* the platform's; title and names are made safe to show */
    bool done;                                 /* nothing more is expected of anybody */
    const char *address, *name, *organisation; /* of the requester; NULL or "": not known */
    bool parent;                               /* others may join it */
};

/* Its members. The caller deletes. */
cJSON *kit_ticket_json(const struct kit_ticket *ticket);
/* The event `ticket` with that id. The caller adds who acted, if that is known, and emits it. */
cJSON *kit_ticket_event(const struct kit_ticket *ticket, const char *event_id);
/* Adds them as the answer of an action that has succeeded: of desk.tell, whose id is the message's. */
void kit_ticket_say(const struct kit_ticket *ticket, struct tocsin_result *result);
/* Sets the outcome of ticket.create and ticket.follow: the ticket's id, and its members as the answer. Keeps it as followed, with the
   incident of the action, if that names one. Nothing if the action has failed. */
void kit_ticket_answer(const struct kit_ticket *ticket, const struct tocsin_host *host, const cJSON *body,
                       struct tocsin_result *result);

/* ---- what somebody wrote in a ticket ---- */

enum kit_by {
    KIT_BY_CUSTOMER, /* its requester, or whom they copied */
    KIT_BY_AGENT,    /* whom the platform says is one */
    KIT_BY_STRANGER, /* anybody else, or perhaps somebody else */
};

struct kit_said {
    const char *id;                              /* of the event, unique on the platform: "rt:40" */
    const char *ticket, *title, *message, *link; /* where; message: as in a remote id of desk.tell */
    const char *text;                            /* their new words; what is beyond 30,000 bytes is left out */
    enum kit_by by;
    const char *user, *name; /* who: their id on the platform, and their name, NULL or "": not known */
    const char *
        email; /* theirs, verified by the platform or given by an administrator (tocsin/connector.h); NULL: none */
    const char *address;      /* of the customer, as in desk.tell: the writer, or whom the agent answered */
    const char *organisation; /* of the customer, as the platform names it; NULL or "": not known */
    const cJSON *files;       /* [{"name", …}]; NULL: none */
    bool automatic;           /* a machine answered */
};

/* The event `reply`, with the customer and the incident that were kept for the ticket. NULL: it says nothing. The caller emits it. */
cJSON *kit_said_reply(const struct kit_said *said, const struct tocsin_host *host);
/* The event `message` in the ticket's channel: an agent's internal note that begins with "!inc". NULL: it is none. The caller emits
   it. Never call it for what the customer can read, or for a mail, whose sender nobody knows for sure. */
cJSON *kit_said_command(const struct kit_said *said);
/* The files of a list, by the members that have their names, made safe to show, and their addresses (`url` NULL: none), with their
   `size` in bytes, if they have one: [{"name", "url", "size"}]. The caller deletes. */
cJSON *kit_said_files(const cJSON *list, const char *name, const char *url);
/* Does a text begin with "!inc", as a word? */
bool kit_is_command(const char *text);

/* Adds what a `post` in a ticket's channel says, as plain text for a note: its card and its text. What only one person may read is
   not said, because all of the desk's people read a note; the note then tells them where to ask. */
void kit_note(const cJSON *body, struct kit_text *out);

/* ---- marks ---- */

#define KIT_MARK_BYTES 65 /* of the longest mark, with its terminator */

/* The first `digits` (at most 64) hex digits of a hash of the action's key, `what` is written ("ticket", "message"), and who writes
   it: the same for every attempt at the action, and nobody else can guess it. */
void kit_mark(const char *secret, const char *what, const struct tocsin_action *action, size_t digits,
              char mark[KIT_MARK_BYTES]);

/* ---- addresses and links ---- */

#define KIT_NUMBER_BYTES 24

/* Is it a number as tickets have it: 1 to 18 digits and nothing else? Pure. */
bool kit_is_number(const char *text);
/* The number that follows `before` in a link below `base`, in any case: 17 in https://desk.example.com/tickets/17#a with "/tickets/".
   False: it leads elsewhere. Pure. */
bool kit_link_number(const char *base, const char *link, const char *before, char number[KIT_NUMBER_BYTES]);

/* Is it one mail address and nothing else, such as ops@acme.example? Platforms take other words for names. Pure. */
bool kit_is_mail_address(const char *text);

#ifdef __cplusplus
}
#endif
#endif
