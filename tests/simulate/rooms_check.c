/*
 * What stands in the rooms at the end is what the journal says. Each word that people wrote stands once in each other room of its
 * incident that took copies when it was said, or when the room was opened; in the order of the incident's timeline; as it reads now.
 * What was said while copies were off stands nowhere else, and what was deleted is gone.
 *
 * A platform may refuse a message, and one that cannot look up earlier attempts may show it twice: that is not the core's doing.
 */
#include "rooms.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/connector.h>

#include "engine/fold.h"
#include "sight/place.h"
#include "turn/turn.h"

struct heard { /* the event that says a word */
    uint64_t incident, version;
    const struct word *word;
    int edits;  /* how it reads now */
    bool gives; /* its room gave it to the others */
    bool later; /* and to rooms that are opened later */
    bool deleted;
};

struct copy { /* a word as it must stand in another room */
    const struct heard *heard;
    const struct room *room;
    int edits;    /* how it must read there */
    bool allowed; /* false: it must not stand there */
    bool excused; /* it may be missing, or out of date */
    bool deleted;
};

struct telling {
    struct world *world;
    struct map incidents; /* "INC-7" -> its state, as far as it was read */
    ARRAY(struct heard *) heard;
    ARRAY(struct copy) copies;
};

/* ---- what must stand where ---- */

static bool takes(const struct incident *incident, const struct room *room)
{
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        const struct state_channel *channel = &incident->places.channels.v[i];
        if (strcmp(channel->connector, room->platform->name) == 0 &&
            strcmp(channel->channel, room->channel) == 0 && channel->mirrored)
            return channel->mirrored == MIRRORED_ON;
    }
    return incident->places.mirrored != MIRRORED_OFF;
}

static struct heard *find_heard(const struct telling *t, const char *connector, const char *message)
{
    for (size_t i = 0; i < t->heard.n; i++) {
        const struct word *word = t->heard.v[i]->word;
        if (text_equal(word->message, message) && text_equal(word->room->platform->name, connector))
            return t->heard.v[i];
    }
    return NULL;
}

static struct copy *find_copy(const struct telling *t, const struct heard *heard, const struct room *room)
{
    for (size_t i = 0; i < t->copies.n; i++) {
        if (t->copies.v[i].heard == heard && t->copies.v[i].room == room)
            return &t->copies.v[i];
    }
    return NULL;
}

static void expect(struct telling *t, const struct incident *incident, const struct heard *heard,
                   const struct state_channel *channel, bool gives)
{
    const struct room *room = room_find(t->world->rooms, channel->connector, channel->channel);
    if (!room || room == heard->word->room || find_copy(t, heard, room))
        return;
    *array_add(&t->copies) = (struct copy){.heard = heard,
                                           .room = room,
                                           .edits = heard->edits,
                                           .allowed = gives && takes(incident, room),
                                           .excused = !place_is_own(incident, channel),
                                           .deleted = heard->deleted};
}

static void take_said(struct telling *t, const struct incident *incident, const struct event *event)
{
    size_t number = event->value && *event->value == 'p' ? strtoul(event->value + 1, NULL, 10) : 0;
    const struct rooms *rooms = t->world->rooms;
    if (!number || number > rooms->words.n || find_heard(t, event->name, event->value))
        return;
    struct heard *heard = xcalloc(1, sizeof(*heard));
    const struct word *word = &rooms->words.v[number - 1];
    *heard = (struct heard){.incident = event->incident,
                            .version = event->version,
                            .word = word,
                            .gives = takes(incident, word->room)};
    heard->later = heard->gives && incident->places.mirrored != MIRRORED_OFF;
    *array_add(&t->heard) = heard;
    for (size_t i = 0; i < incident->places.channels.n; i++)
        expect(t, incident, heard, &incident->places.channels.v[i], heard->gives);
}

static void take_channel(struct telling *t, const struct incident *incident, const struct event *event)
{
    const struct state_channel *channel = NULL;
    for (size_t i = 0; event->flag && i < incident->places.channels.n; i++) {
        const struct state_channel *it = &incident->places.channels.v[i];
        if (text_equal(it->connector, event->name) && text_equal(it->channel, event->value))
            channel = it;
    }
    for (size_t i = 0; channel && i < t->heard.n; i++) {
        if (t->heard.v[i]->incident == incident->id)
            expect(t, incident, t->heard.v[i], channel, t->heard.v[i]->later);
    }
}

static bool stands_in(const struct incident *incident, const struct room *room)
{
    return incident_has_channel(incident, room->platform->name, room->channel);
}

static void take_change(struct telling *t, const struct incident *incident, const struct event *event)
{
    struct heard *heard = find_heard(t, event->name, event->value);
    if (!heard)
        return;
    heard->deleted |= event->type == EVENT_SAID_DELETED;
    heard->edits = MAX(heard->edits, (int)event->count);
    for (size_t i = 0; i < t->copies.n; i++) {
        struct copy *copy = &t->copies.v[i];
        if (copy->heard != heard)
            continue;
        copy->excused |= !stands_in(incident, copy->room);
        copy->deleted = heard->deleted;
        if (takes(incident, heard->word->room) && takes(incident, copy->room))
            copy->edits = heard->edits;
    }
}

/* Copies, and changes of them, that waited may have been withheld; also in rooms that it has from an incident merged into it. */
static void take_private(struct telling *t, const struct incident *incident)
{
    for (size_t i = 0; incident->private && i < t->copies.n; i++)
        t->copies.v[i].excused |=
            t->copies.v[i].heard->incident == incident->id || stands_in(incident, t->copies.v[i].room);
}

static struct incident *state_of(struct telling *t, const struct event *event)
{
    char name[INCIDENT_NAME];
    struct incident *incident = map_get(&t->incidents, incident_name(event->incident, name));
    if (!incident) {
        incident = incident_create(event->incident);
        map_put(&t->incidents, name, incident);
    }
    return incident;
}

static bool take_row(void *ctx, const struct journal_event *row)
{
    struct telling *t = ctx;
    struct event event;
    if (!text_starts(row->stream, "INC-") || turn_event_of_row(row, &event, NULL))
        return true;
    struct incident *incident = state_of(t, &event);
    fold(incident, &event);
    if (event.type == EVENT_SAID)
        take_said(t, incident, &event);
    else if (event.type == EVENT_CHANNEL)
        take_channel(t, incident, &event);
    else if (event.type == EVENT_SAID_EDITED || event.type == EVENT_SAID_DELETED)
        take_change(t, incident, &event);
    else if (event.type == EVENT_PRIVATE)
        take_private(t, incident);
    event_finish(&event);
    return true;
}

/* ---- what stands there ---- */

static bool is_digest(const struct message *message)
{
    return message->key && text_starts(message->key, "digest:");
}

/* What it answers was refused, so it comes later than its turn. */
static bool is_apart(const struct message *message)
{
    return strstr(message->key, ":alone");
}

/* How the word reads in that message; -1: it is not in it. */
static int reading(const struct message *message, const struct word *word)
{
    CLEANUP_FREE char *mark = word_mark(word->number);
    const char *at = strstr(message->text, mark);
    return at ? (int)strtol(at + strlen(mark), NULL, 10) : -1;
}

__attribute__((noreturn)) static void wrong(const struct telling *t, const struct copy *copy, const char *what)
{
    for (size_t i = 0; i < copy->room->messages.n; i++) {
        const struct message *m = &copy->room->messages.v[i];
        fprintf(stderr, "  %s%s %s%s%s | %s\n", m->id, m->gone ? " (gone)" : "", m->key ? m->key : "a person",
                m->thread ? " under " : "", m->thread ? m->thread : "", m->text);
    }
    world_broken(t->world, "w%zu of INC-%" PRIu64 "/%" PRIu64 ", which answers w%zu in %s/%s, %s in %s/%s",
                 copy->heard->word->number, copy->heard->incident, copy->heard->version,
                 copy->heard->word->answers, copy->heard->word->room->platform->name,
                 copy->heard->word->room->channel, what, copy->room->platform->name, copy->room->channel);
}

struct standing {                  /* a word in a room */
    const struct message *message; /* the latest, since the core knows of that one; NULL: none */
    bool digest;                   /* it is one */
    int edits;                     /* the newest reading */
};

static struct standing look(const struct telling *t, const struct copy *copy)
{
    const struct word *word = copy->heard->word;
    struct standing found = {.edits = -1};
    for (size_t i = 0; i < copy->room->messages.n; i++) {
        const struct message *m = &copy->room->messages.v[i];
        bool digested = is_digest(m) && reading(m, word) >= 0;
        if (!digested && m->word != word->number)
            continue;
        found.edits = MAX(found.edits, reading(m, word));
        if (m->corrects)
            continue;
        if (found.message &&
            (strcmp(found.message->key, m->key) != 0 || copy->room->platform->can & TOCSIN_CAN_FIND))
            wrong(t, copy, "stands twice");
        found.message = m;
        found.digest = digested;
    }
    return found;
}

/* Did the platform refuse this copy, or a change of it? */
static bool is_lost(const struct telling *t, const struct copy *copy)
{
    CLEANUP_FREE char *key = xasprintf("copy:INC-%" PRIu64 "/%" PRIu64 ":%s:%s", copy->heard->incident,
                                       copy->heard->version, copy->room->platform->name, copy->room->channel);
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&t->world->rooms->lost, &i));) {
        if (text_starts(slot->key, key))
            return true;
    }
    return copy->room->lossy;
}

static void check_deleted(const struct telling *t, const struct copy *copy, const struct message *message)
{
    uint64_t can = copy->room->platform->can;
    bool stands = can & TOCSIN_CAN_DELETE ? !message->gone
                  : can & TOCSIN_CAN_EDIT ? reading(message, copy->heard->word) >= 0
                                          : false;
    if (stands)
        wrong(t, copy, "was deleted, and stands");
}

static void check_copy(const struct telling *t, const struct copy *copy)
{
    struct standing found = look(t, copy);
    if (!copy->allowed && (found.message || found.edits >= 0))
        wrong(t, copy, "was not to be copied, and stands");
    if (!copy->allowed || copy->excused || is_lost(t, copy))
        return;
    if (copy->deleted && found.message && !found.digest)
        check_deleted(t, copy, found.message);
    if (copy->deleted)
        return;
    if (!found.message)
        wrong(t, copy, "does not stand");
    if (is_apart(found.message))
        return;
    if (found.digest ? found.edits < copy->edits : found.edits != copy->edits)
        wrong(t, copy, "is out of date");
}

/* Did the platform show it already? */
static bool is_again(const struct room *room, size_t at)
{
    size_t i = 0;
    while (!text_equal(room->messages.v[i].key, room->messages.v[at].key))
        i++;
    return i < at;
}

/* Each incident's words come in the order of its timeline. */
static void check_order(const struct telling *t, const struct room *room)
{
    struct map last = {0}; /* incident -> the version of the latest */
    for (size_t i = 0; i < room->messages.n; i++) {
        const struct message *m = &room->messages.v[i];
        if (!m->key || m->corrects || is_apart(m) || is_again(room, i))
            continue;
        for (size_t k = 0; k < t->heard.n; k++) {
            const struct heard *heard = t->heard.v[k];
            char name[INCIDENT_NAME];
            if (is_digest(m) ? reading(m, heard->word) < 0 : m->word != heard->word->number)
                continue;
            uintptr_t before = (uintptr_t)map_get(&last, incident_name(heard->incident, name));
            if (heard->version < before)
                wrong(t, &(struct copy){.heard = heard, .room = room}, "comes too late");
            map_put(&last, name, (void *)(uintptr_t)heard->version);
        }
    }
    map_finish(&last);
}

static bool shows(const struct message *message, size_t word)
{
    return message->word == word && !message->corrects && (!message->key || text_starts(message->key, "copy:"));
}

static bool is_lost_there(const struct telling *t, const struct word *word, const struct room *room)
{
    const struct heard *heard = find_heard(t, word->room->platform->name, word->message);
    const struct copy *copy = heard ? find_copy(t, heard, room) : NULL;
    return copy && is_lost(t, copy);
}

/* Does the room show what it answers? A copy in the room where it was written is another matter: the core may not know of it yet. */
static bool has_root(const struct telling *t, const struct copy *copy, const struct message *message)
{
    const struct word *word = copy->heard->word, *root = &t->world->rooms->words.v[word->answers - 1];
    bool has = false;
    for (size_t i = 0; &copy->room->messages.v[i] != message; i++)
        has |= shows(&copy->room->messages.v[i], root->number);
    return has && root->room == word->room && !is_lost_there(t, root, copy->room);
}

/* What answers something that stands in the room stands under it, where there are threads. */
static void check_thread(const struct telling *t, const struct copy *copy)
{
    size_t answers = copy->heard->word->answers;
    struct standing found = look(t, copy);
    if (!found.message || found.digest || is_apart(found.message))
        return;
    const char *thread = found.message->thread;
    const struct message *root = room_message(copy->room, thread);
    bool threads = copy->room->platform->can & TOCSIN_CAN_THREAD;
    if (thread && (!threads || !root || (root->word && root->word != answers)))
        wrong(t, copy, "stands under another message");
    if (threads && answers && !thread && has_root(t, copy, found.message))
        wrong(t, copy, "does not stand under it");
}

static bool take_dead(void *ctx, const struct action *action)
{
    struct telling *t = ctx;
    if (action->state == ACTION_DEAD)
        rooms_lost(t->world, action->connector, action->key, action->body);
    return true;
}

static void telling_finish(struct telling *t)
{
    struct map_slot *slot;
    for (size_t i = 0; (slot = map_next(&t->incidents, &i));)
        incident_destroy(slot->value);
    map_finish(&t->incidents);
    for (size_t i = 0; i < t->heard.n; i++)
        free(t->heard.v[i]);
    array_free(&t->heard);
    array_free(&t->copies);
}

void rooms_check(struct world *world)
{
    struct telling t = {.world = world};
    outbox_each(core_outbox(world->core), take_dead, &t);
    if (journal_read(world->journal, 0, 0, take_row, &t, NULL))
        world_broken(world, "the journal cannot be read");
    for (size_t i = 0; i < t.copies.n; i++) {
        check_copy(&t, &t.copies.v[i]);
        check_thread(&t, &t.copies.v[i]);
    }
    for (size_t i = 0; i < world->rooms->all.n; i++)
        check_order(&t, world->rooms->all.v[i]);
    if (world->verbose)
        printf("%zu words, %zu copies, %zu rooms\n", t.heard.n, t.copies.n, world->rooms->all.n);
    telling_finish(&t);
}
