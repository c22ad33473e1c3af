/* The parts of Tocsin, in the order in which they follow an event. Each sees what the parts before it did in the same turn. */
#include "access/access.h"
#include "assist/assist.h"
#include "catalogue/catalogue.h"
#include "comms/comms.h"
#include "customers/customers.h"
#include "delivery/delivery.h"
#include "drills/drills.h"
#include "followups/followups.h"
#include "heartbeats/heartbeats.h"
#include "impact/impact.h"
#include "lessons/lessons.h"
#include "mirror/mirror.h"
#include "oncall/oncall.h"
#include "paging/paging.h"
#include "people/people.h"
#include "react/react.h"
#include "review/review.h"
#include "rooms/rooms.h"
#include "shifts/shifts.h"
#include "sight/sight.h"
#include "statuspage/statuspage.h"
#include "subscribers/subscribers.h"
#include "tickets/tickets.h"
#include "triage/triage.h"
#include "webhooks/webhooks.h"
#include "writeups/writeups.h"

/* clang-format off */
const struct part *const core_parts[] = {
    &people_part,
    &sight_part,
    &access_part,
    &delivery_part,
    &customers_part,
    &oncall_part,
    &rooms_part,
    &mirror_part,
    &paging_part,
    &impact_part,
    &comms_part,
    &tickets_part,
    &statuspage_part,
    &subscribers_part,
    &webhooks_part,
    &followups_part,
    &lessons_part,
    &assist_part,
    &writeups_part,
    &triage_part,
    &catalogue_part, /* below what alerts say */
    &heartbeats_part,
    &drills_part,
    &shifts_part,
    &review_part,
    &react_part, /* last, so that the policy sees what all others did */
    NULL,
};
