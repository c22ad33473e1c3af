/* The commands `drills` and `debrief`: what can be practised, a run of it, and what was done in it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/config.h"
#include "base/markup.h"
#include "base/moment.h"
#include "delivery/link.h"
#include "drills/inside.h"
#include "people/people.h"
#include "sight/query.h"
#include "sight/sight.h"

#define WORDS_MOST 5

/* ---- the words of a line ---- */

struct typed { /* owns its words */
    char *words[WORDS_MOST + 1];
    size_t n;
    bool anyway;
};

static struct typed read_words(const char *text)
{
    struct typed typed = {0};
    for (const char *p = text ? text : ""; *(p += strspn(p, " \t\n")) && typed.n <= WORDS_MOST;) {
        size_t n = strcspn(p, " \t\n");
        CLEANUP_FREE char *word = xstrndup(p, n);
        p += n;
        if (strcmp(word, "--anyway") == 0)
            typed.anyway = true;
        else
            typed.words[typed.n++] = steal(word);
    }
    return typed;
}

static void typed_finish(struct typed *typed)
{
    for (size_t i = 0; i < typed->n; i++)
        free(typed->words[i]);
}

static bool is_word(const struct typed *typed, size_t i, const char *word)
{
    return i < typed->n && strcasecmp(typed->words[i], word) == 0;
}

bool drills_changes(const char *text)
{
    struct typed typed = read_words(text);
    bool changes = typed.n > 0;
    typed_finish(&typed);
    return changes;
}

/* ---- listed ---- */

/* "- **gateway-fails** Payments fail at the gateway, 30m: customers write while the gateway fails; it runs as INC-4" */
static void add_script(const struct call *call, const struct drill_script *script)
{
    const struct run *run = run_of_script(turn_core(call->turn), script->name);
    char name[INCIDENT_NAME];
    str_markup(call->answer, "- **%s** (", script->name);
    duration_format(script->ends, call->answer);
    str_markup(call->answer, ", %zu steps): %s", script->n, script->about ? script->about : script->title);
    if (run && sight_incident(turn_core(call->turn), run->incident, call->person))
        str_markup(call->answer, "; it runs as %s", incident_name(run->incident, name));
    str_add(call->answer, "\n");
}

static int list(const struct call *call, struct error *err)
{
    struct drill_script script;
    const struct policy *policy = core_policy(turn_core(call->turn));
    size_t n = 0;
    while (policy_drill_at(policy, n, &script)) {
        n++;
        add_script(call, &script);
    }
    if (!n)
        return error_set(err, ERR_NOT_FOUND,
                         "The policy has no drill. Write one with `drill { name = \"gateway-fails\", … }`, or "
                         "practise without "
                         "a script: `drill checkout is slow`.");
    str_add(call->answer, "`drills run NAME` plays one, and may page people for real.");
    return 0;
}

/* ---- run ---- */

static int find_script(const struct call *call, const char *name, struct drill_script *ret, struct error *err)
{
    const struct policy *policy = core_policy(turn_core(call->turn));
    ARRAY(const char *) names = {0};
    struct drill_script script;
    if (policy_drill(policy, name, ret))
        return 0;
    for (size_t i = 0; policy_drill_at(policy, i, &script); i++)
        *array_add(&names) = script.name;
    const char *near = nearest_word(name, names.v, names.n);
    array_free(&names);
    if (near)
        return error_markup(err, ERR_NOT_FOUND, "No drill is called '%.60s'. Do you mean `drills run %s`?",
                            name, near);
    return error_markup(err, ERR_NOT_FOUND, "No drill is called '%.60s'. `drills` lists them.", name);
}

static int refuse_running(const struct call *call, const struct drill_script *script, struct error *err)
{
    const struct run *run = run_of_script(turn_core(call->turn), script->name);
    char name[INCIDENT_NAME];
    if (!run)
        return 0;
    if (!sight_incident(turn_core(call->turn), run->incident, call->person))
        return error_markup(err, ERR_CONFLICT, "%s is being practised already. Try again later.", script->name);
    incident_name(run->incident, name);
    return error_markup(
        err, ERR_CONFLICT,
        "%s is being practised already, in %s. Join it with `%s join`, or end it with `%s drills stop`.",
        script->name, name, name, name);
}

/* A script that makes fail what is not there would practise nothing. */
static int refuse_unknown(const struct call *call, const struct drill_script *script, struct error *err)
{
    for (size_t i = 0; i < script->n; i++) {
        const char *name = script->steps[i].name;
        if (script->steps[i].act != DRILL_FAILS || strcmp(name, DRILL_CHAT) == 0 ||
            link_find(turn_core(call->turn), name))
            continue;
        return error_markup(
            err, ERR_REFUSED,
            "%s makes %s fail, and no connector is called so here. Name one of yours in the policy, or "
            "`fails = \"chat\"` for all chats.",
            script->name, name);
    }
    return 0;
}

struct real {
    const char *severity; /* the highest */
    uint64_t incident;    /* an open one that is no drill; 0: there is none */
};

static bool is_real(void *ctx, const struct incident *incident)
{
    struct real *real = ctx;
    real->incident = incident->sort.drill ? 0 : incident->id;
    return !real->incident;
}

/* Whoever is paged for something critical must not be paged for a drill as well. Private ones that the asker may not see do not count. */
static int refuse_critical(const struct call *call, const char *script, struct error *err)
{
    const char *const *severities = policy_rulebook(core_policy(turn_core(call->turn)))->severities;
    struct real real = {0};
    char name[INCIDENT_NAME];
    for (; *severities; severities++)
        real.severity = *severities;
    int rc =
        query_list(turn_core(call->turn), &(struct query){.viewer = call->person, .severity = real.severity},
                   is_real, &real, err);
    if (rc || !real.incident)
        return rc;
    incident_name(real.incident, name);
    return error_markup(err, ERR_REFUSED,
                        "%s is open, %s and no drill. Its people are needed there. To practise anyway: `drills "
                        "run %s --anyway`.",
                        name, real.severity, script);
}

static int set_name(struct turn *turn, uint64_t incident, const char *by, const char *verb, const char *name,
                    struct error *err)
{
    const struct command command = {.verb = verb, .by = by, .name = name, .flag = true};
    return name ? turn_do(turn, incident, &command, NULL, err) : 0;
}

static int begin(const struct call *call, const struct drill_script *script, const char *team,
                 struct error *err)
{
    CLEANUP_FREE char *title = xasprintf("DRILL: %s", script->title);
    const struct command declare = {.verb = "declare",
                                    .by = call->by,
                                    .text = title,
                                    .name = script->severity,
                                    .value = call->where,
                                    .status = STATUS_TRIAGE};
    uint64_t id = 0;
    char name[INCIDENT_NAME];
    int rc = turn_do(call->turn, 0, &declare, &id, err);
    rc = rc ? rc : set_name(call->turn, id, call->by, "drill", script->name, err);
    rc = rc ? rc : set_name(call->turn, id, call->by, "team", team ? team : script->team, err);
    rc = rc ? rc : set_name(call->turn, id, call->by, "service", script->service, err);
    if (rc)
        return rc;
    const struct run *run = run_add(call->turn, id, script);
    str_markup(call->answer, "**DRILL** · %s is open: %s. It practises %s for ", incident_name(id, name),
               script->title, run->script);
    duration_format(run->ends, call->answer);
    str_markup(call->answer,
               ". Pages are real; customers, alerts and what fails are made up, and nothing reaches anybody "
               "outside. `%s drills stop` ends it.",
               name);
    return 0;
}

/* `drills run NAME`, `drills run NAME for TEAM` */
static int run_script(const struct call *call, const struct typed *typed, struct error *err)
{
    bool for_team = typed->n == 4 && is_word(typed, 2, "for");
    struct drill_script script;
    if (typed->n != 2 && !for_team)
        return error_set(err, ERR_INVALID,
                         "Say which one: `drills run gateway-fails`, or for a team: `drills run gateway-fails "
                         "for payments`.");
    int rc = find_script(call, typed->words[1], &script, err);
    rc = rc ? rc : refuse_running(call, &script, err);
    rc = rc ? rc : refuse_unknown(call, &script, err);
    rc = rc || typed->anyway ? rc : refuse_critical(call, script.name, err);
    const char *team = for_team ? typed->words[3] + (*typed->words[3] == '@') : NULL;
    return rc ? rc : begin(call, &script, team, err);
}

/* ---- stop ---- */

/* The incident's, or the only one that the asker may see. */
static int find_run(const struct call *call, struct run **ret, struct error *err)
{
    struct core *core = turn_core(call->turn);
    const struct drills *drills = drills_of(core);
    struct run *own = call->incident ? run_find(core, call->incident->id) : NULL;
    size_t n = 0;
    for (size_t i = 0; !own && i < drills->runs.n; i++) {
        struct run *run = drills->runs.v[i];
        if (run != run_of_script(core, run->script) || !sight_incident(core, run->incident, call->person))
            continue;
        *ret = run;
        n++;
    }
    if (own)
        *ret = own;
    if (own || n == 1)
        return 0;
    return n ? error_set(err, ERR_INVALID,
                         "Several drills run: `drills` lists them. Say which: `INC-4 drills stop`.")
             : error_set(err, ERR_NOT_FOUND,
                         "No drill of a script runs. `drills` lists what can be practised.");
}

static int stop(const struct call *call, struct error *err)
{
    struct run *run = NULL;
    char name[INCIDENT_NAME];
    int rc = find_run(call, &run, err);
    if (rc)
        return rc;
    CLEANUP_FREE char *why = xasprintf(
        "%s stopped it", call->person ? people_name(turn_core(call->turn), call->person) : "somebody");
    str_markup(call->answer, "**DRILL** · %s of %s is stopped. `%s debrief` says what was done.", run->script,
               incident_name(run->incident, name), name);
    run_end(call->turn, run, why);
    return 0;
}

int drills_command(const struct call *call, struct error *err)
{
    struct typed typed = read_words(call->arguments[0]);
    int rc;
    if (!typed.n && !typed.anyway)
        rc = list(call, err);
    else if (is_word(&typed, 0, "run"))
        rc = run_script(call, &typed, err);
    else if (is_word(&typed, 0, "stop") && typed.n == 1 && !typed.anyway)
        rc = stop(call, err);
    else
        rc = error_set(err, ERR_INVALID, "Type `drills`, `drills run gateway-fails` or `drills stop`.");
    typed_finish(&typed);
    return rc;
}

/* ---- the other command ---- */

/* `drill run gateway-fails` and `drill gateway-fails` could mean the script. */
int drills_refuse_title(const struct core *core, const char *title, struct error *err)
{
    struct typed typed = read_words(title);
    struct drill_script script;
    bool runs = is_word(&typed, 0, "run") && typed.n > 1, stops = is_word(&typed, 0, "stop") && typed.n == 1;
    const char *name = typed.n > 1 ? typed.words[1] : typed.n ? typed.words[0] : "";
    bool known = policy_drill(core_policy(core), name, &script) && (runs || typed.n == 1);
    int rc = 0;
    if (known)
        rc = error_markup(err, ERR_INVALID,
                          "%s is a script: `drills run %s` plays it. For an incident of that title, type "
                          "`declare --drill %s`.",
                          script.name, script.name, title);
    else if (stops)
        rc = error_set(err, ERR_INVALID,
                       "`drills stop` ends the drill of a script. For an incident of that title, type `declare "
                       "--drill stop`.");
    typed_finish(&typed);
    return rc;
}

/* ---- the debrief ---- */

int drills_debrief(const struct call *call, struct error *err)
{
    struct core *core = turn_core(call->turn);
    const struct incident *incident = call->incident;
    struct debrief debrief;
    char name[INCIDENT_NAME];
    int rc = drills_read(core, incident->id, turn_now(call->turn), &debrief, err);
    if (rc)
        return rc;
    str_add(call->answer, incident->sort.drill ? "**[drill]** " : "");
    str_markup(call->answer, "**Debrief of %s** %s\n", incident_name(incident->id, name), incident->title);
    debrief_words(core, &debrief, incident, call->answer);
    debrief_finish(&debrief);
    return 0;
}
