/* Who wrote a message to customers, who approved it so far, and who must. */
#include <inttypes.h>
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

static bool nobody_has(void *ctx, const char *role)
{
    (void)ctx, (void)role;
    return false;
}

bool comms_sent_when(struct core *core, const struct incident *incident, const struct state_draft *draft,
                     struct str *out)
{
    const struct policy *policy = core_policy(core);
    CLEANUP_STR struct str roles = {0};
    struct approval needed = policy_approval(policy, incident, draft->customer);
    const char *other = needed.not_author ? " other than its author" : "";
    policy_approval_roles(policy, incident, draft->customer, nobody_has, NULL, &roles);
    if (needed.needs > 1)
        str_addf(out, "%" PRId64 " people%s approve it", (int64_t)needed.needs, other);
    else
        str_addf(out, "somebody%s approves it", other);
    if (roles.len)
        str_addf(out, ", the %s among them", roles.p);
    return needed.needs > 1 || needed.not_author || roles.len;
}
