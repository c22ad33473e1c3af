/* The state of an incident as JSON, and back. Members are left out when empty; arrays keep their order. */
#include <string.h>

#include "base/json.h"
#include "engine/state_pages.h"

/* The plain members, as data: both directions walk these tables. */
static const struct plain_member {
    const char *key;
    size_t offset;
} text_members[] = {
#define MEMBER(key, field)                                                                                     \
    {                                                                                                          \
        key, offsetof(struct incident, field)                                                                  \
    }
    MEMBER("title", title),        MEMBER("summary", summary),           MEMBER("severity", severity),
    MEMBER("team", team),          MEMBER("service", service),           MEMBER("declared_by", declared.by),
    MEMBER("rule", declared.rule), MEMBER("pause_reason", pause.reason), MEMBER("paused_by", pause.by),
    MEMBER("ticket", end.ticket),  MEMBER("ended_reason", end.reason),   MEMBER("kind", sort.kind),
    MEMBER("script", sort.script), MEMBER("waits_for", pause.customer),
};
static const struct plain_member number_members[] = {
    MEMBER("changed_at", activity.changed_at),
    MEMBER("spoke_at", activity.spoke_at),
    MEMBER("updated_at", activity.updated_at),
    MEMBER("told_at", activity.told_at),
    MEMBER("told_first", activity.told_first),
    MEMBER("wrote_first", activity.wrote_first),
    MEMBER("silence", activity.silence),
    MEMBER("notes", activity.notes),
    MEMBER("pins", activity.pins),
    MEMBER("said", activity.said),
    MEMBER("updates", activity.updates),
    MEMBER("writeup", activity.writeup),
    MEMBER("written_at", activity.written_at),
    MEMBER("pause_until", pause.until),
    MEMBER("merged_into", end.merged_into),
    MEMBER("drafted", comms.drafted),
    MEMBER("next_word", comms.next_word),
};
_Static_assert(sizeof(((struct incident *)0)->end.merged_into) == sizeof(int64_t),
               "number members are 64 bits wide");

static void *member_at(const struct incident *incident, size_t offset)
{
    return (char *)(uintptr_t)incident + offset;
}

static void encode_people(const struct incident *incident, struct json_out *j)
{
    json_key(j, "roles");
    json_begin_object(j);
    for (size_t i = 0; i < incident->people.roles.n; i++)
        json_put_text(j, incident->people.roles.v[i].role, incident->people.roles.v[i].person);
    json_end_object(j);
    json_put_texts(j, "members", incident->people.members.v, incident->people.members.n);
}

static void encode_offers(const struct incident *incident, struct json_out *j)
{
    if (!incident->people.offers.n)
        return;
    json_key(j, "offers");
    json_begin_array(j);
    for (size_t i = 0; i < incident->people.offers.n; i++) {
        const struct state_offer *offer = &incident->people.offers.v[i];
        json_begin_object(j);
        json_put_text(j, "role", offer->role);
        json_put_text(j, "person", offer->person);
        json_put_text(j, "by", offer->by);
        json_put_int(j, "at", offer->at);
        json_put_int(j, "until", offer->until);
        json_put_bool(j, "reminded", offer->reminded);
        json_end_object(j);
    }
    json_end_array(j);
}

static void encode_entries(const struct incident *incident, struct json_out *j)
{
    json_key(j, "entries");
    json_begin_array(j);
    for (size_t i = 0; i < incident->entries.n; i++) {
        json_begin_object(j);
        json_put_text(j, "status", status_name(incident->entries.v[i].status));
        json_put_int(j, "at", incident->entries.v[i].at);
        json_end_object(j);
    }
    json_end_array(j);
}

static void encode_places(const struct incident *incident, struct json_out *j)
{
    json_key(j, "links");
    json_begin_array(j);
    for (size_t i = 0; i < incident->places.links.n; i++) {
        json_begin_object(j);
        json_put_text(j, "url", incident->places.links.v[i].url);
        json_put_text_if(j, "label", incident->places.links.v[i].label);
        json_end_object(j);
    }
    json_end_array(j);
    json_key(j, "channels");
    json_begin_array(j);
    for (size_t i = 0; i < incident->places.channels.n; i++) {
        json_begin_object(j);
        json_put_text(j, "connector", incident->places.channels.v[i].connector);
        json_put_text(j, "channel", incident->places.channels.v[i].channel);
        json_put_text_if(j, "name", incident->places.channels.v[i].name);
        if (incident->places.channels.v[i].private)
            json_put_bool(j, "private", true);
        if (incident->places.channels.v[i].mirrored)
            json_put_int(j, "mirrored", incident->places.channels.v[i].mirrored);
        json_end_object(j);
    }
    json_end_array(j);
    if (incident->places.mirrored)
        json_put_int(j, "mirrored", incident->places.mirrored);
    json_key(j, "cards");
    json_begin_array(j);
    for (size_t i = 0; i < incident->places.cards.n; i++) {
        json_begin_object(j);
        json_put_text(j, "connector", incident->places.cards.v[i].connector);
        json_put_text(j, "channel", incident->places.cards.v[i].channel);
        json_put_text(j, "message", incident->places.cards.v[i].message);
        json_end_object(j);
    }
    json_end_array(j);
    json_key(j, "related");
    json_begin_array(j);
    for (size_t i = 0; i < incident->places.related.n; i++)
        json_int(j, (int64_t)incident->places.related.v[i]);
    json_end_array(j);
}

/* Left out where nothing was merged, as in states from before merges could be undone. */
static void encode_merged(const struct incident *incident, struct json_out *j)
{
    if (incident->affected.merged.n) {
        json_key(j, "merged");
        json_begin_array(j);
        for (size_t i = 0; i < incident->affected.merged.n; i++) {
            json_begin_object(j);
            json_put_int(j, "incident", (int64_t)incident->affected.merged.v[i].incident);
            json_put_int(j, "at", incident->affected.merged.v[i].at);
            json_put_int(j, "until", incident->affected.merged.v[i].until);
            json_end_object(j);
        }
        json_end_array(j);
    }
    if (incident->places.apart.n) {
        json_key(j, "apart");
        json_begin_array(j);
        for (size_t i = 0; i < incident->places.apart.n; i++)
            json_int(j, (int64_t)incident->places.apart.v[i]);
        json_end_array(j);
    }
}

static void encode_raised(const struct incident *incident, struct json_out *j)
{
    if (incident->declared.raised.n == 0)
        return;
    json_key(j, "raised");
    json_begin_array(j);
    for (size_t i = 0; i < incident->declared.raised.n; i++)
        json_int(j, incident->declared.raised.v[i]);
    json_end_array(j);
}

static void encode_affected(const struct incident *incident, struct json_out *j)
{
    json_key(j, "customers");
    json_begin_array(j);
    for (size_t i = 0; i < incident->affected.customers.n; i++) {
        const struct state_customer *customer = &incident->affected.customers.v[i];
        json_begin_object(j);
        json_put_text(j, "key", customer->key);
        json_put_text_if(j, "name", customer->name);
        json_put_int(j, "since", customer->since);
        json_put_int(j, "count", customer->count);
        json_end_object(j);
    }
    json_end_array(j);
    if (incident->affected.spared.n)
        json_put_texts(j, "spared", incident->affected.spared.v, incident->affected.spared.n);
    if (incident->affected.total)
        json_put_int(j, "customers_total", incident->affected.total);
    if (incident->affected.estimated)
        json_put_bool(j, "customers_estimated", true);
    json_key(j, "alerts");
    json_begin_array(j);
    for (size_t i = 0; i < incident->affected.alerts.n; i++) {
        const struct state_alert *alert = &incident->affected.alerts.v[i];
        json_begin_object(j);
        json_put_text(j, "fingerprint", alert->fingerprint);
        json_put_text_if(j, "title", alert->title);
        json_put_int(j, "count", alert->count);
        json_put_bool(j, "resolved", alert->resolved);
        json_end_object(j);
    }
    json_end_array(j);
}

static void encode_owed(const struct incident *incident, struct json_out *j)
{
    json_key(j, "owed");
    json_begin_array(j);
    for (size_t i = 0; i < incident->owed.n; i++) {
        const struct state_owed *owed = &incident->owed.v[i];
        json_begin_object(j);
        json_put_text(j, "name", owed->name);
        json_put_text_if(j, "text", owed->text);
        json_put_int(j, "due", owed->due);
        json_put_int(j, "missed", owed->missed);
        if (owed->given_up)
            json_put_bool(j, "given_up", true);
        json_end_object(j);
    }
    json_end_array(j);
}

/* Left out until something is sent. */
static const struct plain_member reach_members[] = {
    {"recipients", offsetof(struct state_reach, recipients)},
    {"told", offsetof(struct state_reach, told)},
    {"failed", offsetof(struct state_reach, failed)},
    {"bounced", offsetof(struct state_reach, bounced)},
    {"unwished", offsetof(struct state_reach, unwished)},
    {"withdrawn", offsetof(struct state_reach, withdrawn)},
    {"answered", offsetof(struct state_reach, answered)},
    {"stopped", offsetof(struct state_reach, stopped)},
};

static int64_t *reach_at(const struct state_reach *reach, size_t i)
{
    return (int64_t *)(uintptr_t)((const char *)reach + reach_members[i].offset);
}

static void encode_reach(const struct state_reach *reach, struct json_out *j)
{
    if (!reach->recipients)
        return;
    json_key(j, "reach");
    json_begin_object(j);
    for (size_t i = 0; i < ARRAY_SIZE(reach_members); i++)
        json_put_int(j, reach_members[i].key, *reach_at(reach, i));
    json_end_object(j);
}

static struct state_reach decode_reach(const cJSON *object)
{
    struct state_reach reach = {0};
    for (size_t i = 0; object && i < ARRAY_SIZE(reach_members); i++)
        *reach_at(&reach, i) = json_int_or(object, reach_members[i].key, 0);
    return reach;
}

void incident_encode_drafts(const struct incident *incident, struct json_out *j)
{
    if (!incident->comms.drafts.n)
        return;
    json_key(j, "drafts");
    json_begin_array(j);
    for (size_t i = 0; i < incident->comms.drafts.n; i++) {
        const struct state_draft *draft = &incident->comms.drafts.v[i];
        json_begin_object(j);
        json_put_int(j, "number", draft->number);
        json_put_text(j, "customer", draft->customer);
        json_put_text(j, "text", draft->text);
        json_put_text_if(j, "by", draft->by);
        json_put_int(j, "state", draft->state);
        json_put_text_if(j, "settled_by", draft->settled_by);
        json_put_text_if(j, "edited_by", draft->edited_by);
        json_put_text_if(j, "before", draft->before);
        json_put_text_if(j, "agent", draft->agent);
        json_put_text_if(j, "endorsed", draft->endorsed);
        json_put_text_if(j, "rejected", draft->rejected);
        json_put_text_if(j, "post", draft->post);
        json_put_raw_if(j, "languages", draft->languages);
        if (draft->version > 1) {
            json_put_int(j, "version", draft->version);
            json_put_int(j, "edited_at", draft->edited_at);
        }
        if (draft->one_for_all)
            json_put_bool(j, "one_for_all", true);
        encode_reach(&draft->reach, j);
        json_end_object(j);
    }
    json_end_array(j);
    json_key(j, "draft_cards");
    json_begin_array(j);
    for (size_t i = 0; i < incident->comms.draft_cards.n; i++) {
        const struct state_draft_card *card = &incident->comms.draft_cards.v[i];
        json_begin_object(j);
        json_put_int(j, "draft", card->draft);
        json_put_text(j, "connector", card->connector);
        json_put_text(j, "channel", card->channel);
        json_put_text(j, "message", card->message);
        json_end_object(j);
    }
    json_end_array(j);
}

static void encode_tickets(const struct state_tickets *tickets, struct json_out *j)
{
    if (!tickets->attached && !tickets->made.n)
        return;
    json_key(j, "tickets");
    json_begin_object(j);
    json_put_int(j, "attached", tickets->attached);
    json_put_int(j, "done", tickets->done);
    json_key(j, "made");
    json_begin_array(j);
    for (size_t i = 0; i < tickets->made.n; i++) {
        const struct state_ticket *made = &tickets->made.v[i];
        json_begin_object(j);
        json_put_text(j, "connector", made->connector);
        json_put_text(j, "ticket", made->ticket);
        json_put_text(j, "title", made->title);
        json_put_text_if(j, "status", made->status);
        json_put_bool(j, "parent", made->parent);
        json_put_bool(j, "done", made->done);
        json_end_object(j);
    }
    json_end_array(j);
    json_end_object(j);
}

void incident_encode(const struct incident *incident, struct str *out)
{
    struct json_out j = {out, false};
    json_begin_object(&j);
    json_put_int(&j, "id", (int64_t)incident->id);
    json_put_int(&j, "version", (int64_t)incident->version);
    json_put_text(&j, "status", status_name(incident->status));
    if (incident->pause.before)
        json_put_text(&j, "before", status_name(incident->pause.before));
    for (size_t i = 0; i < ARRAY_SIZE(text_members); i++)
        json_put_text_if(&j, text_members[i].key, *(char **)member_at(incident, text_members[i].offset));
    for (size_t i = 0; i < ARRAY_SIZE(number_members); i++) {
        int64_t value = *(int64_t *)member_at(incident, number_members[i].offset);
        if (value)
            json_put_int(&j, number_members[i].key, value);
    }
    json_put_bool(&j, "private", incident->private);
    json_put_bool(&j, "drill", incident->sort.drill);
    if (incident->comms.suggested)
        json_put_bool(&j, "suggested", true);
    if (incident->comms.crowded)
        json_put_bool(&j, "crowded", true);
    encode_entries(incident, &j);
    encode_people(incident, &j);
    encode_offers(incident, &j);
    encode_places(incident, &j);
    encode_affected(incident, &j);
    encode_raised(incident, &j);
    encode_merged(incident, &j);
    encode_owed(incident, &j);
    incident_encode_drafts(incident, &j);
    encode_tickets(&incident->places.tickets, &j);
    pages_encode(&incident->people.pages, &j);
    json_end_object(&j);
}

static char *text_of(const cJSON *object, const char *key)
{
    return xstrdup(json_text_or(object, key, NULL));
}

static char *text_needed(const cJSON *object, const char *key)
{
    return xstrdup(json_text_or(object, key, ""));
}

static void decode_people(const cJSON *doc, struct incident *incident)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(doc, "offers"))
    {
        *array_add(&incident->people.offers) = (struct state_offer){
            text_needed(row, "role"),  text_needed(row, "person"),   text_of(row, "by"),
            json_int_or(row, "at", 0), json_int_or(row, "until", 0), json_bool_or(row, "reminded", false)};
    }
    cJSON_ArrayForEach(row, json_member(doc, "roles"))
    {
        if (cJSON_IsString(row) && row->string)
            *array_add(&incident->people.roles) =
                (struct state_role){xstrdup(row->string), xstrdup(row->valuestring)};
    }
    cJSON_ArrayForEach(row, json_member(doc, "members"))
    {
        if (cJSON_IsString(row))
            *array_add(&incident->people.members) = xstrdup(row->valuestring);
    }
    cJSON_ArrayForEach(row, json_member(doc, "entries"))
    {
        *array_add(&incident->entries) =
            (struct state_entry){status_parse(json_text_or(row, "status", NULL)), json_int_or(row, "at", 0)};
    }
}

static enum mirrored decode_mirrored(const cJSON *object)
{
    int64_t mirrored = json_int_or(object, "mirrored", MIRRORED_BY_POLICY);
    return mirrored == MIRRORED_ON || mirrored == MIRRORED_OFF ? (enum mirrored)mirrored : MIRRORED_BY_POLICY;
}

static void decode_places(const cJSON *doc, struct incident *incident)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(doc, "links"))
    {
        *array_add(&incident->places.links) =
            (struct state_link){text_needed(row, "url"), text_of(row, "label")};
    }
    cJSON_ArrayForEach(row, json_member(doc, "channels"))
    {
        *array_add(&incident->places.channels) = (struct state_channel){
            text_needed(row, "connector"), text_needed(row, "channel"), text_of(row, "name"),
            json_bool_or(row, "private", false), decode_mirrored(row)};
    }
    incident->places.mirrored = decode_mirrored(doc);
    cJSON_ArrayForEach(row, json_member(doc, "cards"))
    {
        *array_add(&incident->places.cards) = (struct state_card){
            text_needed(row, "connector"), text_needed(row, "channel"), text_needed(row, "message")};
    }
    cJSON_ArrayForEach(row, json_member(doc, "related"))
    {
        *array_add(&incident->places.related) = (uint64_t)row->valuedouble;
    }
}

static void decode_merged(const cJSON *doc, struct incident *incident)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(doc, "merged"))
    {
        *array_add(&incident->affected.merged) = (struct state_merged){
            (uint64_t)json_int_or(row, "incident", 0), json_int_or(row, "at", 0), json_int_or(row, "until", 0)};
    }
    cJSON_ArrayForEach(row, json_member(doc, "apart"))
    {
        *array_add(&incident->places.apart) = (uint64_t)row->valuedouble;
    }
}

static void decode_affected(const cJSON *doc, struct incident *incident)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(doc, "raised"))
    {
        *array_add(&incident->declared.raised) = (int64_t)row->valuedouble;
    }
    cJSON_ArrayForEach(row, json_member(doc, "customers"))
    {
        *array_add(&incident->affected.customers) =
            (struct state_customer){text_needed(row, "key"), text_of(row, "name"), json_int_or(row, "since", 0),
                                    json_int_or(row, "count", 0)};
    }
    cJSON_ArrayForEach(row, json_member(doc, "spared"))
    {
        if (cJSON_IsString(row))
            *array_add(&incident->affected.spared) = xstrdup(row->valuestring);
    }
    incident->affected.total = json_int_or(doc, "customers_total", 0);
    incident->affected.estimated = json_bool_or(doc, "customers_estimated", false);
    cJSON_ArrayForEach(row, json_member(doc, "alerts"))
    {
        *array_add(&incident->affected.alerts) =
            (struct state_alert){text_needed(row, "fingerprint"), text_of(row, "title"),
                                 json_int_or(row, "count", 0), json_bool_or(row, "resolved", false)};
    }
    cJSON_ArrayForEach(row, json_member(doc, "owed"))
    {
        *array_add(&incident->owed) =
            (struct state_owed){text_needed(row, "name"), text_of(row, "text"), json_int_or(row, "due", 0),
                                (int)json_int_or(row, "missed", 0), json_bool_or(row, "given_up", false)};
    }
}

static char *object_of(const cJSON *row, const char *name)
{
    struct str text = {0};
    if (!json_member(row, name))
        return NULL;
    json_tree(&(struct json_out){&text, false}, json_member(row, name));
    return str_take(&text);
}

void incident_decode_drafts(const struct cJSON *doc, struct incident *incident)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, json_member(doc, "drafts"))
    {
        *array_add(&incident->comms.drafts) =
            (struct state_draft){.customer = text_needed(row, "customer"),
                                 .text = text_needed(row, "text"),
                                 .by = text_of(row, "by"),
                                 .settled_by = text_of(row, "settled_by"),
                                 .edited_by = text_of(row, "edited_by"),
                                 .before = text_of(row, "before"),
                                 .agent = text_of(row, "agent"),
                                 .endorsed = text_of(row, "endorsed"),
                                 .rejected = text_of(row, "rejected"),
                                 .post = text_of(row, "post"),
                                 .languages = object_of(row, "languages"),
                                 .one_for_all = json_bool_or(row, "one_for_all", false),
                                 .number = json_int_or(row, "number", 0),
                                 .version = json_int_or(row, "version", 1),
                                 .edited_at = json_int_or(row, "edited_at", 0),
                                 .reach = decode_reach(json_member(row, "reach")),
                                 .state = (enum draft_state)json_int_or(row, "state", DRAFT_DISCARDED)};
    }
    cJSON_ArrayForEach(row, json_member(doc, "draft_cards"))
    {
        *array_add(&incident->comms.draft_cards) =
            (struct state_draft_card){text_needed(row, "connector"), text_needed(row, "channel"),
                                      text_needed(row, "message"), json_int_or(row, "draft", 0)};
    }
}

static void decode_tickets(const cJSON *tickets, struct state_tickets *ret)
{
    const cJSON *row;
    ret->attached = json_int_or(tickets, "attached", 0);
    ret->done = json_int_or(tickets, "done", 0);
    cJSON_ArrayForEach(row, json_member(tickets, "made"))
    {
        *array_add(&ret->made) =
            (struct state_ticket){text_needed(row, "connector"),      text_needed(row, "ticket"),
                                  text_needed(row, "title"),          text_of(row, "status"),
                                  json_bool_or(row, "parent", false), json_bool_or(row, "done", false)};
    }
}

int incident_decode(const char *json, size_t length, struct incident **ret, struct error *err)
{
    CLEANUP_JSON cJSON *doc = NULL;
    int rc = json_parse(json, length, SIZE_MAX, JSON_DEPTH, "incident", &doc, err);
    if (rc)
        return rc;
    int64_t id = json_int_or(doc, "id", 0);
    if (id <= 0)
        return error_set(err, ERR_CORRUPT, "an incident's stored state has no id");
    struct incident *incident = incident_create((uint64_t)id);
    incident->version = (uint64_t)json_int_or(doc, "version", 0);
    incident->status = status_parse(json_text_or(doc, "status", NULL));
    incident->pause.before = status_parse(json_text_or(doc, "before", NULL));
    for (size_t i = 0; i < ARRAY_SIZE(text_members); i++)
        *(char **)member_at(incident, text_members[i].offset) = text_of(doc, text_members[i].key);
    for (size_t i = 0; i < ARRAY_SIZE(number_members); i++)
        *(int64_t *)member_at(incident, number_members[i].offset) = json_int_or(doc, number_members[i].key, 0);
    incident->private = json_bool_or(doc, "private", false);
    incident->sort.drill = json_bool_or(doc, "drill", false);
    incident->comms.suggested = json_bool_or(doc, "suggested", false);
    incident->comms.crowded = json_bool_or(doc, "crowded", false);
    decode_people(doc, incident);
    decode_places(doc, incident);
    decode_affected(doc, incident);
    decode_merged(doc, incident);
    incident_decode_drafts(doc, incident);
    decode_tickets(json_member(doc, "tickets"), &incident->places.tickets);
    pages_decode(doc, &incident->people.pages);
    *ret = incident;
    return 0;
}

struct incident *incident_copy(const struct incident *incident)
{
    CLEANUP_STR struct str text = {0};
    struct incident *copy = NULL;
    incident_encode(incident, &text);
    require(incident_decode(text.p, text.len, &copy, NULL) == 0);
    return copy;
}
