/*
 * sections - what an incident's page shows beside its timeline: each function fills in one section. Loop's thread only.
 */
#ifndef TOCSIN_APP_INCIDENT_SECTIONS_H
#define TOCSIN_APP_INCIDENT_SECTIONS_H

#include "app/page.h"

typedef void section_add(const struct visit *visit, const struct incident *incident, struct view *view);

/* stands.c: how it stands, who does what, what is owed, how it can go on. */
section_add section_stands;
/* drafts.c: messages that wait, and how those that were sent went. */
section_add section_drafts;
/* proposals.c: what a language model proposed to the visitor, and what it can be asked for. */
section_add section_proposals;
/* touched.c: alert groups, and customers with what was said between us. */
section_add section_alerts, section_customers;
/* around.c: rooms, links, tickets, incidents beside it; pages; follow-ups; posts on the status page. */
section_add section_places, section_pages, section_followups, section_posts;

#endif
