#include "customers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "comms/comms.h"
#include "customers/customers.h"
#include "drafts.h"
#include "people.h"

static const char *const names[] = {"ana", "bob", "cem", "dee"};

/* ---- what people do ---- */

static bool happens(const struct drafting *a, uint64_t percent)
{
    return rng_below(&a->world->rng, 100) < percent;
}

static const char *any_name(const struct drafting *a)
{
    return names[rng_below(&a->world->rng, ARRAY_SIZE(names))];
}

static void add_route(const struct drafting *a, struct customer *record, const char *connector)
{
    if (happens(a, 60))
        *array_add(&record->routes) =
            (struct customer_route){xstrdup(connector), xasprintf("room of %s", record->key)};
}

/* No connector is called gamma. */
static void describe(const struct drafting *a)
{
    struct customer record = {.key = xstrdup(any_name(a)),
                              .tier = xstrdup(happens(a, 50) ? "gold" : NULL),
                              .wish = happens(a, 15) ? WISH_NO_CONTACT : WISH_NONE};
    bool beta_first = happens(a, 50);
    if (happens(a, 20))
        add_route(a, &record, "gamma");
    add_route(a, &record, beta_first ? "beta" : "alpha");
    add_route(a, &record, beta_first ? "alpha" : "beta");
    if (customers_set(a->turn, a->person, &record, NULL))
        a->world->refusals++;
    customer_finish(&record);
}

static void draft(const struct drafting *a)
{
    CLEANUP_FREE char *text = xasprintf("message of step %zu", a->world->step);
    const char *whom = happens(a, 50)   ? EVERY_CUSTOMER
                       : happens(a, 30) ? CUSTOMERS_OF_TIER "gold"
                                        : any_name(a);
    drafts_do(a, &(struct command){.verb = "tell", .by = a->person, .name = whom, .text = text});
}

static void stop(const struct drafting *a)
{
    drafts_do(a, &(struct command){.verb = "stop", .by = a->person});
}

static const struct {
    unsigned share; /* of 100 */
    void (*act)(const struct drafting *a);
} acts[] = {{10, describe}, {25, draft}, {15, drafts_change}, {46, drafts_approve}, {4, stop}};

void customers_act(struct world *world)
{
    if (!core_ready(world->core, NULL))
        return;
    struct drafting a = {.world = world, .turn = turn_begin(world->core, world->now)};
    a.person = people_pick(world, a.turn);
    uint64_t id = people_pick_incident(world, a.person), luck = rng_below(&world->rng, 100);
    a.incident = id ? turn_incident(a.turn, id) : NULL;
    for (size_t i = 0; a.incident && i < ARRAY_SIZE(acts); luck -= acts[i++].share) {
        if (luck < acts[i].share) {
            acts[i].act(&a);
            break;
        }
    }
    turn_commit(a.turn, NULL, NULL);
}

/* ---- what customers get ---- */

void customers_check_action(const struct world *world, const struct action *action)
{
    CLEANUP_JSON cJSON *body = NULL;
    struct journal_doc doc;
    struct incident *incident = NULL;
    char key[24];
    if (strcmp(action->kind, "desk.tell") != 0)
        return;
    snprintf(key, sizeof(key), "%010" PRIu64, action->incident);
    if (journal_doc(world->journal, DOC_INCIDENT, key, &doc, NULL) ||
        incident_decode(doc.body, strlen(doc.body), &incident, NULL) ||
        json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL))
        world_broken(world, "action %" PRIu64 " tells a customer of no incident", action->id);
    const struct state_draft *approved = incident_draft(incident, json_int_or(body, "draft", -1));
    if (!approved || approved->state != DRAFT_APPROVED ||
        !text_equal(approved->text, json_text_or(body, "text", NULL)))
        world_broken(world, "action %" PRIu64 " tells a customer what nobody approved", action->id);
    const struct customer *record = customers_get(world->core, json_text_or(body, "customer", ""));
    if (record && record->wish == WISH_NO_CONTACT)
        world_broken(world, "action %" PRIu64 " tells %s, who wish no contact", action->id, record->key);
    journal_doc_finish(&doc);
    incident_destroy(incident);
}

/* Where the directory has no route, each connector is asked, and its own key says that it does so once. What came back may go by the
   next route. */
void customers_check_arrival(struct world *world, const struct sent *sent)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (strcmp(sent->kind, "desk.tell") != 0)
        return;
    json_parse(sent->body, strlen(sent->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    const char *customer = json_text_or(body, "customer", "");
    bool also = json_bool_or(body, "also", false); /* in another ticket of theirs */
    if (!(also || json_text_or(body, "address", NULL)) || map_get(&world->bounced, customer))
        return;
    CLEANUP_FREE char *one =
        xasprintf("%s/%" PRId64 "/%s%s", json_text_or(body, "incident", ""), json_int_or(body, "draft", 0),
                  customer, also ? json_text_or(body, "thread", "") : "");
    const char *before = map_get(&world->told, one);
    if (before && strcmp(before, sent->key) != 0)
        world_broken(world, "%s is told twice: %s, and %s before", one, sent->key, before);
    if (!before)
        map_put(&world->told, one, xstrdup(sent->key));
}
