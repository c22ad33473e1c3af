/* The command `fairness`: what each carried, and `fairness payments propose`: the order of the next quarter. */
#include <string.h>
#include <strings.h>

#include "base/markup.h"
#include "people/people.h"
#include "shifts/inside.h"

#define MONTHS      3
#define MONTHS_MOST 24

static void show(const struct call *call, const struct rotation *rotation, int months)
{
    const struct core *core = turn_core(call->turn);
    instant now = turn_now(call->turn), since = month_begins(now, -months);
    carried_list list = {0};
    char month[MONTH_TEXT];
    month_name(since, month);
    carried_read(core, rotation, since, now, &list);
    str_markup(call->answer, "What each carried for **%s** since %s:", rotation->name, month);
    for (size_t i = 0; i < list.n; i++) {
        str_markup(call->answer, "\n- %s: ", oncall_name(core, list.v[i].person));
        load_describe(&list.v[i].load, call->answer);
    }
    if (!list.n)
        str_add(call->answer, " nothing yet. It is counted from when Tocsin first saw the rotation.");
    carried_finish(&list);
}

static int read_months(const char *word, int *ret, struct error *err)
{
    char *end = NULL;
    long n = word ? strtol(word, &end, 10) : MONTHS;
    if (word && (*end || n < 1 || n > MONTHS_MOST))
        return error_markup(
            err, ERR_INVALID,
            "'%.40s' is neither a number of months, 1 to %d, nor `propose`. Type `fairness payments 6`.", word,
            MONTHS_MOST);
    *ret = (int)n;
    return 0;
}

int fairness_command(const struct call *call, struct error *err)
{
    const struct policy *policy = core_policy(turn_core(call->turn));
    const char *name = call->arguments[0], *what = call->arguments[1];
    const struct rotation *rotation = name ? policy_rotation(policy, name) : policy_rotation_at(policy, 0);
    int months = MONTHS, rc = 0;
    if (!rotation && name)
        return error_markup(err, ERR_NOT_FOUND, "No rotation is called '%.60s'. `oncall` lists them.", name);
    if (!rotation || (!name && policy_rotation_at(policy, 1)))
        return error_set(err, ERR_INVALID, "Say which rotation: `fairness payments`. `oncall` lists them.");
    if (what && strcasecmp(what, "propose") == 0) {
        propose(call->turn, rotation, call->answer);
        return 0;
    }
    rc = read_months(what, &months, err);
    if (!rc)
        show(call, rotation, months);
    return rc;
}
