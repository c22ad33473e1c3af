#include "desk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "command/run.h"
#include "people.h"
#include "sight/sight.h"
#include "talk.h"
#include "tickets/tickets.h"
#include "turn/live.h"

#define TICKETS 12 /* of customers */

static const char *const customers[] = {"ana", "bob", "cem", "dee"};

/* ---- the platform ---- */

static bool is_done(const struct world *world, const char *id)
{
    return map_get(&world->desk.done, id) != NULL;
}

static void set_done(struct world *world, const char *id, bool done)
{
    if (done)
        map_put(&world->desk.done, id, world);
    else
        map_remove(&world->desk.done, id);
}

static char *members_of(const struct world *world, const char *id)
{
    const char *state = is_done(world, id) ? "done" : "open";
    return xasprintf(
        "{\"ticket\":\"%s\",\"link\":\"https://desk.example/%s\",\"title\":\"title of %s\",\"state\":\"%s\","
        "\"status\":\"%s\",\"organisation\":\"%s\"}",
        id, id, id, state, state, customers[strlen(id) % ARRAY_SIZE(customers)]);
}

/* Whoever changes it, the connector says so, if it follows it. */
static void tell(struct world *world, const char *id)
{
    CLEANUP_FREE char *members = members_of(world, id);
    if (map_get(&world->desk.followed, id))
        talk_tell(world, DESK,
                  xasprintf("{\"type\":\"ticket\",\"id\":\"d%zu\",%s", ++world->desk.events, members + 1));
}

static bool follows(const struct sent *sent)
{
    return strcmp(sent->kind, "ticket.create") == 0 || strcmp(sent->kind, "ticket.follow") == 0;
}

/* The id of the ticket that it is about. The caller frees it. */
static char *ticket_of(const struct sent *sent, const cJSON *body, const char *remote)
{
    const char *link = json_text_or(body, "link", NULL), *slash = link ? strrchr(link, '/') : NULL;
    if (strcmp(sent->kind, "ticket.create") == 0)
        return xstrdup(remote);
    return xstrdup(json_text_or(body, "ticket", slash ? slash + 1 : ""));
}

void desk_happens(struct world *world, const struct sent *sent, const char *remote)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (!text_starts(sent->kind, "ticket."))
        return;
    json_parse(sent->body, strlen(sent->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    CLEANUP_FREE char *id = ticket_of(sent, body, remote);
    if (follows(sent))
        map_put(&world->desk.followed, id, world);
    if (strcmp(sent->kind, "ticket.state") != 0)
        return;
    set_done(world, id, text_equal(json_text_or(body, "state", NULL), "done"));
    tell(world, id);
}

char *desk_answer(const struct world *world, const struct sent *sent, const char *remote)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (!follows(sent))
        return NULL;
    json_parse(sent->body, strlen(sent->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    CLEANUP_FREE char *id = ticket_of(sent, body, remote);
    return members_of(world, id);
}

void desk_lost(struct world *world, const struct sent *sent)
{
    CLEANUP_JSON cJSON *body = NULL;
    json_parse(sent->body, strlen(sent->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    if (strcmp(sent->kind, "ticket.state") == 0)
        map_put(&world->desk.lost, json_text_or(body, "ticket", ""), world);
}

void desk_finish(struct world *world)
{
    map_finish(&world->desk.done);
    map_finish(&world->desk.followed);
    map_finish(&world->desk.lost);
}

/* ---- what people do ---- */

static char *any_ticket(struct world *world)
{
    return xasprintf("t%0*d", 1 + (int)rng_below(&world->rng, 4), (int)rng_below(&world->rng, TICKETS));
}

static char *line_of(struct world *world, uint64_t incident)
{
    CLEANUP_FREE char *ticket = any_ticket(world);
    uint64_t luck = rng_below(&world->rng, 100);
    if (luck < 60)
        return xasprintf("INC-%" PRIu64 " attach https://desk.example/%s", incident, ticket);
    if (luck < 75)
        return xasprintf("INC-%" PRIu64 " detach https://desk.example/%s", incident, ticket);
    return luck < 90 ? xasprintf("INC-%" PRIu64 " ticket some work of step %zu", incident, world->step)
                     : xasprintf("INC-%" PRIu64 " tickets", incident);
}

static void person_types(struct world *world)
{
    if (!core_ready(world->core, NULL))
        return;
    struct turn *turn = turn_begin(world->core, world->now);
    struct answer answer = {0};
    const char *person = people_pick(world, turn);
    uint64_t id = people_pick_incident(world, person);
    CLEANUP_FREE char *line = id ? line_of(world, id) : NULL;
    if (line && command_run(turn, &(struct asker){.person = person}, line, &answer))
        world->refusals++;
    answer_finish(&answer);
    turn_commit(turn, NULL, NULL);
}

/* An agent is one of the people, also of a private incident. */
static void agent_types(struct world *world, const char *ticket)
{
    static const char *const lines[] = {
        "", "list", "sev major", "note from the desk", "show", "declare from the desk"};
    const char *line = lines[rng_below(&world->rng, ARRAY_SIZE(lines))];
    const char *agent = customers[rng_below(&world->rng, ARRAY_SIZE(customers))];
    char named[40] = "";
    if (rng_below(&world->rng, 2))
        snprintf(named, sizeof(named), "INC-%" PRIu64 " ", 1 + rng_below(&world->rng, 20));
    talk_tell(world, DESK,
              xasprintf("{\"type\":\"message\",\"id\":\"d%zu\",\"channel\":\"%s\",\"title\":\"title of "
                        "%s\",\"user\":{\"id\":"
                        "\"%s\",\"email\":\"%s@example.com\"},\"text\":\"!inc %s%s\"}",
                        ++world->desk.events, ticket, ticket, agent, agent, named, line));
}

static void agent_acts(struct world *world)
{
    CLEANUP_FREE char *ticket = any_ticket(world);
    uint64_t luck = rng_below(&world->rng, 100);
    if (luck < 30) {
        agent_types(world, ticket);
    } else if (luck < 80) {
        set_done(world, ticket, !is_done(world, ticket));
        tell(world, ticket);
    } else {
        talk_tell(world, DESK,
                  xasprintf("{\"type\":\"reply\",\"id\":\"d%zu\",\"message\":\"d%zu\",\"ticket\":\"%s\","
                            "\"user\":{\"id\":\"c\"},"
                            "\"customer\":\"%s\",\"link\":\"https://desk.example/%s\",\"text\":\"and mine\"}",
                            world->desk.events + 1, world->desk.events + 1, ticket,
                            customers[rng_below(&world->rng, ARRAY_SIZE(customers))], ticket));
        world->desk.events++;
    }
}

void desk_act(struct world *world)
{
    if (rng_below(&world->rng, 3))
        person_types(world);
    else
        agent_acts(world);
}

/* ---- what must hold ---- */

static bool is_approved(const struct incident *incident, const char *words)
{
    size_t n = strcspn(words, "\n");
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        if (draft->state == DRAFT_APPROVED && strlen(draft->text) == n && strncmp(draft->text, words, n) == 0)
            return true;
    }
    return false;
}

static void check_words(const struct world *world, const struct incident *incident, const char *text)
{
    const char *quoted = strstr(text, "\n> ");
    if (incident->private)
        world_broken(world, "a ticket is told of INC-%" PRIu64 ", which is private: %s", incident->id, text);
    if (quoted && !is_approved(incident, quoted + 3))
        world_broken(world, "a ticket is told what nobody approved: %s", text);
    if (!quoted && (strstr(text, "message of step") || strstr(text, "changed in step")))
        world_broken(world, "a ticket is told of a message: %s", text);
}

/* Everybody at the desk reads an answer. That there is no incident of a number is said of any that they may not see. */
static void check_post(const struct world *world, const char *body)
{
    for (const char *p = body; (p = strstr(p, "INC-")); p++) {
        const struct incident *incident = live_incident(world->core, strtoull(p + 4, NULL, 10));
        if (incident && incident->private && !strstr(body, "\"No incident "))
            world_broken(world, "the desk reads of INC-%" PRIu64 ", which is private: %s", incident->id, body);
    }
    if (strstr(body, "\"to\":"))
        world_broken(world, "a note in a ticket is meant for one person: %s", body);
}

static void check_closing(const struct world *world, const struct incident *incident, const char *ticket)
{
    bool over = !status_is_open(incident->status) && incident->status != STATUS_TICKETED;
    if (!over)
        world_broken(world, "ticket %s is closed, but INC-%" PRIu64 " is %s", ticket, incident->id,
                     status_name(incident->status));
}

void desk_check_action(const struct world *world, const struct action *action)
{
    CLEANUP_JSON cJSON *body = NULL;
    const struct incident *incident = live_incident(world->core, action->incident);
    if (strcmp(action->connector, DESK) == 0 && strcmp(action->kind, "post") == 0)
        check_post(world, action->body);
    if (!text_starts(action->kind, "ticket.") || !incident)
        return;
    json_parse(action->body, strlen(action->body), SIZE_MAX, JSON_DEPTH, "action", &body, NULL);
    if (strcmp(action->kind, "ticket.comment") == 0 || strcmp(action->kind, "ticket.create") == 0)
        check_words(world, incident, json_text_or(body, "text", ""));
    else if (text_equal(json_text_or(body, "state", NULL), "done"))
        check_closing(world, incident, json_text_or(body, "ticket", ""));
}

struct counting {
    struct world *world;
    const struct incident *incident;
    int64_t attached, done;
    bool over;
};

static void check_parent(struct counting *counting, const char *id)
{
    enum status status = counting->incident->status;
    bool over = !status_is_open(status) && status != STATUS_TICKETED;
    if (counting->over && is_done(counting->world, id) != over && !map_get(&counting->world->desk.lost, id))
        world_broken(counting->world, "the parent %s is %s, but INC-%" PRIu64 " is %s", id,
                     over ? "open" : "done", counting->incident->id, status_name(status));
}

static void count(struct counting *counting, const cJSON *row)
{
    const char *kind = json_text_or(row, "kind", ""), *id = json_text_or(row, "ticket", "");
    bool attached = strcmp(kind, "attached") == 0;
    counting->attached += attached;
    counting->done += attached && strcmp(json_text_or(row, "state", ""), "done") == 0;
    if (strcmp(kind, "parent") == 0)
        check_parent(counting, id);
}

static bool every_ticket(void *ctx, const char *key)
{
    (void)ctx, (void)key;
    return true;
}

static bool check_incident(void *ctx, const struct journal_doc *doc)
{
    struct counting counting = *(struct counting *)ctx;
    CLEANUP_STR struct str text = {0};
    CLEANUP_JSON cJSON *all = NULL;
    const cJSON *row;
    counting.incident = live_incident(counting.world->core, strtoull(doc->key, NULL, 10));
    if (!counting.incident)
        return true;
    struct json_out j = {&text, false};
    json_begin_array(&j);
    tickets_encode(counting.world->core, counting.incident, every_ticket, NULL, &j);
    json_end_array(&j);
    json_parse(text.p, text.len, SIZE_MAX, JSON_DEPTH, "tickets", &all, NULL);
    cJSON_ArrayForEach(row, all)
    {
        count(&counting, row);
    }
    const struct state_tickets *state = &counting.incident->places.tickets;
    if (state->attached != counting.attached || state->done != counting.done)
        world_broken(counting.world,
                     "INC-%" PRIu64 " counts %" PRId64 " tickets, %" PRId64 " done, but %" PRId64 ", %" PRId64
                     " are kept",
                     counting.incident->id, state->attached, state->done, counting.attached, counting.done);
    return true;
}

void desk_check(struct world *world, bool over)
{
    struct counting counting = {.world = world, .over = over};
    journal_docs(world->journal, &(struct doc_query){.kind = DOC_INCIDENT}, check_incident, &counting, NULL);
}
