/* The command `oncall`: `oncall`, `oncall payments`, `oncall payments tomorrow 9:00`, `oncall @bo`. */
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "base/mem.h"
#include "base/moment.h"
#include "oncall/oncall.h"
#include "people/people.h"

#define LIST_MOST  50
#define NEXT_MOST  5
#define OWN_WITHIN (60 * DAY)

static void add_time(const struct call *call, instant t, struct str *out)
{
    moment_format(t, turn_now(call->turn), call->zone, out);
}

void oncall_tell(const struct call *call, const struct rotation *rotation, instant t)
{
    const struct core *core = turn_core(call->turn);
    struct str *out = call->answer;
    struct shift stint;
    struct on_call next;
    oncall_stint(core, rotation, t, &stint);
    str_markup(out, "**%s**: ", rotation->name);
    oncall_names(core, &stint.on, out);
    if (!stint.until)
        return;
    oncall_at(core, rotation, stint.until, &next);
    str_add(out, ", until ");
    add_time(call, stint.until, out);
    str_add(out, "; then ");
    oncall_names(core, &next, out);
}

static void list(const struct call *call, instant t)
{
    const struct policy *policy = core_policy(turn_core(call->turn));
    const struct rotation *rotation;
    size_t i = 0;
    str_add(call->answer, "On call");
    if (t > turn_now(call->turn)) {
        str_add(call->answer, " ");
        add_time(call, t, call->answer);
    }
    str_addc(call->answer, ':');
    for (; i < LIST_MOST && (rotation = policy_rotation_at(policy, i)); i++) {
        str_add(call->answer, "\n- ");
        oncall_tell(call, rotation, t);
    }
    if (policy_rotation_at(policy, i))
        str_add(call->answer, "\n- …");
    oncall_feeds(turn_core(call->turn), NULL, call->zone, turn_now(call->turn), call->answer);
}

static void add_next(const struct call *call, const struct rotation *rotation, instant t)
{
    const struct core *core = turn_core(call->turn);
    struct shift stint;
    for (int i = 0; i <= NEXT_MOST; i++) {
        oncall_stint(core, rotation, t, &stint);
        if (i) {
            str_add(call->answer, "\n- from ");
            add_time(call, stint.from, call->answer);
            str_add(call->answer, ": ");
            oncall_names(core, &stint.on, call->answer);
        }
        if (!stint.until)
            return;
        t = stint.until;
    }
}

/* ---- one person ---- */

struct own { /* looks for somebody's shifts in a rotation */
    const struct call *call;
    const struct rotation *rotation;
    const char *who;      /* a person's id, or as the policy names them */
    instant horizon;      /* how far it looks */
    struct shift pending; /* not told yet; until 0: none */
    size_t n;             /* told */
};

static bool means(const struct core *core, const char *name, const char *who)
{
    const char *id = oncall_person(core, who);
    return text_equal_nocase(name, who) || (id && oncall_is(core, name, id));
}

static bool is_own(const struct own *own, const struct on_call *on)
{
    bool is = false;
    for (size_t i = 0; i < on->n && !is; i++)
        is = means(turn_core(own->call->turn), on->people[i], own->who);
    return is;
}

static void tell_own(struct own *own)
{
    const struct call *call = own->call;
    if (!own->pending.until)
        return;
    bool begun = own->pending.from <= turn_now(call->turn), ends = own->pending.until < own->horizon;
    str_markup(call->answer, begun ? "\n- **%s**: now" : "\n- **%s**: from ", own->rotation->name);
    if (!begun)
        add_time(call, own->pending.from, call->answer);
    str_add(call->answer, !ends ? "" : begun ? ", until " : " until ");
    if (ends)
        add_time(call, own->pending.until, call->answer);
    own->pending.until = 0;
    own->n++;
}

static bool add_own(void *ctx, const struct shift *shift)
{
    struct own *own = ctx;
    bool is = is_own(own, &shift->on);
    if (is && own->pending.until) {
        own->pending.until = shift->until;
        return true;
    }
    tell_own(own);
    if (is)
        own->pending = *shift;
    return own->n < NEXT_MOST;
}

static void show_person(const struct call *call, const char *who, instant t)
{
    const struct core *core = turn_core(call->turn);
    const struct policy *policy = core_policy(core);
    const struct rotation *rotation;
    size_t told = 0;
    str_markup(call->answer, "%s is on call:", oncall_name(core, who));
    for (size_t i = 0; i < LIST_MOST && (rotation = policy_rotation_at(policy, i)); i++) {
        struct own own = {.call = call, .rotation = rotation, .who = who, .horizon = t + OWN_WITHIN};
        oncall_shifts(core, rotation, t, own.horizon, add_own, &own);
        if (own.n < NEXT_MOST)
            tell_own(&own);
        told += own.n;
    }
    if (told)
        return;
    str_clear(call->answer);
    str_markup(call->answer, "%s is not on call in the next 60 days.", oncall_name(core, who));
}

/* ---- what was typed ---- */

static int refuse_word(const struct call *call, const char *typed, struct error *err)
{
    const struct policy *policy = core_policy(turn_core(call->turn));
    return error_markup(err, ERR_NOT_FOUND,
                        "'%.60s' is neither a rotation, a person nor a time. `oncall` alone lists the "
                        "rotations. Type `oncall %s`, "
                        "`oncall @ana`, or `oncall tomorrow 9:00`.",
                        typed, policy_rotation_at(policy, 0)->name);
}

/* NULL: nobody. */
static const char *who_is(const struct call *call, const char *word)
{
    const struct core *core = turn_core(call->turn);
    struct roster_person declared;
    if (strcasecmp(word, "me") == 0)
        return call->person;
    if (people_find_declared(core, word, &declared))
        return declared.id;
    const struct person *known = people_find(core, word);
    return known ? known->id : NULL;
}

/* The time that the text says; now where it is empty. */
static int read_time(const struct call *call, const char *text, instant *ret, struct error *err)
{
    *ret = turn_now(call->turn);
    return *text ? when_parse(text, *ret, call->zone, ret, err) : 0;
}

static int show_one(const struct call *call, const struct rotation *rotation, const char *who, const char *when,
                    struct error *err)
{
    instant t;
    int rc = read_time(call, when, &t, err);
    if (rc)
        return rc;
    if (!rotation) {
        show_person(call, who, t);
        return 0;
    }
    oncall_tell(call, rotation, t);
    if (!*when)
        add_next(call, rotation, t);
    oncall_feeds(turn_core(call->turn), rotation, call->zone, turn_now(call->turn), call->answer);
    return 0;
}

static int show_all(const struct call *call, const char *typed, struct error *err)
{
    instant t;
    int rc = read_time(call, typed, &t, err);
    if (rc == ERR_INVALID)
        return refuse_word(call, typed, err);
    if (!rc)
        list(call, t);
    return rc;
}

int oncall_command(const struct call *call, struct error *err)
{
    const struct policy *policy = core_policy(turn_core(call->turn));
    const char *typed = call->arguments[0] ? call->arguments[0] : "";
    bool named = strchr(typed, ' ') && who_is(call, typed); /* by a name of several words */
    size_t n = named ? strlen(typed) : strcspn(typed, " ");
    CLEANUP_FREE char *word = xstrndup(typed, n);
    if (!policy_rotation_at(policy, 0)) {
        str_add(
            call->answer,
            "Nobody takes turns yet. Add a rotation to the policy: `rotation { name = \"payments\", people = { "
            "\"ana\", \"bo\" }, start = \"2026-11-30\", zone = \"Europe/London\" }`.");
        return 0;
    }
    const struct rotation *rotation = *word ? policy_rotation(policy, word) : NULL;
    const char *who = *word && !rotation ? who_is(call, word) : NULL;
    const char *rest = typed + n + strspn(typed + n, " ");
    return rotation || who ? show_one(call, rotation, who, rest, err) : show_all(call, typed, err);
}
