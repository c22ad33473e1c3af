/* What becomes of the actions of a page. */
#include <stdlib.h>
#include <string.h>

#include "paging/inside.h"
#include "sight/place.h"
#include "turn/live.h"

/* ---- of an older version: one person after the other ---- */

/* "page:INC-42:3:ana:slack" -> 3; *ret_person: "ana", which the caller frees. */
static int64_t old_number(const struct action *action, char **ret_person)
{
    char *end;
    const char *number = strchr(action->key + strlen(PAGE_KEY), ':');
    int64_t n = number ? strtoll(number + 1, &end, 10) : 0;
    const char *last = strrchr(action->key, ':');
    bool whole = n && *end == ':' && last > end;
    *ret_person = whole ? xstrndup(end + 1, (size_t)(last - end - 1)) : NULL;
    return whole ? n : 0;
}

static void old_reached(struct turn *turn, const struct action *action, int64_t number, const char *remote_id,
                        const cJSON *body)
{
    const char *user = json_text_or(body, "user", json_text_or(body, "email", ""));
    paging_record(turn, action->incident,
                  (struct command){.verb = "page_reached",
                                   .count = number,
                                   .name = action->connector,
                                   .value = user,
                                   .text = remote_id});
}

/* Nobody waits for it any more, so the page begins anew. */
static void old_failed(struct turn *turn, const struct action *action, const struct state_page *page)
{
    CLEANUP_FREE char *target = xstrdup(page->target), *text = xstrdup(page->text), *rule = xstrdup(page->rule);
    if (!page->reached && !page->exhausted && page_is_open(page))
        paging_begin(turn, action->incident, &(struct paging_wish){.whom = target, .text = text, .rule = rule});
}

static void old_outcome(struct turn *turn, const struct action *action, const char *remote_id,
                        const cJSON *body)
{
    CLEANUP_FREE char *person = NULL;
    int64_t number = old_number(action, &person);
    const struct incident *incident = turn_incident(turn, action->incident);
    const struct state_page *page = number && incident ? incident_page(incident, number) : NULL;
    if (page && action->state == ACTION_DONE)
        old_reached(turn, action, number, remote_id, body);
    else if (page && action->state == ACTION_DEAD)
        old_failed(turn, action, page);
}

/* ---- outcomes ---- */

static void taken(struct turn *turn, const struct action *action, const struct call_key *key,
                  const char *remote_id, const cJSON *body)
{
    paging_record(turn, action->incident,
                  (struct command){.verb = "page_taken",
                                   .count = key->number,
                                   .value = key->person,
                                   .name = key->way,
                                   .text = remote_id});
    if (!text_empty(remote_id))
        receipts_note(turn, action->incident, key, action->connector, remote_id);
    const struct incident *incident = turn_incident(turn, action->incident);
    const struct state_page *page = incident_page(incident, key->number);
    const struct state_channel *room = place_own(incident, action->connector);
    bool lacks_room = room && !json_text_or(json_member(body, "card"), "room", NULL);
    if (page && (!page_is_open(page) || lacks_room))
        message_update(turn, incident, key->number, action->connector);
}

static bool is_alive(const struct state_page *page, const struct state_call *but)
{
    for (size_t i = 0; i < page->calls.n; i++) {
        const struct state_call *call = &page->calls.v[i];
        if (call != but && call->way && text_equal(call->person, but->person) && call->state != CALL_FAILED)
            return true;
    }
    return false;
}

/* Whoever has other ways is told of there; that one failed is said all the same, for somebody should mend it. */
static void refused(struct turn *turn, const struct action *action, const struct call_key *key)
{
    const struct incident *incident = turn_incident(turn, action->incident);
    const struct state_page *page = incident_page(incident, key->number);
    const struct state_call *call = page ? page_call(page, key->person, key->way) : NULL;
    if (!call || call->round != key->round || !page_is_open(page))
        return;
    bool others = is_alive(page, call);
    receipts_reach(turn, action->incident, key, CALL_FAILED,
                   action->outcome.detail ? action->outcome.detail : "no reason was given");
    if (others)
        tell_one_way_failed(turn, action, key->person);
}

void pages_outcome(struct turn *turn, const struct action *action, const char *remote_id, const cJSON *body)
{
    struct call_key key = {0};
    if (!turn_incident(turn, action->incident))
        return;
    if (!call_key_read(action->key, &key))
        old_outcome(turn, action, remote_id, body);
    else if (action->state == ACTION_DONE)
        taken(turn, action, &key, remote_id, body);
    else if (action->state == ACTION_DEAD)
        refused(turn, action, &key);
    call_key_finish(&key);
}

/* ---- pointless ---- */

/* Their user was unlinked since: it is somebody else's. */
static bool is_for_another(const struct core *core, const struct action *action, const char *person)
{
    CLEANUP_JSON cJSON *body = cJSON_Parse(action->body);
    const char *user = json_text_or(body, "user", NULL);
    const char *owner = user ? people_of_user(core, action->connector, user) : NULL;
    return owner && person && people_get(core, person) && !people_same(core, owner, person);
}

bool pages_pointless(struct core *core, const struct action *action)
{
    struct call_key key = {0};
    CLEANUP_FREE char *old = NULL;
    if (strcmp(action->kind, "page") != 0)
        return false;
    const struct incident *incident = live_incident(core, action->incident);
    bool present = call_key_read(action->key, &key);
    int64_t number = present ? key.number : old_number(action, &old);
    const struct state_page *page = incident ? incident_page(incident, number) : NULL;
    bool pointless = page && (!page_is_open(page) || is_for_another(core, action, present ? key.person : old));
    call_key_finish(&key);
    return pointless;
}
