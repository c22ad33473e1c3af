#include "links.h"

#include <string.h>

#include "people/links.h"

static const char *const users[] = {"eva", "eva-at-work", "fil", "fil-at-work", "gil", "gil-at-work"};

static struct identity user_of(const struct world *world, size_t i)
{
    return (struct identity){world->platforms[i % 2].name, users[i], users[i], NULL, NULL};
}

struct identity links_user(struct world *world)
{
    return user_of(world, rng_below(&world->rng, ARRAY_SIZE(users)));
}

static void link_two(struct turn *turn, const char *one, const struct identity *as, const char *other)
{
    char code[PAIRING_TEXT];
    const char *owner;
    if (people_pair(turn, other, code, NULL) == 0 && people_redeem(turn, one, code, &owner, NULL) == 0)
        people_link(turn, one, owner, as->connector);
}

void links_act(struct world *world)
{
    struct identity a = links_user(world), b = links_user(world);
    struct people_two two;
    uint64_t luck = rng_below(&world->rng, 10);
    if (!core_ready(world->core, NULL))
        return;
    struct turn *turn = turn_begin(world->core, world->now);
    const char *one = people_identify(turn, &a)->id, *other = people_identify(turn, &b)->id;
    if (luck < 5)
        link_two(turn, one, &a, other);
    else if (luck < 8)
        people_unlink(turn, one, b.connector, NULL, one, &two, NULL);
    else
        people_undo(turn, one, one, &two, NULL);
    turn_commit(turn, NULL, NULL);
}

/* ---- what holds ---- */

struct having {
    const struct identity *user;
    size_t n;
};

static void count(void *ctx, const char *connector, const char *user)
{
    struct having *having = ctx;
    having->n += text_equal(connector, having->user->connector) && text_equal(user, having->user->user);
}

static void check_user(struct world *world, size_t i)
{
    for (size_t k = 0; k < ARRAY_SIZE(users); k++) {
        struct identity user = user_of(world, i), other = user_of(world, k);
        const char *own = people_of_user(world->core, user.connector, user.user);
        const char *id = people_of_user(world->core, other.connector, other.user);
        struct having having = {&user, 0};
        people_each_user(world->core, id, count, &having);
        if (own && id && having.n != people_same(world->core, own, id))
            world_broken(world, "%s has the user %s %zu times", id, user.user, having.n);
    }
}

static bool read_link(void *ctx, const struct journal_event *row)
{
    char **linked = ctx;
    struct event event;
    if (turn_event_of_row(row, &event, NULL))
        return true;
    if (event.type == EVENT_PERSON_LINKED || event.type == EVENT_PERSON_UNLINKED)
        replace_text(linked, event.type == EVENT_PERSON_LINKED ? event.value : NULL);
    event_finish(&event);
    return true;
}

static bool check_person(void *ctx, const struct journal_doc *doc)
{
    struct world *world = ctx;
    CLEANUP_FREE char *stream = xasprintf("person/%s", doc->key), *linked = NULL;
    CLEANUP_JSON cJSON *json = cJSON_Parse(doc->body);
    journal_read_stream(world->journal, stream, 0, 0, read_link, &linked, NULL);
    const char *kept = json_text_or(json, "linked_to", NULL);
    if (!text_equal(linked, kept))
        world_broken(world, "%s is kept as linked to %s, but the events say %s", doc->key,
                     kept ? kept : "nobody", linked ? linked : "nobody");
    if (!people_get(world->core, doc->key))
        world_broken(world, "%s is lost", doc->key);
    return true;
}

void links_check(struct world *world)
{
    for (size_t i = 0; i < ARRAY_SIZE(users); i++)
        check_user(world, i);
    journal_docs(world->journal, &(struct doc_query){.kind = DOC_PERSON}, check_person, world, NULL);
}
