/*
 * A console over a fake host whose store is a map. As in the core, kept values are stored with the next event or outcome, or lost
 * where a test wants that. Each name has one client, over a socket pair. `live_again` is a restart.
 */
#ifndef TOCSIN_TESTS_CONSOLE_RIG_H
#define TOCSIN_TESTS_CONSOLE_RIG_H

#include "../../support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../../plugins/console/console.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"

struct staged {
    char *key, *value;
};

static struct rig {
    struct map stored; /* key -> value, owned */
    ARRAY(struct staged) staged;
    int32_t answer;       /* the answer to events */
    struct str events;    /* one event a line */
    void (*during)(void); /* called while the core processes an event; NULL: nothing */
    int gets;
    struct console *c;
    int ends[CLIENTS_MOST]; /* the clients' ends of their sockets */
} rig;

static void forget_staged(void)
{
    for (size_t i = 0; i < rig.staged.n; i++) {
        free(rig.staged.v[i].key);
        free(rig.staged.v[i].value);
    }
    array_free(&rig.staged);
}

static void store_staged(void)
{
    for (size_t i = 0; i < rig.staged.n; i++)
        free(map_put(&rig.stored, rig.staged.v[i].key, steal(rig.staged.v[i].value)));
    forget_staged();
}

static int32_t fake_keep(void *ctx, const char *key, const char *value, size_t length)
{
    (void)ctx;
    *array_add(&rig.staged) = (struct staged){xstrdup(key), xstrndup(value, length)};
    return 0;
}

static int64_t fake_get(void *ctx, const char *key, char *value, size_t capacity)
{
    (void)ctx;
    rig.gets++;
    const char *found = map_get(&rig.stored, key);
    if (!found)
        return -1;
    size_t n = strlen(found);
    memcpy(value, found, n < capacity ? n : capacity);
    return (int64_t)n;
}

static int32_t fake_emit(void *ctx, const char *event, size_t length)
{
    (void)ctx;
    str_addn(&rig.events, event, length);
    str_addc(&rig.events, '\n');
    if (rig.during)
        rig.during();
    if (rig.answer == TOCSIN_EMITTED)
        store_staged();
    else
        forget_staged();
    return rig.answer;
}

static const struct tocsin_host fake_host = {.size = sizeof(fake_host),
                                             .abi = TOCSIN_ABI,
                                             .emit = fake_emit,
                                             .get = fake_get,
                                             .keep = fake_keep}; /* nothing may wait: no put */

static void begin_life(void)
{
    static int64_t boot;
    rig.c = xcalloc(1, sizeof(*rig.c));
    rig.c->host = &fake_host;
    rig.c->default_room = xstrdup("incidents");
    rig.c->boot = ++boot;
    rig.c->clients.wake[0] = rig.c->clients.wake[1] = -1;
    pthread_mutex_init(&rig.c->lock, NULL);
    rooms_init(&rig.c->rooms, &fake_host, 20);
    rooms_load(&rig.c->rooms, rig.c->default_room, "Where incidents are announced");
}

static void end_life(void)
{
    for (size_t i = 0; i < CLIENTS_MOST; i++) {
        if (rig.c->clients.v[i]) {
            client_close(rig.c->clients.v[i]);
            close(rig.ends[i]);
        }
    }
    rooms_finish(&rig.c->rooms);
    pthread_mutex_destroy(&rig.c->lock);
    free(rig.c->default_room);
    free(rig.c);
}

/* Restarts: values kept without an event or outcome are lost. */
static inline void live_again(void)
{
    forget_staged();
    end_life();
    begin_life();
}

static int set_up(void **state)
{
    (void)state;
    rig = (struct rig){.answer = TOCSIN_EMITTED};
    begin_life();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    forget_staged();
    end_life();
    size_t at = 0;
    for (struct map_slot *slot; (slot = map_next(&rig.stored, &at));)
        free(slot->value);
    map_finish(&rig.stored);
    str_finish(&rig.events);
    return 0;
}

/* ---- clients ---- */

static void hear(size_t client, const char *line)
{
    CLEANUP_FREE char *text = xstrdup(line);
    for (char *p = text; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    pthread_mutex_lock(&rig.c->lock);
    console_hear(rig.c, rig.c->clients.v[client], text, strlen(text));
    pthread_mutex_unlock(&rig.c->lock);
}

/* What the client was sent since the last call; the caller frees. */
static char *sent_to(size_t client)
{
    static char bytes[1 << 20];
    ssize_t n = recv(rig.ends[client], bytes, sizeof(bytes) - 1, MSG_DONTWAIT);
    return xstrndup(bytes, n > 0 ? (size_t)n : 0);
}

/* Enters the default room and reads its whole history. */
static inline size_t enter(const char *user)
{
    int fds[2];
    size_t i = 0;
    while (rig.c->clients.v[i])
        i++;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    struct client *client = xcalloc(1, sizeof(*client));
    client->fd = fds[0];
    snprintf(client->user, sizeof(client->user), "%s", user);
    rig.c->clients.v[i] = client;
    rig.ends[i] = fds[1];
    CLEANUP_FREE char *hello = xasprintf("{'do':'hello','name':'%s'}", user);
    hear(i, hello);
    hear(i, "{'do':'join'}");
    return i;
}

static inline int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, word)); p++)
        n++;
    return n;
}

/* How often the client was sent this word, since it was asked last. */
static inline int seen(size_t client, const char *word)
{
    CLEANUP_FREE char *sent = sent_to(client);
    return count(sent, word);
}

/* How often somebody who enters now sees it. */
static inline int in_history(const char *word)
{
    return seen(enter("somebody"), word);
}

/* ---- actions ---- */

static struct tocsin_result perform(const char *kind, const char *key, int attempt, const char *body)
{
    CLEANUP_FREE char *text = xstrdup(body);
    for (char *p = text; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    struct tocsin_result result = {.size = sizeof(result)};
    struct tocsin_action action = {.size = sizeof(action),
                                   .attempt = attempt,
                                   .id = "1",
                                   .kind = kind,
                                   .key = key,
                                   .body = text,
                                   .body_length = strlen(text)};
    console_perform(rig.c, &action, &result);
    return result;
}

/* Performed, and its outcome is durable. */
static inline struct tocsin_result done(const char *kind, const char *key, const char *body)
{
    struct tocsin_result result = perform(kind, key, 1, body);
    store_staged();
    return result;
}

#define WITH_RIG(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
