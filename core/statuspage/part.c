#include "statuspage/drafts.h"
#include "statuspage/statuspage.h"

static void follow(struct turn *turn, const struct event *event, const struct incident *incident)
{
    drafts_approved(turn, event, incident);
    suggest_follow(turn, event, incident);
}

const struct part statuspage_part = {
    .name = "statuspage", .follow = follow, .deadlines = promise_deadlines, .passed = promise_passed};
