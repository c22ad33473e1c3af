/* Who was told of an incident, and who wrote, when. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "comms/comms.h"
#include "comms/conversations.h"
#include "customers/customers.h"
#include "impact/impact.h"

/* ---- documents ---- */

static char *document_key(uint64_t incident, const char *customer)
{
    return xasprintf("%010" PRIu64 "\x1f%s", incident, customer);
}

static void put_heard(const struct conversation *talk, struct json_out *j)
{
    json_key(j, "heard");
    json_begin_array(j);
    for (size_t i = 0; i < talk->heard.n; i++) {
        json_begin_object(j);
        json_put_int(j, "at", talk->heard.v[i].at);
        json_put_int(j, "draft", talk->heard.v[i].draft);
        json_end_object(j);
    }
    json_end_array(j);
}

static void store(struct turn *turn, uint64_t incident, const char *key, const struct conversation *talk)
{
    CLEANUP_STR struct str body = {0};
    CLEANUP_FREE char *where = document_key(incident, key);
    struct json_out j = {&body, false};
    json_begin_object(&j);
    json_put_text(&j, "key", talk->key);
    json_put_int(&j, "told_first", talk->told_first);
    json_put_int(&j, "told_at", talk->told_at);
    json_put_int(&j, "wrote_first", talk->wrote_first);
    json_put_int(&j, "wrote_at", talk->wrote_at);
    json_put_int(&j, "silence", talk->silence);
    put_heard(talk, &j);
    json_end_object(&j);
    batch_doc(turn_batch(turn), DOC_CONVERSATION, where, body.p);
}

static struct conversation *conversation_add(struct talks *talks, const char *key)
{
    CLEANUP_FREE char *lower = text_lower(key);
    struct conversation *talk = map_get(&talks->by_key, lower);
    if (talk)
        return talk;
    talk = xcalloc(1, sizeof(*talk));
    talk->key = xstrdup(key);
    map_put(&talks->by_key, lower, talk);
    talks->empty++;
    return talk;
}

/* Nothing was said: all that they were told came back. */
static bool is_empty(const struct conversation *talk)
{
    return !talk->told_at && !talk->wrote_at;
}

static void recount(struct talks *talks, const struct conversation *talk, bool was_empty)
{
    talks->empty += is_empty(talk);
    talks->empty -= was_empty;
}

static bool load_one(void *ctx, const struct journal_doc *doc)
{
    CLEANUP_JSON cJSON *body = NULL;
    if (json_parse(doc->body, strlen(doc->body), SIZE_MAX, JSON_DEPTH, "conversation", &body, NULL))
        return true;
    struct conversation *talk = conversation_add(ctx, json_text_or(body, "key", strchr(doc->key, '\x1f') + 1));
    talk->told_first = json_int_or(body, "told_first", 0);
    talk->told_at = json_int_or(body, "told_at", 0);
    talk->wrote_first = json_int_or(body, "wrote_first", 0);
    talk->wrote_at = json_int_or(body, "wrote_at", 0);
    talk->silence = json_int_or(body, "silence", 0);
    const cJSON *one;
    cJSON_ArrayForEach(one, json_member(body, "heard"))
    {
        *array_add(&talk->heard) = (struct heard){json_int_or(one, "at", 0), json_int_or(one, "draft", 0)};
    }
    recount(ctx, talk, true);
    return true;
}

struct talks *conversations_of(struct core *core, uint64_t incident)
{
    char name[INCIDENT_NAME];
    struct comms *comms = comms_of(core);
    struct talks *talks = map_get(&comms->talks, incident_name(incident, name));
    if (talks)
        return talks;
    CLEANUP_FREE char *prefix = document_key(incident, "");
    talks = xcalloc(1, sizeof(*talks));
    talks->version = 1;
    map_put(&comms->talks, name, talks);
    journal_docs(core_journal(core), &(struct doc_query){.kind = DOC_CONVERSATION, .prefix = prefix}, load_one,
                 talks, NULL);
    return talks;
}

void talks_destroy(struct talks *talks)
{
    size_t position = 0;
    if (!talks)
        return;
    for (struct map_slot *slot; (slot = map_next(&talks->by_key, &position));) {
        struct conversation *talk = slot->value;
        free(talk->key);
        array_free(&talk->heard);
        free(talk);
    }
    map_finish(&talks->by_key);
    for (size_t i = 0; i < talks->watches.n; i++) {
        free(talks->watches.v[i].tier);
        free(talks->watches.v[i].untold);
    }
    array_free(&talks->watches);
    free(talks);
}

void conversations_forget(struct core *core, uint64_t incident)
{
    char name[INCIDENT_NAME];
    talks_destroy(map_remove(&comms_of(core)->talks, incident_name(incident, name)));
}

void conversations_unload(struct comms *comms)
{
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&comms->talks, &position));)
        talks_destroy(slot->value);
    map_finish(&comms->talks);
    comms->talks = (struct map){0};
}

/* ---- finding ---- */

static const struct conversation *find(const struct talks *talks, const char *key)
{
    CLEANUP_FREE char *lower = text_lower(key);
    return map_get(&talks->by_key, lower);
}

const struct conversation *conversation_with(const struct core *core, const struct talks *talks,
                                             const char *customer)
{
    const struct customer *record = talks->by_key.n ? customers_get(core, customer) : NULL;
    const struct conversation *found = talks->by_key.n ? find(talks, customer) : NULL;
    if (!found && record)
        found = find(talks, record->key);
    for (size_t i = 0; !found && record && i < record->aliases.n; i++)
        found = find(talks, record->aliases.v[i]);
    return found;
}

static void read_one(const struct core *core, uint64_t incident, const char *customer, struct talks *into)
{
    CLEANUP_FREE char *key = text_lower(customer), *where = document_key(incident, key);
    struct journal_doc doc;
    if (journal_doc(core_journal(core), DOC_CONVERSATION, where, &doc, NULL))
        return;
    load_one(into, &doc);
    journal_doc_finish(&doc);
}

const struct conversation *conversation_alone(struct core *core, uint64_t incident, const char *customer,
                                              struct talks **ret_read)
{
    char name[INCIDENT_NAME];
    const struct talks *talks = map_get(&comms_of(core)->talks, incident_name(incident, name));
    const struct customer *record = customers_get(core, customer);
    *ret_read = NULL;
    if (talks)
        return conversation_with(core, talks, customer);
    *ret_read = xcalloc(1, sizeof(**ret_read));
    read_one(core, incident, record ? record->key : customer, *ret_read);
    for (size_t i = 0; record && i < record->aliases.n; i++)
        read_one(core, incident, record->aliases.v[i], *ret_read);
    return conversation_with(core, *ret_read, customer);
}

instant conversation_silent_since(struct core *core, const struct incident *incident, const char *customer)
{
    const struct conversation *talk = conversation_with(core, conversations_of(core, incident->id), customer);
    if (talk && talk->told_at)
        return talk->told_at;
    instant since = impact_since(core, incident, customer);
    return since || !talk ? since : talk->wrote_first;
}

/* When it ended; 0: it is open. */
static instant ended_at(const struct incident *incident)
{
    instant at = 0;
    for (size_t i = incident->entries.n; i-- > 0 && !status_is_open(incident->entries.v[i].status);)
        at = incident->entries.v[i].at;
    return at;
}

struct comms_talk comms_talk(struct core *core, const struct incident *incident, const char *customer,
                             instant since, instant now)
{
    static const struct conversation none;
    const struct conversation *found = conversation_with(core, conversations_of(core, incident->id), customer);
    const struct conversation *talk = found ? found : &none;
    instant end = ended_at(incident), heard = talk->told_at ? talk->told_at : since;
    return (struct comms_talk){
        talk->told_first,
        talk->told_at,
        talk->wrote_first,
        talk->wrote_at,
        MAX(talk->silence, heard ? (end ? end : now) - heard : 0),
        talk->wrote_first && (!talk->told_first || talk->wrote_first < talk->told_first),
    };
}

size_t comms_open_conversations(struct core *core, const struct incident *incident)
{
    const struct talks *talks = conversations_of(core, incident->id);
    size_t n = talks->by_key.n - talks->empty, position = 0;
    instant end = ended_at(incident);
    if (incident->status == STATUS_MERGED)
        return 0; /* they go on in the other one */
    for (struct map_slot *slot; end && (slot = map_next(&talks->by_key, &position));) {
        const struct conversation *talk = slot->value;
        n -= talk->told_at && talk->told_at >= end && talk->told_at >= talk->wrote_at;
    }
    return n;
}

/* ---- told, and not told after all ---- */

static void add_heard(struct conversation *talk, instant at, int64_t draft)
{
    if (talk->heard.n == HEARD_MOST)
        array_remove(&talk->heard, 0);
    struct heard *last = array_add(&talk->heard);
    for (; last > talk->heard.v && last[-1].at > at; last--)
        *last = last[-1];
    *last = (struct heard){at, draft};
    talk->told_first = instant_earlier(talk->told_first, at);
    talk->told_at = MAX(talk->told_at, at);
}

/* The place of a message among what they were told, and 1; 0: it is not there. */
static size_t heard_of(const struct conversation *talk, int64_t draft)
{
    size_t i = talk ? talk->heard.n : 0;
    while (i && talk->heard.v[i - 1].draft != draft)
        i--;
    return i;
}

static void take_heard(struct conversation *talk, size_t i)
{
    bool first = talk->heard.v[i].at == talk->told_first;
    array_remove(&talk->heard, i);
    size_t n = talk->heard.n;
    if (first)
        talk->told_first = n ? talk->heard.v[0].at : 0;
    talk->told_at = n ? talk->heard.v[n - 1].at : talk->told_first;
}

bool conversations_told_nobody(struct core *core, const struct incident *incident, const char *customer,
                               int64_t draft)
{
    const struct talks *talks = conversations_of(core, incident->id);
    const struct conversation *theirs = conversation_with(core, talks, customer);
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&talks->by_key, &position));) {
        const struct conversation *talk = slot->value;
        bool only = talk == theirs && talk->told_first == talk->told_at && heard_of(talk, draft);
        if (talk->told_at && !only)
            return false;
    }
    return true;
}

/* ---- in step ---- */

static void note_words(struct conversation *talk, instant at)
{
    talk->wrote_first = talk->wrote_first ? talk->wrote_first : at;
    talk->wrote_at = at;
}

static void note_event(struct turn *turn, const struct event *event, uint64_t incident)
{
    struct core *core = turn_core(turn);
    struct talks *talks = conversations_of(core, incident);
    const struct conversation *known = conversation_with(core, talks, event->name);
    const struct customer *record = customers_get(core, event->name);
    struct conversation *talk = conversation_add(talks, known    ? known->key
                                                        : record ? record->key
                                                                 : event->name);
    bool was_empty = is_empty(talk);
    size_t gone = event->type == EVENT_BOUNCED ? heard_of(talk, event->count) : 0;
    if (event->type == EVENT_TOLD && event->until)
        talk->silence = MAX(talk->silence, event->at - event->until);
    if (event->type == EVENT_TOLD)
        add_heard(talk, event->at, event->count);
    else if (gone)
        take_heard(talk, gone - 1);
    else if (event->type == EVENT_REPLIED)
        note_words(talk, event->at);
    recount(talks, talk, was_empty);
    CLEANUP_FREE char *key = text_lower(talk->key);
    store(turn, incident, key, talk);
}

/* Their messages have numbers of the other incident, so what comes back of those is not known here. */
static void adopt_heard(struct conversation *talk, const struct conversation *one)
{
    talk->told_first = instant_earlier(talk->told_first, one->told_first);
    if (one->told_at)
        add_heard(talk, one->told_at, 0);
}

/* What was said in an incident that ended in this one goes on here. */
static void adopt(struct turn *turn, uint64_t from, uint64_t to)
{
    const struct talks *theirs = conversations_of(turn_core(turn), from);
    struct talks *ours = conversations_of(turn_core(turn), to);
    size_t position = 0;
    for (struct map_slot *slot; (slot = map_next(&theirs->by_key, &position));) {
        const struct conversation *one = slot->value;
        struct conversation *talk = conversation_add(ours, one->key);
        bool was_empty = is_empty(talk);
        adopt_heard(talk, one);
        talk->wrote_first = instant_earlier(talk->wrote_first, one->wrote_first);
        talk->wrote_at = MAX(talk->wrote_at, one->wrote_at);
        talk->silence = MAX(talk->silence, one->silence);
        recount(ours, talk, was_empty);
        store(turn, to, slot->key, talk);
    }
    ours->version++;
}

void conversations_folded(struct turn *turn, const struct event *event, const struct incident *incident)
{
    if (event->type == EVENT_TOLD || event->type == EVENT_BOUNCED ||
        (event->type == EVENT_REPLIED && event->flag))
        note_event(turn, event, incident->id);
    else if (event->type == EVENT_MERGED_IN)
        adopt(turn, event->other, incident->id);
}
