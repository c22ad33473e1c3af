/* The command `heartbeat`: `heartbeat`, `heartbeat nightly-backup`, `heartbeat nightly-backup address`. */
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/moment.h"
#include "heartbeats/inside.h"

#define LIST_MOST 50

static void add_time(const struct call *call, instant t)
{
    moment_format(t, turn_now(call->turn), call->zone, call->answer);
}

/* "**nightly-backup** was heard today 03:00, and is expected every 1d." */
static void add_state(const struct call *call, const struct heartbeat *heartbeat)
{
    struct heartbeat_state state;
    struct str *out = call->answer;
    heartbeats_state(turn_core(call->turn), heartbeat, &state);
    str_markup(out, "**%s** ", heartbeat->name);
    str_add(out, state.missed ? "is missed: it " : "");
    if (state.heard) {
        str_add(out, "was last heard ");
        add_time(call, state.heard);
    } else {
        str_add(out, "was never heard");
    }
    str_add(out, ", and is expected every ");
    duration_format(heartbeat->every, out);
    str_add(out, ".");
    if (!state.addressed)
        str_addf(out, " It has no address yet: `heartbeat %s address`.", heartbeat->name);
}

static int list(const struct call *call, struct error *err)
{
    const struct policy *policy = core_policy(turn_core(call->turn));
    const struct heartbeat *heartbeat;
    size_t i = 0;
    if (!policy_heartbeat_at(policy, 0))
        return error_set(err, ERR_NOT_FOUND,
                         "Nothing must report yet. Add a heartbeat to the policy: `heartbeat { name = "
                         "\"nightly-backup\", every = \"1d\" }`.");
    for (; i < LIST_MOST && (heartbeat = policy_heartbeat_at(policy, i)); i++) {
        str_add(call->answer, i ? "\n- " : "- ");
        add_state(call, heartbeat);
    }
    if (policy_heartbeat_at(policy, i))
        str_add(call->answer, "\n- …");
    return 0;
}

static int make_address(const struct call *call, const struct heartbeat *heartbeat, struct error *err)
{
    struct core *core = turn_core(call->turn);
    const char *url = core_settings(core)->public_url;
    char secret[SECRET_TEXT];
    *call->alone = true;
    if (!url)
        return error_set(err, ERR_REFUSED,
                         "A heartbeat needs an address to report to: set `public_url` in tocsin.lua.");
    struct pulse *pulse = pulse_need(call->turn, heartbeat->name);
    core_secret(core, secret, pulse->hash);
    *call->secret = true;
    pulse_write(call->turn, pulse);
    struct event event = {.type = EVENT_HEARTBEAT,
                          .at = turn_now(call->turn),
                          .by = xstrdup(call->by),
                          .name = xstrdup(heartbeat->name)};
    turn_tell(call->turn, &event);
    str_markup(call->answer, "The address of %s, to be posted to at the end of each run:", heartbeat->name);
    str_addf(call->answer, "\n```\ncurl -fsS -X POST --retry 5 %s/heartbeat/%s\n```\n", url, secret);
    str_add(call->answer, "Whoever has it can report. An address made before reports nothing any more.");
    explicit_bzero(secret, sizeof(secret));
    return 0;
}

int heartbeats_command(const struct call *call, struct error *err)
{
    const char *name = call->arguments[0], *what = call->arguments[1];
    const struct heartbeat *heartbeat =
        name ? policy_heartbeat(core_policy(turn_core(call->turn)), name) : NULL;
    if (!name)
        return list(call, err);
    if (!heartbeat)
        return error_markup(err, ERR_NOT_FOUND, "No heartbeat is called '%.60s'. `heartbeat` lists them.",
                            name);
    if (what && strcasecmp(what, "address") == 0)
        return make_address(call, heartbeat, err);
    if (what)
        return error_markup(err, ERR_INVALID,
                            "I can't read '%.60s'. Type `heartbeat %s address` for its address.", what,
                            heartbeat->name);
    add_state(call, heartbeat);
    return 0;
}
