/*
 * Who a user id belongs to. Slack is asked about each once an hour, and a fixed number of people are remembered.
 *
 * Events must be acknowledged in time and in order, even when forty unknown people speak at once and Slack answers slowly. So
 * several threads ask Slack, and an event waits for an answer only until its own deadline (slack_deadline), which counts from its
 * arrival. After that it goes on without a name, and the answer serves the next event. So lookups for earlier events never delay
 * a later one beyond its own deadline.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/kit/clock.h>

#include "people.h"

#define REMEMBERED 1024 /* people; a new one replaces one with the same hash */
#define FRESH_S    3600
#define RETRY_S    60 /* after Slack did not say who somebody is */
#define QUIET_S    5  /* pause after Slack did not answer, so that events do not wait behind questions */
#define ASKERS     8
#define QUEUE_MOST 256
#define ASKER_MS   3000

struct slack_people {
    pthread_mutex_t lock;
    pthread_cond_t asked, told; /* a question waits; a question was answered */
    time_t quiet_until;         /* no questions before: Slack did not answer, or asked us to slow down */
    struct row {
        char id[SLACK_ID];
        cJSON *person;
        time_t until;
    } rows[REMEMBERED];
    char queue[QUEUE_MOST][SLACK_ID]; /* whom to ask about, in order */
    size_t queued;
    struct asker {
        struct slack *slack;
        pthread_t thread;
        char id[SLACK_ID]; /* whom it asks about now; "": nobody */
    } askers[ASKERS];
    size_t running; /* askers; they start with the first question */
    bool ending;
};

struct slack_people *slack_people_create(void)
{
    struct slack_people *people = calloc(1, sizeof(*people));
    pthread_mutex_init(&people->lock, NULL);
    kit_cond_init(&people->asked);
    kit_cond_init(&people->told);
    return people;
}

void slack_people_destroy(struct slack_people *people)
{
    if (!people)
        return;
    pthread_mutex_lock(&people->lock);
    people->ending = true;
    pthread_cond_broadcast(&people->asked);
    pthread_mutex_unlock(&people->lock);
    for (size_t i = 0; i < people->running; i++)
        pthread_join(people->askers[i].thread, NULL);
    for (size_t i = 0; i < REMEMBERED; i++)
        cJSON_Delete(people->rows[i].person);
    pthread_cond_destroy(&people->asked);
    pthread_cond_destroy(&people->told);
    pthread_mutex_destroy(&people->lock);
    free(people);
}

static time_t now_s(void)
{
    return (time_t)(slack_now_ms() / 1000);
}

static struct row *row_of(struct slack_people *people, const char *id)
{
    uint32_t hash = 2166136261u;
    for (const char *p = id; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return &people->rows[hash % REMEMBERED];
}

/* ---- under the lock ---- */

/* What is known about somebody, however old. */
static cJSON *remembered(struct slack_people *people, const char *id)
{
    const struct row *row = row_of(people, id);
    bool known = row->person && strcmp(row->id, id) == 0; /* an empty row has the id "" */
    return known ? cJSON_Duplicate(row->person, true) : kit_json_texts("id", id, NULL);
}

static bool is_fresh(struct slack_people *people, const char *id)
{
    const struct row *row = row_of(people, id);
    return strcmp(row->id, id) == 0 && now_s() < row->until;
}

static void remember(struct slack_people *people, const char *user, cJSON *person, time_t span)
{
    struct row *row = row_of(people, user);
    cJSON_Delete(row->person);
    kit_clean_name(user, row->id, sizeof(row->id));
    row->person = person;
    row->until = now_s() + span;
}

static void pause_asking(struct slack_people *people, const struct slack_reply *reply)
{
    time_t span = reply->retry_after_ms > QUIET_S * 1000 ? (time_t)(reply->retry_after_ms / 1000) : QUIET_S;
    people->quiet_until = now_s() + span;
    people->queued = 0;
}

static bool is_asked(const struct slack_people *people, const char *id)
{
    for (size_t i = 0; i < people->running; i++) {
        if (strcmp(people->askers[i].id, id) == 0)
            return true;
    }
    for (size_t i = 0; i < people->queued; i++) {
        if (strcmp(people->queue[i], id) == 0)
            return true;
    }
    return false;
}

static void *ask(void *ctx);

static void start_askers(struct slack *slack)
{
    struct slack_people *people = slack->people;
    while (people->running < ASKERS) {
        struct asker *asker = &people->askers[people->running];
        asker->slack = slack;
        if (pthread_create(&asker->thread, NULL, ask, asker))
            return;
        people->running++;
    }
}

/* False: no answer will come. */
static bool enqueue(struct slack *slack, const char *id)
{
    struct slack_people *people = slack->people;
    if (!*id || strlen(id) >= SLACK_ID || now_s() < people->quiet_until)
        return false;
    if (is_asked(people, id))
        return true;
    start_askers(slack);
    if (!people->running || people->queued == QUEUE_MOST)
        return false;
    kit_clean_name(id, people->queue[people->queued++], SLACK_ID);
    pthread_cond_signal(&people->asked);
    return true;
}

/* ---- asking ---- */

static void put(cJSON *person, const char *name, const char *text)
{
    if (*text)
        cJSON_AddStringToObject(person, name, text);
}

static bool is_outside(const struct slack *slack, const cJSON *person)
{
    const char *team = kit_json_text(person, "team"), *enterprise = kit_json_text(person, "enterprise");
    return *team && strcmp(team, slack->team) != 0 &&
           (!*enterprise || strcmp(enterprise, slack->enterprise) != 0);
}

/* Leaves out the e-mail address of somebody outside: their organisation could claim any address. */
static void read_user(const struct slack *slack, const cJSON *user, cJSON *person)
{
    const cJSON *profile = kit_json_member(user, "profile");
    const char *name = kit_json_text(profile, "real_name");
    name = *name ? name : kit_json_text(user, "real_name");
    name = *name ? name : kit_json_text(profile, "display_name");
    put(person, "name", *name ? name : kit_json_text(user, "name"));
    put(person, "zone", kit_json_text(user, "tz"));
    put(person, "team", kit_json_text(user, "team_id"));
    put(person, "enterprise", kit_json_text(kit_json_member(user, "enterprise_user"), "enterprise_id"));
    if (is_outside(slack, person))
        cJSON_AddTrueToObject(person, "outside");
    else if (!cJSON_IsFalse(kit_json_member(user, "is_email_confirmed"))) /* else anybody can have typed it */
        put(person, "email", kit_json_text(profile, "email"));
    if (kit_json_true(user, "deleted"))
        cJSON_AddTrueToObject(person, "gone");
    if (kit_json_true(user, "is_bot"))
        cJSON_AddTrueToObject(person, "bot");
}

/* Asks Slack who somebody is. NULL: Slack did not answer, or asked us to slow down. */
static cJSON *ask_about(struct slack *slack, const char *user, struct slack_reply *reply)
{
    slack_deadline(ASKER_MS);
    slack_call(slack, "users.info", kit_json_texts("user", user, NULL), NULL, false, reply);
    if (reply->outcome != KIT_ANSWERED || reply->status == 429)
        return NULL;
    cJSON *person = kit_json_texts("id", user, NULL);
    if (reply->ok)
        read_user(slack, kit_json_member(reply->body, "user"), person);
    if (slack_said(reply, "user_not_found"))
        cJSON_AddTrueToObject(person, "gone");
    return person;
}

static void take_question(struct slack_people *people, struct asker *asker)
{
    memcpy(asker->id, people->queue[0], SLACK_ID);
    memmove(people->queue[0], people->queue[1], --people->queued * SLACK_ID);
}

static void *ask(void *ctx)
{
    struct asker *asker = ctx;
    struct slack_people *people = asker->slack->people;
    pthread_mutex_lock(&people->lock);
    while (!people->ending) {
        if (!people->queued) {
            pthread_cond_wait(&people->asked, &people->lock);
            continue;
        }
        struct slack_reply reply;
        take_question(people, asker);
        pthread_mutex_unlock(&people->lock);
        cJSON *person = ask_about(asker->slack, asker->id, &reply);
        pthread_mutex_lock(&people->lock);
        if (person)
            remember(people, asker->id, person, reply.ok ? FRESH_S : RETRY_S);
        else
            pause_asking(people, &reply);
        slack_reply_finish(&reply);
        asker->id[0] = '\0';
        pthread_cond_broadcast(&people->told);
    }
    pthread_mutex_unlock(&people->lock);
    return NULL;
}

void slack_person_expect(struct slack *slack, const char *user)
{
    pthread_mutex_lock(&slack->people->lock);
    if (strcmp(user, slack->bot_user) != 0 && !is_fresh(slack->people, user))
        enqueue(slack, user);
    pthread_mutex_unlock(&slack->people->lock);
}

cJSON *slack_person(struct slack *slack, const char *user)
{
    struct slack_people *people = slack->people;
    int64_t until = kit_now_ms() + slack_time_left();
    bool in_time = true;
    pthread_mutex_lock(&people->lock);
    while (in_time && !is_fresh(people, user) && enqueue(slack, user))
        in_time = kit_cond_wait(&people->told, &people->lock, until);
    cJSON *person = remembered(people, user);
    pthread_mutex_unlock(&people->lock);
    return person;
}

bool slack_person_by_email(struct slack *slack, const char *email, char user[SLACK_ID],
                           struct slack_reply *reply)
{
    slack_call(slack, "users.lookupByEmail", kit_json_texts("email", email, NULL), NULL, false, reply);
    const char *id = kit_json_text(kit_json_member(reply->body, "user"), "id");
    reply->ok = reply->ok && slack_is_id(id);
    if (!reply->ok)
        return false;
    kit_clean_name(id, user, SLACK_ID);
    return true;
}
