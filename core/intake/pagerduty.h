/*
 * pagerduty - PagerDuty's Events API v2: trigger, acknowledge, resolve by dedup_key; and change events,
 * which are taken and dropped.
 *
 * A trigger without a dedup_key is given one, made of what it says, so that sending it again is the same
 * alert. The group is the dedup_key. An acknowledgement or end of what nobody knows is 202 too, as senders
 * expect.
 */
#ifndef TOCSIN_INTAKE_PAGERDUTY_H
#define TOCSIN_INTAKE_PAGERDUTY_H

#include "intake/request.h"

extern intake_decoder pagerduty_enqueue;
extern intake_decoder pagerduty_change;

#endif
