/*
 * fields - what the forms of the desk's pages offer and keep: states, statuses, prepared messages, and what was typed before a refusal. Loop's
 * thread only.
 */
#ifndef TOCSIN_APP_STATUS_FIELDS_H
#define TOCSIN_APP_STATUS_FIELDS_H

#include "app/page.h"
#include "comms/posts.h"

/* A list of "state_name" and "state_title". */
void fields_states(struct view *view, const char *list);
/* The list "statuses" of "status_name" and "status_title", of posts that are no maintenance, with "chosen". */
void fields_statuses(struct view *view, enum public_status chosen);
/* The list "messages" of those with which a post that stands alone can begin. */
void fields_messages(const struct visit *visit, struct view *view);
/* After a refusal: "typed_title", …, and "typed_" with the form's name as a flag. */
void fields_typed(struct visit *visit, struct view *view);
/* The same fields, with what a draft says. */
void fields_of_post(struct view *view, const struct post *post, const char *text);

#endif
