/* Which instances of a problem fire: the members of its group, by name. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "triage/firing.h"
#include "triage/inside.h"
#include "triage/triage.h"

#define NAMES_MOST 5 /* at most so many are named */

struct names {
    const char *v[GROUP_MEMBERS]; /* borrowed; distinct and in order, once they are sorted */
    size_t n;
};

static void add_name(struct names *names, const char *name)
{
    if (name && names->n < ARRAY_SIZE(names->v))
        names->v[names->n++] = name;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Several replicas can have one name, for instance behind two Prometheus servers. */
static void sort(struct names *names)
{
    size_t kept = 0;
    qsort(names->v, names->n, sizeof(*names->v), compare);
    for (size_t i = 0; i < names->n; i++) {
        if (kept == 0 || strcmp(names->v[kept - 1], names->v[i]) != 0)
            names->v[kept++] = names->v[i];
    }
    names->n = kept;
}

/* "a, b and c", where `last` is " and "; "a, b, c, d, e and 7 more" */
static void write_names(const struct names *names, size_t more, const char *last, struct str *out)
{
    size_t shown = MIN(names->n, NAMES_MOST);
    more += names->n - shown;
    for (size_t i = 0; i < shown; i++)
        str_addf(out, "%s%s", i == 0 ? "" : i + 1 == shown && !more ? last : ", ", names->v[i]);
    if (more)
        str_addf(out, " and %zu more", more);
}

static bool has(const struct names *names, const char *name)
{
    return bsearch(&name, names->v, names->n, sizeof(*names->v), compare) != NULL;
}

/* A name that has fired all along is no news, whatever replicas of it came and went. */
static void remove_known(struct names *names, const struct names *known)
{
    size_t kept = 0;
    for (size_t i = 0; i < names->n; i++) {
        if (!has(known, names->v[i]))
            names->v[kept++] = names->v[i];
    }
    names->n = kept;
}

void instances_take_news(struct group *group, struct str *out, bool *ret_known)
{
    struct names known = {0}, new = {0}, gone = {0}, firing = {0};
    for (size_t i = 0; i < group->firing.n; i++) {
        const struct group_member *about = &group->firing.about[i];
        add_name(about->told ? &known : &new, about->name);
        add_name(&firing, about->name);
    }
    for (size_t i = 0; i < group->firing.n_gone; i++)
        add_name(&gone, group->gone[i].name);
    *ret_known = known.n || gone.n;
    sort(&known), sort(&new), sort(&gone), sort(&firing);
    remove_known(&new, &known);
    remove_known(&gone, &firing);
    if (new.n) {
        write_names(&new, 0, " and ", out);
        str_add(out, new.n == 1 ? " fires now" : " fire now");
    }
    if (gone.n) {
        str_add(out, new.n ? "; " : "");
        write_names(&gone, 0, " and ", out);
        str_add(out, " recovered");
    }
    group_members_told(group, true);
}

static bool has_news(const struct group *group)
{
    for (size_t i = 0; i < group->firing.n; i++) {
        if (!group->firing.about[i].told)
            return true;
    }
    for (size_t i = 0; i < group->firing.n_gone; i++) {
        if (group->gone[i].name)
            return true;
    }
    return false;
}

bool instances_have_news(struct turn *turn, const struct group *group)
{
    const struct incident *incident = turn_incident(turn, group->care.incident);
    return incident && status_is_open(incident->status) && group->state == GROUP_OPEN && has_news(group);
}

void instances_tell(struct turn *turn, struct group *group)
{
    char fingerprint[FINGERPRINT_TEXT];
    CLEANUP_STR struct str text = {0};
    bool known;
    instances_take_news(group, &text, &known);
    if (!text.len)
        return;
    rule_do(turn, group->care.incident,
            (struct command){.verb = "alert_instances",
                             .value = fingerprint_format(group->fingerprint, fingerprint),
                             .text = text.p,
                             .name = group->about.title,
                             .flag = known,
                             .count = group->firing.n},
            NULL, NULL);
}

void instances_list(struct core *core, const struct incident *incident, struct str *out)
{
    struct names names = {0};
    size_t more = 0;
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        const struct group *group = groups_held(core, incident->affected.alerts.v[i].fingerprint);
        for (size_t k = 0; group && k < group->firing.n; k++) {
            more += names.n == ARRAY_SIZE(names.v) || !group->firing.about[k].name;
            add_name(&names, group->firing.about[k].name);
        }
    }
    sort(&names);
    if (names.n)
        write_names(&names, more, ", ", out);
}
