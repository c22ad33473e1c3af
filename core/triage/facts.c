/* What the latest sample of a group says: for the card, the links of its incident, the command `error` and the API. */
#include <string.h>

#include "intake/evidence.h"
#include "sight/sight.h"
#include "triage/inside.h"
#include "triage/samples.h"
#include "triage/triage.h"

/* ---- the latest sample ---- */

struct latest {
    instant at;
    char *sample;
};

static bool take_later(void *ctx, const struct journal_doc *doc)
{
    struct latest *latest = ctx;
    if (doc->at >= latest->at) {
        latest->at = doc->at;
        replace_text(&latest->sample, doc->body);
    }
    return true;
}

/* The one in memory that waits to be recorded; NULL: none does. */
static const char *waiting_sample(const struct core *core, const char *fingerprint)
{
    const struct group *held = groups_held(core, fingerprint);
    return held ? held->upkeep.sample : NULL;
}

static char *recorded_sample(struct core *core, const char *fingerprint)
{
    CLEANUP_FREE char *prefix = xasprintf("%s\x1f", fingerprint);
    struct latest latest = {0};
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_SAMPLE, .prefix = prefix}, take_later,
                 &latest, NULL);
    return latest.sample ? latest.sample : xstrdup("");
}

/* As JSON, for the caller to free; "": none is kept. */
static char *sample_of(struct core *core, const char *fingerprint)
{
    const char *waiting = waiting_sample(core, fingerprint);
    const struct kept_sample *kept = samples_find(triage_of(core), fingerprint);
    return waiting || kept ? xstrdup(waiting ? waiting : kept->sample) : recorded_sample(core, fingerprint);
}

bool triage_sample(struct core *core, const char *fingerprint, struct arena *arena, struct alert *ret)
{
    if (!core_readable(core, NULL))
        return false;
    CLEANUP_FREE char *sample = sample_of(core, fingerprint);
    return *sample && alert_decode(sample, strlen(sample), arena, ret, NULL) == 0;
}

/* ---- the card ---- */

/* The one that its title is about, unless that is over and another is not. */
static const struct state_alert *shown_alert(const struct incident *incident)
{
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        if (!incident->affected.alerts.v[i].resolved)
            return &incident->affected.alerts.v[i];
    }
    return incident->affected.alerts.n ? &incident->affected.alerts.v[0] : NULL;
}

static uint64_t incident_of(struct core *core, const char *fingerprint)
{
    uint64_t number;
    struct group read;
    if (fingerprint_parse(fingerprint, &number, NULL))
        return 0;
    const struct group *group = groups_peek(core, number, &read);
    uint64_t incident = group ? group->care.incident : 0;
    group_finish(&read);
    return incident;
}

static struct kept_sample *kept_of(struct core *core, const char *fingerprint)
{
    struct kept_sample *kept = samples_find(triage_of(core), fingerprint);
    if (kept && !waiting_sample(core, fingerprint))
        return kept;
    CLEANUP_FREE char *sample = sample_of(core, fingerprint);
    return samples_keep(triage_of(core), fingerprint, sample, incident_of(core, fingerprint));
}

static void write_text(struct kept_sample *kept)
{
    struct arena arena = {0};
    struct alert alert;
    struct str text = {0};
    if (*kept->sample && alert_decode(kept->sample, strlen(kept->sample), &arena, &alert, NULL) == 0)
        triage_write_sample(&alert, false, &text);
    kept->text = str_take(&text);
    arena_finish(&arena);
}

void facts_card_text(struct core *core, const struct incident *incident, struct str *commonmark)
{
    const struct state_alert *alert = shown_alert(incident);
    struct kept_sample *kept = alert ? kept_of(core, alert->fingerprint) : NULL;
    if (!kept || (kept->incident != incident->id && !sight_readers_see(core, incident, kept->incident)))
        return;
    if (!kept->text)
        write_text(kept);
    str_add(commonmark, kept->text);
}

/* ---- links ---- */

#define LINKS_KEPT 10 /* of senders in an incident; more of them would hide those that people add */

struct linking {
    struct turn *turn;
    uint64_t incident;
    const char *by, *rule;
};

static void add_link(const struct linking *to, const char *label, const char *url)
{
    struct command command = {.verb = "link", .by = to->by, .value = url, .text = label};
    if (turn_incident(to->turn, to->incident)->places.links.n >= LINKS_KEPT)
        return;
    if (to->by)
        turn_do(to->turn, to->incident, &command, NULL, NULL);
    else
        rule_do(to->turn, to->incident, command, to->rule, NULL);
}

/* The group's own link is one of its sample's; without a sample it is all there is. */
void facts_link(struct turn *turn, const struct group *group, uint64_t incident, const char *by,
                const char *rule)
{
    const struct linking to = {turn, incident, by, rule};
    char fingerprint[FINGERPRINT_TEXT];
    struct arena arena = {0};
    struct alert alert;
    struct evidence evidence = {0};
    const char *own = arena_copy(&arena, group->about.url, strlen(group->about.url));
    fingerprint_format(group->fingerprint, fingerprint);
    if (triage_sample(turn_core(turn), fingerprint, &arena, &alert))
        evidence_read(&alert, &arena, &evidence);
    for (size_t i = 0; i < evidence.n_links; i++)
        add_link(&to, evidence.links[i].label, evidence.links[i].url);
    if (!evidence.n_links && *own)
        add_link(&to, "the alert", own);
    arena_finish(&arena);
}
