/* The latest error of an incident, in full: what its sample keeps of it. */
#include <inttypes.h>
#include <string.h>

#include "base/markup.h"
#include "base/zone.h"
#include "command/handlers.h"
#include "intake/arena.h"
#include "sight/sight.h"
#include "triage/triage.h"

#define GROUPS_LISTED 10

/* The group that was asked for, from 1; without a number the first one. */
static int find_group(const struct request *request, size_t *ret, struct error *err)
{
    const char *number = request_argument(request, ARGUMENT_NUMBER);
    size_t n = request->incident->affected.alerts.n, at = number ? strtoul(number, NULL, 10) : 1;
    char name[INCIDENT_NAME];
    request_incident_name(request, name);
    if (n == 0)
        return error_set(err, ERR_NOT_FOUND,
                         "%s has no errors or alerts. `%s timeline` shows what happened in it.", name, name);
    if (at > n)
        return error_set(err, ERR_NOT_FOUND,
                         "%s has %zu error%s or alert%s. Type `%s error %zu` for the last one.", name, n,
                         n == 1 ? "" : "s", n == 1 ? "" : "s", name, n);
    *ret = at - 1;
    return 0;
}

/* The group's latest sample, if the asker may see the group: it may belong to another incident by now. */
static bool find_sample(const struct request *request, const char *fingerprint, struct arena *arena,
                        struct alert *ret)
{
    const struct group *group = triage_group(request->core, fingerprint, request->now);
    return group && sight_group_visible(request->core, group, request->asker->person) &&
           triage_sample(request->core, fingerprint, arena, ret);
}

static void write_title(const struct request *request, const struct state_alert *alert, instant at,
                        struct str *out)
{
    str_markup(out, "%s\n", alert->title);
    str_add(out, "latest ");
    when_format(at, request->now, request->zone, out);
    str_markup(out, "; group `%s`\n\n", alert->fingerprint);
}

/* "Others: 2. disk is full". */
static void write_others(const struct request *request, size_t shown, struct str *out)
{
    size_t n = request->incident->affected.alerts.n, listed = 0;
    char name[INCIDENT_NAME];
    if (n < 2)
        return;
    str_addf(out, "\n**Others** (`%s error 2` shows the second)\n", request_incident_name(request, name));
    for (size_t i = 0; i < n && listed < GROUPS_LISTED; i++) {
        if (i == shown)
            continue;
        str_markup(out, "- %zu: %s\n", i + 1, request->incident->affected.alerts.v[i].title);
        listed++;
    }
    if (n - 1 > listed)
        str_addf(out, "- and %zu more\n", n - 1 - listed);
}

int run_error(struct request *request, struct error *err)
{
    size_t at = 0;
    int rc = find_group(request, &at, err);
    if (rc)
        return rc;
    const struct state_alert *group = &request->incident->affected.alerts.v[at];
    struct arena arena = {0};
    struct alert alert;
    char name[INCIDENT_NAME];
    CLEANUP_STR struct str text = {0};
    if (find_sample(request, group->fingerprint, &arena, &alert)) {
        write_title(request, group, alert.at, &text);
        triage_write_sample(&alert, true, &text);
    } else {
        str_markup(&text, "%s\nNo alert of it is kept any more.\n", group->title);
    }
    write_others(request, at, &text);
    CLEANUP_FREE char *title =
        request->incident->affected.alerts.n == 1
            ? xasprintf("Latest error of %s", request_incident_name(request, name))
            : xasprintf("Latest error of %s, %zu of %zu", request_incident_name(request, name), at + 1,
                        request->incident->affected.alerts.n);
    answer_titled(request, title, "info", str_text(&text));
    arena_finish(&arena);
    return 0;
}
