/*
 * choices - what lists of incidents are filtered by: the severities, teams and services of the policy, as the address of the page says.
 * Loop's thread only.
 */
#ifndef TOCSIN_APP_INCIDENTS_CHOICES_H
#define TOCSIN_APP_INCIDENTS_CHOICES_H

#include "app/page.h"

enum choice { CHOICE_SEVERITIES, CHOICE_TEAMS, CHOICE_SERVICES };

/* One more item of a list: "value", "label" (NULL: the value) and whether it is "chosen". */
void choice_add(struct view *view, const char *list, const char *value, const char *label, const char *chosen);
/* Adds the list "severities", "teams" or "services". What is chosen (NULL: nothing) and not in the policy (any more) is in it, too. */
void choices_add(const struct visit *visit, enum choice which, const char *chosen, struct view *view);
/* Adds all three, with what the address chooses, and "filter": the query that keeps what is chosen, order and search included; it ends
   with "&" unless it is empty. */
void choices_filter(const struct visit *visit, struct view *view);

#endif
