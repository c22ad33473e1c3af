/*
 * page - what connectors that page people have in common: what a page says on a small screen, which page is whose, and the events of
 * what becomes of it.
 *
 *     struct kit_page page = kit_page_of_action(task);
 *     if (!*kit_page_id(&page) && … it is not found there either && kit_page_begin(&page, task->result))
 *         id = … send it
 *     if (task->result->code == TOCSIN_DONE)
 *         kit_page_sent(&page, id, task->result);
 *     kit_page_finish(&page);
 *
 * A page is noted in the host's store before it is sent, under a mark that addresses of callbacks name: kit_page_begin. Where whoever calls
 * back tries until the page is known, kit_page_sent alone is enough. What comes back may be sooner than the outcome of the action; the core
 * learns of the page with that outcome, so an event before it would be lost. kit_page_is_known says whether it may be emitted; if not, ask
 * the platform to try again.
 */
#ifndef TOCSIN_KIT_PAGE_H
#define TOCSIN_KIT_PAGE_H

#include <stdbool.h>

#include <cjson/cJSON.h>

#include <tocsin/kit/api.h>
#include <tocsin/kit/desk.h>
#include <tocsin/kit/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what it says ---- */

/* Plain text. */
struct kit_page_words {
    struct kit_text title; /* one line: the card's title or, without a card, the text */
    struct kit_text text;  /* the fields and the text of a card, in lines; may be empty */
    struct kit_text link;  /* the first address in the card's footer; may be empty */
};

/* `body`: that of the action `page`. */
struct kit_page_words kit_page_words(const cJSON *body);
void kit_page_words_finish(struct kit_page_words *words);

/* ---- which it is ---- */

/* One thread at a time. */
struct kit_page {
    const struct tocsin_host *host; /* borrowed */
    char mark[KIT_MARK_BYTES];
    cJSON *
        row; /* what is noted: "user", "code", "key": a secret of it, "at": since 1970 in ms, "id", and what the connector adds */
};

/* The page of an action, as it was noted by an earlier attempt; begun anew, and not yet noted, if there was none. */
struct kit_page kit_page_of_action(const struct kit_task *task);
/* The page with that mark; its row is NULL if there is none. */
struct kit_page kit_page_by_mark(const struct tocsin_host *host, const char *mark);
/* The page with that id of the platform; its row is NULL if there is none that the core knows. */
struct kit_page kit_page_by_id(const struct tocsin_host *host, const char *id);
void kit_page_finish(struct kit_page *page);

/* The platform's id of it; "": none that we know. Borrowed. */
const char *kit_page_id(const struct kit_page *page);
/* Was it noted by an earlier attempt, which may have arrived? */
bool kit_page_was_tried(const struct kit_page *page);
/* Notes that it will be sent now. False: that could not be stored, which the result says. */
bool kit_page_begin(struct kit_page *page, struct tocsin_result *result);
/* Sets the outcome of the action to that id, and notes it together with the outcome. */
void kit_page_sent(struct kit_page *page, const char *id, struct tocsin_result *result);
/* Notes what callbacks say before the outcome is known: its id. Later attempts then need not look for it. */
void kit_page_learned(struct kit_page *page, const char *id);
/* Does the core know it by its id? Then events of it may be emitted. */
bool kit_page_is_known(const struct kit_page *page);
/* Notes who has it, for answers; with the outcome of page.end. */
void kit_page_ended(struct kit_page *page, const char *by);

/* ---- what becomes of it ---- */

/* The event `page`: "delivered", "seen", "acknowledged" or "failed"; `how` and `why`: NULL or "": none. The same state of the same page has
   the same id, so what comes twice counts once. The caller emits it. */
cJSON *kit_page_event(const char *id, const char *state, const char *how, const char *why);

#ifdef __cplusplus
}
#endif
#endif
