#include "outbox/lane.h"

const struct lane_row lanes[LANE_COUNT] = {
    [LANE_PAGE] = {"page", 15 * SECOND, HOUR, .once = false},
    [LANE_CUSTOMER] = {"customer", 2 * MINUTE, 2 * DAY, .once = true},
    [LANE_ROOM] = {"room", MINUTE, DAY, .once = false},
    [LANE_HOUSEKEEPING] = {"housekeeping", 2 * MINUTE, 10 * MINUTE, .once = false},
    [LANE_WEBHOOK] = {"webhook", HOUR, DAY, .once = false, .forgotten = true, .apart = true},
    [LANE_SUBSCRIBER] = {"subscriber", 5 * MINUTE, 6 * HOUR, .once = true, .forgotten = true, .apart = true},
};
