/* Who people are: asked of Teams once an hour, kept in the host's store. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/kit/signature.h>

#include "people.h"

#define REMEMBERED 512 /* people; a new one replaces one with the same hash */
#define FRESH_MS   ((int64_t)60 * 60 * 1000)
#define AGAIN_MS   ((int64_t)60 * 1000) /* after Teams did not know them */
#define SOON_MS    ((int64_t)5 * 1000)  /* after Teams did not answer */
#define PAGES_MOST 20                   /* of members, 500 each */
#define VALUE_MOST 2048

struct teams_people {
    pthread_mutex_t lock;
    struct row {
        char id[TEAMS_ID];
        cJSON *person;
        int64_t until_ms;
    } rows[REMEMBERED];
};

struct teams_people *teams_people_create(void)
{
    struct teams_people *people = calloc(1, sizeof(*people));
    pthread_mutex_init(&people->lock, NULL);
    return people;
}

void teams_people_destroy(struct teams_people *people)
{
    if (!people)
        return;
    for (size_t i = 0; i < REMEMBERED; i++)
        cJSON_Delete(people->rows[i].person);
    pthread_mutex_destroy(&people->lock);
    free(people);
}

/* ---- remembering ---- */

static struct row *row_of(struct teams_people *people, const char *id)
{
    uint32_t hash = 2166136261u;
    for (const char *p = id; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return &people->rows[hash % REMEMBERED];
}

/* A copy of who it is, if that is fresh. */
static cJSON *recall(struct teams_people *people, const char *id)
{
    pthread_mutex_lock(&people->lock);
    const struct row *row = row_of(people, id);
    bool fresh = row->person && strcmp(row->id, id) == 0 && teams_now_ms() < row->until_ms;
    cJSON *person = fresh ? cJSON_Duplicate(row->person, true) : NULL;
    pthread_mutex_unlock(&people->lock);
    return person;
}

static void remember(struct teams_people *people, const char *id, const cJSON *person, int64_t span_ms)
{
    pthread_mutex_lock(&people->lock);
    struct row *row = row_of(people, id);
    cJSON_Delete(row->person);
    row->person = cJSON_Duplicate(person, true);
    snprintf(row->id, sizeof(row->id), "%s", id);
    row->until_ms = teams_now_ms() + span_ms;
    pthread_mutex_unlock(&people->lock);
}

/* Ids of users are long: their hash is the key. */
static void make_key(const char *user, char key[200])
{
    char hash[KIT_HMAC_HEX] = "";
    struct kit_part part = {user, strlen(user)};
    kit_hmac_hex("teams", &part, 1, hash);
    snprintf(key, 200, "who/%s", hash);
}

static void keep(struct teams *teams, const char *user, const cJSON *person)
{
    char key[200];
    struct kit_text text = {0};
    make_key(user, key);
    if (kit_json_write(person, &text))
        teams->host->keep(teams->host->ctx, key, kit_text_get(&text), text.n);
    kit_text_finish(&text);
}

static cJSON *kept(struct teams *teams, const char *user)
{
    char key[200], value[VALUE_MOST];
    make_key(user, key);
    int64_t n = teams->host->get(teams->host->ctx, key, value, sizeof(value));
    return n > 0 && n <= (int64_t)sizeof(value) ? kit_json_parse(value, (size_t)n) : NULL;
}

/* ---- asking ---- */

static void put(cJSON *person, const char *name, const char *text)
{
    if (*text)
        cJSON_AddStringToObject(person, name, text);
}

/* A guest, somebody of another tenant, or nobody who signed in. */
static bool is_outside(const cJSON *member, const struct teams_place *place)
{
    const char *role = kit_json_text(member, "userRole"), *tenant = kit_json_text(member, "tenantId");
    return (*role && strcasecmp(role, "user") != 0) ||
           (*tenant && *place->tenant && strcasecmp(tenant, place->tenant) != 0) ||
           strstr(kit_json_text(member, "userPrincipalName"), "#EXT#");
}

/* Leaves out the e-mail address of somebody outside: their organisation could claim any address. */
static cJSON *read_member(const cJSON *member, const struct teams_place *place)
{
    cJSON *person = kit_json_texts("id", kit_json_text(member, "id"), NULL);
    const char *aad = kit_json_text(member, "aadObjectId"), *email = kit_json_text(member, "email");
    put(person, "name", kit_json_text(member, "name"));
    put(person, "aad", *aad ? aad : kit_json_text(member, "objectId"));
    if (is_outside(member, place))
        cJSON_AddTrueToObject(person, "outside");
    else
        put(person, "email", *email ? email : kit_json_text(member, "userPrincipalName"));
    return person;
}

static void ask(struct teams *teams, const struct teams_place *place, const char *who,
                struct teams_reply *reply)
{
    struct kit_text path = {0};
    teams_path(&path, "/v3/conversations/%/members/%", place->conversation, who);
    struct teams_call call = {FOR_CONNECTOR, "GET", place->url, kit_text_get(&path), NULL, false};
    teams_call(teams, &call, reply);
    kit_text_finish(&path);
}

/* What was kept earlier, or only the name. */
static cJSON *not_told(struct teams *teams, const char *user, const char *name)
{
    cJSON *person = kept(teams, user);
    if (person)
        return person;
    person = kit_json_texts("id", user, NULL);
    put(person, "name", name);
    cJSON_AddTrueToObject(person, "outside");
    return person;
}

cJSON *teams_person(struct teams *teams, const struct teams_place *place, const char *user, const char *name)
{
    cJSON *person = recall(teams->people, user);
    struct teams_reply reply;
    if (strncmp(user, "28:", 3) == 0) { /* a bot */
        cJSON_Delete(person);
        person = kit_json_texts("id", user, "name", name, NULL);
        cJSON_AddTrueToObject(person, "bot");
    }
    if (person)
        return person;
    ask(teams, place, user, &reply);
    bool told = reply.ok && strcmp(kit_json_text(reply.body, "id"), user) == 0;
    person = told ? read_member(reply.body, place) : not_told(teams, user, name);
    if (told)
        keep(teams, user, person);
    else
        kit_log(teams->host, KIT_WARNING, "Teams did not say who somebody is (status %ld): %s", reply.status,
                *reply.text ? reply.text : "they are not in the conversation");
    remember(teams->people, user, person, told ? FRESH_MS : teams_is_gone(&reply) ? AGAIN_MS : SOON_MS);
    teams_reply_finish(&reply);
    return person;
}

/* ---- by address ---- */

static const cJSON *on_page(const cJSON *page, const char *email)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, kit_json_member(page, "members"))
    {
        if (strcasecmp(kit_json_text(member, "email"), email) == 0 ||
            strcasecmp(kit_json_text(member, "userPrincipalName"), email) == 0)
            return member;
    }
    return NULL;
}

/* An address need not be the principal name by which Teams finds people, so all members are looked through. */
static cJSON *search(struct teams *teams, const struct teams_place *place, const char *email,
                     struct teams_reply *reply)
{
    cJSON *person = NULL;
    char next[1024] = "";
    for (int page = 0; page < PAGES_MOST && !person; page++) {
        struct kit_text path = {0};
        teams_path(&path, "/v3/conversations/%/pagedmembers?pageSize=500", place->conversation, "");
        if (*next)
            teams_path(&path, "&continuationToken=%", next, "");
        struct teams_call call = {FOR_CONNECTOR, "GET", place->url, kit_text_get(&path), NULL, false};
        teams_reply_finish(reply);
        teams_call(teams, &call, reply);
        const cJSON *member = on_page(reply->body, email);
        person = member ? read_member(member, place) : NULL;
        snprintf(next, sizeof(next), "%s", kit_json_text(reply->body, "continuationToken"));
        kit_text_finish(&path);
        if (!*next)
            break;
    }
    return person;
}

static void not_found(struct teams_reply *reply, const char *why)
{
    cJSON_Delete(reply->body);
    *reply = (struct teams_reply){.outcome = KIT_ANSWERED, .status = 404, .body = cJSON_CreateObject()};
    snprintf(reply->text, sizeof(reply->text), "%s", why);
}

cJSON *teams_person_by(struct teams *teams, const char *who, struct teams_reply *reply)
{
    struct teams_home home;
    *reply = (struct teams_reply){0};
    if (!*who || !teams_home(teams, &home)) {
        not_found(reply, *who ? "the app is in no team yet" : "nobody is named");
        return NULL;
    }
    ask(teams, &home.place, who, reply);
    if (reply->ok)
        return read_member(reply->body, &home.place);
    cJSON *person = teams_is_gone(reply) && strchr(who, '@') ? search(teams, &home.place, who, reply) : NULL;
    if (!person && reply->ok)
        not_found(reply, "nobody in the team has that e-mail address");
    return person;
}
