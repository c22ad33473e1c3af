/*
 * once - something that must not be made twice on a platform that has no idempotency key and no place for a mark.
 *
 *     static const struct kit_once once = {"message", "messages", 300000, list, "messages", is_that};
 *     bool found;
 *     cJSON *made = kit_once_make(task, &once, message_of(task), &found);
 *
 * An attempt is noted in the host's store before it is made, and the note goes if nothing can have been made. So a later attempt that
 * finds no note makes it at once. One that finds a note looks in a list, by who made it, when, and its words; a list may lag, so what is
 * not there counts as not made only some time after the attempt. What was made keeps its note, so that the same action finds it again.
 */
#ifndef TOCSIN_KIT_ONCE_H
#define TOCSIN_KIT_ONCE_H

#include <stdbool.h>
#include <stdint.h>

#include <tocsin/kit/api.h>
#include <tocsin/kit/desk.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads a page of a list, as kit_page does (kit/poll.h): the caller deletes it. */
typedef cJSON *kit_once_page(struct kit_task *task, const char *at, struct kit_text *next);
/* Is a row of it what `json` makes? */
typedef bool kit_once_is(const struct kit_task *task, const cJSON *row, const cJSON *json);

struct kit_once {
    const char *what, *path; /* "message", of which an action makes one; where it is posted to */
    int64_t lag_ms;          /* so much later the list has it for sure */
    kit_once_page *page;
    const char *rows; /* the pages' member that has the rows */
    kit_once_is *is;
};

/* Posts `json`, which it deletes, once for the task's action. What it returns is the answer, or with *ret_found the row that an earlier
   attempt made; the caller deletes. NULL: the result says why; UNKNOWN until an earlier attempt is lag_ms old, RETRY where the attempt could
   not be noted. */
cJSON *kit_once_make(struct kit_task *task, const struct kit_once *once, cJSON *json, bool *ret_found);

#ifdef __cplusplus
}
#endif
#endif
