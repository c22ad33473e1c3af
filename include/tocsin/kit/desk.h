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
#include <tocsin/kit/api.h>
#include <tocsin/kit/commonmark.h>
#include <tocsin/kit/json.h>
#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- desk.find: who is meant ---- */

/* How a search compares. */
enum kit_way {
    KIT_SAME,   /* the same text */
    KIT_DOMAIN, /* a mail address of that domain */
    KIT_PART,   /* the text is in it */
};
/* A search: for the text in that member of the action ("email", "key", "domain" or "name"), in a list of the platform's, by a field. */
struct kit_search {
    const char *member, *in, *field;
    enum kit_way way;
};
/* Contacts, in the order in which they are added. */
struct kit_matches {
    cJSON *list;
    size_t most; /* what is added beyond is only counted as more */
    bool more;
};
/* Makes a search for a text, which is not empty, and adds whom it finds. */
typedef void kit_look(struct kit_task *task, const struct kit_search *search, const char *what,
                      struct kit_matches *matches);

/* Performs desk.find: makes the searches of a table, which ends with a row without a member, until one fails. The best ones come first. */
void kit_find(struct kit_task *task, const struct kit_search *searches, kit_look *look);
/* Adds a contact, unless its address (in any case) is there already or empty. `name`: "" for the address. `organisation`: theirs; "": not
   known. */
void kit_matches_add(struct kit_matches *matches, const char *address, const char *name,
                     const char *organisation);
/* Does a value that was found fit what somebody looked for, in any case? Some platforms find more than they were asked for. Pure. */
bool kit_fits(enum kit_way way, const char *value, const char *what);

/* ---- whose ticket it is ---- */

/* Of a ticket that Tocsin follows, because an action was about it: {"customer", "incident"}, each only if known. NULL: it does not. The
   caller deletes. */
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
/* Sets the outcome of desk.tell, ticket.create and ticket.follow, if the action has not failed: the members of the ticket that it is about
   as the answer, and its id, unless the result has that of a message. With the outcome, the ticket is kept as followed, with the customer
   and the incident of the action, where it names them. Call it once for an action. */
void kit_ticket_answer(const struct kit_ticket *ticket, struct kit_task *task);

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

/* The new words of what somebody wrote, as `plain` text or else as `html`: without what they answer, and after the `subject` where they
   began a ticket; "": they did not. The caller frees. */
char *kit_said_words(const char *plain, const char *html, const char *subject);
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

/* Adds what ticket.comment, or a `post` in a ticket's channel, says in a note: its card and its text. What only one person may read is
   not said, because all of the desk's people read a note; the note then tells them where to ask. */
void kit_note(const cJSON *body, enum kit_target target, struct kit_text *out);

/* ---- marks ---- */

#define KIT_MARK_BYTES 33 /* with its terminator */

/* 32 hex digits of a hash of the action's key, `what` is written ("ticket", "message"), and who writes it: the same for every attempt at
   the action, and nobody else can guess it. */
void kit_mark(const char *secret, const char *what, const char *key, char mark[KIT_MARK_BYTES]);

/* ---- addresses and links ---- */

/* Is it a number as tickets have it: 1 to 18 digits and nothing else? Pure. */
bool kit_is_number(const char *text);
/* The number that follows `before` in a link below `base`, in any case: 17 in https://desk.example.com/tickets/17#a with "/tickets/".
   False: it leads elsewhere. Pure. */
bool kit_link_number(const char *base, const char *link, const char *before, char number[KIT_ID_BYTES]);

/* Is it one mail address and nothing else, such as ops@acme.example? Platforms take other words for names. Pure. */
bool kit_is_mail_address(const char *text);

#ifdef __cplusplus
}
#endif
#endif
