/*
 * pagerduty - PagerDuty's Events API v2: trigger, acknowledge, resolve by dedup_key; and change events, which are
 * accepted and dropped.
 *
 * The dedup_key identifies the group. A trigger without one gets a key made from its content, so that sending it again
 * is the same alert. To acknowledge or resolve an unknown key is answered 202 too, as senders expect.
 */
#ifndef TOCSIN_INTAKE_PAGERDUTY_H
#define TOCSIN_INTAKE_PAGERDUTY_H

#include "intake/request.h"

extern intake_decoder pagerduty_enqueue;
extern intake_decoder pagerduty_change;

#endif
