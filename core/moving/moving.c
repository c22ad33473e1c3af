/* From the documents to a whole model: read, completed, and called by the words that the policy uses. */
#include <string.h>

#include "base/slug.h"
#include "moving/fit.h"
#include "moving/reading.h"
#include "moving/sources.h"

#define WORD_MOST 40 /* bytes */

/* ---- words ---- */

static const char *free_word(struct moving *m, struct map *taken, const char *text, const char *fallback)
{
    CLEANUP_FREE char *slug = text_slug(text, WORD_MOST);
    const char *word = keepf(m, "%s", *slug ? slug : fallback);
    for (int i = 2; map_get(taken, word); i++)
        word = keepf(m, "%s-%d", *slug ? slug : fallback, i);
    map_put(taken, word, m);
    return word;
}

/* The part of a mail address before its @. */
static const char *mailbox(struct moving *m, const char *mail)
{
    return mail && strchr(mail, '@') ? keepf(m, "%.*s", (int)strcspn(mail, "@"), mail) : mail;
}

static void name_people(struct moving *m)
{
    struct map taken = {0};
    for (size_t i = 0; i < m->people.n; i++) {
        struct moving_person *person = &m->people.v[i];
        if (person->mail && !strchr(person->mail, '@'))
            person->mail = NULL;
        const char *box = mailbox(m, person->mail), *from = box ? box : person->name;
        if (person->missing)
            from = *person->key ? keepf(m, "missing-%s", person->key) : "nobody";
        person->word = free_word(m, &taken, from ? from : person->key, "person");
    }
    map_finish(&taken);
}

/* A page finds people, escalations, teams and rotations by their names: nothing is called like a person. A team and its escalation may well
   have one name. The rotations of one schedule are numbered. */
static void name_targets(struct moving *m)
{
    struct map rotations = {0}, escalations = {0}, teams = {0};
    for (size_t i = 0; i < m->people.n; i++) {
        map_put(&rotations, m->people.v[i].word, m);
        map_put(&escalations, m->people.v[i].word, m);
        map_put(&teams, m->people.v[i].word, m);
    }
    for (size_t i = 0; i < m->schedules.n; i++) {
        for (size_t k = 0; k < m->schedules.v[i].n_lanes; k++) {
            struct moving_lane *lane = &m->schedules.v[i].lanes[k];
            lane->word = free_word(m, &rotations, m->schedules.v[i].name, "schedule");
            lane->rotation.name = lane->word;
        }
    }
    for (size_t i = 0; i < m->escalations.n; i++)
        m->escalations.v[i].word = free_word(m, &escalations, m->escalations.v[i].name, "escalation");
    for (size_t i = 0; i < m->teams.n; i++)
        m->teams.v[i].word = free_word(m, &teams, m->teams.v[i].name, "team");
    map_finish(&rotations);
    map_finish(&escalations);
    map_finish(&teams);
}

/* ---- what is named but not there ---- */

static void need_person(struct moving *m, const char *key, const char *where)
{
    size_t before = m->people.n;
    struct moving_person *person = person_of(m, key);
    if (person->missing && m->people.n > before && *key)
        unsaid(m, "not among the people of the export, perhaps deleted: nobody is called when it is their turn",
               "%s, %s", where, key);
}

static void need_people_of(struct moving *m, const struct moving_schedule *schedule)
{
    const char *where = keepf(m, "schedule '%s'", schedule->name);
    for (size_t i = 0; i < schedule->turns.n; i++) {
        const struct moving_turns *turns = &schedule->turns.v[i];
        for (size_t k = 0; k < turns->groups.n; k++) {
            if (!turns->groups.v[k].n)
                need_person(m, "", where);
            for (size_t j = 0; j < turns->groups.v[k].n; j++)
                need_person(m, turns->groups.v[k].v[j], where);
        }
    }
    for (size_t i = 0; i < schedule->overrides.n; i++) {
        need_person(m, schedule->overrides.v[i].person, where);
        if (schedule->overrides.v[i].instead)
            need_person(m, schedule->overrides.v[i].instead, where);
    }
    for (size_t i = 0; i < schedule->finals.n; i++)
        need_person(m, schedule->finals.v[i].person, where);
}

static void need_people(struct moving *m)
{
    for (size_t i = 0; i < m->schedules.n; i++)
        need_people_of(m, &m->schedules.v[i]);
    for (size_t i = 0; i < m->teams.n; i++) {
        for (size_t k = 0; k < m->teams.v[i].people.n; k++)
            need_person(m, m->teams.v[i].people.v[k], keepf(m, "team '%s'", m->teams.v[i].name));
    }
    for (size_t i = 0; i < m->escalations.n; i++) {
        const struct moving_escalation *escalation = &m->escalations.v[i];
        for (size_t k = 0; k < escalation->levels.n; k++) {
            for (size_t j = 0; j < escalation->levels.v[k].targets.n; j++) {
                if (escalation->levels.v[k].targets.v[j].kind == MOVING_PERSON)
                    need_person(m, escalation->levels.v[k].targets.v[j].key,
                                keepf(m, "escalation '%s'", escalation->name));
            }
        }
    }
}

/* A schedule or team that others name, but no file describes. */
static void drop_undescribed(struct moving *m)
{
    for (size_t i = m->schedules.n; i-- > 0;) {
        if (m->schedules.v[i].name)
            continue;
        unsaid(m, "it is named, but not in the export", "schedule %s", m->schedules.v[i].key);
        schedule_clear(&m->schedules.v[i]);
        array_remove(&m->schedules, i);
    }
    for (size_t i = m->teams.n; i-- > 0;) {
        struct moving_team *team = &m->teams.v[i];
        team->name = team->name ? team->name : team->key;
        if (team->people.n)
            continue;
        unsaid(m, "it has no people in the export", "team '%s'", team->name);
        array_free(&team->people);
        array_remove(&m->teams, i);
    }
}

int moving_read(struct moving *m, struct error *err)
{
    int rc = moving_recognise(m, err);
    rc = rc ? rc : m->source->read(m, err);
    if (rc)
        return rc;
    drop_undescribed(m);
    need_people(m);
    name_people(m);
    moving_ways(m);
    moving_fit(m);
    name_targets(m);
    moving_call_levels(m);
    moving_compare(m);
    return 0;
}
