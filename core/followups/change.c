/* What becomes of a follow-up: an event of its incident, and its document. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "followups/inside.h"
#include "people/people.h"

/* Whoever does something about a private incident is a member of it. */
static void let_in(struct turn *turn, uint64_t id, const char *owner, const char *by)
{
    const struct incident *incident = turn_incident(turn, id);
    if (incident && incident->private && !people_member(turn_core(turn), incident, owner))
        turn_do(turn, id, &(struct command){.verb = "member", .by = by, .value = owner, .flag = true}, NULL,
                NULL);
}

int followup_make(struct turn *turn, uint64_t incident, const struct followup *wish, int64_t *ret_number,
                  struct error *err)
{
    const struct incident *about = turn_incident(turn, incident);
    struct followup followup = *wish;
    if (strlen(wish->text) > FOLLOWUP_BYTES)
        return error_set(err, ERR_INVALID, "A follow-up has at most %d bytes. Put the rest into a `note`.",
                         FOLLOWUP_BYTES);
    CLEANUP_FREE char *team = xstrdup(about->team);
    followup.team = team;
    followup.number = followups_of(turn_core(turn))->last + 1;
    followup.incident = incident;
    followup.made = turn_now(turn);
    followup.looks = wish->due;
    struct command command = {.verb = "followup",
                              .by = wish->by,
                              .text = wish->text,
                              .name = team,
                              .value = wish->owner,
                              .until = wish->due,
                              .count = followup.number};
    int rc = turn_do(turn, incident, &command, NULL, err);
    if (rc)
        return rc;
    let_in(turn, incident, wish->owner, wish->by);
    followup_keep(turn, &followup);
    *ret_number = followup.number;
    return 0;
}

int followup_end(struct turn *turn, int64_t number, enum followup_state state, const char *by, const char *why,
                 struct error *err)
{
    struct followup followup;
    if (!followup_get(turn_core(turn), number, &followup))
        return error_set(err, ERR_NOT_FOUND, "There is no follow-up %" PRId64 ".", number);
    int rc = followup.state == FOLLOWUP_OPEN
                 ? 0
                 : error_set(err, ERR_CONFLICT, "Follow-up %" PRId64 " is %s already.", number,
                             followup.state == FOLLOWUP_DONE ? "done" : "dropped");
    struct command command = {
        .verb = "followup_over", .by = by, .text = why, .count = number, .flag = state == FOLLOWUP_DONE};
    rc = rc ? rc : turn_do(turn, followup.incident, &command, NULL, err);
    if (!rc) {
        followup.state = state;
        replace_text(&followup.why, why);
        followup_keep(turn, &followup);
    }
    followup_finish(&followup);
    return rc;
}

void followup_move(struct turn *turn, int64_t number, const char *owner, instant due, const char *by)
{
    struct followup followup;
    if (!followup_get(turn_core(turn), number, &followup))
        return;
    if (owner)
        replace_text(&followup.owner, owner);
    if (due)
        followup.due = due;
    if (due || followup.state != FOLLOWUP_OPEN) {
        followup.reminded = 0;
        followup.looks = followup.due;
    }
    followup.state = FOLLOWUP_OPEN;
    replace_text(&followup.why, NULL);
    struct command command = {.verb = "followup_moved",
                              .by = by,
                              .value = followup.owner,
                              .text = followup.text,
                              .until = followup.due,
                              .count = number};
    if (turn_do(turn, followup.incident, &command, NULL, NULL) == 0) {
        let_in(turn, followup.incident, followup.owner, by);
        followup_keep(turn, &followup);
    }
    followup_finish(&followup);
}
