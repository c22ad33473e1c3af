/* The cards that are shown now, and presses that wait for theirs. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shown.h"

#define CARDS 256 /* a new one replaces one with the same hash */
#define WAITS 6   /* at once; fewer than the threads of the connector */

struct teams_wait {
    bool used;
    char message[TEAMS_ID], trigger[TEAMS_ID];
    cJSON *answer; /* a card */
};

struct teams_shown {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct shown_card {
        char message[TEAMS_ID];
        char *card; /* JSON */
    } cards[CARDS];
    struct teams_wait waits[WAITS];
};

struct teams_shown *teams_shown_create(void)
{
    struct teams_shown *shown = calloc(1, sizeof(*shown));
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&shown->lock, NULL);
    pthread_cond_init(&shown->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return shown;
}

void teams_shown_destroy(struct teams_shown *shown)
{
    if (!shown)
        return;
    for (size_t i = 0; i < CARDS; i++)
        cJSON_free(shown->cards[i].card);
    pthread_cond_destroy(&shown->changed);
    pthread_mutex_destroy(&shown->lock);
    free(shown);
}

static struct shown_card *card_of(struct teams_shown *shown, const char *message)
{
    size_t hash = 5381;
    for (const char *p = message; *p; p++)
        hash = hash * 33 + (unsigned char)*p;
    return &shown->cards[hash % CARDS];
}

/* Answers those who wait for what happens to this message, or for this trigger. */
static bool answer(struct teams_shown *shown, const char *message, const char *trigger, const cJSON *card)
{
    bool any = false;
    for (size_t i = 0; i < WAITS; i++) {
        struct teams_wait *wait = &shown->waits[i];
        bool ours =
            message ? *message && strcmp(wait->message, message) == 0 : strcmp(wait->trigger, trigger) == 0;
        if (!wait->used || !ours || wait->answer)
            continue;
        wait->answer = cJSON_Duplicate(card, true);
        any = true;
    }
    if (any)
        pthread_cond_broadcast(&shown->changed);
    return any;
}

void teams_shown_put(struct teams_shown *shown, const char *message, const cJSON *card)
{
    if (strlen(message) >= TEAMS_ID)
        return;
    pthread_mutex_lock(&shown->lock);
    struct shown_card *row = card_of(shown, message);
    cJSON_free(row->card);
    row->card = cJSON_PrintUnformatted(card);
    snprintf(row->message, TEAMS_ID, "%s", message);
    answer(shown, message, NULL, card);
    pthread_mutex_unlock(&shown->lock);
}

cJSON *teams_shown_get(struct teams_shown *shown, const char *message)
{
    pthread_mutex_lock(&shown->lock);
    const struct shown_card *row = card_of(shown, message);
    cJSON *card = row->card && strcmp(row->message, message) == 0 ? cJSON_Parse(row->card) : NULL;
    pthread_mutex_unlock(&shown->lock);
    return card;
}

struct teams_wait *teams_wait_begin(struct teams_shown *shown, const char *message, const char *trigger)
{
    struct teams_wait *wait = NULL;
    pthread_mutex_lock(&shown->lock);
    for (size_t i = 0; i < WAITS && !wait; i++)
        wait = shown->waits[i].used ? NULL : &shown->waits[i];
    if (wait) {
        *wait = (struct teams_wait){.used = true};
        snprintf(wait->message, TEAMS_ID, "%s", message);
        snprintf(wait->trigger, TEAMS_ID, "%s", trigger);
    }
    pthread_mutex_unlock(&shown->lock);
    return wait;
}

cJSON *teams_wait_end(struct teams_shown *shown, struct teams_wait *wait, int64_t span_ms)
{
    struct timespec until;
    if (!wait)
        return NULL;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = span_ms * 1000000 + until.tv_nsec;
    until.tv_sec += ns / 1000000000;
    until.tv_nsec = ns % 1000000000;
    pthread_mutex_lock(&shown->lock);
    while (!wait->answer) {
        if (pthread_cond_timedwait(&shown->changed, &shown->lock, &until) == ETIMEDOUT)
            break;
    }
    cJSON *card = wait->answer;
    *wait = (struct teams_wait){0};
    pthread_mutex_unlock(&shown->lock);
    return card;
}

bool teams_wait_offer(struct teams_shown *shown, const char *trigger, cJSON *form)
{
    pthread_mutex_lock(&shown->lock);
    bool taken = *trigger && answer(shown, NULL, trigger, form);
    pthread_mutex_unlock(&shown->lock);
    if (taken)
        cJSON_Delete(form);
    return taken;
}
