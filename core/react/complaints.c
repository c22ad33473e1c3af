/* Reports failing scripts to people, but not over and over. */
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "react/inside.h"
#include "react/react.h"
#include "rooms/rooms.h"
#include "sight/sight.h"

#define COMPLAINT_EVERY MINUTE
#define COMPLAINTS_MOST 100

void react_script_failed(struct core *core, const char *where, const char *text, uint64_t incident)
{
    struct react *react = react_of(core);
    react_log(core, incident, where, text);
    for (size_t i = 0; i < react->complaints.n; i++) {
        if (text_equal(react->complaints.v[i].where, where))
            return; /* it was reported, or will be */
    }
    if (react->complaints.n < COMPLAINTS_MOST)
        *array_add(&react->complaints) = (struct complaint){xstrdup(where), xstrdup(text), incident, 0};
    core_ops(core)->wake(core_ops(core)->ctx);
}

void react_failure_told(struct turn *turn, const char *where)
{
    struct react *react = react_of(turn_core(turn));
    for (size_t i = 0; i < react->complaints.n; i++) {
        if (text_equal(react->complaints.v[i].where, where))
            react->complaints.v[i].told_at = turn_now(turn);
    }
}

static void complain(struct core *core, struct complaint *complaint, instant now)
{
    struct turn *turn = turn_begin(core, now);
    struct command command = {
        .verb = "script", .by = BY_RULE, .automatic = true, .text = complaint->text, .rule = complaint->where};
    if (complaint->incident)
        turn_do(turn, complaint->incident, &command, NULL, NULL);
    CLEANUP_FREE char *key = turn_key_as(turn, TROUBLE_KEY);
    CLEANUP_FREE char *said = markup("A policy script failed at %s: %s. The rest of the policy still runs.",
                                     complaint->where, complaint->text);
    rooms_say_incident(turn, complaint->incident, key, NULL, said);
    complaint->told_at = now;
    turn_commit(turn, NULL, NULL);
}

static void complaint_finish(struct complaint *complaint)
{
    free(complaint->where);
    free(complaint->text);
}

instant complaints_tell(struct core *core, instant now)
{
    struct react *react = react_of(core);
    for (size_t i = react->complaints.n; i-- > 0;) {
        struct complaint *complaint = &react->complaints.v[i];
        if (!complaint->told_at) {
            complain(core, complaint, now);
        } else if (now - complaint->told_at > COMPLAINT_EVERY) {
            complaint_finish(complaint);
            array_remove(&react->complaints, i);
        }
    }
    return 0;
}

void complaints_finish(struct react *react)
{
    for (size_t i = 0; i < react->complaints.n; i++)
        complaint_finish(&react->complaints.v[i]);
    array_free(&react->complaints);
}
