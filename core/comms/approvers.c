/* Who wrote a message to customers, and who approved it so far. */
#include <string.h>

#include "comms/inside.h"
#include "people/people.h"

const char *approver_name(struct core *core, const char *person)
{
    const char *name = person ? people_name(core, person) : NULL;
    return name ? name : person ? person : "somebody";
}

const char *draft_author(const struct state_draft *draft)
{
    return draft->edited_by ? draft->edited_by : draft->by;
}

bool any_approver(const struct state_draft *draft, bool (*on)(void *ctx, const char *who), void *ctx)
{
    for (const char *p = draft->endorsed; p && *p;) {
        size_t n = strcspn(p, "\n");
        CLEANUP_FREE char *who = xstrndup(p, n);
        if (on(ctx, who))
            return true;
        p += n + (p[n] == '\n');
    }
    return false;
}
