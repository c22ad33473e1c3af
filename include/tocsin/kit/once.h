/*
 * once - something that must not be made twice on a platform that has no idempotency key and no place for a mark.
 *
 *     struct kit_once once = kit_once_begin(task, "message");
 *     cJSON *there = kit_once_find(&once, list, "messages", is_that, &wanted);
 *     if (!there && task->result->code == TOCSIN_DONE && kit_once_try(&once, 300000))
 *         there = kit_api_write(task, "POST", "messages", …, NULL);
 *     kit_once_end(&once);
 *
 * An attempt is noted in the host's store before it is made, and the note goes if nothing can have been made. So a later attempt that
 * finds no note makes it at once. One that finds a note looks in a list, by who made it, when, and its words; a list may lag, so what is
 * not there counts as not made only some time after the attempt.
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

/* Belongs to one task, which it borrows. */
struct kit_once {
    struct kit_task *task;
    char key[16 + KIT_MARK_BYTES]; /* of the note */
    int64_t
        tried_ms; /* when an earlier attempt was made that may have arrived, since 1970; 0: there was none */
};

/* What the task's action makes: "message", "ticket". */
struct kit_once kit_once_begin(struct kit_task *task, const char *what);
/* Reads a page of a list, as kit_page does (kit/poll.h): the caller deletes it. */
typedef cJSON *kit_once_page(struct kit_task *task, const char *at, struct kit_text *next);
/* Is a row what the task's action makes? */
typedef bool kit_once_is(const struct kit_task *task, const cJSON *row, const void *what);
/* If an earlier attempt may have arrived: the first row, of the pages' member `rows`, that it made. NULL: there is none, or the task has
   failed. The caller deletes. */
cJSON *kit_once_find(struct kit_once *once, kit_once_page *page, const char *rows, kit_once_is *is,
                     const void *what);
/* May it be made now? Notes the attempt. False: the result is UNKNOWN until an earlier one is lag_ms old, or RETRY where the note could not
   be stored. */
bool kit_once_try(struct kit_once *once, int64_t lag_ms);
/* After it was found or tried: drops the note where the platform refused the attempt or was not reached. What was made keeps it, so that
   the same action finds it again. */
void kit_once_end(const struct kit_once *once);

#ifdef __cplusplus
}
#endif
#endif
