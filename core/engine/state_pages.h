/*
 * state_pages - the pages in the state of an incident: read, written as JSON, freed. Only this folder includes it; others ask
 * incident_page (state.h). Pure.
 */
#ifndef TOCSIN_ENGINE_STATE_PAGES_H
#define TOCSIN_ENGINE_STATE_PAGES_H

#include "base/json.h"
#include "engine/state.h"

void page_finish(struct state_page *page);
void page_message_finish(struct state_page_message *message);
void pages_finish(struct state_pages *pages);
/* What the announcements were told counts no more: next time they are told again. */
void pages_announce_anew(struct state_pages *pages);
/* Writes nothing if there are none. */
void pages_encode(const struct state_pages *pages, struct json_out *j);
void pages_decode(const cJSON *doc, struct state_pages *pages);

#endif
