/* Who a user id is. Slack is asked once an hour for each, and at most so many are remembered. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "slack.h"

#define REMEMBERED 1024 /* people; a new one takes the place of another whose id falls together with its own */
#define FRESH_S    3600
#define RETRY_S    60 /* for one whom Slack did not tell */
#define QUIET_S    5  /* nobody is asked for after Slack was silent: what comes in waits behind the question */

struct slack_people {
    pthread_mutex_t lock;
    time_t quiet_until; /* Slack was silent, or asked us to slow down */
    struct row {
        char id[SLACK_ID];
        cJSON *person;
        time_t until;
    } rows[REMEMBERED];
};

struct slack_people *slack_people_create(void)
{
    struct slack_people *people = calloc(1, sizeof(*people));
    pthread_mutex_init(&people->lock, NULL);
    return people;
}

void slack_people_destroy(struct slack_people *people)
{
    if (!people)
        return;
    for (size_t i = 0; i < REMEMBERED; i++)
        cJSON_Delete(people->rows[i].person);
    pthread_mutex_destroy(&people->lock);
    free(people);
}

static time_t now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static struct row *row_of(struct slack_people *people, const char *id)
{
    uint32_t hash = 2166136261u;
    for (const char *p = id; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return &people->rows[hash % REMEMBERED];
}

static cJSON *remembered(struct slack_people *people, const char *id)
{
    pthread_mutex_lock(&people->lock);
    const struct row *row = row_of(people, id);
    bool fresh = strcmp(row->id, id) == 0 && now_s() < row->until;
    cJSON *person = fresh ? cJSON_Duplicate(row->person, true) : NULL;
    pthread_mutex_unlock(&people->lock);
    return person;
}

static void remember(struct slack_people *people, const char *id, const cJSON *person, time_t span)
{
    pthread_mutex_lock(&people->lock);
    struct row *row = row_of(people, id);
    cJSON_Delete(row->person);
    kit_clean_name(id, row->id, sizeof(row->id));
    row->person = cJSON_Duplicate(person, true);
    row->until = now_s() + span;
    pthread_mutex_unlock(&people->lock);
}

static bool may_ask(struct slack_people *people)
{
    pthread_mutex_lock(&people->lock);
    bool may = now_s() >= people->quiet_until;
    pthread_mutex_unlock(&people->lock);
    return may;
}

static void be_quiet(struct slack_people *people, const struct slack_reply *reply)
{
    time_t span = reply->retry_after_ms > QUIET_S * 1000 ? (time_t)(reply->retry_after_ms / 1000) : QUIET_S;
    pthread_mutex_lock(&people->lock);
    people->quiet_until = now_s() + span;
    pthread_mutex_unlock(&people->lock);
}

static void put(cJSON *person, const char *name, const char *text)
{
    if (*text)
        cJSON_AddStringToObject(person, name, text);
}

static bool is_outside(const struct slack *slack, const cJSON *person)
{
    const char *team = slack_text(person, "team"), *enterprise = slack_text(person, "enterprise");
    return *team && strcmp(team, slack->team) != 0 &&
           (!*enterprise || strcmp(enterprise, slack->enterprise) != 0);
}

/* An address that another organisation vouches for would make anybody anyone: it is left out. */
static void read_user(const struct slack *slack, const cJSON *user, cJSON *person)
{
    const cJSON *profile = slack_member(user, "profile");
    const char *name = slack_text(profile, "real_name");
    name = *name ? name : slack_text(user, "real_name");
    name = *name ? name : slack_text(profile, "display_name");
    put(person, "name", *name ? name : slack_text(user, "name"));
    put(person, "zone", slack_text(user, "tz"));
    put(person, "team", slack_text(user, "team_id"));
    put(person, "enterprise", slack_text(slack_member(user, "enterprise_user"), "enterprise_id"));
    if (is_outside(slack, person))
        cJSON_AddTrueToObject(person, "outside");
    else
        put(person, "email", slack_text(profile, "email"));
    if (cJSON_IsTrue(slack_member(user, "deleted")))
        cJSON_AddTrueToObject(person, "gone");
    if (cJSON_IsTrue(slack_member(user, "is_bot")))
        cJSON_AddTrueToObject(person, "bot");
}

cJSON *slack_person(struct slack *slack, const char *user)
{
    cJSON *person = remembered(slack->people, user);
    if (person || !*user || !may_ask(slack->people))
        return person ? person : slack_arguments("id", user, NULL);
    struct slack_reply reply;
    slack_call(slack, "users.info", slack_arguments("user", user, NULL), NULL, false, &reply);
    person = slack_arguments("id", user, NULL);
    if (reply.ok)
        read_user(slack, slack_member(reply.body, "user"), person);
    if (slack_said(&reply, "user_not_found"))
        cJSON_AddTrueToObject(person, "gone");
    if (reply.outcome != KIT_ANSWERED || reply.status == 429)
        be_quiet(slack->people, &reply);
    else
        remember(slack->people, user, person, reply.ok ? FRESH_S : RETRY_S);
    slack_reply_finish(&reply);
    return person;
}

bool slack_person_by_email(struct slack *slack, const char *email, char user[SLACK_ID],
                           struct slack_reply *reply)
{
    slack_call(slack, "users.lookupByEmail", slack_arguments("email", email, NULL), NULL, false, reply);
    const char *id = slack_text(slack_member(reply->body, "user"), "id");
    reply->ok = reply->ok && slack_is_id(id);
    if (!reply->ok)
        return false;
    kit_clean_name(id, user, SLACK_ID);
    return true;
}
