/* The command `component`, and the lists of posts and maintenance. */
#include <inttypes.h>

#include "base/markup.h"
#include "base/moment.h"
#include "comms/alone.h"
#include "comms/posts.h"
#include "public/names.h"
#include "statuspage/commands.h"
#include "statuspage/inside.h"

#define LIST_MOST 50

/* ---- component ---- */

static void add_component(const struct call *call, const struct status_component *component)
{
    enum public_state state = component_state(turn_core(call->turn), component->name);
    str_markup(call->answer, "**%s**: %s", component->name, public_state_title(state));
    if (component->group)
        str_markup(call->answer, " (%s)", component->group);
}

static int list_components(const struct call *call, struct error *err)
{
    const struct policy *policy = core_policy(turn_core(call->turn));
    const struct status_component *component;
    size_t i = 0;
    if (!policy_status_component_at(policy, 0))
        return error_set(err, ERR_NOT_FOUND,
                         "There are no components yet. Add one to the policy: `component { name = "
                         "\"Checkout\" }`.");
    for (; i < LIST_MOST && (component = policy_status_component_at(policy, i)); i++) {
        str_add(call->answer, i ? "\n- " : "- ");
        add_component(call, component);
    }
    if (policy_status_component_at(policy, i))
        str_add(call->answer, "\n- …");
    return 0;
}

static int set_component(const struct call *call, const char *name, const char *word, struct error *err)
{
    enum public_state state;
    if (!public_state_parse(word, &state)) {
        CLEANUP_FREE char *typed = text_typed(name);
        return error_markup(err, ERR_INVALID,
                            "I don't know the state '%.60s'. It is operational, degraded, partial, major or "
                            "maintenance: `component %s degraded`.",
                            word, typed);
    }
    bool already = component_state(turn_core(call->turn), name) == state;
    component_set(call->turn, name, state, 0, call->by);
    str_markup(call->answer,
               already ? "**%s** is so already: %s." : "**%s** is now shown on the status page as: %s.", name,
               public_state_title(state));
    return 0;
}

int statuspage_component_command(const struct call *call, struct error *err)
{
    const char *name = call->arguments[0], *state = call->arguments[1];
    const struct status_component *component =
        policy_status_component(core_policy(turn_core(call->turn)), name);
    if (!name)
        return list_components(call, err);
    if (!component)
        return component_refuse(name, err);
    if (state)
        return set_component(call, component->name, state, err);
    add_component(call, component);
    return 0;
}

/* ---- posts ---- */

static void add_post(const struct call *call, const struct kept_post *post)
{
    struct str *out = call->answer;
    str_addf(out, "%s%" PRId64 ": ", out->len ? "\n- " : "- ", post->number);
    str_markup(out, "**%s**, %s", post->title, public_status_title(kept_status(post)));
    if (post->from) {
        str_add(out, ", from ");
        moment_format(post->from, turn_now(call->turn), call->zone, out);
        str_add(out, " until ");
        moment_format(post->until, turn_now(call->turn), call->zone, out);
    }
    for (size_t i = 0; i < post->holds.n; i++)
        str_markup(out, i ? ", %s" : "; %s", post->holds.v[i].component);
    str_add(out, ". Last word ");
    moment_format(post->words.v[post->words.n - 1].at, turn_now(call->turn), call->zone, out);
    if (post->next) {
        str_add(out, ", the next one promised for ");
        moment_format(post->next, turn_now(call->turn), call->zone, out);
    }
    str_add(out, ".");
}

static bool is_listed(enum public_status status, bool maintenance)
{
    return !maintenance || public_status_is_maintenance(status);
}

static void add_draft(const struct call *call, const struct state_draft *draft, bool maintenance)
{
    struct post post = {0};
    struct str *out = call->answer;
    if (draft->state == DRAFT_WAITING && post_read(draft->post, &post, NULL) == 0 &&
        is_listed(post.status, maintenance)) {
        str_addf(out, "%sdraft %" PRId64 " waits for approval: ", out->len ? "\n- " : "- ", draft->number);
        if (post.number)
            str_addf(out, "for post %" PRId64 ": ", post.number);
        post_describe(&post, out);
        str_addf(out, ". `posts preview %" PRId64 "`, `posts approve %" PRId64 "`", draft->number,
                 draft->number);
    }
    post_finish(&post);
}

void statuspage_list(const struct call *call, bool maintenance)
{
    const struct core *core = turn_core(call->turn);
    const struct statuspage *statuspage = statuspage_of(core);
    const struct incident *alone = comms_alone(core);
    for (size_t i = statuspage->open.n, n = 0; i-- > 0 && n < LIST_MOST; n++) {
        if (is_listed(kept_status(statuspage->open.v[i]), maintenance))
            add_post(call, statuspage->open.v[i]);
    }
    for (size_t i = 0; i < alone->comms.drafts.n; i++)
        add_draft(call, &alone->comms.drafts.v[i], maintenance);
    if (!call->answer->len)
        str_add(call->answer,
                maintenance ? "No maintenance is planned." : "No post is open on the status page.");
}
