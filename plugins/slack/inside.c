/*
 * Whether the app is in a channel. It may post in public channels that it has not joined, but an answer there would be for
 * everybody. Slack is asked about each channel once in a while, and again after the app was added or removed.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

#define REMEMBERED 256 /* channels; a new one replaces one with the same hash */
#define GOOD_MS    ((int64_t)5 * 60 * 1000)

struct slack_inside {
    pthread_mutex_t lock;
    struct {
        char channel[SLACK_ID];
        int64_t until_ms; /* by slack_now_ms; 0: empty */
        bool inside;
    } rows[REMEMBERED];
};

struct slack_inside *slack_inside_create(void)
{
    struct slack_inside *inside = calloc(1, sizeof(*inside));
    pthread_mutex_init(&inside->lock, NULL);
    return inside;
}

void slack_inside_destroy(struct slack_inside *inside)
{
    if (!inside)
        return;
    pthread_mutex_destroy(&inside->lock);
    free(inside);
}

static size_t row_of(const char *channel)
{
    uint32_t hash = 2166136261u;
    for (const char *p = channel; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    return hash % REMEMBERED;
}

static void remember(struct slack_inside *inside, const char *channel, bool is_inside, int64_t until_ms)
{
    size_t i = row_of(channel);
    pthread_mutex_lock(&inside->lock);
    kit_clean_name(channel, inside->rows[i].channel, SLACK_ID);
    inside->rows[i].inside = is_inside;
    inside->rows[i].until_ms = until_ms;
    pthread_mutex_unlock(&inside->lock);
}

void slack_inside_forget(struct slack *slack, const char *channel)
{
    if (strlen(channel) < SLACK_ID)
        remember(slack->places.inside, channel, false, 0);
}

static bool is_remembered(struct slack_inside *inside, const char *channel, bool *ret_inside)
{
    size_t i = row_of(channel);
    pthread_mutex_lock(&inside->lock);
    bool known = strcmp(inside->rows[i].channel, channel) == 0 && slack_now_ms() < inside->rows[i].until_ms;
    *ret_inside = inside->rows[i].inside;
    pthread_mutex_unlock(&inside->lock);
    return known;
}

bool slack_is_inside(struct slack *slack, const char *channel)
{
    bool inside = false;
    struct slack_reply reply;
    if (!slack_is_id(channel) || *channel == 'D' || is_remembered(slack->places.inside, channel, &inside))
        return !slack_is_id(channel) || *channel == 'D' || inside;
    slack_call(slack, "conversations.info", kit_json_texts("channel", channel, NULL), NULL, false, &reply);
    bool hidden = slack_said(&reply, "channel_not_found"); /* a private channel */
    inside = !hidden && (!reply.ok || kit_json_true(kit_json_member(reply.body, "channel"), "is_member"));
    if (reply.ok || hidden)
        remember(slack->places.inside, channel, inside, slack_now_ms() + GOOD_MS);
    slack_reply_finish(&reply);
    return inside;
}
