/*
 * page_answer - answers to a page that are no commands: a reply to its message, a reaction on it. They count only from whom the page was
 * to. Loop's thread only.
 */
#ifndef TOCSIN_COMMAND_PAGE_ANSWER_H
#define TOCSIN_COMMAND_PAGE_ANSWER_H

#include "turn/turn.h"

#define ACK_COMMAND "ack" /* of a reaction: it counts only on a page */

struct page_answer { /* all borrowed */
    const char *connector, *person;
    const char *message; /* that it is a reply to, or a reaction on; NULL: none */
    const char *text;    /* of a reply */
    bool direct;         /* in a direct message: then it may mean any page that calls the person */
};
/* Acknowledges the page, if it begins with ack, accept or yes. False: it is no such answer. *said: what to tell them. */
bool page_answer_reply(struct turn *turn, struct page_answer answer, struct str *said);
bool page_answer_reaction(struct turn *turn, struct page_answer answer, struct str *said);

#endif
