/* The table of events, made of the rows of events.def, and what is asked of it. */
#include <string.h>

#include "base/str.h"
#include "engine/fold.h"

/* What a row can say. */
#define MUST(field, meaning)  .use[__builtin_ctz(FIELD_##field)] = {true, meaning}
#define MAY(field, meaning)   .use[__builtin_ctz(FIELD_##field)] = {false, meaning}
#define RULED                 MAY(RULE, "file:line of the rule that did it")
#define PHRASE(text)          .phrases = {text, text}
#define PHRASES(unset, set)   .phrases = {unset, set}
#define HIDDEN                .shown = SHOWN_NEVER
#define SHOWN_BY_HAND         .shown = SHOWN_FOR_PEOPLE
#define SHOWN_SINGLY          .shown = SHOWN_IF_SINGLE
#define SEARCHED              .searched = true
#define COUNTED(counter_name) .counter = offsetof(struct incident, counter_name)

static const struct event_kind kinds[EVENT_TYPE_COUNT] = {
    [EVENT_NONE] = {.name = "none", .revision = 1, .subject = OF_SYSTEM, .fold = fold_nothing},
#define EVENT(id, named, of_revision, about, folder, ...)                                                      \
    [EVENT_##id] = {.name = named, .revision = of_revision, .subject = about, .fold = folder, __VA_ARGS__},
#include "engine/events.def"
};

const struct event_kind *event_kind(enum event_type type)
{
    require((unsigned)type < EVENT_TYPE_COUNT);
    return &kinds[type];
}

unsigned event_needs(enum event_type type)
{
    unsigned fields = 0;
    for (unsigned i = 0; i < EVENT_FIELDS; i++)
        fields |= event_kind(type)->use[i].needed ? 1u << i : 0;
    return fields;
}

unsigned event_takes(enum event_type type)
{
    unsigned fields = 0;
    for (unsigned i = 0; i < EVENT_FIELDS; i++)
        fields |= event_kind(type)->use[i].meaning ? 1u << i : 0;
    return fields;
}

bool event_is_shown(const struct event *event)
{
    switch (event_kind(event->type)->shown) {
    case SHOWN_ALWAYS:
        return true;
    case SHOWN_FOR_PEOPLE:
        return !text_equal(event->by, "system") && !text_equal(event->by, "rule");
    case SHOWN_IF_SINGLE:
        return !event->data;
    case SHOWN_NEVER:
        break;
    }
    return false;
}

const char *event_search_text(const struct event *event)
{
    return event_kind(event->type)->searched ? event->text : NULL;
}

/* ---- by name ---- */

#define SLOTS 512u /* a power of two */
_Static_assert(EVENT_TYPE_COUNT < SLOTS / 2, "a free slot is near every name");

/* The slot of a name: where its type stands, or the free one where it belongs. */
static uint8_t *slot_of(uint8_t slots[SLOTS], const char *name)
{
    unsigned hash = 2166136261u; /* FNV-1a: the names are ours */
    for (const char *p = name; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    unsigned i = hash % SLOTS;
    while (slots[i] && strcmp(kinds[slots[i]].name, name) != 0)
        i = (i + 1) % SLOTS;
    return &slots[i];
}

enum event_type event_type_parse(const char *name)
{
    static uint8_t slots[SLOTS]; /* types by the hash of their names; 0: free. Filled when first asked */
    static bool filled;
    for (int type = 1; !filled && type < EVENT_TYPE_COUNT; type++)
        *slot_of(slots, kinds[type].name) = (uint8_t)type;
    filled = true;
    return name ? (enum event_type) * slot_of(slots, name) : EVENT_NONE;
}
